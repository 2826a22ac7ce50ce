"""Rules at work, in process: made by Ada, run by their Lambda on the events of the outbox."""

import json
from typing import Any
from uuid import UUID

from chalicelib import queues
from chalicelib.core import json_text
from tests.support.database import Database
from tests.support.mailbox import LambdaContext, batch_of
from tests.support.service_desk import ServiceDesk

UNRUN = """
    SELECT id, workspace_id, ticket_id, sequence, type, internal, payload, created_at FROM events
    WHERE id > :last AND type NOT LIKE 'job.%' ORDER BY id
"""
TAG = [{"action": "add_tags", "tags": ["ruled"]}]


class RuleBook:
    """The rules of Acme, and the queue that feeds them."""

    def __init__(self, desk: ServiceDesk, database: Database) -> None:
        self.desk = desk
        self.database = database
        self.last = 0

    def make(self, name: str = "A rule", **facts: Any) -> dict[str, Any]:
        """A rule of Ada's that tags each new ticket, unless it says otherwise."""
        body = {"name": name, "when": [{"on": "created"}], "actions": TAG, **facts}
        reply = self.desk.as_(self.desk.cast.ada).post("/v1/rules", body)
        assert reply.status == 201, reply.text
        return dict(reply.json)

    def waiting(self) -> list[dict[str, Any]]:
        """What has happened since the rules ran last, as messages."""
        rows = self.database.rows(UNRUN, last=self.last)
        return [message(row) for row in rows]

    def forget(self) -> None:
        """Whatever has happened until now is none of the rules' business."""
        self.last = max((each["id"] for each in self.waiting()), default=self.last)

    def deliver(self, *messages: dict[str, Any]) -> list[int]:
        """Hands messages to the Lambda; the places of those that it reports as failed."""
        batch = batch_of(*messages)
        answer = queues.rules(batch, LambdaContext())
        ids = [record["messageId"] for record in batch["Records"]]
        return [ids.index(item["itemIdentifier"]) for item in answer["batchItemFailures"]]

    def run(self) -> int:
        """Delivers all that happens until nothing more does; how many events that were."""
        count = 0
        while waiting := self.waiting():
            for each in waiting:
                assert self.deliver(each) == []
                self.last = each["id"]
            count += len(waiting)
            assert count < 500, "there is no end to it"
        return count

    def firings(self, rule: dict[str, Any], query: str = "") -> list[dict[str, Any]]:
        reply = self.desk.as_(self.desk.cast.ada).get(f"/v1/rules/{rule['id']}/firings?{query}")
        assert reply.status == 200, reply.text
        return list(reply.json["items"])

    def outcomes(self, rule: dict[str, Any]) -> list[str]:
        """What became of each firing, the first one first."""
        return [each["outcome"] for each in reversed(self.firings(rule))]

    def look(self, ticket: dict[str, Any]) -> dict[str, Any]:
        return self.desk.detail(self.desk.cast.ada, ticket)

    def fired(self, ticket: dict[str, Any]) -> list[str]:
        """The names of the rules that fired on a ticket, by its timeline."""
        entries = self.look(ticket)["timeline"]
        return [each["meta"]["rules"][-1]["name"] for each in entries if each["action"] == "rule_fired"]

    def age(self, ticket: dict[str, Any], interval: str) -> None:
        """Puts all of a ticket, and what was reckoned of it, so far into the past."""
        shifted = {
            "tickets": ("id", ("created_at", "updated_at", "due_at")),
            "comments": ("ticket_id", ("created_at",)),
            "timeline_entries": ("ticket_id", ("created_at",)),
            "rule_dues": ("ticket_id", ("at", "counts_from", "fired_from")),
            "rule_firings": ("ticket_id", ("counts_from",)),
        }
        for table, (key, columns) in shifted.items():
            changes = ", ".join(f"{column} = {column} - interval '{interval}'" for column in columns)
            self.database.run(f"UPDATE {table} SET {changes} WHERE {key} = :t", t=UUID(ticket["id"]))


def message(row: dict[str, Any]) -> dict[str, Any]:
    """An event as its queue carries it."""
    return dict(json.loads(json_text.dumps(row)))
