"""Texts that a desk writes for its mails itself."""

from sqlalchemy import Column, Integer, Table, UniqueConstraint

from chalicelib.models.base import metadata, of_workspace, one_of, row_id, timestamp, words, workspace_key

# `kind` as notifications/mail_kinds.py names it. What failed while a mail was written is told once a version.
mail_templates = Table(
    "mail_templates",
    metadata,
    workspace_key(),
    row_id(),
    words("kind"),
    words("language"),
    Column("version", Integer, nullable=False, server_default="1"),
    words("subject"),
    words("body_text"),
    words("body_html", nullable=True),
    timestamp("failed_at"),
    words("failure", nullable=True),
    timestamp("created_at", now=True),
    timestamp("updated_at", now=True),
    of_workspace(),
    UniqueConstraint("workspace_id", "kind", "language"),
    one_of("language", ("en", "es")),
)
