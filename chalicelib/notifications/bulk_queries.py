"""The SQL of mails about bulk changes: whom of the staff which of the changed tickets concern."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import text

from chalicelib.core.db import Transaction
from chalicelib.core.event import Event
from chalicelib.notifications.facts import Brand
from chalicelib.tickets.visibility import staff_who_see

# As many tickets as a mail names.
NAMED = 20

# As recipients.AUDIENCES has it for one ticket: of what was done to each, by this change.
SHARES = text(
    f"""
    WITH told AS (
        SELECT t.workspace_id, t.id, t.label, t.subject, t.number, t.team_id, t.requester_id, t.assignee_id,
            l.action, l.internal, l.changes #>> '{{assignee_id,to}}' AS given_to,
            CAST(l.meta ->> 'comment_id' AS uuid) AS comment_id
        FROM tickets t
        JOIN timeline_entries l ON l.workspace_id = t.workspace_id AND l.ticket_id = t.id
        WHERE t.workspace_id = :workspace_id AND t.id = ANY(CAST(:ticket_ids AS uuid[]))
          AND t.deleted_at IS NULL AND l.meta ->> 'bulk_id' = :bulk_id
    ), involved AS (
        SELECT id, assignee_id AS user_id FROM told
            WHERE action IN ('commented', 'reopened')
               OR (action IN ('assigned', 'transferred') AND assignee_id::text = given_to)
        UNION SELECT id, requester_id FROM told
            WHERE (action = 'commented' AND NOT internal)
               OR action IN ('resolved', 'closed', 'reopened', 'cancelled')
        UNION SELECT o.id, w.user_id FROM told o
            JOIN ticket_watchers w ON w.workspace_id = o.workspace_id AND w.ticket_id = o.id
            WHERE o.action IN ('commented', 'resolved', 'closed', 'reopened', 'cancelled')
        UNION SELECT o.id, m.user_id FROM told o
            JOIN team_members m ON m.workspace_id = o.workspace_id AND m.team_id = o.team_id
            WHERE o.action = 'transferred' AND o.assignee_id IS NULL
        UNION SELECT o.id, unnest(c.mentions) FROM told o
            JOIN comments c ON c.workspace_id = o.workspace_id AND c.id = o.comment_id
                AND c.deleted_at IS NULL
    ), share AS (
        SELECT DISTINCT u.id AS user_id, u.name, u.email, o.id, o.label, o.subject, o.number
        FROM involved i
        JOIN users u ON u.workspace_id = :workspace_id AND u.id = i.user_id
        JOIN told o ON o.id = i.id
        WHERE u.role <> 'customer' AND u.status = 'active' AND u.deleted_at IS NULL
          AND u.email_bad_at IS NULL
          AND u.id IS DISTINCT FROM CAST(:actor_id AS uuid)
          AND NOT EXISTS (SELECT FROM muted_mails k WHERE k.workspace_id = :workspace_id
                          AND k.user_id = u.id AND k.kind = 'bulk_changes')
          AND {
        staff_who_see(
            everybody="(SELECT w.agent_visibility = 'all' FROM workspaces w WHERE w.id = :workspace_id)",
            team="o.team_id",
            own="u.id IN (o.assignee_id, o.requester_id)",
        )
    }
    )
    SELECT user_id, name, email, count(*) AS total,
        (array_agg(jsonb_build_array(label, subject) ORDER BY number))[1 : {NAMED}] AS tickets
    FROM share GROUP BY user_id, name, email ORDER BY user_id
    """
)
DESK = text(
    """
    SELECT coalesce(u.name, k.name) AS actor, w.brand_color, w.brand_logo_url, w.brand_footer
    FROM workspaces w
    LEFT JOIN users u ON u.workspace_id = w.id AND u.id = :actor_id
    LEFT JOIN api_keys k ON k.workspace_id = w.id AND k.id = :actor_id
    WHERE w.id = :workspace_id
    """
)


@dataclass(frozen=True)
class Share:
    """What a bulk change means for one member of the staff: how many tickets, and the first of them, by label
    and subject."""

    user_id: UUID
    name: str
    email: str
    count: int
    tickets: Sequence[tuple[str, str]]


def shares(
    tx: Transaction, event: Event, bulk_id: str, actor_id: UUID | None, ticket_ids: Sequence[UUID]
) -> list[Share]:
    """Everybody of the staff whom the change concerns, but who made it."""
    keys: dict[str, Any] = {"workspace_id": event.workspace_id, "bulk_id": bulk_id, "actor_id": actor_id}
    rows = tx.connection.execute(SHARES, {**keys, "ticket_ids": list(ticket_ids)})
    return [
        Share(row.user_id, row.name, row.email, row.total, [(label, told) for label, told in row.tickets])
        for row in rows
    ]


def desk(tx: Transaction, workspace_id: UUID, actor_id: UUID | None) -> tuple[str | None, Brand]:
    """Whose doing it was, and how the workspace's mails look."""
    row = tx.connection.execute(DESK, {"workspace_id": workspace_id, "actor_id": actor_id}).one()
    return row.actor, Brand(row.brand_color, row.brand_logo_url, row.brand_footer)
