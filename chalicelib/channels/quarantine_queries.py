"""The SQL of quarantine: what waits there, and what was decided of it."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import Row, text

from chalicelib.accounts.queries import listed
from chalicelib.core.db import Transaction
from chalicelib.core.paging import Page

_MESSAGE = """
    q.id, q.reason, q.outcome, q.from_address, q.from_name, q.subject, q.size, q.files, q.automatic,
    q.authenticated, q.received_at, q.decided_at, q.ticket_id, q.comment_id, b.id AS mailbox_id,
    b.name AS mailbox_name
"""
_FROM = """inbound_messages q
    LEFT JOIN mailboxes b ON b.workspace_id = q.workspace_id AND b.id = q.mailbox_id"""
_ONE = "q.workspace_id = :workspace_id AND q.id = :message_id AND q.reason IS NOT NULL"
MESSAGE = text(
    f"SELECT {_MESSAGE}, q.body, q.recipients, q.message_id AS id_of_mail FROM {_FROM} WHERE {_ONE}"
)
HOLD = text(f"SELECT q.outcome, q.reason, q.decided_at FROM inbound_messages q WHERE {_ONE} FOR UPDATE")
DECIDE = text(
    """
    UPDATE inbound_messages q SET outcome = :outcome, decided_by = CAST(:by AS uuid),
        decided_at = CASE WHEN :decided THEN now() END
    WHERE q.workspace_id = :workspace_id AND q.id = :message_id
    """
)
# The workspace's own mailbox, where the one that it came to is gone.
TO_RELEASE = text(
    """
    SELECT q.id, q.object_key, q.outcome, q.reason, q.decided_at, coalesce(q.mailbox_id, (
        SELECT b.id FROM mailboxes b WHERE b.workspace_id = q.workspace_id AND b.is_default)) AS mailbox_id
    FROM inbound_messages q
    WHERE q.workspace_id = :workspace_id AND q.id = :message_id FOR UPDATE
    """
)
SORTS = {"received_at": "q.received_at"}


def message(tx: Transaction, workspace_id: UUID, message_id: UUID) -> Row[Any] | None:
    """A mail that is or was in quarantine."""
    keys = {"workspace_id": workspace_id, "message_id": message_id}
    return tx.connection.execute(MESSAGE, keys).first()


def hold(tx: Transaction, workspace_id: UUID, message_id: UUID) -> Row[Any] | None:
    """What stands of it, held against whoever else decides: `outcome reason decided_at`."""
    return tx.connection.execute(HOLD, {"workspace_id": workspace_id, "message_id": message_id}).first()


def list_messages(
    tx: Transaction,
    workspace_id: UUID,
    reason: str | None,
    page: Page,
    sort: str,
    after: Sequence[Any] | None,
) -> Sequence[Row[Any]]:
    conditions = ["q.workspace_id = :workspace_id", "q.outcome = 'quarantined'"]
    keys: dict[str, Any] = {"workspace_id": workspace_id}
    if reason is not None:
        conditions.append("q.reason = :reason")
        keys["reason"] = reason
    return listed(tx, _MESSAGE, _FROM, conditions, keys, page, sort, SORTS, "q.id", after)


def decide(
    tx: Transaction, workspace_id: UUID, message_id: UUID, outcome: str, by: UUID | None, *, decided: bool
) -> None:
    """Writes a decision down, or takes it back."""
    keys = {"workspace_id": workspace_id, "message_id": message_id}
    tx.connection.execute(DECIDE, {**keys, "outcome": outcome, "by": by, "decided": decided})


def to_release(tx: Transaction, workspace_id: UUID, message_id: UUID) -> Row[Any] | None:
    """A mail that is to be taken in: `id object_key outcome reason decided_at mailbox_id`, held."""
    keys = {"workspace_id": workspace_id, "message_id": message_id}
    return tx.connection.execute(TO_RELEASE, keys).first()
