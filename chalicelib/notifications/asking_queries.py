"""The SQL of asking how the help was: who is, when and with which link, and what there is to tell of the
answer."""

from typing import Any
from uuid import UUID

from sqlalchemy import text

from chalicelib.core.db import Transaction
from chalicelib.core.event import Event
from chalicelib.tickets.rating_queries import CYCLE, ENDED_AT, MAILBOX, OPEN_UNTIL
from chalicelib.tickets.visibility import EVERYTHING

# A ticket whose requester can be asked: somebody who is there, of work that is not their own.
_ASKED = f"""
    SELECT t.workspace_id, t.id, t.requester_id, t.assignee_id, t.team_id, {ENDED_AT} AS ended_at,
        {CYCLE} AS cycle, w.rating_delay_hours, {MAILBOX} AS mailbox,
        to_char({OPEN_UNTIL} AT TIME ZONE w.timezone, 'YYYY-MM-DD') AS until
    FROM tickets t
    JOIN workspaces w ON w.id = t.workspace_id AND w.ratings_enabled
    JOIN users u ON u.workspace_id = t.workspace_id AND u.id = t.requester_id
        AND u.deleted_at IS NULL AND u.status <> 'deactivated'
    WHERE t.workspace_id = :workspace_id AND t.id = :ticket_id AND {EVERYTHING}
      AND t.merged_into IS NULL AND t.archived_at IS NULL AND t.assignee_id IS DISTINCT FROM t.requester_id
      AND {OPEN_UNTIL} > now()
"""
# Of one end of the work one event asks, and only what is not rated yet. Its second delivery asks with another
# link, for the mail of the first is nowhere known to have arrived.
ASK = text(
    f"""
    WITH asked AS ({_ASKED}), row AS (
        INSERT INTO ratings AS r (workspace_id, ticket_id, cycle, ended_at, user_id, assignee_id, team_id,
            asked_at, asked_event_id, digest, mailbox)
        SELECT workspace_id, id, cycle, ended_at, requester_id, assignee_id, team_id,
            now(), CAST(:event_id AS bigint), CAST(:digest AS bytea), mailbox
        FROM asked WHERE ended_at = :at AND rating_delay_hours = 0
        ON CONFLICT (workspace_id, ticket_id, cycle) DO UPDATE
            SET digest = excluded.digest, mailbox = excluded.mailbox
            WHERE r.asked_event_id = excluded.asked_event_id AND r.rated_at IS NULL
        RETURNING r.id
    )
    SELECT asked.until FROM asked, row
    """
)
ASK_LATER = text(
    f"""
    WITH asked AS ({_ASKED})
    INSERT INTO ratings (workspace_id, ticket_id, cycle, ended_at, user_id, assignee_id, team_id, due_at)
    SELECT workspace_id, id, cycle, ended_at, requester_id, assignee_id, team_id,
        ended_at + make_interval(hours => rating_delay_hours)
    FROM asked WHERE ended_at = :at AND rating_delay_hours > 0
    ON CONFLICT (workspace_id, ticket_id, cycle) DO NOTHING
    """
)
ASK_NOW = text(
    f"""
    WITH asked AS ({_ASKED})
    UPDATE ratings r
    SET asked_at = coalesce(r.asked_at, now()), asked_event_id = :event_id, digest = :digest,
        mailbox = asked.mailbox
    FROM asked
    WHERE r.workspace_id = asked.workspace_id AND r.ticket_id = asked.id AND r.ended_at = asked.ended_at
      AND r.cycle = :cycle AND r.rated_at IS NULL
      AND (r.asked_event_id IS NULL OR r.asked_event_id = :event_id)
    RETURNING asked.until
    """
)
FALL_DUE = text("SELECT fn_ask_for_ratings(:limit)")
# Of a rating that was changed meanwhile the newest entry tells.
TOLD = text(
    """
    SELECT r.score, r.comment FROM ratings r
    WHERE r.workspace_id = :workspace_id AND r.ticket_id = :ticket_id AND r.score IS NOT NULL
      AND NOT EXISTS (SELECT FROM timeline_entries e WHERE e.workspace_id = r.workspace_id
                      AND e.ticket_id = r.ticket_id AND e.sequence > :sequence AND e.action = 'rated')
    ORDER BY r.cycle DESC LIMIT 1
    """
)


def ask(tx: Transaction, event: Event, digest: bytes) -> str | None:
    """Puts the question in the mail of an event that is the end of the work: the last day of its link, None
    where there is nothing to ask."""
    values = {**_keys(event), "at": event.created_at, "event_id": event.id, "digest": digest}
    until: str | None = tx.connection.scalar(ASK, values)
    return until


def ask_later(tx: Transaction, event: Event) -> None:
    """Has the question asked by a mail of its own, where the workspace wants to wait."""
    tx.connection.execute(ASK_LATER, {**_keys(event), "at": event.created_at})


def ask_now(tx: Transaction, event: Event, cycle: int, digest: bytes) -> str | None:
    """The same as `ask` for a question that has waited."""
    values = {**_keys(event), "cycle": cycle, "event_id": event.id, "digest": digest}
    until: str | None = tx.connection.scalar(ASK_NOW, values)
    return until


def fall_due(tx: Transaction, limit: int) -> int:
    """Has questions asked whose time has come, of all workspaces; how many. See fn_ratings.sql."""
    fallen: int = tx.connection.execute(FALL_DUE, {"limit": limit}).scalar_one()
    return fallen


def told(tx: Transaction, event: Event) -> Any:
    """`score comment` that an event tells of; None where a later one does."""
    return tx.connection.execute(TOLD, {**_keys(event), "sequence": event.sequence}).first()


def _keys(event: Event) -> dict[str, UUID | None]:
    return {"workspace_id": event.workspace_id, "ticket_id": event.ticket_id}
