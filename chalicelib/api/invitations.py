"""Door: invitations, and their acceptance by whoever got the mail."""

from uuid import UUID

from chalicelib.accounts import inviting
from chalicelib.accounts.keyring import keyring
from chalicelib.api.endpoint import Answer, Call, Limit
from chalicelib.api.resource import Routes
from chalicelib.api.schemas.auth import Tokens
from chalicelib.api.schemas.common import Page
from chalicelib.api.schemas.invitations import AcceptIn, InvitationIn, InvitationOut, InvitationQuery
from chalicelib.api.schemas.two_step import SignInChallenge
from chalicelib.core import paging

routes = Routes(__name__, tag="People")


@routes.get("/v1/invitations", summary="List invitations", answer=Page[InvitationOut])
def list_invitations(call: Call, query: InvitationQuery) -> Answer:
    page = paging.Page(query.limit, query.cursor, query.offset)
    return Answer(inviting.listing(call.tx, call.actor, query.status, page))


@routes.post(
    "/v1/invitations",
    summary="Invite somebody",
    answer=InvitationOut,
    status=201,
    signs=True,
    examples={"body": {"email": "ana@acme.example", "name": "Ana Ruiz", "role": "agent"}},
)
def make_invitation(call: Call, body: InvitationIn) -> Answer:
    facts = {"email": body.email, "name": body.name, "role": body.role}
    keys = keyring(call.settings)
    return Answer(inviting.invite_by_email(call.tx, call.actor, keys, facts, body.team_ids))


@routes.post(
    "/v1/invitations/accept",
    summary="Accept an invitation with the token of its mail, and sign in",
    answer=Tokens | SignInChallenge,
    secret=True,
    signs=True,
    limits=(Limit("invitation-accept", 30, 3600),),
    examples={
        "body": {
            "token": "Zk3uQ0c2b1m8xJ5yV7nW4tR6pL9sD0fG1hK2jA3qE4w",
            "password": "violet staple horse",
            "name": "Ana Ruiz",
        }
    },
)
def accept_invitation(call: Call, body: AcceptIn) -> Answer:
    return Answer(inviting.accept(call.tx, keyring(call.settings), body.token, body.password, body.name))


@routes.post(
    "/v1/invitations/{invitation_id}/resend",
    summary="Mail an invitation again, for another week",
    answer=InvitationOut,
)
def resend_invitation(call: Call, invitation_id: UUID) -> Answer:
    return Answer(inviting.resend(call.tx, call.actor, invitation_id))


@routes.delete("/v1/invitations/{invitation_id}", summary="Revoke an invitation and deactivate its user")
def revoke_invitation(call: Call, invitation_id: UUID) -> Answer:
    inviting.revoke(call.tx, call.actor, invitation_id)
    return Answer(None)
