"""Rows cut out of JSON: wherever pieces of the file end, and wherever one goes on."""

import io
import json
from typing import Any

import pytest

from chalicelib.imports import json_records
from chalicelib.imports.json_records import TICKETS, Lists, is_nested
from chalicelib.imports.shapes import Unfit, Unsound

DOCUMENT = {
    "users": [{"id": 1, "name": 'a "}]{[" b'}],
    "tickets": [
        {"id": 1, "text": "x\\\\", "inner": [{"tickets": [{"id": 9}]}]},
        {"id": 2, "text": "ñ\n\t“”", "empty": {}},
        {"id": 3},
    ],
    "beside": {"tickets": [{"id": 8}]},
    "count": 3,
}


def found(raw: bytes, state: Any = None) -> list[tuple[int, int, int, Any]]:
    records = [record for _, record in Lists(io.BytesIO(raw), TICKETS, state)]
    said = [r.value.code if isinstance(r.value, Unfit) else r.value["id"] for r in records]
    return [(r.number, r.line, r.end, each) for r, each in zip(records, said, strict=True)]


@pytest.mark.parametrize("indent", [None, 1])
@pytest.mark.parametrize("piece", [1, 2, 7, 64, 4096])
def test_pieces_of_any_size_give_the_same_rows(
    monkeypatch: pytest.MonkeyPatch, piece: int, indent: int | None
) -> None:
    raw = json.dumps(DOCUMENT, indent=indent, ensure_ascii=False).encode()
    whole = found(raw)
    monkeypatch.setattr(json_records, "CHUNK", piece)

    assert [row[3] for row in whole] == [1, 2, 3]
    assert found(raw) == whole
    for number, line, end, _ in whole:
        assert raw[end - 1 : end] == b"}"
        assert line == 1 or raw.split(b"\n")[line - 1].strip() == b"{", number


@pytest.mark.parametrize("indent", [None, 1])
def test_after_any_row_it_goes_on_with_the_next(indent: int | None) -> None:
    raw = json.dumps(DOCUMENT, indent=indent).encode()
    whole = found(raw)
    for place in range(len(whole)):
        lists = Lists(io.BytesIO(raw), TICKETS)
        rows = iter(lists)
        record = [next(rows)[1] for _ in range(place + 1)][-1]
        state = json.loads(json.dumps(lists.state(record)))
        assert found(raw[state["end"] :], state) == whole[place + 1 :]


def test_a_row_that_is_too_long_is_passed_over(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(json_records, "CHUNK", 16)
    monkeypatch.setattr(json_records, "MAX_ROW", 100)
    long = {"id": 2, "notes": [{"n": number} for number in range(50)]}
    raw = json.dumps([{"id": 1}, long, {"id": 3}]).encode()
    assert [row[3] for row in found(raw)] == [1, "too_large", 3]
    assert [
        row.value.code if isinstance(row.value, Unfit) else row.value["id"]
        for row in json_records.lines(io.BytesIO(b'{"id":1}\n{"id":"' + b"x" * 300 + b'"}\n{"id":3}'))
    ] == [1, "too_large", 3]


def test_a_text_that_never_ends_ends_the_reading(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(json_records, "CHUNK", 16)
    monkeypatch.setattr(json_records, "MAX_ROW", 100)
    with pytest.raises(Unsound, match=r"never ends|in the middle"):
        found(b'[{"id": "' + b"x" * 1000)


@pytest.mark.parametrize(
    ("first", "nested"),
    [
        (b'[{"id": 1}]', True),
        (b' {"tickets": [{"id": 1}', True),
        (b'{"users": [], "tickets": []}\n', True),
        (b'{\n  "count": 1,\n', True),
        (b'{"id": 1}\n{"id": 2}\n', False),
        (b'{"id": 1, "tickets": 3', False),
        (b'{"id": \n{"id": 2}\n', False),
    ],
)
def test_lines_are_told_from_lists(first: bytes, nested: bool) -> None:
    assert is_nested(first) is nested
