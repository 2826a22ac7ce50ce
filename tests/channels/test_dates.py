"""Dates in mails: moments in UTC, or none."""

from datetime import UTC, datetime

import pytest

from chalicelib.channels.mime import date_of

TEN = datetime(2026, 11, 21, 10, tzinfo=UTC)


@pytest.mark.parametrize(
    "written",
    [
        "Sat, 21 Nov 2026 10:00:00 +0000",
        "Sat, 21 Nov 2026 11:00:00 +0100 (CET)",
        "21 Nov 2026 10:00 GMT",
        "Sat, 21 Nov 2026 05:00:00 EST",
        "Sat, 21 Nov 2026 10:00:00 -0000",
        "Sat, 21 Nov 2026 10:00:00",
        "Sat, 21 Nov 26 10:00:00 Z",
        "Mon, 21 Nov 2026 10:00:00 +0000",  # not that weekday
        "Sat, 21 nov 2026 10.00.00 +0000",
        "Sat, 21-Nov-2026 10:00:00 UT",
    ],
)
def test_a_date_is_a_moment_in_utc(written: str) -> None:
    assert date_of(written) == TEN


@pytest.mark.parametrize(
    "written",
    [
        *("", "yesterday", "Sat, 32 Nov 2026 10:00:00 +0000", "Sat, 21 Nov 2026 25:00:00 +0000"),
        *("Sat, 21 Nov 0 10:00:00 -99999999", "1 Jan 99999 00:00:00 +0000", "31 Dec 9999 23:59:59 -1200"),
        *(
            "Sat, 21 Nov 2026 10:00:00 +9999",
            "21 Nov",
            "²¹ Nov 2026 10:00",
            "1 " * 1000,
        ),
    ],
)
def test_what_is_no_moment_is_none(written: str) -> None:
    assert date_of(written) is None
