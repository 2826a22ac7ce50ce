"""Holidays from an iCalendar file (RFC 5545): its all-day events, each occurrence for the years to come."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from itertools import islice
from typing import Any

from chalicelib.core.errors import ValidationFailed

YEARS_AHEAD = 10
MOST_EVENTS = 1000
MOST_OCCURRENCES = 200
# Rules that other files may hold would keep a Lambda busy: a holiday does not come every second.
MOST_REPEATING = 200
REPEATS = {"YEARLY", "MONTHLY", "WEEKLY"}
EARLIEST_YEAR = 1970
LONGEST_DAYS = 366
DAY = timedelta(days=1)


@dataclass
class Read:
    """What a file says: its name, `{from, to?, name?}` of each holiday, `{name, reason}` of the rest."""

    name: str | None
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
        calendar = Calendar.from_ical(file)
        events = list(islice(calendar.walk("VEVENT"), MOST_EVENTS + 1))
        name = str(calendar.get("X-WR-CALNAME") or "").strip() or None
    except Exception as wrong:  # the parser raises many kinds
        raise ValidationFailed.of("icalendar", "This is no iCalendar file (RFC 5545).") from wrong
    if len(events) > MOST_EVENTS:
        raise ValidationFailed.of("icalendar", f"It has more than {MOST_EVENTS} events.")
    if sum(map(_repeats, events)) > MOST_REPEATING:
        raise ValidationFailed.of("icalendar", f"It has more than {MOST_REPEATING} events that repeat.")
    read = Read(name)
    for event in events:
        called = " ".join(str(event.get("SUMMARY") or "").split())[:150]
        try:
            taken = list(_holidays(event, called, today))
        except Unfit as because:
            read.skipped.append({"name": called, "reason": str(because)})
            continue
        if not taken:
            read.skipped.append({"name": called, "reason": "It is over."})
        read.holidays.extend(taken)
    if not read.holidays:
        raise ValidationFailed.of("icalendar", "It has no all-day event of last year or later.")
    return read


def _holidays(event: Any, name: str, today: date) -> Iterator[dict[str, str]]:
    if str(event.get("STATUS") or "").upper() == "CANCELLED":
        raise Unfit("It is cancelled.")
    first, days = _span(event)
    earliest = date(today.year - 1, 1, 1)
    for start in _starts(event, first, earliest, date(today.year + YEARS_AHEAD, 12, 31)):
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


def _starts(event: Any, first: date, earliest: date, latest: date) -> list[date]:
    """The days on which it begins, by its rule, its further dates and its exceptions."""
    if not _repeats(event):
        return [first] if first <= latest else []
    from dateutil.rrule import rruleset, rrulestr

    if first.year < EARLIEST_YEAR:
        raise Unfit(f"It repeats since before {EARLIEST_YEAR}.")
    rules = rruleset()
    origin, end = _midnight(first), _midnight(latest)
    try:
        rules.rdate(origin)
        for rule in _each(event, "RRULE"):
            _require_sane(rule)
            # A day has no zone, so its end has none either.
            repeated = rrulestr(rule.to_ical().decode().replace("Z", ""), dtstart=origin)
            rules.rrule(
                repeated if "COUNT" in rule else repeated.replace(until=min(end, _until(repeated, end)))
            )
        for name, add in (("RDATE", rules.rdate), ("EXDATE", rules.exdate)):
            for dates in _each(event, name):
                for each in dates.dts:
                    add(_midnight(each.dt))
        since = max(origin, _midnight(earliest) - LONGEST_DAYS * DAY)
        found = list(islice(rules.xafter(since, inc=True), MOST_OCCURRENCES))
    except Unfit:
        raise
    except Exception as wrong:
        raise Unfit("Its repetition makes no sense.") from wrong
    return [each.date() for each in found if each <= end]


def _require_sane(rule: Any) -> None:
    """A rule that may never hold is looked for until the year 9999, unless it says until when."""
    frequency = {str(each).upper() for each in rule.get("FREQ", ())}
    counted_in_parts = "COUNT" in rule and any(part.startswith("BY") for part in rule)
    if not frequency <= REPEATS or not frequency or counted_in_parts:
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
