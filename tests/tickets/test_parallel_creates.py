"""Creating at the room, many at once, each worker with a connection of its own."""

from collections import Counter

import pytest

from chalicelib.accounts.principals import enter
from chalicelib.core.db import Transaction
from chalicelib.tickets.creating import NewTicket, open_ticket
from chalicelib.tickets.ticket import Ticket
from tests.support.cast import Cast, Person
from tests.support.connections import Connections, Unit
from tests.support.crew import Crew, crew
from tests.support.database import Database

WORKERS, EACH = 20, 50


def create(who: Person, new: NewTicket) -> Unit:
    def unit(tx: Transaction) -> Ticket:
        return open_ticket(tx, enter(tx, who.workspace_id, who.id), new)

    return unit


@pytest.fixture
def field(database: Database, cast: Cast) -> Crew:
    """A team that gives its tickets out by itself."""
    return crew(database, cast.acme, "round_robin", 4)


@pytest.fixture
def kinds(cast: Cast, field: Crew) -> list[Unit]:
    """Creates that lock different things: nothing but the counter, an assignee, a team's turns."""
    text = {"subject": "VPN drops", "description": "Every hour."}
    return [
        create(cast.carol, NewTicket(**text)),
        create(cast.dario, NewTicket(**text, requester_id=cast.carol.id, assignee_id=cast.ana.id)),
        create(cast.dario, NewTicket(**text, requester_id=cast.chris.id, team_id=field.team)),
        create(cast.ana, NewTicket(**text, tags=("vpn", "floor-3"), custom_fields={"floor": 3})),
        create(cast.mallory, NewTicket(**text)),
    ]


def test_case_43_a_thousand_parallel_creates_have_labels_of_their_own_and_no_deadlock(
    connections: Connections, database: Database, cast: Cast, field: Crew, kinds: list[Unit]
) -> None:
    queues = [[kinds[(worker + turn) % 5] for turn in range(EACH)] for worker in range(WORKERS)]

    made = [ticket for tickets in connections.side_by_side(queues) for ticket in tickets]

    assert Counter(type(ticket).__name__ for ticket in made) == {"Ticket": WORKERS * EACH}
    for workspace, count in ((cast.acme, 800), (cast.globex, 200)):
        here = [ticket for ticket in made if ticket.workspace_id == workspace]
        assert sorted(ticket.number for ticket in here) == list(range(1, count + 1))
        assert len({ticket.label for ticket in here}) == count
        assert (
            database.value("SELECT last_number FROM ticket_counters WHERE workspace_id = :w", w=workspace)
            == count
        )
    assert len({ticket.id for ticket in made}) == WORKERS * EACH


def test_what_is_created_at_once_is_whole(
    connections: Connections, database: Database, cast: Cast, field: Crew, kinds: list[Unit]
) -> None:
    connections.side_by_side([[kind] * 4 for kind in kinds])

    incomplete = """
        SELECT t.label FROM tickets t
        WHERE t.last_sequence <> 1 OR t.version <> 1
           OR (SELECT count(*) FROM timeline_entries e WHERE e.ticket_id = t.id AND e.action = 'created'
               AND e.changes #>> '{assignee_id, to}' IS NOT DISTINCT FROM t.assignee_id::text) <> 1
           OR (SELECT count(*) FROM events v WHERE v.ticket_id = t.id AND v.sequence = 1
               AND v.payload #>> '{ticket, label}' = t.label
               AND v.payload #>> '{ticket, status}' = t.status) <> 1
           OR (SELECT count(*) FROM sla_targets g WHERE g.ticket_id = t.id) <> 2
           OR (t.status = 'open') <> (t.assignee_id IS NOT NULL)
    """
    assert database.rows(incomplete) == []
    assert database.value("SELECT count(*) FROM tickets") == 20
    given = database.rows(
        "SELECT assignee_id, count(*) FROM tickets WHERE team_id = :t GROUP BY 1", t=field.team
    )
    assert {row["assignee_id"]: row["count"] for row in given} == {one.id: 1 for one in field.members}


def test_a_create_that_fails_leaves_no_gap(
    connections: Connections, database: Database, cast: Cast, kinds: list[Unit]
) -> None:
    def fails(tx: Transaction) -> None:
        kinds[0](tx)
        raise RuntimeError("after the number was taken")

    given = connections.side_by_side([[kinds[0], fails, kinds[0]]] * 4)

    numbers = sorted(one.number for queue in given for one in queue if isinstance(one, Ticket))
    assert numbers == list(range(1, 9))
