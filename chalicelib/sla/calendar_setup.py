"""Calendars as a desk keeps them: hours, holidays, what a promise would come to. A change of what a calendar
counts has its open targets counted anew in the background, by tickets/recounting.py."""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from chalicelib.accounts.actor import Actor
from chalicelib.accounts.auditing import audit, audit_changes
from chalicelib.accounts.permissions import Permission
from chalicelib.accounts.uniqueness import unique
from chalicelib.core import jobs
from chalicelib.core.db import Transaction
from chalicelib.core.errors import Conflict, NotFound, ValidationFailed
from chalicelib.core.paging import Page, answer
from chalicelib.sla import calendar_queries as queries
from chalicelib.sla import calendars, national_holidays
from chalicelib.sla.explaining import stretch
from chalicelib.sla.hours import Calendar, NoWorkingTime, OutOfTime, UnknownTimeZone, due_at, intervals
from chalicelib.sla.icalendar_holidays import read_icalendar

KIND = "recount"
MOST = 100
MOST_HOLIDAYS = 1000
NAME_KEY = "calendars_workspace_id_name_key"
NAME_TAKEN = "There is already a calendar of this name."
COUNTED = ("timezone", "weekly", "holidays")
FACTS = ("name", *COUNTED)
SORT_TYPES: Mapping[str, Any] = {"name": str, "created_at": datetime}

Facts = Mapping[str, Any]


def get(tx: Transaction, actor: Actor, calendar_id: UUID) -> dict[str, Any]:
    """One calendar, with the policies that promise by it. Raises NotFound, Forbidden."""
    actor.require(Permission.SLA_READ, "How the desk counts its hours is between colleagues.")
    row = queries.calendar(tx, actor.workspace.id, calendar_id)
    if row is None:
        raise NotFound("There is no such calendar.")
    return shape(row)


def shape(row: Any) -> dict[str, Any]:
    """A calendar as answers show it: each holiday with its `from` or its `yearly_from`."""
    facts = dict(row._mapping)
    facts["holidays"] = [{"from": each} if isinstance(each, str) else each for each in row.holidays]
    return facts


def listing(tx: Transaction, actor: Actor, page: Page, sort: str) -> dict[str, Any]:
    """A page of calendars. `sort` is of SORT_TYPES. Raises Forbidden."""
    actor.require(Permission.SLA_READ, "How the desk counts its hours is between colleagues.")
    by = sort.removeprefix("-")
    rows = queries.list_calendars(
        tx, actor.workspace.id, page, sort, page.after(sort, (SORT_TYPES[by], UUID))
    )
    return answer(rows, page, sort, lambda row: (getattr(row, by), row.id), shape)


def make(tx: Transaction, actor: Actor, facts: Facts) -> dict[str, Any]:
    """`facts`: FACTS. Raises Forbidden, ValidationFailed for hours that make no sense or never come, Conflict
    for a name that is taken and for one too many."""
    _require_admin(actor)
    checked(facts)
    with unique(NAME_KEY, NAME_TAKEN):
        made_id = queries.add(tx, actor.workspace.id, facts, MOST)
    if made_id is None:
        raise Conflict(f"A workspace has {MOST} calendars at most.")
    made = get(tx, actor, made_id)
    audit(tx, actor, "calendar.created", ("calendar", made_id), after=_audited(made))
    return made


def change(tx: Transaction, actor: Actor, calendar_id: UUID, wanted: Facts) -> dict[str, Any]:
    """`wanted`: any of FACTS. The answer says which job counts its open targets anew, None where that is not
    needed. Raises as `make` does, and NotFound."""
    _require_admin(actor)
    before = _held(tx, actor, calendar_id)
    return _changed(tx, actor, before, {name: before[name] for name in FACTS} | dict(wanted))


def delete(tx: Transaction, actor: Actor, calendar_id: UUID) -> None:
    """What was promised by it goes on counting by it. Raises Forbidden, NotFound, and Conflict while a policy
    promises by it."""
    _require_admin(actor)
    before = _held(tx, actor, calendar_id)
    if before["policies"]:
        names = ", ".join(policy["name"] for policy in before["policies"])
        raise Conflict(f"These policies promise by it: {names}. Give them another calendar first.")
    queries.delete(tx, actor.workspace.id, calendar_id)
    audit(tx, actor, "calendar.deleted", ("calendar", calendar_id), before=_audited(before))


def take_country(
    tx: Transaction, actor: Actor, calendar_id: UUID, country: str, region: str | None, years: Sequence[int]
) -> dict[str, Any]:
    """The public holidays of a country or a region, in place of those that were taken of it for these years.

    Raises as `change` does.
    """
    _require_admin(actor)
    before = _held(tx, actor, calendar_id)
    taken = national_holidays.of(country, region, years, actor.workspace.language)
    source = national_holidays.source(country, region)
    in_years = {str(year) for year in years}
    kept = [
        each
        for each in before["holidays"]
        if not (each.get("source") == source and each.get("from", "")[:4] in in_years)
    ]
    return _with_holidays(tx, actor, before, kept, [{**each, "source": source} for each in taken], [])


def take_icalendar(
    tx: Transaction, actor: Actor, calendar_id: UUID, file: str, name: str | None
) -> dict[str, Any]:
    """The all-day events of an iCalendar file (RFC 5545), in place of those that were taken from one of the
    same name. `skipped` in the answer says which others it has, and why. Raises as `change` does."""
    _require_admin(actor)
    before = _held(tx, actor, calendar_id)
    read = read_icalendar(file, actor.now.date())
    source = f"icalendar:{name or read.name or 'file'}"[:100]
    kept = [each for each in before["holidays"] if each.get("source") != source]
    taken = [{**each, "source": source} for each in read.holidays]
    return _with_holidays(tx, actor, before, kept, taken, read.skipped)


def known_holidays(actor: Actor, country: str | None, region: str | None, year: int | None) -> dict[str, Any]:
    """All countries; of one of them its regions, and its holidays of a year, this one unless said."""
    actor.require(Permission.SLA_READ, "How the desk counts its hours is between colleagues.")
    known: dict[str, Any] = {"countries": national_holidays.countries(), "regions": [], "holidays": []}
    if country is not None:
        language = actor.workspace.language
        known["regions"] = national_holidays.regions(country)
        known["holidays"] = national_holidays.of(country, region, [year or actor.now.year], language)
    return known


def preview(
    tx: Transaction, actor: Actor, calendar_id: UUID, start: datetime | None, minutes: float
) -> dict[str, Any]:
    """What a promise of so many minutes would come to: the due time and the intervals up to it.

    Raises NotFound, Forbidden, and ValidationFailed where it would never be due.
    """
    stored = get(tx, actor, calendar_id)
    calendar = calendars.read(stored)
    start = (start or actor.now).astimezone(UTC)
    try:
        due = due_at(start, minutes, calendar)
    except (NoWorkingTime, OutOfTime) as never:
        raise ValidationFailed.of("minutes", _sentence(never)) from never
    return {
        "start": start,
        "minutes": minutes,
        "due_at": due,
        "timezone": calendar.timezone,
        "explain": stretch(intervals(start, due, calendar)),
    }


def checked(facts: Facts) -> Calendar:
    """The calendar that the facts make. Raises ValidationFailed, naming the one at fault."""
    if len(facts["holidays"]) > MOST_HOLIDAYS:
        raise ValidationFailed.of("holidays", f"A calendar has {MOST_HOLIDAYS} holidays at most.")
    try:
        calendars.parse("UTC", facts["weekly"])
    except ValueError as wrong:
        raise ValidationFailed.of("weekly", _sentence(wrong)) from wrong
    try:
        return calendars.parse(facts["timezone"], facts["weekly"], facts["holidays"])
    except UnknownTimeZone as wrong:
        raise ValidationFailed.of("timezone", "This is no IANA time zone; Europe/Madrid is one.") from wrong
    except NoWorkingTime as wrong:
        raise ValidationFailed.of("holidays", "These holidays leave no working time.") from wrong
    except ValueError as wrong:
        raise ValidationFailed.of("holidays", _sentence(wrong)) from wrong


def _with_holidays(
    tx: Transaction,
    actor: Actor,
    before: Facts,
    kept: Sequence[Facts],
    taken: Sequence[Facts],
    skipped: Sequence[Facts],
) -> dict[str, Any]:
    by_date = sorted(taken, key=lambda each: str(each.get("from") or each.get("yearly_from")))
    wanted = {name: before[name] for name in FACTS} | {"holidays": [*kept, *by_date]}
    changed = _changed(tx, actor, before, wanted)
    return {"calendar": changed, "taken": by_date, "skipped": list(skipped)}


def _changed(tx: Transaction, actor: Actor, before: Facts, wanted: Facts) -> dict[str, Any]:
    checked(wanted)
    calendar_id = before["id"]
    if all(before[name] == wanted[name] for name in FACTS):
        return {**before, "job_id": None}
    with unique(NAME_KEY, NAME_TAKEN):
        queries.change(tx, actor.workspace.id, calendar_id, wanted)
    changed = get(tx, actor, calendar_id)
    job_id = None
    if any(before[name] != changed[name] for name in COUNTED):
        # Asked for anew each time: one that runs already may have passed some by.
        job_id = jobs.ask(tx, actor.workspace.id, KIND, calendar_id, actor.user_id).id
    target = ("calendar", calendar_id)
    audit_changes(tx, actor, "calendar.changed", target, _audited(before), _audited(changed))
    return {**changed, "job_id": job_id}


def _held(tx: Transaction, actor: Actor, calendar_id: UUID) -> dict[str, Any]:
    """The calendar, locked."""
    if not queries.lock(tx, actor.workspace.id, calendar_id):
        raise NotFound("There is no such calendar.")
    return get(tx, actor, calendar_id)


def _audited(calendar: Facts) -> dict[str, Any]:
    return {name: calendar[name] for name in FACTS}


def _sentence(wrong: ValueError) -> str:
    told = str(wrong)
    return f"{told[:1].upper()}{told[1:].rstrip('.')}."


def _require_admin(actor: Actor) -> None:
    actor.require(Permission.SLA_MANAGE, "Only an administrator sees to calendars.")
