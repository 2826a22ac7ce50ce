"""The audit log on the deployed stack: recorded, anchored in S3 by its function, verified."""

import json
from typing import Any

from local.deploy import STACK_NAME, Cloud
from local.stack import Stack
from tests.e2e.http import Http

PASSWORD = "violet staple horse"


def test_74_what_admins_do_is_recorded_anchored_and_verified(stack: Stack, http: Http) -> None:
    registered = http.post(
        "/v1/auth/register",
        {"workspace_name": "Chained", "admin_email": "ada@chained.example", "admin_password": PASSWORD},
    ).json
    ada = http.with_token(registered["access_token"])
    ada.patch("/v1/workspace", {"language": "es"})

    entries = ada.get("/v1/audit-log").json["items"]
    before = ada.get("/v1/audit-log/verify").json
    invoke(Cloud(stack.endpoint), "AuditAnchor")
    after = ada.get("/v1/audit-log/verify").json

    assert [entry["action"] for entry in entries] == [
        "workspace.changed",
        "user.created",
        "workspace.registered",
    ]
    assert {entry["address"] for entry in entries} == {"127.0.0.1"}
    assert (before["ok"], before["checked"], before["anchored"]) == (True, 3, None)
    assert (after["ok"], after["anchored"]["hash"]) == (True, entries[0]["hash"])


def invoke(cloud: Cloud, resource: str) -> None:
    """Runs a scheduled function of the stack now."""
    found = cloud.client("cloudformation").describe_stack_resource(
        StackName=STACK_NAME, LogicalResourceId=resource
    )
    tick: dict[str, Any] = {
        "version": "0",
        "account": "123456789012",
        "region": "us-east-1",
        "detail": {},
        "detail-type": "Scheduled Event",
        "source": "aws.events",
        "time": "2026-06-05T15:00:00Z",
        "id": "tick",
        "resources": [],
    }
    answer = cloud.client("lambda").invoke(
        FunctionName=found["StackResourceDetail"]["PhysicalResourceId"], Payload=json.dumps(tick)
    )
    assert "FunctionError" not in answer, answer["Payload"].read()
