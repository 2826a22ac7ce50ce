"""What people do meanwhile, drawn by seed: each write has a mark of its own, so that it is found again, or
found to be missing, there twice, or in another house."""

from collections.abc import Callable
from contextlib import nullcontext
from dataclasses import dataclass
from random import Random
from typing import Any

from chalicelib.core import sqs
from chalicelib.core.db import engine
from tests.chaos.cloud import sqs_down
from tests.chaos.strikes import died, killed
from tests.chaos.tally import Tally
from tests.support.api import Reply
from tests.support.cast import Person
from tests.support.database import Database
from tests.support.lossy_proxy import LossyProxy
from tests.support.service_desk import ServiceDesk

HOUSES = ("acme", "globex")
FAULTS = ("none",) * 3 + ("killed", "killed twice", "died", "answer lost", "queues down")
MOST_POINTS = 10
TRIES = 6


@dataclass
class Write:
    """A request of somebody's. `outcome`: acknowledged, refused, or unknown: given up while nobody knew."""

    house: str
    who: Person
    kind: str
    path: str
    body: dict[str, Any]
    mark: str
    outcome: str = "unknown"


class History:
    """The people of two workspaces, and what the network does to them."""

    def __init__(
        self, desk: ServiceDesk, database: Database, proxy: LossyProxy, dice: Random, told: Tally
    ) -> None:
        self.desk, self.database, self.proxy = desk, database, proxy
        self.dice, self.told = dice, told
        self.writes: list[Write] = []
        self.tickets: dict[str, list[str]] = {house: [] for house in HOUSES}

    def step(self) -> None:
        """Somebody does something."""
        house = self.dice.choice((*HOUSES[:1] * 3, HOUSES[1]))
        write = self._write(house, f"{house}-{len(self.writes)}.{self.dice.getrandbits(32):08x}")
        self.writes.append(write)
        reply = self._sent(write)
        if reply is not None and reply.status < 300:
            write.outcome = "acknowledged"
            if write.kind == "create":
                self.tickets[house].append(reply.json["id"])
        elif reply is not None and reply.status < 500:
            write.outcome = "refused"

    def _write(self, house: str, mark: str) -> Write:
        cast, dice = self.desk.cast, self.dice
        staff = [cast.mallory] if house == "globex" else [cast.ada, cast.dario]
        everybody = staff if house == "globex" else [*staff, cast.carol, cast.chris]
        known = self.tickets[house]
        make: dict[str, Callable[[], tuple[Person, str, dict[str, Any]]]] = {
            "create": lambda: (
                dice.choice(everybody),
                "/v1/tickets",
                {"subject": "A", "description": mark} | priority(dice),
            ),
            "category": lambda: (staff[0], "/v1/categories", {"name": mark}),
        }
        if known:
            path = f"/v1/tickets/{dice.choice(known)}"
            somebody = dice.choice(staff)
            make |= {
                "comment": lambda: (somebody, f"{path}/comments", {"body": mark}),
                "note": lambda: (somebody, f"{path}/comments", {"body": mark, "visibility": "internal"}),
                "assign": lambda: (
                    somebody,
                    f"{path}/assign",
                    {"assignee_id": str(dice.choice(staff).id), "reason": mark},
                ),
                "pause": lambda: (
                    somebody,
                    f"{path}/pause",
                    {"waiting_on": dice.choice(("customer", "other")), "reason": mark},
                ),
                "reclassify": lambda: (
                    somebody,
                    f"{path}/reclassify",
                    {"priority": dice.choice(PRIORITIES), "reason": mark},
                ),
                "resolve": lambda: (somebody, f"{path}/resolve", {"resolution": mark}),
                "reopen": lambda: (somebody, f"{path}/reopen", {"reason": mark}),
                "time": lambda: (
                    somebody,
                    f"{path}/time-entries",
                    {"minutes": 5, "note": mark, "spent_on": "2026-11-20"},
                ),
            }
        kind = dice.choice([*sorted(make), "create", "create"])
        who, path, body = make[kind]()
        return Write(house, who, kind, path, body, mark)

    def _sent(self, write: Write) -> Reply | None:
        """The last answer; None where there was none. Whoever hears 503, or nothing, mostly tries again."""
        reply: Reply | None = None
        for number in range(TRIES):
            fault = self.dice.choice(FAULTS) if number < TRIES - 2 else "none"
            reply = self._under(fault, write)
            if reply is not None:
                others = [house for house in HOUSES if house != write.house]
                self.told.foreign += any(f"{house}-" in reply.text for house in others)
                if reply.status not in (409, 503) or (reply.status == 409 and "state" in reply.json):
                    return reply
            if self.dice.random() < 0.1:
                return None
        return reply

    def _under(self, fault: str, write: Write) -> Reply | None:
        sqs.breaker.reset()
        place = self.dice.randint(1, MOST_POINTS)
        around: dict[str, Callable[[], Any]] = {
            "killed": lambda: killed(self.database, place),
            "killed twice": lambda: killed(self.database, place, place + 1),
            "died": lambda: died(self.database, place),
            "queues down": sqs_down,
        }
        self.proxy.armed = fault == "answer lost"
        reply = None
        with around.get(fault, nullcontext)() as found:
            reply = self.desk.as_(write.who).post(write.path, write.body, Idempotency_Key=write.mark)
        hits = getattr(found, "hits", 1)
        if fault == "answer lost":
            hits = int(not self.proxy.armed)
            self.proxy.armed = False
        if fault == "died" and reply is None:
            engine().dispose()
        if fault != "none":
            self.told.faults[WORDS[fault]] += hits
        return reply


PRIORITIES = ("low", "medium", "high", "urgent")
WORDS = {
    "killed": "backend of a request killed",
    "killed twice": "backend of a request killed, and again",
    "died": "sandbox of a request killed",
    "answer lost": "COMMIT's answer lost",
    "queues down": "queues down after the COMMIT",
}


def priority(dice: Random) -> dict[str, Any]:
    return {"priority": dice.choice(PRIORITIES)} if dice.random() < 0.5 else {}
