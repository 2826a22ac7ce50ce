"""Ratings at the same moment as other ratings, questions and verbs, a connection each."""

from typing import Any
from uuid import UUID

import pytest

from chalicelib.accounts import principals
from chalicelib.core.errors import Conflict, Gone
from chalicelib.core.event import Event
from chalicelib.core.tokens import OpaqueToken, new_opaque_token
from chalicelib.notifications import asking_queries
from chalicelib.tickets import rating, reopening
from tests.support.cast import Cast
from tests.support.connections import Connections
from tests.support.database import Database
from tests.support.desk import Desk

ROUNDS = 5


@pytest.fixture
def ticket(cast: Cast, database: Database) -> UUID:
    return Desk(database, cast).ticket(cast.carol, assignee=cast.ana, status="resolved")


def asked(database: Database, ticket: UUID) -> OpaqueToken:
    """The question, as if it had been mailed."""
    made = new_opaque_token()
    database.run(
        "INSERT INTO ratings (workspace_id, ticket_id, cycle, ended_at, user_id, team_id, asked_at, "
        "asked_event_id, digest) SELECT workspace_id, id, 1, resolved_at, requester_id, team_id, now(), 1, "
        ":d FROM tickets WHERE id = :t",
        d=made.digest,
        t=ticket,
    )
    return made


def signed_in(cast: Cast, ticket: UUID, score: int) -> Any:
    return lambda tx: rating.rate(tx, principals.enter(tx, cast.acme, cast.carol.id), ticket, score, {})


def by_link(token: str, score: int, comment: str | None = None) -> Any:
    return lambda tx: rating.answer(tx, token, score, {"comment": comment})


def test_of_many_answers_at_once_one_rating_is_left_and_each_change_is_told_in_turn(
    cast: Cast, database: Database, connections: Connections, ticket: UUID
) -> None:
    token = asked(database, ticket).token
    units = [signed_in(cast, ticket, 1 + n % 5) for n in range(6)] + [
        by_link(token, 1 + n % 5) for n in range(6)
    ]

    given = connections.at_once(units)

    assert [each for each in given if isinstance(each, Exception)] == []
    assert [is_new for _, is_new in given].count(True) == 1
    (row,) = database.rows("SELECT score FROM ratings")
    told = database.rows(
        "SELECT changes -> 'score' AS score FROM timeline_entries WHERE action = 'rated' ORDER BY sequence"
    )
    steps = [None, *(entry["score"]["to"] for entry in told)]
    assert [entry["score"]["from"] for entry in told] == steps[:-1]
    assert steps[-1] == row["score"]


def test_a_form_that_is_sent_ten_times_at_once_says_it_once(
    database: Database, connections: Connections, ticket: UUID
) -> None:
    token = asked(database, ticket).token

    given = connections.at_once([by_link(token, 5, "Good.")] * 10)

    assert [each for each in given if isinstance(each, Exception)] == []
    assert database.value("SELECT count(*) FROM events WHERE type = 'ticket.rated'") == 1


def test_who_rates_while_the_ticket_is_reopened_was_before_or_is_refused(
    cast: Cast, database: Database, connections: Connections
) -> None:
    for _ in range(ROUNDS):
        ticket = Desk(database, cast).ticket(cast.carol, assignee=cast.ana, status="resolved")
        token = asked(database, ticket).token

        def reopen(tx: Any, ticket: UUID = ticket) -> None:
            reopening.reopen(tx, principals.enter(tx, cast.acme, cast.dario.id), ticket, "Dark again.")

        given = connections.at_once([by_link(token, 4), signed_in(cast, ticket, 4), reopen])

        assert given[2] is None
        assert all(isinstance(each, tuple | Gone | Conflict) for each in given[:2]), given
        actions = [
            row["action"]
            for row in database.rows(
                "SELECT action FROM timeline_entries WHERE ticket_id = :t ORDER BY sequence", t=ticket
            )
        ]
        assert actions[-1] == "reopened"


def test_the_question_that_is_mailed_while_somebody_rates_is_of_the_same_row(
    cast: Cast, database: Database, connections: Connections
) -> None:
    for number in range(ROUNDS):
        ticket = Desk(database, cast).ticket(cast.carol, assignee=cast.ana, status="resolved")
        at = database.value("SELECT resolved_at FROM tickets WHERE id = :t", t=ticket)
        event = Event(number, "ticket.resolved", cast.acme, ticket, 1, False, at, None)

        def ask(tx: Any, event: Event = event) -> Any:
            principals.enter_system(tx, cast.acme)
            return asking_queries.ask(tx, event, new_opaque_token().digest)

        given = connections.at_once([ask, signed_in(cast, ticket, 4)])

        assert not isinstance(given[0], Exception), given
        assert given[1][0]["rating"]["score"] == 4
        rows = database.rows("SELECT score FROM ratings WHERE ticket_id = :t", t=ticket)
        assert rows == [{"score": 4}]


def test_what_falls_due_is_asked_once_whoever_looks(
    cast: Cast, database: Database, connections: Connections
) -> None:
    for _ in range(10):
        ticket = Desk(database, cast).ticket(cast.carol, assignee=cast.ana, status="resolved")
        asked(database, ticket)
    database.run("UPDATE ratings SET due_at = now()")

    given = connections.at_once([lambda tx: asking_queries.fall_due(tx, 4)] * 6)

    assert [each for each in given if isinstance(each, Exception)] == []
    left = database.value("SELECT count(*) FROM ratings WHERE due_at IS NOT NULL")
    assert sum(given) + left == 10
    assert database.value("SELECT count(*) FROM events WHERE type = 'rating.due'") == sum(given)
