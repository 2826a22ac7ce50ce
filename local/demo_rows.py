"""The rows of the demo's tickets, a batch at a time, past the rooms and under row-level security."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import text

from chalicelib.core.db import Transaction
from chalicelib.core.json_text import dumps
from chalicelib.sla.targets import Target
from local.demo_life import Life

# Events live as long, and these were all sent.
KEPT = timedelta(days=30)
AT_ONCE = 2_000

NUMBERS = text(
    "UPDATE ticket_counters SET last_number = last_number + :count WHERE workspace_id = :w "
    "RETURNING last_number - :count AS before"
)
# As they begin: the guard of the status lets none in that is over.
TICKETS = text(
    """
    INSERT INTO tickets (workspace_id, id, number, label, subject, description, type, priority, status,
        category, subcategory, requester_id, assignee_id, team_id, organisation_id, source, tags, version,
        last_sequence, sla_policy_id, due_at, created_at, updated_at)
    SELECT :w, g.id, g.number, g.label, g.subject, g.description, g.type, g.priority,
        CASE WHEN g.status = 'new' THEN 'new' ELSE 'open' END, g.category, g.subcategory, g.requester_id,
        g.assignee_id, g.team_id, g.organisation_id, g.source,
        ARRAY(SELECT jsonb_array_elements_text(g.tags)), g.version, g.last_sequence, g.sla_policy_id,
        g.due_at, g.created_at, g.updated_at
    FROM jsonb_to_recordset(CAST(:rows AS jsonb)) AS g(
        id uuid, number bigint, label text, subject text, description text, type text, priority text,
        status text, category text, subcategory text, requester_id uuid, assignee_id uuid, team_id uuid,
        organisation_id uuid, source text, tags jsonb, version integer, last_sequence integer,
        sla_policy_id uuid, due_at timestamptz, created_at timestamptz, updated_at timestamptz)
    """
)
# As they are now, along an edge that there is from open.
STATUSES = text(
    """
    UPDATE tickets t SET status = g.status, resolved_at = g.resolved_at, closed_at = g.closed_at,
        finished_at = g.finished_at, merged_into = g.merged_into
    FROM jsonb_to_recordset(CAST(:rows AS jsonb)) AS g(
        id uuid, status text, resolved_at timestamptz, closed_at timestamptz, finished_at timestamptz,
        merged_into uuid)
    WHERE t.workspace_id = :w AND t.id = g.id AND g.status NOT IN ('new', 'open')
    """
)
WAITS = text(
    """
    UPDATE ticket_waits x SET since = g.waits_since, wakes_at = n.at
    FROM jsonb_to_recordset(CAST(:rows AS jsonb)) AS g(id uuid, waits_since timestamptz)
    CROSS JOIN workspaces s
    CROSS JOIN LATERAL fn_next_wait('pending', g.waits_since, 0, NULL, s.reopen_window_days,
        s.pending_reminder_days, s.pending_resolve_days) n
    WHERE s.id = :w AND x.workspace_id = :w AND x.ticket_id = g.id AND x.status = 'pending'
      AND g.waits_since IS NOT NULL
    """
)
COMMENTS = text(
    """
    INSERT INTO comments (workspace_id, id, ticket_id, author_id, visibility, body, source, created_at)
    SELECT :w, g.id, g.ticket_id, g.author_id, g.visibility, g.body, g.source, g.created_at
    FROM jsonb_to_recordset(CAST(:rows AS jsonb)) AS g(
        id uuid, ticket_id uuid, author_id uuid, visibility text, body text, source text,
        created_at timestamptz)
    """
)
TIMELINE = text(
    """
    INSERT INTO timeline_entries (workspace_id, id, ticket_id, sequence, action, actor_type, actor_id,
        changes, meta, internal, created_at)
    SELECT :w, g.id, g.ticket_id, g.sequence, g.action, g.actor_type, g.actor_id, g.changes, g.meta,
        g.internal, g.created_at
    FROM jsonb_to_recordset(CAST(:rows AS jsonb)) AS g(
        id uuid, ticket_id uuid, sequence integer, action text, actor_type text, actor_id uuid, changes jsonb,
        meta jsonb, internal boolean, created_at timestamptz)
    """
)
TARGETS = text(
    """
    INSERT INTO sla_targets (workspace_id, id, ticket_id, metric, cycle, policy_id, calendar_id, minutes,
        started_at, due_at, paused_at, paused_intervals, fulfilled_at, ended_at, breached_at, used_minutes,
        team_id, priority)
    SELECT :w, g.id, g.ticket_id, g.metric, g.cycle, g.policy_id, g.calendar_id, g.minutes, g.started_at,
        g.due_at, g.paused_at, g.paused_intervals, g.fulfilled_at, g.ended_at, g.breached_at, g.used_minutes,
        g.team_id, g.priority
    FROM jsonb_to_recordset(CAST(:rows AS jsonb)) AS g(
        id uuid, ticket_id uuid, metric text, cycle integer, policy_id uuid, calendar_id uuid,
        minutes double precision, started_at timestamptz, due_at timestamptz, paused_at timestamptz,
        paused_intervals jsonb, fulfilled_at timestamptz, ended_at timestamptz, breached_at timestamptz,
        used_minutes double precision, team_id uuid, priority text)
    """
)
STEPS = text(
    """
    INSERT INTO sla_steps (workspace_id, target_id, kind, step, ticket_id, at, fired_at, offset_minutes,
        escalation_id)
    SELECT :w, g.target_id, g.kind, g.step, g.ticket_id, g.at, g.fired_at, g.offset, g.escalation_id
    FROM jsonb_to_recordset(CAST(:rows AS jsonb)) AS g(
        target_id uuid, kind text, step integer, ticket_id uuid, at timestamptz, fired_at timestamptz,
        "offset" integer, escalation_id uuid)
    """
)
TIME_ENTRIES = text(
    """
    INSERT INTO time_entries (workspace_id, id, ticket_id, user_id, minutes, note, spent_on, created_at,
        updated_at)
    SELECT :w, g.id, g.ticket_id, g.user_id, g.minutes, g.note, g.spent_on, g.created_at, g.created_at
    FROM jsonb_to_recordset(CAST(:rows AS jsonb)) AS g(
        id uuid, ticket_id uuid, user_id uuid, minutes smallint, note text, spent_on date,
        created_at timestamptz)
    """
)
RATINGS = text(
    """
    INSERT INTO ratings (workspace_id, id, ticket_id, cycle, ended_at, user_id, assignee_id, team_id, score,
        comment, created_at, rated_at)
    SELECT :w, g.id, g.ticket_id, g.cycle, g.ended_at, g.user_id, g.assignee_id, g.team_id, g.score,
        g.comment, g.rated_at, g.rated_at
    FROM jsonb_to_recordset(CAST(:rows AS jsonb)) AS g(
        id uuid, ticket_id uuid, cycle integer, ended_at timestamptz, user_id uuid, assignee_id uuid,
        team_id uuid, score smallint, comment text, rated_at timestamptz)
    """
)
EVENTS = text(
    """
    INSERT INTO events (workspace_id, ticket_id, sequence, type, internal, payload, created_at, sent_at)
    SELECT :w, g.ticket_id, g.sequence, 'ticket.' || g.action, g.internal,
        jsonb_build_object('ticket', g.ticket,
            'actor', jsonb_build_object('type', g.actor_type, 'id', g.actor_id),
            'changes', g.changes, 'meta', g.meta),
        g.created_at, g.created_at
    FROM jsonb_to_recordset(CAST(:rows AS jsonb)) AS g(
        ticket_id uuid, sequence integer, action text, actor_type text, actor_id uuid, changes jsonb,
        meta jsonb, internal boolean, ticket jsonb, created_at timestamptz)
    ORDER BY g.created_at, g.ticket_id, g.sequence
    """
)
ROLL_UP = text("CALL sp_rollup_rebuild(:w)")
PLAIN = (
    *("cycle", "policy_id", "calendar_id", "minutes", "started_at", "due_at", "paused_at"),
    *("paused_intervals", "fulfilled_at", "ended_at", "breached_at", "used_minutes"),
)
STEP = ("kind", "step", "at", "fired_at", "offset", "escalation_id")


def numbers(tx: Transaction, workspace_id: UUID, count: int) -> range:
    """So many of the counter's next; it is held until the end."""
    before = tx.connection.scalar(NUMBERS, {"w": workspace_id, "count": count})
    return range(int(before) + 1, int(before) + count + 1)


def write(tx: Transaction, workspace_id: UUID, lives: Sequence[Life]) -> None:
    """All rows of some tickets but their events."""

    def put(statement: Any, rows: Iterable[Mapping[str, Any]]) -> None:
        if given := list(rows):
            tx.connection.execute(statement, {"w": workspace_id, "rows": dumps(given)})

    put(TICKETS, (life.values for life in lives))
    put(COMMENTS, (row for life in lives for row in life.comments))
    targets = [(life, target) for life in lives for target in life.clock.targets]
    for life, target in targets:
        target.id = life.ids(target.started_at)
    put(TARGETS, (_target(life, target) for life, target in targets))
    put(
        STEPS,
        (
            {name: getattr(step, name) for name in STEP}
            | {"target_id": target.id, "ticket_id": life.values["id"]}
            for life, target in targets
            for step in target.steps
        ),
    )
    put(STATUSES, (life.values for life in lives))
    put(WAITS, ({"id": life.values["id"], "waits_since": life.waits_since} for life in lives))
    put(TIMELINE, (row for life in lives for row in life.entries))
    put(TIME_ENTRIES, (row for life in lives for row in life.time_entries))
    put(RATINGS, (row for life in lives for row in life.ratings))


def write_events(
    tx: Transaction, workspace_id: UUID, entries: Sequence[Mapping[str, Any]], now: datetime
) -> None:
    """Those of the last 30 days, in order, as sent: nobody is told of what never was."""
    kept = sorted(
        (each for each in entries if each["created_at"] > now - KEPT),
        key=lambda each: (each["created_at"], str(each["ticket_id"]), each["sequence"]),
    )
    for place in range(0, len(kept), AT_ONCE):
        rows = dumps(kept[place : place + AT_ONCE])
        tx.connection.execute(EVENTS, {"w": workspace_id, "rows": rows})


def roll_up(tx: Transaction, workspace_id: UUID) -> None:
    """What was written past the rooms is counted from nothing."""
    tx.connection.execute(ROLL_UP, {"w": workspace_id})


def _target(life: Life, target: Target) -> dict[str, Any]:
    team, priority = life.owners[id(target)]
    row = {name: getattr(target, name) for name in PLAIN}
    known = {"id": target.id, "ticket_id": life.values["id"], "metric": target.metric}
    return {**row, **known, "team_id": team, "priority": priority}
