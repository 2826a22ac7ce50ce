"""Rule 5: routes are private unless this list says otherwise, and the table of access knows them all."""

from chalice.app import ChaliceAuthorizer

from app import app
from chalicelib.api import access

PUBLIC = {
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


def routes() -> dict[tuple[str, str], object]:
    return {
        (method, path): entry for path, methods in app.routes.items() for method, entry in methods.items()
    }


def test_the_table_of_access_holds_the_routes_of_the_app_and_no_other() -> None:
    assert set(access.ROUTES) == set(routes())


def test_the_public_routes_are_these() -> None:
    assert access.public_routes() == PUBLIC


def test_whatever_is_not_public_has_the_authorizer() -> None:
    guarded = {route for route, entry in routes().items() if isinstance(entry.authorizer, ChaliceAuthorizer)}
    assert guarded == set(routes()) - PUBLIC


def test_browsers_may_call_every_route() -> None:
    assert {route for route, entry in routes().items() if entry.cors is None} == set()
