"""Which permission each route needs: the one table that the API, the authorizer, the tests and the documents
read. Standard library only: the authorizer loads this."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final, Literal

from chalicelib.accounts.permissions import Permission, Role

Need = Permission | Literal["public"]
Access = frozenset[Role] | Literal["public"]
Route = tuple[str, str]

PUBLIC: Final = "public"

_HEALTH_AND_DOCS: dict[Route, Need] = {
    ("GET", "/app"): PUBLIC,
    ("GET", "/app/{name}"): PUBLIC,
    ("GET", "/assets/{name}"): PUBLIC,
    ("GET", "/docs"): PUBLIC,
    ("GET", "/health"): PUBLIC,
    ("GET", "/rate"): PUBLIC,
    ("GET", "/redoc"): PUBLIC,
    ("GET", "/unsubscribe"): PUBLIC,
    ("POST", "/unsubscribe"): PUBLIC,
    ("GET", "/v1/health/ready"): PUBLIC,
    ("GET", "/v1/openapi.json"): PUBLIC,
}

_SIGN_IN: dict[Route, Need] = {
    ("POST", "/v1/auth/login"): PUBLIC,
    ("POST", "/v1/auth/logout"): Permission.ACCOUNT_USE,
    ("GET", "/v1/auth/me"): Permission.ACCOUNT_USE,
    ("PATCH", "/v1/auth/me"): Permission.ACCOUNT_USE,
    ("POST", "/v1/auth/me/export"): Permission.ACCOUNT_USE,
    ("POST", "/v1/auth/oidc/finish"): PUBLIC,
    ("POST", "/v1/auth/oidc/start"): PUBLIC,
    ("POST", "/v1/auth/password/change"): Permission.ACCOUNT_USE,
    ("POST", "/v1/auth/password/forgot"): PUBLIC,
    ("POST", "/v1/auth/password/reset"): PUBLIC,
    ("POST", "/v1/auth/refresh"): PUBLIC,
    ("POST", "/v1/auth/register"): PUBLIC,
    ("GET", "/v1/auth/totp"): Permission.ACCOUNT_USE,
    ("POST", "/v1/auth/totp"): Permission.ACCOUNT_USE,
    ("POST", "/v1/auth/totp/confirm"): Permission.ACCOUNT_USE,
    ("POST", "/v1/auth/totp/disable"): Permission.ACCOUNT_USE,
    ("POST", "/v1/auth/totp/recovery-codes"): Permission.ACCOUNT_USE,
    ("POST", "/v1/auth/totp/verify"): PUBLIC,
    ("POST", "/v1/auth/verify-email"): PUBLIC,
    ("POST", "/v1/auth/verify-email/resend"): Permission.ACCOUNT_USE,
}

_PEOPLE: dict[Route, Need] = {
    ("GET", "/v1/api-keys"): Permission.API_KEYS_MANAGE,
    ("POST", "/v1/api-keys"): Permission.API_KEYS_MANAGE,
    ("DELETE", "/v1/api-keys/{api_key_id}"): Permission.API_KEYS_MANAGE,
    ("GET", "/v1/api-keys/{api_key_id}"): Permission.API_KEYS_MANAGE,
    ("GET", "/v1/audit-log"): Permission.AUDIT_LOG_READ,
    ("GET", "/v1/audit-log/verify"): Permission.AUDIT_LOG_READ,
    ("GET", "/v1/invitations"): Permission.INVITATIONS_MANAGE,
    ("POST", "/v1/invitations"): Permission.INVITATIONS_MANAGE,
    ("POST", "/v1/invitations/accept"): PUBLIC,
    ("DELETE", "/v1/invitations/{invitation_id}"): Permission.INVITATIONS_MANAGE,
    ("POST", "/v1/invitations/{invitation_id}/resend"): Permission.INVITATIONS_MANAGE,
    ("GET", "/v1/jobs"): Permission.JOBS_READ,
    ("GET", "/v1/jobs/{job_id}"): Permission.JOBS_READ,
    ("POST", "/v1/jobs/{job_id}/cancel"): Permission.JOBS_CANCEL,
    ("GET", "/v1/jobs/{job_id}/results"): Permission.JOBS_READ,
    ("GET", "/v1/notifications"): Permission.ACCOUNT_USE,
    ("GET", "/v1/notifications/preferences"): Permission.ACCOUNT_USE,
    ("PATCH", "/v1/notifications/preferences"): Permission.ACCOUNT_USE,
    ("GET", "/v1/organisations"): Permission.ORGANISATIONS_READ,
    ("POST", "/v1/organisations"): Permission.ORGANISATIONS_MANAGE,
    ("DELETE", "/v1/organisations/{organisation_id}"): Permission.ORGANISATIONS_MANAGE,
    ("GET", "/v1/organisations/{organisation_id}"): Permission.ORGANISATIONS_READ,
    ("PATCH", "/v1/organisations/{organisation_id}"): Permission.ORGANISATIONS_MANAGE,
    ("GET", "/v1/teams"): Permission.TEAMS_READ,
    ("POST", "/v1/teams"): Permission.TEAMS_MANAGE,
    ("GET", "/v1/teams/{team_id}"): Permission.TEAMS_READ,
    ("PATCH", "/v1/teams/{team_id}"): Permission.TEAMS_MANAGE,
    ("GET", "/v1/teams/{team_id}/members"): Permission.TEAMS_READ,
    ("POST", "/v1/teams/{team_id}/members"): Permission.TEAMS_MANAGE,
    ("DELETE", "/v1/teams/{team_id}/members/{user_id}"): Permission.TEAMS_MANAGE,
    ("GET", "/v1/users"): Permission.PEOPLE_READ,
    ("POST", "/v1/users"): Permission.PEOPLE_MANAGE,
    ("GET", "/v1/users/{user_id}"): Permission.PEOPLE_READ,
    ("PATCH", "/v1/users/{user_id}"): Permission.PEOPLE_MANAGE,
    ("DELETE", "/v1/users/{user_id}/oidc"): Permission.PEOPLE_MANAGE,
    ("POST", "/v1/users/{user_id}/deactivate"): Permission.PEOPLE_MANAGE,
    ("POST", "/v1/users/{user_id}/erase"): Permission.PERSONAL_DATA_MANAGE,
    ("GET", "/v1/users/{user_id}/erasure"): Permission.PERSONAL_DATA_MANAGE,
    ("POST", "/v1/users/{user_id}/export"): Permission.PERSONAL_DATA_MANAGE,
    ("POST", "/v1/users/{user_id}/totp/reset"): Permission.PEOPLE_MANAGE,
    ("GET", "/v1/workspace"): Permission.WORKSPACE_READ,
    ("PATCH", "/v1/workspace"): Permission.WORKSPACE_CHANGE,
    ("DELETE", "/v1/workspace/oidc"): Permission.WORKSPACE_CHANGE,
    ("GET", "/v1/workspace/oidc"): Permission.WORKSPACE_CHANGE,
    ("PATCH", "/v1/workspace/oidc"): Permission.WORKSPACE_CHANGE,
}

_DESK: dict[Route, Need] = {
    ("GET", "/v1/analytics/agents/{user_id}"): Permission.ANALYTICS_READ,
    ("GET", "/v1/analytics/dashboard"): Permission.ANALYTICS_READ,
    ("GET", "/v1/analytics/series"): Permission.ANALYTICS_READ,
    ("GET", "/v1/analytics/sla"): Permission.ANALYTICS_READ,
    ("GET", "/v1/analytics/sla/targets"): Permission.ANALYTICS_READ,
    ("GET", "/v1/calendars"): Permission.SLA_READ,
    ("POST", "/v1/calendars"): Permission.SLA_MANAGE,
    ("DELETE", "/v1/calendars/{calendar_id}"): Permission.SLA_MANAGE,
    ("GET", "/v1/calendars/{calendar_id}"): Permission.SLA_READ,
    ("PATCH", "/v1/calendars/{calendar_id}"): Permission.SLA_MANAGE,
    ("POST", "/v1/calendars/{calendar_id}/holidays"): Permission.SLA_MANAGE,
    ("GET", "/v1/calendars/{calendar_id}/preview"): Permission.SLA_READ,
    ("GET", "/v1/categories"): Permission.CATEGORIES_READ,
    ("POST", "/v1/categories"): Permission.DESK_MANAGE,
    ("DELETE", "/v1/categories/{category_id}"): Permission.DESK_MANAGE,
    ("GET", "/v1/categories/{category_id}"): Permission.CATEGORIES_READ,
    ("PATCH", "/v1/categories/{category_id}"): Permission.DESK_MANAGE,
    ("GET", "/v1/custom-fields"): Permission.CUSTOM_FIELDS_READ,
    ("POST", "/v1/custom-fields"): Permission.DESK_MANAGE,
    ("DELETE", "/v1/custom-fields/{field_id}"): Permission.DESK_MANAGE,
    ("GET", "/v1/custom-fields/{field_id}"): Permission.CUSTOM_FIELDS_READ,
    ("PATCH", "/v1/custom-fields/{field_id}"): Permission.DESK_MANAGE,
    ("GET", "/v1/events"): Permission.EVENTS_READ,
    ("GET", "/v1/dashboard"): Permission.TICKETS_READ,
    ("POST", "/v1/exports"): Permission.EXPORTS_MAKE,
    ("GET", "/v1/holidays"): Permission.SLA_READ,
    ("GET", "/v1/imports"): Permission.IMPORTS_RUN,
    ("POST", "/v1/imports"): Permission.IMPORTS_RUN,
    ("GET", "/v1/imports/{import_id}"): Permission.IMPORTS_RUN,
    ("POST", "/v1/imports/{import_id}/start"): Permission.IMPORTS_RUN,
    ("GET", "/v1/integrations"): Permission.DESK_MANAGE,
    ("POST", "/v1/integrations"): Permission.DESK_MANAGE,
    ("DELETE", "/v1/integrations/{integration_id}"): Permission.DESK_MANAGE,
    ("GET", "/v1/integrations/{integration_id}"): Permission.DESK_MANAGE,
    ("PATCH", "/v1/integrations/{integration_id}"): Permission.DESK_MANAGE,
    ("POST", "/v1/integrations/{integration_id}/rotate-secret"): Permission.DESK_MANAGE,
    ("GET", "/v1/macros"): Permission.MACROS_USE,
    ("POST", "/v1/macros"): Permission.MACROS_USE,
    ("DELETE", "/v1/macros/{macro_id}"): Permission.MACROS_USE,
    ("GET", "/v1/macros/{macro_id}"): Permission.MACROS_USE,
    ("PATCH", "/v1/macros/{macro_id}"): Permission.MACROS_USE,
    ("POST", "/v1/macros/{macro_id}/apply"): Permission.MACROS_USE,
    ("POST", "/v1/macros/{macro_id}/preview"): Permission.MACROS_USE,
    ("GET", "/v1/mail-templates"): Permission.DESK_MANAGE,
    ("DELETE", "/v1/mail-templates/{kind}/{language}"): Permission.DESK_MANAGE,
    ("GET", "/v1/mail-templates/{kind}/{language}"): Permission.DESK_MANAGE,
    ("PUT", "/v1/mail-templates/{kind}/{language}"): Permission.DESK_MANAGE,
    ("POST", "/v1/mail-templates/{kind}/{language}/preview"): Permission.DESK_MANAGE,
    ("GET", "/v1/mailboxes"): Permission.MAILBOXES_READ,
    ("POST", "/v1/mailboxes"): Permission.DESK_MANAGE,
    ("DELETE", "/v1/mailboxes/{mailbox_id}"): Permission.DESK_MANAGE,
    ("GET", "/v1/mailboxes/{mailbox_id}"): Permission.MAILBOXES_READ,
    ("PATCH", "/v1/mailboxes/{mailbox_id}"): Permission.DESK_MANAGE,
    ("GET", "/v1/quarantine"): Permission.QUARANTINE_MANAGE,
    ("GET", "/v1/quarantine/{message_id}"): Permission.QUARANTINE_MANAGE,
    ("POST", "/v1/quarantine/{message_id}/drop"): Permission.QUARANTINE_MANAGE,
    ("POST", "/v1/quarantine/{message_id}/release"): Permission.QUARANTINE_MANAGE,
    ("GET", "/v1/rules"): Permission.RULES_READ,
    ("POST", "/v1/rules"): Permission.DESK_MANAGE,
    ("POST", "/v1/rules/reorder"): Permission.DESK_MANAGE,
    ("POST", "/v1/rules/test"): Permission.DESK_MANAGE,
    ("DELETE", "/v1/rules/{rule_id}"): Permission.DESK_MANAGE,
    ("GET", "/v1/rules/{rule_id}"): Permission.RULES_READ,
    ("PATCH", "/v1/rules/{rule_id}"): Permission.DESK_MANAGE,
    ("GET", "/v1/rules/{rule_id}/firings"): Permission.RULES_READ,
    ("POST", "/v1/rules/{rule_id}/test"): Permission.DESK_MANAGE,
    ("GET", "/v1/sla-policies"): Permission.SLA_READ,
    ("POST", "/v1/sla-policies"): Permission.SLA_MANAGE,
    ("POST", "/v1/sla-policies/reorder"): Permission.SLA_MANAGE,
    ("DELETE", "/v1/sla-policies/{policy_id}"): Permission.SLA_MANAGE,
    ("GET", "/v1/sla-policies/{policy_id}"): Permission.SLA_READ,
    ("PATCH", "/v1/sla-policies/{policy_id}"): Permission.SLA_MANAGE,
    ("POST", "/v1/sla-policies/{policy_id}/test"): Permission.SLA_MANAGE,
    ("GET", "/v1/tags"): Permission.TAGS_READ,
    ("GET", "/v1/views"): Permission.VIEWS_USE,
    ("POST", "/v1/views"): Permission.VIEWS_USE,
    ("POST", "/v1/views/reorder"): Permission.VIEWS_USE,
    ("DELETE", "/v1/views/{view_id}"): Permission.VIEWS_USE,
    ("GET", "/v1/views/{view_id}"): Permission.VIEWS_USE,
    ("PATCH", "/v1/views/{view_id}"): Permission.VIEWS_USE,
    ("GET", "/v1/views/{view_id}/count"): Permission.VIEWS_USE,
    ("GET", "/v1/views/{view_id}/tickets"): Permission.VIEWS_USE,
    ("GET", "/v1/webhooks"): Permission.WEBHOOKS_MANAGE,
    ("POST", "/v1/webhooks"): Permission.WEBHOOKS_MANAGE,
    ("GET", "/v1/webhooks/event-types"): Permission.WEBHOOKS_MANAGE,
    ("DELETE", "/v1/webhooks/{webhook_id}"): Permission.WEBHOOKS_MANAGE,
    ("GET", "/v1/webhooks/{webhook_id}"): Permission.WEBHOOKS_MANAGE,
    ("PATCH", "/v1/webhooks/{webhook_id}"): Permission.WEBHOOKS_MANAGE,
    ("GET", "/v1/webhooks/{webhook_id}/deliveries"): Permission.WEBHOOKS_MANAGE,
    ("POST", "/v1/webhooks/{webhook_id}/deliveries/{delivery_id}/redeliver"): Permission.WEBHOOKS_MANAGE,
    ("POST", "/v1/webhooks/{webhook_id}/redeliver"): Permission.WEBHOOKS_MANAGE,
    ("POST", "/v1/webhooks/{webhook_id}/rotate-secret"): Permission.WEBHOOKS_MANAGE,
    ("POST", "/v1/webhooks/{webhook_id}/test"): Permission.WEBHOOKS_MANAGE,
}

_RATINGS: dict[Route, Need] = {
    ("POST", "/v1/ratings"): PUBLIC,
    ("POST", "/v1/ratings/look-up"): PUBLIC,
    ("GET", "/v1/tickets/{ticket_id}/rating"): Permission.TICKETS_READ,
    ("POST", "/v1/tickets/{ticket_id}/rating"): Permission.RATINGS_GIVE,
}

_TICKETS: dict[Route, Need] = {
    ("GET", "/v1/tickets"): Permission.TICKETS_READ,
    ("POST", "/v1/tickets"): Permission.TICKETS_CREATE,
    ("GET", "/v1/tickets/breached"): Permission.TICKETS_READ,
    ("POST", "/v1/tickets/bulk"): Permission.TICKETS_BULK,
    ("DELETE", "/v1/tickets/{ticket_id}"): Permission.TICKETS_DELETE,
    ("GET", "/v1/tickets/{ticket_id}"): Permission.TICKETS_READ,
    ("PATCH", "/v1/tickets/{ticket_id}"): Permission.TICKETS_CHANGE_OWN,
    ("GET", "/v1/tickets/{ticket_id}/attachments"): Permission.TICKETS_READ,
    ("POST", "/v1/tickets/{ticket_id}/attachments"): Permission.ATTACHMENTS_WRITE,
    ("DELETE", "/v1/tickets/{ticket_id}/attachments/{attachment_id}"): Permission.ATTACHMENTS_WRITE,
    ("GET", "/v1/tickets/{ticket_id}/attachments/{attachment_id}"): Permission.TICKETS_READ,
    ("GET", "/v1/tickets/{ticket_id}/comments"): Permission.TICKETS_READ,
    ("POST", "/v1/tickets/{ticket_id}/comments"): Permission.COMMENTS_WRITE,
    ("DELETE", "/v1/tickets/{ticket_id}/comments/{comment_id}"): Permission.COMMENTS_REVISE_OWN,
    ("PATCH", "/v1/tickets/{ticket_id}/comments/{comment_id}"): Permission.COMMENTS_REVISE_OWN,
    ("GET", "/v1/tickets/{ticket_id}/similar"): Permission.TICKETS_READ,
    ("GET", "/v1/tickets/{ticket_id}/sla"): Permission.TICKETS_READ,
    ("POST", "/v1/tickets/{ticket_id}/tags"): Permission.TICKETS_CHANGE,
    ("DELETE", "/v1/tickets/{ticket_id}/tags/{tag}"): Permission.TICKETS_CHANGE,
    ("GET", "/v1/tickets/{ticket_id}/links"): Permission.TICKETS_READ,
    ("POST", "/v1/tickets/{ticket_id}/links"): Permission.TICKETS_LINK,
    ("DELETE", "/v1/tickets/{ticket_id}/links/{link_id}"): Permission.TICKETS_LINK,
    ("GET", "/v1/tickets/{ticket_id}/mails"): Permission.TICKETS_READ,
    ("GET", "/v1/tickets/{ticket_id}/mails/{mail_id}"): Permission.TICKETS_READ,
    ("GET", "/v1/tickets/{ticket_id}/time-entries"): Permission.TICKETS_READ,
    ("POST", "/v1/tickets/{ticket_id}/time-entries"): Permission.TIME_ENTRIES_WRITE,
    ("DELETE", "/v1/tickets/{ticket_id}/time-entries/{entry_id}"): Permission.TIME_ENTRIES_WRITE,
    ("PATCH", "/v1/tickets/{ticket_id}/time-entries/{entry_id}"): Permission.TIME_ENTRIES_WRITE,
    ("GET", "/v1/tickets/{ticket_id}/timeline"): Permission.TICKETS_READ,
    ("GET", "/v1/tickets/{ticket_id}/watchers"): Permission.TICKETS_READ,
    ("POST", "/v1/tickets/{ticket_id}/watchers"): Permission.WATCHERS_MANAGE,
    ("DELETE", "/v1/tickets/{ticket_id}/watchers/{user_id}"): Permission.WATCHERS_LEAVE,
}

_TICKET_VERBS: dict[Route, Need] = {
    ("POST", "/v1/tickets/{ticket_id}/archive"): Permission.TICKETS_ARCHIVE,
    ("POST", "/v1/tickets/{ticket_id}/assign"): Permission.TICKETS_CLAIM,
    ("POST", "/v1/tickets/{ticket_id}/cancel"): Permission.TICKETS_CANCEL_OWN,
    ("POST", "/v1/tickets/{ticket_id}/close"): Permission.TICKETS_CLOSE_OWN,
    ("POST", "/v1/tickets/{ticket_id}/merge"): Permission.TICKETS_MERGE,
    ("POST", "/v1/tickets/{ticket_id}/pause"): Permission.TICKETS_PAUSE,
    ("POST", "/v1/tickets/{ticket_id}/reclassify"): Permission.TICKETS_RECLASSIFY_ASSIGNED,
    ("POST", "/v1/tickets/{ticket_id}/reopen"): Permission.TICKETS_REOPEN_OWN,
    ("POST", "/v1/tickets/{ticket_id}/resolve"): Permission.TICKETS_RESOLVE,
    ("POST", "/v1/tickets/{ticket_id}/restore"): Permission.TICKETS_RESTORE,
    ("POST", "/v1/tickets/{ticket_id}/resume"): Permission.TICKETS_PAUSE,
    ("POST", "/v1/tickets/{ticket_id}/split"): Permission.TICKETS_SPLIT,
    ("POST", "/v1/tickets/{ticket_id}/transfer"): Permission.TICKETS_TRANSFER,
    ("POST", "/v1/tickets/{ticket_id}/unarchive"): Permission.TICKETS_UNARCHIVE,
}

_PUBLIC_DESK: dict[Route, Need] = {
    ("POST", "/v1/inbound/{integration_id}"): PUBLIC,
    ("GET", "/v1/public/{workspace}"): PUBLIC,
    ("GET", "/v1/public/{workspace}/categories"): PUBLIC,
    ("GET", "/v1/public/{workspace}/custom-fields"): PUBLIC,
    ("GET", "/v1/public/{workspace}/form"): PUBLIC,
    ("POST", "/v1/public/{workspace}/form"): PUBLIC,
    ("POST", "/v1/public/{workspace}/signup"): PUBLIC,
    ("GET", "/v1/public/{workspace}/status"): PUBLIC,
    ("POST", "/v1/public/{workspace}/status"): PUBLIC,
    ("POST", "/v1/public/{workspace}/ticket-status"): PUBLIC,
    ("POST", "/v1/public/{workspace}/tickets"): PUBLIC,
}

_BEFORE_SECOND_STEP = frozenset(
    {
        ("POST", "/v1/auth/logout"),
        ("GET", "/v1/auth/me"),
        ("GET", "/v1/auth/totp"),
        ("POST", "/v1/auth/totp"),
        ("POST", "/v1/auth/totp/confirm"),
    }
)

ROUTES: Final[Mapping[Route, Need]] = MappingProxyType(
    _HEALTH_AND_DOCS | _SIGN_IN | _PEOPLE | _DESK | _TICKETS | _TICKET_VERBS | _RATINGS | _PUBLIC_DESK
)
# The same by who may call it: what policies are made of.
CALLERS: Final[Mapping[Route, Access]] = MappingProxyType(
    {route: PUBLIC if need == PUBLIC else need.roles for route, need in ROUTES.items()}
)


_FOR_PEOPLE_ALONE: Final = frozenset(
    {
        ("POST", "/v1/api-keys"),
        ("GET", "/v1/notifications/preferences"),
        ("PATCH", "/v1/notifications/preferences"),
        ("DELETE", "/v1/users/{user_id}/oidc"),
        ("POST", "/v1/users/{user_id}/totp/reset"),
        ("DELETE", "/v1/workspace/oidc"),
        ("PATCH", "/v1/workspace/oidc"),
    }
)


def permission_for(method: str, path: str) -> Permission:
    """What a caller of a private route needs, by its template (`/v1/tickets/{ticket_id}`).

    KeyError for a route that is not in the table, ValueError for a public one: neither may pass for private.
    """
    need = ROUTES[method, path]
    if need == PUBLIC:
        raise ValueError(f"{method} {path} is public")
    return need


def roles_for(method: str, path: str) -> frozenset[Role]:
    """The roles that may call a private route. Raises as `permission_for` does."""
    return permission_for(method, path).roles


def is_open_before_second_step(method: str, path: str) -> bool:
    """Whether it can be called by who must set up two-step sign-in first: that itself, and leaving."""
    return (method, path) in _BEFORE_SECOND_STEP


def is_public(method: str, path: str) -> bool:
    """Whether a route takes no token. KeyError for a route that is not in the table."""
    return ROUTES[method, path] == PUBLIC


def is_for_people_alone(method: str, path: str) -> bool:
    """Whether API keys are refused whatever their role: sessions, passwords and profiles are people's, and so
    is what would let the holder of a key in as somebody."""
    return path.startswith("/v1/auth/") or (method, path) in _FOR_PEOPLE_ALONE


def public_routes() -> frozenset[Route]:
    """Every route that takes no token."""
    return frozenset(route for route, need in ROUTES.items() if need == PUBLIC)
