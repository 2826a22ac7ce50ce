"""Every `*` in a policy has its reason in .chalice/wildcards.json, and no reason is idle."""

import json
import re
from collections.abc import Iterator
from typing import Any

from local.files import PROJECT
from local.merging import merged
from tests.support.for_each import for_each

CHALICE = PROJECT / ".chalice"
REASONS: dict[str, str] = json.loads((CHALICE / "wildcards.json").read_text("utf-8"))
Statement = dict[str, Any]


def documents(value: Any) -> Iterator[list[Statement]]:
    """Each policy document within a value."""
    if isinstance(value, dict):
        if isinstance(value.get("Statement"), list):
            yield value["Statement"]
        for each in value.values():
            yield from documents(each)
    elif isinstance(value, list):
        for each in value:
            yield from documents(each)


def statements() -> Iterator[tuple[str, Statement]]:
    """Each statement of this project, and where it stands."""
    for path in sorted(CHALICE.glob("policy-*.json")):
        yield from ((path.name, each) for each in json.loads(path.read_text("utf-8"))["Statement"])
    for name, resource in merged(CHALICE / "resources")["Resources"].items():
        # An endpoint's policy grants nothing: it narrows what those of roles and buckets allow.
        if resource.get("Type") != "AWS::EC2::VPCEndpoint":
            for found in documents(resource):
                yield from ((name, each) for each in found)


ALL = list(statements())


def wild(statement: Statement) -> bool:
    """Whether it names anything by a star: an action, a resource, or who is meant by an allowance."""
    open_to_all = statement["Effect"] == "Allow" and "*" in json.dumps(statement.get("Principal", ""))
    return open_to_all or "*" in json.dumps([statement.get("Action"), statement.get("Resource")])


def named(place: str, statement: Statement) -> str:
    """What its reason stands under: its Sid, or the resource that it is of."""
    return str(statement.get("Sid") or place)


def test_there_are_policies() -> None:
    assert len({place for place, _ in ALL}) > 20


def test_each_star_has_its_reason() -> None:
    without = {
        f"{named(place, statement)} in {place}"
        for place, statement in ALL
        if wild(statement) and named(place, statement) not in REASONS
    }
    assert not without, "say why in .chalice/wildcards.json"


def test_no_reason_is_idle() -> None:
    assert set(REASONS) <= {named(place, statement) for place, statement in ALL if wild(statement)}


@for_each("sid", REASONS)
def test_a_reason_is_a_sentence(sid: str) -> None:
    assert len(REASONS[sid].split()) >= 6
    assert REASONS[sid].endswith(".")


def test_nothing_is_allowed_but_by_its_name() -> None:
    """A star in an action may be in a denial alone: no reason is good enough for more."""
    for place, statement in ALL:
        if statement["Effect"] == "Allow":
            assert "*" not in json.dumps(statement["Action"]), place
            assert "NotAction" not in statement, place
            assert "NotResource" not in statement, place


def test_a_resource_without_a_name_is_known_here() -> None:
    """A reason may be written quickly: these, which name no resource at all, are counted."""
    nameless = {statement["Sid"] for _, statement in ALL if statement.get("Resource") == "*"}
    assert nameless == {"NetworkInterfacesOfTheVpc"}


def test_a_function_has_a_role_of_its_own_written_for_what_it_does() -> None:
    """One policy file for several functions is for several roles, and they do the same."""
    functions = json.loads((CHALICE / "config.json").read_text("utf-8"))["lambda_functions"]
    files = [about["iam_policy_file"] for about in functions.values()]

    assert {path.name for path in CHALICE.glob("policy-*.json")} == set(files)
    shared = {name for name in files if files.count(name) > 1}
    assert shared <= {"policy-database.json", "policy-relay.json"}


# What Lambda itself does with a function's role: logs, network interfaces of a VPC, reading a queue.
# Source: AWS Lambda Developer Guide, "Execution role", "VPC", "SQS".
OF_LAMBDA = {
    *("logs:CreateLogGroup", "logs:CreateLogStream", "logs:PutLogEvents"),
    *("ec2:AssignPrivateIpAddresses", "ec2:CreateNetworkInterface", "ec2:DeleteNetworkInterface"),
    *("ec2:DescribeNetworkInterfaces", "ec2:UnassignPrivateIpAddresses"),
    *("sqs:ReceiveMessage", "sqs:DeleteMessage", "sqs:ChangeMessageVisibility", "sqs:GetQueueAttributes"),
}
# What our code does with it, and the words that do it. Source: Service Authorization Reference.
OF_OURS = {
    "lambda:InvokeFunction": "/2015-03-31/functions/",
    "s3:AbortMultipartUpload": ".abort_multipart_upload(",
    "s3:DeleteObject": ".delete_objects(",
    "s3:DeleteObjectVersion": ".delete_object(Bucket=bucket, Key=key, VersionId=",
    "s3:GetObject": ".get_object(",
    "s3:GetObjectVersion": "versionId",
    "s3:ListBucket": '"list_objects_v2"',
    "s3:ListBucketVersions": '"list_object_versions"',
    "s3:PutObject": ".put_object(",
    "secretsmanager:GetSecretValue": "secretsmanager.GetSecretValue",
    "ses:SendRawEmail": ".send_raw_email(",
    "sqs:GetQueueAttributes": ".get_queue_attributes(",
    "sqs:SendMessage": ".send_message_batch(",
}
# Calls that a right of another name is for.
SAME_RIGHT = {
    "complete_multipart_upload": "s3:PutObject",
    "create_multipart_upload": "s3:PutObject",
    "head_object": "s3:GetObject",
    "list_objects_v2": "s3:ListBucket",
    "upload_part": "s3:PutObject",
}
SOURCES = "\n".join(path.read_text("utf-8") for path in sorted((PROJECT / "chalicelib").rglob("*.py")))


def granted() -> set[str]:
    """The actions that any function may do."""
    policies = [each for place, each in ALL if place.startswith("policy-")]
    actions = (each["Action"] for each in policies)
    return {name for each in actions for name in ([each] if isinstance(each, str) else each)}


def test_no_function_has_a_right_that_nothing_needs() -> None:
    assert granted() <= OF_LAMBDA | set(OF_OURS), "who does it? say so here"


@for_each("action", OF_OURS)
def test_each_right_of_ours_is_used(action: str) -> None:
    assert OF_OURS[action] in SOURCES
    assert action in granted()


def test_each_call_of_ours_has_a_right() -> None:
    """By the clients' own methods, however their client came to be."""
    methods = set(re.findall(r"(?:client\(.*?\)|_ses\(\)|self\.client)\.([a-z_0-9]+)\(", SOURCES))
    known = {word.strip('".(').partition("(")[0] for word in OF_OURS.values()} | set(SAME_RIGHT)
    assert {"get_object", "send_raw_email", "send_message_batch"} <= methods
    assert methods - {"get_paginator", "close"} <= known
    assert set(SAME_RIGHT.values()) <= set(OF_OURS)
