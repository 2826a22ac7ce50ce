"""What the claims of an ID token say of a person: role, email, name. Pure."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from sqlalchemy import Row

from chalicelib.accounts.emails import address
from chalicelib.accounts.permissions import Role

MAX_NAME = 150
# What lets most comes first: of several roles that the claims give, it counts.
MIGHT = (Role.ADMIN, Role.DISPATCHER, Role.AGENT, Role.CUSTOMER)
# `email_verified` is a boolean; some providers write it as a text or a number.
TRUE = (True, 1, "true", "1")


class Denied(Exception):
    """Somebody whom the provider knows does not come in. `reason` is a word for the audit log, the message a
    sentence for the person."""

    def __init__(self, reason: str, sentence: str, user_id: UUID | None = None) -> None:
        super().__init__(sentence)
        self.reason = reason
        self.user_id = user_id


def wanted_role(provider: Row[Any], claims: Mapping[str, Any]) -> Role | None:
    """The highest role that the claims give, else the default one; None leaves everybody the own.

    Raises Denied where roles are mapped and there is none for this person.
    """
    default = Role(provider.default_role) if provider.default_role else None
    if not provider.role_mapping:
        return default
    values = claimed(claims, provider.role_claim)
    given = {provider.role_mapping[value] for value in values if value in provider.role_mapping}
    role = next((role for role in MIGHT if role in given), default)
    if role is None:
        raise Denied("no_role", "Your account has no role at this help desk. Ask an administrator for one.")
    return role


def claimed(claims: Mapping[str, Any], name: str | None) -> list[str]:
    """The texts of a claim: by its name, or by a path with dots into nested ones (`realm_access.roles`)."""
    found: Any = claims.get(name or "")
    if found is None and name:
        found = claims
        for part in name.split("."):
            found = found.get(part) if isinstance(found, Mapping) else None
    found = found if isinstance(found, list) else [found]
    return [value for value in found if isinstance(value, str)]


def verified_email(provider: Row[Any], claims: Mapping[str, Any]) -> str:
    """The normalised email that the provider vouches for. Raises Denied."""
    told = claims.get("email")
    try:
        email = address(told) if isinstance(told, str) else ""
    except ValueError:
        email = ""
    if not email:
        raise Denied("no_email", "Your provider does not say what your email is.")
    if claims.get(provider.email_verified_claim) not in TRUE:
        raise Denied("email_not_verified", "Your provider does not say that your email is verified.")
    if provider.email_domains and email.rpartition("@")[2] not in provider.email_domains:
        raise Denied("email_domain", "Emails of your domain do not sign in here.")
    return email


def name_of(claims: Mapping[str, Any], email: str) -> str:
    """What the provider calls somebody, on one line; else what stands before the @."""
    parts = [claims.get("given_name"), claims.get("family_name")]
    together = " ".join(part for part in parts if isinstance(part, str))
    for told in (claims.get("name"), together, claims.get("preferred_username")):
        if isinstance(told, str):
            plain = "".join(character if character.isprintable() else " " for character in told)
            if name := " ".join(plain.split())[:MAX_NAME].strip():
                return name
    return email.partition("@")[0]
