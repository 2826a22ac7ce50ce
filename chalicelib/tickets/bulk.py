"""Bulk: the same actions done to many tickets, each of which stands alone. Few at once, many by a job.

Who asks for it is who does it: every ticket is seen, and every action judged, with that person's own rights.
"""

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID, uuid4

from chalicelib.accounts import jobs as asked
from chalicelib.accounts.actor import Actor
from chalicelib.accounts.permissions import Permission
from chalicelib.core import events, job_items, jobs
from chalicelib.core.db import Transaction
from chalicelib.core.errors import Conflict, ValidationFailed
from chalicelib.models.words import Outcome
from chalicelib.tickets import acting, filtering, listing
from chalicelib.tickets.actions import Document, Kind
from chalicelib.tickets.bulk_acting import Chosen, Result, at_once
from chalicelib.tickets.listing import Filter

KIND = "bulk"
# The event that tells of all of it, for who would else hear of every ticket.
ENDED = "bulk.ended"
# More subtransactions than 64 slow down everybody.
AT_ONCE = 50
MOST = 500
MOST_UNDER_WAY = 10


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
    tx: Transaction,
    actor: Actor,
    chosen: Sequence[Chosen],
    actions: Sequence[Document],
    *,
    dry_run: bool = False,
    until: float | None = None,
) -> dict[str, Any]:
    """Does it to at most AT_ONCE tickets, each once: `bulk_id dry_run results counts`; for more, the job that
    will. `dry_run`: says what would become of each, and does nothing. `until`: see bulk_acting.deadline.

    Raises ValidationFailed for actions that nobody could do and for too many to try, NotFound for what they
    name and is not there, Forbidden, Conflict for too many jobs at a time.
    """
    _require_right(actor, actions)
    with acting.as_sent():
        prepared = acting.prepare(tx, actor, actions)
    if len(chosen) > AT_ONCE:
        if dry_run:
            sentence = f"At most {AT_ONCE} tickets can be tried. These are {len(chosen)}."
            raise ValidationFailed.of("dry_run", sentence)
        return ask(tx, actor, chosen, actions)
    bulk_id = uuid4()
    results = at_once(tx, actor, chosen, prepared, bulk_id, dry_run=dry_run, until=until)
    if not dry_run:
        changed = [result.ticket_id for result in results if result.status is Outcome.CHANGED]
        tell(tx, actor.workspace.id, bulk_id, (actor.type, actor.id), changed)
    return {"bulk_id": bulk_id, "dry_run": dry_run, **_summed(results)}


def _summed(results: Sequence[Result]) -> dict[str, Any]:
    counts = {
        outcome: sum(result.status is outcome for result in results)
        for outcome in (Outcome.CHANGED, Outcome.UNCHANGED, Outcome.FAILED)
    }
    return {"results": [vars(result) for result in results], "counts": counts}


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
