"""One's own profile. What one is to the desk, email and role, is an administrator's to change."""

from collections.abc import Mapping
from typing import Any

from chalicelib.accounts import queries, sessions, users
from chalicelib.accounts.actor import Actor
from chalicelib.accounts.adding import audited
from chalicelib.accounts.auditing import audit_changes
from chalicelib.core.db import Transaction
from chalicelib.core.errors import Forbidden


def get(tx: Transaction, actor: Actor) -> dict[str, Any]:
    """The actor as a user, and the workspace."""
    if actor.user_id is None:
        raise Forbidden("Only users have a profile.")
    return {**users.get(tx, actor, actor.user_id), "workspace": sessions.who(actor)["workspace"]}


def change(tx: Transaction, actor: Actor, wanted: Mapping[str, Any]) -> dict[str, Any]:
    """`wanted`: the name and contact facts."""
    if not wanted or actor.user_id is None:
        return get(tx, actor)
    before = get(tx, actor)
    queries.change_user(tx, actor.workspace.id, actor.user_id, wanted)
    changed = get(tx, actor)
    audit_changes(tx, actor, "user.changed", ("user", actor.user_id), audited(before), audited(changed))
    return changed
