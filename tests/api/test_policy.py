"""The policy of each role lets through what the route table says, and nothing else, as IAM evaluates it."""

import json
import re
from collections.abc import Iterable, Iterator, Mapping
from functools import cache

import pytest

from chalicelib.accounts.permissions import ADMINS, DISPATCHERS, EVERYBODY, STAFF, Role
from chalicelib.api.access import CALLERS, PUBLIC, ROUTES, Access, Route, is_public, public_routes, roles_for
from chalicelib.api.policy import cover, document
from tests.support.for_each import for_each

METHOD_ARN = "arn:aws:execute-api:eu-west-1:123456789012:abcdefghij/api/GET/v1/tickets"
BASE = "arn:aws:execute-api:eu-west-1:123456789012:abcdefghij/api/"
METHODS = ("DELETE", "GET", "HEAD", "OPTIONS", "PATCH", "POST", "PUT")
UUID = "0198f3a0-6f5c-7c3e-9a41-2f1d5b8e7a60"
MAX_POLICY = 6 * 1024  # API Gateway refuses more than 8 kB

PRIVATE = {route: access for route, access in CALLERS.items() if access != PUBLIC}
# By method and number of segments: each with its segments.
OF_LENGTH: dict[tuple[str, int], list[tuple[Route, list[str]]]] = {}
for each in ROUTES:
    OF_LENGTH.setdefault((each[0], each[1].count("/") + 1), []).append((each, each[1].split("/")))


def evaluate(policy: Mapping[str, object], arn: str) -> bool:
    """IAM's answer: an explicit denial wins, and without a permission the answer is no."""
    effects = {
        statement["Effect"]
        for statement in policy["Statement"]  # type: ignore[attr-defined]
        if statement["Action"] == "execute-api:Invoke"
        and any(_pattern(resource).fullmatch(arn) for resource in statement["Resource"])
    }
    return effects == {"Allow"}


@cache
def _pattern(resource: str) -> re.Pattern[str]:
    glob = "".join({"*": ".*", "?": "."}.get(character, re.escape(character)) for character in resource)
    return re.compile(glob, re.DOTALL)


def calls(path: str, values: Iterable[str]) -> Iterator[str]:
    """The path with each value in the place of its parameters, together and one by one."""
    names = re.findall(r"{\w+}", path)
    for value in values:
        for filled in (path.replace(name, value) for name in names):
            yield re.sub(r"{\w+}", UUID, filled)
        yield "/".join(value if segment in names else segment for segment in path.split("/"))


def resolve(method: str, path: str) -> Route | None:
    """The route that API Gateway picks: of two segments that fit, the literal one."""
    segments = path.split("/")
    fitting = [
        (route, known)
        for route, known in OF_LENGTH.get((method, len(segments)), [])
        if all(t == s or (t[:1] == "{" and s) for t, s in zip(known, segments, strict=True))
    ]
    return min(fitting, key=lambda each: [segment[:1] == "{" for segment in each[1]], default=(None,))[0]


@pytest.mark.parametrize("role", Role)
@for_each("route", PRIVATE, " ".join)
def test_every_role_reaches_its_routes_and_no_other(role: Role, route: Route) -> None:
    method, path = route
    [call, *_] = calls(path, [UUID])
    assert evaluate(document(role, METHOD_ARN), BASE + method + call) == (role in PRIVATE[route])


LITERALS = {segment for _, path in ROUTES for segment in path.split("/") if segment and segment[0] != "{"}
HOSTILE = [
    *sorted(LITERALS),
    "*",
    "?",
    "**",
    "..",
    ".",
    "%2F",
    "%2e%2e",
    "a b",
    "{ticket_id}",
    "1",
    "a" * 500,
    "\n",
]


@cache
def hostile_calls() -> list[tuple[str, str, Route]]:
    """Method, path and the route that API Gateway picks, where it picks one that asks for a role."""
    found = (
        (method, call, resolve(method, call)) for method, path in PRIVATE for call in calls(path, HOSTILE)
    )
    return [(method, call, route) for method, call, route in found if route in PRIVATE]


@pytest.mark.parametrize("role", Role)
def test_no_value_of_a_parameter_changes_the_answer(role: Role) -> None:
    policy = document(role, METHOD_ARN)
    wrong = [
        (method, call, route)
        for method, call, route in hostile_calls()
        if evaluate(policy, BASE + method + call) != (role in PRIVATE[route])
    ]
    assert wrong == []


@pytest.mark.parametrize("role", Role)
def test_case_27_a_cached_policy_lets_no_other_method_through(role: Role) -> None:
    policy = document(role, METHOD_ARN)
    own_methods = {method for (method, _), roles in PRIVATE.items() if role in roles}
    let_through = {
        (method, call)
        for _, path in PRIVATE
        for call in calls(path, [UUID])
        for method in METHODS
        if evaluate(policy, f"{BASE}{method}{call}")
    }

    assert {method for method, _ in let_through} == own_methods
    # What is let through is a route of the role, or no route at all, which API Gateway refuses by itself.
    reached = {resolve(method, call) for method, call in let_through} - {None}
    assert reached == {route for route, roles in PRIVATE.items() if role in roles}


@pytest.mark.parametrize("role", Role)
def test_case_27_every_resource_names_its_method(role: Role) -> None:
    for statement in document(role, METHOD_ARN)["Statement"]:
        for resource in statement["Resource"]:
            prefix, _, call = resource.partition("/api/")
            assert prefix == "arn:aws:execute-api:*:*:abcdefghij"
            assert call.split("/")[0] in METHODS


def test_case_27_the_policy_does_not_depend_on_the_first_call() -> None:
    other = METHOD_ARN.replace("GET/v1/tickets", "DELETE/v1/teams/x/members/y")
    assert document(Role.AGENT, METHOD_ARN) == document(Role.AGENT, other)


@pytest.mark.parametrize("role", Role)
def test_the_policy_is_for_one_api_and_stage(role: Role) -> None:
    policy = document(role, METHOD_ARN)
    assert evaluate(policy, BASE + "GET/v1/tickets")
    assert not evaluate(policy, BASE.replace("abcdefghij", "zzzzzzzzzz") + "GET/v1/tickets")
    assert not evaluate(policy, BASE.replace("/api/", "/other/") + "GET/v1/tickets")


def test_the_policy_keeps_the_partition() -> None:
    policy = document(Role.ADMIN, METHOD_ARN.replace("arn:aws:", "arn:aws-us-gov:"))
    assert evaluate(policy, BASE.replace("arn:aws:", "arn:aws-us-gov:") + "GET/v1/tickets")
    assert not evaluate(policy, BASE + "GET/v1/tickets")


@pytest.mark.parametrize(
    "arn", ["", "*", "arn:aws:s3:::bucket/key", "arn:aws:execute-api:r:a:/api/GET/x", BASE[:-5]]
)
def test_another_arn_gets_no_policy(arn: str) -> None:
    with pytest.raises(ValueError, match=r"ARN|values to unpack"):
        document(Role.ADMIN, arn)


# A table of more than two hundred routes, with the usual shapes and mixtures of roles.
LARGE_TABLE: dict[Route, Access] = dict(CALLERS)
for _name, _read, _write in [
    ("api-keys", ADMINS, ADMINS),
    ("calendars", STAFF, ADMINS),
    ("categories", EVERYBODY, ADMINS),
    ("custom-fields", EVERYBODY, ADMINS),
    ("integrations", ADMINS, ADMINS),
    ("invitations", ADMINS, ADMINS),
    ("macros", STAFF, STAFF),
    ("mailboxes", STAFF, ADMINS),
    ("quarantine", DISPATCHERS, DISPATCHERS),
    ("rules", STAFF, ADMINS),
    ("sla-policies", STAFF, ADMINS),
    ("views", STAFF, STAFF),
    ("webhooks", ADMINS, ADMINS),
    ("exports", DISPATCHERS, DISPATCHERS),
    ("imports", ADMINS, ADMINS),
]:
    LARGE_TABLE |= {
        ("GET", f"/v1/{_name}"): _read,
        ("POST", f"/v1/{_name}"): _write,
        ("GET", f"/v1/{_name}/{{id}}"): _read,
        ("PATCH", f"/v1/{_name}/{{id}}"): _write,
        ("DELETE", f"/v1/{_name}/{{id}}"): _write,
        ("POST", f"/v1/{_name}/{{id}}/test"): _write,
    }
for _part, _read, _write in [
    ("attachments", EVERYBODY, EVERYBODY),
    ("links", STAFF, STAFF),
    ("tags", STAFF, STAFF),
    ("time-entries", STAFF, STAFF),
]:
    LARGE_TABLE |= {
        ("GET", f"/v1/tickets/{{ticket_id}}/{_part}"): _read,
        ("POST", f"/v1/tickets/{{ticket_id}}/{_part}"): _write,
        ("GET", f"/v1/tickets/{{ticket_id}}/{_part}/{{id}}"): _read,
        ("DELETE", f"/v1/tickets/{{ticket_id}}/{_part}/{{id}}"): _write,
    }
LARGE_TABLE |= {
    ("POST", "/v1/tickets/bulk"): STAFF,
    ("POST", "/v1/tickets/{ticket_id}/merge"): DISPATCHERS,
    ("POST", "/v1/tickets/{ticket_id}/split"): DISPATCHERS,
    ("GET", "/v1/tickets/{ticket_id}/similar"): STAFF,
    ("GET", "/v1/tickets/{ticket_id}/sla"): STAFF,
    ("POST", "/v1/tickets/{ticket_id}/rating"): frozenset({Role.CUSTOMER}),
    ("GET", "/v1/tickets/{ticket_id}/rating"): EVERYBODY,
    ("GET", "/v1/tickets/{ticket_id}/links/{id}/history"): STAFF,
    ("POST", "/v1/calendars/{id}/holidays"): ADMINS,
    ("DELETE", "/v1/calendars/{id}/holidays/{day}"): ADMINS,
    ("GET", "/v1/public/{workspace}"): PUBLIC,
    ("POST", "/v1/public/{workspace}/signup"): PUBLIC,
    ("POST", "/v1/users/{user_id}/erase"): ADMINS,
    ("POST", "/v1/users/{user_id}/invite"): ADMINS,
    ("POST", "/v1/users/{user_id}/sessions"): ADMINS,
    ("GET", "/v1/users/{user_id}/personal-data"): ADMINS,
    ("POST", "/v1/invitations/{id}/resend"): ADMINS,
    ("GET", "/v1/audit-log"): ADMINS,
    ("GET", "/v1/audit-log/verify"): ADMINS,
    ("POST", "/v1/auth/password/change"): EVERYBODY,
    ("POST", "/v1/auth/password/forgot"): PUBLIC,
    ("POST", "/v1/auth/password/reset"): PUBLIC,
    ("POST", "/v1/auth/totp"): EVERYBODY,
    ("DELETE", "/v1/auth/totp"): EVERYBODY,
    ("POST", "/v1/auth/totp/confirm"): EVERYBODY,
    ("POST", "/v1/auth/logout-everywhere"): EVERYBODY,
    ("GET", "/v1/webhooks/{id}/deliveries"): ADMINS,
    ("POST", "/v1/webhooks/{id}/deliveries/{delivery_id}/redeliver"): ADMINS,
    ("POST", "/v1/webhooks/{id}/rotate-secret"): ADMINS,
    ("GET", "/v1/notifications"): EVERYBODY,
    ("POST", "/v1/notifications/{id}/read"): EVERYBODY,
    ("GET", "/v1/notifications/preferences"): EVERYBODY,
    ("PATCH", "/v1/notifications/preferences"): EVERYBODY,
    ("GET", "/v1/dashboard"): STAFF,
    ("GET", "/v1/analytics/dashboard"): DISPATCHERS,
    ("GET", "/v1/analytics/agents/{id}"): STAFF,
    ("GET", "/v1/analytics/sla"): DISPATCHERS,
    ("GET", "/v1/analytics/series"): DISPATCHERS,
    ("GET", "/v1/events"): STAFF,
}


@pytest.mark.parametrize("role", Role)
def test_the_policy_fits_and_is_right_with_two_hundred_routes(role: Role) -> None:
    assert len(LARGE_TABLE) > 200

    covered = cover(role, LARGE_TABLE)

    wrong = [
        (method, path)
        for (method, path), access in LARGE_TABLE.items()
        if access != PUBLIC and covered.permits(method + re.sub(r"{\w+}", UUID, path)) != (role in access)
    ]
    assert wrong == []
    assert covered.size() < MAX_POLICY


@pytest.mark.parametrize("role", Role)
def test_the_policy_fits_today(role: Role) -> None:
    assert len(json.dumps(document(role, METHOD_ARN))) < MAX_POLICY


def test_routes_that_no_wildcard_can_tell_apart_are_refused_when_the_policy_is_made() -> None:
    routes: dict[Route, Access] = {
        ("GET", "/v1/t/{id}"): EVERYBODY,
        ("GET", "/v1/t/{id}/c/{cid}"): ADMINS,
        ("GET", "/v1/t/{id}/c/{cid}/x"): EVERYBODY,
    }
    assert cover(Role.ADMIN, routes).allow
    with pytest.raises(ValueError, match="no policy of customer can tell GET/v1/t/"):
        cover(Role.CUSTOMER, routes)


def test_the_policy_is_the_shortest_that_is_right() -> None:
    routes: dict[Route, Access] = {("GET", f"/v1/{name}"): EVERYBODY for name in "abcdef"}
    routes |= {("GET", "/v1/reports"): ADMINS, ("GET", "/v1/reports/{id}"): EVERYBODY}

    assert cover(Role.AGENT, routes) == (("GET/*",), ("GET/v1/reports",))
    assert cover(Role.ADMIN, routes) == (("GET/*",), ())


# The table itself.


def test_every_route_is_public_or_has_a_caller() -> None:
    assert all(access == PUBLIC or access for access in CALLERS.values())
    assert all(access == PUBLIC or Role.ADMIN in access for access in CALLERS.values())


def test_the_public_routes_are_these() -> None:
    assert public_routes() == {
        ("GET", "/app"),
        ("GET", "/app/{name}"),
        ("GET", "/assets/{name}"),
        ("GET", "/docs"),
        ("GET", "/health"),
        ("GET", "/rate"),
        ("GET", "/redoc"),
        ("GET", "/unsubscribe"),
        ("POST", "/unsubscribe"),
        ("GET", "/v1/health/ready"),
        ("GET", "/v1/openapi.json"),
        ("POST", "/v1/auth/login"),
        ("POST", "/v1/auth/oidc/finish"),
        ("POST", "/v1/auth/oidc/start"),
        ("POST", "/v1/auth/password/forgot"),
        ("POST", "/v1/auth/password/reset"),
        ("POST", "/v1/auth/refresh"),
        ("POST", "/v1/auth/register"),
        ("POST", "/v1/auth/totp/verify"),
        ("POST", "/v1/auth/verify-email"),
        ("POST", "/v1/invitations/accept"),
        ("POST", "/v1/inbound/{integration_id}"),
        ("GET", "/v1/public/{workspace}"),
        ("GET", "/v1/public/{workspace}/categories"),
        ("GET", "/v1/public/{workspace}/custom-fields"),
        ("GET", "/v1/public/{workspace}/form"),
        ("POST", "/v1/public/{workspace}/form"),
        ("POST", "/v1/public/{workspace}/signup"),
        ("GET", "/v1/public/{workspace}/status"),
        ("POST", "/v1/public/{workspace}/status"),
        ("POST", "/v1/public/{workspace}/ticket-status"),
        ("POST", "/v1/public/{workspace}/tickets"),
        ("POST", "/v1/ratings"),
        ("POST", "/v1/ratings/look-up"),
    }


def test_what_is_for_admins_alone() -> None:
    assert {route for route, roles in PRIVATE.items() if roles == ADMINS} == {
        ("DELETE", "/v1/api-keys/{api_key_id}"),
        ("DELETE", "/v1/calendars/{calendar_id}"),
        ("PATCH", "/v1/calendars/{calendar_id}"),
        ("POST", "/v1/calendars"),
        ("POST", "/v1/calendars/{calendar_id}/holidays"),
        ("DELETE", "/v1/sla-policies/{policy_id}"),
        ("PATCH", "/v1/sla-policies/{policy_id}"),
        ("POST", "/v1/sla-policies"),
        ("POST", "/v1/sla-policies/reorder"),
        ("POST", "/v1/sla-policies/{policy_id}/test"),
        ("DELETE", "/v1/webhooks/{webhook_id}"),
        ("GET", "/v1/webhooks"),
        ("GET", "/v1/webhooks/event-types"),
        ("GET", "/v1/webhooks/{webhook_id}"),
        ("GET", "/v1/webhooks/{webhook_id}/deliveries"),
        ("PATCH", "/v1/webhooks/{webhook_id}"),
        ("POST", "/v1/webhooks"),
        ("POST", "/v1/webhooks/{webhook_id}/deliveries/{delivery_id}/redeliver"),
        ("POST", "/v1/webhooks/{webhook_id}/redeliver"),
        ("POST", "/v1/webhooks/{webhook_id}/rotate-secret"),
        ("POST", "/v1/webhooks/{webhook_id}/test"),
        ("DELETE", "/v1/categories/{category_id}"),
        ("PATCH", "/v1/categories/{category_id}"),
        ("POST", "/v1/categories"),
        ("DELETE", "/v1/custom-fields/{field_id}"),
        ("PATCH", "/v1/custom-fields/{field_id}"),
        ("POST", "/v1/custom-fields"),
        ("GET", "/v1/imports"),
        ("GET", "/v1/imports/{import_id}"),
        ("POST", "/v1/imports"),
        ("POST", "/v1/imports/{import_id}/start"),
        ("DELETE", "/v1/integrations/{integration_id}"),
        ("GET", "/v1/integrations"),
        ("GET", "/v1/integrations/{integration_id}"),
        ("PATCH", "/v1/integrations/{integration_id}"),
        ("POST", "/v1/integrations"),
        ("POST", "/v1/integrations/{integration_id}/rotate-secret"),
        ("DELETE", "/v1/invitations/{invitation_id}"),
        ("DELETE", "/v1/organisations/{organisation_id}"),
        ("DELETE", "/v1/mailboxes/{mailbox_id}"),
        ("PATCH", "/v1/mailboxes/{mailbox_id}"),
        ("POST", "/v1/mailboxes"),
        ("GET", "/v1/mail-templates"),
        ("DELETE", "/v1/mail-templates/{kind}/{language}"),
        ("GET", "/v1/mail-templates/{kind}/{language}"),
        ("PUT", "/v1/mail-templates/{kind}/{language}"),
        ("POST", "/v1/mail-templates/{kind}/{language}/preview"),
        ("DELETE", "/v1/rules/{rule_id}"),
        ("PATCH", "/v1/rules/{rule_id}"),
        ("POST", "/v1/rules"),
        ("POST", "/v1/rules/reorder"),
        ("POST", "/v1/rules/test"),
        ("POST", "/v1/rules/{rule_id}/test"),
        ("DELETE", "/v1/teams/{team_id}/members/{user_id}"),
        ("DELETE", "/v1/tickets/{ticket_id}"),
        ("GET", "/v1/api-keys"),
        ("GET", "/v1/api-keys/{api_key_id}"),
        ("GET", "/v1/audit-log"),
        ("GET", "/v1/audit-log/verify"),
        ("PATCH", "/v1/organisations/{organisation_id}"),
        ("PATCH", "/v1/teams/{team_id}"),
        ("PATCH", "/v1/users/{user_id}"),
        ("PATCH", "/v1/workspace"),
        ("DELETE", "/v1/users/{user_id}/oidc"),
        ("DELETE", "/v1/workspace/oidc"),
        ("GET", "/v1/workspace/oidc"),
        ("PATCH", "/v1/workspace/oidc"),
        ("POST", "/v1/api-keys"),
        ("GET", "/v1/invitations"),
        ("POST", "/v1/invitations"),
        ("POST", "/v1/invitations/{invitation_id}/resend"),
        ("POST", "/v1/organisations"),
        ("POST", "/v1/teams"),
        ("POST", "/v1/teams/{team_id}/members"),
        ("POST", "/v1/tickets/{ticket_id}/restore"),
        ("POST", "/v1/tickets/{ticket_id}/unarchive"),
        ("POST", "/v1/users"),
        ("POST", "/v1/users/{user_id}/deactivate"),
        ("POST", "/v1/users/{user_id}/totp/reset"),
        ("POST", "/v1/users/{user_id}/erase"),
        ("GET", "/v1/users/{user_id}/erasure"),
        ("POST", "/v1/users/{user_id}/export"),
    }


def test_case_18_customers_reach_no_staff_verb() -> None:
    open_to_customers = {
        path.rsplit("/")[-1] for (m, path), roles in PRIVATE.items() if Role.CUSTOMER in roles
    }
    staff_verbs = {
        "archive",
        "assign",
        "bulk",
        "pause",
        "reclassify",
        "resolve",
        "restore",
        "resume",
        "transfer",
        "unarchive",
    }
    assert open_to_customers.isdisjoint(staff_verbs | {"deactivate", "users", "teams", "workspace"})


def test_a_route_that_is_not_in_the_table_is_neither_public_nor_private() -> None:
    for ask in (roles_for, is_public):
        with pytest.raises(KeyError):
            ask("GET", "/v1/unheard-of")


def test_a_public_route_has_no_roles_to_ask_for() -> None:
    assert roles_for("GET", "/v1/users") == STAFF
    with pytest.raises(ValueError, match="is public"):
        roles_for("GET", "/health")
