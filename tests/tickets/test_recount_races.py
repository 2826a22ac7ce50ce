"""Counting anew beside everything else that moves a promise, on connections of their own: whatever comes
first, each promise stands by the hours of now, is told once, and no timeline has a gap."""

from collections import Counter
from collections.abc import Callable
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import Row

from chalicelib.accounts import principals
from chalicelib.accounts.jobs import take_up
from chalicelib.core import jobs
from chalicelib.core.db import Transaction
from chalicelib.sla import calendar_setup
from chalicelib.sla import queries as sla_queries
from chalicelib.sla.clock import Clock
from chalicelib.sla.hours import due_at
from chalicelib.tickets import commenting, pausing, recounting, reopening, resolving
from tests.support.api import Api
from tests.support.connections import Connections, Unit
from tests.support.database import Database
from tests.support.service_desk import ServiceDesk

# Whatever the hour of the day, these differ.
AROUND_THE_CLOCK = {str(day): [["00:00", "24:00"]] for day in range(7)}
HALF_OF_IT = {str(day): [[f"{hour:02}:00", f"{hour:02}:30"] for hour in range(24)] for day in range(7)}
BACKDATED = """
    UPDATE sla_targets SET started_at = started_at - interval '10 hours',
        due_at = due_at - interval '10 hours' WHERE ticket_id = :t
"""


@pytest.fixture(autouse=True)
def small_batches(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(recounting, "BATCH", 3)


class Racing:
    """Acme's tickets, and what may be done to them at once."""

    def __init__(self, desk: ServiceDesk, database: Database, connections: Connections) -> None:
        self.desk, self.database, self.connections = desk, database, connections
        self.acme = desk.cast.acme
        self.ada: Api = desk.as_(desk.cast.ada)
        self.calendar_id = UUID(self.ada.get("/v1/calendars").json["items"][0]["id"])

    def ticket(self, *, is_late: bool = False) -> UUID:
        made = self.desk.networks_ticket(priority="high", assignee_id=self.desk.cast.ana.id)
        if is_late:  # the first response since eight hours, the resolution since two, and nobody told yet
            self.database.run(BACKDATED, t=made["id"])
            self.database.run(
                "UPDATE sla_steps SET at = at - interval '10 hours' WHERE ticket_id = :t", t=made["id"]
            )
        return UUID(made["id"])

    def change_hours(self, weekly: dict[str, Any]) -> Row[Any]:
        """And takes up a job of its own that counts anew."""
        reply = self.ada.patch(f"/v1/calendars/{self.calendar_id}", {"weekly": weekly})
        assert reply.status == 200, reply.text
        self.database.run("UPDATE jobs SET leased_until = now() WHERE status = 'queued'")
        return self.connections.run(lambda tx: take_up(tx, self.acme, UUID(reply.json["job_id"])))

    def another_job(self) -> Row[Any]:
        """For the same calendar, as if it had been changed while the first one ran."""

        def ask(tx: Transaction) -> Row[Any] | None:
            principals.enter_system(tx, self.acme)
            asked = jobs.ask(tx, self.acme, calendar_setup.KIND, self.calendar_id, None)
            return jobs.take_up(tx, self.acme, asked.id)

        return self.connections.run(ask)

    def recount(self, job: Row[Any], steps: int) -> list[Unit]:
        """The next batches of a job; more than there are do no harm."""
        state: dict[str, Any] = {"after": None, "done": 0, "again": [], "failed": 0}

        def step(tx: Transaction) -> None:
            reached = recounting.step(tx, job, state, recounting.CALENDARS)
            # Noted with the batch, but this test keeps it in memory.
            state.update(reached or {})

        return [step] * steps

    def by_dario(self, verb: Callable[..., Any], *given: Any) -> Unit:
        return lambda tx: verb(tx, principals.enter(tx, self.acme, self.desk.cast.dario.id), *given)

    def told(self, action: str) -> Counter[tuple[Any, ...]]:
        rows = self.database.rows(
            "SELECT ticket_id, meta ->> 'metric' AS metric, meta ->> 'cycle' AS cycle FROM timeline_entries "
            "WHERE action = :a",
            a=action,
        )
        return Counter((row["ticket_id"], row["metric"], row["cycle"]) for row in rows)

    def check(self, tickets: list[UUID]) -> None:
        """Each promise by the calendar as it is now, each breach told once, all in one unbroken order."""
        assert set(self.told("sla_breached").values()) <= {1}
        for ticket in tickets:
            clock = self.connections.run(lambda tx, ticket=ticket: self._clock(tx, ticket))
            (row,) = self.database.rows(
                "SELECT t.due_at, t.last_sequence, array_agg(e.sequence ORDER BY e.sequence) AS sequences "
                "FROM tickets t JOIN timeline_entries e ON e.ticket_id = t.id WHERE t.id = :t "
                "GROUP BY t.id, t.due_at, t.last_sequence",
                t=ticket,
            )
            resolution = clock.resolution()
            assert row["due_at"] == (resolution.due_at if resolution and resolution.running else None)
            assert row["sequences"] == list(range(1, row["last_sequence"] + 1))
            for target in clock.targets:
                assert (target.used_minutes is None) == target.running
                assert (target.breached_at is None) == (target.breach.fired_at is None)
                if not target.running or target.paused:
                    assert not any(step.at for step in target.steps if step.fired_at is None)
                    continue
                calendar = clock.calendars[target.calendar_id]
                due = due_at(target.started_at, target.minutes, calendar, target.paused_intervals)
                assert target.due_at == due
                assert target.breach.fired_at or target.breach.at == due

    def _clock(self, tx: Transaction, ticket: UUID) -> Clock:
        principals.enter_system(tx, self.acme)
        return Clock(*sla_queries.load(tx, self.acme, ticket))


@pytest.fixture
def racing(desk: ServiceDesk, database: Database, connections: Connections) -> Racing:
    return Racing(desk, database, connections)


def test_two_jobs_at_once_count_each_ticket_once(racing: Racing, database: Database) -> None:
    tickets = [racing.ticket(is_late=place % 3 == 0) for place in range(8)]

    for weekly in (HALF_OF_IT, AROUND_THE_CLOCK, HALF_OF_IT):
        database.run("DELETE FROM jobs")
        first, second = racing.change_hours(weekly), racing.another_job()
        told = sum(racing.told("sla_recounted").values())
        results = racing.connections.side_by_side([racing.recount(first, 7), racing.recount(second, 7)])

        assert results == [[None] * 7, [None] * 7]
        assert sum(racing.told("sla_recounted").values()) - told == len(tickets)
        assert database.rows("SELECT DISTINCT status FROM jobs") == [{"status": "done"}]
        racing.check(tickets)


def test_beside_verbs_and_sweeps_there_is_one_legal_history(racing: Racing, database: Database) -> None:
    sweeps: list[Unit] = [lambda tx: sla_queries.sweep(tx, 100)] * 6

    for weekly in (HALF_OF_IT, AROUND_THE_CLOCK, HALF_OF_IT, AROUND_THE_CLOCK):
        waiting, done, back, answered = groups = [
            [racing.ticket(is_late=place == 1) for place in range(3)] for _ in range(4)
        ]
        for ticket in back:
            racing.connections.run(racing.by_dario(resolving.resolve, ticket, "Done."))
        tickets = [ticket for group in groups for ticket in group]
        job = racing.change_hours(weekly)
        pausings = [
            unit
            for ticket in waiting
            for unit in (
                racing.by_dario(pausing.pause, ticket, "customer", "Which one?"),
                racing.by_dario(pausing.resume, ticket),
            )
        ]
        resolvings = [racing.by_dario(resolving.resolve, ticket, "Done.") for ticket in done]
        reopenings = [racing.by_dario(reopening.reopen, ticket, "It is back.") for ticket in back]
        answers = [racing.by_dario(commenting.comment, ticket, "We are on it.") for ticket in answered]

        results = racing.connections.side_by_side(
            [racing.recount(job, 25), pausings, resolvings + answers, reopenings, sweeps]
        )

        failed = [result for queue in results for result in queue if isinstance(result, Exception)]
        assert failed == []
        assert database.value("SELECT status FROM jobs WHERE id = :id", id=job.id) == "done"
        racing.check(tickets)
