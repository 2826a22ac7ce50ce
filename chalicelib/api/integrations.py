"""Door: integrations, which may post tickets as signed webhooks."""

from uuid import UUID

from chalicelib.accounts.keyring import keyring
from chalicelib.api.endpoint import Answer, Call
from chalicelib.api.resource import Routes
from chalicelib.api.schemas.common import Page, sent
from chalicelib.api.schemas.integrations import (
    IntegrationIn,
    IntegrationOut,
    IntegrationPatch,
    IntegrationQuery,
    NewIntegrationOut,
    SecretOut,
    documents,
)
from chalicelib.channels import integrations
from chalicelib.core import paging

routes = Routes(__name__, tag="Integrations")


@routes.get("/v1/integrations", summary="List integrations", answer=Page[IntegrationOut])
def list_integrations(call: Call, query: IntegrationQuery) -> Answer:
    page = paging.Page(query.limit, query.cursor, query.offset)
    return Answer(integrations.listing(call.tx, call.actor, page))


@routes.post(
    "/v1/integrations",
    summary="Let another system post tickets; the answer alone has its secret",
    answer=NewIntegrationOut,
    status=201,
    secret=True,
    signs=True,
    examples={
        "body": {
            "name": "Shop",
            "mapping": {
                "external_id": {"pointer": "/order/id"},
                "subject": {"pointer": "/order/problem"},
                "requester_email": {"pointer": "/customer/email"},
                "priority": {
                    "pointer": "/order/level",
                    "values": {"1": "urgent", "2": "high"},
                    "default": "medium",
                },
            },
            "defaults": {"type": "claim", "tags": ["shop"]},
        }
    },
)
def make_integration(call: Call, body: IntegrationIn) -> Answer:
    keys = keyring(call.settings).sealing
    made = integrations.make(call.tx, call.actor, keys, documents(dict(body)))
    return Answer(made, headers={"Location": f"/v1/integrations/{made['id']}"})


@routes.get("/v1/integrations/{integration_id}", summary="One integration", answer=IntegrationOut)
def get_integration(call: Call, integration_id: UUID) -> Answer:
    return Answer(integrations.get(call.tx, call.actor, integration_id))


@routes.patch(
    "/v1/integrations/{integration_id}",
    summary="Change an integration",
    answer=IntegrationOut,
    examples={"body": {"enabled": False}},
)
def change_integration(call: Call, integration_id: UUID, body: IntegrationPatch) -> Answer:
    return Answer(integrations.change(call.tx, call.actor, integration_id, documents(sent(body))))


@routes.delete(
    "/v1/integrations/{integration_id}", summary="Take no more calls of an integration; its tickets stay"
)
def delete_integration(call: Call, integration_id: UUID) -> Answer:
    integrations.delete(call.tx, call.actor, integration_id)
    return Answer(None)


@routes.post(
    "/v1/integrations/{integration_id}/rotate-secret",
    summary="Make a new secret; the one before is good for a day more",
    answer=SecretOut,
    secret=True,
    signs=True,
)
def rotate_integration_secret(call: Call, integration_id: UUID) -> Answer:
    keys = keyring(call.settings).sealing
    return Answer(integrations.rotate_secret(call.tx, call.actor, keys, integration_id))
