"""POST /v1/public/{workspace}/signup: customers make accounts, and come in once the mailbox is theirs."""

from typing import Any

import pytest

from tests.support.api import Api, Reply
from tests.support.cast import Cast
from tests.support.database import Database
from tests.support.mailbox import html_of, text_of
from tests.support.post import Post
from tests.support.statements import recorded

PASSWORD = "violet staple horse"
EMAIL = "walter@walk-in.example"


pytestmark = pytest.mark.usefixtures("cast", "post")


def sign_up(api: Api, **fields: Any) -> Reply:
    return api.post(
        "/v1/public/acme/signup", {"name": "Walter", "email": EMAIL, "password": PASSWORD, **fields}
    )


def verify(api: Api, token: str) -> Reply:
    return api.post("/v1/auth/verify-email", {"token": token})


def login(api: Api, password: str = PASSWORD, email: str = EMAIL) -> Reply:
    return api.post("/v1/auth/login", {"email": email, "password": password})


class TestSigningUp:
    def test_access_comes_with_the_mail(self, api: Api, post: Post) -> None:
        reply = sign_up(api)
        early = login(api)

        verified = verify(api, post.token(EMAIL))

        assert (reply.status, early.status, verified.status) == (202, 401, 204)
        tokens = login(api).json
        me = api.with_token(tokens["access_token"]).get("/v1/auth/me").json
        assert (me["name"], me["role"], me["status"]) == ("Walter", "customer", "active")
        assert me["email_verified_at"] is not None

    def test_a_contact_keeps_the_tickets(self, api: Api, post: Post) -> None:
        ticket = {"email": EMAIL, "name": "Wal", "subject": "Printer", "description": "Out of toner."}
        made = api.post("/v1/public/acme/tickets", ticket)
        assert made.status == 201, made.text

        sign_up(api)
        verify(api, post.token(EMAIL))

        token = login(api).json["access_token"]
        listed = api.with_token(token).get("/v1/tickets").json["items"]
        assert [item["label"] for item in listed] == [made.json["label"]]

    def test_where_the_workspace_takes_none_it_is_forbidden(
        self, api: Api, database: Database, post: Post
    ) -> None:
        database.run("UPDATE workspaces SET customer_signup = false")

        assert sign_up(api).code == "FORBIDDEN"
        assert post.arrive() == []
        assert database.rows("SELECT FROM users WHERE email = :e", e=EMAIL) == []

    def test_where_there_is_no_workspace_it_is_not_found(self, api: Api) -> None:
        body = {"name": "W", "email": EMAIL, "password": PASSWORD}

        assert api.post("/v1/public/nowhere/signup", body).status == 404

    @pytest.mark.parametrize("password", ["short", "password123", EMAIL])
    def test_a_password_that_may_not_be_chosen_is_refused(self, api: Api, password: str) -> None:
        assert sign_up(api, password=password).status == 422

    def test_the_mail_repeats_nothing_that_was_written(self, api: Api, post: Post) -> None:
        sign_up(api, name="Buy now at evil.example")

        mail = post.last(EMAIL)
        assert mail["Subject"] == "Confirm your email address for Acme"
        assert "evil" not in mail.as_string() + text_of(mail) + html_of(mail)


class TestExistingAccounts:
    def test_8_the_answer_is_the_same_and_the_mail_says_so(self, api: Api, cast: Cast, post: Post) -> None:
        new, known = sign_up(api), sign_up(api, email=cast.carol.email)

        assert (new.status, new.text) == (known.status, known.text)
        assert post.last(cast.carol.email)["Subject"] == "You already have an account at Acme"
        assert login(api, cast.carol.password, cast.carol.email).status == 200
        assert login(api, PASSWORD, cast.carol.email).status == 401

    def test_8_they_are_as_much_work(self, api: Api, cast: Cast) -> None:
        work = []
        for email in (cast.carol.email, EMAIL):
            with recorded() as sent:
                sign_up(api, email=email)
            work.append([statement.sql for statement in sent])

        assert work[0] == work[1]

    @pytest.mark.parametrize("who", ["carol", "ana"])
    def test_nothing_of_them_changes(self, api: Api, cast: Cast, database: Database, who: str) -> None:
        person = getattr(cast, who)
        before = database.rows("SELECT * FROM users WHERE id = :u", u=person.id)

        sign_up(api, email=person.email, name="Somebody else")

        assert database.rows("SELECT * FROM users WHERE id = :u", u=person.id) == before
        assert database.rows("SELECT FROM sign_ups") == []

    def test_the_deactivated_hear_nothing(self, api: Api, cast: Cast, database: Database, post: Post) -> None:
        database.run("UPDATE users SET status = 'deactivated' WHERE id = :u", u=cast.carol.id)

        assert sign_up(api, email=cast.carol.email).status == 202
        assert post.arrive() == []


class TestSeveral:
    def test_each_mail_is_good_for_its_own_password(self, api: Api, post: Post) -> None:
        """Who signs up with somebody's address in between does not get in by the owner's click."""
        sign_up(api)
        mine = post.token(EMAIL)
        sign_up(api, password="amber ladder cloud", name="Mallory")

        assert verify(api, mine).status == 204

        assert login(api, PASSWORD).status == 200
        assert login(api, "amber ladder cloud").status == 401

    def test_the_first_that_is_answered_ends_the_others(self, api: Api, post: Post) -> None:
        sign_up(api)
        mine = post.token(EMAIL)
        sign_up(api, password="amber ladder cloud")
        other = post.token(EMAIL)

        assert [verify(api, token).status for token in (mine, other)] == [204, 410]

    def test_no_password_is_kept_once_it_has_served(self, api: Api, post: Post, database: Database) -> None:
        for _ in range(2):
            sign_up(api)
        verify(api, post.token(EMAIL))

        assert {row["password_hash"] for row in database.rows("SELECT password_hash FROM sign_ups")} == {None}

    def test_a_token_lives_for_a_day(self, api: Api, post: Post, database: Database) -> None:
        sign_up(api)
        token = post.token(EMAIL)
        database.run("UPDATE one_time_tokens SET expires_at = now() - interval '1 second'")

        assert verify(api, token).code == "GONE"
        assert login(api).status == 401

    def test_signing_up_again_gives_another(self, api: Api, post: Post, database: Database) -> None:
        sign_up(api)
        post.arrive()
        database.run("UPDATE one_time_tokens SET expires_at = now() - interval '1 second'")

        sign_up(api)

        assert verify(api, post.token(EMAIL)).status == 204


def test_9_an_email_is_counted_whatever_comes_of_it(api: Api, cast: Cast) -> None:
    replies = [sign_up(api.at(f"203.0.113.{n}"), email=cast.carol.email) for n in range(6)]

    assert [reply.status for reply in replies] == [202] * 5 + [429]
