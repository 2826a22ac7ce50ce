"""A workspace that requires two-step sign-in of its staff: without it one can only set it up."""

from typing import Any

import pytest

from chalicelib.api import access
from chalicelib.api.endpoint import Endpoint
from tests.support.api import Api, Reply
from tests.support.authenticator import Device, begin, enrol, login
from tests.support.cast import Cast
from tests.support.database import Database
from tests.support.for_each import for_each
from tests.support.specimens import is_public, name_of, routes
from tests.support.world import World

BEFORE = {
    "GET /v1/auth/me", "GET /v1/auth/totp", "POST /v1/auth/logout", "POST /v1/auth/totp",
    "POST /v1/auth/totp/confirm",
}  # fmt: skip
PRIVATE = [endpoint for endpoint in routes() if not is_public(endpoint)]


def require(api: Api, cast: Cast, of: str = "staff") -> Reply:
    return api.with_token(cast.ada.token).patch("/v1/workspace", {"two_step_required_of": of})


@pytest.fixture
def adas(api: Api, cast: Cast, database: Database) -> Device:
    """Ada has set it up, and requires it."""
    device = enrol(api, database, cast.ada)
    assert require(api, cast).status == 200
    return device


class TestSetting:
    def test_nobody_must_at_first(self, api: Api, cast: Cast) -> None:
        assert api.with_token(cast.ben.token).get("/v1/workspace").json["two_step_required_of"] == "nobody"

    def test_who_requires_it_has_it(self, api: Api, cast: Cast, database: Database) -> None:
        assert (require(api, cast).status, require(api, cast).code) == (409, "CONFLICT")
        enrol(api, database, cast.ada)

        assert require(api, cast).json["two_step_required_of"] == "staff"

    def test_it_is_told_in_the_log(self, api: Api, cast: Cast, adas: Device, database: Database) -> None:
        entry = database.rows("SELECT action, before, after FROM audit_log ORDER BY sequence DESC LIMIT 1")[0]

        assert entry == {
            "action": "workspace.changed",
            "before": {"two_step_required_of": "nobody"},
            "after": {"two_step_required_of": "staff"},
        }

    @for_each("value", ["everybody", "", None, True, "STAFF "])
    def test_it_is_one_of_two_words(self, api: Api, cast: Cast, value: Any) -> None:
        reply = api.with_token(cast.ada.token).patch("/v1/workspace", {"two_step_required_of": value})

        assert (reply.status, reply.json["errors"][0]["field"]) == (422, "two_step_required_of")

    def test_where_it_is_required_nobody_of_the_staff_turns_theirs_off(
        self, api: Api, cast: Cast, adas: Device
    ) -> None:
        proof = {"current_password": cast.ada.password, "code": adas.code()}
        hers = api.with_token(cast.ada.token)

        assert hers.post("/v1/auth/totp/disable", proof).status == 403
        assert require(api, cast, "nobody").status == 200
        assert hers.post("/v1/auth/totp/disable", proof).status == 204

    def test_another_device_may_take_its_place(self, api: Api, cast: Cast, adas: Device) -> None:
        assert begin(api.with_token(cast.ada.token), cast.ada, code=adas.code()).status == 200


class TestStaff:
    def test_an_open_session_can_do_nothing_else_at_once(
        self, api: Api, cast: Cast, database: Database
    ) -> None:
        ana = api.with_token(login(api, cast.ana).json["access_token"])
        assert ana.get("/v1/tickets").status == 200
        enrol(api, database, cast.ada)
        require(api, cast)

        refused = ana.get("/v1/tickets")

        assert (refused.status, refused.code) == (403, "FORBIDDEN")
        assert refused.json["two_step_enrolment_required"] is True
        assert ana.get("/v1/auth/totp").json["required"] is True

    def test_signing_in_says_so_and_so_does_refreshing(self, api: Api, cast: Cast, adas: Device) -> None:
        signed_in = login(api, cast.ana).json
        renewed = api.post("/v1/auth/refresh", {"refresh_token": signed_in["refresh_token"]}).json

        assert signed_in["two_step_enrolment_required"] is True
        assert renewed["two_step_enrolment_required"] is True
        assert api.with_token(renewed["access_token"]).get("/v1/tickets").status == 403

    def test_once_set_up_the_same_session_does_all(
        self, api: Api, cast: Cast, adas: Device, database: Database
    ) -> None:
        signed_in = login(api, cast.ana).json

        enrol(api, database, cast.ana, signed_in["access_token"])

        assert api.with_token(signed_in["access_token"]).get("/v1/tickets").status == 200
        renewed = api.post("/v1/auth/refresh", {"refresh_token": signed_in["refresh_token"]}).json
        assert "two_step_enrolment_required" not in renewed

    def test_who_has_it_notices_nothing(self, api: Api, cast: Cast, adas: Device) -> None:
        signed_in = login(api, cast.ada, totp_code=adas.code()).json

        assert "two_step_enrolment_required" not in signed_in
        assert api.with_token(signed_in["access_token"]).get("/v1/users").status == 200

    def test_customers_go_on_as_before(self, api: Api, cast: Cast, adas: Device) -> None:
        carol = login(api, cast.carol).json

        assert "two_step_enrolment_required" not in carol
        assert api.with_token(carol["access_token"]).get("/v1/tickets").status == 200
        assert api.with_token(carol["access_token"]).get("/v1/auth/totp").json["required"] is False

    def test_a_customer_who_becomes_staff_must_at_once(self, api: Api, cast: Cast, adas: Device) -> None:
        api.with_token(cast.ada.token).patch(f"/v1/users/{cast.carol.id}", {"role": "agent"})
        carol = api.with_token(login(api, cast.carol).json["access_token"])

        assert carol.get("/v1/tickets").status == 403

    def test_an_invited_one_comes_in_to_set_it_up(
        self, api: Api, cast: Cast, adas: Device, database: Database, post: Any
    ) -> None:
        invited = {"email": "eve@acme.example", "name": "Eve", "role": "agent"}
        api.with_token(cast.ada.token).post("/v1/invitations", invited)
        accepted = api.post(
            "/v1/invitations/accept",
            {"token": post.token("eve@acme.example"), "password": "amber ladder cloud"},
        ).json
        eve = api.with_token(accepted["access_token"])

        assert accepted["two_step_enrolment_required"] is True
        assert eve.get("/v1/tickets").status == 403
        assert eve.post("/v1/auth/totp", {"current_password": "amber ladder cloud"}).status == 200

    def test_whose_step_was_reset_must_set_it_up_again(
        self, api: Api, cast: Cast, adas: Device, database: Database
    ) -> None:
        enrol(api, database, cast.ana, login(api, cast.ana).json["access_token"])
        api.with_token(cast.ada.token).post(f"/v1/users/{cast.ana.id}/totp/reset")

        assert login(api, cast.ana).json["two_step_enrolment_required"] is True

    def test_other_workspaces_are_as_they_were(self, api: Api, cast: Cast, adas: Device) -> None:
        assert api.with_token(cast.mallory.token).get("/v1/users").status == 200

    def test_api_keys_sign_in_with_no_steps(self, api: Api, cast: Cast, adas: Device) -> None:
        body = {"name": "Robot", "role": "agent", "scopes": ["read"]}
        key = api.with_token(cast.ada.token).post("/v1/api-keys", body).json["key"]

        assert api.with_token(key).get("/v1/tickets").status == 200


class TestVouched:
    """A session that an identity provider began: the second step is for the provider to ask for."""

    @pytest.fixture
    def session(self, api: Api, cast: Cast, adas: Device, database: Database) -> dict[str, Any]:
        session = login(api, cast.ana).json
        database.run("UPDATE refresh_tokens SET vouched = true WHERE user_id = :u", u=cast.ana.id)
        database.run(
            """
            INSERT INTO oidc_providers (workspace_id, issuer, client_id, scopes, redirect_uris,
                authorization_endpoint, token_endpoint, jwks_uri, client_authentication)
            SELECT :w, e, 'mesa', '{openid}', ARRAY[e || '/back'], e, e, e, 'client_secret_basic'
            FROM (VALUES ('https://login.acme.example')) AS provider(e)
            """,
            w=cast.acme,
        )
        return dict(session)

    def test_it_does_all(self, api: Api, session: dict[str, Any]) -> None:
        assert api.with_token(session["access_token"]).get("/v1/tickets").status == 200

    def test_so_do_its_successors(self, api: Api, session: dict[str, Any]) -> None:
        renewed = api.post("/v1/auth/refresh", {"refresh_token": session["refresh_token"]}).json

        assert "two_step_enrolment_required" not in renewed
        assert api.with_token(renewed["access_token"]).get("/v1/tickets").status == 200

    @pytest.mark.parametrize(
        "gone", ["DELETE FROM oidc_providers", "UPDATE oidc_providers SET enabled = false"]
    )
    def test_a_provider_that_nobody_signs_in_with_any_more_answers_for_none(
        self, api: Api, session: dict[str, Any], database: Database, gone: str
    ) -> None:
        database.run(gone)

        assert api.with_token(session["access_token"]).get("/v1/tickets").status == 403

    def test_another_session_of_the_same_person_does_not(
        self, api: Api, cast: Cast, session: dict[str, Any]
    ) -> None:
        own = login(api, cast.ana).json

        assert api.with_token(own["access_token"]).get("/v1/tickets").status == 403


@for_each("endpoint", PRIVATE, ids=name_of)
def test_every_other_route_is_refused_before_anything_happens(
    shared_world: World, endpoint: Endpoint
) -> None:
    """Walked from the route table, so that a new route is refused too."""
    world = shared_world
    world.database.run("UPDATE workspaces SET two_step_required_of = 'staff'")
    world.database.run("UPDATE rate_limits SET hits = 0")
    may = access.roles_for(endpoint.method, endpoint.path)

    if name_of(endpoint) not in BEFORE:
        with world.unchanged():
            for role, person in world.roles.items():
                if role in may and role != "customer":
                    reply = world.call(person.token, endpoint)
                    assert (reply.status, reply.json.get("two_step_enrolment_required")) == (403, True), role
