"""Signing in with the workspace's OpenID provider: who comes in, as whom, in which role."""

from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest

from tests.support.for_each import for_each
from tests.support.forged_provider import BACK, CLIENT, SECRET, jwk, key_for
from tests.support.oidc_desk import OidcDesk
from tests.support.service_desk import ServiceDesk


class TestTheWayThere:
    def test_the_browser_is_sent_with_a_state_a_nonce_and_a_challenge(self, oidc: OidcDesk) -> None:
        oidc.set_up(scopes=["email", "groups"])

        started = oidc.start().json

        query = urlsplit(started["authorization_url"]).query
        asked = {name: values[0] for name, values in parse_qs(query).items()}
        assert started["authorization_url"].startswith(f"{oidc.provider.url}/authorize?from=mesa&")
        assert started["expires_in"] == 600
        assert asked.pop("state") == started["state"]
        assert len(asked.pop("nonce")) == len(asked.pop("code_challenge")) == 43
        assert asked == {
            "from": "mesa",
            "response_type": "code",
            "client_id": CLIENT,
            "redirect_uri": BACK,
            "scope": "openid email groups",
            "code_challenge_method": "S256",
        }

    def test_nothing_that_is_kept_is_of_use_to_who_reads_it(self, oidc: OidcDesk) -> None:
        oidc.set_up(client_secret=SECRET)
        body = oidc.went_there()
        nonce = oidc.provider.asked["nonce"]

        kept = str(oidc.database.rows("SELECT * FROM oidc_sign_ins")) + str(
            oidc.database.rows("SELECT * FROM oidc_providers")
        )

        assert not [value for value in (body["state"], body["binding"], nonce, SECRET) if value in kept]
        assert oidc.finish(body).status == 200
        assert oidc.provider.redeemed[0]["code_verifier"] not in kept

    def test_no_two_are_alike(self, oidc: OidcDesk) -> None:
        oidc.set_up()
        one, other = oidc.start().json, oidc.start().json
        assert one["state"] != other["state"]
        assert one["binding"] != other["binding"]
        assert one["state"] != one["binding"]

    def test_one_goes_back_only_where_the_workspace_allows(self, oidc: OidcDesk) -> None:
        other = "http://127.0.0.1:5173/back"
        oidc.set_up(redirect_uris=[BACK, other])

        assert f"redirect_uri={'http%3A%2F%2F127.0.0.1%3A5173%2Fback'}" in oidc.start(redirect_uri=other).text
        for elsewhere in (f"{BACK}/", f"{BACK}?a=b", "https://evil.example/back"):
            assert oidc.start(redirect_uri=elsewhere).status == 422

    @pytest.mark.parametrize("workspace", ["nowhere", "globex", "acme"])
    def test_without_a_provider_a_workspace_is_as_good_as_none(self, oidc: OidcDesk, workspace: str) -> None:
        oidc.set_up(enabled=False)

        reply = oidc.start(workspace)

        assert (reply.status, reply.code) == (404, "NOT_FOUND")
        assert reply.json["detail"] == oidc.start("nobody").json["detail"]

    def test_it_is_throttled_by_address(self, oidc: OidcDesk) -> None:
        oidc.set_up()
        statuses = [oidc.start().status for _ in range(31)]
        assert statuses == [200] * 30 + [429]


class TestTheWayBack:
    @pytest.mark.parametrize(
        ("offered", "secret"),
        [
            (["client_secret_basic", "client_secret_post"], SECRET),
            (["client_secret_post"], SECRET),
            (None, SECRET),
            (["none"], None),
        ],
    )
    def test_a_code_is_changed_with_its_verifier_and_the_clients_own_secret(
        self, oidc: OidcDesk, offered: list[str] | None, secret: str | None
    ) -> None:
        oidc.provider.document = {"token_endpoint_auth_methods_supported": offered}
        oidc.set_up(client_secret=secret)

        assert oidc.sign_in().status == 200

        (form,) = oidc.provider.redeemed
        authorization = form.pop("authorization")
        assert form.pop("grant_type") == "authorization_code"
        assert (form.pop("redirect_uri"), form.pop("code")) == (BACK, "code-0")
        assert len(form.pop("code_verifier")) == 64
        if offered == ["client_secret_post"]:
            assert form == {"client_id": CLIENT, "client_secret": SECRET}
        elif secret:
            assert form == {}
            assert authorization == "Basic bWVzYS1jbGllbnQ6YStzZWNyZXQrb2YrdGhlK3Byb3ZpZGVyJTI3cw=="
        else:
            assert (form, authorization) == ({"client_id": CLIENT}, "")

    @pytest.mark.parametrize("algorithm", ["RS256", "ES256", "EdDSA"])
    def test_signatures_of_each_algorithm_are_known(self, oidc: OidcDesk, algorithm: str) -> None:
        oidc.provider.algorithm, oidc.provider.key = algorithm, key_for(algorithm)
        oidc.provider.keys = [jwk(oidc.provider.key, "one")]
        oidc.set_up()

        assert oidc.sign_in().status == 200

    def test_the_session_is_one_like_any_other(self, oidc: OidcDesk) -> None:
        oidc.set_up()

        tokens = oidc.sign_in().json

        ana = oidc.api.with_token(tokens["access_token"])
        assert ana.get("/v1/auth/me").json["email"] == "ana@acme.example"
        assert tokens["user"]["role"] == "agent"
        assert oidc.api.post("/v1/auth/refresh", {"refresh_token": tokens["refresh_token"]}).status == 200
        assert ana.post("/v1/auth/logout", {}).status == 204

    def test_keys_are_asked_for_once_and_again_when_they_were_rotated(self, oidc: OidcDesk) -> None:
        oidc.set_up()
        first = [oidc.sign_in().status for _ in range(2)]
        oidc.provider.kid, oidc.provider.key = "two", key_for("RS256", 1)
        oidc.provider.keys.append(jwk(oidc.provider.key, "two"))
        second = [oidc.sign_in().status for _ in range(2)]

        assert first + second == [200] * 4
        assert [asked.path for asked in oidc.provider.heard].count("/jwks") == 2

    @pytest.mark.parametrize("sends", [True, False])
    def test_an_issuer_that_names_itself_is_heard(self, oidc: OidcDesk, sends: bool) -> None:
        oidc.provider.document = {"authorization_response_iss_parameter_supported": sends}
        oidc.set_up()

        assert oidc.finish({**oidc.went_there(), "iss": oidc.provider.issuer}).status == 200

    def test_it_is_in_the_audit_log(self, oidc: OidcDesk) -> None:
        oidc.set_up()
        oidc.sign_in()
        rows = oidc.database.rows("SELECT action, actor_id, after FROM audit_log ORDER BY id")

        assert [row["action"] for row in rows] == ["oidc.changed", "oidc.linked", "sign_in.succeeded"]
        assert rows[-1]["actor_id"] == oidc.cast.ana.id
        assert rows[-1]["after"] == {"method": "oidc"}


class TestWho:
    def test_one_is_known_by_the_subject_from_the_second_time_on(self, oidc: OidcDesk) -> None:
        oidc.set_up()
        first = oidc.sign_in().json["user"]
        second = oidc.sign_in(email="renamed@elsewhere.example", email_verified=False).json["user"]

        assert first["id"] == second["id"] == str(oidc.cast.ana.id)
        assert second["email"] == "ana@acme.example"
        assert oidc.actions().count("oidc.linked") == 1

    def test_an_email_that_changed_hands_lets_nobody_in(self, oidc: OidcDesk) -> None:
        oidc.set_up()
        oidc.sign_in()

        reply = oidc.sign_in(sub="s-2")

        assert (reply.status, oidc.reason()) == (403, "another_subject")

    @for_each(
        "person, reason",
        [
            ({"email_verified": False}, "email_not_verified"),
            ({"email_verified": None}, "email_not_verified"),
            ({"email_verified": "false"}, "email_not_verified"),
            ({"email_verified": "yes"}, "email_not_verified"),
            ({"email_verified": [True]}, "email_not_verified"),
            ({"email_verified": {}}, "email_not_verified"),
            ({"email": None}, "no_email"),
            ({"email": ""}, "no_email"),
            ({"email": ["ana@acme.example"]}, "no_email"),
            ({"email": "ana@acme.example\r\nBcc: all@acme.example"}, "no_email"),
            ({"email": "ana"}, "no_email"),
        ],
    )
    def test_only_a_verified_email_says_who_one_is(
        self, oidc: OidcDesk, person: dict[str, Any], reason: str
    ) -> None:
        oidc.set_up(create_users=True, default_role="agent")
        before = len(oidc.actions())

        reply = oidc.sign_in(**{"email": "ana@acme.example", "email_verified": True, **person})

        assert (reply.status, reply.code, oidc.reason()) == (403, "FORBIDDEN", reason)
        assert oidc.actions()[before:] == ["sign_in.failed"]
        assert oidc.database.value("SELECT count(*) FROM oidc_identities") == 0

    @pytest.mark.parametrize("told", [True, "true", 1, "1"])
    def test_a_provider_may_say_it_its_own_way(self, oidc: OidcDesk, told: Any) -> None:
        oidc.set_up(email_verified_claim="xms_edov")
        assert oidc.sign_in(email_verified=None, xms_edov=told).status == 200

    def test_emails_are_one_whatever_their_spelling(self, oidc: OidcDesk) -> None:
        oidc.set_up()
        assert oidc.sign_in(email="ANA@Acme.Example").json["user"]["id"] == str(oidc.cast.ana.id)

    def test_a_link_that_is_forgotten_is_made_anew(self, oidc: OidcDesk) -> None:
        oidc.set_up()
        first = oidc.sign_in().json
        ada = oidc.api.with_token(oidc.cast.ada.token)

        assert ada.delete(f"/v1/users/{oidc.cast.ana.id}/oidc").status == 204

        assert oidc.api.with_token(first["access_token"]).get("/v1/auth/me").status == 401
        assert oidc.sign_in(sub="s-2").json["user"]["id"] == str(oidc.cast.ana.id)
        assert oidc.actions().count("oidc.unlinked") == 1
        assert ada.delete(f"/v1/users/{oidc.cast.ben.id}/oidc").status == 404

    def test_domains_that_are_not_allowed_do_not_come_in(self, oidc: OidcDesk) -> None:
        oidc.set_up(email_domains=["ACME.example"])
        assert oidc.sign_in().status == 200
        reply = oidc.sign_in(sub="s-9", email="carol@customers.example")
        assert (reply.status, oidc.reason()) == (403, "email_domain")

    def test_the_same_subject_of_another_workspace_is_somebody_else(self, oidc: OidcDesk) -> None:
        oidc.set_up()
        oidc.set_up(oidc.cast.mallory, create_users=True, default_role="agent")
        oidc.sign_in()

        there = oidc.sign_in("globex").json["user"]

        assert there["workspace"]["slug"] == "globex"
        assert there["id"] != str(oidc.cast.ana.id)

    @pytest.mark.parametrize(("status", "person"), [("deactivated", "ana"), ("deactivated", "linked")])
    def test_who_was_deactivated_stays_outside(self, oidc: OidcDesk, status: str, person: str) -> None:
        oidc.set_up(create_users=True, default_role="agent")
        if person == "linked":
            oidc.sign_in()
        oidc.database.run("UPDATE users SET status = :s WHERE id = :i", s=status, i=oidc.cast.ana.id)

        reply = oidc.sign_in()

        assert (reply.status, oidc.reason()) == (403, "deactivated")
        assert oidc.user("ana@acme.example")["status"] == "deactivated"

    def test_who_was_invited_has_accepted(self, oidc: OidcDesk) -> None:
        oidc.set_up()
        ada = oidc.api.with_token(oidc.cast.ada.token)
        invited = ada.post("/v1/users", {"name": "Eve", "email": "eve@acme.example", "role": "agent"})

        reply = oidc.sign_in(sub="eve", email="eve@acme.example")

        assert reply.json["user"]["id"] == invited.json["id"]
        user = oidc.user("eve@acme.example")
        assert (user["status"], user["email_verified_at"] is not None) == ("active", True)
        assert ada.get("/v1/invitations").json["items"][0]["status"] == "accepted"
        assert "invitation.accepted" in oidc.actions()

    def test_the_mailbox_of_who_is_linked_is_proved(self, oidc: OidcDesk) -> None:
        oidc.set_up()
        assert oidc.user("carol@customers.example")["email_verified_at"] is None

        assert oidc.sign_in(sub="carol", email="carol@customers.example").status == 200

        assert oidc.user("carol@customers.example")["email_verified_at"] is not None

    @pytest.mark.parametrize(("creates", "expected"), [(True, 200), (False, 403)])
    def test_who_only_wrote_before_has_an_account_where_accounts_are_made(
        self, oidc: OidcDesk, creates: bool, expected: int
    ) -> None:
        oidc.set_up(create_users=creates)
        body = {
            "name": "Nadia",
            "email": "nadia@people.example",
            "subject": "No paper",
            "description": "On floor two, since Monday.",
        }
        body |= {"description": "On floor two, since Monday."}
        assert oidc.api.post("/v1/public/acme/tickets", body).status == 201

        reply = oidc.sign_in(sub="n", email="nadia@people.example")

        assert reply.status == expected
        user = oidc.user("nadia@people.example")
        assert (user["role"], user["status"]) == ("customer", "active" if creates else "contact")


class TestNewUsers:
    NEW: dict[str, Any] = {"sub": "new", "email": "new@acme.example", "name": "  New\n\x00 Person "}  # noqa: RUF012

    def test_they_are_made_where_the_workspace_says_so(self, oidc: OidcDesk) -> None:
        oidc.set_up(create_users=True, default_role="agent")

        reply = oidc.sign_in(**self.NEW)

        user = oidc.user("new@acme.example")
        assert (reply.status, reply.json["user"]["name"], reply.json["user"]["role"]) == (
            200,
            "New Person",
            "agent",
        )
        assert (user["status"], user["password_hash"]) == ("active", None)
        assert user["email_verified_at"] is not None
        teams = oidc.api.with_token(oidc.cast.ada.token).get(f"/v1/users/{user['id']}").json["teams"]
        assert [team["name"] for team in teams] == ["Service desk"]
        assert "user.created" in oidc.actions()

    def test_a_customer_joins_the_organisation_of_the_domain(self, oidc: OidcDesk) -> None:
        oidc.set_up(create_users=True, default_role="customer")
        ada = oidc.api.with_token(oidc.cast.ada.token)
        made = ada.post("/v1/organisations", {"name": "Acme", "domains": ["acme.example"]})

        user_id = oidc.sign_in(**self.NEW).json["user"]["id"]

        assert ada.get(f"/v1/users/{user_id}").json["organisation"]["id"] == made.json["id"]

    @pytest.mark.parametrize(
        ("settings", "reason"), [({}, "no_account"), ({"create_users": True}, "no_role")]
    )
    def test_and_nowhere_else(self, oidc: OidcDesk, settings: dict[str, Any], reason: str) -> None:
        oidc.set_up(**settings)

        reply = oidc.sign_in(**self.NEW)

        assert (reply.status, oidc.reason()) == (403, reason)
        assert oidc.database.value("SELECT count(*) FROM users WHERE email = 'new@acme.example'") == 0

    @pytest.mark.parametrize(
        ("claims", "name"),
        [
            ({"name": None, "given_name": "New", "family_name": "Person"}, "New Person"),
            ({"name": None, "preferred_username": "newp"}, "newp"),
            ({"name": None}, "new"),
            ({"name": 7}, "new"),
            ({"name": "\u2028\t"}, "new"),
            ({"name": "N" * 400}, "N" * 150),
        ],
    )
    def test_their_name_is_what_the_provider_calls_them(
        self, oidc: OidcDesk, claims: dict[str, Any], name: str
    ) -> None:
        oidc.set_up(create_users=True, default_role="customer")
        assert oidc.sign_in(**{**self.NEW, **claims}).json["user"]["name"] == name

    def test_a_password_that_they_do_not_have_opens_nothing(self, oidc: OidcDesk) -> None:
        oidc.set_up(create_users=True, default_role="agent")
        oidc.sign_in(**self.NEW)

        reply = oidc.api.post("/v1/auth/login", {"email": "new@acme.example", "password": ""})

        assert reply.status == 401


class TestRoles:
    MAPPING = {"desk-admins": "admin", "desk-leads": "dispatcher", "desk": "agent", "all": "customer"}  # noqa: RUF012

    def mapped(self, oidc: OidcDesk, **more: Any) -> None:
        oidc.set_up(role_claim="groups", role_mapping=self.MAPPING, create_users=True, **more)

    @pytest.mark.parametrize(
        ("groups", "role"),
        [
            (["desk"], "agent"),
            (["all", "desk-leads", "desk"], "dispatcher"),
            ("desk-admins", "admin"),
            (["others", 7, None, "all"], "customer"),
        ],
    )
    def test_the_highest_of_the_claims_counts(self, oidc: OidcDesk, groups: Any, role: str) -> None:
        self.mapped(oidc)
        assert oidc.sign_in(sub="new", email="new@acme.example", groups=groups).json["user"]["role"] == role

    def test_a_role_follows_the_claims_at_each_sign_in(self, oidc: OidcDesk) -> None:
        def teams() -> int:
            sql = "SELECT count(*) FROM team_members WHERE user_id = :u"
            return int(oidc.database.value(sql, u=oidc.cast.ana.id))

        self.mapped(oidc)
        roles = [oidc.sign_in(groups=[group]).json["user"]["role"] for group in ("desk-leads", "desk", "all")]

        assert roles == ["dispatcher", "agent", "customer"]
        assert oidc.actions().count("user.changed") == 3
        assert (
            oidc.database.value("SELECT count(*) FROM team_members WHERE user_id = :u", u=oidc.cast.ana.id)
            == 0
        )
        assert oidc.sign_in(groups=["desk"]).json["user"]["role"] == "agent"
        assert (
            oidc.database.value("SELECT count(*) FROM team_members WHERE user_id = :u", u=oidc.cast.ana.id)
            == 1
        )

    def test_who_is_no_longer_staff_lets_go_of_the_tickets(self, oidc: OidcDesk) -> None:
        self.mapped(oidc)
        desk = ServiceDesk(oidc.api, oidc.cast)
        ticket = desk.networks_ticket(assignee_id=oidc.cast.ana.id)
        desk.as_(oidc.cast.ana).patch("/v1/auth/me", {"away": True})

        assert oidc.sign_in(groups=["desk"]).status == 200
        held = desk.detail(oidc.cast.ada, ticket)
        assert oidc.sign_in(groups=["all"]).status == 200

        assert held["assignee"]["name"] == "Ana"
        left = desk.detail(oidc.cast.ada, ticket)
        assert (left["assignee"], left["timeline"][-1]["action"]) == (None, "unassigned")
        assert left["timeline"][-1]["meta"] == {"reason": "Ana is no longer staff."}
        assert oidc.user("ana@acme.example")["away_since"] is None

    @for_each("groups", [None, [], ["others"], {"desk": True}, 7, [["desk"]]])
    def test_who_has_none_does_not_come_in(self, oidc: OidcDesk, groups: Any) -> None:
        self.mapped(oidc)
        before = len(oidc.actions())

        reply = oidc.sign_in(groups=groups)

        assert (reply.status, oidc.reason()) == (403, "no_role")
        assert oidc.actions()[before:] == ["sign_in.failed"]
        assert oidc.user("ana@acme.example")["role"] == "agent"

    def test_or_comes_in_with_the_default_one(self, oidc: OidcDesk) -> None:
        self.mapped(oidc, default_role="customer")
        assert oidc.sign_in(groups=["others"]).json["user"]["role"] == "customer"

    def test_without_a_mapping_everybody_keeps_the_own(self, oidc: OidcDesk) -> None:
        oidc.set_up(default_role="customer")
        assert oidc.sign_in(groups=["desk-admins"]).json["user"]["role"] == "agent"

    def test_the_only_administrator_stays_one(self, oidc: OidcDesk) -> None:
        self.mapped(oidc)

        reply = oidc.sign_in(sub="ada", email="ada@acme.example", groups=["desk"])

        assert reply.json["user"]["role"] == "admin"
        assert "oidc.role_kept" in oidc.actions()

    def test_one_of_two_does_not(self, oidc: OidcDesk) -> None:
        self.mapped(oidc)
        oidc.sign_in(groups=["desk-admins"])

        reply = oidc.sign_in(sub="ada", email="ada@acme.example", groups=["desk"])

        assert reply.json["user"]["role"] == "agent"

    @pytest.mark.parametrize(
        ("claim", "claims"),
        [
            ("realm_access.roles", {"realm_access": {"roles": ["desk-leads"]}}),
            ("https://acme.example/roles", {"https://acme.example/roles": ["desk-leads"]}),
            ("a.b.c", {"a": {"b": {"c": "desk-leads"}}}),
        ],
    )
    def test_a_claim_is_found_by_its_name_or_its_path(
        self, oidc: OidcDesk, claim: str, claims: dict[str, Any]
    ) -> None:
        oidc.set_up(role_claim=claim, role_mapping=self.MAPPING)
        assert oidc.sign_in(**claims).json["user"]["role"] == "dispatcher"

    def test_an_invited_colleague_comes_in_only_with_a_role(self, oidc: OidcDesk) -> None:
        self.mapped(oidc)
        ada = oidc.api.with_token(oidc.cast.ada.token)
        ada.post("/v1/users", {"name": "Eve", "email": "eve@acme.example", "role": "agent"})

        assert oidc.sign_in(sub="eve", email="eve@acme.example").status == 403
        assert oidc.user("eve@acme.example")["status"] == "invited"
        assert oidc.sign_in(groups=["desk-leads"]).json["user"]["role"] == "dispatcher"
