"""The provider's settings: set up by administrators alone, its secret never shown, everything in the log."""

from typing import Any

import pytest

from chalicelib.accounts.sealing import Unsealable, unseal
from tests.support.cast import signing_secret
from tests.support.for_each import for_each
from tests.support.forged_provider import BACK, CLIENT, SECRET, Provider
from tests.support.oidc_desk import PATH, OidcDesk


class TestSettingUp:
    def test_what_is_kept_is_what_was_sent_and_what_the_provider_says(self, oidc: OidcDesk) -> None:
        settings = {
            "scopes": ["openid", "email"],
            "role_claim": "groups",
            "role_mapping": {"desk": "agent", "leads": "DISPATCHER"},
            "default_role": "customer",
            "create_users": True,
            "email_domains": ["ACME.example", "acme.example"],
            "email_verified_claim": "xms_edov",
        }
        oidc.provider.document = {"authorization_response_iss_parameter_supported": True}

        shown = oidc.set_up(client_secret=SECRET, **settings).json

        assert {name: shown[name] for name in settings} == {
            **settings,
            "role_mapping": {"desk": "agent", "leads": "dispatcher"},
            "email_domains": ["acme.example"],
        }
        assert shown["issuer"] == oidc.provider.url
        assert shown["token_endpoint"] == f"{oidc.provider.url}/token"
        assert (shown["has_client_secret"], shown["sends_issuer"], shown["enabled"]) == (True, True, True)
        assert oidc.api.with_token(oidc.cast.ada.token).get(PATH).json == shown

    def test_the_first_time_three_things_are_needed(self, oidc: OidcDesk) -> None:
        reply = oidc.change(enabled=True)

        assert (reply.status, reply.code) == (422, "FIELD_REQUIRED")
        assert [each["field"] for each in reply.json["errors"]] == ["issuer", "client_id", "redirect_uris"]
        assert oidc.api.with_token(oidc.cast.ada.token).get(PATH).status == 404

    def test_afterwards_only_what_is_sent_changes_and_nobody_is_called(self, oidc: OidcDesk) -> None:
        before = oidc.set_up(client_secret=SECRET).json
        oidc.provider.heard.clear()

        after = oidc.change(create_users=True, default_role="agent").json

        changed = {name for name in before if before[name] != after[name]}
        assert changed == {"create_users", "default_role", "updated_at"}
        assert oidc.provider.heard == []

    def test_saving_the_issuer_again_reads_its_document_again(self, oidc: OidcDesk) -> None:
        oidc.set_up(client_secret=SECRET)
        oidc.provider.document = {"token_endpoint": f"{oidc.provider.url}/token/v2"}

        after = oidc.change(issuer=oidc.provider.issuer).json

        assert after["token_endpoint"].endswith("/token/v2")
        assert after["has_client_secret"] is True

    @for_each(
        "field, value",
        [
            ("redirect_uris", []),
            ("redirect_uris", ["http://desk.acme.example/back"]),
            ("redirect_uris", ["https://desk.acme.example/#a"]),
            ("redirect_uris", ["https://user@desk.acme.example/"]),
            ("redirect_uris", ["javascript:alert(1)"]),
            ("redirect_uris", ["http://127.0.0.1.evil.example/"]),
            ("redirect_uris", ["https://"]),
            ("redirect_uris", ["https://a b/"]),
            ("redirect_uris", ["https://[::1"]),
            ("role_mapping", {"desk": "owner"}),
            ("role_mapping", {"": "agent"}),
            ("default_role", "owner"),
            ("scopes", ["openid email"]),
            ("scopes", ['a"b']),
            ("email_domains", ["acme"]),
            ("email_domains", ["@acme.example"]),
            ("client_id", "a\nb"),
            ("client_secret", "a\r\nb"),
            ("issuer", ""),
            ("workspace_id", "x"),
        ],
    )
    def test_what_cannot_be_is_refused(self, oidc: OidcDesk, field: str, value: Any) -> None:
        oidc.set_up()

        reply = oidc.change(**{field: value})

        assert reply.status == 422
        assert reply.json["errors"][0]["field"].split(".")[0] == field

    def test_a_mapping_needs_its_claim(self, oidc: OidcDesk) -> None:
        oidc.set_up()
        assert oidc.change(role_mapping={"desk": "agent"}).json["errors"][0]["field"] == "role_claim"

    @for_each("uri", ["http://127.0.0.1:5173/a", "http://localhost/a", "http://[::1]:80/a"])
    def test_a_browser_may_come_back_to_its_own_machine(self, oidc: OidcDesk, uri: str) -> None:
        assert oidc.set_up(redirect_uris=[uri]).json["redirect_uris"] == [uri]


class TestSecrets:
    def test_the_secret_is_sealed_for_its_workspace(self, oidc: OidcDesk) -> None:
        oidc.set_up(client_secret=SECRET)
        sealed = bytes(oidc.database.value("SELECT client_secret FROM oidc_providers"))

        opened = unseal(signing_secret().pepper, "oidc client secret", oidc.cast.acme.bytes, sealed)

        assert opened.decode() == SECRET
        with pytest.raises(Unsealable):
            unseal(signing_secret().pepper, "oidc client secret", oidc.cast.globex.bytes, sealed)

    def test_another_issuer_is_not_told_the_secret_of_the_first(self, oidc: OidcDesk) -> None:
        """Who steals an administrator's session would else have it sent to a server of the own."""
        oidc.set_up(client_secret=SECRET)
        other = Provider()
        try:
            after = oidc.change(issuer=other.issuer).json
        finally:
            other.stop()

        assert after["has_client_secret"] is False
        assert oidc.database.value("SELECT client_secret FROM oidc_providers") is None

    def test_it_can_be_taken_away(self, oidc: OidcDesk) -> None:
        oidc.set_up(client_secret=SECRET)
        assert oidc.change(client_secret=None).json["has_client_secret"] is False

    def test_the_log_says_that_it_was_set_and_never_what_it_is(self, oidc: OidcDesk) -> None:
        oidc.set_up(client_secret=SECRET)
        oidc.change(client_secret="another secret")
        oidc.api.with_token(oidc.cast.ada.token).delete(PATH)

        rows = oidc.database.rows("SELECT action, before, after FROM audit_log ORDER BY id")

        assert [row["action"] for row in rows] == ["oidc.changed", "oidc.changed", "oidc.removed"]
        assert rows[0]["after"]["has_client_secret"] is True
        assert rows[1]["after"] == {"client_secret_set": True}
        assert rows[2]["before"]["issuer"] == oidc.provider.url
        assert SECRET not in str(rows)
        assert "another secret" not in str(rows)


class TestWho:
    def test_nobody_has_a_provider_called_who_may_not(self, oidc: OidcDesk) -> None:
        """Past the authorizer too: Ada's token still says admin after she was demoted."""
        oidc.database.run("UPDATE users SET role = 'agent' WHERE id = :i", i=oidc.cast.ada.id)

        reply = oidc.change(issuer=oidc.provider.issuer, client_id=CLIENT, redirect_uris=[BACK])

        assert reply.status == 403
        assert oidc.provider.heard == []

    @pytest.mark.parametrize("method", ["PATCH", "DELETE"])
    def test_an_api_key_does_not_say_who_signs_in(self, oidc: OidcDesk, method: str) -> None:
        oidc.set_up()
        ada = oidc.api.with_token(oidc.cast.ada.token)
        body = {"name": "Sync", "role": "admin", "scopes": ["read", "write"]}
        key = oidc.api.with_token(ada.post("/v1/api-keys", body).json["key"])

        assert key.get(PATH).status == 200
        assert key.request(method, PATH, {"enabled": False} if method == "PATCH" else None).status == 403
        assert ada.get(PATH).json["enabled"] is True

    def test_each_workspace_has_its_own(self, oidc: OidcDesk) -> None:
        oidc.set_up()

        assert oidc.api.with_token(oidc.cast.mallory.token).get(PATH).status == 404
        assert oidc.api.with_token(oidc.cast.mallory.token).delete(PATH).status == 404
        assert oidc.api.with_token(oidc.cast.ada.token).get(PATH).status == 200

    def test_once_removed_nobody_begins_and_later_the_same_people_are_known(self, oidc: OidcDesk) -> None:
        oidc.set_up()
        first = oidc.sign_in().json["user"]["id"]
        assert oidc.api.with_token(oidc.cast.ada.token).delete(PATH).status == 204
        assert oidc.start().status == 404
        oidc.set_up()

        assert oidc.sign_in(email="other@acme.example").json["user"]["id"] == first

    @pytest.mark.parametrize("way", ["off", "away"])
    def test_it_is_not_taken_from_administrators_who_have_no_other_way_in(
        self, oidc: OidcDesk, way: str
    ) -> None:
        oidc.set_up()
        ada = oidc.api.with_token(oidc.cast.ada.token)
        oidc.database.run("UPDATE users SET password_hash = NULL WHERE id = :i", i=oidc.cast.ada.id)

        reply = oidc.change(enabled=False) if way == "off" else ada.delete(PATH)

        assert (reply.status, reply.code) == (409, "CONFLICT")
        assert oidc.start().status == 200
