"""Any filters together, in any order, for anybody: the page and the count hold what a plain reading of the
filter finds."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from chalicelib.accounts import principals
from chalicelib.core.db import Transaction
from chalicelib.core.paging import Page
from chalicelib.tickets import filtering, listing
from chalicelib.tickets.listing import Filter
from tests.support.cast import Cast, Person
from tests.support.connections import Connections
from tests.support.database import Database

STATUSES = ["new", "open", "pending", "on_hold", "resolved", "closed", "cancelled"]
PRIORITIES = ["low", "medium", "high", "urgent"]
TYPES = ["incident", "question", "complaint"]
NUMBER = 60


@dataclass(frozen=True)
class Known:
    """A ticket as the test knows it; times in hours from now, which has passed when the list is read."""

    id: UUID
    status: str
    priority: str
    type: str
    team: UUID
    assignee: UUID | None
    requester: UUID
    vip: bool
    archived: bool
    breached: bool
    due: int | None
    created: int
    updated: int

    @property
    def late(self) -> bool:
        return self.breached or (self.due is not None and self.due <= 0)


def known(cast: Cast) -> list[Known]:
    """All kinds, mixed by numbers that have no divisor in common."""
    teams = [cast.teams["Networks"], cast.teams["Apps"]]
    return [
        Known(
            id=uuid4(),
            status=STATUSES[n % 7],
            priority=PRIORITIES[n * 3 % 11 % 4],
            type=TYPES[n * 5 % 13 % 3],
            team=teams[n % 5 % 2],
            assignee=[None, cast.ana.id, cast.ben.id][n % 11 % 3],
            requester=[cast.carol.id, cast.chris.id, cast.ana.id][n % 17 % 3],
            vip=n % 4 == 0,
            archived=STATUSES[n % 7] in ("closed", "cancelled") and n % 3 == 0,
            breached=n % 9 == 0,
            due=None if n % 6 == 0 else 40 - n * 7 % 60,
            created=-n * 5 - 1,
            updated=-n * 3 - 1,
        )
        for n in range(NUMBER)
    ]


def put(database: Database, cast: Cast, tickets: list[Known]) -> None:
    calendar = database.value("SELECT id FROM calendars WHERE workspace_id = :w", w=cast.acme)
    for number, ticket in enumerate(tickets, 1):
        hours = "now() + CAST(:{} AS integer) * interval '1 hour'".format
        database.run(
            "INSERT INTO tickets (workspace_id, id, number, label, subject, description, status, priority, "
            "type, team_id, assignee_id, requester_id, due_at, created_at, updated_at, "
            "archived_at, resolved_at, closed_at) "
            "VALUES (:w, :id, :n, 'T' || CAST(:n AS bigint), 's', 'd', :status, :priority, :type, :team, "
            f":assignee, :requester, {hours('due')}, {hours('created')}, {hours('updated')}, "
            "CASE WHEN CAST(:archived AS boolean) THEN now() END, "
            "CASE WHEN :status = 'resolved' THEN now() END, "
            "CASE WHEN :status = 'closed' THEN now() END)",
            w=cast.acme,
            n=number,
            **{name: value for name, value in vars(ticket).items() if name not in ("vip", "breached")},
        )
        if ticket.vip:
            tag = "INSERT INTO ticket_tags (workspace_id, tag, ticket_id) VALUES (:w, 'vip', :t)"
            database.run(tag, w=cast.acme, t=ticket.id)
        if ticket.breached:
            database.run(
                "INSERT INTO sla_targets (workspace_id, ticket_id, metric, calendar_id, minutes, started_at, "
                "breached_at, team_id, priority) SELECT :w, id, 'resolution', :c, 60, now(), now(), team_id, "
                "priority FROM tickets WHERE id = :t",
                w=cast.acme,
                t=ticket.id,
                c=calendar,
            )


def seen(ticket: Known, who: Person, cast: Cast) -> bool:
    mine = who.id in (ticket.requester, ticket.assignee if who.role == "agent" else None)
    if who.role == "agent":
        return mine or ticket.team in teams_of(who, cast)
    return who.role != "customer" or mine


def teams_of(who: Person, cast: Cast) -> set[UUID]:
    return {cast.teams[{"Ana": "Networks", "Ben": "Apps"}[who.name]]} if who.role == "agent" else set()


Reading = Callable[[Known, Any, Person, Cast], bool]
READINGS: Mapping[str, Reading] = {
    "status": lambda t, value, *_: t.status in value,
    "priority": lambda t, value, *_: t.priority in value,
    "type": lambda t, value, *_: t.type in value,
    "assignee": lambda t, value, who, cast: t.assignee == person(value, who, cast),
    "requester": lambda t, value, who, cast: t.requester == person(value, who, cast),
    "team": lambda t, value, who, cast: (
        t.team in teams_of(who, cast) if value == "mine" else t.team == cast.teams[value]
    ),
    "tag": lambda t, *_: t.vip,
    "breached": lambda t, value, *_: t.late is value,
    "created_within_days": lambda t, value, *_: t.created > -24 * value,
    "updated_within_days": lambda t, value, *_: t.updated > -24 * value,
    "not_updated_for_days": lambda t, value, *_: t.updated < -24 * value,
    "created_after": lambda t, value, *_: t.created >= -value,
    "created_before": lambda t, value, *_: t.created < -value,
    "updated_after": lambda t, value, *_: t.updated >= -value,
    "due_within_hours": lambda t, value, *_: t.due is not None and t.due <= value,
}


def person(value: str, who: Person, cast: Cast) -> UUID | None:
    return None if value == "none" else who.id if value == "me" else getattr(cast, value).id


def some(words: list[str]) -> st.SearchStrategy[list[str]]:
    return st.lists(st.sampled_from(words), min_size=1, max_size=4, unique=True)


FILTERS = st.fixed_dictionaries(
    {},
    optional={
        "status": some(STATUSES),
        "priority": some(PRIORITIES),
        "type": some(TYPES),
        "assignee": st.sampled_from(["me", "none", "ana", "ben"]),
        "requester": st.sampled_from(["me", "carol", "ana"]),
        "team": st.sampled_from(["mine", "Networks", "Apps"]),
        "tag": st.just("vip"),
        "breached": st.booleans(),
        "archived": st.booleans(),
        "created_within_days": st.integers(1, 12),
        "updated_within_days": st.integers(1, 8),
        "not_updated_for_days": st.integers(1, 8),
        "created_after": st.integers(0, 300),
        "created_before": st.integers(0, 300),
        "updated_after": st.integers(0, 200),
        "due_within_hours": st.integers(1, 40),
    },
).filter(lambda wanted: len(wanted) <= 4)


def kept(wanted: Mapping[str, Any], cast: Cast) -> dict[str, Any]:
    """The filter as a view keeps it."""
    now = datetime.now(UTC)
    found = dict(wanted)
    for name in ("assignee", "requester"):
        if found.get(name) not in (None, "me", "none"):
            found[name] = str(getattr(cast, found[name]).id)
    if found.get("team") not in (None, "mine"):
        found["team"] = str(cast.teams[found["team"]])
    for name in ("created_after", "created_before", "updated_after"):
        if name in found:
            found[name] = (now - timedelta(hours=found[name], minutes=30)).isoformat()
    return found


@pytest.fixture
def tickets(database: Database, cast: Cast) -> list[Known]:
    made = known(cast)
    with database.past_triggers():  # no ticket may begin as closed, but for this
        put(database, cast, made)
    return made


@settings(max_examples=80, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    wanted=FILTERS,
    sort=st.sampled_from(["created_at", "-created_at", "-updated_at", "due_at", "-due_at", "priority"]),
    name=st.sampled_from(["dario", "ana", "ben", "carol"]),
)
def test_are_what_they_say(
    tickets: list[Known],
    connections: Connections,
    cast: Cast,
    wanted: dict[str, Any],
    sort: str,
    name: str,
) -> None:
    who: Person = getattr(cast, name)
    if who.role == "customer":
        wanted = {field: value for field, value in wanted.items() if field != "tag"}

    def read(tx: Transaction) -> Any:
        actor = principals.enter(tx, cast.acme, who.id)
        conditions = filtering.conditions(tx, actor, kept(wanted, cast))
        rows = listing.page_of(tx, actor, Filter(conditions, sort), Page(100))
        ids = listing.ids_of(tx, actor, Filter(conditions, sort), 100)
        return [row.id for row in rows], ids, listing.counts_of(tx, actor, [conditions, conditions])

    listed, ids, counts = connections.run(read)

    expected = {
        ticket.id
        for ticket in tickets
        if seen(ticket, who, cast)
        and ticket.archived is wanted.get("archived", False)
        and all(
            READINGS[field](ticket, value, who, cast)
            for field, value in wanted.items()
            if field != "archived"
        )
    }
    assert sorted(listed) == sorted(expected)
    assert ids == listed
    assert counts == [len(expected)] * 2
