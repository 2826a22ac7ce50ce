"""Rule 9: the ticket's life is a table in tickets/lifecycle.py; the database holds its edges and no other."""

from itertools import product
from uuid import UUID

import pg8000.native
import pytest

from chalicelib.models.words import Status
from chalicelib.tickets.lifecycle import edges
from tests.support.cast import Cast
from tests.support.database import Database
from tests.support.for_each import for_each

PAIRS = list(product(Status, Status))
CHECK_VIOLATION = "23514"


@pytest.fixture
def ticket(database: Database, cast: Cast) -> UUID:
    return insert(database, cast, "new")


def insert(database: Database, cast: Cast, status: str) -> UUID:
    return database.value(
        "INSERT INTO tickets "
        "(workspace_id, number, label, subject, description, status, requester_id, team_id) "
        "VALUES (:w, 1, 'TKT-1', 'VPN', 'down', :s, :r, :t) RETURNING id",
        w=cast.acme,
        s=status,
        r=cast.carol.id,
        t=cast.teams["Networks"],
    )


def test_the_database_holds_the_edges_of_the_table(database: Database) -> None:
    rows = database.rows(
        "SELECT a.s AS source, b.s AS target, fn_is_legal_status_edge(a.s, b.s) AS legal "
        "FROM unnest(CAST(:all AS text[])) AS a (s), unnest(CAST(:all AS text[])) AS b (s)",
        all=[status.value for status in Status],
    )
    assert len(rows) == 49
    assert {(row["source"], row["target"]) for row in rows if row["legal"]} == edges()


@for_each("source, target", PAIRS)
def test_an_update_follows_an_edge_or_is_refused(
    database: Database, ticket: UUID, source: Status, target: Status
) -> None:
    put(database, ticket, source)

    if source is target or (source, target) in edges():
        move(database, ticket, target)
        assert database.value("SELECT status FROM tickets") == target
    else:
        with pytest.raises(pg8000.native.DatabaseError) as refused:
            move(database, ticket, target)
        assert (refused.value.args[0]["C"], refused.value.args[0]["n"]) == (
            CHECK_VIOLATION,
            "tickets_status_edge",
        )
        assert database.value("SELECT status FROM tickets") == source


@pytest.mark.parametrize("status", Status)
def test_a_ticket_begins_new_or_open(database: Database, cast: Cast, status: Status) -> None:
    if status in (Status.NEW, Status.OPEN):
        assert insert(database, cast, status)
    else:
        with pytest.raises(pg8000.native.DatabaseError) as refused:
            insert(database, cast, status)
        assert refused.value.args[0]["n"] == "tickets_status_edge"


@pytest.mark.parametrize("frozen", ["archived_at = now()", "merged_into = id"])
def test_an_archived_or_merged_ticket_stays_as_it_is(database: Database, ticket: UUID, frozen: str) -> None:
    put(database, ticket, Status.CLOSED)
    database.run(f"UPDATE tickets SET {frozen}")

    with pytest.raises(pg8000.native.DatabaseError) as refused:
        move(database, ticket, Status.OPEN)
    assert refused.value.args[0]["n"] == "tickets_status_edge"


def put(database: Database, ticket: UUID, status: Status) -> None:
    """Sets a status past the guard."""
    with database.past_triggers():
        move(database, ticket, status)


def move(database: Database, ticket: UUID, status: Status) -> None:
    database.run(
        "UPDATE tickets SET status = :s, resolved_at = now(), "
        "closed_at = CASE WHEN :s = 'closed' THEN now() END WHERE id = :id",
        s=status,
        id=ticket,
    )
