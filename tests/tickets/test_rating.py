"""Ratings: who says how the help was, of what, until when, and who reads it."""

from typing import Any

import pytest

from tests.support.api import Reply
from tests.support.cast import Person
from tests.support.database import Database
from tests.support.for_each import for_each
from tests.support.service_desk import ServiceDesk


def rate(desk: ServiceDesk, who: Person, ticket: dict[str, Any], score: int = 4, **body: Any) -> Reply:
    return desk.as_(who).post(f"/v1/tickets/{ticket['id']}/rating", {"score": score, **body})


def seen(desk: ServiceDesk, who: Person, ticket: dict[str, Any]) -> dict[str, Any]:
    reply = desk.as_(who).get(f"/v1/tickets/{ticket['id']}/rating")
    assert reply.status == 200, reply.text
    return dict(reply.json)


@pytest.fixture
def ticket(desk: ServiceDesk) -> dict[str, Any]:
    """Carol's, which Ana resolved."""
    made = desk.networks_ticket()
    desk.do(desk.cast.dario, made, "assign", assignee_id=desk.cast.ana.id)
    reply = desk.do(desk.cast.ana, made, "resolve", resolution="A new cable.")
    assert reply.status == 200, reply.text
    return dict(reply.json)


class TestGiving:
    def test_a_rating_says_how_whose_help_was(self, desk: ServiceDesk, ticket: dict[str, Any]) -> None:
        reply = rate(desk, desk.cast.carol, ticket, 5, comment=" Quick and friendly. ")

        assert reply.status == 201
        rating = reply.json["rating"]
        assert (rating["score"], rating["comment"], rating["cycle"]) == (5, "Quick and friendly.", 1)
        assert rating["assignee"] == {"id": str(desk.cast.ana.id), "name": "Ana"}
        assert rating["team"] == {"id": str(desk.cast.teams["Networks"]), "name": "Networks"}
        assert (rating["changed_at"], reply.json["former"]) == (None, [])

    def test_it_can_be_changed_and_the_latest_counts(
        self, desk: ServiceDesk, ticket: dict[str, Any], database: Database
    ) -> None:
        first = rate(desk, desk.cast.carol, ticket, 2, comment="Slow.").json["rating"]

        reply = rate(desk, desk.cast.carol, ticket, 4)

        assert reply.status == 200
        rating = reply.json["rating"]
        assert (rating["score"], rating["comment"]) == (4, "Slow.")
        assert rating["rated_at"] == first["rated_at"]
        assert rating["changed_at"] > rating["rated_at"]
        assert rate(desk, desk.cast.carol, ticket, 4, comment=None).json["rating"]["comment"] is None
        assert database.value("SELECT count(*) FROM ratings") == 1

    def test_what_is_said_already_is_not_said_again(
        self, desk: ServiceDesk, ticket: dict[str, Any], database: Database
    ) -> None:
        first = rate(desk, desk.cast.carol, ticket, 4, comment="Good.").json
        events = database.value("SELECT count(*) FROM events")

        again = rate(desk, desk.cast.carol, ticket, 4, comment="Good.")

        assert (again.status, again.json) == (200, first)
        assert database.value("SELECT count(*) FROM events") == events

    def test_with_its_key_it_is_given_once(self, desk: ServiceDesk, ticket: dict[str, Any]) -> None:
        path, body = f"/v1/tickets/{ticket['id']}/rating", {"score": 3}

        first, again = (desk.as_(desk.cast.carol).post(path, body, Idempotency_Key="k") for _ in range(2))

        assert (first.status, again.status, first.json) == (201, 201, again.json)

    def test_it_changes_nothing_of_the_ticket_itself(self, desk: ServiceDesk, ticket: dict[str, Any]) -> None:
        rate(desk, desk.cast.carol, ticket, 1)

        after = desk.detail(desk.cast.ada, ticket)

        assert (after["version"], after["status"]) == (ticket["version"], "resolved")

    @for_each(
        "body",
        [
            {},
            {"score": 0},
            {"score": 6},
            {"score": True},
            {"score": 4.5},
            {"score": "4"},
            {"score": None},
            {"score": 4, "comment": "x" * 2001},
            {"score": 4, "comment": "a\x00b"},
            {"score": 4, "cycle": 2},
        ],
    )
    def test_a_wrong_rating_is_refused(
        self, desk: ServiceDesk, ticket: dict[str, Any], body: dict[str, Any]
    ) -> None:
        reply = desk.as_(desk.cast.carol).post(f"/v1/tickets/{ticket['id']}/rating", body)

        assert reply.status == 422
        assert seen(desk, desk.cast.carol, ticket)["rating"] is None

    def test_a_comment_of_nothing_but_space_is_none(self, desk: ServiceDesk, ticket: dict[str, Any]) -> None:
        assert rate(desk, desk.cast.carol, ticket, 4, comment=" \n ").json["rating"]["comment"] is None


class TestWhen:
    @for_each("status", ["new", "open", "pending", "on_hold"])
    def test_not_while_there_is_work_to_do(self, desk: ServiceDesk, status: str) -> None:
        reply = rate(desk, desk.cast.carol, desk.in_status(status))

        assert (reply.status, reply.code) == (409, "CONFLICT")
        assert f"The ticket is {status}" in reply.json["detail"]

    def test_not_what_was_cancelled(self, desk: ServiceDesk) -> None:
        assert rate(desk, desk.cast.carol, desk.in_status("cancelled")).status == 409

    def test_what_was_closed_unresolved_is_rated_too(self, desk: ServiceDesk) -> None:
        ticket = desk.networks_ticket()
        desk.do(desk.cast.dario, ticket, "close", reason="Too late.")

        assert rate(desk, desk.cast.carol, ticket, 1).status == 201

    def test_closing_what_is_resolved_is_no_other_end(
        self, desk: ServiceDesk, ticket: dict[str, Any], database: Database
    ) -> None:
        rate(desk, desk.cast.carol, ticket, 2)
        desk.do(desk.cast.carol, ticket, "close")

        reply = rate(desk, desk.cast.carol, ticket, 3)

        assert (reply.status, reply.json["rating"]["cycle"]) == (200, 1)
        assert database.value("SELECT count(*) FROM ratings") == 1

    def test_a_reopened_ticket_is_rated_anew_once_it_ends_again(
        self, desk: ServiceDesk, ticket: dict[str, Any]
    ) -> None:
        rate(desk, desk.cast.carol, ticket, 1, comment="Dark again.")
        desk.do(desk.cast.carol, ticket, "reopen", reason="Dark again.")
        between = rate(desk, desk.cast.carol, ticket, 2)
        desk.do(desk.cast.dario, ticket, "assign", assignee_id=desk.cast.dario.id)
        desk.do(desk.cast.dario, ticket, "resolve", resolution="Another switch.")
        before = seen(desk, desk.cast.carol, ticket)

        reply = rate(desk, desk.cast.carol, ticket, 5)

        assert between.status == 409
        assert (before["rating"]["score"], before["question"]["asked_at"]) == (1, None)
        assert reply.status == 201
        rating, (former,) = reply.json["rating"], reply.json["former"]
        assert (rating["cycle"], rating["score"], rating["comment"]) == (2, 5, None)
        assert rating["assignee"]["name"] == "Dario"
        assert (former["cycle"], former["score"], former["assignee"]["name"]) == (1, 1, "Ana")

    def test_thirty_days_and_not_longer(
        self, desk: ServiceDesk, ticket: dict[str, Any], database: Database
    ) -> None:
        for days, status in (("29 days 23 hours", 201), ("30 days 1 minute", 409)):
            database.run("DELETE FROM ratings")
            database.run("UPDATE tickets SET resolved_at = now() - CAST(:d AS interval)", d=days)
            assert rate(desk, desk.cast.carol, ticket).status == status

        assert seen(desk, desk.cast.carol, ticket)["question"] is None

    def test_not_what_was_merged_into_another(self, desk: ServiceDesk) -> None:
        ticket, other = desk.networks_ticket(), desk.networks_ticket()
        desk.do(desk.cast.dario, ticket, "merge", into_id=other["id"])
        desk.do(desk.cast.dario, other, "resolve", resolution="Both done.")

        assert "merged" in rate(desk, desk.cast.carol, ticket).json["detail"]
        assert rate(desk, desk.cast.carol, other).status == 201

    def test_not_what_is_archived(self, desk: ServiceDesk) -> None:
        ticket = desk.in_status("closed")
        rate(desk, desk.cast.carol, ticket, 4)
        desk.do(desk.cast.dario, ticket, "archive")

        assert rate(desk, desk.cast.carol, ticket, 1).status == 409
        assert seen(desk, desk.cast.carol, ticket)["rating"]["score"] == 4

    def test_not_where_the_desk_asks_for_none(self, desk: ServiceDesk, ticket: dict[str, Any]) -> None:
        desk.as_(desk.cast.ada).patch("/v1/workspace", {"ratings_enabled": False})

        reply = rate(desk, desk.cast.carol, ticket)

        assert (reply.status, reply.json["detail"]) == (403, "This desk asks for no ratings.")
        assert seen(desk, desk.cast.carol, ticket)["question"] is None


class TestWho:
    def test_case_18_the_staff_rates_nothing(self, desk: ServiceDesk, ticket: dict[str, Any]) -> None:
        for who in (desk.cast.ada, desk.cast.dario, desk.cast.ana):
            assert rate(desk, who, ticket, 5).status == 403

        key = {"name": "Nagios", "role": "admin", "scopes": ["read", "write"]}
        program = desk.api.with_token(desk.as_(desk.cast.ada).post("/v1/api-keys", key).json["key"])
        assert program.post(f"/v1/tickets/{ticket['id']}/rating", {"score": 5}).status == 403
        assert seen(desk, desk.cast.carol, ticket)["rating"] is None

    def test_a_colleague_who_asked_another_team_for_help_does(self, desk: ServiceDesk) -> None:
        ticket = desk.ticket(desk.cast.ben)
        desk.do(desk.cast.dario, ticket, "assign", assignee_id=desk.cast.dario.id)
        desk.do(desk.cast.dario, ticket, "resolve", resolution="Done.")

        assert rate(desk, desk.cast.ben, ticket, 5).status == 201

    def test_nobody_rates_their_own_work(self, desk: ServiceDesk) -> None:
        ticket = desk.ticket(desk.cast.dario, assignee_id=desk.cast.dario.id)
        desk.do(desk.cast.dario, ticket, "resolve", resolution="Done.")

        reply = rate(desk, desk.cast.dario, ticket, 5)

        assert (reply.status, reply.json["detail"]) == (403, "Nobody rates their own work.")

    def test_other_customers_who_see_the_ticket_neither_rate_nor_read(
        self, desk: ServiceDesk, ticket: dict[str, Any]
    ) -> None:
        body = {"user_id": str(desk.cast.chris.id)}
        desk.as_(desk.cast.dario).post(f"/v1/tickets/{ticket['id']}/watchers", body)
        rate(desk, desk.cast.carol, ticket, 1, comment="A secret word.")

        assert rate(desk, desk.cast.chris, ticket, 5).status == 403
        assert desk.as_(desk.cast.chris).get(f"/v1/tickets/{ticket['id']}/rating").status == 403
        assert "secret" not in str(desk.detail(desk.cast.chris, ticket))

    def test_case_17_of_what_one_does_not_see_nothing_is_found(
        self, desk: ServiceDesk, ticket: dict[str, Any]
    ) -> None:
        for who in (desk.cast.chris, desk.cast.ben, desk.cast.mallory):
            assert rate(desk, who, ticket).status == 404
            assert desk.as_(who).get(f"/v1/tickets/{ticket['id']}/rating").status == 404

    def test_the_staff_that_sees_the_ticket_reads_it(self, desk: ServiceDesk, ticket: dict[str, Any]) -> None:
        rate(desk, desk.cast.carol, ticket, 2, comment="Slow.")

        for who in (desk.cast.ana, desk.cast.dario, desk.cast.ada):
            assert seen(desk, who, ticket)["rating"]["comment"] == "Slow."

    def test_the_timeline_tells_the_staff_how_and_nobody_with_which_words(
        self, desk: ServiceDesk, ticket: dict[str, Any], database: Database
    ) -> None:
        rate(desk, desk.cast.carol, ticket, 2, comment="Slow.")
        rate(desk, desk.cast.carol, ticket, 2, comment="Very slow.")
        rate(desk, desk.cast.carol, ticket, 3)

        told = [e for e in desk.detail(desk.cast.ana, ticket)["timeline"] if e["action"] == "rated"]

        assert [entry["changes"] for entry in told] == [
            {"score": {"from": None, "to": 2}},
            {},
            {"score": {"from": 2, "to": 3}},
        ]
        assert told[0]["meta"] == {"cycle": 1, "commented": True}
        assert told[0]["actor"]["name"] == "Carol"
        assert "rated" not in str(desk.detail(desk.cast.carol, ticket)["timeline"])
        events = "SELECT string_agg(payload::text, '') FROM events WHERE type = 'ticket.rated' AND internal"
        assert "low" not in database.value(events)
        assert database.value("SELECT count(*) FROM events WHERE type = 'ticket.rated'") == 3
