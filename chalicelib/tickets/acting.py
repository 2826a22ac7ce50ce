"""Acting: a list of actions done to a ticket at once, by the verbs that `PATCH` does too, as one new version.

prepared = acting.prepare(tx, actor, documents)        # before any ticket is locked; once for many tickets
draft = open_draft(tx, actor, ticket_id, version)
acting.apply(draft, prepared, {"macro": {...}})
draft.save(counts=bool(draft.values))

Actions come in the order in which they can work, whatever theirs in the list: reopening; type, priority and
category, then team and assignee (the other way round for who claims the ticket: what only the assignee
changes comes before it is handed on, and after it is claimed); tags, fields and minutes, tags by their order;
watchers; comments; the status; archiving, deleting.
"""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any
from uuid import UUID

from chalicelib.accounts.actor import Actor
from chalicelib.accounts.permissions import Permission
from chalicelib.core.db import Transaction
from chalicelib.core.errors import Conflict
from chalicelib.core.json_text import dumps
from chalicelib.core.versions import Versions
from chalicelib.models.words import Status, TicketType
from chalicelib.tickets import field_values, filling
from chalicelib.tickets.actions import Action, Kind
from chalicelib.tickets.archiving import apply_archive
from chalicelib.tickets.assigning import apply_assign
from chalicelib.tickets.commenting import Comment, add_comment
from chalicelib.tickets.deleting import apply_delete
from chalicelib.tickets.draft import Draft, open_draft
from chalicelib.tickets.lifecycle import ACTIVE
from chalicelib.tickets.preparing import Prepared, as_sent, check, naming, prepare
from chalicelib.tickets.reclassifying import apply_reclassify
from chalicelib.tickets.recomputing import together
from chalicelib.tickets.transferring import apply_transfer
from chalicelib.tickets.updating import apply_plain, apply_status
from chalicelib.tickets.watching import apply_watch

__all__ = ("Prepared", "act", "apply", "as_sent", "check", "prepare")
MOST_TAGS = 50
MAX_BYTES = 65_536
PLAIN = (Kind.ADD_TAGS, Kind.REMOVE_TAGS, Kind.SET_FIELD, Kind.SET_SLA_MINUTES)
CLASSIFICATION = {Kind.SET_TYPE: "type", Kind.SET_PRIORITY: "priority"}


def act(
    tx: Transaction,
    actor: Actor,
    ticket_id: UUID,
    prepared: Prepared,
    version: Versions | None = None,
    meta: Mapping[str, Any] | None = None,
) -> bool:
    """Does it to a ticket that the actor sees; whether anything changed. Raises as `open_draft` and `apply`
    do."""
    draft = open_draft(tx, actor, ticket_id, version)
    apply(draft, prepared, meta)
    draft.save(counts=bool(draft.values))
    return bool(draft.entries)


def apply(draft: Draft, prepared: Prepared, meta: Mapping[str, Any] | None = None) -> tuple[Comment, ...]:
    """Does it to an open draft, which is to be saved; the comments that were written. What changes nothing is
    no change. `meta`: goes into each timeline entry, for the staff to see (timeline.INTERNAL_META).

    Whoever acts on several tickets opens all their drafts first: a team may pick an assignee here. Raises
    what the verbs raise, with the place of the action as its fact `action`.
    """
    draft.actor.require(Permission.TICKETS_CHANGE, "Only the staff does this to tickets.")
    before = len(draft.entries)
    status = prepared.one(Kind.SET_STATUS)
    with together(draft):
        if status and status["status"] is Status.OPEN and draft.get("status") not in ACTIVE:
            _set_status(draft, status)
        steps = [_move, _classify] if _claims(draft, prepared) else [_classify, _move]
        for step in (*steps, _change_plain):
            step(draft, prepared)
    _watch(draft, prepared)
    comments = _comment(draft, prepared)
    if status and draft.get("status") is not status["status"]:
        _set_status(draft, status)
    _put_away(draft, prepared)
    if meta:
        told = (replace(entry, meta={**entry.meta, **meta}) for entry in draft.entries[before:])
        draft.entries[before:] = list(told)
    return comments


def _claims(draft: Draft, prepared: Prepared) -> bool:
    who = prepared.who
    return who is not None and who["assignee_id"] is not None and who["assignee_id"] == draft.actor.user_id


def _set_status(draft: Draft, action: Action) -> None:
    with naming(action):
        apply_status(draft, action["status"], action.given.get("reason"))


def _move(draft: Draft, prepared: Prepared) -> None:
    """The team and who works on it, as one change. Whoever is named stays, be it nobody."""
    transfer, who, assignee_id = prepared.one(Kind.TRANSFER), prepared.who, prepared.assignee_id
    if transfer and transfer["team_id"] != draft.get("team_id"):
        with naming(transfer):
            reason = transfer.given.get("reason")
            apply_transfer(draft, prepared.found, transfer["team_id"], reason, assignee_id, picks=who is None)
    elif who and assignee_id != draft.get("assignee_id"):
        with naming(who):
            apply_assign(draft, prepared.found, assignee_id)


def _classify(draft: Draft, prepared: Prepared) -> None:
    changes: dict[str, Any] = {}
    first = None
    for action in prepared.all(*CLASSIFICATION, Kind.SET_CATEGORY):
        name = CLASSIFICATION.get(action.kind)
        wanted = {name: action[name]} if name else prepared.category
        if any(draft.get(each) != value for each, value in wanted.items()):
            first, changes = first or action, {**changes, **wanted}
    if first is not None:
        with naming(first):
            apply_reclassify(draft, changes, found=prepared.found)


def _change_plain(draft: Draft, prepared: Prepared) -> None:
    """Tags, custom fields and minutes, as one change."""
    changes: dict[str, Any] = {"tags": _tags(draft, prepared)}
    for action in prepared.all(Kind.SET_FIELD):
        with naming(action):
            changes["custom_fields"] = _with_field(draft, prepared, action, changes.get("custom_fields"))
    if minutes := prepared.one(Kind.SET_SLA_MINUTES):
        changes["sla_minutes"] = minutes["minutes"]
    different = {name: value for name, value in changes.items() if draft.get(name) != value}
    if different:
        with naming(prepared.all(*PLAIN)[0]):
            apply_plain(draft, different)


def _tags(draft: Draft, prepared: Prepared) -> tuple[str, ...]:
    tags = dict.fromkeys(draft.get("tags"))
    for action in prepared.all(Kind.ADD_TAGS, Kind.REMOVE_TAGS):
        if action.kind is Kind.ADD_TAGS:
            tags |= dict.fromkeys(action["tags"])
        else:
            tags = dict.fromkeys(tag for tag in tags if tag not in action["tags"])
        if len(tags) > MOST_TAGS:
            with naming(action):
                raise Conflict(f"A ticket has {MOST_TAGS} tags at most.")
    return tuple(tags)


def _with_field(
    draft: Draft, prepared: Prepared, action: Action, so_far: Mapping[str, Any] | None
) -> Mapping[str, Any]:
    current = draft.get("custom_fields") if so_far is None else so_far
    given = {action["key"]: action["value"]}
    if prepared.fields:
        kind: TicketType = draft.get("type")
        return field_values.merged(prepared.fields, given, current, kind, staff=True)
    values = {name: value for name, value in {**current, **given}.items() if value is not None}
    if len(dumps(values).encode()) > field_values.MAX_BYTES or len(values) > field_values.MOST_UNDECLARED:
        raise Conflict("The ticket's custom fields would be longer than 16 kB of JSON, or more than 100.")
    return values


def _watch(draft: Draft, prepared: Prepared) -> None:
    for action in prepared.all(Kind.ADD_WATCHER):
        with naming(action):
            apply_watch(draft, action["user_id"])


def _comment(draft: Draft, prepared: Prepared) -> tuple[Comment, ...]:
    """The texts tell of the ticket as it will be."""
    actions = prepared.all(Kind.COMMENT)
    names = frozenset().union(*(prepared.templates[action.place].names for action in actions))
    status = prepared.one(Kind.SET_STATUS)
    values = filling.values(draft, names, status["status"] if status else draft.get("status"))
    made = []
    for action in actions:
        body = prepared.templates[action.place].filled(values).strip()
        with naming(action):
            if not 0 < len(body.encode()) <= MAX_BYTES:
                told = "is longer than 64 kB" if body else "has nothing left"
                raise Conflict(f"This comment {told} once it is filled in for this ticket.")
            made.append(add_comment(draft, body, action["visibility"]))
    return tuple(made)


def _put_away(draft: Draft, prepared: Prepared) -> None:
    archive, delete = prepared.one(Kind.ARCHIVE), prepared.one(Kind.DELETE)
    if archive and draft.get("archived_at") is None:
        with naming(archive):
            apply_archive(draft)
    if delete:
        with naming(delete):
            apply_delete(draft)
