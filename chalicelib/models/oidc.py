"""Sign-in with an OpenID provider: that of a workspace, who its subjects are here, sign-ins under way."""

from sqlalchemy import (
    ARRAY,
    Boolean,
    CheckConstraint,
    Column,
    Index,
    LargeBinary,
    Table,
    Text,
    UniqueConstraint,
    Uuid,
    false,
    true,
)
from sqlalchemy.dialects.postgresql import JSONB

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

# One a workspace. What the provider says of itself is read when an administrator saves.
oidc_providers = Table(
    "oidc_providers",
    metadata,
    workspace_key(),
    words("issuer"),
    words("client_id"),
    # Sealed; see accounts/sealing.py.
    Column("client_secret", LargeBinary),
    Column("scopes", ARRAY(Text), nullable=False),
    Column("redirect_uris", ARRAY(Text), nullable=False),
    words("role_claim", nullable=True),
    Column("role_mapping", JSONB, nullable=False, server_default="{}"),
    words("default_role", nullable=True),
    Column("create_users", Boolean, nullable=False, server_default=false()),
    Column("email_domains", ARRAY(Text), nullable=False, server_default="{}"),
    words("email_verified_claim", "email_verified"),
    Column("enabled", Boolean, nullable=False, server_default=true()),
    words("authorization_endpoint"),
    words("token_endpoint"),
    words("jwks_uri"),
    # How a secret is shown, where there is one; else the client is a public one.
    words("client_authentication"),
    # Whether it names itself in its answers (RFC 9207).
    Column("sends_issuer", Boolean, nullable=False, server_default=false()),
    timestamp("discovered_at", now=True),
    timestamp("created_at", now=True),
    timestamp("updated_at", now=True),
    of_workspace(),
    one_of("default_role", ("admin", "dispatcher", "agent", "customer")),
    one_of("client_authentication", ("client_secret_basic", "client_secret_post")),
    CheckConstraint("cardinality(redirect_uris) > 0", name="redirect_uris"),
)

# Who a subject of an issuer is here: emails change hands, subjects never do (OpenID Connect Core §5.7).
oidc_identities = Table(
    "oidc_identities",
    metadata,
    workspace_key(),
    row_id(),
    Column("user_id", Uuid, nullable=False),
    words("issuer"),
    words("subject"),
    timestamp("created_at", now=True),
    timestamp("last_used_at", now=True),
    belongs_to("users", "user_id", on_delete="CASCADE"),
    UniqueConstraint("workspace_id", "issuer", "subject"),
    UniqueConstraint("workspace_id", "user_id", "issuer"),
)

# Between the way to the provider and the way back: digests alone, and the verifier sealed.
oidc_sign_ins = Table(
    "oidc_sign_ins",
    metadata,
    workspace_key(),
    row_id(),
    words("issuer"),
    words("redirect_uri"),
    Column("state_digest", LargeBinary, nullable=False),
    Column("binding_digest", LargeBinary, nullable=False),
    Column("nonce_digest", LargeBinary, nullable=False),
    Column("verifier", LargeBinary, nullable=False),
    timestamp("created_at", now=True),
    timestamp("expires_at", nullable=False),
    timestamp("used_at"),
    of_workspace(),
    UniqueConstraint("workspace_id", "state_digest"),
    Index("oidc_sign_ins_expires_at_idx", "expires_at"),
    # Whoever comes back names no workspace.
    Index("oidc_sign_ins_state_digest_idx", "state_digest"),
)
