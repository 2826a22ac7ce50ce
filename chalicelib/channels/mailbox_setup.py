"""Mailboxes: the addresses at which a desk takes mail, each with what its tickets begin with. Every
workspace has one from its beginning, at the deployment's own domain under its slug; it can be switched off,
but stays."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Row

from chalicelib.accounts.actor import Actor
from chalicelib.accounts.auditing import audit, audit_changes
from chalicelib.accounts.emails import without_tag
from chalicelib.accounts.permissions import Permission
from chalicelib.channels import mailbox_queries as queries
from chalicelib.core.db import Transaction
from chalicelib.core.errors import Conflict, NotFound, ValidationFailed
from chalicelib.core.paging import Page, answer

MOST = 100
FACTS = ("address", "name", "team_id", "type", "priority", "enabled", "unknown_senders", "language")
SORT_TYPES: Mapping[str, Any] = {"name": str, "created_at": datetime}
TAKEN = "This address is taken. Every address is one mailbox's, in one workspace."


def shape(row: Row[Any], actor: Actor, domain: str) -> dict[str, Any]:
    """A mailbox as answers show it. `domain`: that of the deployment's mail, empty where it takes none."""
    facts = {name: value for name, value in row._mapping.items() if not name.startswith("team_")}
    if row.is_default:
        facts["address"] = f"{actor.workspace.slug}@{domain}" if domain else None
    return {**facts, "team": {"id": row.team_id, "name": row.team_name} if row.team_id else None}


def get(tx: Transaction, actor: Actor, mailbox_id: UUID, domain: str) -> dict[str, Any]:
    """One mailbox. Raises NotFound."""
    actor.require(Permission.MAILBOXES_READ, "Mailboxes are the staff's to see.")
    row = queries.mailbox(tx, actor.workspace.id, mailbox_id)
    if row is None:
        raise _no_such_mailbox()
    return shape(row, actor, domain)


def listing(tx: Transaction, actor: Actor, page: Page, sort: str, domain: str) -> dict[str, Any]:
    """A page of mailboxes. `sort` is of SORT_TYPES."""
    actor.require(Permission.MAILBOXES_READ, "Mailboxes are the staff's to see.")
    by = sort.removeprefix("-")
    after = page.after(sort, (SORT_TYPES[by], UUID))
    rows = queries.list_mailboxes(tx, actor.workspace.id, page, sort, after)
    return answer(
        rows, page, sort, lambda row: (getattr(row, by), row.id), lambda row: shape(row, actor, domain)
    )


def make(tx: Transaction, actor: Actor, facts: Mapping[str, Any], domain: str) -> dict[str, Any]:
    """`facts`: FACTS, the address normalised. Raises Forbidden, NotFound for the team, ValidationFailed and
    Conflict for the address, Conflict for one too many."""
    _require_admin(actor)
    _require_team(tx, actor, facts["team_id"])
    _require_address(tx, actor, facts["address"], domain)
    made_id = queries.add(tx, actor.workspace.id, facts, MOST)
    if made_id is None:
        raise Conflict(f"A workspace has {MOST} mailboxes at most.")
    made = get(tx, actor, made_id, domain)
    audit(tx, actor, "mailbox.created", ("mailbox", made_id), after=_audited(made))
    return made


def change(
    tx: Transaction, actor: Actor, mailbox_id: UUID, wanted: Mapping[str, Any], domain: str
) -> dict[str, Any]:
    """`wanted`: any of FACTS. Raises as `make` does, and NotFound."""
    _require_admin(actor)
    before = _held(tx, actor, mailbox_id, domain)
    known = _audited(before)
    values = {name: value for name, value in wanted.items() if value != known[name]}
    if not values:
        return before
    if "address" in values:
        if before["is_default"]:
            raise Conflict("The workspace's own mailbox is called by its slug. Make another mailbox.")
        _require_address(tx, actor, values["address"], domain)
    if "team_id" in values:
        _require_team(tx, actor, values["team_id"])
    queries.change(tx, actor.workspace.id, mailbox_id, values)
    changed = get(tx, actor, mailbox_id, domain)
    audit_changes(tx, actor, "mailbox.changed", ("mailbox", mailbox_id), known, _audited(changed))
    return changed


def delete(tx: Transaction, actor: Actor, mailbox_id: UUID, domain: str) -> None:
    """Its address is free; its tickets stay, and are answered from the workspace's own mailbox."""
    _require_admin(actor)
    before = _held(tx, actor, mailbox_id, domain)
    if before["is_default"]:
        raise Conflict("The workspace's own mailbox stays. Switch it off with `enabled` instead.")
    queries.delete(tx, actor.workspace.id, mailbox_id)
    audit(tx, actor, "mailbox.deleted", ("mailbox", mailbox_id), before=_audited(before))


def _held(tx: Transaction, actor: Actor, mailbox_id: UUID, domain: str) -> dict[str, Any]:
    """The mailbox, locked."""
    if not queries.lock(tx, actor.workspace.id, mailbox_id):
        raise _no_such_mailbox()
    return get(tx, actor, mailbox_id, domain)


def _require_address(tx: Transaction, actor: Actor, address: str, domain: str) -> None:
    """At the deployment's domain only names that end with the own slug: so nobody takes what is another
    workspace's, now or later, for slugs have no dots."""
    local, _, host = address.rpartition("@")
    slug = actor.workspace.slug
    if domain and host == domain and not local.endswith(f".{slug}"):
        told = f"At {domain} a mailbox is called something.{slug}, such as sales.{slug}@{domain}."
        raise ValidationFailed.of("address", told)
    if without_tag(address) != address:
        raise ValidationFailed.of("address", "Leave out the + and what follows: it is the same mailbox.")
    if not queries.is_free(tx, address):
        raise Conflict(TAKEN)


def _require_team(tx: Transaction, actor: Actor, team_id: UUID | None) -> None:
    if team_id is not None and not queries.has_team(tx, actor.workspace.id, team_id):
        raise NotFound("There is no such team.")


def _audited(mailbox: Mapping[str, Any]) -> dict[str, Any]:
    team_id = mailbox["team"] and mailbox["team"]["id"]
    return {name: mailbox[name] for name in FACTS if name != "team_id"} | {"team_id": team_id}


def _no_such_mailbox() -> NotFound:
    return NotFound("There is no such mailbox.")


def _require_admin(actor: Actor) -> None:
    actor.require(Permission.DESK_MANAGE, "Only an administrator sees to mailboxes.")
