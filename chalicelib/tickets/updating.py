"""Updating: `PATCH`, which does several verbs at once, by the same table and rights, as one new version."""

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from chalicelib.accounts.actor import Actor
from chalicelib.accounts.permissions import Permission
from chalicelib.core.db import Transaction
from chalicelib.core.errors import Conflict, Forbidden
from chalicelib.core.versions import Versions
from chalicelib.models.words import Source, Status, Visibility
from chalicelib.tickets import custom_field_queries, queries
from chalicelib.tickets.assigning import apply_assign
from chalicelib.tickets.cancelling import apply_cancel
from chalicelib.tickets.closing import apply_close
from chalicelib.tickets.commenting import add_comment
from chalicelib.tickets.draft import Draft, open_draft
from chalicelib.tickets.field_values import CustomField, merged, read
from chalicelib.tickets.lifecycle import ACTIVE, Verb, takes_changes, verb_for_status
from chalicelib.tickets.pausing import apply_pause, apply_resume
from chalicelib.tickets.reclassifying import apply_reclassify
from chalicelib.tickets.recomputing import recompute, together
from chalicelib.tickets.reopening import apply_reopen
from chalicelib.tickets.resolving import apply_resolve
from chalicelib.tickets.transferring import apply_transfer

OWN_TEXT = frozenset({"subject", "description"})
CLASSIFICATION = ("type", "priority", "category", "subcategory")
PLAIN = ("subject", "description", "tags", "custom_fields", "sla_minutes")


def update(
    tx: Transaction, actor: Actor, ticket_id: UUID, changes: Mapping[str, Any], version: Versions | None
) -> None:
    """Applies the fields that were sent, in the order: reopening, classification, team, assignee, plain
    fields, comment, status. Who takes the ticket does so before they classify it. A `reason` among the
    changes is that of every verb that comes of them.

    Raises Forbidden for a field that the role may not set; nothing is written unless all of it can be.
    """
    found = _prepare(tx, actor, changes)
    draft = open_draft(tx, actor, ticket_id, version)
    fields = read(custom_field_queries.fields(tx, actor.workspace.id)) if "custom_fields" in changes else []
    if not actor.may(Permission.TICKETS_CHANGE):
        _require_own_text(draft, changes, OWN_TEXT | {"custom_fields"} if fields else OWN_TEXT)
    if fields:
        changes = {**changes, "custom_fields": _merged(draft, fields, changes)}
    different = {
        name: value
        for name, value in changes.items()
        if name == "comment" or (name != "reason" and _differs(draft, name, value))
    }
    reason = changes.get("reason")
    assignee_id = different.get("assignee_id")
    claims = assignee_id is not None and assignee_id == actor.user_id
    with together(draft):
        if different.get("status") is Status.OPEN and draft.ticket.status not in ACTIVE:
            apply_status(draft, Status.OPEN, reason)
        if claims:
            _move(draft, found, different, changes)
        _classify(draft, different, reason)
        if not claims:
            _move(draft, found, different, changes)
        apply_plain(draft, different)
    if (text := different.get("comment")) is not None:
        add_comment(draft, text, Visibility.PUBLIC, Source.API)
    if "status" in different and draft.get("status") is not different["status"]:
        apply_status(draft, different["status"], reason)
    draft.save(counts=bool(draft.values))


def _require_own_text(draft: Draft, changes: Mapping[str, Any], own: frozenset[str]) -> None:
    draft.require_requester_unless(Permission.TICKETS_CHANGE)
    if forbidden := sorted(set(changes) - own):
        raise Forbidden(f"Only the staff changes {', '.join(forbidden)}.")


def _merged(draft: Draft, fields: Sequence[CustomField], changes: Mapping[str, Any]) -> dict[str, Any]:
    """Of declared fields those that are sent change: who does not see them all cannot send them all."""
    given, current = changes["custom_fields"], draft.ticket.custom_fields
    kind = changes.get("type", draft.get("type"))
    staff = draft.actor.may(Permission.TICKETS_CHANGE)
    return merged(fields, given, current, kind, staff=staff)


def _differs(draft: Draft, name: str, value: Any) -> bool:
    return bool(draft.get(name) != value)


def _classify(draft: Draft, changes: Mapping[str, Any], reason: str | None) -> None:
    classification = {name: changes[name] for name in CLASSIFICATION if name in changes}
    if classification:
        apply_reclassify(draft, classification, reason)


def _prepare(tx: Transaction, actor: Actor, changes: Mapping[str, Any]) -> Any:
    """What moving the ticket must look up; nothing where it is not to be moved."""
    if not {"team_id", "assignee_id"} & changes.keys():
        return None
    named: dict[str, Any] = {name: changes.get(name) for name in ("team_id", "assignee_id")}
    return queries.prepare(tx, actor.workspace.id, **named, requester_id=None)


def _move(draft: Draft, found: Any, different: Mapping[str, Any], sent: Mapping[str, Any]) -> None:
    if "team_id" in different:
        # An assignee that is sent along stays, be it the present one or nobody.
        assignee_id, picks = sent.get("assignee_id"), "assignee_id" not in sent
        apply_transfer(draft, found, different["team_id"], sent.get("reason"), assignee_id, picks=picks)
    elif "assignee_id" in different:
        apply_assign(draft, found, different["assignee_id"], reason=sent.get("reason"))


def apply_plain(draft: Draft, changes: Mapping[str, Any]) -> None:
    """The fields of PLAIN among the changes, which differ from what is there."""
    plain = {name: changes[name] for name in PLAIN if name in changes}
    if not plain:
        return
    if draft.ticket.archived_at is not None:
        raise Conflict("The ticket is archived, so it can only be read.")
    if not takes_changes(draft.get("status"), draft.actor.permissions, archived=False):
        raise Conflict(f"The ticket is {draft.get('status')}, so its text stays as it is.")
    draft.set("updated", plain)
    if draft.get("status") in ACTIVE and ("sla_minutes" in plain or "tags" in plain):
        recompute(draft)


def apply_status(draft: Draft, wanted: Status, reason: str | None = None) -> None:
    """The verb that the wanted status means; reasons are optional by this door."""
    verb = verb_for_status(draft.get("status"), wanted)
    match verb:
        case Verb.PAUSE:
            apply_pause(draft, wanted, reason)
        case Verb.RESUME:
            apply_resume(draft, reason)
        case Verb.RESOLVE:
            apply_resolve(draft, reason=reason)
        case Verb.CLOSE:
            apply_close(draft, reason)
        case Verb.REOPEN:
            apply_reopen(draft, reason)
        case Verb.CANCEL:
            apply_cancel(draft, reason)
        case _ if wanted is Status.OPEN:
            draft.require(Verb.ASSIGN)
            draft.set("opened", {"status": Status.OPEN}, reason=reason)
        case _:
            raise draft.illegal(verb, f"A ticket that is {draft.get('status')} cannot become {wanted} again.")
