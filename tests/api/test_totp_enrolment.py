"""/v1/auth/totp: an authenticator is begun, confirmed, replaced and turned off; it takes the whole proof."""

from typing import Any

import pytest

from tests.support.api import Api, Reply
from tests.support.authenticator import Device, begin, challenge, enrol, login
from tests.support.cast import Cast
from tests.support.database import Database
from tests.support.post import Post

WRONG = "wrong one here"


@pytest.fixture
def ana(api: Api, cast: Cast) -> Api:
    """The API with Ana signed in."""
    return api.with_token(cast.ana.token)


def confirm(api: Api, code: str) -> Reply:
    return api.post("/v1/auth/totp/confirm", {"code": code})


def audited(database: Database) -> list[str]:
    rows = database.rows("SELECT action FROM audit_log ORDER BY workspace_id, sequence")
    return [row["action"] for row in rows if row["action"] != "sign_in.succeeded"]


class TestState:
    def test_it_is_off_at_first(self, ana: Api) -> None:
        assert ana.get("/v1/auth/totp").json == {
            "enabled": False,
            "required": False,
            "enabled_at": None,
            "recovery_codes_left": 0,
        }

    def test_it_is_on_once_confirmed(self, api: Api, ana: Api, cast: Cast, database: Database) -> None:
        enrol(api, database, cast.ana)

        state = ana.get("/v1/auth/totp").json

        assert state["enabled"] is True
        assert state["enabled_at"] is not None
        assert state["recovery_codes_left"] == 10

    def test_oneself_and_administrators_see_it_on_the_user_and_nobody_else(
        self, api: Api, cast: Cast, database: Database
    ) -> None:
        enrol(api, database, cast.ana)
        path = f"/v1/users/{cast.ana.id}"

        seen = {
            who.name: api.with_token(who.token).get(path).json["two_step_enabled"]
            for who in (cast.ada, cast.ana, cast.ben)
        }
        listed = {
            who.name: {
                item["two_step_enabled"] for item in api.with_token(who.token).get("/v1/users").json["items"]
            }
            for who in (cast.ada, cast.ben)
        }

        assert seen == {"Ada": True, "Ana": True, "Ben": None}
        assert listed == {"Ada": {True, False}, "Ben": {False, None}}
        assert api.with_token(cast.ana.token).get("/v1/auth/me").json["two_step_enabled"] is True

    def test_administrators_list_who_has_none(self, api: Api, cast: Cast, database: Database) -> None:
        enrol(api, database, cast.ana)
        path = "/v1/users?role=agent&two_step="

        found = {
            asked: [item["name"] for item in api.with_token(cast.ada.token).get(path + asked).json["items"]]
            for asked in ("true", "false")
        }

        assert found == {"true": ["Ana"], "false": ["Ben"]}
        assert api.with_token(cast.ben.token).get(path + "false").status == 403


class TestEnrolling:
    def test_it_begins_with_the_current_password(self, ana: Api, cast: Cast) -> None:
        begun = begin(ana, cast.ana).json

        assert begun["uri"].startswith("otpauth://totp/Acme:ana%40acme.example?")
        assert f"secret={begun['secret']}" in begun["uri"]
        assert begun["expires_in"] == 900

    @pytest.mark.parametrize("body", [{}, {"current_password": None}, {"current_password": WRONG}])
    def test_without_the_current_password_it_is_forbidden(
        self, ana: Api, database: Database, body: dict[str, Any]
    ) -> None:
        reply = ana.post("/v1/auth/totp", body)

        assert (reply.status, reply.code) == (403, "FORBIDDEN")
        assert database.rows("SELECT * FROM totp_authenticators") == []
        assert audited(database) == ["totp.refused"]

    def test_wrong_passwords_are_counted_with_those_of_a_password_change(self, ana: Api, cast: Cast) -> None:
        for number in range(5):
            begin(ana.at(f"198.51.100.{number}"), cast.ana, current_password=WRONG)
            ana.at(f"198.51.100.{number}").post(
                "/v1/auth/password/change", {"current_password": WRONG, "new_password": "amber ladder cloud"}
            )

        assert begin(ana.at("198.51.100.99"), cast.ana).status == 429

    def test_until_it_is_confirmed_nothing_changes(self, api: Api, ana: Api, cast: Cast) -> None:
        begin(ana, cast.ana)

        assert "access_token" in login(api, cast.ana).json
        assert ana.get("/v1/auth/totp").json["enabled"] is False

    def test_a_code_confirms_it_and_recovery_codes_are_shown(
        self, ana: Api, cast: Cast, database: Database
    ) -> None:
        device = Device(database, begin(ana, cast.ana).json["secret"])

        reply = confirm(ana, device.code())

        assert reply.status == 200
        assert len(set(reply.json["recovery_codes"])) == 10

    def test_a_wrong_code_does_not(self, ana: Api, cast: Cast, database: Database) -> None:
        device = Device(database, begin(ana, cast.ana).json["secret"])

        reply = confirm(ana, device.wrong())

        assert (reply.status, reply.code) == (403, "FORBIDDEN")
        assert ana.get("/v1/auth/totp").json["enabled"] is False
        assert confirm(ana, device.code()).status == 200

    def test_nobody_guesses_a_confirmation(self, ana: Api, cast: Cast, database: Database) -> None:
        device = Device(database, begin(ana, cast.ana).json["secret"])

        statuses = [confirm(ana, device.wrong()).status for _ in range(11)]
        right = confirm(ana, device.code())

        assert statuses == [403] * 10 + [429]
        assert (right.status, int(right.headers["retry-after"]) > 0) == (429, True)

    def test_there_must_be_something_to_confirm(self, ana: Api) -> None:
        assert confirm(ana, "123456").status == 409

    def test_after_a_quarter_of_an_hour_it_is_too_late(
        self, ana: Api, cast: Cast, database: Database
    ) -> None:
        device = Device(database, begin(ana, cast.ana).json["secret"])
        database.run("UPDATE totp_authenticators SET pending_at = now() - interval '901 seconds'")

        assert confirm(ana, device.code()).status == 409

    def test_the_second_beginning_counts(self, ana: Api, cast: Cast, database: Database) -> None:
        first, second = (Device(database, begin(ana, cast.ana).json["secret"]) for _ in range(2))

        assert confirm(ana, first.code()).status == 403
        assert confirm(ana, second.code()).status == 200

    def test_it_ends_the_other_sessions_and_this_one_goes_on(
        self, api: Api, cast: Cast, database: Database
    ) -> None:
        mine, other = (login(api, cast.ana).json for _ in range(2))

        enrol(api, database, cast.ana, mine["access_token"])

        assert api.with_token(other["access_token"]).get("/v1/auth/me").status == 401
        assert api.post("/v1/auth/refresh", {"refresh_token": other["refresh_token"]}).status == 401
        assert api.with_token(mine["access_token"]).get("/v1/auth/me").status == 200
        assert api.post("/v1/auth/refresh", {"refresh_token": mine["refresh_token"]}).status == 200

    def test_the_code_that_confirmed_it_signs_nobody_in(
        self, api: Api, ana: Api, cast: Cast, database: Database
    ) -> None:
        device = Device(database, begin(ana, cast.ana).json["secret"])
        code = device.code()
        confirm(ana, code)

        assert login(api, cast.ana, totp_code=code).status == 401

    def test_it_is_told_by_mail_and_in_the_log(
        self, api: Api, cast: Cast, database: Database, post: Post
    ) -> None:
        enrol(api, database, cast.ana)

        assert post.last(cast.ana.email)["Subject"] == "Two-step sign-in at Acme is on"
        assert audited(database) == ["totp.enabled"]

    def test_neither_secret_nor_codes_are_anywhere_in_the_database(
        self, api: Api, cast: Cast, database: Database
    ) -> None:
        device = enrol(api, database, cast.ana)
        tables = [
            row["t"]
            for row in database.rows("SELECT tablename AS t FROM pg_tables WHERE schemaname = 'public'")
        ]
        whole = " ".join(
            str(database.value(f"SELECT coalesce(string_agg(t::text, ' '), '') FROM {table} t"))
            for table in tables
        )

        for secret in (device.secret, *device.recovery_codes):
            assert secret not in whole
            assert secret.encode().hex() not in whole
            assert secret.replace("-", "").upper() not in whole


class TestReplacing:
    """Another device: the old one is good until the new one is."""

    def test_it_takes_the_password_and_a_code(
        self, api: Api, ana: Api, cast: Cast, database: Database
    ) -> None:
        device = enrol(api, database, cast.ana)

        assert begin(ana, cast.ana).status == 422
        assert begin(ana, cast.ana, code=device.wrong()).status == 403
        assert begin(ana, cast.ana, code=device.code()).status == 200

    def test_the_old_one_is_good_until_the_new_one_is(
        self, api: Api, ana: Api, cast: Cast, database: Database
    ) -> None:
        old = enrol(api, database, cast.ana)
        new = Device(database, begin(ana, cast.ana, code=old.code(-1)).json["secret"])

        before = login(api, cast.ana, totp_code=old.code())
        fresh = api.with_token(before.json["access_token"])
        codes = confirm(fresh, new.code()).json["recovery_codes"]
        new.forget_use()

        assert before.status == 200
        assert login(api, cast.ana, totp_code=old.code()).status == 401
        assert login(api, cast.ana, recovery_code=old.recovery_codes[0]).status == 401
        assert login(api, cast.ana, totp_code=new.code()).status == 200
        assert login(api, cast.ana, recovery_code=codes[0]).status == 200

    def test_a_recovery_code_will_do(self, api: Api, ana: Api, cast: Cast, database: Database) -> None:
        device = enrol(api, database, cast.ana)

        assert begin(ana, cast.ana, recovery_code=device.recovery_codes[3]).status == 200
        assert ana.get("/v1/auth/totp").json["recovery_codes_left"] == 9


class TestRenewingRecoveryCodes:
    def test_the_former_ones_are_void(
        self, api: Api, ana: Api, cast: Cast, database: Database, post: Post
    ) -> None:
        device = enrol(api, database, cast.ana)
        proof = {"current_password": cast.ana.password, "code": device.code()}

        renewed = ana.post("/v1/auth/totp/recovery-codes", proof)

        assert renewed.status == 200
        assert len(set(renewed.json["recovery_codes"]) - set(device.recovery_codes)) == 10
        assert login(api, cast.ana, recovery_code=device.recovery_codes[0]).status == 401
        assert login(api, cast.ana, recovery_code=renewed.json["recovery_codes"][0]).status == 200
        assert "recovery_codes.renewed" in audited(database)
        assert post.arrive()[-2]["Subject"] == "Your recovery codes at Acme were replaced"

    def test_half_of_the_proof_is_not_enough(
        self, api: Api, ana: Api, cast: Cast, database: Database
    ) -> None:
        device = enrol(api, database, cast.ana)
        before = database.rows("SELECT digest FROM recovery_codes ORDER BY digest")

        statuses = {
            ana.post("/v1/auth/totp/recovery-codes", body).status
            for body in (
                {"code": device.code()},
                {"current_password": WRONG, "code": device.code()},
                {"current_password": cast.ana.password, "code": device.wrong()},
            )
        }

        assert statuses == {403}
        assert database.rows("SELECT digest FROM recovery_codes ORDER BY digest") == before

    def test_where_it_is_off_there_are_none(self, ana: Api, cast: Cast) -> None:
        proof = {"current_password": cast.ana.password, "code": "123456"}

        assert ana.post("/v1/auth/totp/recovery-codes", proof).status == 409


class TestDisabling:
    def test_it_takes_password_and_code(self, api: Api, cast: Cast, database: Database, post: Post) -> None:
        mine, other = (login(api, cast.ana).json for _ in range(2))
        device = enrol(api, database, cast.ana, mine["access_token"])
        database.run("UPDATE refresh_tokens SET revoked_at = NULL")
        hers = api.with_token(mine["access_token"])

        reply = hers.post(
            "/v1/auth/totp/disable", {"current_password": cast.ana.password, "code": device.code()}
        )

        assert reply.status == 204
        assert "access_token" in login(api, cast.ana).json
        assert database.rows("SELECT * FROM totp_authenticators") == []
        assert database.rows("SELECT * FROM recovery_codes") == []
        assert api.post("/v1/auth/refresh", {"refresh_token": other["refresh_token"]}).status == 401
        assert post.last(cast.ana.email)["Subject"] == "Two-step sign-in at Acme is off"
        assert audited(database)[-1] == "totp.disabled"

    def test_a_recovery_code_will_do(self, api: Api, ana: Api, cast: Cast, database: Database) -> None:
        device = enrol(api, database, cast.ana)
        proof = {"current_password": cast.ana.password, "recovery_code": device.recovery_codes[9]}

        assert ana.post("/v1/auth/totp/disable", proof).status == 204

    @pytest.mark.parametrize("proof", [{}, {"code": "right"}, {"current_password": "right", "code": "wrong"}])
    def test_half_of_the_proof_is_not_enough(
        self, api: Api, ana: Api, cast: Cast, database: Database, proof: dict[str, str]
    ) -> None:
        device = enrol(api, database, cast.ana)
        values = {"current_password": cast.ana.password, "code": device.code()}
        if proof.get("code") == "wrong":
            values["code"] = device.wrong()

        reply = ana.post("/v1/auth/totp/disable", {name: values[name] for name in proof})

        assert (reply.status, reply.code) == (403, "FORBIDDEN")
        assert ana.get("/v1/auth/totp").json["enabled"] is True

    def test_where_it_is_off_it_cannot_be_turned_off(self, ana: Api, cast: Cast) -> None:
        assert ana.post("/v1/auth/totp/disable", {"current_password": cast.ana.password}).status == 409

    def test_it_ends_challenges(self, api: Api, ana: Api, cast: Cast, database: Database) -> None:
        device = enrol(api, database, cast.ana)
        token = challenge(api, cast.ana)
        ana.post("/v1/auth/totp/disable", {"current_password": cast.ana.password, "code": device.code()})

        reply = api.post("/v1/auth/totp/verify", {"challenge_token": token, "code": device.code(1)})

        assert (reply.status, reply.code) == (401, "UNAUTHENTICATED")


class TestReset:
    def test_an_administrator_takes_it_away(
        self, api: Api, cast: Cast, database: Database, post: Post
    ) -> None:
        device = enrol(api, database, cast.ana)
        session = login(api, cast.ana, totp_code=device.code()).json
        token = challenge(api, cast.ana)

        reply = api.with_token(cast.ada.token).post(f"/v1/users/{cast.ana.id}/totp/reset")

        assert (reply.status, reply.json["two_step_enabled"]) == (200, False)
        assert api.with_token(session["access_token"]).get("/v1/auth/me").status == 401
        assert api.post("/v1/auth/refresh", {"refresh_token": session["refresh_token"]}).status == 401
        late = api.post("/v1/auth/totp/verify", {"challenge_token": token, "code": device.code(1)})
        assert (late.status, late.code) == (401, "UNAUTHENTICATED")
        assert "access_token" in login(api, cast.ana).json
        assert post.last(cast.ana.email)["Subject"] == "Two-step sign-in at Acme was reset"
        assert "totp.reset" in audited(database)

    def test_where_it_is_off_nothing_happens(self, api: Api, cast: Cast, database: Database) -> None:
        session = login(api, cast.ana).json

        reply = api.with_token(cast.ada.token).post(f"/v1/users/{cast.ana.id}/totp/reset")

        assert reply.status == 200
        assert api.post("/v1/auth/refresh", {"refresh_token": session["refresh_token"]}).status == 200
        assert audited(database) == []

    def test_nobody_resets_their_own(self, api: Api, cast: Cast, database: Database) -> None:
        enrol(api, database, cast.ada)

        reply = api.with_token(cast.ada.token).post(f"/v1/users/{cast.ada.id}/totp/reset")

        assert reply.status == 403
        assert database.value("SELECT count(*) FROM totp_authenticators") == 1

    def test_case_14_nor_somebodys_of_another_workspace(
        self, api: Api, cast: Cast, database: Database
    ) -> None:
        enrol(api, database, cast.ana)

        reply = api.with_token(cast.mallory.token).post(f"/v1/users/{cast.ana.id}/totp/reset")

        assert reply.status == 404
        assert database.value("SELECT count(*) FROM totp_authenticators") == 1
