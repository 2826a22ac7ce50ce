"""Resolving: the work is done, and the requester is told how. Needs a resolution, which is a public
comment."""

from typing import Any
from uuid import UUID

from chalicelib.accounts.actor import Actor
from chalicelib.core.db import Transaction
from chalicelib.core.versions import Versions
from chalicelib.models.words import Status
from chalicelib.tickets.commenting import add_comment
from chalicelib.tickets.draft import Draft, open_draft
from chalicelib.tickets.lifecycle import Verb


def resolve(
    tx: Transaction, actor: Actor, ticket_id: UUID, resolution: str, version: Versions | None = None
) -> None:
    """Resolves with a public comment."""
    draft = open_draft(tx, actor, ticket_id, version)
    draft.require(Verb.RESOLVE)
    add_comment(draft, resolution)
    apply_resolve(draft)
    draft.save()


def apply_resolve(draft: Draft, **meta: Any) -> None:
    """`meta`: what else there is to tell of it."""
    draft.require(Verb.RESOLVE)
    draft.set("resolved", {"status": Status.RESOLVED, "resolved_at": draft.now}, **meta)
    draft.clock.resolved(draft.now)
