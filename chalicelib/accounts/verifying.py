"""Whose a mailbox is: proved by the token that was mailed there. A sign-up becomes an account by it."""

from uuid import UUID

from chalicelib.accounts import mail_queries, one_time_tokens, organisation_queries, queries, reachability
from chalicelib.accounts.actor import Actor
from chalicelib.accounts.adding import tell
from chalicelib.accounts.auditing import audit
from chalicelib.accounts.users import get
from chalicelib.core.db import Transaction
from chalicelib.core.errors import Conflict, Forbidden, Gone
from chalicelib.models.words import TokenPurpose, UserStatus

REQUESTED = "user.email_verification_requested"


def ask_again(tx: Transaction, actor: Actor) -> None:
    """Another mail for the actor, whose email is not verified yet. Raises Forbidden, Conflict."""
    if actor.user_id is None:
        raise Forbidden("Only users have an email.")
    user = get(tx, actor, actor.user_id)
    if user["email_verified_at"] is not None:
        raise Conflict("Your email is verified already.")
    tell(tx, actor, REQUESTED, user)


def verify(tx: Transaction, token: str) -> None:
    """The token's user reads this mailbox; who signed up comes in with the password chosen then.

    Raises NotFound, Gone.
    """
    bearer = one_time_tokens.bearer(tx, token, TokenPurpose.EMAIL_VERIFICATION)
    user, workspace = bearer.user, bearer.actor.workspace
    changes = reachability.proven(bearer.actor.now)
    if user.sign_up_id is None:
        one_time_tokens.spend(tx, bearer, UserStatus.ACTIVE)
        queries.change_user(tx, workspace.id, user.id, changes)
        joined = organisation_queries.join_by_email(tx, workspace.id, user.id)
        tell(tx, bearer.as_user, "user.email_verified", bearer.person)
        audit(tx, bearer.as_user, "email.verified", ("user", user.id), after=_named(joined))
        return
    sign_up = mail_queries.sign_up(tx, workspace.id, user.sign_up_id)
    if sign_up is None:
        raise Gone(one_time_tokens.OVER)
    one_time_tokens.spend(tx, bearer, UserStatus.CONTACT)
    changes |= {
        "name": sign_up.name,
        "password_hash": sign_up.password_hash,
        "status": UserStatus.ACTIVE,
    }
    queries.change_user(tx, workspace.id, user.id, changes)
    joined = organisation_queries.join_by_email(tx, workspace.id, user.id)
    mail_queries.revoke_tokens(tx, workspace.id, user.id)
    tell(
        tx,
        bearer.as_user,
        "user.signed_up",
        {**bearer.person, "name": sign_up.name, "status": UserStatus.ACTIVE},
    )
    audit(
        tx,
        bearer.as_user,
        "user.signed_up",
        ("user", user.id),
        after={"name": sign_up.name, "status": UserStatus.ACTIVE, **_named(joined)},
    )


def _named(joined: UUID | None) -> dict[str, UUID]:
    """The organisation that the mailbox's domain brought in just now, for the audit log."""
    return {"organisation_id": joined} if joined else {}
