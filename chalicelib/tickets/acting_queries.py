"""The SQL of actions: who could watch, and the names that placeholders stand for."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import text

from chalicelib.core.db import Transaction

ACTIVE_PEOPLE = text(
    """
    SELECT u.id FROM users u
    WHERE u.workspace_id = :workspace_id AND u.id = ANY(CAST(:ids AS uuid[]))
      AND u.status <> 'deactivated' AND u.deleted_at IS NULL
    """
)
NAMES = text(
    """
    SELECT r.name AS requester, r.email, a.name AS assignee, m.name AS team, o.name AS organisation,
        to_char(CAST(:created_at AS timestamptz) AT TIME ZONE CAST(:timezone AS text), 'YYYY-MM-DD')
            AS created_on
    FROM users r
    LEFT JOIN users a ON a.workspace_id = :workspace_id AND a.id = :assignee_id
    LEFT JOIN teams m ON m.workspace_id = :workspace_id AND m.id = :team_id
    LEFT JOIN organisations o ON o.workspace_id = :workspace_id AND o.id = :organisation_id
        AND o.deleted_at IS NULL
    WHERE r.workspace_id = :workspace_id AND r.id = :requester_id
    """
)


def active_people(tx: Transaction, workspace_id: UUID, ids: Sequence[UUID]) -> set[UUID]:
    """Which of the ids are somebody of the workspace who is still here."""
    rows = tx.connection.execute(ACTIVE_PEOPLE, {"workspace_id": workspace_id, "ids": list(ids)})
    return {row.id for row in rows}


def names(tx: Transaction, keys: dict[str, Any]) -> Any:
    """`requester email assignee team organisation created_on` of a ticket, null for what it has not. `keys`:
    its columns, and the workspace's time zone."""
    return tx.connection.execute(NAMES, keys).one()
