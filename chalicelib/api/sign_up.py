"""Door: customers who make an account of their own."""

from chalicelib.accounts.keyring import keyring
from chalicelib.accounts.signing_up import sign_up
from chalicelib.api.endpoint import Answer, Call, Limit
from chalicelib.api.resource import Routes
from chalicelib.api.schemas.passwords import Promised, SignUpIn

routes = Routes(__name__, tag="Public")

PROMISE = "A mail is on its way. Confirm in it that the address is yours."


@routes.post(
    "/v1/public/{workspace}/signup",
    summary="Make a customer's account, where the workspace allows it",
    answer=Promised,
    status=202,
    signs=True,
    limits=(Limit("sign-up", 20, 3600), Limit("sign-up-email", 5, 3600, by="email")),
    examples={
        "body": {"name": "Carol Diaz", "email": "carol@example.com", "password": "violet staple horse"}
    },
)
def sign_up_customer(call: Call, workspace: str, body: SignUpIn) -> Answer:  # noqa: ARG001
    sign_up(call.tx, call.actor, keyring(call.settings), body.name, body.email, body.password)
    return Answer({"detail": PROMISE})
