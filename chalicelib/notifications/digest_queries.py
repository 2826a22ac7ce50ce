"""The SQL of digests: whose time has come, what there is to tell by now, and what became of it."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import text

from chalicelib.core.db import Transaction
from chalicelib.core.event import Event
from chalicelib.notifications.facts import Brand
from chalicelib.tickets.visibility import staff_who_see

# As many tickets as a mail names, as many lines of each, and as much of what was said.
TICKETS, LINES, SAID = 30, 8, 600

FALL_DUE = text("SELECT fn_digests_due(:limit)")
READER = text(
    """
    SELECT u.id, u.name, u.email, u.role, w.mail_key, w.brand_color, w.brand_logo_url, w.brand_footer
    FROM users u JOIN workspaces w ON w.id = u.workspace_id
    WHERE u.workspace_id = :workspace_id AND u.id = :user_id
      AND u.deleted_at IS NULL AND u.status <> 'deactivated' AND (u.role = 'customer' OR u.status = 'active')
      AND u.email_bad_at IS NULL
      AND NOT EXISTS (SELECT FROM muted_mails m WHERE m.workspace_id = u.workspace_id AND m.user_id = u.id
                      AND m.kind = 'watched')
    """
)
# What was gathered and may be told still: of tickets that they watch and see, internal things to the staff
# alone, and of comments those that were not taken back. As queries.FACTS, of the change's own comment or the
# public one that it came with.
TOLD = f"""
    SELECT n.id, n.occasion, t.id AS ticket_id, t.label, t.subject, t.status, e.created_at, e.sequence,
        to_char(e.created_at AT TIME ZONE w.timezone, 'YYYY-MM-DD HH24:MI') AS at,
        coalesce(a.name, k.name) AS actor, r.name AS requester, e.meta ->> 'into_label' AS into_label,
        left(c.body, {SAID}) AS said
    FROM notifications n
    JOIN users u ON u.workspace_id = n.workspace_id AND u.id = n.user_id
    JOIN workspaces w ON w.id = n.workspace_id
    JOIN tickets t ON t.workspace_id = n.workspace_id AND t.id = n.ticket_id AND t.deleted_at IS NULL
    JOIN users r ON r.workspace_id = t.workspace_id AND r.id = t.requester_id
    JOIN ticket_watchers o ON o.workspace_id = t.workspace_id AND o.ticket_id = t.id AND o.user_id = u.id
    JOIN timeline_entries e ON e.workspace_id = t.workspace_id AND e.ticket_id = t.id
        AND e.sequence = n.sequence
    LEFT JOIN users a ON a.workspace_id = e.workspace_id AND a.id = e.actor_id
    LEFT JOIN api_keys k ON k.workspace_id = e.workspace_id AND k.id = e.actor_id
    LEFT JOIN comments c ON c.workspace_id = t.workspace_id AND c.ticket_id = t.id AND c.deleted_at IS NULL
        AND c.id = coalesce(CAST(e.meta ->> 'comment_id' AS uuid), (
            SELECT CAST(l.meta ->> 'comment_id' AS uuid) FROM timeline_entries l
            WHERE l.workspace_id = t.workspace_id AND l.ticket_id = t.id AND l.created_at = e.created_at
              AND l.sequence BETWEEN e.sequence - 20 AND e.sequence - 1
              AND l.action = 'commented' AND NOT l.internal
            ORDER BY l.sequence DESC LIMIT 1))
    WHERE n.workspace_id = :workspace_id AND n.digest_id = :event_id AND n.user_id = :user_id
      AND n.status = 'gathered'
      AND (e.action <> 'commented' OR c.id IS NOT NULL)
      AND CASE WHEN u.role = 'customer'
          THEN NOT e.internal AND coalesce(c.visibility, 'public') = 'public'
          ELSE {
    staff_who_see(
        everybody="w.agent_visibility = 'all'",
        team="t.team_id",
        own="u.id IN (t.assignee_id, t.requester_id)",
    )
} END
"""
DROP = text(
    f"""
    UPDATE notifications g SET status = 'superseded'
    WHERE g.workspace_id = :workspace_id AND g.digest_id = :event_id AND g.user_id = :user_id
      AND g.status = 'gathered'
      AND (NOT :reads OR NOT EXISTS (SELECT FROM ({TOLD}) told WHERE told.id = g.id))
    """
)
GATHERED = text(
    f"""
    WITH told AS ({TOLD}), counted AS (
        SELECT told.*, count(*) OVER (PARTITION BY ticket_id) AS of_ticket,
            row_number() OVER (PARTITION BY ticket_id ORDER BY sequence) AS line,
            min(created_at) OVER (PARTITION BY ticket_id) AS since, count(*) OVER () AS of_all
        FROM told
    ), placed AS (
        SELECT counted.*, dense_rank() OVER (ORDER BY since, ticket_id) AS place FROM counted
    )
    SELECT *, (SELECT max(place) FROM placed) AS tickets FROM placed
    WHERE place <= :tickets AND line <= :lines
    ORDER BY place, line
    """
)
SETTLE = text(
    """
    UPDATE notifications SET status = :status, sent_at = CASE WHEN :status = 'sent' THEN clock_timestamp() END
    WHERE workspace_id = :workspace_id AND digest_id = :event_id AND user_id = :user_id
      AND status = 'gathered'
    """
)


@dataclass(frozen=True)
class Reader:
    """Whom a digest is for, and how the mails of their desk look and are signed."""

    user_id: UUID
    name: str
    email: str
    brand: Brand
    mail_key: bytes


def fall_due(tx: Transaction, limit: int) -> int:
    """Has digests sent whose time has come, of all workspaces; how many. See fn_digests.sql."""
    fallen: int = tx.connection.execute(FALL_DUE, {"limit": limit}).scalar_one()
    return fallen


def reader(tx: Transaction, event: Event, user_id: UUID) -> Reader | None:
    """None where they are gone, cannot be reached, or want no such mails any more."""
    row = tx.connection.execute(READER, {"workspace_id": event.workspace_id, "user_id": user_id}).first()
    if row is None:
        return None
    brand = Brand(row.brand_color, row.brand_logo_url, row.brand_footer)
    return Reader(row.id, row.name, row.email, brand, row.mail_key)


def drop(tx: Transaction, event: Event, user_id: UUID, *, reads: bool) -> None:
    """Writes down as superseded what is not to be told any more; all of it where there is no reader."""
    tx.connection.execute(DROP, {**_keys(event, user_id), "reads": reads})


def gathered(tx: Transaction, event: Event, user_id: UUID) -> Sequence[Any]:
    """What is to be told, a line each, by ticket: the first TICKETS and of each the first LINES. `of_ticket`,
    `of_all`: how many there are, `tickets`: how many tickets."""
    values = {**_keys(event, user_id), "tickets": TICKETS, "lines": LINES}
    return tx.connection.execute(GATHERED, values).all()


def settle(tx: Transaction, event: Event, user_id: UUID, status: str) -> None:
    """Writes down what became of all that a digest told: `sent`, or `failed` for good."""
    tx.connection.execute(SETTLE, {**_keys(event, user_id), "status": status})


def _keys(event: Event, user_id: UUID) -> dict[str, Any]:
    return {"workspace_id": event.workspace_id, "event_id": event.id, "user_id": user_id}
