"""The SQL of unsubscribing: what the link of a mail may show, and the key that it is signed with."""

from typing import Any

from sqlalchemy import text

from chalicelib.core.db import Transaction
from chalicelib.core.signed_links import Link

STANDING = text(
    """
    SELECT w.mail_key, w.name AS workspace, w.language, w.brand_color, t.label, u.id IS NOT NULL AS is_here,
        EXISTS (SELECT FROM ticket_watchers o WHERE o.workspace_id = w.id AND o.ticket_id = t.id
                AND o.user_id = u.id) AS watches,
        EXISTS (SELECT FROM muted_mails m WHERE m.workspace_id = w.id AND m.user_id = u.id
                AND m.kind = 'watched') AS muted
    FROM workspaces w
    LEFT JOIN users u ON u.workspace_id = w.id AND u.id = :user_id AND u.deleted_at IS NULL
    LEFT JOIN tickets t ON t.workspace_id = w.id AND t.id = CAST(:ticket_id AS uuid) AND t.deleted_at IS NULL
    WHERE w.id = :workspace_id
    """
)


def standing(tx: Transaction, link: Link) -> Any:
    """`mail_key workspace language brand_color label is_here watches muted`; the label is null without a
    ticket, or where it is gone. The transaction must have entered the workspace."""
    return tx.connection.execute(
        STANDING,
        {"workspace_id": link.workspace_id, "user_id": link.user_id, "ticket_id": link.ticket_id},
    ).one()
