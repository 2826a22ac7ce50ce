"""Reclassifying: type, priority, category. The promises are computed anew from where they began."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from chalicelib.accounts.actor import Actor
from chalicelib.accounts.permissions import Permission
from chalicelib.core.db import Transaction
from chalicelib.core.errors import Forbidden
from chalicelib.core.versions import Versions
from chalicelib.tickets import category_queries
from chalicelib.tickets.categorising import as_declared, fold, spelled
from chalicelib.tickets.draft import Draft, open_draft
from chalicelib.tickets.lifecycle import Verb
from chalicelib.tickets.recomputing import recompute


def reclassify(
    tx: Transaction,
    actor: Actor,
    ticket_id: UUID,
    changes: Mapping[str, Any],
    reason: str | None = None,
    version: Versions | None = None,
) -> None:
    """`changes`: any of type, priority, category, subcategory."""
    draft = open_draft(tx, actor, ticket_id, version)
    apply_reclassify(draft, changes, reason)
    draft.save()


def apply_reclassify(
    draft: Draft, changes: Mapping[str, Any], reason: str | None = None, found: Any = None
) -> None:
    """`found`: of the category among the changes, as queries.prepare tells, where that was looked up
    before."""
    draft.require(Verb.RECLASSIFY)
    if not (draft.actor.may(Permission.TICKETS_RECLASSIFY) or draft.standing.is_assignee):
        raise Forbidden("Agents reclassify the tickets that are assigned to them.")
    different = _different(draft, changes)
    if {"category", "subcategory"} & different.keys():
        different = _different(draft, _as_declared(draft, different, found))
    if not different:
        return
    draft.set("reclassified", different, reason=reason)
    recompute(draft)


def _different(draft: Draft, changes: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in changes.items() if draft.get(name) != value}


def _as_declared(draft: Draft, changes: Mapping[str, Any], found: Any = None) -> dict[str, Any]:
    """Another category takes along a subcategory of the old one only where it has that itself."""
    category = changes.get("category", draft.get("category"))
    workspace_id = draft.ticket.workspace_id
    if found is None or "category" not in changes:
        found = category_queries.declared(draft.tx, workspace_id, category and fold(category))
    old = draft.get("subcategory")
    if "category" in changes and "subcategory" not in changes and old and found.category_subcategories:
        changes = {**changes, "subcategory": spelled(old, found.category_subcategories)}
    return as_declared(draft.tx, workspace_id, changes, category, found)
