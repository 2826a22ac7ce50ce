"""A desk in Berlin that keeps office hours, in June 2026, on a clock set by hand: the SLA cases as people
live them, over HTTP and with the sweep of the schedule."""

from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from chalicelib.schedules import sweep
from tests.support.api import Api
from tests.support.cast import Person
from tests.support.frozen_time import FrozenTime
from tests.support.service_desk import ServiceDesk

Json = dict[str, Any]

BERLIN = ZoneInfo("Europe/Berlin")
WEEKDAYS = {str(day): [["09:00", "17:00"]] for day in range(5)}


class OfficeDesk:
    """Acme's. One policy stands before all others: 480 minutes, a day's work, unless a test promises more."""

    def __init__(self, desk: ServiceDesk, frozen: FrozenTime) -> None:
        self.desk = desk
        self.cast = desk.cast
        self.frozen = frozen
        self.at(5, 10)
        office = {"name": "Office", "timezone": "Europe/Berlin", "weekly": WEEKDAYS}
        self.calendar = self._made("/v1/calendars", office)
        self.policy = self.promise()

    @property
    def ada(self) -> Api:
        return self.desk.as_(self.cast.ada)

    def at(self, day: int, hour: int, minute: int = 0, second: int = 0) -> datetime:
        """It is this time in June."""
        moment = datetime(2026, 6, day, hour, minute, second, tzinfo=BERLIN)
        self.frozen.set(moment)
        return moment

    def promise(self, name: str = "Office", conditions: Json | None = None, **minutes: Any) -> Json:
        """A new policy before all others."""
        facts = {"name": name, "conditions": conditions or {}, "targets": minutes or {"resolution": 480}}
        made = self._made("/v1/sla-policies", {**facts, "calendar_id": self.calendar["id"]})
        ids = [each["id"] for each in self.ada.get("/v1/sla-policies").json["items"]]
        ordered = {"policy_ids": sorted(ids, key=lambda policy_id: policy_id != made["id"])}
        assert self.ada.post("/v1/sla-policies/reorder", ordered).status == 200
        return made

    def promise_instead(self, **minutes: Any) -> None:
        """The policy promises this from now on."""
        reply = self.ada.patch(f"/v1/sla-policies/{self.policy['id']}", {"targets": minutes})
        assert reply.status == 200, reply.text

    def ticket(self, **fields: Any) -> Json:
        """Carol's, assigned to Ana."""
        return self.desk.networks_ticket(assignee_id=self.cast.ana.id, **fields)

    def do(self, who: Person, ticket: Json, verb: str, **body: Any) -> Json:
        reply = self.desk.do(who, ticket, verb, **body)
        assert reply.status == 200, reply.text
        return dict(reply.json)

    def pause(self, ticket: Json) -> Json:
        return self.do(self.cast.ana, ticket, "pause", waiting_on="customer", reason="Which client?")

    def resume(self, ticket: Json) -> Json:
        return self.do(self.cast.ana, ticket, "resume")

    def resolve(self, ticket: Json) -> Json:
        return self.do(self.cast.ana, ticket, "resolve", resolution="Done.")

    def seen(self, ticket: Json) -> Json:
        return self.desk.detail(self.cast.ada, ticket)

    def due(self, ticket: Json) -> str | None:
        """When the resolution is due, on the office's clock."""
        return local(self.seen(ticket)["due_at"])

    def explained(self, ticket: Json, metric: str = "resolution") -> Json:
        """The last cycle of a promise, as `/sla` explains it."""
        found = self.ada.get(f"/v1/tickets/{ticket['id']}/sla").json["targets"]
        cycles: list[Json] = [target for target in found if target["metric"] == metric]
        return cycles[-1]

    def sweep(self) -> int:
        """The schedule fires. How many steps were announced."""
        return sweep(lambda: True)

    def told(self, ticket: Json) -> list[tuple[str, str, int]]:
        """What was announced, in the order of the timeline: action, metric, cycle."""
        entries = [entry for entry in self.seen(ticket)["timeline"] if entry["action"].startswith("sla_")]
        return [(entry["action"], entry["meta"]["metric"], entry["meta"]["cycle"]) for entry in entries]

    def breaches(self, ticket: Json) -> list[Json]:
        """What was said of each breach."""
        entries = self.seen(ticket)["timeline"]
        return [entry["meta"] for entry in entries if entry["action"] == "sla_breached"]

    def is_listed_as_breached(self, ticket: Json) -> bool:
        items = self.ada.get("/v1/tickets?breached=true").json["items"]
        return ticket["id"] in [item["id"] for item in items]

    def _made(self, path: str, body: Json) -> Json:
        reply = self.ada.post(path, body)
        assert reply.status == 201, reply.text
        return dict(reply.json)


def local(written: str | None) -> str | None:
    """A time of an answer as the office writes it."""
    return written and format(datetime.fromisoformat(written).astimezone(BERLIN), "%a %d %H:%M:%S")


def target(ticket: Json, metric: str = "resolution") -> Json:
    """The last cycle of a promise, as the ticket's own answer has it."""
    cycles: list[Json] = [each for each in ticket["sla"]["targets"] if each["metric"] == metric]
    return cycles[-1]
