"""Door: registering, signing in and out, and who one is."""

from uuid import UUID

from chalicelib.accounts import profile, sessions
from chalicelib.accounts.keyring import keyring
from chalicelib.accounts.registering import register
from chalicelib.accounts.signing_in import sign_in
from chalicelib.api.endpoint import Answer, Call, Limit
from chalicelib.api.resource import Routes
from chalicelib.api.schemas.auth import (
    LoginIn,
    LogoutIn,
    MeOut,
    MePatch,
    RefreshIn,
    Registered,
    RegisterIn,
    Tokens,
)
from chalicelib.api.schemas.common import sent
from chalicelib.api.schemas.two_step import SignInChallenge

routes = Routes(__name__, tag="Sign-in")


@routes.post(
    "/v1/auth/register",
    summary="Make a workspace and its first administrator",
    answer=Registered,
    status=201,
    secret=True,
    signs=True,
    limits=(Limit("register", 20, 3600),),
    examples={
        "body": {
            "workspace_name": "Acme Networks",
            "admin_email": "ada@acme.example",
            "admin_password": "violet staple horse",
            "admin_name": "Ada Lovelace",
        }
    },
)
def register_workspace(call: Call, body: RegisterIn) -> Answer:
    keys = keyring(call.settings)
    return Answer(
        register(call.tx, keys, body.workspace_name, body.admin_email, body.admin_password, body.admin_name)
    )


@routes.post(
    "/v1/auth/login",
    summary="Sign in with email and password",
    answer=Tokens | SignInChallenge,
    secret=True,
    signs=True,
    limits=(Limit("login", 30, 60),),
    examples={
        "body": {"email": "ada@acme.example", "password": "violet staple horse", "workspace": "acme-networks"}
    },
)
def login(call: Call, body: LoginIn) -> Answer:
    signed_in = sign_in(
        call.tx,
        keyring(call.settings),
        body.email,
        body.password,
        body.workspace,
        body.totp_code,
        body.recovery_code,
        limit_factor=call.settings.rate_limit_factor,
    )
    return Answer(signed_in)


@routes.post(
    "/v1/auth/refresh",
    summary="Change a refresh token for the next pair",
    answer=Tokens,
    secret=True,
    signs=True,
    limits=(Limit("refresh", 60, 60),),
    examples={"body": {"refresh_token": "Zk3uQ0c2b1m8xJ5yV7nW4tR6pL9sD0fG1hK2jA3qE4w"}},
)
def refresh_tokens(call: Call, body: RefreshIn) -> Answer:
    return Answer(sessions.renew(call.tx, keyring(call.settings), body.refresh_token))


@routes.post(
    "/v1/auth/logout",
    summary="End this session, or all of them",
    answer=None,
    status=204,
    examples={"body": {"everywhere": False}},
)
def logout(call: Call, body: LogoutIn) -> Answer:
    token_id = UUID(call.request.context["authorizer"]["jti"])
    sessions.end(call.tx, call.actor, token_id, body.refresh_token, everywhere=body.everywhere)
    return Answer(None)


@routes.get("/v1/auth/me", summary="Who am I?", answer=MeOut)
def show_me(call: Call) -> Answer:
    return Answer(profile.get(call.tx, call.actor))


@routes.patch(
    "/v1/auth/me",
    summary="Change one's own name and contact facts, be away or back",
    answer=MeOut,
    examples={"body": {"name": "Ada King", "phone": "+44 20 7946 0000"}},
)
def change_me(call: Call, body: MePatch) -> Answer:
    return Answer(profile.change(call.tx, call.actor, sent(body)))
