"""Dead letters, given to their queue again."""

from typing import Any

import boto3
import pytest

from local.redrive import NoSuchQueue, redrive


@pytest.fixture
def sqs(aws: str) -> Any:
    return boto3.client("sqs", endpoint_url=aws)


def test_all_that_a_queue_gave_up_on_is_in_it_again_and_nowhere_else(sqs: Any) -> None:
    url, dead = (sqs.create_queue(QueueName=f"desk-mail{end}")["QueueUrl"] for end in ("", "-dead-letters"))
    for number in range(23):
        sqs.send_message(QueueUrl=dead, MessageBody=f"letter {number}")

    assert redrive(sqs, "mail", "desk") == 23

    bodies = set()
    while found := sqs.receive_message(QueueUrl=url, MaxNumberOfMessages=10).get("Messages"):
        bodies |= {each["Body"] for each in found}
    assert bodies == {f"letter {number}" for number in range(23)}
    assert redrive(sqs, "mail", "desk") == 0


def test_a_queue_that_is_not_there_is_told(sqs: Any) -> None:
    with pytest.raises(NoSuchQueue, match="desk-unheard-of-dead-letters"):
        redrive(sqs, "unheard-of", "desk")
