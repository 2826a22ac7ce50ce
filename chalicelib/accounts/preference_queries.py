"""The SQL of preferences: a row for what a user wants no mail of."""

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import text

from chalicelib.core.db import Transaction

STANDING = text(
    """
    SELECT u.watched_digest, ARRAY(SELECT m.kind FROM muted_mails m WHERE m.workspace_id = u.workspace_id
                                   AND m.user_id = u.id) AS muted
    FROM users u WHERE u.workspace_id = :workspace_id AND u.id = :user_id
    """
)
GATHER = text(
    "UPDATE users SET watched_digest = :cadence WHERE workspace_id = :workspace_id AND id = :user_id"
)
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


def standing(tx: Transaction, workspace_id: UUID, user_id: UUID) -> tuple[frozenset[str], str | None]:
    """What the user wants no mail of, and how often the mails about watched tickets in one."""
    row = tx.connection.execute(STANDING, {"workspace_id": workspace_id, "user_id": user_id}).one()
    return frozenset(row.muted), row.watched_digest


def gather(tx: Transaction, workspace_id: UUID, user_id: UUID, cadence: str | None) -> None:
    """Writes down how often they want those mails in one; None: where there are many."""
    tx.connection.execute(GATHER, {"workspace_id": workspace_id, "user_id": user_id, "cadence": cadence})


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
