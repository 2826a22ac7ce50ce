"""Files of tickets and comments. The files themselves are objects in a bucket, each under `workspace/id`."""

from sqlalchemy import BigInteger, CheckConstraint, Column, DateTime, Index, Table, Uuid

from chalicelib.models.base import (
    NOW,
    belongs_to,
    metadata,
    of_workspace,
    one_of,
    row_id,
    timestamp,
    words,
    workspace_key,
)
from chalicelib.models.words import Scan, Upload, values

attachments = Table(
    "attachments",
    metadata,
    workspace_key(),
    row_id(),
    Column("ticket_id", Uuid, nullable=False),
    # Null for a file of the ticket itself.
    Column("comment_id", Uuid),
    Column("uploaded_by", Uuid),
    # In place of a person, where a program sent it.
    Column("api_key_id", Uuid),
    words("file_name"),
    words("content_type"),
    Column("size", BigInteger, nullable=False),
    words("state", "awaiting"),
    words("scan", "pending"),
    # The version of the object that counts: what was scanned is what is fetched, whatever is sent later.
    words("object_version", nullable=True),
    timestamp("created_at", now=True),
    timestamp("uploaded_at"),
    of_workspace(),
    belongs_to("tickets", "ticket_id", on_delete="CASCADE"),
    belongs_to("comments", "comment_id", on_delete="CASCADE"),
    belongs_to("users", "uploaded_by"),
    belongs_to("api_keys", "api_key_id"),
    one_of("state", values(Upload)),
    one_of("scan", values(Scan)),
    CheckConstraint("octet_length(file_name) BETWEEN 1 AND 255", name="file_name"),
    CheckConstraint("octet_length(content_type) BETWEEN 3 AND 255", name="content_type"),
    CheckConstraint("size BETWEEN 1 AND 26214400", name="size"),
    CheckConstraint("uploaded_by IS NULL OR api_key_id IS NULL", name="one_uploader"),
    CheckConstraint("(uploaded_at IS NOT NULL) = (state = 'uploaded')", name="uploaded_at"),
    CheckConstraint("object_version IS NOT NULL OR state = 'awaiting'", name="object_version"),
    Index("attachments_workspace_id_ticket_id_idx", "workspace_id", "ticket_id", "created_at", "id"),
)
Index(
    "attachments_workspace_id_comment_id_idx",
    attachments.c.workspace_id,
    attachments.c.comment_id,
    postgresql_where=attachments.c.comment_id.is_not(None),
)
Index(
    "attachments_workspace_id_uploaded_by_idx",
    attachments.c.workspace_id,
    attachments.c.uploaded_by,
    postgresql_where=attachments.c.uploaded_by.is_not(None),
)
Index(
    "attachments_awaiting_idx", attachments.c.created_at, postgresql_where=attachments.c.state == "awaiting"
)

# Objects whose row is gone, until they are gone too. They outlive the workspace: nothing else knows of them.
discarded_files = Table(
    "discarded_files",
    metadata,
    workspace_key(),
    Column("id", Uuid, primary_key=True),
    timestamp("discarded_at", now=True),
    Column("leased_until", DateTime(timezone=True), nullable=False, server_default=NOW),
    # Of a mail as it came, which is in a bucket of its own; null for a file, whose key is made of its ids.
    words("object_key", nullable=True),
    Index("discarded_files_leased_until_idx", "leased_until"),
)
