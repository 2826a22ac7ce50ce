"""Changing one's own password, which takes the current one."""

from uuid import UUID

from chalicelib.accounts import mail_queries, queries
from chalicelib.accounts.actor import Actor
from chalicelib.accounts.adding import tell
from chalicelib.accounts.auditing import audit
from chalicelib.accounts.keyring import Keyring
from chalicelib.accounts.passwords import check_new_password, hash_password
from chalicelib.accounts.reauthentication import prove_password
from chalicelib.core.db import Transaction
from chalicelib.core.errors import Forbidden, Refusal
from chalicelib.models.words import UserStatus


def change_own(
    tx: Transaction,
    actor: Actor,
    keys: Keyring,
    current: str | None,
    new: str,
    token_id: UUID,
    *,
    limit_factor: int,
) -> Refusal | None:
    """Ends every session but that of the access token `token_id`.

    A Refusal of Forbidden counts the wrong or missing current password. Raises RateLimited after ten of them,
    ValidationFailed for a password that may not be chosen.
    """
    if actor.user_id is None or actor.email is None:
        raise Forbidden("Only users have a password.")
    person, workspace = actor.user_id, actor.workspace
    refusal = prove_password(tx, actor, keys, current, "password.change_refused", limit_factor=limit_factor)
    if refusal is not None:
        return refusal
    check_new_password(new, (actor.email, actor.name, workspace.name, workspace.slug), field="new_password")
    fresh = hash_password(new, keys.pepper, keys.bcrypt_cost, actor.email)
    if queries.lock_user(tx, workspace.id, person) != UserStatus.ACTIVE:
        raise Forbidden("This account is no longer active.")
    queries.change_user(tx, workspace.id, person, {"password_hash": fresh})
    mail_queries.revoke_other_families(tx, workspace.id, person, token_id)
    mail_queries.revoke_tokens(tx, workspace.id, person)
    told = {"id": person, "name": actor.name, "email": actor.email, "role": actor.role}
    tell(tx, actor, "user.password_changed", {**told, "status": UserStatus.ACTIVE})
    audit(tx, actor, "password.changed", ("user", person))
    return None
