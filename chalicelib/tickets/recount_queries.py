"""The SQL of counting open targets anew: many tickets at once, in the order of their ids."""

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import Row, text

from chalicelib.core.db import Transaction
from chalicelib.core.json_text import dumps
from chalicelib.sla.queries import WAS_ANSWERED

# The index of running targets, from where the last batch ended.
NEXT = text(
    """
    SELECT DISTINCT g.ticket_id FROM sla_targets g
    WHERE g.workspace_id = :workspace_id AND g.calendar_id = :calendar_id
      AND g.fulfilled_at IS NULL AND g.ended_at IS NULL AND g.ticket_id > :after
    ORDER BY g.ticket_id LIMIT :most
    """
)
NEXT_UNDER = text(
    """
    SELECT t.id FROM tickets t
    WHERE t.workspace_id = :workspace_id AND t.sla_policy_id = :policy_id AND t.deleted_at IS NULL
      AND t.status IN ('new', 'open', 'pending', 'on_hold') AND t.id > :after
    ORDER BY t.id LIMIT :most
    """
)
FACTS = text(
    f"""
    SELECT t.id, t.type, t.priority, t.status, t.team_id, t.category, t.tags, t.organisation_id,
        t.sla_minutes, t.created_at, {WAS_ANSWERED} AS was_answered
    FROM tickets t
    WHERE t.workspace_id = :workspace_id AND t.id = ANY(CAST(:ids AS uuid[]))
      AND t.sla_policy_id = :policy_id AND t.status IN ('new', 'open', 'pending', 'on_hold')
    """
)
_LOCK = """
    SELECT t.id, t.label FROM tickets t
    WHERE t.workspace_id = :workspace_id AND t.id = ANY(CAST(:ids AS uuid[])) AND t.deleted_at IS NULL
    ORDER BY t.id
    FOR NO KEY UPDATE
"""
LOCK = text(_LOCK)
LOCK_FREE = text(f"{_LOCK} SKIP LOCKED")
TELL = text(
    """
    WITH told AS (
        SELECT told.ticket_id, told.due_at, told.action, told.meta, told.place, told.n
        FROM json_to_recordset(CAST(:told AS json)) AS told(
            ticket_id uuid, due_at timestamptz, action text, meta jsonb, place integer, n integer)
    ), ticket AS (
        UPDATE tickets t SET due_at = news.due_at, last_sequence = t.last_sequence + news.n
        FROM (SELECT ticket_id, due_at, n FROM told WHERE place = 1) AS news
        WHERE t.workspace_id = :workspace_id AND t.id = news.ticket_id
        RETURNING t.workspace_id, t.id, t.last_sequence - news.n AS base, fn_told(t) AS told
    ), entry AS (
        INSERT INTO timeline_entries (workspace_id, ticket_id, sequence, action, actor_type, meta, internal)
        SELECT ticket.workspace_id, ticket.id, ticket.base + told.place, told.action, 'system', told.meta,
            true
        FROM told JOIN ticket ON ticket.id = told.ticket_id
    )
    INSERT INTO events (workspace_id, ticket_id, sequence, type, internal, payload, leased_until)
    SELECT ticket.workspace_id, ticket.id, ticket.base + told.place, 'ticket.' || told.action, true,
           jsonb_build_object(
               'ticket', ticket.told,
               'actor', jsonb_build_object('type', 'system', 'id', NULL),
               'changes', '{}'::jsonb, 'meta', told.meta),
           now()
    FROM told JOIN ticket ON ticket.id = told.ticket_id
    ORDER BY told.ticket_id, told.place
    """
)


def next_ones(
    tx: Transaction, workspace_id: UUID, calendar_id: UUID, after: UUID | None, most: int
) -> list[UUID]:
    """The next tickets with a running target on the calendar."""
    keys = {"workspace_id": workspace_id, "calendar_id": calendar_id, "most": most}
    return list(tx.connection.execute(NEXT, {**keys, "after": after or UUID(int=0)}).scalars())


def next_under(
    tx: Transaction, workspace_id: UUID, policy_id: UUID, after: UUID | None, most: int
) -> list[UUID]:
    """The next active tickets of a policy."""
    keys = {"workspace_id": workspace_id, "policy_id": policy_id, "most": most}
    return list(tx.connection.execute(NEXT_UNDER, {**keys, "after": after or UUID(int=0)}).scalars())


def facts(tx: Transaction, workspace_id: UUID, policy_id: UUID, ids: Sequence[UUID]) -> Sequence[Row[Any]]:
    """What the policy asks of those of the locked tickets that are still active and under it."""
    keys = {"workspace_id": workspace_id, "policy_id": policy_id, "ids": list(ids)}
    return tx.connection.execute(FACTS, keys).all()


def lock(tx: Transaction, workspace_id: UUID, ids: Sequence[UUID], *, waits: bool) -> dict[UUID, str]:
    """Those that are not deleted, locked, with their labels; where it does not wait, without those that
    others hold."""
    keys = {"workspace_id": workspace_id, "ids": list(ids)}
    rows = tx.connection.execute(LOCK if waits else LOCK_FREE, keys)
    return {row.id: row.label for row in rows}


def tell(tx: Transaction, workspace_id: UUID, told: Sequence[Mapping[str, Any]]) -> None:
    """Writes timeline entries and events, and the tickets' own due times with them.

    `told`: `ticket_id due_at action meta place n`, places from 1 to n in each ticket.
    """
    if told:
        tx.connection.execute(TELL, {"workspace_id": workspace_id, "told": dumps(told)})
