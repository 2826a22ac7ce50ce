"""The mails that SES has taken, and the deliveries that queues make."""

import email
import email.policy
import itertools
import json
from email.message import EmailMessage
from typing import Any

from moto.backends import get_backend

from tests.support.api import Context
from tests.support.played_aws import ACCOUNT, REGION


class Mailbox:
    """What moto's SES has sent since the mailbox was emptied."""

    def empty(self) -> None:
        self._sent.clear()

    @property
    def _sent(self) -> list[Any]:
        sent: list[Any] = get_backend("ses")[ACCOUNT][REGION].sent_messages
        return sent

    @property
    def mails(self) -> list[EmailMessage]:
        """In the order of their sending."""
        return [
            email.message_from_string(raw.raw_data, policy=email.policy.default)  # type: ignore[misc]
            for raw in self._sent
        ]

    @property
    def recipients(self) -> list[str]:
        """Whom they went to, in alphabetical order; twice where two went."""
        return sorted(mail["To"].addresses[0].addr_spec for mail in self.mails)

    def to(self, address: str) -> EmailMessage:
        """The only mail to an address."""
        (found,) = [mail for mail in self.mails if mail["To"].addresses[0].addr_spec == address]
        return found


def text_of(mail: EmailMessage) -> str:
    """The plain part."""
    part = mail.get_body(("plain",))
    assert part is not None
    return str(part.get_content())


def html_of(mail: EmailMessage) -> str:
    part = mail.get_body(("html",))
    assert part is not None
    return str(part.get_content())


_numbers = itertools.count(1)


def batch_of(*bodies: dict[str, Any] | str) -> dict[str, Any]:
    """An SQS event with these messages."""
    return {
        "Records": [
            {
                "messageId": f"m-{next(_numbers)}",
                "receiptHandle": "r",
                "body": body if isinstance(body, str) else json.dumps(body),
                "attributes": {"ApproximateReceiveCount": "1"},
                "eventSource": "aws:sqs",
            }
            for body in bodies
        ]
    }


class LambdaContext(Context):
    """A Lambda's context with so much time left."""

    def __init__(self, seconds: float = 60.0) -> None:
        self.seconds = seconds

    def get_remaining_time_in_millis(self) -> int:
        return int(self.seconds * 1000)


# What a schedule is called with.
TICK = {
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


def deliver(*bodies: dict[str, Any] | str, seconds: float = 60.0) -> list[int]:
    """Hands messages to the notification Lambda; the places of those that it reports as failed."""
    from chalicelib.queues import notifications

    batch = batch_of(*bodies)
    answer = notifications(batch, LambdaContext(seconds))
    ids = [record["messageId"] for record in batch["Records"]]
    return [ids.index(item["itemIdentifier"]) for item in answer["batchItemFailures"]]
