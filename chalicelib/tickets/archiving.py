"""Archiving: out of the lists and read-only, until an admin takes it out again."""

from uuid import UUID

from chalicelib.accounts.actor import Actor
from chalicelib.core.db import Transaction
from chalicelib.core.versions import Versions
from chalicelib.tickets.draft import Draft, open_draft
from chalicelib.tickets.lifecycle import Verb


def archive(
    tx: Transaction, actor: Actor, ticket_id: UUID, reason: str | None = None, version: Versions | None = None
) -> None:
    """Puts a finished ticket away."""
    draft = open_draft(tx, actor, ticket_id, version)
    apply_archive(draft, reason)
    draft.save()


def apply_archive(draft: Draft, reason: str | None = None) -> None:
    draft.require(Verb.ARCHIVE)
    draft.set("archived", {"archived_at": draft.now}, reason=reason)


def unarchive(
    tx: Transaction, actor: Actor, ticket_id: UUID, reason: str | None = None, version: Versions | None = None
) -> None:
    """Brings it back."""
    draft = open_draft(tx, actor, ticket_id, version)
    draft.require(Verb.UNARCHIVE)
    draft.set("unarchived", {"archived_at": None}, reason=reason)
    draft.save()
