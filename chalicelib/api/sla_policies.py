"""Door: SLA policies, which tickets get which promises."""

from typing import Any
from uuid import UUID

from pydantic import BaseModel

from chalicelib.api.endpoint import Answer, Call
from chalicelib.api.resource import Routes
from chalicelib.api.schemas.announcements import documents
from chalicelib.api.schemas.common import Page, sent
from chalicelib.api.schemas.sla_policies import (
    PolicyChanged,
    PolicyIn,
    PolicyOrderIn,
    PolicyOut,
    PolicyPatch,
    PolicyQuery,
    PolicyTestIn,
    PolicyTestOut,
)
from chalicelib.core import paging
from chalicelib.sla import policy_setup
from chalicelib.tickets.policy_trying import try_policy

routes = Routes(__name__, tag="SLA policies")

EXAMPLE = {
    "name": "Incidents of the network",
    "conditions": {"type": ["incident"], "team": ["0190c0de-0000-7000-8000-000000000002"]},
    "targets": {"first_response": 30, "resolution": {"urgent": 120, "high": 240, "medium": 960}},
    "calendar_id": "0190c0de-0000-7000-8000-000000000005",
    "warnings": [{"percent": 75}, {"minutes_before": 30, "metrics": ["resolution"]}],
    "escalations": [
        {
            "metric": "resolution",
            "when": "after",
            "minutes": 60,
            "actions": [
                {"action": "raise_priority"},
                {"action": "notify", "to": [{"role": "dispatcher"}, {"to": "team"}]},
            ],
        }
    ],
}


@routes.get("/v1/sla-policies", summary="List the policies, as tickets try them", answer=Page[PolicyOut])
def list_sla_policies(call: Call, query: PolicyQuery) -> Answer:
    page = paging.Page(query.limit, query.cursor, query.offset)
    return Answer(policy_setup.listing(call.tx, call.actor, query.enabled, page, query.sort))


@routes.post(
    "/v1/sla-policies", summary="Make a policy", answer=PolicyOut, status=201, examples={"body": EXAMPLE}
)
def make_sla_policy(call: Call, body: PolicyIn) -> Answer:
    made = policy_setup.make(call.tx, call.actor, _facts(dict(body)))
    return Answer(made, headers={"Location": f"/v1/sla-policies/{made['id']}"})


@routes.post(
    "/v1/sla-policies/reorder",
    summary="Put the policies in order: all of them",
    answer=Page[PolicyOut],
    examples={"body": {"policy_ids": ["0190c0de-0000-7000-8000-000000000006"]}},
)
def reorder_sla_policies(call: Call, body: PolicyOrderIn) -> Answer:
    return Answer(policy_setup.reorder(call.tx, call.actor, body.policy_ids), 200)


@routes.get("/v1/sla-policies/{policy_id}", summary="One policy", answer=PolicyOut)
def get_sla_policy(call: Call, policy_id: UUID) -> Answer:
    return Answer(policy_setup.get(call.tx, call.actor, policy_id))


@routes.patch(
    "/v1/sla-policies/{policy_id}",
    summary="Change, enable or disable a policy; what it promises holds for all tickets under it",
    answer=PolicyChanged,
    examples={"body": {"enabled": False}},
)
def change_sla_policy(call: Call, policy_id: UUID, body: PolicyPatch) -> Answer:
    return Answer(policy_setup.change(call.tx, call.actor, policy_id, _facts(sent(body))))


@routes.delete("/v1/sla-policies/{policy_id}", summary="Delete a policy; what was promised stands")
def delete_sla_policy(call: Call, policy_id: UUID) -> Answer:
    policy_setup.delete(call.tx, call.actor, policy_id)
    return Answer(None)


@routes.post(
    "/v1/sla-policies/{policy_id}/test",
    summary="Whether it matches a ticket and why, and what it would promise; nothing changes",
    answer=PolicyTestOut,
    examples={"body": {"ticket_id": "0190c0de-0000-7000-8000-000000000003"}},
)
def test_sla_policy(call: Call, policy_id: UUID, body: PolicyTestIn) -> Answer:
    return Answer(try_policy(call.tx, call.actor, policy_id, body.ticket_id), 200)


def _facts(fields: dict[str, Any]) -> dict[str, Any]:
    for name in ("conditions", "targets"):
        if isinstance(fields.get(name), BaseModel):
            fields[name] = fields[name].model_dump(mode="json", exclude_unset=True)
    for name in ("warnings", "escalations"):
        if name in fields:
            fields[name] = documents(fields[name])
    return fields
