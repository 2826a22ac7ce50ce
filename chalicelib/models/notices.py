"""Mails that were decided on: one row for each that tells an event to a user, and what became of it."""

from sqlalchemy import BigInteger, Column, Index, Integer, Table, UniqueConstraint, Uuid

from chalicelib.models.base import belongs_to, metadata, one_of, row_id, timestamp, words, workspace_key
from chalicelib.models.words import MailStatus, values

notifications = Table(
    "notifications",
    metadata,
    workspace_key(),
    row_id(),
    Column("event_id", BigInteger, nullable=False),
    Column("user_id", Uuid, nullable=False),
    Column("ticket_id", Uuid),
    Column("sequence", Integer),
    words("kind"),
    # Of a ticket: what it told, and what its reader was to the ticket.
    words("occasion", nullable=True),
    words("part", nullable=True),
    # What newer news of the same ticket overrules; null for what is always told.
    words("topic", nullable=True),
    words("status", "claimed"),
    words("message_id"),
    # What the mail provider calls it: bounces name it so.
    words("provider_id", nullable=True),
    timestamp("created_at", now=True),
    timestamp("claimed_at", now=True),
    timestamp("sent_at"),
    # When what is gathered is sent, in one mail with the rest: then it has the event of that mail.
    timestamp("due_at"),
    Column("digest_id", BigInteger),
    belongs_to("users", "user_id", on_delete="CASCADE"),
    belongs_to("tickets", "ticket_id", on_delete="CASCADE"),
    UniqueConstraint("workspace_id", "event_id", "user_id"),
    # Suppressed: one too many for its address, or an address from which mails come back.
    one_of("status", values(MailStatus)),
    Index(
        "notifications_workspace_id_ticket_id_idx",
        "workspace_id",
        "ticket_id",
        "user_id",
        "topic",
        "sequence",
    ),
    Index("notifications_workspace_id_created_at_idx", "workspace_id", "created_at", "id"),
    Index("notifications_workspace_id_user_id_created_at_idx", "workspace_id", "user_id", "created_at", "id"),
    # What replies and bounces name.
    Index("notifications_workspace_id_message_id_idx", "workspace_id", "message_id"),
)
Index(
    "notifications_workspace_id_provider_id_idx",
    notifications.c.workspace_id,
    notifications.c.provider_id,
    postgresql_where=notifications.c.provider_id.is_not(None),
)
Index(
    "notifications_due_at_idx", notifications.c.due_at, postgresql_where=notifications.c.due_at.is_not(None)
)
Index(
    "notifications_waiting_idx",
    notifications.c.workspace_id,
    notifications.c.user_id,
    postgresql_where=notifications.c.due_at.is_not(None),
)
Index(
    "notifications_workspace_id_digest_id_idx",
    notifications.c.workspace_id,
    notifications.c.digest_id,
    postgresql_where=notifications.c.digest_id.is_not(None),
)
