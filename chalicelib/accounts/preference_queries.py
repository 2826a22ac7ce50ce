"""The SQL of preferences: a row for what a user wants no mail of."""

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import text

from chalicelib.core.db import Transaction

MUTED = text("SELECT kind FROM muted_mails WHERE workspace_id = :workspace_id AND user_id = :user_id")
# Two calls of one person come one after the other.
HOLD = text("SELECT FROM users WHERE workspace_id = :workspace_id AND id = :user_id FOR NO KEY UPDATE")
MUTE = text(
    """
    INSERT INTO muted_mails (workspace_id, user_id, kind)
    SELECT :workspace_id, :user_id, k FROM unnest(CAST(:off AS text[])) AS k
    ON CONFLICT DO NOTHING
    """
)
UNMUTE = text(
    """
    DELETE FROM muted_mails
    WHERE workspace_id = :workspace_id AND user_id = :user_id AND kind = ANY(CAST(:on AS text[]))
    """
)


def muted(tx: Transaction, workspace_id: UUID, user_id: UUID) -> frozenset[str]:
    """What the user wants no mail of."""
    keys = {"workspace_id": workspace_id, "user_id": user_id}
    return frozenset(tx.connection.scalars(MUTED, keys))


def mute(
    tx: Transaction, workspace_id: UUID, user_id: UUID, *, off: Sequence[str], on: Sequence[str]
) -> None:
    """Writes down what they want no mail of, and what they want again."""
    keys = {"workspace_id": workspace_id, "user_id": user_id}
    tx.connection.execute(HOLD, keys)
    if off:
        tx.connection.execute(MUTE, {**keys, "off": list(off)})
    if on:
        tx.connection.execute(UNMUTE, {**keys, "on": list(on)})
