"""Holidays from an iCalendar file (RFC 5545): its all-day events, each occurrence for the years to come."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from hashlib import sha256
from itertools import count, islice
from typing import Any

from chalicelib.core.errors import ValidationFailed
from chalicelib.sla.holiday_names import clean

YEARS_AHEAD = 10
MOST_EVENTS = 1000
MOST_OCCURRENCES = 200
LONGEST_DAYS = 366
# Rules that other files may hold would keep a Lambda busy: a holiday does not come every second.
MOST_REPEATING = 200
MOST_STEPS = 50_000
REPEATS = {"YEARLY", "MONTHLY", "WEEKLY"}
PARTS = {"FREQ", "INTERVAL", "COUNT", "UNTIL", "WKST"}
PARTS_OF_DAYS = {"BYMONTH", "BYMONTHDAY", "BYDAY", "BYYEARDAY", "BYWEEKNO", "BYSETPOS"}
EARLIEST_YEAR = 1970
DAY = timedelta(days=1)


@dataclass
class Read:
    """What a file says: its name, what tells it from others that have none, `{from, to?, name?}` of each
    holiday, `{name, reason}` of the rest."""

    name: str | None
    mark: str
    holidays: list[dict[str, str]] = field(default_factory=list)
    skipped: list[dict[str, str]] = field(default_factory=list)


class Unfit(ValueError):
    """An event that is no holiday, and why."""


def read_icalendar(file: str, today: date) -> Read:
    """Occurrences from the year before `today` on. Raises ValidationFailed for what is no such file, or one
    without any all-day event."""
    # Loaded where it is asked for: no request but this one pays for it.
    from icalendar import Calendar

    try:
        calendar = Calendar.from_ical(file.removeprefix("\ufeff"))
        events = list(islice(calendar.walk("VEVENT"), MOST_EVENTS + 1))
    except Exception as wrong:  # the parser raises many kinds
        raise ValidationFailed.of("icalendar", "This is no iCalendar file (RFC 5545).") from wrong
    if len(events) > MOST_EVENTS:
        raise ValidationFailed.of("icalendar", f"It has more than {MOST_EVENTS} events.")
    if sum(map(_repeats, events)) > MOST_REPEATING:
        raise ValidationFailed.of("icalendar", f"It has more than {MOST_REPEATING} events that repeat.")
    read = Read(clean(calendar.get("X-WR-CALNAME")) or None, _mark(events))
    moved, steps = _moved(events), count()
    for event in events:
        called = clean(event.get("SUMMARY"))
        try:
            taken = list(_holidays(event, called, today, moved, steps))
        except Unfit as because:
            read.skipped.append({"name": called, "reason": str(because)})
            continue
        if not taken:
            read.skipped.append({"name": called, "reason": "It is over."})
        read.holidays.extend(taken)
    if not read.holidays:
        why = f" Of the first event: {read.skipped[0]['reason']}" if read.skipped else ""
        raise ValidationFailed.of("icalendar", f"It has no all-day event of last year or later.{why}")
    return read


def _mark(events: list[Any]) -> str:
    """The same for the same events, however they are called and whenever they are. Of events without UIDs,
    which RFC 5545 asks for, their days and names."""
    ids = {str(event.get("UID") or "") for event in events}
    if "" in ids:
        ids = {f"{event.get('DTSTART', '')} {event.get('SUMMARY', '')}" for event in events} | ids
    return sha256("\n".join(sorted(ids)).encode(errors="replace")).hexdigest()[:12]


def _moved(events: list[Any]) -> dict[str, set[date]]:
    """The days of repeating events, by their UID, which another event of the file stands for or cancels
    (RFC 5545, 3.8.4.4)."""
    found: dict[str, set[date]] = {}
    for event in events:
        try:
            day = event.decoded("RECURRENCE-ID") if "RECURRENCE-ID" in event else None
        except Exception:  # then it stands for no day that is known
            day = None
        if isinstance(day, date):
            found.setdefault(str(event.get("UID")), set()).add(date(day.year, day.month, day.day))
    return found


def _holidays(
    event: Any, name: str, today: date, moved: Mapping[str, set[date]], steps: Iterator[int]
) -> Iterator[dict[str, str]]:
    if str(event.get("STATUS") or "").upper() == "CANCELLED":
        raise Unfit("It is cancelled.")
    first, days = _span(event)
    earliest, latest = date(today.year - 1, 1, 1), date(today.year + YEARS_AHEAD, 12, 31)
    if first > latest:
        raise Unfit(f"It lies more than {YEARS_AHEAD} years ahead.")
    starts = _starts(event, first, earliest - days + DAY, latest, steps) if _repeats(event) else {first}
    if "RECURRENCE-ID" not in event:
        starts -= moved.get(str(event.get("UID")), set())
    if len(starts) > MOST_OCCURRENCES:
        raise Unfit("It repeats too often for holidays: weekly hours say when nobody works.")
    for start in sorted(starts):
        last = start + days - DAY
        if last >= earliest:
            to = {"to": last.isoformat()} if last > start else {}
            yield {"from": start.isoformat(), **to, **({"name": name} if name else {})}


def _span(event: Any) -> tuple[date, timedelta]:
    """Its first day, and how many it has: an end is the day after the last (RFC 5545, 3.6.1)."""
    try:
        start = event.decoded("DTSTART")
        if isinstance(start, datetime) or not isinstance(start, date):
            raise Unfit("It has hours, so it is no holiday.")
        days = DAY
        if "DTEND" in event:
            days = event.decoded("DTEND") - start
        elif "DURATION" in event:
            days = event.decoded("DURATION")
    except Unfit:
        raise
    except Exception as wrong:
        raise Unfit("Its dates make no sense.") from wrong
    if not DAY <= days <= LONGEST_DAYS * DAY:
        raise Unfit(f"It lasts less than a day, or more than {LONGEST_DAYS}.")
    return start, days


def _starts(event: Any, first: date, since: date, latest: date, steps: Iterator[int]) -> set[date]:
    """The days on which it begins, by its rule, its further dates and its exceptions."""
    from dateutil.rrule import rrulestr

    if first.year < EARLIEST_YEAR:
        raise Unfit(f"It repeats since before {EARLIEST_YEAR}.")
    origin, end = _midnight(first), _midnight(latest)
    found = {first}
    try:
        for rule in _each(event, "RRULE"):
            _require_sane(rule)
            # A day has no zone, so its end has none either.
            repeated = rrulestr(rule.to_ical().decode().replace("Z", ""), dtstart=origin)
            if "COUNT" not in rule:
                repeated = repeated.replace(until=min(end, _until(repeated, end)))
            for each in repeated:
                if next(steps) > MOST_STEPS:
                    raise Unfit("What repeats before it takes too long to count.")
                found.add(each.date())
        found |= set(_dates(event, "RDATE"))
        found -= set(_dates(event, "EXDATE"))
    except Unfit:
        raise
    except Exception as wrong:
        raise Unfit("Its repetition makes no sense.") from wrong
    return {day for day in found if since <= day <= latest}


def _dates(event: Any, name: str) -> Iterator[date]:
    for dates in _each(event, name):
        for each in dates.dts:
            yield date(each.dt.year, each.dt.month, each.dt.day)


def _require_sane(rule: Any) -> None:
    """A rule that may never hold is looked for until the year 9999, unless it says until when."""
    frequency = {str(each).upper() for each in rule.get("FREQ", ())}
    parts = {str(part).upper() for part in rule}
    counted_in_parts = "COUNT" in parts and bool(parts & PARTS_OF_DAYS)
    steps = [int(each) for each in rule.get("INTERVAL", ())]
    known = frequency and frequency <= REPEATS and parts <= PARTS | PARTS_OF_DAYS
    if not known or counted_in_parts or min(steps, default=1) < 1:
        raise Unfit("It repeats in a way in which holidays do not.")


def _until(repeated: Any, end: datetime) -> datetime:
    until: datetime | None = repeated._until
    return end if until is None else until


def _midnight(day: date) -> datetime:
    return datetime(day.year, day.month, day.day)


def _repeats(event: Any) -> bool:
    return bool({"RRULE", "RDATE", "EXDATE"} & event.keys())


def _each(event: Any, name: str) -> list[Any]:
    values = event.get(name, [])
    return values if isinstance(values, list) else [values]
