"""Weekly hours as they come in: windows of each weekday, refused at the very window or time that is wrong."""

import re
from collections.abc import Iterator
from itertools import islice, pairwise
from typing import Annotated, Any, Literal, NamedTuple, TypeAlias

from pydantic import BeforeValidator, Field, StringConstraints

from chalicelib.api.schemas.located import Place, refuse
from chalicelib.sla.business_calendar import MOST_WINDOWS

WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
TIME = r"^(([01][0-9]|2[0-3]):[0-5][0-9](:[0-5][0-9])?|24:00)$"
NO_DAY = "This is no weekday: those are monday to sunday, or 0 (Monday) to 6 (Sunday)."
NO_WINDOWS = 'This must be a list of windows: [["09:00", "17:00"]].'
NO_WINDOW = 'This must be a window, its start and its end: ["09:00", "17:00"].'
NO_TIME = "This must be a time of day such as 09:00, or 24:00 for the end of the day."
NO_START = "No window begins at 24:00: that is 00:00 of the next day."
MOST_TOLD = 50
DAY = 86_400
WEEK = 7 * DAY

Problem: TypeAlias = tuple[Place, str]


class _Open(NamedTuple):
    """A window on the line of the week, in seconds since Monday."""

    opens: int
    closes: int
    path: Place
    told: str


def by_number(weekly: Any) -> Any:
    """Weekdays may come by name; they are kept by number, 0 for Monday, and without days that are closed."""
    if not isinstance(weekly, dict):
        return weekly
    numbers = {day: _number(day) for day in weekly}
    if problems := [*islice(_unreadable(weekly, numbers), MOST_TOLD)] or [*_overlapping(weekly, numbers)]:
        refuse(weekly, problems)
    by_day = sorted((numbers[day], windows) for day, windows in weekly.items() if windows)
    return {str(number): windows for number, windows in by_day}


def _number(day: Any) -> int | None:
    name = str(day).lower()
    if name in WEEKDAYS:
        return WEEKDAYS.index(name)
    return int(name) if name in ("0", "1", "2", "3", "4", "5", "6") else None


def _unreadable(weekly: dict[Any, Any], numbers: dict[Any, int | None]) -> Iterator[Problem]:
    known: set[int] = set()
    for day, windows in weekly.items():
        number = numbers[day]
        if number is None:
            yield (day,), NO_DAY
        elif number in known:
            yield (day,), "This weekday is named twice."
        elif not isinstance(windows, list):
            yield (day,), NO_WINDOWS
        elif len(windows) > MOST_WINDOWS:
            yield (day,), f"A weekday has {MOST_WINDOWS} windows at most."
        else:
            known.add(number)
            for place, window in enumerate(windows):
                yield from _wrong_in((day, place), window)


def _wrong_in(path: Place, window: Any) -> Iterator[Problem]:
    if not isinstance(window, list) or len(window) != 2:
        yield path, NO_WINDOW
        return
    for place, written in enumerate(window):
        if not isinstance(written, str) or not re.match(TIME, written):
            yield (*path, place), NO_TIME
        elif place == 0 and written == "24:00":
            yield (*path, place), NO_START


def _overlapping(weekly: dict[Any, Any], numbers: dict[Any, int | None]) -> Iterator[Problem]:
    """Of two windows that share time, the later one; the week goes round."""
    open_ = []
    for day, windows in weekly.items():
        for place, (start, end) in enumerate(windows):
            midnight = (numbers[day] or 0) * DAY
            opens, closes = midnight + _seconds(start), midnight + _seconds(end)
            told = f"{start} to {end} of {WEEKDAYS[numbers[day] or 0].title()}"
            open_.append(_Open(opens, closes if closes > opens else closes + DAY, (day, place), told))
    open_.sort()
    around = [each._replace(opens=each.opens + WEEK) for each in open_[:1] if len(open_) > 1]
    for earlier, later in pairwise([*open_, *around]):
        if later.opens < earlier.closes:
            yield later.path, f"This window overlaps with {earlier.told}."


def _seconds(written: str) -> int:
    hours, minutes, seconds = (*map(int, written.split(":")), 0)[:3]
    return (hours * 60 + minutes) * 60 + seconds


TimeOfDay = Annotated[str, StringConstraints(pattern=TIME)]
Window = Annotated[list[TimeOfDay], Field(min_length=2, max_length=2)]
Weekly = Annotated[
    dict[Literal["0", "1", "2", "3", "4", "5", "6"], Annotated[list[Window], Field(max_length=MOST_WINDOWS)]],
    BeforeValidator(by_number),
    Field(
        description="Windows of each weekday by its number, 0 for Monday, or its name: from, to. An end at "
        "or before its start lies on the next day; 24:00 ends the day. Windows may touch but not overlap."
    ),
]
