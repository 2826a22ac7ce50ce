"""Mail in: the addresses of a desk, and every message that came to them."""

from sqlalchemy import (
    ARRAY,
    BigInteger,
    Boolean,
    CheckConstraint,
    Column,
    Index,
    Integer,
    Table,
    Text,
    UniqueConstraint,
    Uuid,
    false,
    text,
    true,
)

from chalicelib.models.base import (
    belongs_to,
    metadata,
    of_workspace,
    one_of,
    row_id,
    timestamp,
    words,
    workspace_key,
)
from chalicelib.models.words import Arrival, Priority, TicketType, UnknownSenders, values

# The address of the default one is the workspace's slug at the deployment's domain, and so not kept.
mailboxes = Table(
    "mailboxes",
    metadata,
    workspace_key(),
    row_id(),
    words("address", nullable=True),
    words("name"),
    Column("team_id", Uuid),
    words("type", "question"),
    words("priority", "medium"),
    Column("enabled", Boolean, nullable=False, server_default=true()),
    words("unknown_senders", "accept"),
    # Of what is written to those who come by it; the workspace's where null.
    words("language", nullable=True),
    Column("is_default", Boolean, nullable=False, server_default=false()),
    timestamp("created_at", now=True),
    timestamp("updated_at", now=True),
    of_workspace(),
    belongs_to("teams", "team_id", on_delete="SET NULL (team_id)"),
    UniqueConstraint("workspace_id", "address"),
    one_of("type", values(TicketType)),
    one_of("priority", values(Priority)),
    one_of("unknown_senders", values(UnknownSenders)),
    one_of("language", ("en", "es")),
    CheckConstraint("address = lower(address)", name="address"),
    CheckConstraint("(address IS NULL) = is_default", name="own_address"),
)
Index(
    "mailboxes_workspace_id_default_key",
    mailboxes.c.workspace_id,
    unique=True,
    postgresql_where=mailboxes.c.is_default,
)
# Whoever writes names no workspace.
Index("mailboxes_address_idx", mailboxes.c.address, postgresql_where=mailboxes.c.address.is_not(None))

# The mail as it came is an object of the bucket, `object_key`; a trigger has it deleted after its row.
inbound_messages = Table(
    "inbound_messages",
    metadata,
    workspace_key(),
    row_id(),
    Column("mailbox_id", Uuid),
    words("object_key"),
    Column("size", BigInteger, nullable=False),
    # A digest of what makes it the same mail: its sender and its Message-ID, else all of it.
    words("dedupe_key"),
    words("message_id", nullable=True),
    words("from_address", nullable=True),
    words("from_name", nullable=True),
    words("subject", nullable=True),
    # The whole text, where the comment has less of it or there is none.
    words("body", nullable=True),
    # To and Cc: who may answer.
    Column("recipients", ARRAY(Text), nullable=False, server_default=text("'{}'")),
    Column("automatic", Boolean, nullable=False, server_default=false()),
    Column("authenticated", Boolean, nullable=False, server_default=false()),
    Column("files", Integer, nullable=False, server_default="0"),
    # Links of ours that let in whoever has them: what was made of it is without them.
    Column("holds_links", Boolean, nullable=False, server_default=false()),
    words("outcome"),
    words("reason", nullable=True),
    # Who sent it, where that is a person of the workspace.
    Column("user_id", Uuid),
    Column("ticket_id", Uuid),
    Column("comment_id", Uuid),
    timestamp("received_at", now=True),
    timestamp("decided_at"),
    # The user or API key that released or dropped it.
    Column("decided_by", Uuid),
    of_workspace(),
    belongs_to("mailboxes", "mailbox_id", on_delete="SET NULL (mailbox_id)"),
    belongs_to("users", "user_id", on_delete="CASCADE"),
    belongs_to("tickets", "ticket_id", on_delete="CASCADE"),
    belongs_to("comments", "comment_id", on_delete="SET NULL (comment_id)"),
    one_of("outcome", values(Arrival)),
    CheckConstraint("octet_length(body) <= 65536", name="body"),
    CheckConstraint("size >= 0", name="size"),
    CheckConstraint("outcome <> 'quarantined' OR reason IS NOT NULL", name="reason"),
)
_c = inbound_messages.c
Index(
    "inbound_messages_workspace_id_once_key",
    _c.workspace_id,
    _c.mailbox_id,
    _c.dedupe_key,
    unique=True,
    postgresql_where=_c.outcome != "duplicate",
)
Index("inbound_messages_workspace_id_object_key", _c.workspace_id, _c.mailbox_id, _c.object_key, unique=True)
for _column in ("message_id", "ticket_id", "comment_id", "user_id"):
    Index(
        f"inbound_messages_workspace_id_{_column}_idx",
        _c.workspace_id,
        _c[_column],
        postgresql_where=_c[_column].is_not(None),
    )
Index(
    "inbound_messages_quarantined_idx",
    _c.workspace_id,
    _c.received_at,
    _c.id,
    postgresql_where=_c.outcome == "quarantined",
)
# What is purged.
Index(
    "inbound_messages_done_with_idx",
    _c.received_at,
    postgresql_where=_c.outcome.in_(("quarantined", "dropped", "kept", "duplicate")),
)
