"""The sweep: what has come due is announced once, in every workspace, and nothing else is."""

from datetime import timedelta

import pytest
from sqlalchemy import text

from chalicelib.models.words import Metric
from tests.sla.promised import Promised
from tests.support.database import Database

MINUTE = timedelta(minutes=1)
# Of what is promised, thousands of times and due tomorrow.
COPIES = """
    CREATE TEMPORARY TABLE copies AS
        SELECT uuidv7() AS ticket, uuidv7() AS target, n FROM generate_series(1, 5000) n;
    INSERT INTO tickets (workspace_id, id, number, label, subject, description, requester_id, team_id)
        SELECT workspace_id, ticket, 100 + n, 'COPY-' || n, subject, description, requester_id, team_id
        FROM tickets, copies;
    INSERT INTO sla_targets (workspace_id, id, ticket_id, metric, calendar_id, minutes, started_at, due_at,
            team_id, priority)
        SELECT workspace_id, target, ticket, metric, calendar_id, minutes, now(), now() + interval '1 day',
            team_id, priority
        FROM sla_targets, copies;
    INSERT INTO sla_steps (workspace_id, target_id, ticket_id, kind, step, at)
        SELECT workspace_id, target, ticket, kind, step, now() + interval '1 day'
        FROM sla_steps, copies
"""


def test_what_has_come_due_is_written_to_timeline_and_events(promised: Promised, database: Database) -> None:
    ticket = promised.late(MINUTE, resolution=60)

    assert promised.sweep() == (3, 3)

    (target,) = promised.targets(ticket)
    assert [(entry["sequence"], entry["action"], entry["percent"]) for entry in promised.told()] == [
        (1, "sla_warned", 75),
        (2, "sla_warned", 90),
        (3, "sla_breached", 100),
    ]
    breach = promised.told()[-1]
    assert (breach["metric"], breach["cycle"], breach["actor_type"]) == ("resolution", 1, "system")
    assert breach["internal"] is True
    assert breach["due_at"] == breach["at"] == target["due_at"] == target["breached_at"]
    assert breach["noticed_at"] == breach["created_at"]
    events = database.rows("SELECT * FROM events ORDER BY id")
    assert [(event["sequence"], event["type"], event["internal"]) for event in events] == [
        (1, "ticket.sla_warned", True),
        (2, "ticket.sla_warned", True),
        (3, "ticket.sla_breached", True),
    ]
    assert events[-1]["payload"]["ticket"]["id"] == str(ticket)
    assert events[-1]["payload"]["meta"]["percent"] == 100
    assert events[-1]["payload"]["meta"]["due_at"].endswith("Z")
    assert database.rows("SELECT version, last_sequence FROM tickets") == [{"version": 1, "last_sequence": 3}]


def test_events_of_the_sweep_are_for_the_relay_at_once(promised: Promised, database: Database) -> None:
    promised.late(MINUTE, resolution=60)

    promised.sweep()

    assert database.value("SELECT count(*) FROM fn_lease_unsent_events(10, 60)") == 3


def test_nothing_is_announced_before_it_is_due(promised: Promised) -> None:
    ticket = promised.late(-MINUTE, resolution=60)

    assert promised.sweep() == (2, 2)
    assert [entry["percent"] for entry in promised.told()] == [75, 90]
    assert promised.targets(ticket)[0]["breached_at"] is None


def test_in_the_very_moment_it_is_due_it_is_not_late_yet(promised: Promised, database: Database) -> None:
    promised.late(-MINUTE, resolution=60)
    promised.sweep()

    database.run("BEGIN")
    database.run("UPDATE sla_steps SET at = now() WHERE kind = 'breach'")
    then = database.rows("CALL sp_sla_sweep(10, 0, 0)")
    database.run("COMMIT")

    assert then == [{"p_announced": 0, "p_due": 0}]
    assert promised.sweep() == (1, 1)


def test_a_second_sweep_finds_nothing(promised: Promised) -> None:
    promised.late(MINUTE, resolution=60)
    promised.sweep()

    assert promised.sweep() == (0, 0)
    assert len(promised.told()) == 3


def test_case_s20_after_an_outage_all_is_caught_up_once_with_due_time_and_time_noticed(
    promised: Promised,
) -> None:
    tickets = {promised.late(timedelta(minutes=late), resolution=60) for late in (30, 20, 10)}

    promised.sweep()
    promised.sweep()

    told = [entry for entry in promised.told() if entry["action"] == "sla_breached"]
    assert {entry["ticket_id"] for entry in told} == tickets
    assert len(told) == 3
    for entry in told:
        (target,) = promised.targets(entry["ticket_id"])
        assert entry["due_at"] == target["due_at"] == target["breached_at"]
        assert entry["noticed_at"] - entry["due_at"] >= 10 * MINUTE


def test_case_s18_paused_and_ended_promises_are_never_announced(promised: Promised) -> None:
    paused, cancelled, resolved = (promised.late(-MINUTE, resolution=60, first_response=60) for _ in range(3))
    promised.sweep()
    before = len(promised.told())
    promised.change(paused, lambda clock, now: (clock.answered(now), clock.paused(now)))
    promised.change(cancelled, lambda clock, now: clock.ended(now))
    promised.change(resolved, lambda clock, now: clock.resolved(now))

    promised.database.run("UPDATE sla_steps SET at = at - interval '1 hour'")

    assert promised.sweep() == (0, 0)
    assert len(promised.told()) == before


@pytest.mark.parametrize("stopped", ["paused_at", "fulfilled_at", "ended_at"])
def test_a_step_left_armed_on_a_target_that_does_not_run_is_disarmed_in_silence(
    promised: Promised, database: Database, stopped: str
) -> None:
    promised.late(MINUTE, resolution=60)
    database.run(f"UPDATE sla_targets SET {stopped} = now()")

    assert promised.sweep() == (0, 3)

    assert promised.told() == []
    assert database.rows("SELECT DISTINCT at, fired_at FROM sla_steps") == [{"at": None, "fired_at": None}]
    assert database.value("SELECT breached_at FROM sla_targets") is None
    assert promised.sweep() == (0, 0)


def test_one_sweep_serves_every_workspace(promised: Promised, database: Database) -> None:
    cast = promised.cast
    ours, theirs = promised.late(MINUTE, resolution=60), promised.late(MINUTE, cast.mallory, resolution=60)

    assert promised.sweep() == (6, 6)

    told = {(entry["workspace_id"], entry["ticket_id"]) for entry in promised.told()}
    assert told == {(cast.acme, ours), (cast.globex, theirs)}
    assert {(row["workspace_id"], row["ticket_id"]) for row in database.rows("SELECT * FROM events")} == told
    assert promised.targets(theirs)[0]["breached_at"] is not None


def test_several_promises_of_a_ticket_are_told_in_the_order_in_which_they_came_due(
    promised: Promised,
) -> None:
    promised.late(MINUTE, resolution=60, first_response=40)

    promised.sweep()

    told = promised.told()
    assert [entry["at"] for entry in told] == sorted(entry["at"] for entry in told)
    assert [entry["sequence"] for entry in told] == [1, 2, 3, 4, 5, 6]
    assert {entry["metric"] for entry in told[:3]} == {Metric.FIRST_RESPONSE}


def test_a_batch_is_bounded_and_takes_the_oldest_first(promised: Promised) -> None:
    newest, oldest = promised.late(MINUTE, resolution=1), promised.late(60 * MINUTE, resolution=1)

    assert promised.sweep(limit=3) == (3, 3)
    assert {entry["ticket_id"] for entry in promised.told()} == {oldest}
    assert promised.sweep(limit=4) == (3, 3)
    assert {entry["ticket_id"] for entry in promised.told()} == {oldest, newest}


def test_a_ticket_that_a_writer_holds_keeps_nobody_waiting_and_is_taken_later(
    promised: Promised, database: Database
) -> None:
    held, free = promised.late(60 * MINUTE, resolution=60), promised.late(MINUTE, resolution=60)
    with promised.transaction(promised.cast.acme, promised.engine()) as tx:
        tx.connection.execute(text("SELECT FROM tickets WHERE id = :t FOR NO KEY UPDATE"), {"t": held})

        assert promised.sweep(limit=3) == (3, 3)
        assert promised.sweep(limit=3) == (0, 0)
        assert {entry["ticket_id"] for entry in promised.told()} == {free}

    assert promised.sweep(limit=3) == (3, 3)
    assert {entry["ticket_id"] for entry in promised.told()} == {held, free}


def test_the_sweep_reads_what_is_due_and_not_what_exists(promised: Promised, database: Database) -> None:
    for _ in range(6):  # enough for a plan to be kept, made while there was nothing
        database.rows("CALL sp_sla_sweep(500, 0, 0)")
    due = promised.late(MINUTE, resolution=60)
    with database.past_triggers():
        database.run(COPIES)
    database.run("DROP TABLE copies")
    database.run("ANALYZE tickets, sla_targets, sla_steps")

    before = reads(database)
    (swept,) = database.rows("CALL sp_sla_sweep(500, 0, 0)")
    after = reads(database)

    assert swept == {"p_announced": 3, "p_due": 3}
    assert {entry["ticket_id"] for entry in promised.told()} == {due}
    assert {name: after[name] - before[name] for name in after if name.endswith("seq_scan")} == {
        "tickets.seq_scan": 0,
        "sla_targets.seq_scan": 0,
        "sla_steps.seq_scan": 0,
    }
    assert all(after[name] - before[name] < 50 for name in after if name.endswith("rows"))
    assert after["sla_steps_due_idx"] > before["sla_steps_due_idx"]


def reads(database: Database) -> dict[str, int]:
    """What this session has read so far: whole tables, rows, and through the index of what is due."""
    database.run("SELECT pg_stat_force_next_flush()")
    found = {
        "sla_steps_due_idx": database.value("SELECT pg_stat_get_numscans('sla_steps_due_idx'::regclass)")
    }
    for table in ("tickets", "sla_targets", "sla_steps"):
        (row,) = database.rows(
            "SELECT seq_scan, seq_tup_read + idx_tup_fetch AS rows "
            "FROM pg_stat_user_tables WHERE relname = :t",
            t=table,
        )
        found |= {f"{table}.{name}": count for name, count in row.items()}
    return found
