"""The tests' own AWS asks the roles: see tests/support/roles.py."""

import boto3
import pytest
from botocore.exceptions import ClientError

from tests.support.roles import allows, running, what_was_refused


@pytest.mark.parametrize(
    ("function", "action", "resource", "may"),
    [
        ("api_handler", "s3:PutObject", "Exports/imports/1.json", True),
        ("api_handler", "s3:PutObject", "Exports/1.json", False),
        ("api_handler", "s3:DeleteObject", "Exports/imports/1.json", False),
        ("jobs", "s3:PutObject", "Exports/1.json", True),
        ("jobs", "s3:ListBucket", "Exports", True),
        ("jobs", "s3:ListBucket", "Exports/1.json", False),
        ("notifications", "ses:SendRawEmail", "", True),
        ("webhooks", "ses:SendRawEmail", "", False),
        ("authorizer", "sqs:SendMessage", "JobsQueue", False),
    ],
)
def test_a_function_may_do_what_its_role_names(
    function: str, action: str, resource: str, *, may: bool
) -> None:
    assert allows(function, action, resource) is may


def test_a_running_function_is_refused_what_its_role_does_not_name(stage: dict[str, str]) -> None:
    sqs = boto3.client("sqs")
    entries = [{"Id": "1", "MessageBody": "{}"}]
    token = running.set("authorizer")
    try:
        with pytest.raises(ClientError, match="AccessDenied"):
            sqs.send_message_batch(QueueUrl=stage["MESA_JOB_QUEUE_URL"], Entries=entries)
    finally:
        running.reset(token)

    assert what_was_refused() == ["authorizer may not sqs:SendMessage on JobsQueue"]
    assert sqs.send_message_batch(QueueUrl=stage["MESA_JOB_QUEUE_URL"], Entries=entries)["Successful"]
