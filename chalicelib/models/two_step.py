"""The second step of signing in: what makes the codes, codes for a lost device, open sign-ins."""

from sqlalchemy import BigInteger, CheckConstraint, Column, Index, LargeBinary, Table, UniqueConstraint, Uuid

from chalicelib.models.base import belongs_to, metadata, row_id, timestamp, workspace_key

# One a user; `users.two_step_enabled_at` says since when it counts. `secret` and `pending_secret` are sealed:
# the pending one takes the other's place once a code of it has come back. `last_step` is that of the last
# code that was taken: none of it or before is good again.
totp_authenticators = Table(
    "totp_authenticators",
    metadata,
    workspace_key(),
    Column("user_id", Uuid, primary_key=True),
    Column("secret", LargeBinary),
    Column("last_step", BigInteger, nullable=False, server_default="0"),
    Column("pending_secret", LargeBinary),
    timestamp("pending_at"),
    belongs_to("users", "user_id", on_delete="CASCADE"),
    CheckConstraint("(pending_secret IS NULL) = (pending_at IS NULL)", name="pending_at"),
)

# Each good once.
recovery_codes = Table(
    "recovery_codes",
    metadata,
    workspace_key(),
    row_id(),
    Column("user_id", Uuid, nullable=False),
    Column("digest", LargeBinary, nullable=False),
    timestamp("created_at", now=True),
    timestamp("used_at"),
    belongs_to("users", "user_id", on_delete="CASCADE"),
    UniqueConstraint("workspace_id", "user_id", "digest"),
)

# The password was right; the row goes when the code comes, or soon after it is over.
sign_in_challenges = Table(
    "sign_in_challenges",
    metadata,
    workspace_key(),
    row_id(),
    Column("user_id", Uuid, nullable=False),
    Column("digest", LargeBinary, nullable=False),
    timestamp("created_at", now=True),
    timestamp("expires_at", nullable=False),
    belongs_to("users", "user_id", on_delete="CASCADE"),
    UniqueConstraint("workspace_id", "digest"),
    Index("sign_in_challenges_workspace_id_user_id_idx", "workspace_id", "user_id"),
    Index("sign_in_challenges_expires_at_idx", "expires_at"),
    # Whoever brings one names no workspace.
    Index("sign_in_challenges_digest_idx", "digest"),
)
