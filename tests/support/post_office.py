"""Webhooks in process: from the outbox through the queues of their Lambdas to a receiver on loopback and
back."""

from typing import Any
from uuid import UUID

from standardwebhooks import Webhook

from chalicelib import egress, queues, schedules
from chalicelib.webhooks import sealed
from tests.support.database import Database
from tests.support.mailbox import TICK, LambdaContext, batch_of
from tests.support.played_aws import taken
from tests.support.rule_book import UNRUN, message
from tests.support.service_desk import ServiceDesk
from tests.support.stranger import Asked, Stranger, Told


class PostOffice:
    """The webhooks of Acme, their queues, and a receiver that answers 200 unless told otherwise."""

    def __init__(self, desk: ServiceDesk, database: Database, stage: dict[str, str]) -> None:
        sealed.keys.cache_clear()
        self.desk = desk
        self.database = database
        self.stage = stage
        self.receiver = Stranger()
        self.receiver.says("/hook", b"thank you")
        self.last = 0
        self.calls()
        self.results()

    def close(self) -> None:
        self.receiver.stop()

    @property
    def url(self) -> str:
        return f"{self.receiver.url}/hook"

    def make(self, **facts: Any) -> dict[str, Any]:
        """A webhook of Ada's for all events, unless it says otherwise."""
        body = {"name": "A webhook", "url": self.url, "events": ["*"], **facts}
        reply = self.desk.as_(self.desk.cast.ada).post("/v1/webhooks", body)
        assert reply.status == 201, reply.text
        return dict(reply.json)

    def look(self, webhook: dict[str, Any]) -> dict[str, Any]:
        reply = self.desk.as_(self.desk.cast.ada).get(f"/v1/webhooks/{webhook['id']}")
        assert reply.status == 200, reply.text
        return dict(reply.json)

    def deliveries(self, webhook: dict[str, Any], query: str = "") -> list[dict[str, Any]]:
        """The first one first."""
        path = f"/v1/webhooks/{webhook['id']}/deliveries?sort=created_at&limit=100&{query}"
        reply = self.desk.as_(self.desk.cast.ada).get(path)
        assert reply.status == 200, reply.text
        return list(reply.json["items"])

    def events(self) -> list[dict[str, Any]]:
        """What has happened since this was asked last, as messages."""
        found = [message(row) for row in self.database.rows(UNRUN, last=self.last)]
        self.last = max((each["id"] for each in found), default=self.last)
        return found

    def forget(self) -> None:
        self.events()

    def fan_out(self, *messages: dict[str, Any]) -> list[int]:
        return failed(queues.webhooks, *messages)

    def calls(self) -> list[dict[str, Any]]:
        """Takes what waits to be called."""
        return taken(self.stage["MESA_DELIVERY_QUEUE_URL"])

    def call(self, *messages: dict[str, Any]) -> list[int]:
        return failed(egress.deliveries, *messages)

    def results(self) -> list[dict[str, Any]]:
        """Takes what is told of calls."""
        return taken(self.stage["MESA_DELIVERY_RESULT_QUEUE_URL"])

    def settle(self, *messages: dict[str, Any]) -> list[int]:
        return failed(queues.delivery_results, *messages)

    def run(self) -> None:
        """Delivers all that happens, and calls and settles, until nothing is on its way."""
        while True:
            for event in self.events():
                assert self.fan_out(event) == []
            called = self.calls()
            for start in range(0, len(called), egress.BATCH):
                assert self.call(*called[start : start + egress.BATCH]) == []
            told = self.results()
            if not called and not told:
                return
            assert self.settle(*told) == []

    def sweep(self) -> None:
        """The schedule comes by, and all that it hands over is done."""
        schedules.webhook_sweep(TICK, LambdaContext())
        self.run()

    def hurry(self) -> None:
        """Whatever waits for another try has waited long enough."""
        self.database.run("UPDATE webhook_deliveries SET next_attempt_at = now() WHERE status = 'pending'")
        self.sweep()

    def verified(self, secret: str, asked: Asked | None = None) -> dict[str, Any]:
        """What the receiver got (the last of it), as the reference library lets it through."""
        got = asked or self.receiver.heard[-1]
        return dict(Webhook(secret).verify(got.body, got.headers))

    def answers(self, *told: Told) -> None:
        """What the receiver says, one after the other, the last for ever."""
        left = list(told)
        self.receiver.routes["/hook"] = lambda _: left.pop(0) if len(left) > 1 else left[0]

    def age(self, webhook: dict[str, Any], interval: str) -> None:
        """The webhook has been failing so much longer."""
        self.database.run(
            f"UPDATE webhooks SET failing_since = failing_since - interval '{interval}' WHERE id = :w",
            w=UUID(webhook["id"]),
        )


def failed(consumer: Any, *messages: dict[str, Any]) -> list[int]:
    """Hands messages to a Lambda, ten at a time; the places of those that it reports as failed."""
    places: list[int] = []
    for start in range(0, len(messages), 10):
        batch = batch_of(*messages[start : start + 10])
        answer = consumer(batch, LambdaContext())
        ids = [record["messageId"] for record in batch["Records"]]
        places += [start + ids.index(item["itemIdentifier"]) for item in answer["batchItemFailures"]]
    return places
