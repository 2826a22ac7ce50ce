"""Door: webhooks in. Whoever signs with an integration's secret may call; there is no account."""

from uuid import UUID

from chalicelib.accounts.keyring import keyring
from chalicelib.api import parsing
from chalicelib.api.endpoint import Answer, Call, Limit
from chalicelib.api.resource import Routes
from chalicelib.api.schemas.integrations import InboundCall, Received
from chalicelib.channels import inbound

routes = Routes(__name__, tag="Integrations")


@routes.post(
    "/v1/inbound/{integration_id}",
    summary="Post a ticket, or what is new on one, signed as Standard Webhooks has it",
    answer=Received,
    signs=True,
    limits=(Limit("inbound", 3000, 3600),),
    also={201: Received},
    examples={
        "body": {
            "external_id": "4711",
            "subject": "The parcel has not come",
            "description": "It was promised for Monday.",
            "requester": {"email": "carol@example.com", "name": "Carol Diaz"},
        }
    },
)
def receive_inbound_call(call: Call, integration_id: UUID, body: InboundCall) -> Answer:
    headers = {name.lower(): str(value) for name, value in call.request.headers.items()}
    outcome, ticket = inbound.receive(
        call.tx,
        keyring(call.settings).sealing,
        integration_id,
        headers,
        parsing.raw_body(call.request),
        body.model_extra or {},
    )
    answer = {"outcome": outcome, "ticket": ticket}
    if outcome == "created" and ticket is not None:
        return Answer(answer, status=201, headers={"Location": f"/v1/tickets/{ticket['id']}"})
    return Answer(answer)
