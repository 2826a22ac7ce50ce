"""Every Lambda function: what calls it in figures, and which bare function it is held against."""

import json
import os
from collections.abc import Callable, Mapping, Sequence
from contextlib import ExitStack, redirect_stdout
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from unittest.mock import patch
from uuid import uuid4

import boto3

from benchmarks.gateway import authorizer_event, proxy_event
from benchmarks.stage import Stage
from chalicelib.core import standard_webhooks
from chalicelib.core.deliveries import Outgoing, Result
from chalicelib.tickets.file_news import SCAN_RESULT
from tests.support.cast import Cast
from tests.support.letterbox import letter, stamped, with_files
from tests.support.mailbox import TICK, batch_of
from tests.support.stranger import Asked, Stranger, Told

BUCKET, AUDIT, EXPORTS = "bench", "bench-audit", "bench-exports"
# A mail with as many bytes of files as SES takes in, and the most that the API takes in one body.
FILE = 25_000_000
MANY = "Since the update this morning. " * 300
A_TICKET = "SELECT id FROM tickets WHERE assignee_id = :ana ORDER BY number DESC LIMIT 1"
OF_SOMEBODY = "SELECT t.label, u.email FROM tickets t JOIN users u ON u.id = t.requester_id LIMIT 1"
# By the name in .chalice/config.json: the handler, the bare function of benchmarks/floors that it is held
# against.
HANDLERS = {
    "api_handler": ("app.app", "api"),
    "authorizer": ("chalicelib.api.authorizer.authorizer", "authorizer"),
    "public-status": ("chalicelib.api.public_status.public_status", "public_status"),
    "notifications": ("chalicelib.queues.notifications", "consumer"),
    "rules": ("chalicelib.queues.rules", "consumer"),
    "webhooks": ("chalicelib.queues.webhooks", "consumer"),
    "delivery-results": ("chalicelib.queues.delivery_results", "consumer"),
    "insight": ("chalicelib.queues.insight", "consumer"),
    "mailbox": ("chalicelib.queues.mailbox", "storing"),
    "mail-feedback": ("chalicelib.queues.mail_feedback", "consumer"),
    "attachments": ("chalicelib.queues.attachments", "consumer"),
    "jobs": ("chalicelib.queues.work_off", "consumer"),
    "sla-sweep": ("chalicelib.schedules.sla_sweep", "database"),
    "rule-sweep": ("chalicelib.schedules.rule_sweep", "database"),
    "event-relay": ("chalicelib.schedules.event_relay", "database"),
    "webhook-sweep": ("chalicelib.schedules.webhook_sweep", "database"),
    "rollup-repair": ("chalicelib.schedules.rollup_repair", "database"),
    "purge": ("chalicelib.schedules.purge", "database"),
    "audit-anchor": ("chalicelib.schedules.audit_anchor", "database"),
    "egress": ("chalicelib.egress.egress", "plain"),
    "deliveries": ("chalicelib.egress.deliveries", "sending"),
    "points": ("chalicelib.points.points", "plain"),
}
Event = Mapping[str, Any]
Called = tuple[Event, Sequence[Event], Sequence[Event], Callable[[Any], bool]]
AGAIN, BATCH = 5, 10
NEWS = """
    SELECT id, type, workspace_id, ticket_id, sequence, internal, created_at, payload
    FROM events WHERE type = 'ticket.created' ORDER BY id DESC LIMIT 16
"""
SCANNED = {"detail-type": SCAN_RESULT, "id": "scan-1", "time": "2026-06-05T15:00:00Z"}
# What SES tells of an address that is none.
BOUNCE = {
    "eventType": "Bounce",
    "mail": {
        "messageId": "m-1",
        "timestamp": "2026-06-05T15:00:00.000Z",
        "headers": [],
        "tags": {},
        "destination": ["nobody@people.example"],
    },
    "bounce": {
        "bounceType": "Permanent",
        "bounceSubType": "General",
        "feedbackId": "f-1",
        "timestamp": "2026-06-05T15:00:00.000Z",
        "bouncedRecipients": [{"emailAddress": "nobody@people.example"}],
    },
}


@dataclass(frozen=True)
class Function:
    """`small`: the least that it is called with; `again`: some more of those. `large`: the most at once, or
    what takes the most memory. `fits`: what its answer must fulfil."""

    handler: str
    floor: str
    small: Event
    again: Sequence[Event]
    large: Sequence[Event]
    fits: Callable[[Any], bool]


class Functions:
    """All of them, on a stage; `close` ends what they speak to."""

    def __init__(self, stage: Stage) -> None:
        self._ending = ExitStack()
        self.stage = stage
        self.environment = {**stage.environment, **self._surroundings()}
        self.ticket = str(stage.database.value(A_TICKET, ana=self.cast.ana.id))
        self.news, self.job = self._happened()

    @property
    def cast(self) -> Cast:
        return self.stage.cast

    def all(self) -> dict[str, Function]:
        """By their names; called as by somebody who just signed in."""
        called = {**self._asked(), **self._queued(), **self._by_the_clock(), **self._outside()}
        return {name: Function(*HANDLERS[name], *called[name]) for name in HANDLERS}

    def close(self) -> None:
        self._ending.close()

    def _surroundings(self) -> dict[str, str]:
        """Buckets and queues of moto, and a stranger who takes every call."""
        self.s3, sqs = boto3.client("s3"), boto3.client("sqs")
        for bucket in (BUCKET, AUDIT, EXPORTS):
            self.s3.create_bucket(Bucket=bucket)
        boto3.client("ses").verify_email_identity(EmailAddress="desk@mesa.example")
        queue = sqs.create_queue(QueueName=BUCKET)["QueueUrl"]
        self.stranger = Stranger()
        self.stranger.routes.update({"/": _answer, "/api/v2/write": _answer})
        self._ending.callback(self.stranger.stop)
        token = boto3.client("secretsmanager").create_secret(
            Name="influx", SecretString=json.dumps({"token": "bench"})
        )["ARN"]
        buckets = {"AUDIT": AUDIT, "EXPORT": EXPORTS, "ATTACHMENTS": BUCKET, "MAIL": BUCKET}
        queues = ("EVENT_QUEUE_URLS", "JOB_QUEUE_URL", "DELIVERY_QUEUE_URL", "DELIVERY_RESULT_QUEUE_URL")
        return {
            **{f"MESA_{name}_BUCKET": bucket for name, bucket in buckets.items()},
            **{f"MESA_{name}": queue for name in queues},
            "MESA_MAIL_FROM": "desk@mesa.example",
            "MESA_MAIL_DOMAIN": "mail.mesa.example",
            "MESA_EGRESS_LOCAL_HOSTS": "127.0.0.1",
            "MESA_INFLUX_URL": self.stranger.url,
            "MESA_INFLUX_SECRET_ARN": token,
            "MESA_LOG_LEVEL": "ERROR",
        }

    def _asked(self) -> dict[str, Called]:
        """What API Gateway calls."""
        cast, path = self.cast, {"ticket_id": self.ticket}
        (found,) = self.stage.database.rows(OF_SOMEBODY)
        public = "/v1/public/{workspace}/ticket-status"
        look_up = proxy_event("POST", public, path={"workspace": "acme"}, body=found)
        get = proxy_event("GET", "/v1/tickets/{ticket_id}", caller=cast.dario, path=path)
        body = {"subject": "VPN drops", "description": MANY}
        large = [
            proxy_event("GET", "/v1/tickets", caller=cast.dario, query={"limit": "100"}),
            proxy_event("POST", "/v1/tickets", caller=cast.dario, body=body),
            proxy_event("GET", "/v1/analytics/dashboard", caller=cast.dario, query={"days": "30"}),
            proxy_event("GET", "/v1/openapi.json"),
        ]
        authorize = authorizer_event(cast.ada)
        return {
            "api_handler": (get, [get] * AGAIN, large, _is_ok),
            "authorizer": (authorize, [authorize] * AGAIN, [authorize], _allows),
            "public-status": (look_up, [look_up] * AGAIN, [look_up], _is_ok),
        }

    def _queued(self) -> dict[str, Called]:
        """What SQS calls: with a message, with others, and with a batch."""
        scanned = json.dumps(SCANNED | {"detail": _finding()})
        result = Result.of(self._call(), 200, None, "", None, 9, datetime.now(UTC)).text()
        mail, large = self._mail(b""), self._mail(bytes(FILE))
        alike = {
            "attachments": scanned,
            "mail-feedback": json.dumps(BOUNCE),
            "delivery-results": result,
            "jobs": self._event("job.requested", {"job": {"id": str(uuid4())}}),
            "mailbox": mail,
        }
        called: dict[str, Called] = {
            name: (batch_of(one), [batch_of(one)] * AGAIN, [batch_of(*[one] * BATCH)], _is_done)
            for name, one in alike.items()
        }
        for name, most in (("notifications", 1), ("rules", 1), ("webhooks", 1), ("insight", 10)):
            first, *others = self.news
            again = [batch_of(each) for each in others[:AGAIN]]
            called[name] = batch_of(first), again, [batch_of(*others[AGAIN:] * most)], _is_done
        called["mailbox"] = *called["mailbox"][:2], [batch_of(large)], _is_done
        called["jobs"] = *called["jobs"][:2], [batch_of(self.job)], _is_done
        return called

    def _by_the_clock(self) -> dict[str, Called]:
        names = [name for name, (handler, _) in HANDLERS.items() if ".schedules." in handler]
        return {name: (TICK, [TICK] * AGAIN, [TICK], lambda answer: answer is None) for name in names}

    def _outside(self) -> dict[str, Called]:
        """What has no database."""
        get = {"method": "GET", "url": f"{self.stranger.url}/"}
        call, news = batch_of(self._call().text()), batch_of(self.news[0])
        calls = batch_of(*[self._call().text() for _ in range(BATCH)])
        return {
            "egress": (get, [get] * AGAIN, [get], lambda answer: answer["status"] == 200),
            "deliveries": (call, [call] * AGAIN, [calls], _is_done),
            "points": (news, [news] * AGAIN, [batch_of(*self.news * BATCH)], _is_done),
        }

    def _happened(self) -> tuple[list[str], str]:
        """What queues are told of tickets that were just made, and of an export that was asked for."""
        from app import app

        def ask(path: str, body: Mapping[str, Any]) -> None:
            event = proxy_event("POST", path, caller=self.cast.dario, body=body)
            assert _is_ok(app(event, None))

        with (
            open(os.devnull, "w") as nowhere,
            redirect_stdout(nowhere),
            patch("chalicelib.core.events.send_committed"),
        ):
            for _ in range(1 + AGAIN + BATCH):
                ask("/v1/tickets", {"subject": "VPN drops", "description": "Every hour."})
            ask("/v1/exports", {"resource": "tickets"})
        found = self.stage.database.rows(NEWS)
        assert len(found) > AGAIN + BATCH
        job = self.stage.database.value("SELECT id FROM jobs ORDER BY created_at DESC LIMIT 1")
        return [_told(row) for row in found], self._event("job.requested", {"job": {"id": str(job)}})

    def _event(self, kind: str, payload: Mapping[str, Any]) -> str:
        event = {
            "id": 1,
            "type": kind,
            "workspace_id": str(self.cast.acme),
            "ticket_id": self.ticket,
            "sequence": 1,
            "internal": False,
            "created_at": datetime.now(UTC).isoformat(),
            "payload": dict(payload),
        }
        return json.dumps(event)

    def _call(self) -> Outgoing:
        at = int(datetime.now(UTC).timestamp())
        delivery = str(uuid4())
        fields = standard_webhooks.headers(delivery, at, "{}", [b"k" * 32])
        return Outgoing(str(self.cast.acme), delivery, 1, f"{self.stranger.url}/", fields, "{}", at + 86_400)

    def _mail(self, content: bytes) -> str:
        """S3's word of a mail that SES has stored."""
        written = letter("p1@people.example", text=MANY)
        if content:
            written = with_files(written, ("dump.bin", "application/octet-stream", content))
        key = f"incoming/{uuid4().hex}"
        self.s3.put_object(Bucket=BUCKET, Key=key, Body=stamped(written))
        return _stored({"key": key, "size": len(written), "sequencer": "1"})


def _stored(thing: Mapping[str, Any]) -> str:
    """S3's word of an object."""
    record = {
        "eventName": "ObjectCreated:Put",
        "eventTime": "2026-06-05T15:00:00.000Z",
        "s3": {"bucket": {"name": BUCKET}, "object": dict(thing)},
    }
    return json.dumps({"Records": [record]})


def _answer(asked: Asked) -> Told:
    return Told(200 if asked.path == "/" else 204)


def _finding() -> dict[str, Any]:
    """What a scanner says of a file that nobody knows."""
    thing = {"bucketName": BUCKET, "objectKey": f"{uuid4()}/{uuid4()}", "versionId": "v"}
    return {"s3ObjectDetails": thing, "scanResultDetails": {"scanResultStatus": "NO_THREATS_FOUND"}}


def _told(row: Mapping[str, Any]) -> str:
    return json.dumps(
        row, default=lambda value: value.isoformat() if hasattr(value, "isoformat") else str(value)
    )


def _is_ok(answer: Any) -> bool:
    return bool(200 <= answer["statusCode"] < 300)


def _allows(answer: Any) -> bool:
    return bool(answer["policyDocument"]["Statement"][0]["Effect"] == "Allow")


def _is_done(answer: Any) -> bool:
    return bool(answer == {"batchItemFailures": []})
