"""The SQL of mailboxes as a desk sets them up."""

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import Row, text, update

from chalicelib.accounts.queries import listed
from chalicelib.core.db import Transaction
from chalicelib.core.paging import Page
from chalicelib.models.mail import mailboxes

_MAILBOX = """
    b.id, b.address, b.name, b.type, b.priority, b.enabled, b.unknown_senders, b.language, b.is_default,
    b.created_at, b.updated_at, m.id AS team_id, m.name AS team_name
"""
_FROM = """mailboxes b
    LEFT JOIN teams m ON m.workspace_id = b.workspace_id AND m.id = b.team_id AND m.deleted_at IS NULL"""
_ONE = "b.workspace_id = :workspace_id AND b.id = :mailbox_id"
MAILBOX = text(f"SELECT {_MAILBOX} FROM {_FROM} WHERE {_ONE}")
LOCK = text(f"SELECT b.id FROM mailboxes b WHERE {_ONE} FOR NO KEY UPDATE")
IS_FREE = text("SELECT fn_mailbox_address_is_free(:address)")
ADD = text(
    """
    INSERT INTO mailboxes
        (workspace_id, address, name, team_id, type, priority, enabled, unknown_senders, language)
    SELECT :workspace_id, :address, :name, :team_id, :type, :priority, :enabled, :unknown_senders, :language
    FROM mailboxes b WHERE b.workspace_id = :workspace_id HAVING count(*) < :most
    RETURNING id
    """
)
DELETE = text(f"DELETE FROM mailboxes b WHERE {_ONE}")
HAS_TEAM = text(
    "SELECT EXISTS (SELECT FROM teams WHERE workspace_id = :workspace_id AND id = :team_id "
    "AND deleted_at IS NULL)"
)
SORTS = {"name": "b.name", "created_at": "b.created_at"}


def mailbox(tx: Transaction, workspace_id: UUID, mailbox_id: UUID) -> Row[Any] | None:
    keys = {"workspace_id": workspace_id, "mailbox_id": mailbox_id}
    return tx.connection.execute(MAILBOX, keys).first()


def lock(tx: Transaction, workspace_id: UUID, mailbox_id: UUID) -> bool:
    """Holds it against whoever else changes it; False where there is none."""
    keys = {"workspace_id": workspace_id, "mailbox_id": mailbox_id}
    return tx.connection.execute(LOCK, keys).first() is not None


def list_mailboxes(
    tx: Transaction, workspace_id: UUID, page: Page, sort: str, after: Sequence[Any] | None
) -> Sequence[Row[Any]]:
    conditions, keys = ["b.workspace_id = :workspace_id"], {"workspace_id": workspace_id}
    return listed(tx, _MAILBOX, _FROM, conditions, keys, page, sort, SORTS, "b.id", after)


def has_team(tx: Transaction, workspace_id: UUID, team_id: UUID) -> bool:
    return bool(tx.connection.scalar(HAS_TEAM, {"workspace_id": workspace_id, "team_id": team_id}))


def is_free(tx: Transaction, address: str) -> bool:
    """Whether no workspace has the address; until the end of the transaction nobody else takes it."""
    return bool(tx.connection.scalar(IS_FREE, {"address": address}))


def add(tx: Transaction, workspace_id: UUID, facts: Mapping[str, Any], most: int) -> UUID | None:
    """`facts`: address, name, team_id, type, priority, enabled, unknown_senders, language. None where there
    are as many as there may be."""
    made: UUID | None = tx.connection.scalar(ADD, {"workspace_id": workspace_id, "most": most, **facts})
    return made


def change(tx: Transaction, workspace_id: UUID, mailbox_id: UUID, values: Mapping[str, Any]) -> None:
    one = (mailboxes.c.workspace_id == workspace_id, mailboxes.c.id == mailbox_id)
    tx.connection.execute(update(mailboxes).where(*one).values(**values, updated_at=text("now()")))


def delete(tx: Transaction, workspace_id: UUID, mailbox_id: UUID) -> None:
    tx.connection.execute(DELETE, {"workspace_id": workspace_id, "mailbox_id": mailbox_id})
