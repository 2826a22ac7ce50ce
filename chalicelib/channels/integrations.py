"""Integrations: who may post tickets as signed webhooks, where in a call's JSON a ticket's facts stand, and
what holds where it says nothing."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from sqlalchemy import Row

from chalicelib.accounts.actor import Actor
from chalicelib.accounts.auditing import audit, audit_changes
from chalicelib.accounts.permissions import Permission
from chalicelib.accounts.sealing import Keys, seal
from chalicelib.accounts.uniqueness import unique
from chalicelib.channels import integration_queries as queries
from chalicelib.channels.mapping import require_fit
from chalicelib.core import standard_webhooks
from chalicelib.core.db import Transaction
from chalicelib.core.errors import Conflict, FieldProblem, NotFound
from chalicelib.core.json_text import dumps
from chalicelib.core.paging import Page, answer
from chalicelib.sla.targets import new_id
from chalicelib.tickets.categorising import fold

MOST = 100
GRACE_HOURS = 24
PURPOSE = "integration secret"
KEY_KEY = "integrations_workspace_id_key_key"
NAME_TAKEN = "There is already an integration of this name."
FACTS = ("name", "kind", "mapping", "defaults", "team_id", "requester_id", "enabled")
SHOWN = (
    *("id", "name", "kind", "mapping", "defaults", "enabled"),
    *("last_received_at", "created_at", "updated_at"),
)


def shape(row: Row[Any]) -> dict[str, Any]:
    """An integration as answers show it: without its secret."""
    team = {"id": row.team_id, "name": row.team_name} if row.team_id else None
    person = {"id": row.requester_id, "name": row.requester_name, "email": row.requester_email}
    return {
        **{name: getattr(row, name) for name in SHOWN},
        "team": team,
        "requester": person if row.requester_id else None,
        "url": f"/v1/inbound/{row.id}",
    }


def get(tx: Transaction, actor: Actor, integration_id: UUID) -> dict[str, Any]:
    """One integration. Raises Forbidden, NotFound."""
    _require_admin(actor)
    row = queries.integration(tx, actor.workspace.id, integration_id)
    if row is None:
        raise _no_such_integration()
    return shape(row)


def listing(tx: Transaction, actor: Actor, page: Page) -> dict[str, Any]:
    """A page of the integrations, by name. Raises Forbidden."""
    _require_admin(actor)
    rows = queries.list_integrations(tx, actor.workspace.id, page, page.after("name", (str, UUID)))
    return answer(rows, page, "name", lambda row: (row.name, row.id), shape)


def make(tx: Transaction, actor: Actor, keys: Keys, facts: Mapping[str, Any]) -> dict[str, Any]:
    """`facts`: FACTS; who asks is the maker, where nobody is named. The answer alone has the `secret`.

    Raises Forbidden, NotFound for a team or a person, ValidationFailed for a mapping to words that there are
    not, Conflict for a name that is taken and for one too many.
    """
    _require_admin(actor)
    requester_id = facts["requester_id"] or actor.user_id
    _require_found(tx, actor, facts["team_id"], requester_id)
    require_fit(facts["mapping"])
    made_id, secret = new_id(actor.now), standard_webhooks.new_secret()
    values = {**_columns(facts), "requester_id": requester_id, "kind": facts["kind"], "id": made_id}
    values["secret"] = _sealed(keys, actor, made_id, secret)
    with unique(KEY_KEY, NAME_TAKEN):
        if not queries.add(tx, actor.workspace.id, values, MOST):
            raise Conflict(f"A workspace has {MOST} integrations at most.")
    made = get(tx, actor, made_id)
    audit(tx, actor, "integration.created", ("integration", made_id), after=_audited(made))
    return {**made, "secret": standard_webhooks.written(secret)}


def change(tx: Transaction, actor: Actor, integration_id: UUID, wanted: Mapping[str, Any]) -> dict[str, Any]:
    """`wanted`: any of FACTS but the kind. Raises as `make` does."""
    _require_admin(actor)
    before = _held(tx, actor, integration_id)
    known = _audited(before)
    different = {name: value for name, value in wanted.items() if value != known[name]}
    if not different:
        return before
    _require_found(tx, actor, different.get("team_id"), different.get("requester_id"))
    require_fit(different.get("mapping", {}))
    with unique(KEY_KEY, NAME_TAKEN):
        queries.change(tx, actor.workspace.id, integration_id, _changed(different))
    changed = get(tx, actor, integration_id)
    audit_changes(tx, actor, "integration.changed", ("integration", integration_id), known, _audited(changed))
    return changed


def delete(tx: Transaction, actor: Actor, integration_id: UUID) -> None:
    """Calls are refused from now on; the tickets stay. Raises Forbidden, NotFound."""
    _require_admin(actor)
    before = _held(tx, actor, integration_id)
    queries.delete(tx, actor.workspace.id, integration_id)
    audit(tx, actor, "integration.deleted", ("integration", integration_id), before=_audited(before))


def rotate_secret(tx: Transaction, actor: Actor, keys: Keys, integration_id: UUID) -> dict[str, Any]:
    """A new `secret`, told here alone; the one before is good until `previous_valid_until`. Raises Forbidden,
    NotFound."""
    _require_admin(actor)
    _held(tx, actor, integration_id)
    secret = standard_webhooks.new_secret()
    sealed = _sealed(keys, actor, integration_id, secret)
    until = queries.rotate(tx, actor.workspace.id, integration_id, sealed, GRACE_HOURS)
    audit(tx, actor, "integration.secret_rotated", ("integration", integration_id))
    return {"secret": standard_webhooks.written(secret), "previous_valid_until": until}


def place(workspace_id: UUID, integration_id: UUID) -> bytes:
    """What a secret is sealed to: this integration alone."""
    return workspace_id.bytes + integration_id.bytes


def _sealed(keys: Keys, actor: Actor, integration_id: UUID, secret: bytes) -> bytes:
    return seal(keys, PURPOSE, place(actor.workspace.id, integration_id), secret)


def _held(tx: Transaction, actor: Actor, integration_id: UUID) -> dict[str, Any]:
    """The integration, locked."""
    if not queries.lock(tx, actor.workspace.id, integration_id):
        raise _no_such_integration()
    return get(tx, actor, integration_id)


def _columns(facts: Mapping[str, Any]) -> dict[str, Any]:
    same = {name: facts[name] for name in ("name", "team_id", "requester_id", "enabled")}
    documents = {name: dumps(facts[name]) for name in ("mapping", "defaults")}
    return {**same, **documents, "key": fold(facts["name"])}


def _changed(facts: Mapping[str, Any]) -> dict[str, Any]:
    return {**facts, **({"key": fold(facts["name"])} if "name" in facts else {})}


def _require_found(tx: Transaction, actor: Actor, team_id: UUID | None, requester_id: UUID | None) -> None:
    if requester_id is None and team_id is None:
        return
    there = queries.found(tx, actor.workspace.id, team_id, requester_id)
    problems = []
    if team_id is not None and not there.team:
        problems.append(FieldProblem("team_id", "VALIDATION_ERROR", "There is no such team."))
    if requester_id is not None and not there.requester:
        problems.append(FieldProblem("requester_id", "VALIDATION_ERROR", "There is no such person."))
    if problems:
        raise NotFound(problems[0].message, errors=problems)


def _audited(integration: Mapping[str, Any]) -> dict[str, Any]:
    team, requester = integration["team"], integration["requester"]
    same = {name: integration[name] for name in ("name", "kind", "mapping", "defaults", "enabled")}
    return {**same, "team_id": team and team["id"], "requester_id": requester and requester["id"]}


def _no_such_integration() -> NotFound:
    return NotFound("There is no such integration.")


def _require_admin(actor: Actor) -> None:
    actor.require(Permission.DESK_MANAGE, "Only an administrator sees to integrations.")
