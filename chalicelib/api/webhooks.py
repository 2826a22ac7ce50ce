"""Door: webhooks out, what became of each call, and calling again."""

from typing import Any
from uuid import UUID

from chalicelib.api.endpoint import Ahead, Answer, Call, Limit
from chalicelib.api.resource import Routes
from chalicelib.api.schemas.common import Page, sent
from chalicelib.api.schemas.webhooks import (
    DeliveryOut,
    DeliveryQuery,
    EventTypesOut,
    PeriodIn,
    RedeliveredOut,
    RotateIn,
    TestOut,
    WebhookIn,
    WebhookMade,
    WebhookOut,
    WebhookPatch,
    WebhookQuery,
)
from chalicelib.core import paging
from chalicelib.webhooks import redelivering, sealed, subscribing, trying

routes = Routes(__name__, tag="Webhooks")

EXAMPLE = {
    "name": "Our data warehouse",
    "url": "https://hooks.acme.example/mesa",
    "events": ["ticket.created", "ticket.resolved"],
    "filters": {"priorities": ["high", "urgent"]},
}
MADE = {
    "id": "0190c0de-0000-7000-8000-000000000007",
    "name": "Our data warehouse",
    "url": "https://hooks.acme.example/mesa",
    "template": "standard",
    "events": ["ticket.created", "ticket.resolved"],
    "filters": {"teams": [], "types": [], "priorities": ["high", "urgent"]},
    "include_internal": False,
    "enabled": True,
    "disabled_at": None,
    "disabled_reason": None,
    "failing_since": None,
    "failures": 0,
    "previous_secret_expires_at": None,
    "created_at": "2026-11-20T09:00:00Z",
    "updated_at": "2026-11-20T09:00:00Z",
    "secret": "whsec_C2FVsBQIhrscChlQIMV+b5sSYspob7oD",
}


def seal(ahead: Ahead) -> tuple[bytes, ...]:
    """The keys of secrets come from Secrets Manager: asked before the transaction, never inside."""
    return sealed.keys(ahead.settings.webhook_secret_arn)


def tried(ahead: Ahead) -> dict[str, Any]:
    """The call itself. Nobody has one made who may not."""
    ahead.admit(subscribing.require_right)
    if ahead.workspace_id is None:
        raise RuntimeError("this route is private")
    found = ahead.apart(trying.look_up(ahead.workspace_id, ahead.path["webhook_id"]))
    return trying.call(found, seal(ahead), ahead.settings.egress_function)


@routes.get("/v1/webhooks", summary="List the webhooks", answer=Page[WebhookOut])
def list_webhooks(call: Call, query: WebhookQuery) -> Answer:
    page = paging.Page(query.limit, query.cursor, query.offset)
    wanted = {} if query.enabled is None else {"enabled": query.enabled}
    return Answer(subscribing.listing(call.tx, call.actor, wanted, page, query.sort))


@routes.post(
    "/v1/webhooks",
    summary="Make a webhook; its secret is shown this once",
    answer=WebhookMade,
    status=201,
    secret=True,
    prepare=seal,
    examples={"body": EXAMPLE, "answer": MADE},
)
def make_webhook(call: Call, body: WebhookIn) -> Answer:
    hosts = call.settings.egress_local_hosts
    made = subscribing.make(call.tx, call.actor, call.prepared, _facts(dict(body)), hosts)
    return Answer(made, headers={"Location": f"/v1/webhooks/{made['id']}"})


@routes.get(
    "/v1/webhooks/event-types",
    summary="What a webhook can hear of: every type of event, with a sentence each",
    answer=EventTypesOut,
)
def list_event_types(call: Call) -> Answer:
    return Answer({"items": subscribing.event_types(call.actor)})


@routes.get("/v1/webhooks/{webhook_id}", summary="One webhook", answer=WebhookOut)
def get_webhook(call: Call, webhook_id: UUID) -> Answer:
    return Answer(subscribing.get(call.tx, call.actor, webhook_id))


@routes.patch(
    "/v1/webhooks/{webhook_id}",
    summary="Change, enable or disable a webhook",
    answer=WebhookOut,
    examples={"body": {"events": ["*"], "include_internal": True}},
)
def change_webhook(call: Call, webhook_id: UUID, body: WebhookPatch) -> Answer:
    hosts = call.settings.egress_local_hosts
    return Answer(subscribing.change(call.tx, call.actor, webhook_id, _facts(sent(body)), hosts))


@routes.delete("/v1/webhooks/{webhook_id}", summary="Delete a webhook with its deliveries")
def delete_webhook(call: Call, webhook_id: UUID) -> Answer:
    subscribing.delete(call.tx, call.actor, webhook_id)
    return Answer(None)


@routes.post(
    "/v1/webhooks/{webhook_id}/rotate-secret",
    summary="Give a webhook another secret; the one of now signs beside it for a while",
    answer=WebhookMade,
    secret=True,
    prepare=seal,
    examples={"body": {"grace_hours": 24}, "answer": MADE},
)
def rotate_webhook_secret(call: Call, webhook_id: UUID, body: RotateIn) -> Answer:
    rotated = subscribing.rotate(
        call.tx, call.actor, call.prepared, webhook_id, body.grace_hours, body.secret
    )
    return Answer(rotated)


@routes.post(
    "/v1/webhooks/{webhook_id}/test",
    summary="Call a webhook at once with an event `webhook.test`, and tell what came of it",
    answer=TestOut,
    # It tells of this call and no other: a repeat calls again.
    secret=True,
    limits=(Limit("webhook-test", 60, 3600),),
    prepare=tried,
)
def test_webhook(call: Call, webhook_id: UUID) -> Answer:
    subscribing.get(call.tx, call.actor, webhook_id)
    return Answer(call.prepared)


@routes.get(
    "/v1/webhooks/{webhook_id}/deliveries",
    summary="What became of each event of the last 30 days",
    answer=Page[DeliveryOut],
)
def list_webhook_deliveries(call: Call, webhook_id: UUID, query: DeliveryQuery) -> Answer:
    page = paging.Page(query.limit, query.cursor, query.offset)
    names = ("status", "type", "ticket", "created_after", "created_before")
    named = {name: getattr(query, name) for name in names}
    wanted = {name: value for name, value in named.items() if value is not None}
    return Answer(redelivering.listing(call.tx, call.actor, webhook_id, wanted, page, query.sort))


@routes.post(
    "/v1/webhooks/{webhook_id}/deliveries/{delivery_id}/redeliver",
    summary="Send a delivery again, from its first try on",
    answer=DeliveryOut,
)
def redeliver_webhook(call: Call, webhook_id: UUID, delivery_id: UUID) -> Answer:
    return Answer(redelivering.send_again(call.tx, call.actor, webhook_id, delivery_id))


@routes.post(
    "/v1/webhooks/{webhook_id}/redeliver",
    summary="Send again what did not come through in a period, 10,000 events at most",
    answer=RedeliveredOut,
    examples={"body": {"from": "2026-11-20T09:00:00Z", "to": "2026-11-20T17:00:00Z"}},
)
def redeliver_webhook_period(call: Call, webhook_id: UUID, body: PeriodIn) -> Answer:
    period = (body.from_, body.to)
    told = redelivering.send_period_again(
        call.tx, call.actor, webhook_id, period, with_succeeded=body.with_succeeded
    )
    return Answer(told)


def _facts(given: dict[str, Any]) -> dict[str, Any]:
    """What subscribing.FACTS has of what was sent."""
    filters = given.pop("filters", None)
    if filters is not None:
        given["team_ids"] = list(dict.fromkeys(filters.teams))
        given["types"] = list(dict.fromkeys(filters.types))
        given["priorities"] = list(dict.fromkeys(filters.priorities))
    if "events" in given:
        given["events"] = list(dict.fromkeys(given["events"]))
    return given
