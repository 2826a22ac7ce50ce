"""Escalating: what the policy of a late promise, or of one that soon will be, has done to its ticket.

The sweep tells that an escalation has come due, with what the policy said at that moment; here it is carried
out, once however often that news comes. What an action names and is not there any more is left out, and the
timeline says so. Where the promise has ended meanwhile there is nothing left to escalate.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any
from uuid import UUID

from chalicelib.accounts.actor import Actor
from chalicelib.accounts.news import hear
from chalicelib.core.db import Transaction
from chalicelib.core.errors import NotFound
from chalicelib.core.event import Event
from chalicelib.models.words import Priority
from chalicelib.sla.announcing import number
from chalicelib.tickets import acting, escalation_queries
from chalicelib.tickets.actions import Action, Kind
from chalicelib.tickets.draft import Draft, open_draft
from chalicelib.tickets.preparing import NothingThere
from chalicelib.tickets.rule_refusals import why

ESCALATED = "ticket.escalated"
DONE = "escalation_done"
ORDER = tuple(Priority)
NOBODY = "Nobody active there sees the ticket."

Document = Mapping[str, Any]


@dataclass
class _Escalation:
    """One that has come due: what its news says, and what is left out of it."""

    target_id: UUID
    id: UUID
    actions: Sequence[Document]
    told: Mapping[str, Any]
    promise: Mapping[str, Any]
    skipped: list[dict[str, Any]] = field(default_factory=list)

    def skip(self, place: int, reason: str, **where: Any) -> None:
        self.skipped.append({"action": place, **where, "reason": reason})

    def one(self, kind: str) -> tuple[int, Document] | None:
        named = ((place, each) for place, each in enumerate(self.actions) if each["action"] == kind)
        return next(named, None)


def carry_out(tx: Transaction, event: Event) -> list[dict[str, Any]]:
    """Does what an escalation says, unless that was done or the ticket is gone; the news of it.

    Raises ValueError for a payload that is not such an event's.
    """
    heard = hear(tx, event)
    if heard is None or event.ticket_id is None:
        return []
    actor, payload = heard
    escalation = _read(payload)
    prepared = _prepared(tx, actor, escalation)
    try:
        draft = open_draft(tx, actor, event.ticket_id)
    except NotFound:
        return []
    keys = (escalation.target_id, number(escalation.id), escalation.id)
    step = escalation_queries.take_up(tx, event.workspace_id, event.ticket_id, *keys)
    if step is None:
        return []
    if not step.runs:
        _tell(draft, escalation, outcome="overtaken")
    else:
        _do(draft, escalation, prepared)
    return list(tx.events)


def _read(payload: Mapping[str, Any]) -> _Escalation:
    try:
        meta = payload["meta"]
        said = meta["escalation"]
        told = {name: said[name] for name in ("id", "when", "minutes")} | {"policy": meta["policy"]}
        of = {name: meta[name] for name in ("metric", "cycle", "due_at")}
        return _Escalation(UUID(meta["target_id"]), UUID(said["id"]), said["actions"], told, of)
    except (KeyError, TypeError, AttributeError) as error:
        raise ValueError(f"This payload tells of no escalation: {error!r}") from error


def _prepared(tx: Transaction, actor: Actor, escalation: _Escalation) -> acting.Prepared:
    """Who is to work on it, looked up before the ticket is locked; without what is not there any more."""
    moves = [each for kind in ("assign", "transfer") if (each := escalation.one(kind))]
    try:
        return acting.prepare(tx, actor, [document for _, document in moves])
    except NothingThere as error:
        gone = {}
        for problem in error.errors:
            _, at, name = problem.field.split(".")
            gone[moves[int(at)][0], name] = problem.message
    left = []
    for place, document in moves:
        absent = [name for of, name in gone if of == place]
        for name in absent:
            escalation.skip(place, gone[place, name], field=name)
        if document["action"] == "transfer" and absent == ["assignee_id"]:
            left.append({name: value for name, value in document.items() if name != "assignee_id"})
        elif not absent:
            left.append(dict(document))
    return acting.prepare(tx, actor, left)


def _do(draft: Draft, escalation: _Escalation, prepared: acting.Prepared) -> None:
    """All that changes the ticket, or none of it, and then who is told."""
    prepared = _with_priority(prepared, escalation, draft.get("priority"))
    reason = None
    try:
        with draft.tx.attempt():
            if prepared.actions:
                acting.apply(draft, prepared, {"escalation": escalation.told})
                draft.save(counts=bool(draft.values))
    except Exception as error:
        reason = why(error, escalation.id)
    changed = reason is None and bool(draft.entries)
    again = open_draft(draft.tx, draft.actor, draft.ticket.id)
    notified = _notified(again, escalation)
    outcome = "failed" if reason else "applied" if changed or notified else "unchanged"
    _tell(again, escalation, outcome=outcome, reason=reason, notified=notified or None)


def _with_priority(prepared: acting.Prepared, escalation: _Escalation, current: Priority) -> acting.Prepared:
    """The same with the priority that is one higher, or the one it names where that is higher."""
    raised = escalation.one("raise_priority")
    if raised is None:
        return prepared
    place, document = raised
    now = ORDER.index(current)
    wanted = ORDER.index(Priority(document["to"])) if "to" in document else min(now + 1, len(ORDER) - 1)
    if wanted <= now:
        return prepared
    action = Action(Kind.SET_PRIORITY, place, {"priority": ORDER[wanted]})
    return replace(prepared, actions=(*prepared.actions, action))


def _notified(draft: Draft, escalation: _Escalation) -> list[UUID]:
    """Whom the mail goes to, by the ticket as it is now."""
    notify = escalation.one("notify")
    if notify is None:
        return []
    place, document = notify
    workspace_id, ticket_id = draft.ticket.workspace_id, draft.ticket.id
    rows = escalation_queries.to_tell(draft.tx, workspace_id, ticket_id, document["to"])
    reached = {row.place for row in rows}
    for at, recipient in enumerate(document["to"]):
        if at not in reached:
            escalation.skip(place, NOBODY, to=recipient)
    return sorted({row.id for row in rows})


def _tell(draft: Draft, escalation: _Escalation, **said: Any) -> None:
    """What came of it, for the staff, and for who sends the mails."""
    skipped = escalation.skipped or None
    promise = dict(escalation.promise)
    due_at = promise["due_at"]  # null where it is never due
    promise["late"] = due_at is not None and datetime.fromisoformat(due_at) < draft.now
    draft.tell(DONE, internal=True, **promise, escalation=escalation.told, **said, skipped=skipped)
    draft.save(counts=False)
