"""Rating by the link of a mail: without an account, by its reader, and by nothing that only opens it."""

import re
from pathlib import Path
from typing import Any

import pytest

from chalicelib.api.rating_page import POLICY
from tests.api.test_docs import Page
from tests.support.api import Api, Reply
from tests.support.cast import Cast
from tests.support.database import Database
from tests.support.for_each import for_each
from tests.support.post import Post
from tests.support.rating_links import links_in, token_in
from tests.support.service_desk import ServiceDesk
from tests.support.tenants import fingerprint

SCRIPT = Path(__file__).parents[2] / "chalicelib" / "api" / "assets" / "rate.js"


def look_up(api: Api, token: str) -> Reply:
    return api.post("/v1/ratings/look-up", {"token": token})


def answer(api: Api, token: str, score: int = 4, **body: Any) -> Reply:
    return api.post("/v1/ratings", {"token": token, "score": score, **body})


@pytest.fixture
def ticket(desk: ServiceDesk) -> dict[str, Any]:
    """Carol's, which Ana resolved."""
    made = desk.networks_ticket()
    desk.do(desk.cast.dario, made, "assign", assignee_id=desk.cast.ana.id)
    return dict(desk.do(desk.cast.ana, made, "resolve", resolution="A new cable.").json)


@pytest.fixture
def token(post: Post, cast: Cast, ticket: dict[str, Any]) -> str:
    """That of the mail to Carol."""
    return token_in(post.last(cast.carol.email))


class TestAnswering:
    def test_the_link_says_what_it_asks(self, api: Api, token: str, ticket: dict[str, Any]) -> None:
        asked = look_up(api, token).json

        assert (asked["label"], asked["subject"]) == (ticket["label"], ticket["subject"])
        assert (asked["score"], asked["comment"], asked["rated_at"]) == (None, None, None)
        assert asked["workspace"]["name"] == "Acme"
        assert "Carol" not in str(asked)
        assert "cable" not in str(asked)

    def test_its_reader_rates_without_an_account(
        self, api: Api, desk: ServiceDesk, token: str, ticket: dict[str, Any]
    ) -> None:
        reply = answer(api, token, 5, comment="Quick.")

        assert (reply.status, reply.json["score"], reply.json["comment"]) == (201, 5, "Quick.")
        rating = desk.as_(desk.cast.ana).get(f"/v1/tickets/{ticket['id']}/rating").json["rating"]
        assert (rating["score"], rating["comment"]) == (5, "Quick.")
        told = desk.detail(desk.cast.ana, ticket)["timeline"][-1]
        assert (told["action"], told["actor"]["name"], told["meta"]["by_link"]) == ("rated", "Carol", True)

    def test_and_changes_it_by_the_same_link_or_signed_in(
        self, api: Api, desk: ServiceDesk, token: str, ticket: dict[str, Any], database: Database
    ) -> None:
        answer(api, token, 2, comment="Slow.")
        again = answer(api, token, 3)
        desk.as_(desk.cast.carol).post(f"/v1/tickets/{ticket['id']}/rating", {"score": 4})

        assert (again.status, again.json["score"], again.json["comment"]) == (200, 3, "Slow.")
        assert look_up(api, token).json["score"] == 4
        assert database.value("SELECT count(*) FROM ratings") == 1

    def test_a_form_that_is_sent_twice_says_it_once(self, api: Api, token: str, database: Database) -> None:
        replies = [answer(api, token, 4, comment="Good.") for _ in range(3)]

        assert [reply.status for reply in replies] == [201, 200, 200]
        assert len({reply.text for reply in replies}) == 1
        assert database.value("SELECT count(*) FROM events WHERE type = 'ticket.rated'") == 1

    def test_whose_work_it_was_is_told(self, api: Api, post: Post, cast: Cast, token: str) -> None:
        answer(api, token, 1, comment="Still dark.")

        mail = post.last(cast.ana.email)

        assert "Rated 1 of 5" in mail["Subject"]
        assert "Rated 1 of 5" in post.last(cast.dario.email)["Subject"]

    @for_each("body", [{"score": 0}, {"score": 6}, {"score": "5"}, {"comment": "No number."}])
    def test_a_wrong_answer_is_refused(self, api: Api, token: str, body: dict[str, Any]) -> None:
        reply = api.post("/v1/ratings", {"token": token, **body})

        assert reply.status == 422
        assert look_up(api, token).json["score"] is None


class TestWhatOnlyOpensIt:
    def test_the_page_is_the_same_for_all_and_looking_changes_nothing(
        self, api: Api, cast: Cast, token: str, database: Database
    ) -> None:
        """Filters of mail open every link, with its fragment cut off or in a browser of their own."""
        before = fingerprint(database, cast.acme)

        pages = {api.get("/rate").text for _ in range(2)}
        look_up(api, token)

        assert len(pages) == 1
        assert token not in pages.pop()
        assert fingerprint(database, cast.acme) == before

    def test_the_token_is_in_no_address_that_is_sent(self, post: Post, cast: Cast, token: str) -> None:
        for page, found, _ in links_in(post.last(cast.carol.email)):
            assert (page, found) == ("http://127.0.0.1:4566/api/rate", token)

    def test_another_method_rates_nothing(self, api: Api, token: str) -> None:
        assert api.get("/v1/ratings").status == 405
        assert api.post("/rate", {"token": token, "score": 5}).status == 405


class TestHostileLinks:
    @for_each("token", ["", "x", "A" * 43, "é" * 43, "../../" * 10, "A" * 4096])
    def test_what_is_no_link_is_not_found(self, api: Api, ticket: dict[str, Any], token: str) -> None:
        for reply in (look_up(api, token), answer(api, token)):
            assert (reply.status, reply.code) == (404, "NOT_FOUND")

    def test_one_that_is_cut_or_bent_is_not_found(self, api: Api, token: str) -> None:
        for bent in (token[:-1], f"{token}A", token[:-1] + ("A" if token[-1] != "A" else "B")):
            assert look_up(api, bent).status == 404

    @pytest.mark.parametrize(
        "change",
        [
            "UPDATE tickets SET resolved_at = now() - interval '31 days'",
            "UPDATE tickets SET status = 'open', resolved_at = NULL",
            "UPDATE tickets SET deleted_at = now()",
            "UPDATE workspaces SET ratings_enabled = false",
            "UPDATE users SET status = 'deactivated' WHERE name = 'Carol'",
            "UPDATE users SET deleted_at = now() WHERE name = 'Carol'",
            # Whoever has the former mailbox.
            "UPDATE users SET email = 'carol@elsewhere.example' WHERE name = 'Carol'",
            "UPDATE tickets SET assignee_id = requester_id",
        ],
    )
    def test_once_the_question_is_over_it_is_gone(
        self, api: Api, token: str, database: Database, change: str
    ) -> None:
        database.run(change)

        for reply in (look_up(api, token), answer(api, token)):
            assert (reply.status, reply.code) == (410, "GONE"), reply.text
        assert database.value("SELECT count(*) FROM ratings WHERE score IS NOT NULL") == 0

    def test_after_the_next_end_the_former_link_is_gone_and_the_new_one_good(
        self, api: Api, desk: ServiceDesk, post: Post, token: str, ticket: dict[str, Any]
    ) -> None:
        answer(api, token, 1)
        desk.do(desk.cast.carol, ticket, "reopen", reason="Dark again.")
        between = answer(api, token, 5)
        desk.do(desk.cast.ana, ticket, "resolve", resolution="Another switch.")
        second = token_in(post.last(desk.cast.carol.email))

        assert between.status == 410
        assert "reopened" in answer(api, token, 5).json["detail"]
        assert answer(api, second, 5).status == 201
        ratings = desk.as_(desk.cast.ada).get(f"/v1/tickets/{ticket['id']}/rating").json
        assert (ratings["rating"]["score"], [r["score"] for r in ratings["former"]]) == (5, [1])

    def test_case_14_it_rates_its_own_ticket_and_no_other(
        self, api: Api, desk: ServiceDesk, token: str, database: Database
    ) -> None:
        before = fingerprint(database, desk.cast.globex)

        for extra in ({"ticket_id": str(desk.cast.carol.id)}, {"workspace": "globex"}, {"cycle": 7}):
            assert answer(api, token, 5, **extra).status == 422
        answer(api.with_token(desk.cast.mallory.token), token, 5)

        assert fingerprint(database, desk.cast.globex) == before
        assert database.value("SELECT count(*) FROM ratings WHERE score IS NOT NULL") == 1

    def test_36_what_it_says_is_kept_as_text(self, api: Api, token: str) -> None:
        comment = "<script>alert(1)</script>\r\nBcc: x@y.example {{ticket.label}} 😀"

        assert answer(api, token, 3, comment=comment).json["comment"] == comment


class TestLimits:
    def test_67_guesses_end_by_address(self, api: Api, ticket: dict[str, Any]) -> None:
        replies = [look_up(api, "A" * 43).status for _ in range(61)]

        assert replies[-2:] == [404, 429]
        assert look_up(api.at("203.0.113.99"), "A" * 43).status == 404

    def test_answers_end_by_link_whatever_the_address(self, api: Api, token: str) -> None:
        replies = [answer(api.at(f"203.0.113.{n}"), token, 1 + n % 5).status for n in range(21)]

        assert replies[-2:] == [200, 429]


class TestPage:
    def test_it_loads_its_own_alone_and_runs_nothing_by_itself(self, api: Api) -> None:
        reply = api.get("/rate")
        page = Page(reply.text)

        assert reply.headers["content-type"] == "text/html; charset=utf-8"
        assert reply.headers["content-security-policy"] == POLICY
        assert (reply.headers["referrer-policy"], reply.headers["cache-control"]) == (
            "no-referrer",
            "no-store",
        )
        assert page.inline == []
        assert {api.get(f"/{address}").status for address in page.addresses} == {200}
        assert all(re.fullmatch(r"assets/(rate|icon)-[0-9a-f]{12}\.(js|css|svg)", a) for a in page.addresses)

    def test_the_policy_lets_nothing_in_but_a_brands_picture(self) -> None:
        rules = dict(rule.split(" ", 1) for rule in POLICY.split("; "))

        assert rules.pop("img-src") == "'self' https:"
        assert {name for name, value in rules.items() if value == "'self'"} == {
            "script-src",
            "style-src",
            "connect-src",
        }
        assert set(rules.values()) == {"'self'", "'none'"}

    def test_its_script_makes_text_of_what_it_is_told_and_says_all_in_both_languages(self) -> None:
        script = SCRIPT.read_text("utf-8")
        english, spanish = re.findall(r"    (?:en|es): \{\n(.*?)\n    \},", script, re.DOTALL)

        assert (
            re.findall(r"innerHTML|outerHTML|insertAdjacent|eval|document\.write|localStorage|cookie", script)
            == []
        )
        assert re.findall(r"^      (\w+):", english, re.M) == re.findall(r"^      (\w+):", spanish, re.M)
