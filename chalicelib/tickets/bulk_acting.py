"""Acting on many tickets in one transaction: all are locked first, each stands alone behind a savepoint."""

import logging
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from time import monotonic
from typing import Any
from uuid import UUID

from chalicelib.accounts.actor import Actor
from chalicelib.core.db import CANCELLED, LOCK_NOT_AVAILABLE, Transaction, is_passing, sqlstate
from chalicelib.core.errors import Conflict, HelpdeskError, Unavailable
from chalicelib.models.words import Outcome
from chalicelib.sla.policies import read as read_policies
from chalicelib.tickets import acting
from chalicelib.tickets.acting import Prepared
from chalicelib.tickets.draft import Draft, require_version
from chalicelib.tickets.drafts import HELD, open_drafts

# Whoever waits for an answer does so for 25 s at most. No ticket takes more than a few of them. The wait for
# the locks counts, and so does a first try of the transaction that was lost.
LONGEST_SECONDS = 15.0
NO_TIME = "There was no time left for this ticket. Ask for it once more."
TOO_SLOW = "This ticket took too long. Ask for it once more."
# What a refusal tells beside its code and its sentence.
FACTS = ("state", "allowed", "current_version")

log = logging.getLogger(__name__)


class _Tried(Exception):
    """The end of a trial, which undoes it."""


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


def deadline() -> float:
    """By when whoever begins now has begun the last ticket, as monotonic() counts."""
    return monotonic() + LONGEST_SECONDS


def at_once(
    tx: Transaction,
    actor: Actor,
    chosen: Sequence[Chosen],
    prepared: Prepared,
    bulk_id: UUID,
    *,
    dry_run: bool = False,
    until: float | None = None,
    comes_again: bool = False,
) -> list[Result]:
    """What became of each, in their order; they are changed in the order of their ids, in which they are
    locked. Everything that the actions name is held; see acting.prepare.

    `until`: see deadline. `comes_again`: raises for a ticket that takes too long, else that fails alone.
    """
    until = deadline() if until is None else until
    policies = read_policies(prepared.found.policies) if prepared.found else []
    drafts = open_drafts(tx, actor, [each.ticket_id for each in chosen], policies)
    results = {}
    for each in sorted(chosen, key=lambda each: each.ticket_id):
        draft = drafts[each.ticket_id]
        if isinstance(draft, Draft) and monotonic() > until:
            ticket = draft.ticket
            draft = Unavailable(NO_TIME, label=ticket.label, version=ticket.version)
        results[each.ticket_id] = _result(
            tx, each, draft, prepared, bulk_id, dry_run=dry_run, comes_again=comes_again
        )
    return [results[each.ticket_id] for each in chosen]


def _result(
    tx: Transaction,
    chosen: Chosen,
    draft: Draft | HelpdeskError,
    prepared: Prepared,
    bulk_id: UUID,
    *,
    dry_run: bool,
    comes_again: bool,
) -> Result:
    if isinstance(draft, HelpdeskError):
        label, version = draft.facts.get("label"), draft.facts.get("version")
        return Result(chosen.ticket_id, Outcome.FAILED, label, version, _told(draft))
    ticket = draft.ticket
    try:
        with suppress(_Tried), tx.attempt():
            require_version(ticket, None if chosen.version is None else [chosen.version])
            acting.apply(draft, prepared, {"bulk_id": bulk_id})
            counts = bool(draft.values)
            draft.save(counts=counts)
            if dry_run:
                raise _Tried
    except Exception as error:
        refused = _refusal(error, ticket.id, comes_again)
        return Result(ticket.id, Outcome.FAILED, ticket.label, ticket.version, _told(refused))
    outcome = Outcome.CHANGED if draft.entries else Outcome.UNCHANGED
    return Result(ticket.id, outcome, ticket.label, ticket.version + counts)


def _refusal(error: Exception, ticket_id: UUID, comes_again: bool) -> HelpdeskError:
    """Why this ticket was not changed. What concerns the whole transaction is raised."""
    if isinstance(error, HelpdeskError):
        return error
    if sqlstate(error) == LOCK_NOT_AVAILABLE:
        return Conflict(HELD)
    if sqlstate(error) == CANCELLED and not comes_again:
        return Unavailable(TOO_SLOW)
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
