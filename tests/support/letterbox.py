"""Mail on its way in: stored as SES would store it, and told of as S3 would tell of it."""

import itertools
import json
import os
from collections.abc import Mapping
from datetime import UTC, datetime
from email.message import EmailMessage
from typing import Any
from uuid import UUID

from chalicelib.core import sqs
from tests.support.database import Database
from tests.support.mailbox import LambdaContext, batch_of
from tests.support.played_aws import client

BUCKET = "mesa-mail"
ACME = "acme@mail.mesa.example"

_numbers = itertools.count(1)


def letter(
    sender: str | None = "Carol <carol@customers.example>",
    subject: str | None = "The link is down",
    text: str = "Rack 4 is dark.",
    *,
    to: str = ACME,
    **headers: str,
) -> bytes:
    """A mail as its sender wrote it. Header names are given with underscores."""
    message = EmailMessage()
    if sender is not None:
        message["From"] = sender
    message["To"] = to
    if subject is not None:
        message["Subject"] = subject
    given = {
        name.replace("_", "-").title().replace("X-Sender", "Sender"): value for name, value in headers.items()
    }
    message["Message-ID"] = given.pop("Message-Id", f"<{next(_numbers)}.mail@customers.example>")
    for name, value in given.items():
        message[name] = value
    message.set_content(text)
    return bytes(message)


def with_files(mail: bytes, *files: tuple[str, str, bytes]) -> bytes:
    """The same with files, `(name, type, content)`."""
    import email
    import email.policy

    message = email.message_from_bytes(mail, policy=email.policy.default)
    for name, kind, content in files:
        main, _, sub = kind.partition("/")
        message.add_attachment(content, maintype=main, subtype=sub, filename=name)
    return bytes(message)


def stamped(
    mail: bytes,
    *,
    recipient: str | None = ACME,
    return_path: str = "bounces@customers.example",
    spam: str = "PASS",
    virus: str = "PASS",
    results: str = "spf=none; dkim=none; dmarc=none",
) -> bytes:
    """With what SES puts on top."""
    where = f"\n for {recipient};" if recipient else ";"
    top = (
        f"Return-Path: <{return_path}>\n"
        f"Received: from mx.customers.example (mx.customers.example [192.0.2.7])\n"
        f" by inbound-smtp.us-east-1.amazonaws.com with SMTP id abcdef{where}\n"
        f" Sat, 21 Nov 2026 09:00:00 +0000 (UTC)\n"
        f"X-SES-Spam-Verdict: {spam}\n"
        f"X-SES-Virus-Verdict: {virus}\n"
        f"Authentication-Results: amazonses.com;\n {results};\n"
    )
    return top.encode() + mail


def proven(domain: str) -> str:
    """Results in which everything speaks for a domain."""
    return (
        f"spf=pass (spfCheck: domain of {domain} designates 192.0.2.7 as permitted sender) "
        f"client-ip=192.0.2.7; envelope-from=somebody@{domain}; helo=mx.{domain};\n"
        f" dkim=pass header.i=@{domain};\n dmarc=pass header.from={domain}"
    )


class Letterbox:
    """The bucket, the queue and its Lambda."""

    def __init__(self, database: Database) -> None:
        self.database = database
        self.s3 = client("s3", os.environ["AWS_ENDPOINT_URL"])
        sqs.breaker.reset()

    def store(self, raw: bytes) -> str:
        """Puts a mail into the bucket; its key."""
        key = f"incoming/{next(_numbers):026d}"
        self.s3.put_object(Bucket=BUCKET, Key=key, Body=raw)
        return key

    def tell(self, *keys: str) -> list[int]:
        """Hands S3's news of these objects to the Lambda; the places of those that failed."""
        from chalicelib.queues import mailbox

        batch = batch_of(*[json.dumps(stored(key)) for key in keys])
        answer = mailbox(batch, LambdaContext(110))
        ids = [record["messageId"] for record in batch["Records"]]
        return [ids.index(item["itemIdentifier"]) for item in answer["batchItemFailures"]]

    def bring(self, mail: bytes, **stamp: Any) -> dict[str, Any]:
        """One mail on the whole way; what is written down of it at last."""
        assert self.tell(self.store(stamped(mail, **stamp))) == []
        return self.arrived()[-1]

    def arrived(self) -> list[dict[str, Any]]:
        """What is written down, in order."""
        return self.database.rows("SELECT * FROM inbound_messages ORDER BY received_at, id")

    def ticket(self, row: Mapping[str, Any]) -> dict[str, Any]:
        (found,) = self.database.rows("SELECT * FROM tickets WHERE id = :i", i=row["ticket_id"])
        return found

    def comments(self, ticket_id: UUID) -> list[dict[str, Any]]:
        return self.database.rows(
            "SELECT * FROM comments WHERE ticket_id = :t ORDER BY created_at, id", t=ticket_id
        )

    def count(self, table: str) -> int:
        return int(self.database.value(f"SELECT count(*) FROM {table}"))


def stored(key: str, size: int = 9) -> dict[str, Any]:
    """S3's word of a new object."""
    return {
        "Records": [
            {
                "eventName": "ObjectCreated:Put",
                "eventTime": datetime.now(UTC).isoformat(),
                "s3": {"bucket": {"name": BUCKET}, "object": {"key": key, "size": size, "sequencer": "1"}},
            }
        ]
    }
