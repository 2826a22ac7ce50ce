"""Door: API keys, which let programs in."""

from uuid import UUID

from chalicelib.accounts import api_keys
from chalicelib.accounts.api_keys import NewKey
from chalicelib.accounts.keyring import keyring
from chalicelib.api.endpoint import Answer, Call
from chalicelib.api.resource import Routes
from chalicelib.api.schemas.api_keys import ApiKeyIn, ApiKeyMade, ApiKeyOut, ApiKeyQuery
from chalicelib.api.schemas.common import Page
from chalicelib.core import paging

routes = Routes(__name__, tag="API keys")

EXAMPLE = {
    "name": "Monitoring",
    "role": "agent",
    "scopes": ["read", "write"],
    "team_ids": ["0190c0de-0000-7000-8000-000000000002"],
    "expires_at": "2027-11-20T00:00:00Z",
}
MADE = {
    "id": "0190c0de-0000-7000-8000-000000000003",
    "name": "Monitoring",
    "role": "agent",
    "scopes": ["read", "write"],
    "teams": [{"id": "0190c0de-0000-7000-8000-000000000002", "name": "Networks"}],
    "created_by": {
        "id": "0190c0de-0000-7000-8000-000000000001",
        "name": "Ada Lovelace",
        "email": "ada@acme.example",
    },
    "created_at": "2026-11-20T09:00:00Z",
    "expires_at": "2027-11-20T00:00:00Z",
    "last_used_at": None,
}


@routes.post(
    "/v1/api-keys",
    summary="Make an API key; it is shown this once",
    answer=ApiKeyMade,
    status=201,
    secret=True,
    signs=True,
    examples={"body": EXAMPLE, "answer": {**MADE, "key": "mesa_eyJhbGciOiJFZERTQSIs…"}},
)
def make_api_key(call: Call, body: ApiKeyIn) -> Answer:
    """People make keys: a key, whatever its role, makes none."""
    new = NewKey(body.name, body.role, frozenset(body.scopes), frozenset(body.team_ids), body.expires_at)
    made = api_keys.make(call.tx, call.actor, keyring(call.settings), new)
    return Answer(made, headers={"Location": f"/v1/api-keys/{made['id']}"})


@routes.get("/v1/api-keys", summary="List the API keys that are not revoked", answer=Page[ApiKeyOut])
def list_api_keys(call: Call, query: ApiKeyQuery) -> Answer:
    page = paging.Page(query.limit, query.cursor, query.offset)
    return Answer(api_keys.listing(call.tx, call.actor, page, query.sort))


@routes.get("/v1/api-keys/{api_key_id}", summary="One API key", answer=ApiKeyOut, examples={"answer": MADE})
def get_api_key(call: Call, api_key_id: UUID) -> Answer:
    return Answer(api_keys.get(call.tx, call.actor, api_key_id))


@routes.delete("/v1/api-keys/{api_key_id}", summary="Revoke an API key, at once and for good")
def revoke_api_key(call: Call, api_key_id: UUID) -> Answer:
    api_keys.revoke(call.tx, call.actor, api_key_id)
    return Answer(None)
