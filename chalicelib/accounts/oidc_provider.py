"""The OpenID provider that a workspace signs in with: one, set up by administrators.

Its secret is sealed and never shown. Who changes the issuer says the secret anew: it would otherwise be sent
to wherever the new issuer says.
"""

from collections.abc import Mapping
from dataclasses import asdict
from typing import Any
from uuid import UUID

from sqlalchemy import Row

from chalicelib.accounts import oidc_queries
from chalicelib.accounts.actor import Actor
from chalicelib.accounts.auditing import audit, audit_changes
from chalicelib.accounts.keyring import Keyring
from chalicelib.accounts.oidc_discovery import Discovered
from chalicelib.accounts.permissions import Permission
from chalicelib.accounts.sealing import Unsealable, seal, unseal
from chalicelib.core.db import Transaction
from chalicelib.core.errors import Conflict, FieldProblem, NotFound, Unavailable, ValidationFailed

PURPOSE = "oidc client secret"
DEFAULTS: Mapping[str, Any] = {
    "client_secret": None,
    "scopes": ["openid", "email", "profile"],
    "role_claim": None,
    "role_mapping": {},
    "default_role": None,
    "create_users": False,
    "email_domains": [],
    "email_verified_claim": "email_verified",
    "enabled": True,
}
REQUIRED = ("issuer", "client_id", "redirect_uris")
NEEDED = "A provider needs an issuer, a client and where to go back."
# What the audit log keeps of a provider; of the secret only that there is one.
AUDITED = (*REQUIRED, *(name for name in DEFAULTS if name != "client_secret"), "has_client_secret")
SHOWN = (*AUDITED, "authorization_endpoint", "token_endpoint", "jwks_uri", "sends_issuer", "discovered_at")


def get(tx: Transaction, actor: Actor) -> dict[str, Any]:
    """The workspace's provider, without its secret. Raises Forbidden, NotFound."""
    require_admin(actor)
    row = oidc_queries.provider(tx, actor.workspace.id)
    if row is None:
        raise _none()
    return shape(row)


def require_admin(actor: Actor) -> None:
    """Raises Forbidden."""
    actor.require(Permission.WORKSPACE_CHANGE, "Only an administrator sees to the sign-in provider.")


def change(
    tx: Transaction, actor: Actor, keys: Keyring, wanted: Mapping[str, Any], discovered: Discovered | None
) -> dict[str, Any]:
    """`wanted`: any of the settings; the first time all that are REQUIRED. `discovered` comes with `issuer`.

    Raises Forbidden, ValidationFailed, Conflict where no administrator has another way in.
    """
    require_admin(actor)
    workspace_id = actor.workspace.id
    row = oidc_queries.provider(tx, workspace_id, lock=True)
    missing = [] if row else [name for name in REQUIRED if name not in wanted]
    if missing:
        problems = [FieldProblem(name, "FIELD_REQUIRED", "This field is required.") for name in missing]
        raise ValidationFailed(NEEDED, errors=problems)
    values: dict[str, Any] = dict(row._mapping) if row else {**DEFAULTS, "discovered_at": None}
    values |= wanted
    if row is not None and values["issuer"] != row.issuer and "client_secret" not in wanted:
        values["client_secret"] = None
    if wanted.get("client_secret") is not None:
        secret = wanted["client_secret"].encode()
        values["client_secret"] = seal(keys.sealing, PURPOSE, workspace_id.bytes, secret)
    if discovered:
        values |= asdict(discovered)
    if values["role_mapping"] and values["role_claim"] is None:
        raise ValidationFailed.of("role_claim", "Say which claim the roles are mapped from.")
    if row and row.enabled and not values["enabled"]:
        _keep_a_way_in(tx, actor)
    made = oidc_queries.put_provider(tx, workspace_id, values, discovered=discovered is not None)
    before = _audited(row) if row else {}
    is_set = {"client_secret_set": True} if wanted.get("client_secret") else {}
    audit_changes(
        tx, actor, "oidc.changed", ("workspace", workspace_id), before, {**_audited(made), **is_set}
    )
    return shape(made)


def remove(tx: Transaction, actor: Actor) -> None:
    """Nobody signs in with it any more; who the subjects were stays known.

    Raises Forbidden, NotFound, Conflict where no administrator has another way in.
    """
    require_admin(actor)
    gone = oidc_queries.delete_provider(tx, actor.workspace.id)
    if gone is None:
        raise _none()
    _keep_a_way_in(tx, actor)
    audit(tx, actor, "oidc.removed", ("workspace", actor.workspace.id), before=_audited(gone))


def shape(row: Row[Any]) -> dict[str, Any]:
    """The provider as answers show it."""
    values = {**row._mapping, "has_client_secret": row.client_secret is not None}
    return {name: values[name] for name in (*SHOWN, "created_at", "updated_at")}


def client_secret(keys: Keyring, workspace_id: UUID, provider: Mapping[str, Any]) -> str | None:
    """The secret in clear, for the token endpoint alone. Raises Unavailable where the pepper is another."""
    if provider["client_secret"] is None:
        return None
    try:
        return unseal(keys.sealing, PURPOSE, workspace_id.bytes, bytes(provider["client_secret"])).decode()
    except Unsealable as error:
        sentence = "The provider's secret has to be set again by an administrator."
        raise Unavailable(sentence, retry_after=60) from error


def _keep_a_way_in(tx: Transaction, actor: Actor) -> None:
    """An administrator without a password would have locked the whole workspace out."""
    if not oidc_queries.has_admin_with_password(tx, actor.workspace.id):
        raise Conflict("No administrator has a password to come in with then. Set one first.")


def _audited(row: Row[Any]) -> dict[str, Any]:
    shown = shape(row)
    return {name: shown[name] for name in AUDITED}


def _none() -> NotFound:
    return NotFound("No sign-in provider is set up here.")
