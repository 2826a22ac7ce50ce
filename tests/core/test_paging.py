"""Cursors and pages: what is written reads back, and nothing else does (case 37)."""

import json
from base64 import urlsafe_b64encode
from datetime import UTC, datetime, timedelta, timezone
from typing import Any
from uuid import UUID

import pytest

from chalicelib.core.errors import ValidationFailed
from chalicelib.core.paging import MAX_BYTES, Int8, Page, answer, decode, encode
from tests.support.for_each import for_each

ID = UUID("0190c0de-0000-7000-8000-000000000001")
WHEN = datetime(2026, 3, 4, 5, 6, 7, 890, UTC)
TYPES = (datetime, UUID)


def raw(document: Any) -> str:
    text = document if isinstance(document, str) else json.dumps(document, separators=(",", ":"))
    return urlsafe_b64encode(text.encode("utf-8", "surrogatepass")).rstrip(b"=").decode()


@pytest.mark.parametrize(
    ("key", "types"),
    [
        ((WHEN, ID), TYPES),
        (("Ñandú \U0001f600 \"' OR 1=1", ID), (str, UUID)),
        ((7, ID), (int, UUID)),
        ((None, ID), (datetime | None, UUID)),
        ((WHEN, ID), (datetime | None, UUID)),
        ((True, 2**31 - 1), (bool, int)),
        ((2**63 - 1, -(2**63)), (Int8, Int8)),
    ],
)
def test_a_cursor_reads_back_as_the_key_it_was_made_of(key: tuple[Any, ...], types: tuple[Any, ...]) -> None:
    assert decode(encode("-created_at", key), "-created_at", types) == key


def test_a_time_of_another_zone_is_written_in_utc() -> None:
    elsewhere = WHEN.astimezone(timezone(timedelta(hours=-5)))

    assert encode("s", (elsewhere,)) == encode("s", (WHEN,))


def test_a_long_name_fits_in_what_a_query_may_hold() -> None:
    assert len(encode("name", ("\U0001f600" * 150, ID))) <= 1000


@for_each(
    "cursor",
    [
        "",
        "x",
        "%%%",
        "' OR 1=1 --",
        "é",
        raw("not json"),
        raw("[" * 900),
        raw({"sort": "s"}),
        raw([]),
        raw(["s"]),
        raw(["s", WHEN.isoformat()]),
        raw(["s", WHEN.isoformat(), str(ID), 1]),
        raw(["other", WHEN.isoformat(), str(ID)]),
        raw(["s", str(ID), WHEN.isoformat()]),
        raw(["s", WHEN.isoformat(), "1; DROP TABLE users"]),
        raw(["s", "now()", str(ID)]),
        raw(["s", None, str(ID)]),
        raw(["s", 1, str(ID)]),
        raw(["s", "2026-03-04T05:06:07", str(ID)]),
        raw(["s", "0001-01-01T00:00:00+23:59", str(ID)]),
        raw(["s", WHEN.isoformat(), str(ID).upper()]),
        raw(["s", WHEN.isoformat(), str(ID)]) + "=",
        raw(f'["s", "{WHEN.isoformat()}","{ID}"]'),
    ],
)
def test_37_what_is_no_cursor_of_the_sort_is_refused(cursor: str) -> None:
    with pytest.raises(ValidationFailed) as caught:
        decode(cursor, "s", TYPES)

    assert caught.value.errors[0].field == "cursor"


@for_each(
    "document, kind",
    [
        (["s", True], int),
        (["s", 1], bool),
        (["s", 1.5], int),
        (["s", 2**31], int),
        (["s", -(2**31) - 1], int),
        (["s", 2**62], int | None),
        (["s", 2**63], Int8),
        (["s", True], Int8),
        (["s", "a\0b"], str),
        ('["s","\\ud800"]', str),
        ('["s",NaN]', float),
        ('["s",' + "9" * 5000 + "]", int),
    ],
)
def test_37_values_that_the_database_cannot_hold_are_refused(document: Any, kind: type) -> None:
    with pytest.raises(ValidationFailed):
        decode(raw(document), "s", (kind,))


def test_cursor_and_offset_together_are_refused() -> None:
    with pytest.raises(ValidationFailed):
        Page(25, "x", 0)


def rows(page: Page, total: int) -> list[int]:
    return list(range(page.skip, total))[: page.take]


def listed(page: Page, total: int) -> dict[str, Any]:
    return answer(rows(page, total), page, "n", lambda row: (row,), str)


def test_a_first_page_leads_on_by_cursor_and_by_offset() -> None:
    page = listed(Page(2), 5)

    assert page["items"] == ["0", "1"]
    assert decode(page["next_cursor"], "n", (int,)) == (1,)
    assert page["next_offset"] == 2


@pytest.mark.parametrize("total", [0, 1, 2])
def test_the_end_has_no_next(total: int) -> None:
    page = listed(Page(2), total)

    assert (len(page["items"]), page["next_cursor"], page["next_offset"]) == (total, None, None)


def test_after_a_cursor_there_is_no_offset() -> None:
    page = answer([5, 6, 7], Page(2, encode("n", (4,))), "n", lambda row: (row,), str)

    assert page["next_cursor"] is not None
    assert page["next_offset"] is None


def test_offsets_end_at_ten_thousand() -> None:
    assert listed(Page(100, offset=9_900), 20_000)["next_offset"] == 10_000
    page = listed(Page(100, offset=9_901), 20_000)

    assert page["next_offset"] is None
    assert page["next_cursor"] is not None


@pytest.mark.parametrize("character", ["a", '"', "\\", "\x01", "ñ", "\U0001f600"])
def test_a_page_of_large_items_ends_before_lambdas_six_megabytes_and_leads_on(character: str) -> None:
    items = [{"body": character * 65_536} for _ in range(101)]
    page = answer(list(enumerate(items)), Page(100), "n", lambda row: (row[0],), lambda row: row[1])
    shown = len(page["items"])

    assert len(json.dumps({"body": json.dumps(page)})) < 6_000_000
    assert len(json.dumps(json.dumps(items[: shown + 1]))) > MAX_BYTES
    assert decode(page["next_cursor"], "n", (int,)) == (shown - 1,)
    assert page["next_offset"] == shown


def test_a_page_has_an_item_however_large_it_is() -> None:
    page = answer(["x" * 5_000_000] * 2, Page(2), "n", lambda _: (1,), str)

    assert len(page["items"]) == 1
    assert page["next_cursor"] is not None
