"""Promises in the database: what is saved comes back, in one statement, and only to its workspace."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from uuid import UUID

from sqlalchemy import event, text

from chalicelib.core.db import Transaction
from chalicelib.sla import queries
from chalicelib.sla.clock import Clock
from chalicelib.sla.facts import resolution_facts
from chalicelib.sla.policies import TicketFacts
from tests.sla.promised import Promised
from tests.support.database import Database

START = datetime(2026, 6, 5, 10, 30, 0, 123456, tzinfo=UTC)
MINUTE = timedelta(minutes=1)


@contextmanager
def statements(tx: Transaction) -> Iterator[list[str]]:
    """What is sent to the database meanwhile."""
    sent: list[str] = []

    def note(connection: object, cursor: object, statement: str, *rest: object) -> None:
        sent.append(statement)

    event.listen(tx.connection, "before_cursor_execute", note)
    yield sent
    event.remove(tx.connection, "before_cursor_execute", note)


def facts(promised: Promised) -> TicketFacts:
    return TicketFacts("incident", "high", promised.cast.teams["Networks"], None, ())


def begun(promised: Promised, tx: Transaction) -> Clock:
    policy = promised.policy(tx, promised.cast.acme, first_response=60, resolution=90.5, team_resolution=30)
    clock = Clock([], {})
    clock.start(policy, facts(promised), START)
    return clock


def test_what_is_saved_is_what_is_loaded(promised: Promised) -> None:
    ticket, acme = promised.ticket(), promised.cast.acme
    with promised.transaction(acme) as tx:
        saved = begun(promised, tx)
        saved.paused(START + MINUTE)
        saved.resumed(START + 2 * MINUTE)
        saved.answered(START + 3 * MINUTE)
        saved.paused(START + 4 * MINUTE)
        queries.save(tx, acme, ticket, saved.targets)

    with promised.transaction(acme) as tx:
        targets, calendars, was_answered = queries.load(tx, acme, ticket)

    assert [target.metric for target in targets] == ["first_response", "resolution", "team_resolution"]
    assert sorted(saved.targets, key=lambda target: target.metric) == targets
    assert {target.calendar_id for target in targets} == set(calendars)
    assert not any(target.changed for target in targets)
    assert was_answered is False


def test_one_statement_loads_one_saves_and_none_where_nothing_changed(promised: Promised) -> None:
    ticket, acme = promised.ticket(), promised.cast.acme
    with promised.transaction(acme) as tx:
        clock = begun(promised, tx)
        with statements(tx) as sent:
            queries.save(tx, acme, ticket, clock.targets)
            assert len(sent) == 1
            clock = Clock(*queries.load(tx, acme, ticket))
            assert len(sent) == 2
            queries.save(tx, acme, ticket, clock.targets)
            assert len(sent) == 2
            queries.policies(tx, acme)
            assert len(sent) == 3


def test_saving_again_changes_the_same_rows(promised: Promised, database: Database) -> None:
    ticket, acme = promised.ticket(), promised.cast.acme
    with promised.transaction(acme) as tx:
        queries.save(tx, acme, ticket, begun(promised, tx).targets)

    with promised.transaction(acme) as tx:
        clock = Clock(*queries.load(tx, acme, ticket))
        clock.paused(START + MINUTE)
        queries.save(tx, acme, ticket, clock.targets)

    rows = {row["metric"]: row for row in promised.targets(ticket)}
    assert len(rows) == 3
    assert rows["resolution"]["paused_at"] == START + MINUTE
    assert rows["resolution"]["due_at"] is None
    assert rows["first_response"]["due_at"] == START + 60 * MINUTE
    assert database.value("SELECT count(*) FROM sla_steps") == 9
    assert database.value("SELECT count(*) FROM sla_steps WHERE at IS NOT NULL") == 3


def test_whoever_saves_late_undoes_neither_a_breach_nor_an_announcement(
    promised: Promised, database: Database
) -> None:
    ticket = promised.late(MINUTE, resolution=60)
    with promised.transaction(promised.cast.acme) as tx:
        stale = Clock(*queries.load(tx, promised.cast.acme, ticket))
    promised.sweep()
    fired = database.rows("SELECT step, at, fired_at FROM sla_steps ORDER BY step")
    (target,) = stale.targets
    target.changed = True

    with promised.transaction(promised.cast.acme) as tx:
        queries.save(tx, promised.cast.acme, ticket, stale.targets)

    assert database.rows("SELECT step, at, fired_at FROM sla_steps ORDER BY step") == fired
    assert promised.targets(ticket)[0]["breached_at"] == target.due_at


def test_no_other_workspace_loads_them(promised: Promised) -> None:
    ticket = promised.late(MINUTE, resolution=60)

    with promised.transaction(promised.cast.globex) as tx:
        assert queries.load(tx, promised.cast.acme, ticket) == ([], {}, False)
        assert queries.load(tx, promised.cast.globex, ticket) == ([], {}, False)


def test_the_policies_of_a_workspace_come_in_order_without_the_disabled_and_deleted(
    promised: Promised, database: Database
) -> None:
    acme = promised.cast.acme
    for name, position, enabled, deleted in [
        ("Third", 3, True, False),
        ("Second", 2, True, False),
        ("Disabled", 0, False, False),
        ("Deleted", 0, True, True),
    ]:
        database.run(
            "INSERT INTO sla_policies "
            "(workspace_id, name, position, enabled, deleted_at, targets, calendar_id) "
            "SELECT :w, :n, :p, :e, CASE WHEN :d THEN now() END, '{}', id "
            "FROM calendars WHERE workspace_id = :w",
            w=acme,
            n=name,
            p=position,
            e=enabled,
            d=deleted,
        )

    with promised.transaction(acme) as tx:
        found = queries.policies(tx, acme)

    assert [policy.name for policy in found] == ["Default", "Second", "Third"]
    assert found[0].calendar.never_closes
    assert found[0].minutes("resolution", facts(promised)) == 480
    assert found[0].minutes("first_response", facts(promised)) == 120


def test_answers_carry_targets_with_times_in_utc(promised: Promised) -> None:
    ticket, acme = promised.ticket(), promised.cast.acme
    with promised.transaction(acme) as tx:
        queries.save(tx, acme, ticket, begun(promised, tx).targets[::-1])
        tx.connection.execute(text("SET LOCAL timezone = 'America/Lima'"))
        select = text(f"SELECT {queries.TARGETS_JSON} FROM tickets t WHERE t.id = :t")
        targets = tx.connection.scalar(select, {"t": ticket})
        none = tx.connection.scalar(select, {"t": promised.ticket()})

    assert none == []
    assert [target["metric"] for target in targets] == ["first_response", "resolution", "team_resolution"]
    resolution = targets[1]
    assert UUID(resolution.pop("id"))
    assert resolution == {
        "metric": "resolution",
        "cycle": 1,
        "minutes": 90.5,
        "used_minutes": None,
        "started_at": "2026-06-05T10:30:00.123456Z",
        "due_at": "2026-06-05T12:00:30.123456Z",
        "paused_at": None,
        "fulfilled_at": None,
        "ended_at": None,
        "breached_at": None,
    }
    assert resolution_facts(targets, START)["hours_remaining"] == 1.5083


def test_answered_means_that_staff_wrote_to_the_customer(promised: Promised, database: Database) -> None:
    cast = promised.cast

    def was_answered(ticket: UUID) -> bool:
        with promised.transaction(cast.acme) as tx:
            return queries.load(tx, cast.acme, ticket)[2]

    def comment(ticket: UUID, author: UUID, visibility: str) -> None:
        database.run(
            "INSERT INTO comments (workspace_id, ticket_id, author_id, visibility, body) "
            "VALUES (:w, :t, :a, :v, 'Hello')",
            w=cast.acme,
            t=ticket,
            a=author,
            v=visibility,
        )

    ticket, own = promised.ticket(cast.carol), promised.ticket(cast.ana)
    comment(ticket, cast.carol.id, "public")
    comment(ticket, cast.chris.id, "public")
    comment(ticket, cast.ana.id, "internal")
    comment(own, cast.ana.id, "public")
    assert not was_answered(ticket)
    assert not was_answered(own)

    comment(ticket, cast.ana.id, "public")
    assert was_answered(ticket)


def test_a_calendar_is_carried_once_however_many_count_by_it(promised: Promised, database: Database) -> None:
    acme, ticket, other = promised.cast.acme, promised.ticket(), promised.ticket()
    with promised.transaction(acme) as tx:
        queries.save_many(tx, acme, {each: begun(promised, tx).targets for each in (ticket, other)})
    database.run(
        "INSERT INTO sla_policies (workspace_id, name, position, targets, calendar_id) "
        "SELECT :w, 'Policy ' || n, n, '{}', c.id FROM calendars c, generate_series(2, 5) AS n "
        "WHERE c.workspace_id = :w",
        w=acme,
    )

    with promised.transaction(acme) as tx:
        loaded = tx.connection.execute(queries.LOAD, {"workspace_id": acme, "ticket_id": ticket}).all()
        keys = {"workspace_id": acme, "ticket_ids": [ticket, other]}
        many = tx.connection.execute(queries.LOAD_MANY, keys).all()
        policies = tx.connection.execute(queries.POLICIES, {"workspace_id": acme}).scalar_one()
        counted_on = {id(policy.calendar) for policy in queries.policies(tx, acme)}

    assert [len(rows) for rows in (loaded, many, policies)] == [3, 6, 5]
    assert sum(row.calendar is not None for row in loaded) == 1
    assert sum(row.calendar is not None for row in many) == 1
    assert sum(policy["calendar"] is not None for policy in policies) == 1
    assert len(counted_on) == 1
