"""The SQL of the mails behind a ticket: those that opened it, and those that its comments were."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import Row, text

from chalicelib.accounts.queries import listed
from chalicelib.core.db import Transaction
from chalicelib.core.paging import Page

# Where a comment is now, its mail is: splits move comments. What was taken back is nobody's to read.
_FROM = """(
        SELECT i.*, NULL::text AS said FROM inbound_messages i
        WHERE i.workspace_id = :workspace_id AND i.ticket_id = :ticket_id AND i.comment_id IS NULL
          AND i.outcome IN ('ticket', 'follow_up', 'kept')
        UNION ALL
        SELECT i.*, c.body FROM comments c
        JOIN inbound_messages i ON i.workspace_id = c.workspace_id AND i.comment_id = c.id
        WHERE c.workspace_id = :workspace_id AND c.ticket_id = :ticket_id AND c.source = 'email'
          AND c.deleted_at IS NULL
    ) AS m
    LEFT JOIN mailboxes b ON b.workspace_id = m.workspace_id AND b.id = m.mailbox_id"""
_MAIL = """
    m.id, m.comment_id, m.from_address, m.from_name, m.recipients, m.subject, m.message_id, m.size, m.files,
    m.automatic, m.authenticated, m.received_at, b.id AS mailbox_id, b.name AS mailbox_name
"""
# As it came nobody can take words out of it: it is shown unless it holds what lets somebody in, files of it
# are not known to be clean, or somebody was erased since. Nor is it there for ever.
ONE = text(
    f"""
    SELECT {_MAIL}, m.object_key, coalesce(m.body, m.said, (
            SELECT t.description FROM tickets t
            WHERE t.workspace_id = m.workspace_id AND t.id = m.ticket_id AND m.outcome <> 'kept')) AS text,
        NOT m.holds_links AND m.received_at > now() - make_interval(days => :kept_days)
        AND NOT EXISTS (
            SELECT FROM attachments f
            WHERE f.workspace_id = m.workspace_id AND f.scan <> 'clean'
              AND CASE WHEN m.comment_id IS NULL THEN f.ticket_id = m.ticket_id AND f.comment_id IS NULL
                       ELSE f.comment_id = m.comment_id END)
        AND NOT EXISTS (
            SELECT FROM erasures e WHERE e.workspace_id = m.workspace_id AND e.erased_at > m.received_at
        ) AS is_shown_raw
    FROM {_FROM} WHERE m.id = :mail_id
    """
)
SORTS = {"received_at": "m.received_at"}


def list_mails(
    tx: Transaction, workspace_id: UUID, ticket_id: UUID, page: Page, sort: str, after: Sequence[Any] | None
) -> Sequence[Row[Any]]:
    keys = {"workspace_id": workspace_id, "ticket_id": ticket_id}
    return listed(tx, _MAIL, _FROM, ["true"], keys, page, sort, SORTS, "m.id", after)


def mail(
    tx: Transaction, workspace_id: UUID, ticket_id: UUID, mail_id: UUID, kept_days: int
) -> Row[Any] | None:
    """One of them with its `text`, `object_key` and whether it `is_shown_raw`."""
    keys = {"workspace_id": workspace_id, "ticket_id": ticket_id, "mail_id": mail_id}
    return tx.connection.execute(ONE, {**keys, "kept_days": kept_days}).first()
