"""Taking a batch of rows: each ticket once, however often its row comes, with what was said on it.

What is over gets no promises; what is active gets those that hold from now on, for nobody here has promised
anything before. Nobody is mailed, no rule runs, no webhook is called.
"""

import logging
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import timedelta
from typing import Any
from uuid import UUID

from chalicelib.accounts.actor import Actor
from chalicelib.core.db import Transaction, is_passing
from chalicelib.imports import queries
from chalicelib.imports.fitting import Reading
from chalicelib.imports.meeting import Desk, meet
from chalicelib.imports.shapes import Person, Record, Ticket, Unfit
from chalicelib.models.words import Metric, Status
from chalicelib.sla import policies
from chalicelib.sla import queries as sla_queries
from chalicelib.sla.clock import Clock
from chalicelib.sla.policies import TicketFacts
from chalicelib.sla.targets import new_id
from chalicelib.tickets.lifecycle import ACTIVE, PAUSED

Batch = Sequence[tuple[Record, Ticket | Unfit]]

log = logging.getLogger(__name__)


@dataclass
class Outcome:
    """What became of rows: counts, what there is to say of some, and the tickets that were written."""

    counts: Counter[str] = field(default_factory=Counter)
    remarks: list[dict[str, Any]] = field(default_factory=list)
    written: set[UUID] = field(default_factory=set)

    def say(self, kind: str, record: Record, external_id: str | None, code: str, detail: str) -> None:
        """`kind`: `skipped`, or `changed` for what was taken otherwise than it stood."""
        self.counts[f"{kind}.{code}"] += 1
        where = {"row": record.number, "line": record.line, "external_id": external_id}
        self.remarks.append({"kind": kind, **where, "code": code, "detail": detail[:500]})

    def skip(self, record: Record, unfit: Unfit) -> None:
        self.counts["skipped"] += 1
        self.say("skipped", record, unfit.external_id, unfit.code, unfit.detail)


@dataclass(frozen=True)
class Task:
    """What the import says of all rows."""

    id: UUID
    source: str
    system: str
    reading: Reading
    team_id: UUID | None = None
    requester_email: str | None = None


def take(tx: Transaction, actor: Actor, task: Task, batch: Batch) -> Outcome:
    """Takes what can be taken. No external id may be in a batch twice."""
    try:
        with tx.attempt():
            outcome = _taken(tx, actor, task, batch)
    except Exception as error:
        if is_passing(error):
            raise
        log.warning("a batch is taken row by row", exc_info=True)
        outcome = _one_by_one(tx, actor, task, batch)
    outcome.remarks.sort(key=lambda remark: int(remark["row"]))
    return outcome


def _one_by_one(tx: Transaction, actor: Actor, task: Task, batch: Batch) -> Outcome:
    """What one row is refused for is no other's fault."""
    outcome = Outcome()
    for record, said in batch:
        try:
            with tx.attempt():
                one = _taken(tx, actor, task, [(record, said)])
        except Exception as error:
            if is_passing(error):
                raise
            one = Outcome(Counter(rows=1))
            id = said.external_id
            one.skip(record, Unfit("refused", "It could not be written. Tell us if it happens again.", id))
        outcome.counts += one.counts
        outcome.remarks += one.remarks
        outcome.written |= one.written
    return outcome


def _taken(tx: Transaction, actor: Actor, task: Task, batch: Batch) -> Outcome:
    outcome = Outcome(Counter(rows=len(batch)))
    _take(tx, actor, task, batch, outcome)
    return outcome


def _take(tx: Transaction, actor: Actor, task: Task, batch: Batch, outcome: Outcome) -> None:
    tickets: dict[str, tuple[Record, Ticket]] = {}
    for record, said in batch:
        if isinstance(said, Unfit):
            outcome.skip(record, said)
        else:
            tickets[said.external_id] = (record, said)
    known = queries.known(tx, actor.workspace.id, task.system, tickets.keys()) if tickets else {}
    new = {}
    for id, (record, ticket) in tickets.items():
        if id not in known:
            try:
                new[id] = _with_requester(ticket, task)
            except Unfit as unfit:
                outcome.skip(record, unfit)
    again = {id: tickets[id][1] for id in tickets if id in known}
    if not (new or again):
        return
    asked = list(new.values()), list(again.values())
    reading = replace(task.reading, now=actor.now)
    desk, outcome.counts["people"] = meet(tx, actor, task.system, reading, *asked, task.team_id)
    _take_again(tx, actor, task, desk, {known[id]: ticket for id, ticket in again.items()}, outcome)
    _take_new(tx, actor, task, desk, [tickets[id] for id in new], outcome)


def _with_requester(ticket: Ticket, task: Task) -> Ticket:
    if ticket.requester is None or ticket.requester.email is None:
        if task.requester_email is None:
            told = "Nobody is named as its requester, or without a valid email address."
            raise Unfit("no_requester", told, ticket.external_id)
        ticket.requester = Person(task.requester_email, task.requester_email)
        ticket.changed.append(
            ("requester_default", "Nobody with an address asked for it: it is the import's.")
        )
    return ticket


def _take_again(
    tx: Transaction,
    actor: Actor,
    task: Task,
    desk: Desk,
    tickets: Mapping[UUID, Ticket],
    outcome: Outcome,
) -> None:
    rows = [{"id": id, "comments": _comments(desk, ticket)} for id, ticket in tickets.items()]
    said = [row for row in rows if row["comments"]]
    meta = {"source": task.source, "system": task.system}
    got = queries.take(tx, actor, task.system, said, meta, again=True) if said else {}
    outcome.written |= got.keys()
    outcome.counts["updated"] += len(got)
    outcome.counts["unchanged"] += len(rows) - len(got)
    outcome.counts["comments"] += sum(got.values())


def _take_new(
    tx: Transaction,
    actor: Actor,
    task: Task,
    desk: Desk,
    tickets: Sequence[tuple[Record, Ticket]],
    outcome: Outcome,
) -> None:
    rows: dict[UUID, tuple[Record, Ticket]] = {}
    values, clocks = [], dict[UUID, Clock]()
    for record, ticket in tickets:
        try:
            _require_kept(ticket, desk)
        except Unfit as unfit:
            outcome.skip(record, unfit)
            continue
        id = new_id(ticket.created_at)
        row = _row(desk, ticket, id)
        if ticket.status in ACTIVE:
            clocks[id] = clock = _promise(desk, ticket, row)
            resolution = clock.resolution()
            row["due_at"] = resolution.due_at if resolution and resolution.running else None
        rows[id] = (record, ticket)
        values.append(row)
    if not values:
        return
    meta = {"source": task.source, "system": task.system}
    taken = queries.take(tx, actor, task.system, values, meta)
    promised = {id: clock.targets for id, clock in clocks.items() if id in taken}
    sla_queries.save_many(tx, actor.workspace.id, promised)
    outcome.written |= taken.keys()
    outcome.counts["taken"] += len(taken)
    outcome.counts["comments"] += sum(taken.values())
    # Another import of the same file was faster.
    outcome.counts["unchanged"] += len(rows) - len(taken)
    for id, (record, ticket) in rows.items():
        if id in taken:
            for code, detail in dict.fromkeys(ticket.changed):
                outcome.say("changed", record, ticket.external_id, code, detail)


def _require_kept(ticket: Ticket, desk: Desk) -> None:
    """What the desk would purge at once is not taken."""
    if ticket.status in ACTIVE or ticket.status is Status.RESOLVED or desk.retention_days is None:
        return
    ended = ticket.closed_at or ticket.updated_at
    if ended < desk.reading.now - timedelta(days=desk.retention_days):
        told = f"It ended on {ended:%Y-%m-%d}, and this desk keeps tickets for {desk.retention_days} days."
        raise Unfit("beyond_retention", told, ticket.external_id)


def _row(desk: Desk, ticket: Ticket, id: UUID) -> dict[str, Any]:
    """The columns of a ticket, and what goes with it."""
    told = ticket.changed
    assignee_id = desk.assignee_id(ticket, told, finished=ticket.status not in ACTIVE)
    if assignee_id is not None and ticket.status is Status.NEW:
        ticket.status = Status.OPEN
    requester = desk.people[ticket.requester.email] if ticket.requester and ticket.requester.email else None
    category, subcategory = desk.category(ticket)
    is_over = ticket.status in (Status.CLOSED, Status.CANCELLED)
    ended = ticket.resolved_at or ticket.closed_at
    watchers = {desk.user_id(each) for each in ticket.watchers} - {requester and requester.id, None}
    return {
        "id": id,
        "external_id": ticket.external_id,
        "subject": ticket.subject,
        "description": ticket.description,
        "type": ticket.type,
        "priority": ticket.priority,
        "status": ticket.status,
        "category": category,
        "subcategory": subcategory,
        "requester_id": requester and requester.id,
        "assignee_id": assignee_id,
        "team_id": desk.team_id(ticket, told),
        "organisation_id": requester and requester.organisation_id,
        "source": ticket.source,
        "tags": ticket.tags,
        "custom_fields": desk.custom_fields(ticket, told),
        "sla_policy_id": None,
        "due_at": None,
        "created_at": ticket.created_at,
        "updated_at": ticket.updated_at,
        "resolved_at": ticket.resolved_at,
        "closed_at": ticket.closed_at,
        "finished_at": (ticket.closed_at or ticket.updated_at) if is_over else None,
        "comments": _comments(desk, ticket),
        "watcher_ids": sorted(watchers, key=str),
        "rating": ticket.rating
        and {
            "score": ticket.rating.score,
            "comment": ticket.rating.comment,
            "ended_at": ended,
            "rated_at": ticket.rating.rated_at,
        },
    }


def _comments(desk: Desk, ticket: Ticket) -> list[dict[str, Any]]:
    """Where nobody knows an agent's address, their name goes before what they wrote. What was said at one
    moment stays in its order, by its ids."""
    ids = sorted(new_id(each.created_at) for each in ticket.comments)
    return [
        {
            "id": id,
            "external_id": each.external_id,
            "author_id": desk.user_id(each.author),
            "visibility": each.visibility,
            "body": _signed(each.author, each.body),
            "source": each.source,
            "created_at": each.created_at,
        }
        for id, each in zip(ids, ticket.comments, strict=True)
    ]


def _signed(author: Person | None, body: str) -> str:
    if author is None or author.email or not author.name:
        return body
    return f"{author.name}:\n\n{body}" if len(body.encode()) < 65_000 else body


def _promise(desk: Desk, ticket: Ticket, row: dict[str, Any]) -> Clock:
    """What the desk promises from now on: no first response where there was one, and the next one where the
    requester waits for it."""
    now = desk.reading.now
    facts = TicketFacts(
        type=ticket.type,
        priority=ticket.priority,
        team_id=row["team_id"],
        category=row["category"],
        tags=ticket.tags,
        organisation_id=row["organisation_id"],
        paused=ticket.status in PAUSED,
    )
    policy = policies.choose(desk.policies, facts)
    row["sla_policy_id"] = policy.id if policy else None
    clock = Clock([], {policy.calendar_id: policy.calendar} if policy else {}, ticket.is_answered)
    clock.start(policy, facts, now)
    if ticket.is_answered:
        clock.targets[:] = [each for each in clock.targets if each.metric is not Metric.FIRST_RESPONSE]
        if ticket.waits_for_us:
            clock.asked(now, policy, facts)
    if facts.paused:
        clock.paused(now)
    return clock
