"""Taking somebody's second step away, for who has lost device and recovery codes: an administrator does."""

from typing import Any
from uuid import UUID

from chalicelib.accounts import mail_queries, two_step_queries, users
from chalicelib.accounts.actor import Actor
from chalicelib.accounts.adding import tell
from chalicelib.accounts.auditing import audit
from chalicelib.accounts.changing import hold
from chalicelib.core.db import Transaction
from chalicelib.core.errors import Forbidden


def reset(tx: Transaction, actor: Actor, user_id: UUID) -> dict[str, Any]:
    """The user, whose password alone is asked for again, and whose sessions and mailed tokens have ended.

    Raises Forbidden, for oneself too: a stolen session must not take its owner's second step away.
    NotFound.
    """
    hold(tx, actor, user_id)
    if actor.user_id == user_id:
        raise Forbidden("Turn your own off with your password and a code, or ask another administrator.")
    user = users.get(tx, actor, user_id)
    if not user["two_step_enabled"]:
        return user
    two_step_queries.forget(tx, actor.workspace.id, user_id)
    mail_queries.revoke_tokens(tx, actor.workspace.id, user_id, sessions=True)
    tell(tx, actor, "user.totp_reset", user)
    audit(tx, actor, "totp.reset", ("user", user_id))
    return {**user, "two_step_enabled": False}
