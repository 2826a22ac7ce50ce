"""What the played AWS answers by a short way is what it answers by its server."""

from collections.abc import Iterator
from typing import Any

import pytest
from botocore.exceptions import ClientError

from tests.support import played_aws

LETTER = "From: desk@mesa.example\nTo: z@b.example\nSubject: Ünicode\n\n1 + 1 = 2 & 50 %".encode()


def two(**facts: Any) -> dict[str, Any]:
    return {"Entries": [{"Id": "a", "MessageBody": "one", **facts}, {"Id": "b", "MessageBody": "two"}]}


def many(count: int, size: int = 1) -> dict[str, Any]:
    return {"Entries": [{"Id": str(number), "MessageBody": "x" * size} for number in range(count)]}


CALLS = [
    ("sqs", "send_message_batch", two()),
    ("sqs", "send_message_batch", two(DelaySeconds=901)),
    ("sqs", "send_message_batch", many(0)),
    ("sqs", "send_message_batch", many(11)),
    ("sqs", "send_message_batch", many(10, 200_000)),
    ("sqs", "send_message", {"MessageBody": "three"}),
    ("sqs", "send_message", {"MessageBody": "lost", "QueueUrl": "http://nowhere.example/1/none"}),
    ("sqs", "receive_message", {"MaxNumberOfMessages": 10, "AttributeNames": ["ApproximateReceiveCount"]}),
    ("sqs", "receive_message", {"MaxNumberOfMessages": 11}),
    ("sqs", "delete_message", {"ReceiptHandle": "none"}),
    ("sqs", "get_queue_attributes", {"AttributeNames": ["ApproximateNumberOfMessages"]}),
    (
        "ses",
        "send_raw_email",
        {"Destinations": ["x@b.example", "y@b.example"], "RawMessage": {"Data": LETTER}},
    ),
    ("ses", "send_raw_email", {"Source": "nobody@mesa.example", "RawMessage": {"Data": LETTER}}),
    ("ses", "send_raw_email", {"Destinations": ["x"] * 51, "RawMessage": {"Data": LETTER}}),
]


@pytest.fixture
def queue(stage: dict[str, str], aws: str) -> Iterator[str]:
    sqs = played_aws.client("sqs", aws)
    url = sqs.create_queue(QueueName="played")["QueueUrl"]
    yield url
    sqs.delete_queue(QueueUrl=url)


def said(aws: str, queue: str) -> list[object]:
    """What is answered to each call, but for names that are drawn."""
    played_aws.empty_queues()
    answers: list[object] = []
    for service, name, asked in CALLS:
        to = {"QueueUrl": queue} if service == "sqs" else {}
        try:
            answer = getattr(played_aws.client(service, aws), name)(**{**to, **asked})
        except ClientError as error:
            answers.append(error.response["Error"])
        else:
            answers.append(drawn_out_of(answer))
    return answers


def drawn_out_of(answer: Any) -> Any:
    if isinstance(answer, list):
        return [drawn_out_of(each) for each in answer]
    if not isinstance(answer, dict):
        return answer
    drawn = ("MessageId", "ReceiptHandle", "HTTPHeaders")
    return {
        name: name if name in drawn else drawn_out_of(value)
        for name, value in answer.items()
        if name != "RequestId"
    }


def mails() -> list[tuple[str, list[str], str]]:
    sent = played_aws.get_backend("ses")[played_aws.ACCOUNT][played_aws.REGION].sent_messages
    found = [(each.source, each.destinations, each.raw_data) for each in sent]
    sent.clear()
    return found


def test_the_short_way_answers_as_the_server_does(
    queue: str, aws: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    mails()
    shortly = said(aws, queue), mails()
    monkeypatch.setattr(played_aws, "at_once", lambda _: None)
    assert shortly == (said(aws, queue), mails())


def test_a_queue_is_taken_empty_of_what_can_be_received(queue: str, aws: str) -> None:
    sqs = played_aws.client("sqs", aws)
    sqs.send_message(QueueUrl=queue, MessageBody='{"id": 1}')
    sqs.send_message(QueueUrl=queue, MessageBody='{"id": 2}', DelaySeconds=900)
    assert played_aws.taken(queue) == [{"id": 1}]
    assert played_aws.taken(queue) == []
