"""Forgetting which subject of a provider a user is: the next one with the user's email is linked anew."""

from uuid import UUID

from chalicelib.accounts import oidc_queries, queries
from chalicelib.accounts.actor import Actor
from chalicelib.accounts.auditing import audit
from chalicelib.accounts.changing import hold
from chalicelib.core.db import Transaction
from chalicelib.core.errors import NotFound


def unlink(tx: Transaction, actor: Actor, user_id: UUID) -> None:
    """Ends the user's sessions too: whoever was linked may not be who will be.

    Raises Forbidden, NotFound for the user, or where no provider signs the user in.
    """
    user, _ = hold(tx, actor, user_id)
    if not oidc_queries.forget_identities(tx, actor.workspace.id, user.id):
        raise NotFound("No provider signs this user in.")
    queries.revoke_all(tx, actor.workspace.id, user.id)
    audit(tx, actor, "oidc.unlinked", ("user", user.id))
