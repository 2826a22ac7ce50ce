"""Door: signing in with the workspace's OpenID provider. The client takes the browser there and back."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from chalicelib.accounts import oidc_redeeming, oidc_sign_in, principals
from chalicelib.accounts.actor import Actor
from chalicelib.accounts.keyring import keyring
from chalicelib.accounts.oidc_redeeming import Redeemed
from chalicelib.accounts.permissions import Role
from chalicelib.api.endpoint import Ahead, Answer, Call, Limit
from chalicelib.api.resource import Routes
from chalicelib.api.schemas.auth import Tokens
from chalicelib.api.schemas.oidc import OidcFinishIn, OidcStarted, OidcStartIn
from chalicelib.core.errors import NotFound, Refusal
from chalicelib.tickets.organising import bring_along
from chalicelib.tickets.releasing import release_all

routes = Routes(__name__, tag="Sign-in")

OPAQUE = "Zk3uQ0c2b1m8xJ5yV7nW4tR6pL9sD0fG1hK2jA3qE4w"


@routes.post(
    "/v1/auth/oidc/start",
    summary="Begin to sign in with the workspace's OpenID provider",
    answer=OidcStarted,
    secret=True,
    signs=True,
    limits=(Limit("oidc-start", 30, 60),),
    examples={"body": {"workspace": "acme-networks", "redirect_uri": "https://desk.acme.example/signed-in"}},
)
def start_oidc_sign_in(call: Call, body: OidcStartIn) -> Answer:
    try:
        stranger = principals.enter_public(call.tx, body.workspace.lower())
    except NotFound:
        raise oidc_sign_in.no_provider() from None
    return Answer(oidc_sign_in.begin(call.tx, stranger, keyring(call.settings), body.redirect_uri))


def redeemed(ahead: Ahead) -> Redeemed:
    """The state is used up, and that stands, before the provider is asked."""
    body, keys = ahead.body, keyring(ahead.settings)
    claimed = ahead.apart(lambda tx: oidc_sign_in.claim(tx, keys, body.state, body.binding, body.iss))
    return oidc_redeeming.redeem(ahead.settings, keys, claimed, body.code)


@routes.post(
    "/v1/auth/oidc/finish",
    summary="Sign in with what the OpenID provider sent back",
    answer=Tokens,
    secret=True,
    signs=True,
    limits=(Limit("oidc-finish", 30, 60),),
    prepare=redeemed,
    examples={
        "body": {
            "state": OPAQUE,
            "code": "SplxlOBeZQQYbYS6WxSbIA",
            "binding": OPAQUE[::-1],
            "iss": "https://login.acme.example",
        }
    },
)
def finish_oidc_sign_in(call: Call, body: OidcFinishIn) -> Answer:  # noqa: ARG001 (what it says was used before)
    done = oidc_sign_in.complete(call.tx, keyring(call.settings), call.prepared)
    if isinstance(done, Refusal):
        return Answer(done)
    if done.changed:
        _settle(call, done.desk, done.changed)
    return Answer(done.answer)


def _settle(call: Call, desk: Actor, user: Mapping[str, Any]) -> None:
    """What becomes of somebody's tickets in another role, as where an administrator gives it."""
    if not Role(user["role"]).is_staff:
        release_all(call.tx, desk, user["id"], f"{user['name']} is no longer staff.")
    if user["organisation"]:
        bring_along(call.tx, desk, UUID(str(user["organisation"]["id"])), user["id"])
