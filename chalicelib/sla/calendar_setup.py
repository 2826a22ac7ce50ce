"""Calendars as a desk keeps them: hours, holidays, what a promise would come to. A change of what a calendar
counts has its open targets counted anew in the background, by tickets/recounting.py."""

from collections.abc import Mapping
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
from chalicelib.sla import calendars, reachable
from chalicelib.sla.explaining import stretch
from chalicelib.sla.hours import Calendar, NoWorkingTime, UnknownTimeZone

KIND = "recount"
MOST = 100
MOST_HOLIDAYS = 1000
NAME_KEY = "calendars_workspace_id_name_key"
NAME_TAKEN = "There is already a calendar of this name."
FACTS = ("name", "timezone", "weekly", "holidays")
REQUEST_SECONDS = 30
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
    """A page of calendars, each with its first holidays and how many more it has. `sort` is of SORT_TYPES.
    Raises Forbidden."""
    actor.require(Permission.SLA_READ, "How the desk counts its hours is between colleagues.")
    by = sort.removeprefix("-")
    rows = queries.list_calendars(
        tx, actor.workspace.id, page, sort, page.after(sort, (SORT_TYPES[by], UUID))
    )
    return answer(rows, page, sort, lambda row: (getattr(row, by), row.id), shape)


def make(tx: Transaction, actor: Actor, facts: Facts) -> dict[str, Any]:
    """`facts`: FACTS. Raises Forbidden, ValidationFailed for hours that make no sense or do not come in
    our time, Conflict for a name that is taken and for one too many."""
    require_admin(actor)
    reachable.require_hours(checked(facts), actor.now)
    with unique(NAME_KEY, NAME_TAKEN):
        made_id = queries.add(tx, actor.workspace.id, facts, MOST)
    if made_id is None:
        raise Conflict(f"A workspace has {MOST} calendars at most.")
    made = get(tx, actor, made_id)
    audit(tx, actor, "calendar.created", ("calendar", made_id), after=_audited(made))
    return made


def change(tx: Transaction, actor: Actor, calendar_id: UUID, wanted: Facts) -> dict[str, Any]:
    """`wanted`: any of FACTS. The answer says which job counts its open targets anew, None where that is not
    needed. Raises as `make` does, NotFound, and ValidationFailed where a policy's promise would take too
    long by it."""
    require_admin(actor)
    before = held(tx, actor, calendar_id)
    return changed(tx, actor, before, {name: before[name] for name in FACTS} | dict(wanted))


def delete(tx: Transaction, actor: Actor, calendar_id: UUID) -> None:
    """What was promised by it goes on counting by it. Raises Forbidden, NotFound, and Conflict while a policy
    promises by it."""
    require_admin(actor)
    before = held(tx, actor, calendar_id)
    if before["policies"]:
        names = ", ".join(policy["name"] for policy in before["policies"])
        raise Conflict(f"These policies promise by it: {names}. Give them another calendar first.")
    queries.delete(tx, actor.workspace.id, calendar_id)
    audit(tx, actor, "calendar.deleted", ("calendar", calendar_id), before=_audited(before))


def preview(
    tx: Transaction, actor: Actor, calendar_id: UUID, start: datetime | None, minutes: float
) -> dict[str, Any]:
    """What a promise of so many minutes would come to: the due time and the intervals up to it.

    Raises NotFound, Forbidden, and ValidationFailed where it would not be due in our time.
    """
    stored = get(tx, actor, calendar_id)
    calendar = calendars.read(stored)
    start = (start or actor.now).astimezone(UTC)
    due = reachable.due(start, minutes, calendar)
    if due is None:
        raise ValidationFailed.of("minutes", "This would be due more than a hundred years after its start.")
    return {
        "start": start,
        "minutes": minutes,
        "due_at": due,
        "timezone": calendar.timezone,
        "explain": stretch(start, due, calendar),
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


def changed(tx: Transaction, actor: Actor, before: Facts, wanted: Facts) -> dict[str, Any]:
    """A held calendar with other facts, all of FACTS, and the job that this asks for. Raises as `change`
    does."""
    counts = checked(wanted)
    calendar_id = before["id"]
    if all(before[name] == wanted[name] for name in FACTS):
        return {**before, "job_id": None}
    with unique(NAME_KEY, NAME_TAKEN):
        queries.change(tx, actor.workspace.id, calendar_id, wanted)
    after = get(tx, actor, calendar_id)
    job_id = None
    if _counted(before) != counts:  # not for a holiday's name
        reachable.require_hours(counts, actor.now)
        _require_reach(tx, actor, before, wanted, counts)
        # One that runs already may have passed some by. Kept back for as long as requests last, so that none
        # which still promised by the old hours writes that after the job.
        about = (tx, actor.workspace.id, KIND, calendar_id)
        asked = jobs.put_off(*about, REQUEST_SECONDS) or jobs.ask(
            *about, actor.user_id, delay=REQUEST_SECONDS
        )
        job_id = asked.id
    target = ("calendar", calendar_id)
    audit_changes(tx, actor, "calendar.changed", target, _audited(before), _audited(after))
    return {**after, "job_id": job_id}


def held(tx: Transaction, actor: Actor, calendar_id: UUID) -> dict[str, Any]:
    """The calendar, locked."""
    if not queries.lock(tx, actor.workspace.id, calendar_id):
        raise NotFound("There is no such calendar.")
    return get(tx, actor, calendar_id)


def _require_reach(tx: Transaction, actor: Actor, before: Facts, wanted: Facts, counts: Calendar) -> None:
    """Raises ValidationFailed where what a policy promises by the calendar would take too long."""
    longest = queries.longest_goal(tx, actor.workspace.id, before["id"])
    if longest is None or reachable.due(actor.now, longest.minutes, counts) is not None:
        return
    field = next(name for name in ("weekly", "holidays", "timezone") if before[name] != wanted[name])
    told = f"By these hours {longest.minutes:.0f} minutes, which the policy {longest.name} promises,"
    raise ValidationFailed.of(field, f"{told} would take more than a hundred years.")


def _counted(stored: Facts) -> Calendar | None:
    """None where a zone is not known any more."""
    try:
        return calendars.read(stored)
    except ValueError:
        return None


def _audited(calendar: Facts) -> dict[str, Any]:
    return {name: calendar[name] for name in FACTS}


def _sentence(wrong: ValueError) -> str:
    told = str(wrong)
    return f"{told[:1].upper()}{told[1:].rstrip('.')}."


def require_admin(actor: Actor) -> None:
    actor.require(Permission.SLA_MANAGE, "Only an administrator sees to calendars.")
