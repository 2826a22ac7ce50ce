"""What lies between the Lambdas: queues that deliver at least once, in any order, and again after a failure;
sandboxes that end at any point; and time, which passes by being told to."""

import os
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from random import Random
from typing import Any

import boto3
from botocore.exceptions import EndpointConnectionError

from chalicelib import egress, queues, schedules
from chalicelib.core import sqs
from chalicelib.core.db import engine
from tests.chaos.strikes import died, killed
from tests.chaos.tally import Tally
from tests.support.database import Database
from tests.support.mailbox import TICK, LambdaContext, batch_of

# Which functions each queue of the tests feeds. In the template each of the first four has its own.
FED = {
    "MESA_EVENT_QUEUE_URLS": ("notifications", "rules", "webhooks", "insight"),
    "MESA_JOB_QUEUE_URL": ("jobs",),
    "MESA_DELIVERY_QUEUE_URL": ("deliveries",),
    "MESA_DELIVERY_RESULT_QUEUE_URL": ("delivery-results",),
}
CONSUMERS: Mapping[str, Callable[..., Any]] = {
    "notifications": queues.notifications,
    "rules": queues.rules,
    "webhooks": queues.webhooks,
    "insight": queues.insight,
    "jobs": queues.work_off,
    "deliveries": egress.deliveries,
    "delivery-results": queues.delivery_results,
}
SCHEDULES = (schedules.sla_sweep, schedules.event_relay, schedules.webhook_sweep, schedules.rule_sweep)
MOST_RECEIVES = 5
# Whatever is leased, claimed or put off by now may be taken up again.
LATER = (
    "UPDATE events SET leased_until = now() WHERE sent_at IS NULL",
    "UPDATE notifications SET claimed_at = now() - interval '61 seconds' WHERE status = 'claimed'",
    "UPDATE webhook_deliveries SET next_attempt_at = now() WHERE status IN ('pending', 'sending')",
    "UPDATE jobs SET leased_until = now() WHERE leased_until > now()",
)
# Points of a Lambda's run at which it may be struck.
MOST_POINTS = 12


@dataclass
class Message:
    body: str
    receives: int = 0


class Cloud:
    """The queues and what they feed. `dice` draws what goes wrong, `told` keeps count of it."""

    def __init__(self, stage: Mapping[str, str], database: Database, dice: Random, told: Tally) -> None:
        self.stage, self.database, self.dice, self.told = stage, database, dice, told
        self.client = boto3.client("sqs", endpoint_url=os.environ["AWS_ENDPOINT_URL"])
        self.waiting: dict[str, list[Message]] = {name: [] for name in CONSUMERS}
        self.dead: dict[str, list[Message]] = {name: [] for name in CONSUMERS}

    def collect(self) -> None:
        """Takes over what was sent."""
        for variable, names in FED.items():
            for body in self._taken(self.stage[variable]):
                for name in names:
                    self.waiting[name].append(Message(body))

    def step(self) -> None:
        """One run of one function, struck somewhere."""
        self.collect()
        busy = [name for name, messages in self.waiting.items() if messages]
        if not busy or self.dice.random() < 0.3:
            schedule = self.dice.choice(SCHEDULES)
            with self._struck(), suppressed():
                schedule(TICK, LambdaContext())
            return
        self._run(self.dice.choice(busy), self._struck)

    def heal(self, rounds: int = 60) -> None:
        """Runs everything, undisturbed, until nothing is on its way."""
        sqs.breaker.reset()
        for _ in range(rounds):
            for sql in LATER:
                self.database.run(sql)
            for schedule in SCHEDULES:
                schedule(TICK, LambdaContext())
            self.collect()
            if not any(self.waiting.values()):
                return
            for name, messages in self.waiting.items():
                while messages:
                    before = len(messages)
                    self._run(name, contextless)
                    if len(messages) >= before:
                        break
        raise AssertionError(f"there is no end to it: { {name: len(m) for name, m in self.waiting.items()} }")

    def redrive(self) -> int:
        """Gives back what was given up; how many those were."""
        moved = 0
        for name, messages in self.dead.items():
            moved += len(messages)
            self.waiting[name] += [Message(each.body) for each in messages]
            messages.clear()
        return moved

    def _run(self, name: str, struck: Callable[[], Any]) -> None:
        """Some of what waits, in any order; some of it twice."""
        queue = self.waiting[name]
        most = 1 if name == "jobs" else 10
        batch = [queue.pop(self.dice.randrange(len(queue))) for _ in range(min(most, len(queue)))]
        again = [] if struck is contextless else [m for m in batch if self.dice.random() < 0.15]
        self.told.faults["message delivered twice"] += len(again)
        event = batch_of(*[message.body for message in batch])
        failed = {record["messageId"] for record in event["Records"]}
        with struck(), suppressed():
            answer = CONSUMERS[name](event, LambdaContext(110))
            failed = {item["itemIdentifier"] for item in answer["batchItemFailures"]}
        for record, message in zip(event["Records"], batch, strict=True):
            if record["messageId"] in failed:
                message.receives += 1
                (self.dead[name] if message.receives >= MOST_RECEIVES else queue).append(message)
        queue += [Message(message.body) for message in again]

    @contextmanager
    def _struck(self) -> Iterator[None]:
        place, kind = self.dice.randint(1, MOST_POINTS), self.dice.choice(("killed", "died", "none"))
        if kind == "none":
            yield
            return
        ways: Mapping[str, Any] = {
            "killed": lambda: killed(self.database, place, place + 1),
            "died": lambda: died(self.database, place),
        }
        with ways[kind]() as found:
            yield
        words = {"killed": "backend of a consumer killed", "died": "consumer killed"}
        self.told.faults[words[kind]] += found.hits

    def _taken(self, url: str) -> list[str]:
        taken: list[str] = []
        while found := self.client.receive_message(QueueUrl=url, MaxNumberOfMessages=10).get("Messages"):
            taken += [each["Body"] for each in found]
            entries = [{"Id": str(n), "ReceiptHandle": m["ReceiptHandle"]} for n, m in enumerate(found)]
            self.client.delete_message_batch(QueueUrl=url, Entries=entries)
        return taken


@contextmanager
def contextless() -> Iterator[None]:
    yield


@contextmanager
def suppressed() -> Iterator[None]:
    """A function that fails is called again; the exception is in its log."""
    try:
        yield
    except Exception:
        engine().dispose()


@contextmanager
def sqs_down() -> Iterator[None]:
    """No queue answers."""

    def refuse(**_: Any) -> None:
        raise EndpointConnectionError(endpoint_url="nowhere")

    clients = [sqs.client("hasty"), sqs.client("patient")]
    for client in clients:
        client.meta.events.register("before-send.sqs", refuse)
    try:
        yield
    finally:
        for client in clients:
            client.meta.events.unregister("before-send.sqs", refuse)
        sqs.breaker.reset()
