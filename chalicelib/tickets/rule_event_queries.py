"""The SQL of rules at work: which are in force, what they look at, what they did, and the clock."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Row, text

from chalicelib.core.db import Transaction
from chalicelib.core.event import Event
from chalicelib.tickets.queries import COLUMNS
from chalicelib.tickets.rule_news import Occasion

_ONE = "r.workspace_id = :workspace_id AND r.id = :rule_id"
LISTEN = text("SELECT fn_rules_listen(:workspace_id, :occasion)")
_RUN = "r.id, r.name, r.position, r.triggers, r.conditions, r.actions, r.since, r.minutes"
# What happened before a rule was there, or on, is not its business.
FOR_EVENT = text(
    f"""
    SELECT {_RUN} FROM rules r
    WHERE r.workspace_id = :workspace_id AND r.enabled_at <= :at AND :occasion = ANY(r.occasions)
      AND NOT EXISTS (SELECT FROM rule_events d
          WHERE d.workspace_id = r.workspace_id AND d.event_id = :event_id)
      AND NOT EXISTS (SELECT FROM rule_firings f
          WHERE f.workspace_id = r.workspace_id AND f.event_id = :event_id AND f.rule_id = r.id)
    ORDER BY r.position, r.id
    """
)
FOR_DUE = text(
    f"SELECT {_RUN} FROM rules r WHERE {_ONE} AND r.enabled_at IS NOT NULL AND r.since IS NOT NULL"
)
LOOK = text(
    f"""
    SELECT {COLUMNS}, t.source, q.email AS requester_email, o.id AS living_organisation_id,
        a.role AS actor_role, c.body AS comment, c.visibility AS comment_visibility,
        (t.due_at IS NOT NULL AND t.due_at < now()) OR EXISTS (
            SELECT FROM sla_targets g WHERE g.workspace_id = t.workspace_id AND g.ticket_id = t.id
              AND g.metric = 'resolution' AND g.breached_at IS NOT NULL) AS breached,
        CASE WHEN k.id IS NOT NULL THEN jsonb_build_object(
            'timezone', k.timezone, 'weekly', k.weekly, 'holidays', k.holidays) END AS calendar,
        CASE WHEN CAST(:since AS text) IS NOT NULL THEN (
            SELECT i.instant FROM fn_rule_instants(t.workspace_id, ARRAY[t.id], :since) i) END AS instant,
        CASE WHEN CAST(:since AS text) IS NOT NULL THEN
            fn_rule_chain(t.workspace_id, t.id, :since) END AS chain,
        EXISTS (SELECT FROM rule_firings f
            WHERE f.workspace_id = t.workspace_id AND f.rule_id = :rule_id AND f.event_id = :event_id)
        OR EXISTS (SELECT FROM rule_firings f
            WHERE f.workspace_id = t.workspace_id AND f.rule_id = :rule_id AND f.ticket_id = t.id
              AND f.counts_from = CAST(:counts_from AS timestamptz)) AS has_fired
    FROM tickets t
    JOIN users q ON q.workspace_id = t.workspace_id AND q.id = t.requester_id
    LEFT JOIN organisations o ON o.workspace_id = t.workspace_id AND o.id = t.organisation_id
        AND o.deleted_at IS NULL
    LEFT JOIN users a ON a.workspace_id = t.workspace_id AND a.id = :actor_id
    LEFT JOIN comments c ON c.workspace_id = t.workspace_id AND c.id = :comment_id AND c.deleted_at IS NULL
    LEFT JOIN sla_policies p ON p.workspace_id = t.workspace_id AND p.id = t.sla_policy_id
    LEFT JOIN calendars k ON k.workspace_id = p.workspace_id AND k.id = p.calendar_id
    WHERE t.workspace_id = :workspace_id AND t.id = :ticket_id AND t.deleted_at IS NULL
    """
)
RECORD = text(
    """
    WITH fired AS (
        INSERT INTO rule_firings (workspace_id, rule_id, ticket_id, event_id, sequence, counts_from, depth,
            outcome, reason)
        VALUES (:workspace_id, :rule_id, :ticket_id, :event_id, :sequence, CAST(:counts_from AS timestamptz),
            :depth, :outcome, :reason)
        RETURNING workspace_id, rule_id, ticket_id, counts_from
    )
    UPDATE rule_dues d SET fired_from = fired.counts_from, at = NULL FROM fired
    WHERE d.workspace_id = fired.workspace_id AND d.rule_id = fired.rule_id AND d.ticket_id = fired.ticket_id
      AND fired.counts_from IS NOT NULL
    """
)
RECKON = text(
    """
    UPDATE rule_dues SET counts_from = CAST(:counts_from AS timestamptz), at = CAST(:at AS timestamptz)
    WHERE workspace_id = :workspace_id AND rule_id = :rule_id AND ticket_id = :ticket_id
      AND fired_from IS DISTINCT FROM CAST(:counts_from AS timestamptz)
    """
)
# In one order, and not waiting: whoever holds a row is looking at it.
LOOK_AGAIN = text(
    """
    WITH held AS MATERIALIZED (
        SELECT workspace_id, rule_id, ticket_id FROM rule_dues
        WHERE workspace_id = :workspace_id AND ticket_id = :ticket_id
          AND fired_from IS DISTINCT FROM counts_from
        ORDER BY rule_id FOR NO KEY UPDATE SKIP LOCKED
    )
    UPDATE rule_dues d SET at = now() FROM held
    WHERE d.workspace_id = held.workspace_id AND d.rule_id = held.rule_id AND d.ticket_id = held.ticket_id
    """
)
DONE = text(
    "INSERT INTO rule_events (workspace_id, event_id) VALUES (:workspace_id, :event_id) "
    "ON CONFLICT DO NOTHING"
)
SWEEP = text(
    "CALL sp_rule_sweep(:limit, CAST(:began AS timestamptz), make_interval(secs => :seconds), 0, 0, false)"
)
ENTRY = text(
    """
    SELECT e.id, e.sequence, e.action, e.actor_type, e.actor_id, e.changes, e.meta,
        a.role AS actor_role, t.requester_id, t.assignee_id
    FROM timeline_entries e
    JOIN tickets t ON t.workspace_id = e.workspace_id AND t.id = e.ticket_id
    LEFT JOIN users a ON a.workspace_id = e.workspace_id AND a.id = e.actor_id
    WHERE e.workspace_id = :workspace_id AND e.ticket_id = :ticket_id
      AND (CAST(:sequence AS integer) IS NULL OR e.sequence = :sequence)
    ORDER BY e.sequence DESC LIMIT 100
    """
)


def listen(tx: Transaction, workspace_id: UUID, occasion: Occasion) -> bool:
    """Whether the workspace has a rule in force for this. Needs no workspace entered."""
    found: bool = tx.connection.execute(
        LISTEN, {"workspace_id": workspace_id, "occasion": occasion}
    ).scalar_one()
    return found


def for_event(tx: Transaction, event: Event, occasion: Occasion) -> Sequence[Row[Any]]:
    """The rules in force when it happened that have not yet run on it, in order."""
    keys = {"workspace_id": event.workspace_id, "event_id": event.id, "at": event.created_at}
    return tx.connection.execute(FOR_EVENT, {**keys, "occasion": occasion}).all()


def for_due(tx: Transaction, workspace_id: UUID, rule_id: UUID) -> Sequence[Row[Any]]:
    """The rule by the clock, if it is in force."""
    return tx.connection.execute(FOR_DUE, {"workspace_id": workspace_id, "rule_id": rule_id}).all()


def look(
    tx: Transaction,
    workspace_id: UUID,
    ticket_id: UUID,
    *,
    actor_id: UUID | None = None,
    comment_id: UUID | None = None,
    since: str | None = None,
    rule_id: UUID | None = None,
    event_id: int | None = None,
    counts_from: str | None = None,
) -> Row[Any] | None:
    """The ticket with what conditions ask beside it; None where it is gone. `instant`: what a rule counts
    `since`; `chain`: the rules that led to that; `has_fired`: whether this rule has, for this event or this
    instant."""
    keys: dict[str, Any] = {"workspace_id": workspace_id, "ticket_id": ticket_id, "actor_id": actor_id}
    keys |= {"comment_id": comment_id, "since": since, "rule_id": rule_id, "event_id": event_id}
    return tx.connection.execute(LOOK, {**keys, "counts_from": counts_from}).first()


def record(
    tx: Transaction, event: Event, rule_id: UUID, counts_from: str | None, said: Mapping[str, Any]
) -> None:
    """One rule has run on one event. `said`: depth, outcome, reason."""
    keys = {"workspace_id": event.workspace_id, "ticket_id": event.ticket_id, "rule_id": rule_id}
    of = {"event_id": event.id, "sequence": event.sequence, "counts_from": counts_from}
    tx.connection.execute(RECORD, {**keys, **of, **said})


def reckon(
    tx: Transaction, event: Event, rule_id: UUID, counts_from: datetime | None, at: datetime | None
) -> None:
    """When a rule is due on the event's ticket, by what it counts from now; None where it does not."""
    keys = {"workspace_id": event.workspace_id, "ticket_id": event.ticket_id, "rule_id": rule_id}
    tx.connection.execute(RECKON, {**keys, "counts_from": counts_from, "at": at})


def look_again(tx: Transaction, event: Event) -> None:
    """The next sweep hands over all rules by the clock that have not yet fired on the event's ticket."""
    keys = {"workspace_id": event.workspace_id, "ticket_id": event.ticket_id}
    tx.connection.execute(LOOK_AGAIN, keys)


def done(tx: Transaction, event: Event) -> None:
    """No rule is to run on the event any more, whenever it comes again."""
    tx.connection.execute(DONE, {"workspace_id": event.workspace_id, "event_id": event.id})


def sweep(tx: Transaction, limit: int, began: datetime, seconds: float) -> tuple[int, int, bool]:
    """Follows and hands over, over all workspaces: how many tickets were looked at, how many were due, and
    whether there may be more. See sp_rule_sweep.sql."""
    row = tx.connection.execute(SWEEP, {"limit": limit, "began": began, "seconds": seconds}).one()
    return row.p_followed, row.p_due, row.p_more


def entries(tx: Transaction, workspace_id: UUID, ticket_id: UUID, sequence: int | None) -> Sequence[Row[Any]]:
    """The last timeline entries of a ticket, or the one of this number, with what tells who did it."""
    keys = {"workspace_id": workspace_id, "ticket_id": ticket_id, "sequence": sequence}
    return tx.connection.execute(ENTRY, keys).all()
