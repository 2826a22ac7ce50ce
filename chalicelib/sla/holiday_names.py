"""What days are called on which a calendar does not work. Asked for each day of an explanation."""

from bisect import bisect_right
from functools import lru_cache
from heapq import heappop, heappush
from typing import Any

from chalicelib.sla.holidays import DAYS_OF_ANY_YEAR, DateRange, Holidays, MonthDay, YearlyRange, month_day

LONGEST_NAME = 150


class HolidayNames:
    """The names of all days: of several holidays on one, the first that has a name gives it."""

    __slots__ = ("_dated", "_since", "_yearly")

    def __init__(self, holidays: Holidays) -> None:
        named = [(place, entry) for place, entry in enumerate(holidays.entries) if entry.name]
        self._yearly: dict[MonthDay, tuple[int, str]] = {}
        nameless = set(DAYS_OF_ANY_YEAR)
        for place, entry in named:
            if nameless and isinstance(entry, YearlyRange):
                days = nameless & entry.month_days
                self._yearly.update(dict.fromkeys(days, (place, entry.name)))
                nameless -= days
        dated = [(*entry.days, place, entry.name) for place, entry in named if isinstance(entry, DateRange)]
        # From each of these days on, until the next, the same holiday has the word, or none.
        self._since = sorted({edge for first, last, *_ in dated for edge in (first, last + 1)})
        self._dated: list[tuple[int, str] | None] = []
        coming = sorted(dated, reverse=True)
        covering: list[tuple[int, str, int]] = []
        for since in self._since:
            while coming and coming[-1][0] <= since:
                _, last, place, name = coming.pop()
                heappush(covering, (place, name, last))
            while covering and covering[0][2] < since:
                heappop(covering)
            self._dated.append(covering[0][:2] if covering else None)

    def of(self, day: int) -> str:
        """Empty where nothing names it."""
        place = bisect_right(self._since, day) - 1
        dated = self._dated[place] if place >= 0 else None
        yearly = self._yearly.get(month_day(day)) if self._yearly else None
        return min((each for each in (dated, yearly) if each), default=(0, ""))[1]


@lru_cache(maxsize=64)
def names_of(holidays: Holidays) -> HolidayNames:
    return HolidayNames(holidays)


def clean(text: Any, most: int = LONGEST_NAME) -> str:
    """One line without control characters, as a calendar keeps it; of several, the first."""
    first = text[0] if isinstance(text, list) else text
    plain = "".join(each if each.isprintable() else " " for each in str(first or ""))
    return " ".join(plain.split())[:most].strip()
