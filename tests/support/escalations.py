"""Acme's policy with escalations, time that passes, and the way from the sweep to what comes of it."""

from typing import Any
from uuid import UUID

from tests.support.database import Database
from tests.support.mailbox import Mailbox, deliver
from tests.support.rule_book import RuleBook
from tests.support.service_desk import ServiceDesk

RAISE = {"action": "raise_priority"}
SHIFT = "make_interval(mins => :m)"


def after(minutes: int, *actions: dict[str, Any], **facts: Any) -> dict[str, Any]:
    return {"metric": "resolution", "when": "after", "minutes": minutes, "actions": list(actions), **facts}


def before(minutes: int, *actions: dict[str, Any], **facts: Any) -> dict[str, Any]:
    return after(minutes, *actions, **{"when": "before", **facts})


def notify(*to: dict[str, Any]) -> dict[str, Any]:
    return {"action": "notify", "to": [{name: str(value) for name, value in each.items()} for each in to]}


class Escalations:
    """Of the one policy that Acme has: around the clock, a resolution within an hour."""

    def __init__(self, desk: ServiceDesk, database: Database, book: RuleBook, mailbox: Mailbox) -> None:
        self.desk = desk
        self.database = database
        self.book = book
        self.mailbox = mailbox
        self.ada = desk.as_(desk.cast.ada)
        (self.policy,) = self.ada.get("/v1/sla-policies").json["items"]

    def set(self, *escalations: dict[str, Any], **facts: Any) -> list[dict[str, Any]]:
        """What the policy escalates from now on."""
        body = {"targets": {"resolution": 60}, "warnings": [], "escalations": list(escalations), **facts}
        reply = self.ada.patch(f"/v1/sla-policies/{self.policy['id']}", body)
        assert reply.status == 200, reply.text
        return list(reply.json["escalations"])

    def pass_time(self, minutes: int) -> None:
        """As if all that has not been announced had been promised so much earlier."""
        self.database.run(
            f"UPDATE sla_targets SET started_at = started_at - {SHIFT}, due_at = due_at - {SHIFT}", m=minutes
        )
        self.database.run(f"UPDATE tickets SET created_at = created_at - {SHIFT}", m=minutes)
        self.database.run(f"UPDATE sla_steps SET at = at - {SHIFT} WHERE fired_at IS NULL", m=minutes)

    def sweep(self) -> int:
        (swept,) = self.database.rows("CALL sp_sla_sweep(500, 0, 0)")
        return int(swept["p_announced"])

    def run(self) -> None:
        """The sweep, and all that its news leads to."""
        self.sweep()
        self.book.run()

    def news(self, action: str = "escalated") -> list[dict[str, Any]]:
        """The messages of this that were written."""
        last, self.book.last = self.book.last, 0
        told = [each for each in self.book.waiting() if each["type"] == f"ticket.{action}"]
        self.book.last = last
        return told

    def mailed(self) -> list[str]:
        """Who got a mail of an escalation."""
        self.mailbox.empty()
        assert deliver(*self.news("escalation_done")) == []
        return self.mailbox.recipients

    def done(self, ticket: dict[str, Any]) -> list[dict[str, Any]]:
        """What came of each, by the ticket's timeline."""
        entries = self.desk.detail(self.desk.cast.ada, ticket)["timeline"]
        return [entry["meta"] for entry in entries if entry["action"] == "escalation_done"]

    def count(self, action: str, ticket: dict[str, Any]) -> int:
        return self.desk.actions(ticket).count(action)

    def look(self, ticket: dict[str, Any]) -> dict[str, Any]:
        return self.desk.detail(self.desk.cast.ada, ticket)

    def steps(self, ticket: dict[str, Any]) -> list[dict[str, Any]]:
        """Of its resolution, as the staff is told."""
        told = self.ada.get(f"/v1/tickets/{ticket['id']}/sla").json["targets"]
        return [step for each in told if each["metric"] == "resolution" for step in each["steps"]]

    def deactivate(self, user_id: UUID) -> None:
        self.database.run("UPDATE users SET status = 'deactivated' WHERE id = :u", u=user_id)
