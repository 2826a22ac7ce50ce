"""Changing a user, which admins do."""

from collections.abc import Collection, Mapping, Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import Row

from chalicelib.accounts import absence, mail_queries, queries, reachability, users
from chalicelib.accounts.actor import Actor
from chalicelib.accounts.adding import (
    EMAIL_KEY,
    EMAIL_TAKEN,
    about,
    audited,
    invite,
    no_such_team,
    only_staff,
    require_person,
    tell,
)
from chalicelib.accounts.auditing import audit_changes
from chalicelib.accounts.joining import membership
from chalicelib.accounts.keyring import Keyring
from chalicelib.accounts.passwords import check_new_password, hash_password
from chalicelib.accounts.permissions import Permission, Role
from chalicelib.accounts.uniqueness import unique
from chalicelib.core.db import Transaction
from chalicelib.core.errors import Conflict, Forbidden, ValidationFailed
from chalicelib.models.words import UserStatus

DECIDED_APART = ("password", "status", "team_ids", "organisation_id", "email_problem")
TOLD_AS = {"password_hash": "password", "away_since": "away", "email_bad_reason": "email_problem"}


def change(
    tx: Transaction, actor: Actor, keys: Keyring, user_id: UUID, wanted: Mapping[str, Any]
) -> dict[str, Any]:
    """`wanted`: any of name, email (normalised), role, status (active; invited, for a contact), password,
    team_ids, organisation_id, away, contact facts, email_problem (null: mails go there again).

    Raises Forbidden, NotFound for the user, a team or the organisation, Conflict where the email is taken or
    no admin is left, ValidationFailed.
    """
    user, admins = hold(tx, actor, user_id)
    values = {name: value for name, value in wanted.items() if name not in DECIDED_APART}
    values = absence.stored(values, user.away_since, actor.now)
    values = {name: value for name, value in values.items() if getattr(user, name) != value}
    if not Role(wanted.get("role", user.role)).is_staff:
        values |= _customers_are_never_away(user, wanted)
    if "role" in values and user in admins:
        keep_an_admin(user, admins)
    values |= _mail_changes(actor, user, wanted, moves="email" in values)
    values |= _sign_in_changes(actor, keys, user, wanted)
    joined = membership(tx, actor, user, wanted)
    values |= joined
    if values:
        with unique(EMAIL_KEY, EMAIL_TAKEN):
            queries.change_user(tx, actor.workspace.id, user_id, values)
    if {"email", "password_hash"} & values.keys():
        mail_queries.revoke_tokens(tx, actor.workspace.id, user_id, sessions="password_hash" in values)
    if values.get("away_since"):
        absence.leave_work(tx, actor, user_id)
    moved = change_teams(tx, actor, user, wanted)
    changed = users.get(tx, actor, user_id)
    told = _names(values.keys() - joined.keys()) + ["teams"] * moved
    told += ["organisation"] * (joined.get("organisation_id", user.organisation_id) != user.organisation_id)
    if told:
        _tell_changed(tx, actor, changed, told)
    is_set = {"password_set": True} if "password_hash" in values else {}
    audit_changes(
        tx, actor, "user.changed", ("user", user_id), audited_before(user), {**audited(changed), **is_set}
    )
    return changed


def _mail_changes(actor: Actor, user: Row[Any], wanted: Mapping[str, Any], *, moves: bool) -> dict[str, Any]:
    """Another address is nobody's yet, and nothing is known against it; an admin may say so of the same."""
    if moves:
        return {"email_verified_at": None, **reachability.reached(actor.now)}
    ends = "email_problem" in wanted and user.email_bad_at is not None
    return reachability.reached(actor.now) if ends else {}


def _names(columns: Collection[str]) -> list[str]:
    """What changed, as events call it."""
    told = (name for name in columns if not name.endswith("_at") and name != "email_bad_detail")
    return sorted(TOLD_AS.get(name, name) for name in told)


def _tell_changed(tx: Transaction, actor: Actor, user: Mapping[str, Any], names: list[str]) -> None:
    """An invitation goes out where somebody becomes invited, and again to another address."""
    if user["status"] == UserStatus.INVITED and {"status", "email"} & set(names):
        invite(tx, actor, user, changed=names)
    else:
        tell(tx, actor, "user.updated", user, changed=names)


def audited_before(user: Row[Any]) -> dict[str, Any]:
    """What the audit log keeps of a user as `hold` found it."""
    kept = {name: getattr(user, name) for name in ("name", "email", "role", "status", *users.FACTS)}
    return {
        **kept,
        "away": user.away_since is not None,
        "email_problem": user.email_bad_reason,
        "team_ids": sorted(map(str, user.team_ids)),
        "organisation_id": user.organisation_id and str(user.organisation_id),
    }


def hold(tx: Transaction, actor: Actor, user_id: UUID) -> tuple[Row[Any], Sequence[Row[Any]]]:
    """The user and all active admins, locked. Raises NotFound, or Forbidden for who has just been demoted."""
    actor.require(Permission.PEOPLE_MANAGE, "Only an administrator changes users.")
    user, admins = locked(tx, actor.workspace.id, user_id)
    if actor.user_id is not None and actor.user_id not in {admin.id for admin in admins}:
        raise Forbidden("You are no longer an administrator.")
    return user, admins


def locked(tx: Transaction, workspace_id: UUID, user_id: UUID) -> tuple[Row[Any], Sequence[Row[Any]]]:
    """The same, whoever asks. Raises NotFound."""
    rows = queries.lock_user_and_admins(tx, workspace_id, user_id)
    admins = [row for row in rows if row.role == Role.ADMIN and row.status == UserStatus.ACTIVE]
    user = next((row for row in rows if row.id == user_id), None)
    if user is None:
        raise users.no_such_user()
    return user, admins


def keep_an_admin(user: Row[Any], admins: Sequence[Row[Any]]) -> None:
    """Raises Conflict where the user is the only active admin."""
    if [admin.id for admin in admins] == [user.id]:
        raise Conflict("This is the only administrator of the workspace. Make somebody else one first.")


def _customers_are_never_away(user: Row[Any], wanted: Mapping[str, Any]) -> dict[str, Any]:
    if "away" in wanted:
        raise ValidationFailed.of("away", "Only staff can be away.")
    return {"away_since": None} if user.away_since else {}


def _sign_in_changes(
    actor: Actor, keys: Keyring, user: Row[Any], wanted: Mapping[str, Any]
) -> dict[str, Any]:
    """What a password or a status does to who may sign in."""
    values: dict[str, Any] = {}
    if "password" in wanted or _concerns_an_admin(user, wanted):
        require_person(actor)
    status, has_password = user.status, user.has_password
    if "password" in wanted:
        if actor.id == user.id:
            raise Forbidden("Change your own password with the current one.")
        facts = {"email": wanted.get("email", user.email), "name": wanted.get("name", user.name)}
        check_new_password(wanted["password"], about(facts, actor))
        values["password_hash"] = hash_password(
            wanted["password"], keys.pepper, keys.bcrypt_cost, facts["email"]
        )
        has_password = True
        if status != UserStatus.DEACTIVATED:
            status = UserStatus.ACTIVE
    if wanted.get("status") == UserStatus.INVITED:
        if status != UserStatus.CONTACT:
            raise Conflict(EMAIL_TAKEN)
        status = UserStatus.INVITED
    elif "status" in wanted and status == UserStatus.DEACTIVATED:
        without = UserStatus.INVITED if Role(user.role).is_staff else UserStatus.CONTACT
        status = UserStatus.ACTIVE if has_password else without
        values["deactivated_at"] = None
    elif "status" in wanted and status != UserStatus.ACTIVE:
        raise Conflict("This user has no password yet. Set one, or let the invitation be accepted.")
    if status == UserStatus.CONTACT and Role(wanted.get("role", user.role)).is_staff:
        status = UserStatus.INVITED
    return values if status == user.status else {**values, "status": status}


def _concerns_an_admin(user: Row[Any], wanted: Mapping[str, Any]) -> bool:
    """Whether somebody becomes an administrator, or one gets another email."""
    changed = any(wanted.get(name, getattr(user, name)) != getattr(user, name) for name in ("role", "email"))
    return changed and Role(wanted.get("role", user.role)).may(Permission.PEOPLE_MANAGE)


def change_teams(tx: Transaction, actor: Actor, user: Row[Any], wanted: Mapping[str, Any]) -> bool:
    """Customers are in no team; who becomes staff without a word on teams joins the default one."""
    was, role = Role(user.role), Role(wanted.get("role", user.role))
    team_ids = set(wanted.get("team_ids", ()))
    if team_ids and not role.is_staff:
        raise only_staff("team_ids")
    becomes_staff = role.is_staff and not was.is_staff and "team_ids" not in wanted
    becomes_customer = was.is_staff and not role.is_staff
    if not (becomes_staff or becomes_customer or "team_ids" in wanted):
        return False
    if (
        queries.set_teams(tx, actor.workspace.id, user.id, team_ids, becomes_staff)
        != len(team_ids) + becomes_staff
    ):
        raise no_such_team()
    return True
