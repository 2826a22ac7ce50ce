"""Links: which ticket relates to, duplicates, blocks or is the parent of which, and what came of what.

The type says what the ticket is to the other: this one `blocks` that one, which shows `blocked_by`. The staff
links; customers see where a ticket of theirs came from.
"""

from typing import Any
from uuid import UUID

from chalicelib.accounts.actor import Actor
from chalicelib.accounts.permissions import Permission
from chalicelib.core.db import Transaction
from chalicelib.core.errors import Conflict, NotFound, ValidationFailed
from chalicelib.core.paging import Page, answer
from chalicelib.tickets import link_queries
from chalicelib.tickets.draft import Draft
from chalicelib.tickets.ticket import Ticket
from chalicelib.tickets.views import show

# By kind: what the left ticket is to the right one, and the other way round.
TYPES = {
    "blocks": ("blocks", "blocked_by"),
    "duplicates": ("duplicates", "duplicated_by"),
    "follow_up": ("follow_up_of", "followed_up_by"),
    "parent": ("parent", "child"),
    "relates": ("relates", "relates"),
    "split_from": ("split_from", "split_into"),
}
ORIGINS = ("follow_up", "split_from")
MOST = 100
GENERATIONS = 5


def listing(tx: Transaction, actor: Actor, ticket_id: UUID, page: Page) -> dict[str, Any]:
    """A page of a visible ticket's links, each with the other ticket as far as the actor sees that."""
    show(tx, actor, ticket_id)
    rows = link_queries.listed(tx, actor, ticket_id, page)
    return answer(rows, page, "created_at", lambda row: (row.created_at, row.id), _shape)


def link(
    tx: Transaction, actor: Actor, ticket_id: UUID, type: str, other_id: UUID
) -> tuple[dict[str, Any], bool]:
    """Links two tickets, and tells of it on both. The link, and whether it is new.

    Raises NotFound where one of them may not be known, Conflict where the link contradicts others.
    """
    actor.require(Permission.TICKETS_LINK, "The staff links tickets.")
    if ticket_id == other_id:
        raise ValidationFailed.of("ticket_id", "A ticket is not linked to itself.")
    left, kind, right = ends = _ends(ticket_id, type, other_id)
    if kind == "parent":
        link_queries.wait_for_families(tx, actor.workspace.id)
    drafts = _open(tx, actor, left, right)
    found = link_queries.standing(tx, actor.workspace.id, ends, GENERATIONS)
    if found.same is not None:
        return _shape(link_queries.one(tx, actor, ticket_id, found.same)), False
    _require_fitting(kind, found, drafts[left].ticket, drafts[right].ticket)
    link_id = link_queries.insert(tx, actor, ends)
    _tell("linked", link_id, kind, drafts[left], drafts[right])
    return _shape(link_queries.one(tx, actor, ticket_id, link_id)), True


def unlink(tx: Transaction, actor: Actor, ticket_id: UUID, link_id: UUID) -> None:
    """Takes a link away. What a ticket came from stays."""
    actor.require(Permission.TICKETS_LINK, "The staff links tickets.")
    row = link_queries.one(tx, actor, ticket_id, link_id)
    drafts = _open(tx, actor, ticket_id, row.other_id if row else ticket_id)
    if row is None:
        raise NotFound("There is no such link.")
    if row.kind in ORIGINS:
        raise Conflict("This is where a ticket came from: it stays.")
    if not link_queries.delete(tx, actor.workspace.id, link_id):
        raise NotFound("There is no such link.")
    left, right = (ticket_id, row.other_id) if row.forwards else (row.other_id, ticket_id)
    _tell("unlinked", link_id, row.kind, drafts[left], drafts[right])


def _ends(ticket_id: UUID, type: str, other_id: UUID) -> tuple[UUID, str, UUID]:
    """As it is stored. What relates has no direction: the lesser id stands left."""
    kind, forwards = next(
        (kind, type == names[0]) for kind, names in TYPES.items() if type in names and kind not in ORIGINS
    )
    if kind == "relates":
        forwards = ticket_id < other_id
    return (ticket_id, kind, other_id) if forwards else (other_id, kind, ticket_id)


def _open(tx: Transaction, actor: Actor, one_id: UUID, other_id: UUID) -> dict[UUID, Draft]:
    rows = link_queries.lock_both(tx, actor, one_id, other_id)
    drafts = {row.id: Draft(tx, actor, Ticket.of(row)) for row in rows}
    if drafts.keys() != {one_id, other_id}:
        raise NotFound("There is no such ticket.")
    for draft in drafts.values():
        if draft.ticket.archived_at is not None:
            raise Conflict(f"{draft.ticket.label} is archived, so it can only be read.")
    return drafts


def _require_fitting(kind: str, found: Any, left: Ticket, right: Ticket) -> None:
    if found.links >= MOST or found.other_links >= MOST:
        raise Conflict(f"A ticket has {MOST} links at most.")
    if found.circle or found.contrary:
        raise Conflict(f"{right.label} is linked to {left.label} the other way round.")
    if kind == "parent" and found.has_parent:
        raise Conflict(f"{right.label} has a parent already.")
    if kind == "parent" and found.levels > GENERATIONS:
        raise Conflict(f"A family of tickets has {GENERATIONS} generations at most.")


def _tell(action: str, link_id: UUID, kind: str, left: Draft, right: Draft) -> None:
    """Between colleagues: the version stays, for it is nothing of the ticket itself."""
    for draft, other, type in zip((left, right), (right, left), TYPES[kind], strict=True):
        ends: dict[str, Any] = {"other_id": other.ticket.id, "other_label": other.ticket.label}
        draft.tell(action, internal=True, link_id=link_id, type=type, **ends)
        draft.save(counts=False)


def _shape(row: Any) -> dict[str, Any]:
    author = {"id": row.author_id, "name": row.author_name} if row.author_id else None
    return {
        "id": row.id,
        "type": TYPES[row.kind][0 if row.forwards else 1],
        "ticket": {
            "id": row.other_id,
            "label": row.label,
            "subject": row.subject,
            "status": row.status,
            "priority": row.priority,
        },
        "created_by": author,
        "created_at": row.created_at,
    }
