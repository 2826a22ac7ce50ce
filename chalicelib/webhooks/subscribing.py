"""Webhooks, set up by administrators: where events go, which ones, and with which secret they are signed."""

from collections.abc import Collection, Mapping
from datetime import datetime
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy import Row

from chalicelib.accounts.actor import Actor
from chalicelib.accounts.auditing import audit, audit_changes
from chalicelib.accounts.permissions import Permission
from chalicelib.core import standard_webhooks
from chalicelib.core.db import Transaction
from chalicelib.core.errors import Conflict, NotFound
from chalicelib.core.paging import Page, answer
from chalicelib.models.words import DisabledReason
from chalicelib.webhooks import catalogue, checking, delivery_queries, queries
from chalicelib.webhooks.sealed import Keys, sealed

MOST = 50
FACTS = ("name", "url", "template", "events", "team_ids", "types", "priorities", "include_internal")
AUDITED = (*FACTS, "enabled")
SORT_TYPES: Mapping[str, Any] = {"name": str, "created_at": datetime}


def shape(row: Row[Any]) -> dict[str, Any]:
    """A webhook as answers show it."""
    facts = dict(row._mapping)
    del facts["team_ids"]
    teams, types, priorities = facts.pop("teams"), facts.pop("types"), facts.pop("priorities")
    return {**facts, "filters": {"teams": teams, "types": types, "priorities": priorities}}


def get(tx: Transaction, actor: Actor, webhook_id: UUID) -> dict[str, Any]:
    """Raises Forbidden, NotFound."""
    require_right(actor)
    return shape(_found(tx, actor, webhook_id))


def listing(
    tx: Transaction, actor: Actor, wanted: Mapping[str, Any], page: Page, sort: str
) -> dict[str, Any]:
    """A page of webhooks. `wanted`: any of enabled. `sort` is of SORT_TYPES."""
    require_right(actor)
    by = sort.removeprefix("-")
    after = page.after(sort, (SORT_TYPES[by], UUID))
    rows = queries.list_webhooks(tx, actor.workspace.id, wanted, page, sort, after)
    return answer(rows, page, sort, lambda row: (getattr(row, by), row.id), shape)


def event_types(actor: Actor) -> list[dict[str, Any]]:
    """What a webhook can hear of, with a sentence each. Raises Forbidden."""
    require_right(actor)
    return catalogue.listing()


def make(
    tx: Transaction, actor: Actor, keys: Keys, facts: Mapping[str, Any], local_hosts: Collection[str]
) -> dict[str, Any]:
    """`facts`: FACTS, `enabled`, and `secret` as people write it or None for a new one. The answer alone
    shows the secret.

    Raises Forbidden, ValidationFailed, NotFound for a team, Conflict for one too many.
    """
    require_right(actor)
    secret = checking.secret(facts["secret"])
    checking.check(tx, actor, facts, facts["team_ids"], local_hosts)
    if queries.count(tx, actor.workspace.id) >= MOST:
        raise Conflict(f"A workspace has {MOST} webhooks at most.")
    webhook_id = uuid4()
    values = {name: facts[name] for name in FACTS}
    values |= {"id": webhook_id, "secret": sealed(keys, actor.workspace.id, webhook_id, secret)}
    off = None if facts["enabled"] else DisabledReason.BY_HAND
    queries.add(tx, actor.workspace.id, {**values, **queries.switched(off)})
    made = _found(tx, actor, webhook_id)
    audit(tx, actor, "webhook.created", ("webhook", webhook_id), after=_audited(made))
    return {**shape(made), "secret": standard_webhooks.written(secret)}


def change(
    tx: Transaction,
    actor: Actor,
    webhook_id: UUID,
    wanted: Mapping[str, Any],
    local_hosts: Collection[str],
) -> dict[str, Any]:
    """`wanted`: any of FACTS and `enabled`. Switched off, what was on its way is cancelled. Raises as `make`
    does."""
    before = held(tx, actor, webhook_id)
    values = {name: value for name, value in wanted.items() if value != getattr(before, name)}
    if not values:
        return shape(before)
    facts = {**{name: getattr(before, name) for name in FACTS}, **values}
    checking.check(tx, actor, facts, values.get("team_ids", ()), local_hosts)
    columns: dict[str, Any] = {name: value for name, value in values.items() if name != "enabled"}
    if "enabled" in values:
        columns |= queries.switched(None if values["enabled"] else DisabledReason.BY_HAND)
        if not values["enabled"]:
            delivery_queries.cancel(tx, actor.workspace.id, webhook_id)
    queries.change(tx, actor.workspace.id, webhook_id, columns)
    changed = _found(tx, actor, webhook_id)
    about = ("webhook", webhook_id)
    audit_changes(tx, actor, "webhook.changed", about, _audited(before), _audited(changed))
    return shape(changed)


def delete(tx: Transaction, actor: Actor, webhook_id: UUID) -> None:
    """Its deliveries go with it. Raises Forbidden, NotFound."""
    before = held(tx, actor, webhook_id)
    queries.delete(tx, actor.workspace.id, webhook_id)
    audit(tx, actor, "webhook.deleted", ("webhook", webhook_id), before=_audited(before))


def rotate(
    tx: Transaction, actor: Actor, keys: Keys, webhook_id: UUID, grace_hours: int, secret: str | None
) -> dict[str, Any]:
    """Gives it another secret; that of before signs too for so many hours, and the one before that no more.

    Raises Forbidden, NotFound, ValidationFailed.
    """
    held(tx, actor, webhook_id)
    new = checking.secret(secret)
    kept = sealed(keys, actor.workspace.id, webhook_id, new)
    queries.rotate(tx, actor.workspace.id, webhook_id, kept, grace_hours * 3600)
    told = {"grace_hours": grace_hours}
    audit(tx, actor, "webhook.secret_rotated", ("webhook", webhook_id), after=told)
    return {**shape(_found(tx, actor, webhook_id)), "secret": standard_webhooks.written(new)}


def held(tx: Transaction, actor: Actor, webhook_id: UUID) -> Row[Any]:
    """One that is to be changed, locked. Raises Forbidden, NotFound."""
    require_right(actor)
    if not queries.lock(tx, actor.workspace.id, webhook_id):
        raise no_such_webhook()
    return _found(tx, actor, webhook_id)


def require_right(actor: Actor) -> None:
    """Raises Forbidden."""
    actor.require(Permission.WEBHOOKS_MANAGE, "Only administrators see to webhooks.")


def no_such_webhook() -> NotFound:
    return NotFound("There is no such webhook.")


def _found(tx: Transaction, actor: Actor, webhook_id: UUID) -> Row[Any]:
    row = queries.webhook(tx, actor.workspace.id, webhook_id)
    if row is None:
        raise no_such_webhook()
    return row


def _audited(row: Row[Any]) -> dict[str, Any]:
    facts = {name: getattr(row, name) for name in AUDITED}
    return {**facts, "team_ids": sorted(map(str, row.team_ids)), "url": checking.place(row.url)}
