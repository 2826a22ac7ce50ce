"""Sessions: a short access token, and a refresh token that is good for one use and leaves a successor.

A used one that comes back is a copy in somebody else's hands, so its whole family ends (RFC 9700 §4.14.2).
Only digests are kept. The access token's `jti` is the id of the refresh token it came with: so logout knows
the family.
"""

import time
from dataclasses import replace
from typing import Any
from uuid import UUID

from chalicelib.accounts import principals, queries
from chalicelib.accounts.actor import Actor
from chalicelib.accounts.auditing import audit
from chalicelib.accounts.keyring import Keyring
from chalicelib.core.db import Transaction
from chalicelib.core.errors import Forbidden, Refusal, Unauthenticated
from chalicelib.core.tokens import LONGEST_LIFE, Claims, TokenKind, new_opaque_token, opaque_digest
from chalicelib.models.words import UserStatus

# A session that nobody uses ends after the first, any session after the second: sign in again.
REFRESH_DAYS = 30
LONGEST_DAYS = 90
ACCESS_SECONDS = LONGEST_LIFE[TokenKind.ACCESS]


def begin(
    tx: Transaction, keys: Keyring, actor: Actor, *, vouched: bool = False, password_hash: str | None = None
) -> dict[str, Any]:
    """A new family. Answers `access_token token token_type expires_in refresh_token user`, and
    `two_step_enrolment_required` where nothing else can be done with it. For who has proved it all: see
    second_step.begin_session.

    `vouched`: an identity provider has signed the user in, and answers for the second step. `password_hash`:
    the one that was proved. Raises Unauthenticated where either is no longer so, or the user not active.
    """
    refresh = new_opaque_token()
    token_id = queries.add_refresh_token(
        tx,
        actor.workspace.id,
        _person(actor),
        refresh.digest,
        REFRESH_DAYS,
        vouched=vouched,
        two_step=actor.second_step.enabled,
        password_hash=password_hash,
    )
    if token_id is None:
        raise Unauthenticated("This account has just changed, or is no longer active. Sign in again.")
    return _answer(keys, actor, token_id, refresh.token, vouched=vouched)


def renew(tx: Transaction, keys: Keyring, token: str) -> dict[str, Any] | Refusal:
    """The same for the next in the family. A used token, or a user who is not active, ends the family."""
    digest = opaque_digest(token)
    owner = queries.refresh_token_owner(tx, digest) if digest else None
    if digest is None or owner is None:
        raise _worthless()
    workspace_id, user_id = owner.workspace_id, owner.user_id
    try:
        actor = principals.enter(tx, workspace_id, user_id)
    except Unauthenticated as error:
        queries.revoke_all(tx, workspace_id, user_id)
        return Refusal(error)
    if queries.lock_user(tx, workspace_id, user_id) != UserStatus.ACTIVE:
        queries.revoke_all(tx, workspace_id, user_id)
        return Refusal(_worthless())
    successor = new_opaque_token()
    made = queries.use_refresh_token(tx, workspace_id, digest, successor.digest, REFRESH_DAYS, LONGEST_DAYS)
    if made:
        return _answer(keys, actor, made.id, successor.token, vouched=made.vouched)
    if queries.is_used(tx, workspace_id, digest):
        queries.revoke_family(tx, workspace_id, user_id, owner.family_id)
        audit(tx, actor, "session.replayed", ("user", user_id), after={"family_id": owner.family_id})
    return Refusal(_worthless())


def end(
    tx: Transaction,
    actor: Actor,
    token_id: UUID,
    refresh_token: str | None = None,
    *,
    everywhere: bool = False,
) -> None:
    """Ends the family of the access token `token_id`, that of `refresh_token` too, or all of the user's."""
    person = _person(actor)
    queries.lock_user(tx, actor.workspace.id, person)
    if everywhere:
        queries.revoke_all(tx, actor.workspace.id, person)
        audit(tx, actor, "session.ended_everywhere", ("user", person))
    else:
        digest = opaque_digest(refresh_token) if refresh_token else None
        queries.revoke_families_of(tx, actor.workspace.id, person, token_id, digest)


def who(actor: Actor) -> dict[str, Any]:
    """Who has signed in, and where."""
    workspace = actor.workspace
    return {
        "id": actor.id,
        "name": actor.name,
        "email": actor.email,
        "role": actor.role,
        "workspace": {"id": workspace.id, "slug": workspace.slug, "name": workspace.name},
    }


def _answer(
    keys: Keyring, actor: Actor, token_id: UUID, refresh_token: str, *, vouched: bool
) -> dict[str, Any]:
    now = int(time.time())
    claims = Claims(
        subject=_person(actor),
        workspace_id=actor.workspace.id,
        role=str(actor.role),
        kind=TokenKind.ACCESS,
        token_id=token_id,
        issued_at=now,
        expires_at=now + ACCESS_SECONDS,
    )
    access_token = keys.signer.sign(claims)
    limited = replace(actor.second_step, vouched=vouched).is_missing
    return {
        "access_token": access_token,
        "token": access_token,
        "token_type": "Bearer",
        "expires_in": ACCESS_SECONDS,
        "refresh_token": refresh_token,
        "user": who(actor),
        **({"two_step_enrolment_required": True} if limited else {}),
    }


def _person(actor: Actor) -> UUID:
    if actor.user_id is None:
        raise Forbidden("Only users have sessions.")
    return actor.user_id


def _worthless() -> Unauthenticated:
    return Unauthenticated("This refresh token is not valid any more. Sign in again.")
