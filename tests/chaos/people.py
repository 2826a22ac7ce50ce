"""People of two workspaces at work over real HTTP, each on a thread of their own and with their own dice.
Whoever hears no answer that is one sends the same key again, as a client does."""

import threading
import time
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from random import Random
from typing import Any
from uuid import UUID

from tests.chaos.profile import dice
from tests.chaos.tally import Tally
from tests.e2e.http import Http
from tests.support.api import Reply

PASSWORD = "violet staple horse"
# What people do, as often as it stands here; all but the first two need a ticket.
KINDS = ("create",) * 3 + ("list",) * 2 + ("comment",) * 3 + ("note", "assign", "assign", "resolve", "reopen")
# How long somebody tries, and how often they give up before.
PATIENCE, GIVES_UP = 90.0, 0.03
SENT_AGAIN = 0.2


@dataclass
class House:
    """A workspace: who works there, with their ids, and who asks."""

    name: str
    id: UUID
    staff: Mapping[str, Http]
    customers: Sequence[Http] = ()
    tickets: list[str] = field(default_factory=list)


@dataclass
class Write:
    """`outcome`: acknowledged, refused, or unknown: given up while nobody knew."""

    kind: str
    path: str
    body: dict[str, Any]
    mark: str
    outcome: str = "unknown"


@dataclass(frozen=True)
class Call:
    """`began` and `ended` by the monotonic clock."""

    kind: str
    status: int
    began: float
    ended: float


def settle_in(http: Http) -> tuple[House, House]:
    """Acme, with Ada, Dario and Carol; Globex, with Mallory alone."""
    houses = []
    for name, admin in (("Acme", "ada"), ("Globex", "mallory")):
        owner = {"admin_email": f"{admin}@{name.lower()}.example", "admin_password": PASSWORD}
        made = http.post("/v1/auth/register", {"workspace_name": name, **owner})
        assert made.status == 201, made.text
        of_admin = http.with_token(made.json["access_token"])
        staff = {str(made.json["user"]["id"]): of_admin}
        houses.append(House(name.lower(), UUID(made.json["workspace"]["id"]), staff))
    acme, globex = houses
    (ada,) = acme.staff.values()
    for name, role in (("dario", "dispatcher"), ("carol", "customer")):
        body = {"name": name, "email": f"{name}@people.example", "role": role, "password": PASSWORD}
        added = ada.post("/v1/users", body)
        assert added.status == 201, added.text
        somebody = http.with_token(http.sign_in(body["email"], PASSWORD, workspace="acme")["access_token"])
        if role == "customer":
            acme.customers = [somebody]
        else:
            acme.staff = {**acme.staff, added.json["id"]: somebody}
    return acme, globex


class People:
    """What they have written and heard by now. They work until it is `over`."""

    def __init__(self, houses: tuple[House, House], told: Tally) -> None:
        self.houses, self.told = houses, told
        self.writes: list[Write] = []
        self.calls: list[Call] = []
        self.again: Counter[str] = Counter()
        self.over = threading.Event()
        self.failed: list[BaseException] = []
        self._news = threading.Condition()
        self._done = 0

    def work(self, number: int) -> None:
        """One of them, until it is over."""
        try:
            self._work(number)
        except BaseException as error:
            self.failed.append(error)
            raise

    def _work(self, number: int) -> None:
        drawn, house = dice("people", number), self.houses[number % 3 == 2]
        while not self.over.wait(drawn.uniform(0.05, 0.3)):
            kind = drawn.choice(KINDS)
            if kind == "list":
                who = drawn.choice([*house.customers, *house.staff.values()])
                self._called(house, kind, lambda who=who: who.get("/v1/tickets?limit=25"))
            elif kind == "create" or house.tickets:
                self._write(house, self._drawn(house, kind, drawn), drawn)

    def await_more(self, writes: int, seconds: float = 90.0) -> None:
        """Waits until so many more were acknowledged."""
        with self._news:
            enough = self._done + writes
            gets_on = self._news.wait_for(lambda: self._done >= enough, seconds)
        last = [(each.kind, each.status, round(each.ended - each.began, 1)) for each in self.calls[-12:]]
        assert gets_on, f"nobody gets on: {self.failed} {last}"

    def recovery(self, at: float) -> float:
        """Seconds from then until the first answer of a call that began later and was answered 2xx."""
        return min(each.ended for each in self.calls if each.began > at and each.status < 300) - at

    def _drawn(self, house: House, kind: str, drawn: Random) -> Write:
        mark = f"{house.name}-{drawn.getrandbits(64):016x}"
        path = "/v1/tickets" if kind == "create" else f"/v1/tickets/{drawn.choice(house.tickets)}"
        verbs: dict[str, tuple[str, dict[str, Any]]] = {
            "create": ("", {"subject": "Under load", "description": mark}),
            "comment": ("/comments", {"body": mark}),
            "note": ("/comments", {"body": mark, "visibility": "internal"}),
            "assign": ("/assign", {"assignee_id": drawn.choice(list(house.staff)), "reason": mark}),
            "resolve": ("/resolve", {"resolution": mark}),
            "reopen": ("/reopen", {"reason": mark}),
        }
        verb, body = verbs[kind]
        return Write(kind, path + verb, body, mark)

    def _write(self, house: House, write: Write, drawn: Random) -> None:
        who = drawn.choice([*house.staff.values(), *(house.customers if write.kind == "create" else ())])
        self.writes.append(write)
        reply = self._answered(house, write, who, drawn)
        if reply is None:
            return
        write.outcome = "acknowledged" if reply.status < 300 else "refused"
        if reply.status >= 300:
            return
        if drawn.random() < SENT_AGAIN:
            again = self._answered(house, write, who, drawn)
            self.again["answered again under its key"] += again is not None
            self.told.twice += again is not None and again.json.get("id") != reply.json.get("id")
        if write.kind == "create":
            house.tickets.append(reply.json["id"])
        with self._news:
            self._done += 1
            self._news.notify_all()

    def _answered(self, house: House, write: Write, who: Http, drawn: Random) -> Reply | None:
        """The answer, however often it takes to ask; None where nobody knows."""
        until = time.monotonic() + PATIENCE
        while time.monotonic() < until and drawn.random() >= GIVES_UP:
            reply = self._called(
                house, write.kind, lambda: who.post(write.path, write.body, Idempotency_Key=write.mark)
            )
            still_runs = reply.status == 409 and "state" not in reply.json
            if reply.status < 500 and not still_runs:
                return reply
            self.again["sent again under its key"] += 1
            if self.over.wait(drawn.uniform(0.2, 0.6)):
                break
        return None

    def _called(self, house: House, kind: str, call: Callable[[], Reply]) -> Reply:
        began = time.monotonic()
        try:
            reply = call()
        except TimeoutError:  # the emulator's gateway waits for ever, API Gateway says 504 by itself
            reply = Reply(504, {}, "")
        self.calls.append(Call(kind, reply.status, began, time.monotonic()))
        others = (each.name for each in self.houses if each is not house)
        self.told.foreign += any(f"{name}-" in reply.text for name in others)
        return reply
