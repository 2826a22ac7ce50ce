"""Organisations: customers that belong together. Their domains bring in whoever is in none."""

from collections.abc import Collection, Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Row

from chalicelib.accounts import organisation_queries as queries
from chalicelib.accounts.actor import Actor
from chalicelib.accounts.auditing import audit, audit_changes
from chalicelib.accounts.permissions import Permission
from chalicelib.accounts.uniqueness import unique
from chalicelib.core.db import Transaction
from chalicelib.core.errors import Conflict, FieldProblem, NotFound
from chalicelib.core.paging import Page, answer

NAME_KEY = "organisations_workspace_id_name_key"
NAME_TAKEN = "There is already an organisation of this name."
FACTS = ("name", "notes", "shared_tickets")
SORT_TYPES: Mapping[str, Any] = {"created_at": datetime, "name": str}


def shape(row: Row[Any]) -> dict[str, Any]:
    """An organisation as answers show it."""
    return dict(row._mapping)


def get(tx: Transaction, actor: Actor, organisation_id: UUID) -> dict[str, Any]:
    """One organisation of the actor's workspace. Raises Forbidden, NotFound."""
    _require_staff(actor)
    row = queries.organisation(tx, actor.workspace.id, organisation_id)
    if row is None:
        raise no_such_organisation()
    return shape(row)


def listing(tx: Transaction, actor: Actor, words: str | None, page: Page, sort: str) -> dict[str, Any]:
    """A page of organisations; `words` are looked for in name and domains, `sort` is of SORT_TYPES.

    Raises Forbidden.
    """
    _require_staff(actor)
    by = sort.removeprefix("-")
    after = page.after(sort, (SORT_TYPES[by], UUID))
    rows = queries.list_organisations(tx, actor.workspace.id, words, page, sort, after)
    return answer(rows, page, sort, lambda row: (getattr(row, by), row.id), shape)


def make(tx: Transaction, actor: Actor, facts: Mapping[str, Any], domains: Collection[str]) -> dict[str, Any]:
    """`facts`: FACTS; `domains` are normalised. Customers with an email there, and in no other, join.

    Raises Forbidden, Conflict for a name or a domain that is taken.
    """
    _require_admin(actor)
    with unique(NAME_KEY, NAME_TAKEN):
        made_id = queries.add(tx, actor.workspace.id, facts)
    joined = _bring_in(tx, actor, made_id, domains)
    made = get(tx, actor, made_id)
    audit(tx, actor, "organisation.created", ("organisation", made_id), after=_audited(made) | joined)
    return made


def change(tx: Transaction, actor: Actor, organisation_id: UUID, wanted: Mapping[str, Any]) -> dict[str, Any]:
    """`wanted`: any of FACTS and domains, which are all that it has then. Who came by one that goes stays.

    Raises Forbidden, NotFound, Conflict for a name or a domain that is taken.
    """
    _require_admin(actor)
    before = _held(tx, actor, organisation_id)
    values = {name: wanted[name] for name in FACTS if name in wanted and wanted[name] != before[name]}
    if values:
        with unique(NAME_KEY, NAME_TAKEN):
            queries.change(tx, actor.workspace.id, organisation_id, values)
    joined: dict[str, Any] = {}
    if "domains" in wanted:
        queries.remove_domains(tx, actor.workspace.id, organisation_id, wanted["domains"])
        joined = _bring_in(tx, actor, organisation_id, set(wanted["domains"]) - set(before["domains"]))
    changed = get(tx, actor, organisation_id)
    about = ("organisation", organisation_id)
    audit_changes(tx, actor, "organisation.changed", about, _audited(before), _audited(changed) | joined)
    return changed


def delete(tx: Transaction, actor: Actor, organisation_id: UUID) -> None:
    """Its members are in none from now on, its domains are free. Raises Forbidden, NotFound."""
    _require_admin(actor)
    before = _held(tx, actor, organisation_id)
    queries.remove_domains(tx, actor.workspace.id, organisation_id)
    queries.change(tx, actor.workspace.id, organisation_id, {"deleted_at": actor.now})
    audit(tx, actor, "organisation.deleted", ("organisation", organisation_id), before=_audited(before))


def no_such_organisation() -> NotFound:
    return NotFound("There is no such organisation.")


def _held(tx: Transaction, actor: Actor, organisation_id: UUID) -> dict[str, Any]:
    """The organisation, locked."""
    if not queries.lock(tx, actor.workspace.id, organisation_id):
        raise no_such_organisation()
    return get(tx, actor, organisation_id)


def _bring_in(
    tx: Transaction, actor: Actor, organisation_id: UUID, domains: Collection[str]
) -> dict[str, Any]:
    """Lists the domains and lets their customers join; how many did, for the audit log."""
    if not domains:
        return {}
    taken = set(domains) - queries.add_domains(tx, actor.workspace.id, organisation_id, domains)
    if taken:
        sentence = f"Another organisation has {', '.join(sorted(taken))}. A domain is of one alone."
        raise Conflict(sentence, errors=[FieldProblem("domains", "VALIDATION_ERROR", sentence)])
    return {"joined": queries.join_by_domains(tx, actor.workspace.id, organisation_id, domains)}


def _audited(organisation: Mapping[str, Any]) -> dict[str, Any]:
    return {name: organisation[name] for name in (*FACTS, "domains")}


def _require_staff(actor: Actor) -> None:
    actor.require(Permission.ORGANISATIONS_READ, "Only the staff knows the organisations.")


def _require_admin(actor: Actor) -> None:
    actor.require(Permission.ORGANISATIONS_MANAGE, "Only an administrator sees to organisations.")
