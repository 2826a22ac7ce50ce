"""Door: passwords changed and forgotten, mailboxes proved."""

from uuid import UUID

from chalicelib.accounts import password_reset, verifying
from chalicelib.accounts.keyring import keyring
from chalicelib.accounts.password_change import change_own
from chalicelib.api.endpoint import Answer, Call, Limit
from chalicelib.api.resource import Routes
from chalicelib.api.schemas.passwords import ChangeIn, ForgotIn, Promised, ResetIn, VerifyIn

routes = Routes(__name__, tag="Sign-in")

PROMISE = "If there is such an account, a mail is on its way to it."
TOKEN = "Zk3uQ0c2b1m8xJ5yV7nW4tR6pL9sD0fG1hK2jA3qE4w"  # noqa: S105


# Counted whatever comes of it: what must not be repeated at will is the mail.
@routes.post(
    "/v1/auth/password/forgot",
    summary="Ask for a mail that lets one choose a new password",
    answer=Promised,
    status=202,
    limits=(Limit("password-forgot", 20, 3600), Limit("password-forgot-email", 5, 3600, by="email")),
    examples={"body": {"email": "ada@acme.example", "workspace": "acme-networks"}},
)
def forgot_password(call: Call, body: ForgotIn) -> Answer:
    password_reset.ask(call.tx, body.email, body.workspace)
    return Answer({"detail": PROMISE})


@routes.post(
    "/v1/auth/password/reset",
    summary="Choose a new password with the token of the mail; ends all sessions",
    answer=None,
    status=204,
    signs=True,
    limits=(Limit("password-reset", 30, 3600),),
    examples={"body": {"token": TOKEN, "password": "violet staple horse"}},
)
def reset_password(call: Call, body: ResetIn) -> Answer:
    password_reset.reset(call.tx, keyring(call.settings), body.token, body.password)
    return Answer(None)


@routes.post(
    "/v1/auth/password/change",
    summary="Change one's own password; ends all other sessions",
    answer=None,
    status=204,
    signs=True,
    limits=(Limit("password-change", 30, 3600),),
    examples={"body": {"current_password": "violet staple horse", "new_password": "amber ladder cloud"}},
)
def change_password(call: Call, body: ChangeIn) -> Answer:
    token_id = UUID(call.request.context["authorizer"]["jti"])
    refusal = change_own(
        call.tx,
        call.actor,
        keyring(call.settings),
        body.current_password,
        body.new_password,
        token_id,
        limit_factor=call.settings.rate_limit_factor,
    )
    return Answer(refusal)


@routes.post(
    "/v1/auth/verify-email",
    summary="Prove that a mailbox is one's own, with the token of the mail",
    answer=None,
    status=204,
    limits=(Limit("verify-email", 60, 3600),),
    examples={"body": {"token": TOKEN}},
)
def verify_email(call: Call, body: VerifyIn) -> Answer:
    verifying.verify(call.tx, body.token)
    return Answer(None)


@routes.post(
    "/v1/auth/verify-email/resend",
    summary="Have the mail sent again that proves one's mailbox",
    answer=None,
    status=204,
    limits=(Limit("verify-email-resend", 10, 3600),),
)
def resend_verification(call: Call) -> Answer:
    verifying.ask_again(call.tx, call.actor)
    return Answer(None)
