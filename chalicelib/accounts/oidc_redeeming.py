"""What the provider says of a sign-in that is taken up: a code changed for an ID token, the token checked.
Calls over the network, so outside of any transaction."""

import contextlib
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from chalicelib.accounts import id_tokens, oidc_calls
from chalicelib.accounts.id_tokens import UnknownKey, Untrusted
from chalicelib.accounts.keyring import Keyring
from chalicelib.accounts.oidc_calls import Exchanged, Failed
from chalicelib.accounts.oidc_provider import client_secret
from chalicelib.core.settings import ApiSettings


@dataclass(frozen=True, slots=True)
class Claimed:
    """A sign-in that is taken up: whose, and what only the desk knows of it."""

    workspace_id: UUID
    provider: Mapping[str, Any]
    redirect_uri: str
    nonce_digest: bytes = field(repr=False)
    verifier: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class Redeemed:
    """What the provider says: the claims of a genuine ID token, or why there is none."""

    claimed: Claimed
    claims: Mapping[str, Any] | None
    reason: str = ""


def redeem(settings: ApiSettings, ring: Keyring, claimed: Claimed, code: str) -> Redeemed:
    """Asks the provider: calls over the network. Raises Unavailable."""
    provider = claimed.provider
    secret = client_secret(ring, claimed.workspace_id, provider)
    try:
        tokens = oidc_calls.exchange(
            settings,
            provider,
            secret,
            code=code,
            verifier=claimed.verifier,
            redirect_uri=claimed.redirect_uri,
        )
        kept = oidc_calls.kept_keys(provider["jwks_uri"])
        if kept is not None:
            # A key that was not there yet is looked for once: providers rotate them.
            with contextlib.suppress(UnknownKey):
                return Redeemed(claimed, _verified(claimed, tokens, kept))
        keys = oidc_calls.signing_keys(settings, provider["jwks_uri"])
        return Redeemed(claimed, _verified(claimed, tokens, keys))
    except (Failed, Untrusted) as error:
        return Redeemed(claimed, None, str(error))


def _verified(claimed: Claimed, tokens: Exchanged, keys: list[dict[str, Any]]) -> dict[str, Any]:
    return id_tokens.verify(
        tokens.id_token,
        keys,
        issuer=claimed.provider["issuer"],
        client_id=claimed.provider["client_id"],
        nonce_digest=claimed.nonce_digest,
        access_token=tokens.access_token,
        now=time.time(),
    )
