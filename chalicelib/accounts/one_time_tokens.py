"""One-time tokens: what a mail carries so that its reader can do one thing, once.

Opaque, 256 random bits, only the digest is stored. Whoever sends the mail issues the token in the transaction
that claims it, so that no event, queue or log ever holds one; a mail that must be sent again carries a new
token, and the one before is void.
"""

from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import Row

from chalicelib.accounts import mail_queries, principals, queries
from chalicelib.accounts.actor import Actor
from chalicelib.core.db import Transaction
from chalicelib.core.errors import Gone, NotFound
from chalicelib.core.tokens import new_opaque_token, opaque_digest
from chalicelib.models.words import ActorType, TokenPurpose, UserStatus

INVITATION_DAYS = 7
VERIFICATION_HOURS = 24
LIVES = {
    TokenPurpose.INVITATION: timedelta(days=INVITATION_DAYS),
    TokenPurpose.PASSWORD_RESET: timedelta(hours=1),
    TokenPurpose.EMAIL_VERIFICATION: timedelta(hours=VERIFICATION_HOURS),
}
OVER = "This link was used before, or its time is over. Ask for another one."


@dataclass(frozen=True, slots=True)
class Issued:
    """A token, which is shown to nobody but the mail's reader, and when it ends."""

    token: str = field(repr=False)
    expires_at: datetime


@dataclass(frozen=True, slots=True)
class Bearer:
    """Who brought a token that is good: the workspace's automation as `actor`, the row of the user."""

    actor: Actor
    user: Row[Any]
    digest: bytes = field(repr=False)

    @property
    def person(self) -> dict[str, Any]:
        """The user as events name one."""
        return {name: getattr(self.user, name) for name in ("id", "name", "email", "role", "status")}

    @property
    def as_user(self) -> Actor:
        """The user as who did it: for events."""
        return replace(self.actor, type=ActorType.USER, id=self.user.id, name=self.user.name)


def hold(tx: Transaction, workspace_id: UUID, user_id: UUID) -> None:
    """Locks the user, as everybody does who ends or uses tokens: whoever issues one does so first."""
    queries.lock_user(tx, workspace_id, user_id)


def issue(
    tx: Transaction,
    workspace_id: UUID,
    user_id: UUID,
    purpose: TokenPurpose,
    *,
    event_id: int,
    asked_at: datetime,
    sign_up_id: UUID | None = None,
) -> Issued | None:
    """The token of the mail that tells an event. It lives from when it was asked for, not from its sending.

    It ends those of the same purpose that older events issued. None where a newer event has issued one, where
    that of this event was used or revoked, and where its time is over.
    """
    made = new_opaque_token()
    expires_at = asked_at + LIVES[purpose]
    if not mail_queries.issue(
        tx, workspace_id, user_id, purpose, event_id, made.digest, expires_at, sign_up_id
    ):
        return None
    return Issued(made.token, expires_at)


def bearer(tx: Transaction, token: str, purpose: TokenPurpose) -> Bearer:
    """Enters the workspace of an open token. Raises NotFound for what is none, Gone for one that is over.

    It is not spent yet: what the bearer sent along may still be refused.
    """
    digest = opaque_digest(token)
    owner = mail_queries.token_owner(tx, digest) if digest else None
    if digest is None or owner is None or owner.purpose != purpose:
        raise _unknown()
    actor = principals.enter_system(tx, owner.workspace_id)
    user = mail_queries.bearer(tx, owner.workspace_id, digest) if actor else None
    if actor is None or user is None:
        raise _unknown()
    if not user.is_open:
        raise Gone(OVER)
    return Bearer(actor, user, digest)


def spend(tx: Transaction, bearer: Bearer, status: UserStatus) -> None:
    """Uses the token up, once whoever brings it at the same time. The user must have this status still.

    Raises Gone.
    """
    if not mail_queries.spend(tx, bearer.actor.workspace.id, bearer.user.id, bearer.digest, status):
        raise Gone(OVER)


def _unknown() -> NotFound:
    return NotFound("There is no such link. Copy all of it, or ask for another one.")
