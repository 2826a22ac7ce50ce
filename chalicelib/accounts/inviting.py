"""Invitations: a mail that lets somebody choose a password and come in, for a week.

Revoking one deactivates the user that it was for, who is named in teams already: an administrator can undo it
by making the user active, which invites anew.
"""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Row

from chalicelib.accounts import mail_queries, one_time_tokens, principals, queries, reachability, second_step
from chalicelib.accounts.actor import Actor
from chalicelib.accounts.adding import about, add, invite, tell
from chalicelib.accounts.auditing import audit
from chalicelib.accounts.changing import change
from chalicelib.accounts.deactivating import deactivate
from chalicelib.accounts.keyring import Keyring
from chalicelib.accounts.passwords import check_new_password, hash_password
from chalicelib.accounts.permissions import Permission
from chalicelib.core.db import Transaction
from chalicelib.core.errors import Conflict, NotFound
from chalicelib.core.paging import Page, answer
from chalicelib.models.words import TokenPurpose, UserStatus

SORT = "-created_at"
FIELDS = ("id", "user_id", "email", "name", "role", "status", "teams")
TIMES = ("created_at", "sent_at", "expires_at", "accepted_at", "revoked_at")


def shape(row: Row[Any]) -> dict[str, Any]:
    """An invitation as answers show it; never its token."""
    by = {"id": row.inviter_id, "name": row.inviter_name, "email": row.inviter_email}
    shown = {name: getattr(row, name) for name in (*FIELDS, *TIMES)}
    return {**shown, "invited_by": by if row.inviter_id else None}


def get(tx: Transaction, actor: Actor, id: UUID) -> dict[str, Any]:
    """One invitation, by its id or its user's. Raises NotFound."""
    row = mail_queries.invitation(tx, actor.workspace.id, id)
    if row is None:
        raise NotFound("There is no such invitation.")
    return shape(row)


def listing(tx: Transaction, actor: Actor, statuses: Sequence[str] | None, page: Page) -> dict[str, Any]:
    """A page of invitations, the newest first. Raises Forbidden."""
    _require_admin(actor)
    rows = mail_queries.list_invitations(
        tx, actor.workspace.id, statuses, page, page.after(SORT, (datetime, UUID))
    )
    return answer(rows, page, SORT, lambda row: (row.created_at, row.id), shape)


def invite_by_email(
    tx: Transaction, actor: Actor, keys: Keyring, facts: Mapping[str, Any], team_ids: Collection[UUID]
) -> dict[str, Any]:
    """Somebody new, or a contact, who keeps the own name and tickets. `facts`: email (normalised), role,
    name (None: as the contact is called, else by the email).

    Raises as `add` and `change` do.
    """
    known = mail_queries.contact_id(tx, actor.workspace.id, facts["email"])
    if known is None:
        named = {**facts, "name": facts["name"] or facts["email"].partition("@")[0]}
        return get(tx, actor, add(tx, actor, keys, named, team_ids=team_ids)["id"])
    wanted: dict[str, Any] = {"role": facts["role"], "status": UserStatus.INVITED}
    wanted |= {"name": facts["name"]} if facts["name"] else {}
    wanted |= {"team_ids": team_ids} if team_ids else {}
    change(tx, actor, keys, known, wanted)
    return get(tx, actor, known)


def resend(tx: Transaction, actor: Actor, invitation_id: UUID) -> dict[str, Any]:
    """Another mail, for another week; the token of the former is void once it goes out.

    Raises Forbidden, NotFound, Conflict for one that was accepted or revoked.
    """
    user_id = _held(tx, actor, invitation_id)
    invite(tx, actor, get_user(tx, actor, user_id))
    audit(tx, actor, "invitation.sent_again", ("user", user_id))
    return get(tx, actor, invitation_id)


def revoke(tx: Transaction, actor: Actor, invitation_id: UUID) -> None:
    """Ends it, and deactivates its user. Raises as `resend` does."""
    user_id = _held(tx, actor, invitation_id)
    mail_queries.revoke_invitation(tx, actor.workspace.id, user_id)
    audit(tx, actor, "invitation.revoked", ("user", user_id))
    deactivate(tx, actor, user_id)


def accept(tx: Transaction, keys: Keyring, token: str, password: str, name: str | None) -> dict[str, Any]:
    """What a sign-in answers. Raises NotFound, Gone, or ValidationFailed for a password not to be chosen."""
    bearer = one_time_tokens.bearer(tx, token, TokenPurpose.INVITATION)
    workspace_id, user = bearer.actor.workspace.id, bearer.user
    facts = {**bearer.person, "name": name or user.name, "status": UserStatus.ACTIVE}
    check_new_password(password, about(facts, bearer.actor))
    stored = hash_password(password, keys.pepper, keys.bcrypt_cost, user.email)
    one_time_tokens.spend(tx, bearer, UserStatus.INVITED)
    changes = {"name": facts["name"], "status": UserStatus.ACTIVE, "password_hash": stored}
    changes |= reachability.proven(bearer.actor.now)
    queries.change_user(tx, workspace_id, user.id, changes)
    mail_queries.accept_invitation(tx, workspace_id, user.id)
    tell(tx, bearer.as_user, "user.invitation_accepted", facts)
    audit(tx, bearer.as_user, "invitation.accepted", ("user", user.id), after={"name": facts["name"]})
    return second_step.begin_session(tx, keys, principals.enter(tx, workspace_id, user.id))


def get_user(tx: Transaction, actor: Actor, user_id: UUID) -> dict[str, Any]:
    row = queries.user(tx, actor.workspace.id, user_id)
    if row is None:
        raise NotFound("There is no such invitation.")
    return dict(row._mapping)


def _held(tx: Transaction, actor: Actor, invitation_id: UUID) -> UUID:
    """The user of an invitation that is open or expired, locked: nobody accepts it meanwhile."""
    _require_admin(actor)
    user_id: UUID = get(tx, actor, invitation_id)["user_id"]
    queries.lock_user_and_admins(tx, actor.workspace.id, user_id)
    status = get(tx, actor, invitation_id)["status"]
    if status in ("accepted", "revoked"):
        raise Conflict(f"This invitation was {status}.")
    return user_id


def _require_admin(actor: Actor) -> None:
    actor.require(Permission.INVITATIONS_MANAGE, "Only an administrator sees to invitations.")
