"""The SQL of texts that a desk writes for its mails itself."""

from collections.abc import Collection, Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import Row, text

from chalicelib.core.db import Transaction
from chalicelib.notifications.facts import Brand
from chalicelib.notifications.texts import Failure, OwnText

TEXTS = text(
    """
    SELECT id, kind, language, version, subject, body_text, body_html FROM mail_templates
    WHERE workspace_id = :workspace_id AND language = :language AND kind = ANY(CAST(:kinds AS text[]))
    """
)
KEPT = text(
    """
    SELECT kind, language, version, updated_at, failed_at, failure FROM mail_templates
    WHERE workspace_id = :workspace_id
    """
)
ONE = """
    SELECT id, kind, language, version, subject, body_text, body_html, updated_at, failed_at, failure
    FROM mail_templates WHERE workspace_id = :workspace_id AND kind = :kind AND language = :language
"""
TEMPLATE = text(ONE)
LOCKED = text(f"{ONE} FOR UPDATE")
ADD = text(
    """
    INSERT INTO mail_templates (workspace_id, kind, language, subject, body_text, body_html)
    VALUES (:workspace_id, :kind, :language, :subject, :text, :html)
    ON CONFLICT (workspace_id, kind, language) DO NOTHING RETURNING id
    """
)
CHANGE = text(
    """
    UPDATE mail_templates SET subject = :subject, body_text = :text, body_html = :html, version = version + 1,
        updated_at = now(), failed_at = NULL, failure = NULL
    WHERE workspace_id = :workspace_id AND id = :id
    """
)
DELETE = text("DELETE FROM mail_templates WHERE workspace_id = :workspace_id AND id = :id")
# Once a version, however many mails of it fail, at the same time too.
FAILED = text(
    """
    UPDATE mail_templates SET failed_at = now(), failure = :reason
    WHERE workspace_id = :workspace_id AND id = :id AND version = :version AND failed_at IS NULL
    RETURNING id
    """
)
FAILING = text(
    """
    SELECT t.failure, w.brand_color, w.brand_logo_url, w.brand_footer
    FROM mail_templates t JOIN workspaces w ON w.id = t.workspace_id
    WHERE t.workspace_id = :workspace_id AND t.id = :id AND t.version = :version AND t.failed_at IS NOT NULL
    """
)
# The last words of a ticket that a mail would repeat.
LAST_COMMENT = text(
    """
    SELECT id FROM comments
    WHERE workspace_id = :workspace_id AND ticket_id = :ticket_id AND visibility = :visibility
      AND deleted_at IS NULL
    ORDER BY created_at DESC, id DESC LIMIT 1
    """
)


def texts(tx: Transaction, workspace_id: UUID, language: str, kinds: Collection[str]) -> dict[str, OwnText]:
    """The texts of these kinds that there are, by kind."""
    values = {"workspace_id": workspace_id, "language": language, "kinds": sorted(kinds)}
    return {row.kind: own(row) for row in tx.connection.execute(TEXTS, values)}


def own(row: Row[Any]) -> OwnText:
    return OwnText(row.kind, row.language, row.subject, row.body_text, row.body_html, row.id, row.version)


def kept(tx: Transaction, workspace_id: UUID) -> Sequence[Row[Any]]:
    """All of them, without their words."""
    return tx.connection.execute(KEPT, {"workspace_id": workspace_id}).all()


def template(
    tx: Transaction, workspace_id: UUID, kind: str, language: str, *, lock: bool = False
) -> Row[Any] | None:
    values = {"workspace_id": workspace_id, "kind": kind, "language": language}
    return tx.connection.execute(LOCKED if lock else TEMPLATE, values).first()


def add(tx: Transaction, workspace_id: UUID, words: OwnText) -> UUID | None:
    """None where somebody else has just added one."""
    values = {"workspace_id": workspace_id, "kind": words.kind, "language": words.language}
    found: UUID | None = tx.connection.execute(ADD, {**values, **_words(words)}).scalar_one_or_none()
    return found


def change(tx: Transaction, workspace_id: UUID, template_id: UUID, words: OwnText) -> None:
    tx.connection.execute(CHANGE, {"workspace_id": workspace_id, "id": template_id, **_words(words)})


def delete(tx: Transaction, workspace_id: UUID, template_id: UUID) -> None:
    tx.connection.execute(DELETE, {"workspace_id": workspace_id, "id": template_id})


def failed(tx: Transaction, workspace_id: UUID, failure: Failure) -> bool:
    """Whether it is the first time that this version failed."""
    values = {"id": failure.text.id, "version": failure.text.version, "reason": failure.reason}
    return tx.connection.execute(FAILED, {"workspace_id": workspace_id, **values}).first() is not None


def failing(tx: Transaction, workspace_id: UUID, template_id: UUID, version: int) -> tuple[str, Brand] | None:
    """Why this version failed, and how the workspace's mails look; None where it is another by now."""
    values = {"workspace_id": workspace_id, "id": template_id, "version": version}
    row = tx.connection.execute(FAILING, values).first()
    return row and (row.failure, Brand(row.brand_color, row.brand_logo_url, row.brand_footer))


def last_comment(tx: Transaction, workspace_id: UUID, ticket_id: UUID, visibility: str) -> UUID | None:
    values = {"workspace_id": workspace_id, "ticket_id": ticket_id, "visibility": visibility}
    found: UUID | None = tx.connection.execute(LAST_COMMENT, values).scalar_one_or_none()
    return found


def _words(words: OwnText) -> dict[str, Any]:
    return {"subject": words.subject, "text": words.text, "html": words.html}
