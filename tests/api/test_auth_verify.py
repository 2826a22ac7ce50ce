"""POST /v1/auth/verify-email: whoever brings the token reads the mailbox."""

import pytest

from tests.support.api import Api, Reply
from tests.support.cast import Cast
from tests.support.database import Database
from tests.support.mailbox import html_of, text_of
from tests.support.post import Post

EMAIL = "bill@initech.example"


@pytest.fixture
def bill(api: Api, post: Post) -> Api:
    """The admin of a workspace that has just been made."""
    body = {"workspace_name": "Buy now at evil.example", "admin_email": EMAIL, "admin_name": "Bill"}
    made = api.post("/v1/auth/register", {**body, "admin_password": "violet staple horse"})
    return api.with_token(made.json["access_token"])


def verify(api: Api, token: str) -> Reply:
    return api.post("/v1/auth/verify-email", {"token": token})


def test_who_registers_is_asked_by_mail_and_proves_the_mailbox(api: Api, bill: Api, post: Post) -> None:
    before = bill.get("/v1/auth/me").json["email_verified_at"]

    reply = verify(api, post.token(EMAIL))

    assert (before, reply.status, reply.text) == (None, 204, "")
    assert bill.get("/v1/auth/me").json["email_verified_at"] is not None


def test_until_then_the_admin_signs_in_all_the_same(api: Api, bill: Api) -> None:
    body = {"email": EMAIL, "password": "violet staple horse"}

    assert api.post("/v1/auth/login", body).status == 200


def test_the_mail_to_an_unproven_address_repeats_nothing_that_was_written(bill: Api, post: Post) -> None:
    """Else registering would carry anybody's words to any address."""
    mail = post.last(EMAIL)

    assert mail["From"] == "Mesa <desk@mesa.example>"
    assert mail["Subject"] == "Confirm your email address"
    for text in (text_of(mail), html_of(mail)):
        assert "evil" not in text
        assert "Bill" not in text


def test_a_token_is_good_once(api: Api, bill: Api, post: Post) -> None:
    token = post.token(EMAIL)

    assert [verify(api, token).status for _ in range(2)] == [204, 410]


def test_a_token_lives_for_a_day(api: Api, bill: Api, post: Post, database: Database) -> None:
    token = post.token(EMAIL)
    life = database.value(
        "SELECT t.expires_at - e.created_at AS life FROM one_time_tokens t JOIN events e ON e.id = t.event_id"
    )
    database.run("UPDATE one_time_tokens SET expires_at = now() - interval '1 second'")

    assert verify(api, token).code == "GONE"
    assert life.total_seconds() == 24 * 3600


@pytest.mark.parametrize("token", ["", "x", "A" * 43])
def test_10_a_token_that_is_none_is_not_found(api: Api, cast: Cast, token: str) -> None:
    assert verify(api, token).code == "NOT_FOUND"


class TestResending:
    def test_another_mail_ends_the_token_of_the_former(self, api: Api, bill: Api, post: Post) -> None:
        first = post.token(EMAIL)

        assert bill.post("/v1/auth/verify-email/resend").status == 204

        second = post.token(EMAIL)
        assert [verify(api, token).status for token in (first, second)] == [410, 204]

    def test_there_is_no_need_once_it_is_proved(self, api: Api, bill: Api, post: Post) -> None:
        verify(api, post.token(EMAIL))

        assert bill.post("/v1/auth/verify-email/resend").code == "CONFLICT"

    def test_it_is_throttled(self, bill: Api, post: Post) -> None:
        statuses = [bill.post("/v1/auth/verify-email/resend").status for _ in range(11)]

        assert statuses == [204] * 10 + [429]
