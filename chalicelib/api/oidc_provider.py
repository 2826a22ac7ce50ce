"""Door: the OpenID provider that a workspace signs in with."""

from chalicelib.accounts import oidc_discovery, oidc_provider
from chalicelib.accounts.keyring import keyring
from chalicelib.accounts.oidc_discovery import Discovered
from chalicelib.api.endpoint import Ahead, Answer, Call, Limit
from chalicelib.api.resource import Routes
from chalicelib.api.schemas.common import sent
from chalicelib.api.schemas.oidc import ProviderOut, ProviderPatch

routes = Routes(__name__, tag="Workspace")


@routes.get("/v1/workspace/oidc", summary="The OpenID provider, without its secret", answer=ProviderOut)
def get_oidc_provider(call: Call) -> Answer:
    return Answer(oidc_provider.get(call.tx, call.actor))


def discovered(ahead: Ahead) -> Discovered | None:
    """What the provider says of itself, where an issuer is sent. Nobody has it called who may not."""
    if "issuer" not in sent(ahead.body):
        return None
    ahead.admit(oidc_provider.require_admin)
    return oidc_discovery.discover(ahead.settings, ahead.body.issuer)


@routes.patch(
    "/v1/workspace/oidc",
    summary="Set up or change the OpenID provider",
    answer=ProviderOut,
    signs=True,
    limits=(Limit("oidc-provider", 30, 3600),),
    prepare=discovered,
    examples={
        "body": {
            "issuer": "https://login.acme.example",
            "client_id": "mesa",
            "client_secret": "a secret of the provider's making",
            "redirect_uris": ["https://desk.acme.example/signed-in"],
            "role_claim": "groups",
            "role_mapping": {"helpdesk-admins": "admin", "helpdesk": "agent"},
            "create_users": True,
            "email_domains": ["acme.example"],
        }
    },
)
def change_oidc_provider(call: Call, body: ProviderPatch) -> Answer:
    keys = keyring(call.settings)
    return Answer(oidc_provider.change(call.tx, call.actor, keys, sent(body), call.prepared))


@routes.delete("/v1/workspace/oidc", summary="Let nobody sign in with the OpenID provider any more")
def remove_oidc_provider(call: Call) -> Answer:
    oidc_provider.remove(call.tx, call.actor)
    return Answer(None)
