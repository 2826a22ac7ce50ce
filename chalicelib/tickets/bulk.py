"""Bulk: the same actions done to many tickets, each of which stands alone. Few at once, many by a job.

Who asks for it is who does it: every ticket is seen, and every action judged, with that person's own rights.
"""

import logging
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from time import monotonic
from typing import Any
from uuid import UUID, uuid4

from chalicelib.accounts import jobs as asked
from chalicelib.accounts.actor import Actor
from chalicelib.accounts.permissions import Permission
from chalicelib.core import events, job_items, jobs
from chalicelib.core.db import LOCK_NOT_AVAILABLE, Transaction, is_passing, sqlstate
from chalicelib.core.errors import Conflict, HelpdeskError, Unavailable, ValidationFailed
from chalicelib.models.words import Outcome
from chalicelib.sla.policies import read as read_policies
from chalicelib.tickets import acting, filtering, listing
from chalicelib.tickets.acting import Prepared
from chalicelib.tickets.actions import Document, Kind
from chalicelib.tickets.draft import Draft, require_version
from chalicelib.tickets.drafts import HELD, open_drafts
from chalicelib.tickets.listing import Filter

KIND = "bulk"
# The event that tells of all of it, for who would else hear of every ticket.
ENDED = "bulk.ended"
# More subtransactions than 64 slow down everybody.
AT_ONCE = 50
MOST = 500
MOST_UNDER_WAY = 10
# Whoever waits for an answer does so for 25 s at most. No ticket takes more than a few of them.
LONGEST_SECONDS = 15.0
NO_TIME = "There was no time left for this ticket. Ask for it once more."
# What a refusal tells beside its code and its sentence.
FACTS = ("state", "allowed", "current_version")

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Chosen:
    """A ticket that is meant, at this version where the caller says one."""

    ticket_id: UUID
    version: int | None = None


@dataclass(frozen=True)
class Result:
    """What became of one ticket; `label` and `version` are those that it has now, where it is seen."""

    ticket_id: UUID
    status: Outcome
    label: str | None = None
    version: int | None = None
    error: Mapping[str, Any] | None = None


def choose(tx: Transaction, actor: Actor, wanted: Mapping[str, Any]) -> list[Chosen]:
    """The tickets that a filter means at this moment, the oldest first. `wanted`: see filtering.conditions.

    Raises ValidationFailed for a filter that means everything, or more than MOST.
    """
    if not wanted.keys() - {"archived"}:
        raise ValidationFailed.of("filter", "This filter means every ticket. Say which ones.")
    conditions = filtering.conditions(tx, actor, wanted, where="filter.")
    ids = listing.ids_of(tx, actor, Filter(conditions, "created_at"), MOST + 1)
    if len(ids) > MOST:
        raise ValidationFailed.of(
            "filter", f"This filter means more than {MOST} tickets ({len(ids)} or more). Narrow it."
        )
    return [Chosen(ticket_id) for ticket_id in ids]


def act(
    tx: Transaction, actor: Actor, chosen: Sequence[Chosen], actions: Sequence[Document]
) -> dict[str, Any]:
    """Does it to at most AT_ONCE tickets, each once: `bulk_id results counts`; for more, the job that will.

    Raises ValidationFailed for actions that nobody could do, Forbidden, Conflict for too many jobs at a time.
    """
    _require_right(actor, actions)
    prepared = acting.prepare(tx, actor, actions)
    if len(chosen) > AT_ONCE:
        return ask(tx, actor, chosen, actions)
    bulk_id = uuid4()
    results = at_once(tx, actor, chosen, prepared, bulk_id)
    changed = [result.ticket_id for result in results if result.status is Outcome.CHANGED]
    tell(tx, actor.workspace.id, bulk_id, (actor.type, actor.id), changed)
    counts = {
        outcome: sum(result.status is outcome for result in results)
        for outcome in (Outcome.CHANGED, Outcome.UNCHANGED, Outcome.FAILED)
    }
    return {"bulk_id": bulk_id, "results": [vars(result) for result in results], "counts": counts}


def ask(
    tx: Transaction, actor: Actor, chosen: Sequence[Chosen], actions: Sequence[Document]
) -> dict[str, Any]:
    """A job that does it, as answers show it."""
    if jobs.under_way(tx, actor.workspace.id, KIND, actor.id) >= MOST_UNDER_WAY:
        raise Conflict(f"You have {MOST_UNDER_WAY} bulk changes under way. Wait until one has ended.")
    job = jobs.ask(
        tx,
        actor.workspace.id,
        KIND,
        None,
        actor.id,
        input={"actor": {"type": actor.type, "id": actor.id}, "actions": list(actions)},
        total=len(chosen),
        cancellable=True,
    )
    job_items.add(tx, job, [each.ticket_id for each in chosen], [each.version for each in chosen])
    return {**asked.shape(job), "counts": {"waiting": len(chosen)}}


def at_once(
    tx: Transaction, actor: Actor, chosen: Sequence[Chosen], prepared: Prepared, bulk_id: UUID
) -> list[Result]:
    """What became of each, in their order. Everything that the actions name is held; see acting.prepare."""
    policies = read_policies(prepared.found.policies) if prepared.found else []
    drafts = open_drafts(tx, actor, [each.ticket_id for each in chosen], policies)
    until = monotonic() + LONGEST_SECONDS
    results = []
    for each in chosen:
        draft = drafts[each.ticket_id]
        if isinstance(draft, Draft) and monotonic() > until:
            ticket = draft.ticket
            draft = Unavailable(NO_TIME, label=ticket.label, version=ticket.version)
        results.append(_result(tx, each, draft, prepared, bulk_id))
    return results


def tell(
    tx: Transaction, workspace_id: UUID, bulk_id: UUID, by: tuple[str, Any], ticket_ids: Sequence[UUID]
) -> None:
    """The event of a bulk change that is over, where it has changed anything. `by`: who, as type and id."""
    if ticket_ids:
        payload = {"bulk": {"id": bulk_id}, "actor": {"type": by[0], "id": by[1]}, "ticket_ids": ticket_ids}
        events.record(tx, workspace_id, ENDED, payload, internal=True)


def _require_right(actor: Actor, actions: Sequence[Document]) -> None:
    actor.require(Permission.TICKETS_BULK, "Only the staff changes many tickets at once.")
    if any(action["action"] == Kind.DELETE for action in actions):
        actor.require(Permission.TICKETS_DELETE, "Only an admin deletes tickets.")


def _result(
    tx: Transaction, chosen: Chosen, draft: Draft | HelpdeskError, prepared: Prepared, bulk_id: UUID
) -> Result:
    if isinstance(draft, HelpdeskError):
        label, version = draft.facts.get("label"), draft.facts.get("version")
        return Result(chosen.ticket_id, Outcome.FAILED, label, version, _told(draft))
    ticket = draft.ticket
    try:
        with tx.attempt():
            require_version(ticket, chosen.version)
            acting.apply(draft, prepared, {"bulk_id": bulk_id})
            counts = bool(draft.values)
            draft.save(counts=counts)
    except Exception as error:
        refused = _refusal(error, ticket.id)
        return Result(ticket.id, Outcome.FAILED, ticket.label, ticket.version, _told(refused))
    outcome = Outcome.CHANGED if draft.entries else Outcome.UNCHANGED
    return Result(ticket.id, outcome, ticket.label, ticket.version + counts)


def _refusal(error: Exception, ticket_id: UUID) -> HelpdeskError:
    """Why this ticket was not changed. What concerns the whole transaction is raised."""
    if isinstance(error, HelpdeskError):
        return error
    if sqlstate(error) == LOCK_NOT_AVAILABLE:
        return Conflict(HELD)
    if is_passing(error):
        raise error
    log.exception("ticket not changed", extra={"ticket_id": ticket_id})
    return HelpdeskError("This ticket could not be changed. Tell us if it happens again.")


def _told(error: HelpdeskError) -> dict[str, Any]:
    """A refusal as results carry it."""
    told: dict[str, Any] = {"code": error.code, "detail": error.detail}
    if error.errors:
        told["field"] = error.errors[0].field
    elif "action" in error.facts:
        told["field"] = f"actions.{error.facts['action']}"
    return told | {name: error.facts[name] for name in FACTS if name in error.facts}
