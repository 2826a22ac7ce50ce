"""One's own profile. What one is to the desk, email and role, is an administrator's to change."""

from collections.abc import Mapping
from typing import Any

from chalicelib.accounts import absence, queries, sessions, users
from chalicelib.accounts.actor import Actor
from chalicelib.accounts.adding import audited
from chalicelib.accounts.auditing import audit_changes
from chalicelib.accounts.permissions import Permission
from chalicelib.core.db import Transaction
from chalicelib.core.errors import Forbidden


def get(tx: Transaction, actor: Actor) -> dict[str, Any]:
    """The actor as a user, the workspace, and what the role lets it do."""
    if actor.user_id is None:
        raise Forbidden("Only users have a profile.")
    told = {"workspace": sessions.who(actor)["workspace"], "permissions": sorted(actor.permissions)}
    return {**users.get(tx, actor, actor.user_id), **told}


def change(tx: Transaction, actor: Actor, wanted: Mapping[str, Any]) -> dict[str, Any]:
    """`wanted`: any of name, away, contact facts. Raises Forbidden for a customer who would be away."""
    if "away" in wanted:
        actor.require(Permission.ACCOUNT_BE_AWAY, "Only staff can be away.")
    before = get(tx, actor)
    values = absence.stored(wanted, before["away_since"], actor.now)
    if not values or actor.user_id is None:
        return before
    queries.change_user(tx, actor.workspace.id, actor.user_id, values)
    if values.get("away_since"):
        absence.leave_work(tx, actor, actor.user_id)
    changed = get(tx, actor)
    audit_changes(tx, actor, "user.changed", ("user", actor.user_id), audited(before), audited(changed))
    return changed
