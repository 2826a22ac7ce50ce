"""A new user: active with the password an admin gives, else invited to choose one."""

from collections.abc import Collection, Mapping
from typing import Any
from uuid import UUID

from chalicelib.accounts import mail_queries, queries, users
from chalicelib.accounts.actor import Actor
from chalicelib.accounts.auditing import audit
from chalicelib.accounts.joining import require_found
from chalicelib.accounts.keyring import Keyring
from chalicelib.accounts.one_time_tokens import INVITATION_DAYS
from chalicelib.accounts.passwords import check_new_password, hash_password
from chalicelib.accounts.permissions import Permission, Role
from chalicelib.accounts.uniqueness import unique
from chalicelib.core import events
from chalicelib.core.db import Transaction
from chalicelib.core.errors import Forbidden, NotFound, ValidationFailed
from chalicelib.models.words import ActorType, UserStatus

EMAIL_KEY = "users_workspace_id_email_key"
EMAIL_TAKEN = "There is already a user with this email."


def add(
    tx: Transaction,
    actor: Actor,
    keys: Keyring,
    facts: Mapping[str, Any],
    *,
    password: str | None = None,
    team_ids: Collection[UUID] = (),
) -> dict[str, Any]:
    """`facts`: name, email (normalised), role, any contact facts, organisation_id. Staff without teams join
    the default one, customers without an organisation that of their email's domain.

    Raises Forbidden, Conflict where the email is taken, NotFound for a team or an organisation,
    ValidationFailed.
    """
    actor.require(Permission.PEOPLE_MANAGE, "Only an administrator adds users.")
    role = Role(facts["role"])
    if password is not None or role.may(Permission.PEOPLE_MANAGE):
        require_person(actor)
    if team_ids and not role.is_staff:
        raise only_staff("team_ids")
    if password is not None:
        check_new_password(password, about(facts, actor))
    row = {
        **dict.fromkeys((*users.FACTS, "organisation_id")),
        **facts,
        "workspace_id": actor.workspace.id,
        "status": UserStatus.INVITED if password is None else UserStatus.ACTIVE,
        "password_hash": password and hash_password(password, keys.pepper, keys.bcrypt_cost, facts["email"]),
    }
    wanted = set(team_ids)
    with unique(EMAIL_KEY, EMAIL_TAKEN):
        user = users.shape(queries.add_user(tx, row, wanted, role.is_staff and not wanted))
    if wanted and len(user["teams"]) != len(wanted):
        raise no_such_team()
    if user["organisation"] is None:
        require_found(tx, actor, role, facts.get("organisation_id"))
    _tell_added(tx, actor, user, "user.invited" if password is None else "user.created")
    return user


def _tell_added(tx: Transaction, actor: Actor, user: Mapping[str, Any], happened: str) -> None:
    if happened == "user.invited":
        invite(tx, actor, user)
    else:
        tell(tx, actor, happened, user)
    audit(tx, actor, happened, ("user", user["id"]), after=audited(user))


def invite(tx: Transaction, actor: Actor, user: Mapping[str, Any], **more: Any) -> None:
    """Asks for the mail that lets an invited user choose a password; the invitation runs from now."""
    mail_queries.put_invitation(tx, actor.workspace.id, user["id"], actor.user_id, INVITATION_DAYS)
    tell(tx, actor, "user.invited", user, **more)


def about(facts: Mapping[str, Any], actor: Actor) -> tuple[str, ...]:
    """What others know of a person, and so no password may be."""
    return facts["email"], facts["name"], actor.workspace.name, actor.workspace.slug


def audited(user: Mapping[str, Any]) -> dict[str, Any]:
    """What the audit log keeps of a user."""
    kept = {name: user[name] for name in ("name", "email", "role", "status", *users.FACTS)}
    organisation = user["organisation"]
    return {
        **kept,
        "away": bool(user["away"]),
        "email_problem": user["email_problem"] and user["email_problem"]["reason"],
        "team_ids": sorted(str(team["id"]) for team in user["teams"]),
        "organisation_id": organisation and str(organisation["id"]),
    }


def tell(tx: Transaction, actor: Actor, type: str, user: Mapping[str, Any], **more: Any) -> None:
    """Records what happened to a user: who it is, who did it, and no fact that only the desk needs."""
    person = {name: user[name] for name in ("id", "name", "email", "role", "status")}
    who = {"type": actor.type, "id": actor.id, "name": actor.name}
    events.record(tx, actor.workspace.id, type, {"user": person, "actor": who, **more}, internal=True)


def require_person(actor: Actor) -> None:
    """Raises Forbidden for an API key: who has stolen one must not come back as somebody after its end."""
    if actor.type is ActorType.API_KEY:
        raise Forbidden("API keys set no passwords, make no administrators and do not change their emails.")


def only_staff(field: str) -> ValidationFailed:
    return ValidationFailed.of(field, "Only staff can be members of a team.")


def no_such_team() -> NotFound:
    return NotFound("There is no such team.")
