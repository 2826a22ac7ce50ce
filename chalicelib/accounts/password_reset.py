"""A forgotten password: a mail with a token, and a new password for it.

Whoever asks hears the same for every email, after the same work: see fn_one_time_tokens.sql. Nobody is signed
in by a reset, so a second step of sign-in stays what it is.
"""

from datetime import UTC, datetime
from uuid import UUID

from chalicelib.accounts import mail_queries, one_time_tokens, queries, reachability
from chalicelib.accounts.adding import about, tell
from chalicelib.accounts.auditing import audit
from chalicelib.accounts.emails import normalised
from chalicelib.accounts.keyring import Keyring
from chalicelib.accounts.passwords import check_new_password, hash_password
from chalicelib.core import events
from chalicelib.core.db import Transaction
from chalicelib.models.words import TokenPurpose, UserStatus

REQUESTED = "user.password_reset_requested"
NOBODY = UUID(int=0)


def ask(tx: Transaction, email: str, workspace: str | None) -> None:
    """Asks for a mail to each account of this email, of all workspaces or of one (a slug).

    Where there is none, a message goes to the queue all the same, about a workspace that is none: its
    consumers find nothing to do, and the caller has waited as long.
    """
    slug = workspace.strip().lower() if workspace else None
    found = mail_queries.forgot_password(tx, normalised(email), slug)
    rows = [(row.id, row.created_at, row.workspace_id, row.payload) for row in found]
    nobody = {
        "id": str(NOBODY),
        "name": "Nobody",
        "email": "." * len(email),
        "role": "agent",
        "status": "active",
    }
    actor = {"type": "contact", "id": None, "name": ""}
    for id, at, workspace_id, payload in rows or [
        (0, datetime.now(UTC), NOBODY, {"user": nobody, "actor": actor})
    ]:
        tx.events.append(
            events.message(id, at, workspace_id=workspace_id, type=REQUESTED, payload=payload, internal=True)
        )


def reset(tx: Transaction, keys: Keyring, token: str, password: str) -> None:
    """Gives the token's user the password and ends all sessions.

    Raises NotFound, Gone, and ValidationFailed for a password that may not be chosen: the token stays good.
    """
    bearer = one_time_tokens.bearer(tx, token, TokenPurpose.PASSWORD_RESET)
    user, workspace = bearer.user, bearer.actor.workspace
    check_new_password(password, about(bearer.person, bearer.actor))
    stored = hash_password(password, keys.pepper, keys.bcrypt_cost, user.email)
    one_time_tokens.spend(tx, bearer, UserStatus.ACTIVE)
    verified_at = user.email_verified_at or bearer.actor.now
    changes = {**reachability.reached(bearer.actor.now), "email_verified_at": verified_at}
    queries.change_user(tx, workspace.id, user.id, {**changes, "password_hash": stored})
    mail_queries.revoke_tokens(tx, workspace.id, user.id, sessions=True)
    tell(tx, bearer.as_user, "user.password_changed", bearer.person)
    audit(tx, bearer.as_user, "password.reset", ("user", user.id))
