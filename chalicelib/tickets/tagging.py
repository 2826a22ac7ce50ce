"""Tagging: the staff's own words on a ticket, added and taken off one by one, and those in use.

Unlike `PATCH`, which says all the tags of a ticket, two who add at once lose nothing.
"""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from chalicelib.accounts.actor import Actor
from chalicelib.accounts.permissions import Permission
from chalicelib.core.db import Transaction
from chalicelib.core.errors import Conflict, NotFound
from chalicelib.core.paging import Page, answer
from chalicelib.core.versions import Versions
from chalicelib.tickets import tag_queries
from chalicelib.tickets.draft import Draft, open_draft
from chalicelib.tickets.updating import apply_plain

MOST = 50


def listing(tx: Transaction, actor: Actor, prefix: str, page: Page, sort: str) -> dict[str, Any]:
    """A page of the tags in use, with how many of the tickets that the actor sees have each, at most 10,000.

    `sort`: name or -name. Raises Forbidden.
    """
    actor.require(Permission.TAGS_READ, "Only the staff knows the tags.")
    rows = tag_queries.in_use(tx, actor, prefix, page, sort, page.after(sort, (str,)))
    return answer(rows, page, sort, lambda row: (row.name,), lambda row: dict(row._mapping))


def tag(
    tx: Transaction, actor: Actor, ticket_id: UUID, tags: Sequence[str], version: Versions | None = None
) -> None:
    """Adds tags; those that the ticket has already are no change. Raises Conflict for one too many."""
    draft = _open(tx, actor, ticket_id, version)
    new = [tag for tag in dict.fromkeys(tags) if tag not in draft.ticket.tags]
    if len(draft.ticket.tags) + len(new) > MOST:
        raise Conflict(f"A ticket has {MOST} tags at most.")
    if new:
        _save(draft, (*draft.ticket.tags, *new))


def untag(tx: Transaction, actor: Actor, ticket_id: UUID, tag: str, version: Versions | None = None) -> None:
    """Takes a tag off, in any case. Raises NotFound for one that the ticket does not have."""
    draft = _open(tx, actor, ticket_id, version)
    if tag.lower() not in draft.ticket.tags:
        raise NotFound("The ticket has no such tag.")
    _save(draft, tuple(each for each in draft.ticket.tags if each != tag.lower()))


def _open(tx: Transaction, actor: Actor, ticket_id: UUID, version: Versions | None) -> Draft:
    draft = open_draft(tx, actor, ticket_id, version)
    actor.require(Permission.TICKETS_CHANGE, "Only the staff tags tickets.")
    return draft


def _save(draft: Draft, tags: tuple[str, ...]) -> None:
    apply_plain(draft, {"tags": tags})
    draft.save()
