"""The roles of a workspace. Standard library only: the authorizer loads this."""

from enum import StrEnum


class Role(StrEnum):
    """What a user is in the one workspace it belongs to."""

    ADMIN = "admin"
    DISPATCHER = "dispatcher"
    AGENT = "agent"
    CUSTOMER = "customer"


EVERYBODY = frozenset(Role)
ADMINS = frozenset({Role.ADMIN})
DISPATCHERS = frozenset({Role.ADMIN, Role.DISPATCHER})
STAFF = frozenset({Role.ADMIN, Role.DISPATCHER, Role.AGENT})
