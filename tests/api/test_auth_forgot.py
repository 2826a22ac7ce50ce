"""POST /v1/auth/password/forgot: one answer for every email, and a mail for those who have an account."""

import json
from typing import Any

import pytest

from tests.support.api import Api, Reply
from tests.support.cast import Cast, person
from tests.support.database import Database
from tests.support.mailbox import text_of
from tests.support.post import Post, token_of
from tests.support.statements import recorded


def forgot(api: Api, email: str, **fields: Any) -> Reply:
    return api.post("/v1/auth/password/forgot", {"email": email, **fields})


class TestAnswer:
    def test_8_known_and_unknown_hear_the_same(self, api: Api, cast: Cast) -> None:
        known, unknown = forgot(api, cast.ana.email), forgot(api.at("198.51.100.9"), "nobody@acme.example")

        assert known.status == unknown.status == 202
        assert known.text == unknown.text
        assert known.headers.keys() == unknown.headers.keys()

    @pytest.mark.parametrize(
        "change",
        [
            "status = 'deactivated'",
            "status = 'invited', password_hash = NULL",
            "status = 'contact', password_hash = NULL",
            "deleted_at = now()",
        ],
    )
    def test_8_who_cannot_sign_in_gets_no_mail_and_the_same_answer(
        self, api: Api, cast: Cast, database: Database, post: Post, change: str
    ) -> None:
        database.run(f"UPDATE users SET {change} WHERE id = :u", u=cast.ana.id)

        reply = forgot(api, cast.ana.email)

        assert reply.text == forgot(api, cast.ben.email).text
        assert [mail["To"].addresses[0].addr_spec for mail in post.arrive()] == [cast.ben.email]
        assert database.value("SELECT count(*) AS n FROM events") == 1

    def test_8_known_and_unknown_are_as_much_work(self, api: Api, cast: Cast, post: Post) -> None:
        work = []
        for email in (cast.ana.email, "nobody@acme.example"):
            with recorded() as sent:
                forgot(api, email)
            work.append([statement.sql for statement in sent])

        messages = post.queue.take()
        assert work[0] == work[1]
        assert len(messages) == 2
        assert {message["type"] for message in messages} == {"user.password_reset_requested"}
        known, unknown = (len(json.dumps(message)) for message in messages)
        assert abs(known - unknown) < 60

    def test_8_the_message_about_nobody_is_nobodys_mail(self, api: Api, cast: Cast, post: Post) -> None:
        forgot(api, "nobody@acme.example")

        assert post.arrive() == []
        assert len(post.told) == 1

    def test_any_text_will_do_as_an_email(self, api: Api, cast: Cast) -> None:
        assert forgot(api, "not an email").status == 202


class TestMail:
    def test_goes_to_the_account_with_a_token_and_a_link(self, api: Api, cast: Cast, post: Post) -> None:
        forgot(api, "  ANA@acme.example ")

        (mail,) = post.arrive()
        token = token_of(mail)
        assert mail["To"].addresses[0].addr_spec == cast.ana.email
        assert mail["Subject"] == "Choose a new password for Acme"
        assert f"http://127.0.0.1:4566/api/app/reset#token={token}" in text_of(mail).splitlines()
        assert "POST /v1/auth/password/reset" in text_of(mail)

    def test_every_workspace_of_the_email_sends_its_own(
        self, api: Api, cast: Cast, database: Database, post: Post
    ) -> None:
        person(database, cast.globex, "Ana", "agent", "acme.example")

        forgot(api, cast.ana.email)

        subjects = {mail["Subject"] for mail in post.arrive()}
        assert subjects == {"Choose a new password for Acme", "Choose a new password for Globex"}

    def test_or_the_one_that_is_named(self, api: Api, cast: Cast, database: Database, post: Post) -> None:
        person(database, cast.globex, "Ana", "agent", "acme.example")

        forgot(api, cast.ana.email, workspace=" GLOBEX ")

        assert [mail["Subject"] for mail in post.arrive()] == ["Choose a new password for Globex"]

    def test_a_newer_token_ends_the_older_one(self, api: Api, cast: Cast, post: Post) -> None:
        forgot(api, cast.ana.email)
        older = post.token(cast.ana.email)
        forgot(api, cast.ana.email)
        newer = post.token(cast.ana.email)

        for token, status in ((older, 410), (newer, 204)):
            body = {"token": token, "password": "amber ladder cloud"}
            assert api.post("/v1/auth/password/reset", body).status == status


class TestThrottle:
    @pytest.mark.parametrize("email", ["ana@acme.example", "nobody@acme.example"])
    def test_9_an_account_is_counted_whatever_comes_of_it(self, api: Api, cast: Cast, email: str) -> None:
        replies = [forgot(api.at(f"203.0.113.{place}"), email) for place in range(10, 16)]

        assert [reply.status for reply in replies] == [202] * 5 + [429]
        assert int(replies[-1].headers["retry-after"]) > 0

    def test_9_however_it_is_spelled(self, api: Api, cast: Cast) -> None:
        for place in range(5):
            forgot(api.at(f"203.0.113.{place}"), cast.ana.email)

        assert forgot(api.at("203.0.113.9"), "ANA@Acme.Example").status == 429

    def test_9_an_address_is_counted_too(self, api: Api, cast: Cast) -> None:
        statuses = [forgot(api, f"nobody{number}@acme.example").status for number in range(21)]

        assert statuses == [202] * 20 + [429]
