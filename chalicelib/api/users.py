"""Door: the people of a workspace."""

from uuid import UUID

from chalicelib.accounts import users
from chalicelib.accounts.adding import add
from chalicelib.accounts.changing import change
from chalicelib.accounts.deactivating import deactivate
from chalicelib.accounts.keyring import keyring
from chalicelib.accounts.oidc_unlinking import unlink
from chalicelib.accounts.permissions import Role
from chalicelib.accounts.reauthentication import prove_own_email
from chalicelib.api.endpoint import Answer, Call, Limit
from chalicelib.api.resource import Routes
from chalicelib.api.schemas.common import Page, sent
from chalicelib.api.schemas.users import UserIn, UserOut, UserPatch, UserQuery
from chalicelib.core import paging
from chalicelib.tickets.organising import bring_along
from chalicelib.tickets.releasing import release_all

# Each can bring somebody into an organisation.
MOVES = {"organisation_id", "email", "role"}

routes = Routes(__name__, tag="People")


@routes.get("/v1/users", summary="List users", answer=Page[UserOut])
def list_users(call: Call, query: UserQuery) -> Answer:
    page = paging.Page(query.limit, query.cursor, query.offset)
    return Answer(users.listing(call.tx, call.actor, query.wanted(), page, query.sort))


@routes.post(
    "/v1/users",
    summary="Add a user, with a password or an invitation",
    answer=UserOut,
    status=201,
    signs=True,
    examples={"body": {"name": "Ana Ruiz", "email": "ana@acme.example", "role": "agent"}},
)
def add_user(call: Call, body: UserIn) -> Answer:
    facts = body.model_dump(exclude={"password", "team_ids"})
    made = add(
        call.tx, call.actor, keyring(call.settings), facts, password=body.password, team_ids=body.team_ids
    )
    return Answer(made, headers={"Location": f"/v1/users/{made['id']}"})


@routes.get("/v1/users/{user_id}", summary="One user", answer=UserOut)
def get_user(call: Call, user_id: UUID) -> Answer:
    return Answer(users.get(call.tx, call.actor, user_id))


@routes.patch(
    "/v1/users/{user_id}",
    summary="Change a user",
    answer=UserOut,
    signs=True,
    limits=(Limit("user-change", 6000, 3600),),
    examples={"body": {"role": "dispatcher", "phone": "+57 601 555 0100"}},
)
def change_user(call: Call, user_id: UUID, body: UserPatch) -> Answer:
    wanted, keys = sent(body), keyring(call.settings)
    password = wanted.pop("current_password", None)
    factor = call.settings.rate_limit_factor
    if refusal := prove_own_email(call.tx, call.actor, keys, user_id, wanted, password, limit_factor=factor):
        return Answer(refusal)
    changed = change(call.tx, call.actor, keys, user_id, wanted)
    if not Role(changed["role"]).is_staff:
        release_all(call.tx, call.actor, user_id, f"{changed['name']} is no longer staff.")
    if changed["organisation"] and MOVES & body.model_fields_set:
        bring_along(call.tx, call.actor, UUID(changed["organisation"]["id"]), user_id)
    return Answer(changed)


@routes.post("/v1/users/{user_id}/deactivate", summary="Let a user in no more", answer=UserOut)
def deactivate_user(call: Call, user_id: UUID) -> Answer:
    gone = deactivate(call.tx, call.actor, user_id)
    release_all(call.tx, call.actor, user_id, f"{gone['name']} was deactivated.")
    return Answer(gone)


@routes.delete("/v1/users/{user_id}/oidc", summary="Forget which account of the OpenID provider a user has")
def forget_oidc_identity(call: Call, user_id: UUID) -> Answer:
    unlink(call.tx, call.actor, user_id)
    return Answer(None)
