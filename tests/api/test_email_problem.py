"""Addresses that get no mails about tickets: who sees it, who ends it, and what goes out all the same."""

import pytest

from tests.conftest import Queue
from tests.support.api import Api
from tests.support.cast import Cast
from tests.support.database import Database
from tests.support.mailbox import Mailbox
from tests.support.post import Post
from tests.support.service_desk import ServiceDesk


@pytest.fixture
def post(queue: Queue) -> Post:
    """What the desk sends."""
    mailbox = Mailbox()
    mailbox.empty()
    return Post(queue, mailbox)


@pytest.fixture
def complained(database: Database, cast: Cast) -> None:
    """Carol has called a mail spam."""
    database.run(
        "UPDATE users SET email_bad_at = '2026-11-20T10:00:00Z', email_bad_reason = 'complained' "
        "WHERE id = :u",
        u=cast.carol.id,
    )


@pytest.mark.usefixtures("complained")
class TestAProblem:
    def test_staff_see_why_and_since_when(self, desk: ServiceDesk, cast: Cast) -> None:
        for who in (cast.ada, cast.dario, cast.ana):
            seen = desk.as_(who).get(f"/v1/users/{cast.carol.id}").json
            assert seen["email_problem"] == {
                "reason": "complained",
                "since": "2026-11-20T10:00:00Z",
                "detail": None,
            }
        assert desk.as_(cast.ada).get(f"/v1/users/{cast.chris.id}").json["email_problem"] is None

    def test_they_are_found(self, desk: ServiceDesk, cast: Cast) -> None:
        found = desk.as_(cast.dario).get("/v1/users?email_problem=true").json["items"]
        others = desk.as_(cast.dario).get("/v1/users?email_problem=false").json["items"]

        assert [each["email"] for each in found] == [cast.carol.email]
        assert cast.carol.email not in {each["email"] for each in others}
        assert len(others) > 1

    def test_an_administrator_has_mails_sent_there_again(
        self, desk: ServiceDesk, cast: Cast, database: Database
    ) -> None:
        path = f"/v1/users/{cast.carol.id}"
        changed = desk.as_(cast.ada).patch(path, {"email_problem": None})

        assert (changed.status, changed.json["email_problem"]) == (200, None)
        (entry,) = database.rows("SELECT * FROM audit_log WHERE action = 'user.changed'")
        assert (entry["before"], entry["after"]) == (
            {"email_problem": "complained"},
            {"email_problem": None},
        )
        assert desk.as_(cast.ada).patch(path, {"email_problem": None}).status == 200
        assert database.value("SELECT count(*) FROM audit_log WHERE action = 'user.changed'") == 1

    def test_nobody_else_does_and_nobody_makes_one(self, desk: ServiceDesk, cast: Cast) -> None:
        path = f"/v1/users/{cast.carol.id}"

        assert desk.as_(cast.dario).patch(path, {"email_problem": None}).status == 403
        made = desk.as_(cast.ada).patch(path, {"email_problem": {"reason": "bounced"}})
        assert (made.status, made.json["errors"][0]["field"]) == (422, "email_problem")

    def test_a_forgotten_password_is_mailed_and_whoever_uses_the_link_is_reached_again(
        self, api: Api, cast: Cast, post: Post, desk: ServiceDesk, database: Database
    ) -> None:
        api.post("/v1/auth/password/forgot", {"email": cast.carol.email, "workspace": "acme"})
        token = post.token(cast.carol.email)

        reset = {"token": token, "password": "a fine long passphrase"}
        assert api.post("/v1/auth/password/reset", reset).status in (200, 204)

        assert desk.as_(cast.ada).get(f"/v1/users/{cast.carol.id}").json["email_problem"] is None
