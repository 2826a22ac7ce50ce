"""Who may call which route: the one table that the API, the authorizer and the permission tests read.
Standard library only: the authorizer loads this."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final, Literal

from chalicelib.accounts.permissions import ADMINS, DISPATCHERS, EVERYBODY, STAFF, Role

Access = frozenset[Role] | Literal["public"]
Route = tuple[str, str]

PUBLIC: Final = "public"

_HEALTH_AND_DOCS: dict[Route, Access] = {
    ("GET", "/assets/{name}"): PUBLIC,
    ("GET", "/docs"): PUBLIC,
    ("GET", "/health"): PUBLIC,
    ("GET", "/redoc"): PUBLIC,
    ("GET", "/v1/health/ready"): PUBLIC,
    ("GET", "/v1/openapi.json"): PUBLIC,
}

_SIGN_IN: dict[Route, Access] = {
    ("POST", "/v1/auth/login"): PUBLIC,
    ("POST", "/v1/auth/logout"): EVERYBODY,
    ("GET", "/v1/auth/me"): EVERYBODY,
    ("PATCH", "/v1/auth/me"): EVERYBODY,
    ("POST", "/v1/auth/password/change"): EVERYBODY,
    ("POST", "/v1/auth/password/forgot"): PUBLIC,
    ("POST", "/v1/auth/password/reset"): PUBLIC,
    ("POST", "/v1/auth/refresh"): PUBLIC,
    ("POST", "/v1/auth/register"): PUBLIC,
    ("POST", "/v1/auth/verify-email"): PUBLIC,
    ("POST", "/v1/auth/verify-email/resend"): EVERYBODY,
}

_PEOPLE: dict[Route, Access] = {
    ("GET", "/v1/api-keys"): ADMINS,
    ("POST", "/v1/api-keys"): ADMINS,
    ("DELETE", "/v1/api-keys/{api_key_id}"): ADMINS,
    ("GET", "/v1/api-keys/{api_key_id}"): ADMINS,
    ("GET", "/v1/audit-log"): ADMINS,
    ("GET", "/v1/audit-log/verify"): ADMINS,
    ("GET", "/v1/invitations"): ADMINS,
    ("POST", "/v1/invitations"): ADMINS,
    ("POST", "/v1/invitations/accept"): PUBLIC,
    ("DELETE", "/v1/invitations/{invitation_id}"): ADMINS,
    ("POST", "/v1/invitations/{invitation_id}/resend"): ADMINS,
    ("GET", "/v1/teams"): STAFF,
    ("POST", "/v1/teams"): ADMINS,
    ("GET", "/v1/teams/{team_id}"): STAFF,
    ("PATCH", "/v1/teams/{team_id}"): ADMINS,
    ("GET", "/v1/teams/{team_id}/members"): STAFF,
    ("POST", "/v1/teams/{team_id}/members"): ADMINS,
    ("DELETE", "/v1/teams/{team_id}/members/{user_id}"): ADMINS,
    ("GET", "/v1/users"): STAFF,
    ("POST", "/v1/users"): ADMINS,
    ("GET", "/v1/users/{user_id}"): STAFF,
    ("PATCH", "/v1/users/{user_id}"): ADMINS,
    ("POST", "/v1/users/{user_id}/deactivate"): ADMINS,
    ("GET", "/v1/workspace"): STAFF,
    ("PATCH", "/v1/workspace"): ADMINS,
}

_TICKETS: dict[Route, Access] = {
    ("GET", "/v1/tickets"): EVERYBODY,
    ("POST", "/v1/tickets"): EVERYBODY,
    ("GET", "/v1/tickets/breached"): EVERYBODY,
    ("DELETE", "/v1/tickets/{ticket_id}"): ADMINS,
    ("GET", "/v1/tickets/{ticket_id}"): EVERYBODY,
    ("PATCH", "/v1/tickets/{ticket_id}"): EVERYBODY,
    ("GET", "/v1/tickets/{ticket_id}/comments"): EVERYBODY,
    ("POST", "/v1/tickets/{ticket_id}/comments"): EVERYBODY,
    ("GET", "/v1/tickets/{ticket_id}/timeline"): EVERYBODY,
}

_TICKET_VERBS: dict[Route, Access] = {
    ("POST", "/v1/tickets/{ticket_id}/archive"): STAFF,
    ("POST", "/v1/tickets/{ticket_id}/assign"): STAFF,
    ("POST", "/v1/tickets/{ticket_id}/cancel"): EVERYBODY,
    ("POST", "/v1/tickets/{ticket_id}/close"): EVERYBODY,
    ("POST", "/v1/tickets/{ticket_id}/pause"): STAFF,
    ("POST", "/v1/tickets/{ticket_id}/reclassify"): STAFF,
    ("POST", "/v1/tickets/{ticket_id}/reopen"): EVERYBODY,
    ("POST", "/v1/tickets/{ticket_id}/resolve"): STAFF,
    ("POST", "/v1/tickets/{ticket_id}/restore"): ADMINS,
    ("POST", "/v1/tickets/{ticket_id}/resume"): STAFF,
    ("POST", "/v1/tickets/{ticket_id}/transfer"): DISPATCHERS,
    ("POST", "/v1/tickets/{ticket_id}/unarchive"): ADMINS,
}

_PUBLIC_DESK: dict[Route, Access] = {
    ("GET", "/v1/public/{workspace}"): PUBLIC,
    ("POST", "/v1/public/{workspace}/signup"): PUBLIC,
    ("POST", "/v1/public/{workspace}/ticket-status"): PUBLIC,
    ("POST", "/v1/public/{workspace}/tickets"): PUBLIC,
}

ROUTES: Final[Mapping[Route, Access]] = MappingProxyType(
    _HEALTH_AND_DOCS | _SIGN_IN | _PEOPLE | _TICKETS | _TICKET_VERBS | _PUBLIC_DESK
)


def roles_for(method: str, path: str) -> frozenset[Role]:
    """The roles that may call a private route, by its template (`/v1/tickets/{ticket_id}`).

    KeyError for a route that is not in the table, ValueError for a public one: neither may pass for private.
    """
    access = ROUTES[method, path]
    if access == PUBLIC:
        raise ValueError(f"{method} {path} is public")
    return access


def is_public(method: str, path: str) -> bool:
    """Whether a route takes no token. KeyError for a route that is not in the table."""
    return ROUTES[method, path] == PUBLIC


def is_for_people_alone(method: str, path: str) -> bool:
    """Whether API keys are refused whatever their role: sessions, passwords and profiles are people's."""
    return path.startswith("/v1/auth/") or (method, path) == ("POST", "/v1/api-keys")


def public_routes() -> frozenset[Route]:
    """Every route that takes no token."""
    return frozenset(route for route, access in ROUTES.items() if access == PUBLIC)
