"""Who a subject of the provider is in the workspace, and in which role: known by issuer and subject, the
first time by a verified email; roles follow the claims where the workspace maps them.

Nothing is written before all that can be refused is decided, so a refusal can be committed.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import Row

from chalicelib.accounts import mail_queries, oidc_queries, queries, users
from chalicelib.accounts.actor import Actor
from chalicelib.accounts.adding import EMAIL_KEY, EMAIL_TAKEN, audited, tell
from chalicelib.accounts.auditing import audit, audit_changes
from chalicelib.accounts.changing import audited_before, change_teams, keep_an_admin, locked
from chalicelib.accounts.joining import membership
from chalicelib.accounts.oidc_claims import Denied, name_of, verified_email, wanted_role
from chalicelib.accounts.permissions import Role
from chalicelib.accounts.uniqueness import unique
from chalicelib.core.db import Transaction
from chalicelib.core.errors import Conflict
from chalicelib.models.words import UserStatus

OIDC = {"method": "oidc"}


@dataclass(frozen=True, slots=True)
class Resolved:
    """Who somebody is; `changed` is the user as it is now where the claims gave another role."""

    user_id: UUID
    changed: Mapping[str, Any] | None


def resolve(tx: Transaction, desk: Actor, provider: Row[Any], claims: Mapping[str, Any]) -> Resolved:
    """The user, active and in the role of today. `desk` is the workspace's own automation. Raises Denied,
    Conflict where the email is taken at this very moment."""
    role = wanted_role(provider, claims)
    workspace_id, subject = desk.workspace.id, claims["sub"]
    known = oidc_queries.identified(tx, workspace_id, provider.issuer, subject)
    if known is None:
        # Who comes for the first time waits for others who do: one subject is made one user.
        oidc_queries.provider(tx, workspace_id, lock=True)
        known = oidc_queries.identified(tx, workspace_id, provider.issuer, subject)
    if known is None:
        email = verified_email(provider, claims)
        known = oidc_queries.user_by_email(tx, workspace_id, email)
        if known is None:
            return Resolved(_make(tx, desk, provider, claims, email, role), None)
        _link(tx, desk, provider, known, subject)
    _refuse_the_deactivated(known)
    _welcome(tx, desk, known)
    if provider.role_mapping and role is not None and role != known.role:
        return Resolved(known.id, _follow(tx, desk, known.id, role))
    return Resolved(known.id, None)


def _refuse_the_deactivated(known: Row[Any]) -> None:
    if known.status == UserStatus.DEACTIVATED:
        raise Denied("deactivated", "This account is no longer active. Ask an administrator.", known.id)


def _link(tx: Transaction, desk: Actor, provider: Row[Any], known: Row[Any], subject: str) -> None:
    """From now on the subject is this user, who proved the mailbox to the provider."""
    _refuse_the_deactivated(known)
    if known.status == UserStatus.CONTACT and not provider.create_users:
        raise Denied(
            "no_account", "You have no account here. Ask an administrator for an invitation.", known.id
        )
    if not oidc_queries.identify(tx, desk.workspace.id, known.id, provider.issuer, subject):
        # The email has changed hands at the provider, or there are two of this person there.
        sentence = "Another account of your provider signs in with this email. Ask an administrator."
        raise Denied("another_subject", sentence, known.id)
    if known.email_verified_at is None:
        queries.change_user(tx, desk.workspace.id, known.id, {"email_verified_at": desk.now})
    audit(tx, desk, "oidc.linked", ("user", known.id), after={"issuer": provider.issuer})


def _welcome(tx: Transaction, desk: Actor, known: Row[Any]) -> None:
    """Who was invited, or only wrote to the desk, is active now; what was mailed to them is void."""
    if known.status == UserStatus.ACTIVE:
        return
    workspace_id = desk.workspace.id
    if queries.lock_user(tx, workspace_id, known.id) != known.status:
        raise Denied("changed_meanwhile", "Somebody has just changed this account. Begin again.", known.id)
    changes = {"status": UserStatus.ACTIVE, "email_verified_at": desk.now, "deactivated_at": None}
    queries.change_user(tx, workspace_id, known.id, changes)
    mail_queries.revoke_tokens(tx, workspace_id, known.id)
    invited = known.status == UserStatus.INVITED
    if invited:
        mail_queries.accept_invitation(tx, workspace_id, known.id)
    facts = {**known._mapping, "status": UserStatus.ACTIVE}
    tell(tx, desk, "user.invitation_accepted" if invited else "user.signed_up", facts)
    action = "invitation.accepted" if invited else "user.signed_up"
    audit(
        tx, desk, action, ("user", known.id), {"status": known.status}, {"status": UserStatus.ACTIVE, **OIDC}
    )


def _make(
    tx: Transaction,
    desk: Actor,
    provider: Row[Any],
    claims: Mapping[str, Any],
    email: str,
    role: Role | None,
) -> UUID:
    """Somebody new, without a password. Raises Denied where the workspace makes no users or knows no role."""
    if not provider.create_users:
        raise Denied("no_account", "You have no account here. Ask an administrator for an invitation.")
    if role is None:
        raise Denied("no_role", "Your account has no role at this help desk. Ask an administrator for one.")
    row = {
        **dict.fromkeys((*users.FACTS, "organisation_id")),
        "workspace_id": desk.workspace.id,
        "email": email,
        "name": name_of(claims, email),
        "role": role,
        "status": UserStatus.ACTIVE,
        "password_hash": None,
    }
    with unique(EMAIL_KEY, EMAIL_TAKEN):
        made = users.shape(queries.add_user(tx, row, (), role.is_staff))
    user_id: UUID = made["id"]
    queries.change_user(tx, desk.workspace.id, user_id, {"email_verified_at": desk.now})
    oidc_queries.identify(tx, desk.workspace.id, user_id, provider.issuer, claims["sub"])
    tell(tx, desk, "user.created", made)
    audit(tx, desk, "user.created", ("user", user_id), after={**audited(made), **OIDC})
    return user_id


def _follow(tx: Transaction, desk: Actor, user_id: UUID, role: Role) -> dict[str, Any] | None:
    """The user, now with the role of the claims; None where it stays as it is: the only active administrator
    stays one."""
    user, admins = locked(tx, desk.workspace.id, user_id)
    if user.role == role:
        return None
    try:
        keep_an_admin(user, admins)
    except Conflict:
        kept = {"role": user.role, "claimed": role, **OIDC}
        audit(tx, desk, "oidc.role_kept", ("user", user_id), after=kept)
        return None
    values = {"role": role, **membership(tx, desk, user, {"role": role})}
    if not role.is_staff:
        values["away_since"] = None
    queries.change_user(tx, desk.workspace.id, user_id, values)
    change_teams(tx, desk, user, {"role": role})
    changed = users.get(tx, desk, user_id)
    tell(tx, desk, "user.updated", changed, changed=["role"])
    after = {**audited(changed), **OIDC}
    audit_changes(tx, desk, "user.changed", ("user", user_id), audited_before(user), after)
    return changed
