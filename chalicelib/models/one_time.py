"""What mails make possible: one-time tokens, invitations, and sign-ups that wait for their mail."""

from sqlalchemy import BigInteger, Column, Index, LargeBinary, Table, UniqueConstraint, Uuid

from chalicelib.models.base import belongs_to, metadata, one_of, row_id, timestamp, words, workspace_key
from chalicelib.models.words import TokenPurpose, values

# One a user, renewed when it is sent again: the token that is mailed is a row of one_time_tokens.
invitations = Table(
    "invitations",
    metadata,
    workspace_key(),
    row_id(),
    Column("user_id", Uuid, nullable=False),
    # Null where an API key invited.
    Column("invited_by", Uuid),
    timestamp("created_at", now=True),
    timestamp("sent_at", now=True),
    timestamp("expires_at", nullable=False),
    timestamp("accepted_at"),
    timestamp("revoked_at"),
    belongs_to("users", "user_id", on_delete="CASCADE"),
    belongs_to("users", "invited_by"),
    UniqueConstraint("workspace_id", "user_id"),
    Index("invitations_workspace_id_created_at_idx", "workspace_id", "created_at", "id"),
)

# What a stranger chose, until the mailbox proves to be theirs. The hash is forgotten once it has served.
sign_ups = Table(
    "sign_ups",
    metadata,
    workspace_key(),
    row_id(),
    Column("user_id", Uuid, nullable=False),
    words("name"),
    words("password_hash", nullable=True),
    timestamp("created_at", now=True),
    timestamp("expires_at", nullable=False),
    belongs_to("users", "user_id", on_delete="CASCADE"),
    Index("sign_ups_workspace_id_user_id_idx", "workspace_id", "user_id"),
    Index("sign_ups_expires_at_idx", "expires_at"),
)

one_time_tokens = Table(
    "one_time_tokens",
    metadata,
    workspace_key(),
    row_id(),
    Column("user_id", Uuid, nullable=False),
    words("purpose"),
    # The event whose mail carries the token: one event, one row, however often its mail is sent.
    Column("event_id", BigInteger, nullable=False),
    Column("sign_up_id", Uuid),
    Column("digest", LargeBinary, nullable=False),
    timestamp("created_at", now=True),
    timestamp("expires_at", nullable=False),
    timestamp("used_at"),
    timestamp("revoked_at"),
    belongs_to("users", "user_id", on_delete="CASCADE"),
    belongs_to("sign_ups", "sign_up_id", on_delete="CASCADE"),
    UniqueConstraint("workspace_id", "digest"),
    UniqueConstraint("workspace_id", "event_id"),
    one_of("purpose", values(TokenPurpose)),
    Index("one_time_tokens_workspace_id_user_id_idx", "workspace_id", "user_id", "purpose"),
    Index("one_time_tokens_expires_at_idx", "expires_at"),
    # Whoever brings one names no workspace.
    Index("one_time_tokens_digest_idx", "digest"),
)
