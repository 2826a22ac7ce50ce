"""Signing in with two steps: the password gives a challenge, a code completes it, each of them once."""

import time
from datetime import UTC, datetime
from typing import Any
from uuid import uuid4

import pyotp
import pytest

from chalicelib.api.schemas.auth import Tokens
from chalicelib.core.tokens import TokenKind, new_opaque_token
from tests.support.api import Api, Reply
from tests.support.authenticator import Device, challenge, enrol, login
from tests.support.cast import Cast, token_for
from tests.support.database import Database
from tests.support.post import Post
from tests.support.statements import recorded

OVER = (401, "UNAUTHENTICATED")
WRONG = (401, "INVALID_CREDENTIALS")
SESSIONS = "SELECT count(*) FROM refresh_tokens WHERE revoked_at IS NULL"


@pytest.fixture
def device(api: Api, cast: Cast, database: Database) -> Device:
    """Ana's."""
    device = enrol(api, database, cast.ana)
    database.run("DELETE FROM refresh_tokens")
    return device


def verify(api: Api, token: str, **code: Any) -> Reply:
    return api.post("/v1/auth/totp/verify", {"challenge_token": token, **code})


def outcome(reply: Reply) -> tuple[int, str | None]:
    return reply.status, reply.code


def actions(database: Database) -> list[str]:
    return [row["action"] for row in database.rows("SELECT action FROM audit_log ORDER BY sequence")]


class TestChallenge:
    def test_the_password_alone_begins_no_session(
        self, api: Api, cast: Cast, device: Device, database: Database
    ) -> None:
        reply = login(api, cast.ana)

        assert reply.status == 200
        assert reply.json.keys() == {"totp_required", "challenge_token", "expires_in"}
        assert (reply.json["totp_required"], reply.json["expires_in"]) == (True, 300)
        assert database.value(SESSIONS) == 0
        assert actions(database)[-1] == "sign_in.challenged"

    def test_a_code_completes_it(self, api: Api, cast: Cast, device: Device, database: Database) -> None:
        reply = verify(api, challenge(api, cast.ana), code=device.code())

        tokens = reply.read(Tokens)
        assert tokens["user"]["id"] == cast.ana.id
        assert api.with_token(tokens["access_token"]).get("/v1/auth/me").status == 200
        assert api.post("/v1/auth/refresh", {"refresh_token": tokens["refresh_token"]}).status == 200
        entry = database.rows("SELECT action, after FROM audit_log ORDER BY sequence DESC LIMIT 1")[0]
        assert entry == {"action": "sign_in.succeeded", "after": {"second_step": "totp"}}

    def test_a_wrong_password_looks_as_it_does_without_a_second_step(
        self, api: Api, cast: Cast, device: Device
    ) -> None:
        with_step, without = (
            login(api, who, password="wrong one here", totp_code=device.code())
            for who in (cast.ana, cast.ben)
        )

        assert outcome(with_step) == WRONG
        assert {**with_step.json, "request_id": None} == {**without.json, "request_id": None}
        assert set(with_step.headers) == set(without.headers)

    def test_it_is_good_once(self, api: Api, cast: Cast, device: Device, database: Database) -> None:
        token = challenge(api, cast.ana)
        assert verify(api, token, code=device.code()).status == 200

        assert outcome(verify(api, token, code=device.code(1))) == OVER
        assert database.value(SESSIONS) == 1

    def test_it_lives_five_minutes(self, api: Api, cast: Cast, device: Device, database: Database) -> None:
        token = challenge(api, cast.ana)
        database.run("UPDATE sign_in_challenges SET expires_at = now()")

        assert outcome(verify(api, token, code=device.code())) == OVER

    def test_3_a_forged_one_is_none(self, api: Api, cast: Cast, device: Device) -> None:
        token = challenge(api, cast.ana)
        forged = (
            *(token[:-1] + ("A" if token[-1] != "A" else "B"), token + "A", token[:-1], "", "nonsense"),
            *(new_opaque_token().token, f" {token[1:]}", cast.ana.token, "é" * 43),
        )

        for each in forged:
            assert outcome(verify(api, each, code=device.code())) == OVER
        assert verify(api, token, code=device.code()).status == 200

    def test_3_it_is_no_access_token_and_no_refresh_token(self, api: Api, cast: Cast, device: Device) -> None:
        token = challenge(api, cast.ana)

        assert outcome(api.with_token(token).get("/v1/auth/me")) == OVER
        assert outcome(api.with_token(token).get("/v1/auth/totp")) == OVER
        assert outcome(api.post("/v1/auth/refresh", {"refresh_token": token})) == OVER
        assert (
            api.post("/v1/auth/password/reset", {"token": token, "password": "amber ladder cloud"}).status
            == 404
        )

    def test_3_nothing_else_of_ours_is_a_challenge(self, api: Api, cast: Cast, device: Device) -> None:
        refresh = login(api, cast.ben).json["refresh_token"]

        for token in (
            cast.ana.token,
            refresh,
            token_for(cast.acme, cast.ana.id, "agent", kind=TokenKind.API_KEY),
        ):
            assert outcome(verify(api, token, code=device.code())) == OVER

    def test_it_is_one_persons(self, api: Api, cast: Cast, device: Device, database: Database) -> None:
        """Mallory, of another workspace, with her own device and Ana's challenge; and the other way round."""
        hers = enrol(api, database, cast.mallory)
        anas, mallorys = challenge(api, cast.ana), challenge(api, cast.mallory)

        assert outcome(verify(api, anas, code=hers.code())) == WRONG
        assert outcome(verify(api, anas, recovery_code=hers.recovery_codes[0])) == WRONG
        assert outcome(verify(api, mallorys, code=device.code())) == WRONG
        assert verify(api, anas, code=device.code()).json["user"]["id"] == str(cast.ana.id)
        assert verify(api, mallorys, code=hers.code()).json["user"]["workspace"]["slug"] == "globex"

    def test_5_who_is_deactivated_meanwhile_stays_out(
        self, api: Api, cast: Cast, device: Device, database: Database
    ) -> None:
        token = challenge(api, cast.ana)
        assert api.with_token(cast.ada.token).post(f"/v1/users/{cast.ana.id}/deactivate").status == 200

        assert outcome(verify(api, token, code=device.code())) == OVER
        assert database.value(SESSIONS) == 0

    def test_5_whatever_the_row_of_the_challenge_says(
        self, api: Api, cast: Cast, device: Device, database: Database
    ) -> None:
        token = challenge(api, cast.ana)
        database.run("UPDATE users SET status = 'deactivated' WHERE id = :u", u=cast.ana.id)

        assert outcome(verify(api, token, code=device.code())) == OVER

    def test_a_new_password_ends_it(self, api: Api, cast: Cast, device: Device) -> None:
        token = challenge(api, cast.ana)
        api.with_token(cast.ada.token).patch(f"/v1/users/{cast.ana.id}", {"password": "amber ladder cloud"})

        assert outcome(verify(api, token, code=device.code())) == OVER

    def test_the_purge_takes_those_that_are_over(
        self, api: Api, cast: Cast, device: Device, database: Database
    ) -> None:
        old, _ = challenge(api, cast.ana), challenge(api, cast.ana)
        database.run(
            "UPDATE sign_in_challenges SET expires_at = now() - interval '1 second' "
            "WHERE digest = sha256(CAST(:t AS bytea))",
            t=old,
        )

        database.run("CALL sp_purge(100)")

        assert database.value("SELECT count(*) FROM sign_in_challenges") == 1


class TestCodes:
    def test_in_one_call(self, api: Api, cast: Cast, device: Device) -> None:
        assert "access_token" in login(api, cast.ana, totp_code=device.code()).json

    def test_as_people_type_it(self, api: Api, cast: Cast, device: Device) -> None:
        code = device.code()

        assert "access_token" in login(api, cast.ana, totp_code=f" {code[:3]} {code[3:]} ").json

    def test_it_is_good_once(self, api: Api, cast: Cast, device: Device) -> None:
        """A code seen over somebody's shoulder, or taken on its way, is worth nothing within its minute."""
        code = device.code()
        assert login(api, cast.ana, totp_code=code).status == 200

        assert outcome(login(api, cast.ana, totp_code=code)) == WRONG
        assert outcome(verify(api, challenge(api, cast.ana), code=code)) == WRONG

    def test_nor_is_one_from_before_it(self, api: Api, cast: Cast, device: Device) -> None:
        assert login(api, cast.ana, totp_code=device.code()).status == 200

        assert outcome(login(api, cast.ana, totp_code=device.code(-1))) == WRONG
        assert login(api, cast.ana, totp_code=device.code(1)).status == 200

    @pytest.mark.parametrize(("away", "is_good"), [(-1, True), (1, True), (-3, False), (3, False)])
    def test_a_clock_may_differ_by_a_step(
        self, api: Api, cast: Cast, device: Device, away: int, is_good: bool
    ) -> None:
        assert (login(api, cast.ana, totp_code=device.code(away)).status == 200) is is_good

    def test_the_clock_is_the_databases(self, api: Api, cast: Cast, device: Device, monkeypatch: Any) -> None:
        """This process may be five minutes off: pyotp, asked without a time, would take this one's."""
        code = device.code()
        wrong_time = datetime(2001, 1, 1, tzinfo=UTC)
        monkeypatch.setattr(pyotp.TOTP, "now", lambda self: self.at(wrong_time))
        now = time.time
        monkeypatch.setattr(time, "time", lambda: now() + 300)

        assert login(api, cast.ana, totp_code=code).status == 200

    @pytest.mark.parametrize("code", ["", "12345", "1234567", "12345a", "١٢٣٤٥٦", "0" * 50, "' OR 1=1 --"])
    def test_what_is_no_code_is_a_wrong_one(self, api: Api, cast: Cast, device: Device, code: str) -> None:
        assert outcome(verify(api, challenge(api, cast.ana), code=code)) == WRONG

    @pytest.mark.parametrize("body", [{}, {"code": None}, {"code": None, "recovery_code": None}])
    def test_one_must_be_sent(self, api: Api, cast: Cast, device: Device, body: dict[str, Any]) -> None:
        reply = verify(api, challenge(api, cast.ana), **body)

        assert outcome(reply) == (422, "FIELD_REQUIRED")
        assert reply.json["errors"][0]["field"] == "code"

    def test_without_a_second_step_nobody_asks_for_one(self, api: Api, cast: Cast, device: Device) -> None:
        assert "access_token" in login(api, cast.ben, totp_code="123456").json

    def test_one_email_in_two_workspaces_has_two_steps_where_it_is_on(
        self, api: Api, cast: Cast, device: Device, database: Database
    ) -> None:
        database.run(
            "INSERT INTO users (workspace_id, email, name, role, password_hash) "
            "SELECT :w, email, name, 'agent', password_hash FROM users WHERE id = :u",
            w=cast.globex,
            u=cast.ana.id,
        )

        assert login(api, cast.ana).status == 409
        assert login(api, cast.ana, workspace="acme").json["totp_required"] is True
        assert "access_token" in login(api, cast.ana, workspace="globex").json


class TestRecoveryCodes:
    def test_each_is_good_once(self, api: Api, cast: Cast, device: Device, database: Database) -> None:
        first, second = device.recovery_codes[:2]

        assert (
            verify(api, challenge(api, cast.ana), recovery_code=first.upper().replace("-", " ")).status == 200
        )
        assert outcome(verify(api, challenge(api, cast.ana), recovery_code=first)) == WRONG
        assert login(api, cast.ana, recovery_code=second).status == 200
        assert actions(database).count("recovery_code.used") == 2

    def test_the_person_is_told_by_mail(self, api: Api, cast: Cast, device: Device, post: Post) -> None:
        login(api, cast.ana, recovery_code=device.recovery_codes[0])

        assert post.last(cast.ana.email)["Subject"] == "A recovery code of yours was used at Acme"

    @pytest.mark.parametrize("code", ["", "abcd-efgh-ijkl-mnop-qrst-uvwx", "x" * 100])
    def test_a_wrong_one_is_refused(self, api: Api, cast: Cast, device: Device, code: str) -> None:
        assert outcome(verify(api, challenge(api, cast.ana), recovery_code=code)) == WRONG

    def test_where_both_are_sent_the_recovery_code_is_kept(
        self, api: Api, cast: Cast, device: Device, database: Database
    ) -> None:
        reply = verify(
            api, challenge(api, cast.ana), code=device.code(), recovery_code=device.recovery_codes[0]
        )

        assert reply.status == 200
        assert database.value("SELECT count(*) FROM recovery_codes WHERE used_at IS NULL") == 10


class TestThrottle:
    def test_after_five_wrong_ones_no_code_is_taken_for_a_while(
        self, api: Api, cast: Cast, device: Device, database: Database
    ) -> None:
        """And the person is told by mail, once, which the relay sends."""
        token = challenge(api, cast.ana)

        wrong = [verify(api.at(f"198.51.100.{n}"), token, code=device.wrong()) for n in range(5)]
        right = verify(api.at("198.51.100.99"), token, code=device.code())
        recovery = login(api, cast.ana, recovery_code=device.recovery_codes[0])

        assert {outcome(reply) for reply in wrong} == {WRONG}
        assert outcome(right) == (429, "RATE_LIMITED")
        assert 800 < int(right.headers["retry-after"]) <= 900
        assert recovery.status == 429
        told = "SELECT count(*) FROM events WHERE type = 'user.second_step_failing' AND sent_at IS NULL"
        assert database.value(told) == 1

    def test_a_right_one_does_not_begin_the_count_anew(self, api: Api, cast: Cast, device: Device) -> None:
        """Else who has the password would go on guessing between two sign-ins of the person."""
        for _ in range(4):
            login(api, cast.ana, totp_code=device.wrong())
        assert login(api, cast.ana, totp_code=device.code()).status == 200

        assert login(api, cast.ana, totp_code=device.wrong()).status == 401
        assert login(api, cast.ana, totp_code=device.code(1)).status == 429

    def test_it_opens_again_but_not_more_than_twenty_times_a_day(
        self, api: Api, cast: Cast, device: Device, database: Database
    ) -> None:
        statuses = []
        for number in range(4):
            statuses += [
                login(api.at(f"198.51.100.{number}"), cast.ana, totp_code=device.wrong()).status
                for _ in range(5)
            ]
            database.run(
                "UPDATE rate_limits SET window_ends_at = now() - interval '1 second' "
                "WHERE bucket LIKE 'second-step-failures:%'"
            )
        closed = login(api, cast.ana, totp_code=device.code())

        assert statuses == [401] * 20
        assert closed.status == 429
        assert int(closed.headers["retry-after"]) > 80_000

    def test_recovery_codes_are_counted_with_them(self, api: Api, cast: Cast, device: Device) -> None:
        for _ in range(3):
            login(api, cast.ana, recovery_code="abcd-efgh-ijkl-mnop-qrst-uvwx")
        for _ in range(2):
            login(api, cast.ana, totp_code=device.wrong())

        assert login(api, cast.ana, totp_code=device.code()).status == 429

    def test_others_go_on(self, api: Api, cast: Cast, device: Device, database: Database) -> None:
        other = enrol(api, database, cast.ben)
        for _ in range(5):
            login(api, cast.ana, totp_code=device.wrong())

        assert login(api, cast.ben, totp_code=other.code()).status == 200

    def test_one_address_asks_thirty_times_a_minute(self, api: Api, cast: Cast, device: Device) -> None:
        replies = [verify(api, str(uuid4()), code="123456").status for _ in range(31)]

        assert replies == [401] * 30 + [429]

    def test_the_wrong_ones_are_in_the_log(
        self, api: Api, cast: Cast, device: Device, database: Database
    ) -> None:
        login(api, cast.ana, totp_code=device.wrong())

        entry = database.rows(
            "SELECT action, target_id, address FROM audit_log ORDER BY sequence DESC LIMIT 1"
        )
        assert entry == [{"action": "second_step.failed", "target_id": cast.ana.id, "address": "203.0.113.7"}]


def test_an_invitation_of_who_has_a_second_step_begins_no_session(
    api: Api, cast: Cast, device: Device, database: Database, post: Post
) -> None:
    database.run("UPDATE users SET status = 'deactivated', password_hash = NULL WHERE id = :u", u=cast.ana.id)
    api.with_token(cast.ada.token).patch(f"/v1/users/{cast.ana.id}", {"status": "active"})

    reply = api.post(
        "/v1/invitations/accept", {"token": post.token(cast.ana.email), "password": "amber ladder cloud"}
    )

    assert reply.json.get("totp_required") is True
    assert database.value(SESSIONS) == 0


def test_a_forgotten_password_is_no_way_around(api: Api, cast: Cast, device: Device, post: Post) -> None:
    api.post("/v1/auth/password/forgot", {"email": cast.ana.email})
    reset = {"token": post.token(cast.ana.email), "password": "amber ladder cloud"}
    assert api.post("/v1/auth/password/reset", reset).status == 204

    asked = login(api, cast.ana, password="amber ladder cloud")

    assert asked.json.get("totp_required") is True
    assert verify(api, asked.json["challenge_token"], code=device.code()).status == 200


def test_another_device_begins_another_count(
    api: Api, cast: Cast, device: Device, database: Database
) -> None:
    """Whose second step an administrator has reset is not kept out by the guesses at the former one."""
    for _ in range(5):
        login(api, cast.ana, totp_code=device.wrong())
    assert login(api, cast.ana, totp_code=device.code()).status == 429

    api.with_token(cast.ada.token).post(f"/v1/users/{cast.ana.id}/totp/reset")
    other = enrol(api, database, cast.ana)

    assert login(api, cast.ana, totp_code=other.code()).status == 200


def test_who_has_no_second_step_waits_for_no_statement_of_it(api: Api, cast: Cast, device: Device) -> None:
    for who in (cast.ana, cast.ben):
        login(api, who)
    with recorded() as plain:
        login(api, cast.ben)
    with recorded() as challenged:
        login(api, cast.ana)

    tables = ("totp_authenticators", "recovery_codes", "sign_in_challenges")
    assert [s.sql for s in plain if any(table in s.sql for table in tables)] == []
    assert len(plain) == len(challenged) == 7
