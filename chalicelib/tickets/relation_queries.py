"""The SQL of tickets that have to do with each other: merging one into another, splitting one in two."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import text

from chalicelib.accounts.actor import Actor
from chalicelib.core import events
from chalicelib.core.db import Transaction
from chalicelib.core.json_text import dumps
from chalicelib.tickets.queries import COLUMNS
from chalicelib.tickets.ticket import Ticket
from chalicelib.tickets.visibility import staff_who_see, visible_to

# Beside these locks nobody merges in the workspace: what is merged into the source is then known before
# anything is locked, and all of it is locked in the order of the ids.
ONE_AT_A_TIME = text("SELECT pg_advisory_xact_lock(hashtextextended('merge ' || :workspace_id, 0))")
LOCK = """
    SELECT {columns}, ({condition}) AS visible,
        (SELECT count(*) FROM tickets m
         WHERE m.workspace_id = :workspace_id AND m.merged_into = :into_id) AS absorbed
    FROM tickets t
    WHERE t.workspace_id = :workspace_id AND (t.id IN (:source_id, :into_id) OR t.merged_into = :source_id)
    ORDER BY t.id
    FOR NO KEY UPDATE OF t
"""


def lock_to_merge(tx: Transaction, actor: Actor, source_id: UUID, into_id: UUID) -> Sequence[Any]:
    """Both tickets and those that were merged into the first before, locked: their columns, whether the actor
    may know of each (`visible`), how many were merged into the second (`absorbed`)."""
    tx.connection.execute(ONE_AT_A_TIME, {"workspace_id": str(actor.workspace.id)})
    condition, values = visible_to(actor)
    return tx.connection.execute(
        text(LOCK.format(columns=COLUMNS, condition=condition)),
        {"workspace_id": actor.workspace.id, "source_id": source_id, "into_id": into_id, **values},
    ).all()


# Customers follow only where both tickets are one person's: a watcher sees what the requester wrote.
ABSORB = text(
    f"""
    WITH watching AS (
        INSERT INTO ticket_watchers (workspace_id, ticket_id, user_id)
        SELECT w.workspace_id, :into_id, u.id
        FROM ticket_watchers w JOIN users u ON u.workspace_id = w.workspace_id AND u.id = w.user_id
        WHERE w.workspace_id = :workspace_id AND w.ticket_id = :source_id AND u.id <> :requester_id
          AND u.deleted_at IS NULL AND u.status <> 'deactivated'
          AND CASE WHEN u.role = 'customer' THEN :same_requester ELSE {
        staff_who_see(own="u.id = CAST(:assignee_id AS uuid)")
    } END
          AND NOT EXISTS (SELECT FROM ticket_watchers o WHERE o.workspace_id = w.workspace_id
              AND o.ticket_id = :into_id AND o.user_id = w.user_id)
        ORDER BY w.created_at, w.user_id
        LIMIT greatest(0, :most - (SELECT count(*) FROM ticket_watchers o
            WHERE o.workspace_id = :workspace_id AND o.ticket_id = :into_id))
    ), changed AS (
        UPDATE tickets t SET
            merged_into = CASE WHEN t.id <> :into_id THEN CAST(:into_id AS uuid) END,
            version = t.version + 1,
            last_sequence = t.last_sequence + 1,
            updated_at = now()
        WHERE t.workspace_id = :workspace_id AND (t.id = :into_id OR t.merged_into = :source_id)
        RETURNING t.workspace_id, t.id, t.last_sequence,
            CASE WHEN t.id = :into_id THEN 'merged_from' ELSE 'updated' END AS action,
            CASE WHEN t.id = :into_id THEN '{{}}' ELSE CAST(:moved AS jsonb) END AS changes,
            CASE WHEN t.id = :into_id THEN CAST(:meta AS jsonb) ELSE '{{}}' END AS meta,
            fn_told(t) AS facts
    ), entry AS (
        INSERT INTO timeline_entries
            (workspace_id, ticket_id, sequence, action, actor_type, actor_id, changes, meta, internal)
        SELECT workspace_id, id, last_sequence, action, :actor_type, :actor_id, changes, meta, true
        FROM changed
    )
    INSERT INTO events (workspace_id, ticket_id, sequence, type, internal, payload)
    SELECT workspace_id, id, last_sequence, 'ticket.' || action, true, jsonb_build_object(
        'ticket', facts, 'actor', CAST(:actor AS jsonb), 'changes', changes, 'meta', meta)
    FROM changed ORDER BY id
    RETURNING id, workspace_id, ticket_id, sequence, type, internal, payload, created_at
    """
)


def absorb(
    tx: Transaction, actor: Actor, source: Ticket, into: Ticket, *, reason: str | None, most: int
) -> None:
    """What the merge means for the others: the target tells of it and takes the watchers over, up to `most`
    in all; what was merged into the source is merged into the target now."""
    meta = {"from_id": source.id, "from_label": source.label, **({"reason": reason} if reason else {})}
    rows = tx.connection.execute(
        ABSORB,
        {
            "workspace_id": actor.workspace.id,
            "source_id": source.id,
            "into_id": into.id,
            "requester_id": source.requester_id,
            "same_requester": source.requester_id == into.requester_id,
            "agents_see_all": actor.workspace.agent_visibility == "all",
            "team_id": into.team_id,
            "assignee_id": into.assignee_id,
            "most": most,
            "moved": dumps({"merged_into": {"from": source.id, "to": into.id}}),
            "meta": dumps(meta),
            "actor_type": actor.type,
            "actor_id": actor.id,
            "actor": dumps({"type": actor.type, "id": actor.id}),
        },
    ).all()
    tx.events.extend(events.message(**row._mapping) for row in rows)


LOCKED_LANDING = """
    SELECT {columns}, ({condition}) AS visible FROM tickets t
    WHERE t.workspace_id = :workspace_id AND t.id = (
        SELECT coalesce(t.merged_into, t.id) FROM tickets t
        WHERE t.workspace_id = :workspace_id AND t.id = :id AND {condition})
    FOR NO KEY UPDATE OF t
"""


def lock_landing(tx: Transaction, actor: Actor, ticket_id: UUID) -> Any:
    """A ticket that the actor may know of, or the one that it was merged into, locked: its columns, and
    whether the actor may know of that one too (`visible`). Never both: merging locks them the other way
    round."""
    condition, values = visible_to(actor)
    return tx.connection.execute(
        text(LOCKED_LANDING.format(columns=COLUMNS, condition=condition)),
        {"workspace_id": actor.workspace.id, "id": ticket_id, **values},
    ).first()


CHOSEN = text(
    """
    SELECT id, body, visibility FROM comments
    WHERE workspace_id = :workspace_id AND ticket_id = :ticket_id AND id = ANY(CAST(:ids AS uuid[]))
      AND deleted_at IS NULL
    ORDER BY created_at, id
    """
)


def chosen(tx: Transaction, ticket: Ticket, ids: Sequence[UUID]) -> Sequence[Any]:
    """Those of the comments that are this ticket's and were not taken back, the oldest first."""
    values = {"workspace_id": ticket.workspace_id, "ticket_id": ticket.id, "ids": list(ids)}
    return tx.connection.execute(CHOSEN, values).all()


MOVE = text(
    """
    WITH link AS (
        INSERT INTO ticket_links (workspace_id, ticket_id, kind, other_id, created_by)
        VALUES (:workspace_id, :new_id, 'split_from', :old_id, :created_by)
    ), files AS (
        UPDATE attachments SET ticket_id = :new_id
        WHERE workspace_id = :workspace_id AND ticket_id = :old_id
          AND comment_id = ANY(CAST(:ids AS uuid[]))
    )
    UPDATE comments SET ticket_id = :new_id
    WHERE workspace_id = :workspace_id AND ticket_id = :old_id AND id = ANY(CAST(:ids AS uuid[]))
    """
)


def move(tx: Transaction, actor: Actor, old: Ticket, new: Ticket, ids: Sequence[UUID]) -> None:
    """Gives the comments, with their files, to the new ticket, and links it to the old one."""
    values = {"workspace_id": old.workspace_id, "old_id": old.id, "new_id": new.id, "ids": list(ids)}
    tx.connection.execute(MOVE, {**values, "created_by": actor.user_id})
