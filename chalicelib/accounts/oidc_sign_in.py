"""Signing in with the workspace's OpenID provider: authorization code with PKCE, in four steps.

`begin` sends the browser to the provider; `claim` takes up the one sign-in that a state stands for; `redeem`
asks the provider, outside of any transaction; `complete` lets the person in. A state is good once, whatever
comes of it, for ten minutes, and only with the binding that the client which began was given: a link with
somebody else's state signs nobody in (RFC 9700 §4.7). The code is of use with the verifier alone, which the
provider's token endpoint sees and nobody else (§4.5), and who answers is who was asked (§4.4, RFC 9207).
"""

import hashlib
import hmac
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from chalicelib.accounts import oidc_people, oidc_queries, principals, sessions
from chalicelib.accounts.actor import Actor
from chalicelib.accounts.auditing import audit, audit_stranger
from chalicelib.accounts.keyring import Keyring
from chalicelib.accounts.oidc_claims import Denied
from chalicelib.accounts.oidc_people import OIDC
from chalicelib.accounts.oidc_redeeming import Claimed, Redeemed
from chalicelib.accounts.sealing import Unsealable, seal, unseal
from chalicelib.core.db import Transaction
from chalicelib.core.errors import Forbidden, NotFound, Refusal, Unauthenticated, ValidationFailed
from chalicelib.core.keys import encode_base64url
from chalicelib.core.tokens import new_opaque_token, opaque_digest

LIFE_SECONDS = 600
PURPOSE = "oidc verifier"
OVER = "This sign-in is over, or never began here. Begin again."
UNTRUSTED = "The provider's answer cannot be trusted. Begin again, or ask an administrator of the workspace."


@dataclass(frozen=True, slots=True)
class Completed:
    """What sessions.begin answers; `changed` is the user where the claims gave another role."""

    answer: dict[str, Any]
    desk: Actor
    changed: Mapping[str, Any] | None


def begin(tx: Transaction, stranger: Actor, keys: Keyring, redirect_uri: str | None) -> dict[str, Any]:
    """`authorization_url state binding expires_in`. Raises NotFound, ValidationFailed."""
    workspace_id = stranger.workspace.id
    provider = oidc_queries.provider(tx, workspace_id)
    if provider is None or not provider.enabled:
        raise no_provider()
    back = redirect_uri or provider.redirect_uris[0]
    if back not in provider.redirect_uris:
        raise ValidationFailed.of("redirect_uri", "This is none of the addresses that the workspace allows.")
    state, binding, nonce = (new_opaque_token() for _ in range(3))
    verifier = secrets.token_urlsafe(48)
    place = workspace_id.bytes + state.digest
    values = {
        "issuer": provider.issuer,
        "redirect_uri": back,
        "state_digest": state.digest,
        "binding_digest": binding.digest,
        "nonce_digest": nonce.digest,
        "verifier": seal(keys.sealing, PURPOSE, place, verifier.encode()),
        "seconds": LIFE_SECONDS,
    }
    oidc_queries.add_sign_in(tx, workspace_id, values)
    asked = {
        "response_type": "code",
        "client_id": provider.client_id,
        "redirect_uri": back,
        "scope": " ".join(provider.scopes),
        "state": state.token,
        "nonce": nonce.token,
        "code_challenge": encode_base64url(hashlib.sha256(verifier.encode()).digest()),
        "code_challenge_method": "S256",
    }
    joint = "&" if "?" in provider.authorization_endpoint else "?"
    return {
        "authorization_url": f"{provider.authorization_endpoint}{joint}{urlencode(asked)}",
        "state": state.token,
        "binding": binding.token,
        "expires_in": LIFE_SECONDS,
    }


def claim(tx: Transaction, keys: Keyring, state: str, binding: str, issuer: str | None) -> Claimed | Refusal:
    """Uses the state up, also where it is refused. `issuer` is what the answer calls itself (RFC 9207)."""
    digest = opaque_digest(state)
    workspace_id = oidc_queries.workspace_of(tx, digest) if digest else None
    desk = principals.enter_system(tx, workspace_id) if workspace_id else None
    if digest is None or desk is None:
        return Refusal(over())
    workspace_id = desk.workspace.id
    found = oidc_queries.claim(tx, workspace_id, digest)
    if found is None:
        return failed(tx, desk, "state", over())
    if not hmac.compare_digest(opaque_digest(binding) or b"", bytes(found.binding_digest)):
        return failed(tx, desk, "binding", over())
    provider = oidc_queries.provider(tx, workspace_id)
    if provider is None or not provider.enabled or provider.issuer != found.issuer:
        return failed(tx, desk, "provider_changed", over())
    if issuer != provider.issuer and (issuer is not None or provider.sends_issuer):
        return failed(tx, desk, "mix_up", Unauthenticated(UNTRUSTED))
    try:
        verifier = unseal(keys.sealing, PURPOSE, workspace_id.bytes + digest, bytes(found.verifier))
    except Unsealable:
        return failed(tx, desk, "state", over())
    row = dict(provider._mapping)
    return Claimed(workspace_id, row, found.redirect_uri, bytes(found.nonce_digest), verifier.decode())


def complete(tx: Transaction, keys: Keyring, redeemed: Redeemed) -> Completed | Refusal:
    """Lets the person in. A Refusal is in the audit log. Raises Conflict."""
    claimed = redeemed.claimed
    desk = principals.enter_system(tx, claimed.workspace_id)
    if desk is None:
        return Refusal(over())
    if redeemed.claims is None:
        return failed(tx, desk, redeemed.reason, Unauthenticated(UNTRUSTED))
    provider = oidc_queries.provider(tx, claimed.workspace_id)
    if provider is None or not provider.enabled or provider.issuer != claimed.provider["issuer"]:
        return failed(tx, desk, "provider_changed", over())
    try:
        found = oidc_people.resolve(tx, desk, provider, redeemed.claims)
    except Denied as denied:
        return failed(tx, desk, denied.reason, Forbidden(str(denied)), denied.user_id)
    actor = principals.enter(tx, claimed.workspace_id, found.user_id)
    audit(tx, actor, "sign_in.succeeded", ("user", found.user_id), after=OIDC)
    # The second step is the provider's: whoever requires one of its people asks for it there.
    return Completed(sessions.begin(tx, keys, actor, vouched=True), desk, found.changed)


def failed(
    tx: Transaction, desk: Actor, reason: str, error: Unauthenticated | Forbidden, user_id: UUID | None = None
) -> Refusal:
    """The refusal, and its entry in the workspace's audit log."""
    target = ("user", user_id) if user_id else ("workspace", desk.workspace.id)
    audit_stranger(tx, "sign_in.failed", target, {**OIDC, "reason": reason})
    return Refusal(error)


def over() -> Unauthenticated:
    return Unauthenticated(OVER)


def no_provider() -> NotFound:
    """The same for a workspace without a provider as for none at all."""
    return NotFound("There is no such workspace, or nobody signs in there with a provider.")
