"""Hostile cases 16 and 17: what an agent or a customer may not see is found by no door: lists, search, the
length of a page, borrowed cursors, the ticket itself, its parts, its verbs."""

from typing import Any

import pytest

from chalicelib.tickets.lifecycle import Verb
from tests.support.cast import Person
from tests.support.for_each import for_each
from tests.support.service_desk import ServiceDesk

BODIES: dict[str, dict[str, Any]] = {
    "cancel": {"reason": "x"},
    "pause": {"waiting_on": "other", "reason": "x"},
    "reclassify": {"priority": "low"},
    "reopen": {"reason": "x"},
    "resolve": {"resolution": "x"},
}
CANARY = "quetzal"


@pytest.fixture
def hidden(desk: ServiceDesk) -> dict[str, Any]:
    """Chris's ticket with team Apps, which Ada watches. Neither Ana, of Networks, nor Carol knows."""
    apps = {"requester_id": desk.cast.chris.id, "team_id": desk.cast.teams["Apps"]}
    ticket = desk.ticket(desk.cast.dario, subject=f"A {CANARY} sings", tags=[CANARY], **apps)
    desk.comment(desk.cast.chris, ticket, f"The {CANARY} again.")
    watched = desk.as_(desk.cast.dario).post(
        f"/v1/tickets/{ticket['id']}/watchers", {"user_id": str(desk.cast.ada.id)}
    )
    assert watched.status in (200, 201, 204), watched.text
    return ticket


@pytest.fixture(params=["ana", "carol"])
def who(request: pytest.FixtureRequest, desk: ServiceDesk) -> Person:
    person: Person = getattr(desk.cast, request.param)
    return person


class TestSearching:
    @for_each(
        "query",
        [
            "query={number}",
            "query={label}",
            "query={lower}",
            "query=quetzal",
            "team={team}",
            "requester={requester}",
            "assignee=none",
            "priority=low,medium,high,urgent",
            "status=new,open,pending,on_hold,resolved,closed,cancelled",
            "sort=updated_at",
            "offset=0&limit=100",
            "archived=false&query={number}&team={team}",
        ],
    )
    def test_case_16_no_query_finds_it(
        self, desk: ServiceDesk, hidden: dict[str, Any], who: Person, query: str
    ) -> None:
        facts = {"lower": hidden["label"].lower(), "team": hidden["team"]["id"]}
        asked = query.format(**{**hidden, **facts, "requester": hidden["requester"]["id"]})

        assert desk.labels(desk.cast.dario, asked) == [hidden["label"]]
        assert desk.labels(who, asked) == []

    def test_case_16_nor_does_a_tag(self, desk: ServiceDesk, hidden: dict[str, Any]) -> None:
        """Which customers may not even ask for."""
        assert desk.labels(desk.cast.dario, "tag=quetzal") == [hidden["label"]]
        assert desk.labels(desk.cast.ana, "tag=quetzal") == []
        assert desk.as_(desk.cast.carol).get("/v1/tickets?tag=quetzal").status == 403

    def test_case_16_another_persons_cursor_leads_to_ones_own_only(
        self, desk: ServiceDesk, hidden: dict[str, Any], who: Person
    ) -> None:
        own = desk.networks_ticket()
        desk.networks_ticket()
        first = desk.as_(desk.cast.dario).get("/v1/tickets?limit=1").json

        rest = desk.as_(who).get(f"/v1/tickets?cursor={first['next_cursor']}").json["items"]

        assert [item["label"] for item in rest] == [own["label"]]

    def test_case_16_it_makes_no_page_longer(
        self, desk: ServiceDesk, hidden: dict[str, Any], who: Person
    ) -> None:
        desk.networks_ticket()

        page = desk.as_(who).get("/v1/tickets?limit=1").json

        assert (len(page["items"]), page["next_cursor"], page["next_offset"]) == (1, None, None)


class TestOneTicket:
    def test_case_17_reading_it_and_its_parts_finds_nothing(
        self, desk: ServiceDesk, hidden: dict[str, Any], who: Person
    ) -> None:
        for part in ("", "/comments", "/timeline"):
            reply = desk.as_(who).get(f"/v1/tickets/{hidden['id']}{part}")
            assert (reply.status, reply.code) == (404, "NOT_FOUND")
            assert CANARY not in reply.text

    def test_case_17_editing_it_finds_nothing_whatever_the_version(
        self, desk: ServiceDesk, hidden: dict[str, Any], who: Person
    ) -> None:
        for version in (0, 1, hidden["version"], 99):
            reply = desk.as_(who).patch(
                f"/v1/tickets/{hidden['id']}", {"subject": "Mine"}, If_Match=f'"{version}"'
            )
            assert (reply.status, reply.code) == (404, "NOT_FOUND")
        assert desk.detail(desk.cast.dario, hidden)["subject"] == hidden["subject"]

    @for_each("verb", [verb for verb in Verb if verb in BODIES])
    def test_case_17_no_verb_reaches_it(self, desk: ServiceDesk, hidden: dict[str, Any], verb: str) -> None:
        reply = desk.do(desk.cast.ana, hidden, verb, **BODIES[verb])

        assert (reply.status, reply.code) == (404, "NOT_FOUND")

    def test_case_17_it_cannot_be_claimed_nor_commented_on(
        self, desk: ServiceDesk, hidden: dict[str, Any], who: Person
    ) -> None:
        path, before = f"/v1/tickets/{hidden['id']}", desk.actions(hidden)

        assert desk.as_(who).post(f"{path}/comments", {"body": "hello"}).status == 404
        assert desk.do(desk.cast.ana, hidden, "assign", assignee_id=desk.cast.ana.id).status == 404
        assert desk.actions(hidden) == before

    def test_case_17_what_one_loses_sight_of_is_gone_at_once(self, desk: ServiceDesk) -> None:
        ticket = desk.networks_ticket()
        assert desk.labels(desk.cast.ana) == [ticket["label"]]

        desk.do(desk.cast.dario, ticket, "transfer", team_id=desk.cast.teams["Apps"], reason="Theirs.")

        assert desk.labels(desk.cast.ana) == []
        assert desk.as_(desk.cast.ana).get(f"/v1/tickets/{ticket['id']}").status == 404
        assert desk.labels(desk.cast.ben) == [ticket["label"]]
