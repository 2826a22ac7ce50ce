"""The SQL of escalations: taking one up, once, and who is to be told."""

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import Row, text

from chalicelib.core.db import Transaction
from chalicelib.core.json_text import dumps
from chalicelib.tickets.visibility import staff_who_see

TAKE_UP = text(
    """
    UPDATE sla_steps s SET done_at = now() FROM sla_targets g
    WHERE s.workspace_id = :workspace_id AND s.target_id = :target_id AND s.kind = 'escalation'
      AND s.step = :step AND s.escalation_id = :escalation_id AND s.fired_at IS NOT NULL
      AND s.done_at IS NULL AND s.ticket_id = :ticket_id
      AND g.workspace_id = s.workspace_id AND g.id = s.target_id
    RETURNING g.fulfilled_at IS NULL AND g.ended_at IS NULL AS runs
    """
)
SEES = staff_who_see(
    everybody="(SELECT w.agent_visibility = 'all' FROM workspaces w WHERE w.id = t.workspace_id)",
    team="t.team_id",
    own="u.id IN (t.requester_id, t.assignee_id)",
)
TO_TELL = text(
    f"""
    SELECT given.place, u.id
    FROM jsonb_to_recordset(CAST(:recipients AS jsonb)) AS given(
        place integer, role text, team_id uuid, user_id uuid, "to" text)
    JOIN tickets t ON t.workspace_id = :workspace_id AND t.id = :ticket_id
    JOIN users u ON u.workspace_id = t.workspace_id
        AND (u.role = given.role OR u.id = given.user_id
             OR (given."to" = 'assignee' AND u.id = t.assignee_id)
             OR EXISTS (
                 SELECT FROM team_members m
                 JOIN teams l ON l.workspace_id = m.workspace_id AND l.id = m.team_id AND l.deleted_at IS NULL
                 WHERE m.workspace_id = t.workspace_id AND m.user_id = u.id
                   AND m.team_id = CASE WHEN given."to" = 'team' THEN t.team_id ELSE given.team_id END))
    WHERE u.status = 'active' AND u.role <> 'customer' AND u.deleted_at IS NULL AND {SEES}
    ORDER BY given.place, u.id
    """
)


def take_up(
    tx: Transaction, workspace_id: UUID, ticket_id: UUID, target_id: UUID, step: int, escalation_id: UUID
) -> Row[Any] | None:
    """`runs`, whether the promise still does; None where the escalation was taken up before. The ticket is
    locked."""
    keys = {"workspace_id": workspace_id, "ticket_id": ticket_id, "target_id": target_id}
    return tx.connection.execute(TAKE_UP, {**keys, "step": step, "escalation_id": escalation_id}).first()


def to_tell(
    tx: Transaction, workspace_id: UUID, ticket_id: UUID, recipients: Sequence[Mapping[str, Any]]
) -> Sequence[Row[Any]]:
    """`place id` of the active staff that recipients mean, of those who see the ticket as it is now."""
    given = [{"place": place, **recipient} for place, recipient in enumerate(recipients)]
    keys = {"workspace_id": workspace_id, "ticket_id": ticket_id, "recipients": dumps(given)}
    return tx.connection.execute(TO_TELL, keys).all()
