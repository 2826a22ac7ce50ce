"""Sweeps beside each other and beside writers: one announcement each, one legal history."""

from collections.abc import Callable
from datetime import datetime, timedelta
from functools import partial
from itertools import pairwise
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import Engine, text

from chalicelib.schedules import sweep
from chalicelib.sla.clock import Clock
from tests.sla.ledger import Ledger, listed_as_breached
from tests.sla.promised import Promised, app_connection, at_once
from tests.sla.sandboxes import in_step, resolves_whatever_comes, sandboxes
from tests.support.database import Database
from tests.support.service_desk import ServiceDesk

MINUTE = timedelta(minutes=1)
ROUNDS = 100


def test_case_s19_two_sweeps_at_once_a_hundred_times_announce_everything_once(
    promised: Promised, database: Database, desk: ServiceDesk
) -> None:
    one, other = promised.engine(), promised.engine()
    tickets = set()

    def drain(engine: Engine) -> None:
        # Small batches, so that one often commits while the other is looking.
        while promised.sweep(2, engine) != (0, 0):
            pass

    for _ in range(ROUNDS):
        tickets |= {promised.late(MINUTE, resolution=60) for _ in range(3)}
        at_once(lambda: drain(one), lambda: drain(other))

    promised.sweep()  # what one passed over because the other held it
    told = [(entry["ticket_id"], entry["percent"]) for entry in promised.told()]
    assert len(told) == len(set(told))
    assert set(told) == {(ticket, percent) for ticket in tickets for percent in (75, 90, 100)}
    assert database.value("SELECT count(*) FROM events") == len(told)
    Ledger(database).assert_legal()
    assert listed_as_breached(desk.as_(desk.cast.ada)) == tickets


def test_two_sweeps_at_once_share_the_work(promised: Promised) -> None:
    one, other = promised.engine(), promised.engine()
    for _ in range(20):
        promised.late(MINUTE, resolution=60)

    results = at_once(lambda: promised.sweep(30, engine=one), lambda: promised.sweep(30, engine=other))

    assert sum(announced for announced, _ in results) == len(promised.told())
    # What the other has told while a sweep looked, it takes up in vain.
    assert all(announced <= taken for announced, taken in results)
    assert sum(announced for announced, _ in results) >= 30


def test_who_lets_go_of_tickets_while_a_sweep_looks_keeps_no_warning_behind_its_breach(
    promised: Promised, database: Database
) -> None:
    one, other = promised.engine(), promised.engine()

    def hold(seconds: float) -> None:
        with promised.transaction(promised.cast.acme, other) as tx:
            tx.connection.execute(text("SELECT FROM tickets FOR NO KEY UPDATE"))
            tx.connection.execute(text("SELECT pg_sleep(:s)"), {"s": seconds})

    def sweep_again_and_again() -> None:
        for _ in range(30):
            promised.sweep(500, one)

    for milliseconds in range(12):
        for _ in range(40):
            promised.late(MINUTE, resolution=60)
        at_once(partial(hold, milliseconds / 1000), sweep_again_and_again)
    promised.sweep(5000)

    Ledger(database).assert_legal()
    told = database.rows(
        "SELECT array_agg((meta ->> 'percent')::integer ORDER BY sequence) AS told "
        "FROM timeline_entries WHERE action LIKE 'sla_%' GROUP BY ticket_id"
    )
    assert [row["told"] for row in told if row["told"] != [75, 90, 100]] == []


def test_a_sweep_against_a_resolve_a_hundred_times_has_one_legal_history(
    promised: Promised, database: Database, desk: ServiceDesk
) -> None:
    def sweeping(_: int) -> Callable[[], Any]:
        return lambda: sweep(lambda: True)

    def resolving(number: int) -> Callable[[], Any]:
        # One is due in an hour, one was so a minute ago, all others are around the moment of the race.
        around = timedelta(milliseconds=number % 9 * 3 - 22)
        ticket = promised.late({0: -60 * MINUTE, 1: MINUTE}.get(number, around), resolution=60)
        return lambda: resolves_whatever_comes(desk.cast.dario, ticket)

    with sandboxes(app_connection):
        in_step(ROUNDS, sweeping, resolving)
    promised.sweep()

    ledger = Ledger(database)
    ledger.assert_legal()
    assert [ticket["status"] for ticket in ledger.tickets] == ["resolved"] * ROUNDS
    assert 1 <= len(ledger.late) < ROUNDS
    assert listed_as_breached(desk.as_(desk.cast.ada)) == ledger.late


def test_a_resolve_that_began_before_the_due_time_but_waited_for_the_sweep_comes_after_the_breach(
    promised: Promised, database: Database
) -> None:
    ticket = promised.late(-MINUTE, resolution=60)

    def resolve(clock: Clock, began: datetime) -> None:
        (target,) = clock.targets
        assert target.breach.fired_at is not None
        assert began < target.due_at
        clock.resolved(began)

    def it_falls_due_and_is_swept() -> None:
        database.run("UPDATE sla_targets SET due_at = clock_timestamp()")
        database.run("UPDATE sla_steps s SET at = g.due_at FROM sla_targets g WHERE s.kind = 'breach'")
        promised.sweep(engine=promised.engine())

    promised.change(ticket, resolve, promised.engine(), before=it_falls_due_and_is_swept)

    assert_legal(promised, ticket)


def assert_legal(promised: Promised, ticket: UUID) -> None:
    (target,) = promised.targets(ticket)
    entries = promised.database.rows(
        "SELECT sequence, action, meta ->> 'percent' AS percent FROM timeline_entries "
        "WHERE ticket_id = :t ORDER BY sequence",
        t=ticket,
    )
    steps = promised.database.rows("SELECT * FROM sla_steps WHERE ticket_id = :t ORDER BY step", t=ticket)
    breaches = [entry for entry in entries if entry["action"] == "sla_breached"]
    late = target["fulfilled_at"] > target["due_at"]

    assert [entry["sequence"] for entry in entries] == list(range(1, len(entries) + 1))
    assert entries[-1]["action"] == "changed"  # resolved: nothing is announced after it
    assert len(breaches) == (1 if late else 0)
    assert target["breached_at"] == (target["due_at"] if late else None)
    assert (steps[-1]["fired_at"] is not None) == late
    assert all(step["fired_at"] or step["at"] is None for step in steps)
    assert len({(entry["action"], entry["percent"]) for entry in entries}) == len(entries)


@pytest.mark.parametrize("verb", ["paused", "ended", "answered"])
def test_a_sweep_against_any_other_verb_tells_each_step_once(promised: Promised, verb: str) -> None:
    sweeper, writer = promised.engine(), promised.engine()
    for round_ in range(20):
        late = timedelta(milliseconds=round_ % 5 * 4 - 22)
        ticket = promised.late(late, resolution=60, first_response=60)

        at_once(
            lambda: promised.sweep(engine=sweeper),
            lambda: promised.change(ticket, lambda clock, now: getattr(clock, verb)(now), writer),  # noqa: B023
        )
        promised.sweep()

    told = promised.told()
    once = {(entry["ticket_id"], entry["metric"], entry["action"], entry["percent"]) for entry in told}
    assert len(once) == len(told)
    for one, two in pairwise(told):
        assert one["ticket_id"] != two["ticket_id"] or one["sequence"] < two["sequence"]
    breached = promised.database.value("SELECT count(*) FROM sla_targets WHERE breached_at IS NOT NULL")
    assert breached == len([entry for entry in told if entry["action"] == "sla_breached"])
