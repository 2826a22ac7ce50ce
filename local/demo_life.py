"""The life of one ticket as the rooms would write it down, told at moments of the past: the real clock counts
its promises, and a sweep comes by every minute. Pure."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from random import Random
from typing import Any
from uuid import UUID

from chalicelib.models.words import ActorType, Metric, Status
from chalicelib.sla.clock import Clock
from chalicelib.sla.facts import breach_meta, written
from chalicelib.sla.policies import Policy, TicketFacts, choose
from chalicelib.sla.targets import Step, Target
from chalicelib.tickets.lifecycle import ACTIVE, PAUSED
from chalicelib.tickets.queries import TOLD as FACTS

# Action, changes, meta, whether it is internal.
Told = tuple[str, Mapping[str, Any], Mapping[str, Any], bool]

MINUTE = timedelta(minutes=1)
LATE = timedelta(seconds=1.5)  # after the minute in which the sweep begins


class IsNow(Exception):
    """The story has come to the present: what follows is still to happen."""


@dataclass(frozen=True)
class Who:
    """Who does something."""

    type: ActorType
    id: UUID | None = None


SYSTEM = Who(ActorType.SYSTEM)


def person(id: UUID) -> Who:
    return Who(ActorType.USER, id)


class Ids:
    """Time-ordered UUIDs (version 7, RFC 9562 §5.7), the same for the same seed."""

    def __init__(self, random: Random) -> None:
        self.random = random

    def __call__(self, at: datetime) -> UUID:
        milliseconds = int(at.timestamp() * 1000) & (1 << 48) - 1
        bits = self.random.getrandbits(74)
        return UUID(int=milliseconds << 80 | 7 << 76 | bits >> 62 << 64 | 2 << 62 | bits & (1 << 62) - 1)


@dataclass
class Life:
    """A ticket and all its rows so far. `values`: its columns. A verb sets and tells, `save` writes down."""

    ids: Ids
    now: datetime
    policies: Sequence[Policy]
    values: dict[str, Any]
    at: datetime
    clock: Clock = field(default_factory=lambda: Clock([], {}))
    entries: list[dict[str, Any]] = field(default_factory=list)
    comments: list[dict[str, Any]] = field(default_factory=list)
    time_entries: list[dict[str, Any]] = field(default_factory=list)
    ratings: list[dict[str, Any]] = field(default_factory=list)
    waits_since: datetime | None = None
    # What others do to it: when, and what.
    agenda: list[tuple[datetime, Callable[[], None]]] = field(default_factory=list)
    # Whose promise each is, as fn_keep_target_facts has it: team and priority.
    owners: dict[int, tuple[UUID, str]] = field(default_factory=dict)
    _told: list[Told] = field(default_factory=list)

    # Time

    def come_to(self, at: datetime) -> None:
        """Time passes. Raises IsNow where that is still to come."""
        at = max(at, self.at + timedelta(seconds=1))
        while self.agenda and self.agenda[0][0] <= at:
            when, happens = self.agenda.pop(0)
            self._pass(max(when, self.at + timedelta(seconds=1)))
            happens()
            at = max(at, self.at + timedelta(seconds=1))
        self._pass(at)

    def _pass(self, at: datetime) -> None:
        if at >= self.now:
            raise IsNow
        self.sweep(at)
        self.at = at

    def sweep(self, until: datetime) -> None:
        """Announces what has come due by then, as sp_sla_sweep does."""
        while due := [
            (step.at, step.kind == "escalation", step.step, target, step)
            for target in self.clock.targets
            if target.running and not target.paused
            for step in target.steps
            if step.at is not None and step.fired_at is None
        ]:
            at, _, _, target, step = min(due, key=lambda each: each[:3])
            noticed = max(at, self.at).replace(second=0, microsecond=0) + MINUTE + LATE
            if noticed >= until:
                return
            self._announce(target, step, at, noticed)

    def _announce(self, target: Target, step: Step, at: datetime, noticed: datetime) -> None:
        step.fired_at = noticed
        meta: dict[str, Any] = {"metric": target.metric, "cycle": target.cycle, "percent": step.step}
        meta |= {"at": written(at), "due_at": written(target.due_at), "noticed_at": written(noticed)}
        action = "sla_warned"
        if step.kind == "breach":
            action, target.breached_at = "sla_breached", target.breached_at or at
        self._write(noticed, SYSTEM, (action, {}, meta, True))

    # What it is

    @property
    def status(self) -> str:
        return str(self.values["status"])

    @property
    def is_active(self) -> bool:
        return self.status in ACTIVE

    @property
    def facts(self) -> TicketFacts:
        values = self.values
        return TicketFacts(
            type=values["type"],
            priority=values["priority"],
            team_id=values["team_id"],
            category=values["category"],
            tags=tuple(values["tags"]),
            organisation_id=values["organisation_id"],
            created_at=values["created_at"],
            paused=values["status"] in PAUSED,
        )

    def choose_policy(self) -> Policy | None:
        policy = choose(self.policies, self.facts)
        self.values["sla_policy_id"] = policy.id if policy else None
        return policy

    def own_policy(self) -> Policy | None:
        return next((each for each in self.policies if each.id == self.values["sla_policy_id"]), None)

    # Writing it down

    def set(self, action: str, changes: Mapping[str, Any], *, internal: bool = False, **meta: Any) -> None:
        told = {
            name: {"from": self.values[name], "to": value}
            for name, value in changes.items()
            if self.values[name] != value and not name.endswith("_at")
        }
        self.values.update(changes)
        if {"team_id", "priority"} & changes.keys():
            self._move_owners()
        self.tell(action, told, internal=internal, **meta)

    def tell(
        self, action: str, changes: Mapping[str, Any] | None = None, *, internal: bool = False, **meta: Any
    ) -> None:
        given = {name: value for name, value in meta.items() if value is not None}
        self._told.append((action, changes or {}, given, internal))

    def save(self, by: Who, *, counts: bool = True) -> None:
        """What was told since, at this moment; a breach that nobody had noticed comes first."""
        for target in self.clock.breaches:
            self._write(self.at, SYSTEM, ("sla_breached", {}, breach_meta(target), True))
        for told in self._told:
            self._write(self.at, by, told)
        self.clock.breaches, self._told = [], []
        for target in self.clock.targets:
            self.owners.setdefault(id(target), (self.values["team_id"], self.values["priority"]))
        resolution = self.clock.resolution()
        self.values["due_at"] = resolution.due_at if resolution and resolution.running else None
        self.values["version"] += counts
        self.values["updated_at"] = self.at

    def _move_owners(self) -> None:
        for target in self.clock.targets:
            is_open = target.fulfilled_at is None and target.breached_at is None
            if is_open and (target.ended_at or target.due_at is None or target.due_at >= self.at):
                own = target.metric is Metric.TEAM_RESOLUTION
                team = self.owners[id(target)][0] if own else self.values["team_id"]
                self.owners[id(target)] = (team, self.values["priority"])

    def _write(self, at: datetime, by: Who, told: Told) -> None:
        action, changes, meta, internal = told
        self.values["last_sequence"] += 1
        facts = {name: self.values[name] for name in FACTS}
        self.entries.append(
            {
                "id": self.ids(at),
                "ticket_id": self.values["id"],
                "sequence": self.values["last_sequence"],
                "action": action,
                "actor_type": by.type,
                "actor_id": by.id,
                "changes": changes,
                "meta": meta,
                "internal": internal,
                "created_at": at,
                "ticket": facts,
            }
        )

    # Verbs

    def open(self, by: Who) -> None:
        policy = self.choose_policy()
        self.clock = Clock([], {policy.calendar_id: policy.calendar} if policy else {})
        self.clock.start(policy, self.facts, self.at)
        self.tell("created", source=self.values["source"])
        self.save(by, counts=False)

    def assign(self, by: Who, agent: UUID) -> None:
        opened = {"status": Status.OPEN} if self.status == Status.NEW else {}
        self.set("assigned", {"assignee_id": agent, **opened})
        self.save(by)

    def transfer(self, by: Who, team: UUID, reason: str) -> None:
        self.set("transferred", {"team_id": team, "assignee_id": None}, reason=reason)
        self.clock.transferred(self.at, self.choose_policy(), self.facts)
        self.clock.recomputed(self.at, self.choose_policy(), self.facts)
        self.save(by)

    def reclassify(self, by: Who, reason: str, **changes: str) -> None:
        self.set("reclassified", changes, reason=reason)
        self.clock.recomputed(self.at, self.choose_policy(), self.facts)
        self.save(by)

    def comment(self, by: Who, body: str, *, internal: bool = False, source: str = "api") -> None:
        """By the staff, or the requester: whose word wakes what waits or is resolved."""
        self._say(by, body, internal=internal, source=source)
        is_asked = not internal and by.id == self.values["requester_id"]
        if is_asked and self.status == Status.PENDING:
            self._go_on(cause="comment")
            self.save(by)
        elif is_asked and self.status == Status.RESOLVED:
            self._wake(cause="comment")
            self.clock.asked(self.at, self.own_policy(), self.facts)
            self.save(by)
        else:
            self.save(by, counts=False)

    def _say(self, by: Who, body: str, *, internal: bool = False, source: str = "api") -> None:
        visibility = "internal" if internal else "public"
        id = self.ids(self.at)
        row = {"id": id, "ticket_id": self.values["id"], "author_id": by.id, "visibility": visibility}
        self.comments.append({**row, "body": body, "source": source, "created_at": self.at})
        self.tell("commented", comment_id=id, visibility=visibility, internal=internal)
        if internal:
            return
        if by.id != self.values["requester_id"]:
            self.clock.answered(self.at)
            self.waits_since = self.at if self.status == Status.PENDING else self.waits_since
        elif self.is_active:
            self.clock.asked(self.at, self.own_policy(), self.facts)

    def pause(self, by: Who, status: Status, reason: str) -> None:
        was_paused = self.status in PAUSED
        waiting_on = "customer" if status is Status.PENDING else "other"
        self.set("paused", {"status": status}, reason=reason, waiting_on=waiting_on)
        self.waits_since = self.at if status is Status.PENDING else None
        if not was_paused:
            self.clock.paused(self.at)
        self.save(by)

    def resume(self, by: Who) -> None:
        self._go_on()
        self.save(by)

    def _go_on(self, cause: str | None = None) -> None:
        self.set("resumed", {"status": Status.OPEN}, cause=cause)
        self.clock.resumed(self.at)
        self.waits_since = None

    def resolve(self, by: Who, resolution: str) -> None:
        self._say(by, resolution)
        self.set("resolved", {"status": Status.RESOLVED, "resolved_at": self.at})
        self.clock.resolved(self.at)
        self.waits_since = None
        self.save(by)

    def close(self, by: Who, **meta: Any) -> None:
        was_active = self.is_active
        changes = {"status": Status.CLOSED, "closed_at": self.at, "finished_at": self.at}
        self.set("closed", changes, **meta)
        if was_active:
            self.clock.closed(self.at)
        self.save(by)

    def reopen(self, by: Who, reason: str) -> None:
        self._wake(reason=reason)
        self.save(by)

    def _wake(self, **meta: Any) -> None:
        cleared = {"status": Status.OPEN, "resolved_at": None, "closed_at": None, "finished_at": None}
        self.set("reopened", cleared, **meta)
        self.clock.reopened(self.at, self.choose_policy(), self.facts)

    def cancel(self, by: Who, reason: str) -> None:
        self.set("cancelled", {"status": Status.CANCELLED, "finished_at": self.at}, reason=reason)
        self.clock.ended(self.at)
        self.save(by)

    def merge(self, by: Who, into_id: UUID, into_label: str, reason: str) -> None:
        changes: dict[str, Any] = {"status": Status.CLOSED, "closed_at": self.at, "finished_at": self.at}
        changes["merged_into"] = into_id
        self.set("merged", changes, into_id=into_id, into_label=into_label, reason=reason)
        self.clock.ended(self.at)
        self.save(by)

    def absorb(self, by: Who, id: UUID, label: str, reason: str) -> None:
        """The other side of a merge."""
        self.tell("merged_from", internal=True, from_id=id, from_label=label, reason=reason)
        self.save(by)

    def log_time(self, by: UUID, minutes: int, note: str | None) -> None:
        id = self.ids(self.at)
        row = {"id": id, "ticket_id": self.values["id"], "user_id": by, "minutes": minutes, "note": note}
        self.time_entries.append({**row, "spent_on": self.at.date().isoformat(), "created_at": self.at})
        changes = {"minutes": {"from": None, "to": minutes}}
        self.tell("time_logged", changes, internal=True, time_entry_id=id)
        self.save(person(by), counts=False)

    def rate(self, score: int, comment: str | None) -> None:
        values = self.values
        cycle = 1 + sum(entry["action"] == "reopened" for entry in self.entries)
        row = {"id": self.ids(self.at), "ticket_id": values["id"], "cycle": cycle, "score": score}
        row |= {name: values[name] for name in ("assignee_id", "team_id")}
        row |= {"ended_at": values["resolved_at"], "user_id": values["requester_id"], "comment": comment}
        self.ratings.append({**row, "rated_at": self.at})
        changes = {"score": {"from": None, "to": score}}
        self.tell("rated", changes, internal=True, cycle=cycle, commented=comment is not None)
        self.save(person(values["requester_id"]), counts=False)
