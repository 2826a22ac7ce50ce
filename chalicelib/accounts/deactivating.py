"""Deactivating a user: no sign-in, no refresh, tokens refused at their next call. What the user did stays."""

from typing import Any
from uuid import UUID

from chalicelib.accounts import absence, mail_queries, queries, users
from chalicelib.accounts.actor import Actor
from chalicelib.accounts.adding import audited, tell
from chalicelib.accounts.auditing import audit_changes
from chalicelib.accounts.changing import audited_before, hold, keep_an_admin
from chalicelib.core.db import Transaction
from chalicelib.models.words import UserStatus


def deactivate(tx: Transaction, actor: Actor, user_id: UUID) -> dict[str, Any]:
    """The user, deactivated now or before. Raises Forbidden, NotFound, Conflict for the last active admin."""
    user, admins = hold(tx, actor, user_id)
    if user.status == UserStatus.DEACTIVATED:
        return users.get(tx, actor, user_id)
    keep_an_admin(user, admins)
    values = {"status": UserStatus.DEACTIVATED, "deactivated_at": actor.now, "away_since": None}
    queries.change_user(tx, actor.workspace.id, user_id, values)
    absence.leave_work(tx, actor, user_id)
    mail_queries.revoke_tokens(tx, actor.workspace.id, user_id, sessions=True)
    gone = users.get(tx, actor, user_id)
    tell(tx, actor, "user.deactivated", gone)
    audit_changes(tx, actor, "user.deactivated", ("user", user_id), audited_before(user), audited(gone))
    return gone
