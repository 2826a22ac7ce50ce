"""The clock of tickets that wait beside itself and beside people, a connection each: one legal history."""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest

from chalicelib.accounts import principals
from chalicelib.core.db import Transaction
from chalicelib.core.event import Event
from chalicelib.tickets import commenting, pausing, reopening, waiting, waiting_queries
from tests.support.cast import Person
from tests.support.connections import Connections
from tests.support.database import Database
from tests.support.rule_book import RuleBook
from tests.support.service_desk import ServiceDesk
from tests.support.waits import Waits

ROUNDS = 8

Unit = Callable[[Transaction], Any]


@pytest.fixture
def waits(book: RuleBook) -> Waits:
    return Waits(book)


def event_of(waits: Waits) -> Event:
    """The last ticket that was handed over."""
    row = waits.database.rows("SELECT * FROM events WHERE type = 'waiting.due' ORDER BY id DESC LIMIT 1")[0]
    names = ("id", "workspace_id", "ticket_id", "sequence", "type", "internal", "payload", "created_at")
    return Event(**{name: row[name] for name in names})


def handed_over(waits: Waits, status: str, time: str) -> tuple[UUID, Event]:
    """A ticket that has waited so long, and the event of it."""
    ticket = waits.desk.in_status(status)
    waits.pass_by(ticket, time)
    waits.sweep()
    return UUID(ticket["id"]), event_of(waits)


def by(person: Person, do: Callable[[Transaction, Any], Any]) -> Unit:
    return lambda tx: do(tx, principals.enter(tx, person.workspace_id, person.id))


def clock(event: Event) -> Unit:
    return lambda tx: waiting.go_on(tx, event)


def history(database: Database, ticket_id: UUID) -> list[str]:
    """What happened after the ticket began to wait."""
    rows = database.rows(
        "SELECT sequence, action, actor_type FROM timeline_entries WHERE ticket_id = :t ORDER BY sequence",
        t=ticket_id,
    )
    assert [row["sequence"] for row in rows] == list(range(1, len(rows) + 1))
    began = max(
        n
        for n, row in enumerate(rows)
        if row["action"] in ("paused", "resolved") and row["actor_type"] == "user"
    )
    return [row["action"] for row in rows[began + 1 :]]


def status_of(database: Database, ticket_id: UUID) -> str:
    return str(database.value("SELECT status FROM tickets WHERE id = :t", t=ticket_id))


def test_two_sweeps_at_once_hand_each_ticket_over_once(
    waits: Waits, desk: ServiceDesk, connections: Connections, database: Database
) -> None:
    tickets = [desk.in_status("resolved") for _ in range(6)]
    for round_ in range(ROUNDS):
        for ticket in tickets:
            waits.pass_by(ticket, f"{8 + round_} days")
        database.run("DELETE FROM events")

        done = connections.at_once([lambda tx: waiting_queries.sweep(tx, 4, 100)] * 3)
        rest = waits.sweep()

        assert all(isinstance(each, tuple) for each in done), done
        assert sum(due for _, due in done) + rest == 6
        told = database.rows("SELECT ticket_id FROM events WHERE type = 'waiting.due'")
        assert {row["ticket_id"] for row in told} == {UUID(ticket["id"]) for ticket in tickets}
        assert len(told) == 6


@pytest.mark.parametrize(("status", "action"), [("resolved", "closed"), ("pending", "reminded")])
def test_one_event_delivered_at_once_many_times_does_it_once(
    waits: Waits, connections: Connections, database: Database, status: str, action: str
) -> None:
    waits.set(pending_reminder_days=[3])
    ticket_id, event = handed_over(waits, status, "8 days")

    done = connections.at_once([clock(event)] * 5)

    assert [each for each in done if isinstance(each, Exception)] == []
    assert history(database, ticket_id) == [action]


def test_closing_against_reopening_has_one_legal_history(
    waits: Waits, connections: Connections, database: Database
) -> None:
    for _ in range(ROUNDS):
        ticket_id, event = handed_over(waits, "resolved", "8 days")
        reopen = by(
            waits.desk.cast.dario, lambda tx, actor, t=ticket_id: reopening.reopen(tx, actor, t, "No")
        )

        done = connections.at_once([clock(event), reopen])

        assert [each for each in done if isinstance(each, Exception)] == []
        assert history(database, ticket_id) in (["closed", "reopened"], ["reopened"])
        assert status_of(database, ticket_id) == "open"


@pytest.mark.parametrize(
    ("settings", "first"),
    [
        ({"pending_reminder_days": [3]}, ["reminded"]),
        ({"pending_reminder_days": [], "pending_resolve_days": 5}, ["commented", "resolved"]),
    ],
)
def test_the_clock_against_the_customers_answer_has_one_legal_history(
    waits: Waits, connections: Connections, database: Database, settings: dict[str, Any], first: list[str]
) -> None:
    waits.set(**settings)
    for _ in range(ROUNDS):
        ticket_id, event = handed_over(waits, "pending", "8 days")
        answer = by(
            waits.desk.cast.carol, lambda tx, actor, t=ticket_id: commenting.comment(tx, actor, t, "Here.")
        )

        done = connections.at_once([clock(event), answer])

        assert [each for each in done if isinstance(each, Exception)] == []
        woken = "reopened" if "resolved" in first else "resumed"
        assert history(database, ticket_id) in ([*first, "commented", woken], ["commented", "resumed"])
        assert status_of(database, ticket_id) == "open"
        assert database.value("SELECT count(*) FROM ticket_waits WHERE ticket_id = :t", t=ticket_id) == 0


def test_an_answer_that_is_just_being_written_comes_first(
    waits: Waits, connections: Connections, database: Database
) -> None:
    waits.set(pending_reminder_days=[3])
    ticket_id, event = handed_over(waits, "pending", "8 days")

    news = connections.behind(
        by(waits.desk.cast.carol, lambda tx, actor: commenting.comment(tx, actor, ticket_id, "Here.")),
        clock(event),
    )

    assert news == []
    assert history(database, ticket_id) == ["commented", "resumed"]


def test_who_waits_anew_meanwhile_is_not_reminded(
    waits: Waits, connections: Connections, database: Database
) -> None:
    waits.set(pending_reminder_days=[3])
    ticket_id, event = handed_over(waits, "pending", "8 days")

    def asks_something_else(tx: Transaction, actor: Any) -> None:
        pausing.resume(tx, actor, ticket_id)
        pausing.pause(tx, actor, ticket_id, "customer", "another question")

    assert connections.behind(by(waits.desk.cast.ana, asks_something_else), clock(event)) == []
    assert history(database, ticket_id) == []  # since it began to wait anew


def test_a_requester_who_asked_in_time_and_waited_for_the_clock_reopens_what_it_closed(
    waits: Waits, connections: Connections, database: Database
) -> None:
    ticket_id, event = handed_over(waits, "resolved", "7 days 10 minutes")

    def reopen(tx: Transaction, actor: Any) -> None:
        began_in_time = replace(actor, now=actor.now - timedelta(minutes=11))
        reopening.reopen(tx, began_in_time, ticket_id, "It is not")

    assert connections.behind(clock(event), by(waits.desk.cast.carol, reopen)) is None
    assert history(database, ticket_id) == ["closed", "reopened"]


def test_the_sweep_waits_for_nobody(
    waits: Waits, desk: ServiceDesk, connections: Connections, database: Database
) -> None:
    held, free = desk.in_status("resolved"), desk.in_status("resolved")
    for ticket in (held, free):
        waits.pass_by(ticket, "8 days")

    with database.another() as writer:
        writer.run("BEGIN")
        writer.run("SELECT FROM ticket_waits WHERE ticket_id = :t FOR UPDATE", t=UUID(held["id"]))
        (done,) = connections.at_once([lambda tx: waiting_queries.sweep(tx, 10, 100)])
        writer.run("COMMIT")

    assert done == (0, 1)
    assert event_of(waits).ticket_id == UUID(free["id"])
    assert waits.sweep() == 1


def test_a_sweep_with_nothing_due_reads_nothing_of_what_waits(
    waits: Waits, desk: ServiceDesk, connections: Connections, database: Database
) -> None:
    ticket = desk.in_status("resolved")
    with database.past_triggers():  # their tickets are not what this is about
        database.run(
            "INSERT INTO ticket_waits (workspace_id, ticket_id, status, since, wakes_at) "
            "SELECT :w, uuidv7(), 'resolved', now(), now() + n * interval '1 minute' "
            "FROM generate_series(1, 5000) n",
            w=desk.cast.acme,
        )
    database.run("ANALYZE ticket_waits")

    def look(tx: Transaction) -> tuple[Any, ...]:
        done = waiting_queries.sweep(tx, 500, 500)
        row = tx.connection.exec_driver_sql(
            "SELECT seq_scan, seq_tup_read, idx_tup_fetch FROM pg_stat_xact_user_tables "
            "WHERE relname = 'ticket_waits'"
        ).one()
        return done, tuple(row)

    assert connections.run(look) == ((0, 0), (0, 0, 0))

    waits.pass_by(ticket, "8 days")
    done, (scans, _, fetched) = connections.run(look)
    assert (done, scans) == ((0, 1), 0)
    assert fetched <= 3
