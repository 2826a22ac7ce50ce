"""The slow truth about business time: look at the wall clock once a minute, and count."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

MINUTE = timedelta(minutes=1)
MonthDay = tuple[int, int]


@dataclass(frozen=True)
class MinuteWalker:
    """Exact where starts, windows, pauses and UTC offsets are whole minutes."""

    zone: ZoneInfo
    weekly: dict[int, list[tuple[time, time]]]
    holidays: Sequence[date | tuple[date, date] | tuple[MonthDay, MonthDay]]
    pauses: Sequence[tuple[datetime, datetime | None]]

    def due_at(self, start: datetime, minutes: int, give_up: timedelta) -> datetime | None:
        """None when the target is not due within `give_up`."""
        for minute in self._minutes(start, start + give_up):
            if self._counts(minute):
                minutes -= 1
            if minutes == 0:
                return minute + MINUTE
        return None

    def business_minutes(self, start: datetime, end: datetime) -> int:
        return sum(map(self._counts, self._minutes(start, end)))

    @staticmethod
    def _minutes(start: datetime, end: datetime) -> Iterator[datetime]:
        at = start.astimezone(UTC)
        while at < end:
            yield at
            at += MINUTE

    def _counts(self, minute: datetime) -> bool:
        wall = minute.astimezone(self.zone)
        return (
            self._open(wall)
            and not self._holiday(wall.date())
            and not any(begin <= minute and (end is None or minute < end) for begin, end in self.pauses)
        )

    def _open(self, wall: datetime) -> bool:
        at, today = wall.time(), wall.weekday()
        return any(
            start <= at and (at < end or end == time.max or end <= start)
            for start, end in self.weekly.get(today, ())
        ) or any(end <= start and at < end for start, end in self.weekly.get((today - 1) % 7, ()))

    def _holiday(self, day: date) -> bool:
        return any(_covers(holiday, day) for holiday in self.holidays)


def _covers(holiday: date | tuple[date, date] | tuple[MonthDay, MonthDay], day: date) -> bool:
    if isinstance(holiday, date):
        return holiday == day
    first, last = holiday
    if isinstance(first, date) and isinstance(last, date):
        return first <= day <= last
    month_day = (day.month, day.day)
    if first <= last:
        return first <= month_day <= last
    return first <= month_day or month_day <= last
