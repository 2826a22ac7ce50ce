"""Calendars as they are stored: JSON hours and holidays, read into what the engine counts with."""

import json
from collections.abc import Mapping, Sequence
from datetime import date, time
from functools import lru_cache
from typing import Any

from chalicelib.sla.hours import Calendar, DateRange, YearlyRange

KEPT = 256
END_OF_DAY = "24:00"


def read(stored: Mapping[str, Any]) -> Calendar:
    """The calendar of `{"timezone", "weekly", "holidays"}`; while these stay the same, the same object."""
    return _kept(json.dumps([stored["timezone"], stored["weekly"], stored["holidays"]], sort_keys=True))


@lru_cache(maxsize=KEPT)
def _kept(stored: str) -> Calendar:
    return parse(*json.loads(stored))


def parse(timezone: str, weekly: Mapping[str, Any], holidays: Sequence[Any] = ()) -> Calendar:
    """The calendar of stored hours and holidays; models/sla.py has the format.

    ValueError, with a sentence for people, where they make no sense; NoWorkingTime and UnknownTimeZone too.
    """
    hours = {_weekday(day): [_window(each) for each in _list(windows)] for day, windows in weekly.items()}
    return Calendar(timezone, hours, [_holiday(holiday) for holiday in holidays])


def _weekday(day: str) -> int:
    if day not in ("0", "1", "2", "3", "4", "5", "6"):
        raise ValueError(f"a weekday is a number from 0 (Monday) to 6 (Sunday), not {day!r}")
    return int(day)


def _list(windows: object) -> list[Any]:
    if not isinstance(windows, list):
        raise ValueError(f"the hours of a day are a list of windows, not {windows!r}")
    return windows


def _window(window: object) -> tuple[time, time]:
    if not isinstance(window, list) or len(window) != 2:
        raise ValueError(f"a window is a start and an end, not {window!r}")
    start, end = window
    return _time(start), time.max if end == END_OF_DAY else _time(end)


def _time(written: object) -> time:
    if isinstance(written, str) and len(written) in (5, 8):
        try:
            return time.fromisoformat(written)
        except ValueError:
            pass
    raise ValueError(f"a time of day looks like 09:00, not {written!r}")


def _holiday(holiday: object) -> date | DateRange | YearlyRange:
    if isinstance(holiday, str):
        return _date(holiday)
    if isinstance(holiday, dict):
        name = str(holiday.get("name", ""))
        if "from" in holiday:
            return DateRange(_date(holiday["from"]), _date(holiday.get("to", holiday["from"])), name)
        if "yearly_from" in holiday:
            first, last = holiday["yearly_from"], holiday.get("yearly_to", holiday["yearly_from"])
            return YearlyRange(_month_day(first), _month_day(last), name)
    raise ValueError(f"a holiday is a date, or from and to, or yearly_from and yearly_to, not {holiday!r}")


def _date(written: object) -> date:
    if isinstance(written, str) and len(written) == 10:
        try:
            return date.fromisoformat(written)
        except ValueError:
            pass
    raise ValueError(f"a date looks like 2026-12-25, not {written!r}")


def _month_day(written: object) -> tuple[int, int]:
    if isinstance(written, str):
        month, dash, day = written.partition("-")
        if dash and month.isdecimal() and day.isdecimal():
            return int(month), int(day)
    raise ValueError(f"a day of the year looks like 12-25, not {written!r}")
