"""The SQL of signing in with an OpenID provider."""

import json
from collections.abc import Mapping
from typing import Any
from uuid import UUID

from sqlalchemy import Row, text

from chalicelib.core.db import Transaction

# The provider

_COLUMNS = """
    issuer, client_id, client_secret, scopes, redirect_uris, role_claim, role_mapping, default_role,
    create_users, email_domains, email_verified_claim, enabled, authorization_endpoint, token_endpoint,
    jwks_uri, client_authentication, sends_issuer, discovered_at, created_at, updated_at
"""
PROVIDER = text(f"SELECT {_COLUMNS} FROM oidc_providers WHERE workspace_id = :workspace_id")
LOCK_PROVIDER = text(
    f"SELECT {_COLUMNS} FROM oidc_providers WHERE workspace_id = :workspace_id FOR NO KEY UPDATE"
)
PUT_PROVIDER = text(
    f"""
    INSERT INTO oidc_providers AS p
        (workspace_id, issuer, client_id, client_secret, scopes, redirect_uris, role_claim, role_mapping,
         default_role, create_users, email_domains, email_verified_claim, enabled, authorization_endpoint,
         token_endpoint, jwks_uri, client_authentication, sends_issuer, discovered_at)
    VALUES
        (:workspace_id, :issuer, :client_id, :client_secret, CAST(:scopes AS text[]),
         CAST(:redirect_uris AS text[]), :role_claim, CAST(:role_mapping AS jsonb), :default_role,
         :create_users, CAST(:email_domains AS text[]), :email_verified_claim, :enabled,
         :authorization_endpoint, :token_endpoint, :jwks_uri, :client_authentication, :sends_issuer,
         CASE WHEN :discovered THEN now() ELSE CAST(:discovered_at AS timestamptz) END)
    ON CONFLICT (workspace_id) DO UPDATE SET
        issuer = excluded.issuer, client_id = excluded.client_id, client_secret = excluded.client_secret,
        scopes = excluded.scopes, redirect_uris = excluded.redirect_uris, role_claim = excluded.role_claim,
        role_mapping = excluded.role_mapping, default_role = excluded.default_role,
        create_users = excluded.create_users, email_domains = excluded.email_domains,
        email_verified_claim = excluded.email_verified_claim, enabled = excluded.enabled,
        authorization_endpoint = excluded.authorization_endpoint, token_endpoint = excluded.token_endpoint,
        jwks_uri = excluded.jwks_uri, client_authentication = excluded.client_authentication,
        sends_issuer = excluded.sends_issuer, discovered_at = excluded.discovered_at, updated_at = now()
    RETURNING {_COLUMNS}
    """
)
HAS_ADMIN_WITH_PASSWORD = text(
    """
    SELECT EXISTS (SELECT FROM users WHERE workspace_id = :workspace_id AND deleted_at IS NULL
                   AND role = 'admin' AND status = 'active' AND password_hash IS NOT NULL)
    """
)
DELETE_PROVIDER = text(f"DELETE FROM oidc_providers WHERE workspace_id = :workspace_id RETURNING {_COLUMNS}")


def provider(tx: Transaction, workspace_id: UUID, *, lock: bool = False) -> Row[Any] | None:
    """The workspace's provider; `lock` makes others who lock it wait until the end."""
    statement = LOCK_PROVIDER if lock else PROVIDER
    return tx.connection.execute(statement, {"workspace_id": workspace_id}).first()


def put_provider(
    tx: Transaction, workspace_id: UUID, values: Mapping[str, Any], *, discovered: bool
) -> Row[Any]:
    """The provider as it is now; `discovered` dates what it says of itself."""
    keys = {"workspace_id": workspace_id, "discovered": discovered}
    mapping = json.dumps(values["role_mapping"])
    return tx.connection.execute(PUT_PROVIDER, {**values, **keys, "role_mapping": mapping}).one()


def delete_provider(tx: Transaction, workspace_id: UUID) -> Row[Any] | None:
    return tx.connection.execute(DELETE_PROVIDER, {"workspace_id": workspace_id}).first()


def has_admin_with_password(tx: Transaction, workspace_id: UUID) -> bool:
    return bool(tx.connection.scalar(HAS_ADMIN_WITH_PASSWORD, {"workspace_id": workspace_id}))


# Sign-ins under way

BEGIN = text(
    """
    INSERT INTO oidc_sign_ins (workspace_id, issuer, redirect_uri, state_digest, binding_digest, nonce_digest,
                               verifier, expires_at)
    VALUES (:workspace_id, :issuer, :redirect_uri, :state_digest, :binding_digest, :nonce_digest, :verifier,
            now() + make_interval(secs => :seconds))
    """
)
WORKSPACE_OF = text("SELECT fn_oidc_sign_in_workspace(:state_digest)")
# Of two who bring the same state, the second waits here and finds it used.
CLAIM = text(
    """
    UPDATE oidc_sign_ins SET used_at = now()
    WHERE workspace_id = :workspace_id AND state_digest = :state_digest
      AND used_at IS NULL AND expires_at > now()
    RETURNING issuer, redirect_uri, binding_digest, nonce_digest, verifier
    """
)


def add_sign_in(tx: Transaction, workspace_id: UUID, values: Mapping[str, Any]) -> None:
    """`values`: issuer redirect_uri state_digest binding_digest nonce_digest verifier seconds."""
    tx.connection.execute(BEGIN, {"workspace_id": workspace_id, **values})


def workspace_of(tx: Transaction, state_digest: bytes) -> UUID | None:
    """Where a state comes from, open or not."""
    found: UUID | None = tx.connection.scalar(WORKSPACE_OF, {"state_digest": state_digest})
    return found


def claim(tx: Transaction, workspace_id: UUID, state_digest: bytes) -> Row[Any] | None:
    """Uses a state up: `issuer redirect_uri binding_digest nonce_digest verifier`, None where it is over."""
    keys = {"workspace_id": workspace_id, "state_digest": state_digest}
    return tx.connection.execute(CLAIM, keys).first()


# Who is who

_PERSON = "u.id, u.name, u.email, u.role, u.status, u.email_verified_at"
IDENTIFIED = text(
    f"""
    UPDATE oidc_identities i SET last_used_at = now()
    FROM users u
    WHERE i.workspace_id = :workspace_id AND i.issuer = :issuer AND i.subject = :subject
      AND u.workspace_id = i.workspace_id AND u.id = i.user_id AND u.deleted_at IS NULL
    RETURNING {_PERSON}
    """
)
BY_EMAIL = text(
    f"""
    SELECT {_PERSON} FROM users u
    WHERE u.workspace_id = :workspace_id AND u.email = :email AND u.deleted_at IS NULL
    FOR NO KEY UPDATE
    """
)
IDENTIFY = text(
    """
    INSERT INTO oidc_identities (workspace_id, user_id, issuer, subject)
    VALUES (:workspace_id, :user_id, :issuer, :subject)
    ON CONFLICT DO NOTHING
    """
)
FORGET = text("DELETE FROM oidc_identities WHERE workspace_id = :workspace_id AND user_id = :user_id")


def identified(tx: Transaction, workspace_id: UUID, issuer: str, subject: str) -> Row[Any] | None:
    """`id name email role status email_verified_at` of the user that a subject is."""
    keys = {"workspace_id": workspace_id, "issuer": issuer, "subject": subject}
    return tx.connection.execute(IDENTIFIED, keys).first()


def user_by_email(tx: Transaction, workspace_id: UUID, email: str) -> Row[Any] | None:
    """The same of whoever has the email, held to the end."""
    return tx.connection.execute(BY_EMAIL, {"workspace_id": workspace_id, "email": email}).first()


def identify(tx: Transaction, workspace_id: UUID, user_id: UUID, issuer: str, subject: str) -> bool:
    """Says that a subject is this user. False where either is somebody else already."""
    keys = {"workspace_id": workspace_id, "user_id": user_id, "issuer": issuer, "subject": subject}
    return tx.connection.execute(IDENTIFY, keys).rowcount == 1


def forget_identities(tx: Transaction, workspace_id: UUID, user_id: UUID) -> int:
    """Forgets which subjects a user is; how many."""
    return tx.connection.execute(FORGET, {"workspace_id": workspace_id, "user_id": user_id}).rowcount
