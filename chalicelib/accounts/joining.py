"""Who is in which organisation: customers only, each in one at most, by hand or by the domain of the email.

What was done by hand stays, whatever the domains say; who was taken out by hand is not brought in again.
"""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from sqlalchemy import Row

from chalicelib.accounts import organisation_queries
from chalicelib.accounts.actor import Actor
from chalicelib.accounts.email_domains import domain_of
from chalicelib.accounts.organisations import no_such_organisation
from chalicelib.accounts.permissions import Role
from chalicelib.core.db import Transaction
from chalicelib.core.errors import ValidationFailed

BY_DOMAIN, BY_HAND = "domain", "hand"
Membership = dict[str, Any]
NONE: Membership = {"organisation_id": None, "organisation_by": None}


def require_found(tx: Transaction, actor: Actor, role: Role, organisation_id: UUID | None) -> None:
    """Raises NotFound, or ValidationFailed where staff is to join."""
    if organisation_id is None:
        return
    if organisation_queries.organisation(tx, actor.workspace.id, organisation_id) is None:
        raise no_such_organisation()
    if role.is_staff:
        raise ValidationFailed.of("organisation_id", "Only customers belong to an organisation.")


def membership(tx: Transaction, actor: Actor, user: Row[Any], wanted: Mapping[str, Any]) -> Membership:
    """What a change of organisation, email or role makes of it: `organisation_id`, `organisation_by`, or
    nothing. `user` is a row of queries.lock_user_and_admins.

    Raises NotFound, ValidationFailed.
    """
    was_staff, role = Role(user.role).is_staff, Role(wanted.get("role", user.role))
    if "organisation_id" in wanted:
        require_found(tx, actor, role, wanted["organisation_id"])
    if role.is_staff:
        return {} if was_staff else NONE
    if "organisation_id" in wanted:
        return _by_hand(user, wanted["organisation_id"])
    email = wanted.get("email", user.email)
    follows_email = user.is_free_to_join or user.organisation_by == BY_DOMAIN
    if was_staff or (follows_email and email != user.email):
        found = organisation_queries.of_domain(tx, actor.workspace.id, domain_of(email))
        return {"organisation_id": found, "organisation_by": BY_DOMAIN} if found else NONE
    return {}


def _by_hand(user: Row[Any], organisation_id: UUID | None) -> Membership:
    """Taking out whoever is in none is no word about the future."""
    if organisation_id is None and user.organisation_id is None:
        return {}
    return {"organisation_id": organisation_id, "organisation_by": BY_HAND}
