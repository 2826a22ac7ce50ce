"""Links: one row, two sides, seen by who sees both ends; families without circles."""

from concurrent.futures import ThreadPoolExecutor
from itertools import pairwise
from typing import Any

import pytest

from chalicelib.tickets import linking
from tests.support.api import Reply
from tests.support.cast import Person
from tests.support.database import Database
from tests.support.for_each import for_each
from tests.support.service_desk import ServiceDesk

SIDES = [
    ("relates", "relates"),
    ("duplicates", "duplicated_by"),
    ("duplicated_by", "duplicates"),
    ("blocks", "blocked_by"),
    ("blocked_by", "blocks"),
    ("parent", "child"),
    ("child", "parent"),
]


def link(desk: ServiceDesk, one: dict[str, Any], type: str, other: dict[str, Any]) -> Reply:
    body = {"type": type, "ticket_id": other["id"]}
    return desk.as_(desk.cast.dario).post(f"/v1/tickets/{one['id']}/links", body)


def seen(desk: ServiceDesk, who: Person, ticket: dict[str, Any]) -> list[tuple[str, str]]:
    reply = desk.as_(who).get(f"/v1/tickets/{ticket['id']}/links")
    assert reply.status == 200, reply.text
    return [(item["type"], item["ticket"]["label"]) for item in reply.json["items"]]


@pytest.mark.parametrize(("type", "back"), SIDES)
def test_a_link_is_one_row_that_both_sides_show(
    desk: ServiceDesk, database: Database, type: str, back: str
) -> None:
    one, other = desk.networks_ticket(), desk.networks_ticket(subject="The switch")

    made = link(desk, one, type, other)

    assert (made.status, made.json["type"]) == (201, type)
    assert made.json["ticket"] == {
        "id": other["id"],
        "label": other["label"],
        "subject": "The switch",
        "status": "new",
        "priority": other["priority"],
    }
    assert made.json["created_by"]["name"] == "Dario"
    assert seen(desk, desk.cast.ana, one) == [(type, other["label"])]
    assert seen(desk, desk.cast.ana, other) == [(back, one["label"])]
    assert database.value("SELECT count(*) FROM ticket_links") == 1
    again = [link(desk, one, type, other), link(desk, other, back, one)]
    assert [(reply.status, reply.json["id"]) for reply in again] == [(200, made.json["id"])] * 2
    assert database.value("SELECT count(*) FROM ticket_links") == 1


def test_both_timelines_tell_of_it_to_the_staff_alone(desk: ServiceDesk, database: Database) -> None:
    one, other = desk.networks_ticket(), desk.networks_ticket()

    made = link(desk, one, "blocks", other).json
    path = f"/v1/tickets/{other['id']}/links/{made['id']}"
    assert desk.as_(desk.cast.ana).delete(path).status == 204

    told = [desk.detail(desk.cast.ada, ticket)["timeline"][-2:] for ticket in (one, other)]
    assert [[entry["action"] for entry in entries] for entries in told] == [["linked", "unlinked"]] * 2
    assert [entries[0]["meta"]["type"] for entries in told] == ["blocks", "blocked_by"]
    assert told[1][1]["meta"] == {
        "link_id": made["id"],
        "type": "blocked_by",
        "other_id": one["id"],
        "other_label": one["label"],
    }
    assert [e["action"] for e in desk.detail(desk.cast.carol, one)["timeline"]] == ["created"]
    assert database.value("SELECT bool_and(internal) FROM events WHERE type ~ 'linked'")
    assert desk.detail(desk.cast.ada, one)["version"] == one["version"]
    assert seen(desk, desk.cast.ana, one) == []
    assert desk.as_(desk.cast.ana).delete(path).status == 404


def test_a_parent_shows_its_children_with_their_status(desk: ServiceDesk) -> None:
    parent, open_, done = desk.networks_ticket(), desk.in_status("open"), desk.in_status("resolved")
    for child in (open_, done):
        link(desk, parent, "parent", child)

    items = desk.as_(desk.cast.ana).get(f"/v1/tickets/{parent['id']}/links?limit=1").json
    rest = desk.as_(desk.cast.ana).get(f"/v1/tickets/{parent['id']}/links?cursor={items['next_cursor']}").json

    shown = [item["ticket"] for item in items["items"] + rest["items"]]
    assert [(ticket["label"], ticket["status"]) for ticket in shown] == [
        (open_["label"], "open"),
        (done["label"], "resolved"),
    ]
    assert desk.do(desk.cast.dario, parent, "close").status == 200


class TestWhoSees:
    def test_an_end_that_one_does_not_see_is_not_shown(self, desk: ServiceDesk) -> None:
        one = desk.networks_ticket()
        hidden = desk.networks_ticket(team_id=desk.cast.teams["Apps"])
        made = link(desk, one, "relates", hidden).json
        path = f"/v1/tickets/{one['id']}/links"

        assert seen(desk, desk.cast.ana, one) == []
        assert desk.as_(desk.cast.ana).delete(f"{path}/{made['id']}").status == 404
        body = {"type": "relates", "ticket_id": hidden["id"]}
        assert desk.as_(desk.cast.ana).post(path, body).status == 404
        assert desk.as_(desk.cast.ana).get(f"/v1/tickets/{hidden['id']}/links").status == 404
        assert seen(desk, desk.cast.dario, one) == [("relates", hidden["label"])]

    def test_a_deleted_end_is_not_shown(self, desk: ServiceDesk) -> None:
        one, gone = desk.networks_ticket(), desk.networks_ticket()
        link(desk, one, "relates", gone)

        assert desk.as_(desk.cast.ada).delete(f"/v1/tickets/{gone['id']}").status == 204

        assert seen(desk, desk.cast.ada, one) == []
        assert link(desk, one, "blocks", gone).status == 404

    def test_customers_see_where_their_tickets_came_from_and_make_no_links(self, desk: ServiceDesk) -> None:
        old, other = desk.in_status("closed"), desk.networks_ticket()
        new = desk.comment(desk.cast.carol, old, "It is back.")["follow_up"]
        link(desk, old, "relates", other)

        assert seen(desk, desk.cast.carol, old) == [("followed_up_by", new["label"])]
        assert seen(desk, desk.cast.carol, new) == [("follow_up_of", old["label"])]
        assert len(seen(desk, desk.cast.dario, old)) == 2
        body = {"type": "relates", "ticket_id": other["id"]}
        assert desk.as_(desk.cast.carol).post(f"/v1/tickets/{old['id']}/links", body).status == 403

    def test_customers_do_not_see_who_split(self, desk: ServiceDesk) -> None:
        ticket = desk.networks_ticket()
        comment = desk.comment(desk.cast.carol, ticket, "The printer, too.")
        body = {"comment_ids": [comment["id"]], "subject": "Printer"}
        new = desk.do(desk.cast.dario, ticket, "split", **body).json

        (item,) = desk.as_(desk.cast.carol).get(f"/v1/tickets/{new['id']}/links").json["items"]

        assert (item["type"], item["created_by"]) == ("split_from", None)
        reply = desk.as_(desk.cast.dario).delete(f"/v1/tickets/{new['id']}/links/{item['id']}")
        assert (reply.status, reply.code) == (409, "CONFLICT")
        assert seen(desk, desk.cast.dario, ticket) == [("split_into", new["label"])]


class TestRefused:
    def test_case_15_a_foreign_ticket_or_link_is_not_found(self, desk: ServiceDesk) -> None:
        ticket = desk.networks_ticket()
        foreign = desk.as_(desk.cast.mallory).post("/v1/tickets", {"subject": "a", "description": "b"}).json

        assert link(desk, ticket, "relates", foreign).status == 404
        assert link(desk, foreign, "relates", ticket).status == 404

    @for_each("type", ["follow_up_of", "split_from", "PARENT", "", None])
    def test_types_are_those_that_people_make(self, desk: ServiceDesk, type: Any) -> None:
        assert link(desk, desk.networks_ticket(), type, desk.networks_ticket()).status == 422

    def test_to_itself(self, desk: ServiceDesk) -> None:
        ticket = desk.networks_ticket()
        assert link(desk, ticket, "relates", ticket).status == 422

    @for_each("type", ["blocks", "duplicates", "parent"])
    def test_the_other_way_round_too(self, desk: ServiceDesk, type: str) -> None:
        one, other = desk.networks_ticket(), desk.networks_ticket()
        link(desk, one, type, other)

        assert (link(desk, other, type, one).status, len(seen(desk, desk.cast.ana, one))) == (409, 1)

    def test_archived_ones_are_only_read(self, desk: ServiceDesk) -> None:
        archived, ticket = desk.in_status("closed"), desk.networks_ticket()
        made = link(desk, ticket, "relates", archived).json
        desk.do(desk.cast.dario, archived, "archive")

        assert link(desk, ticket, "blocks", archived).status == 409
        assert link(desk, archived, "blocks", ticket).status == 409
        path = f"/v1/tickets/{ticket['id']}/links/{made['id']}"
        assert desk.as_(desk.cast.dario).delete(path).status == 409

    def test_more_than_a_ticket_can_have(self, desk: ServiceDesk, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(linking, "MOST", 2)
        ticket, others = desk.networks_ticket(), [desk.networks_ticket() for _ in range(3)]

        replies = [link(desk, ticket, "relates", other).status for other in others]

        assert replies == [201, 201, 409]
        assert link(desk, others[2], "relates", ticket).status == 409

    def test_what_the_path_does_not_have(self, desk: ServiceDesk) -> None:
        one, other, third = (desk.networks_ticket() for _ in range(3))
        made = link(desk, one, "relates", other).json

        assert desk.as_(desk.cast.dario).delete(f"/v1/tickets/{third['id']}/links/{made['id']}").status == 404


class TestFamilies:
    def test_a_second_parent_and_a_circle_are_refused(self, desk: ServiceDesk) -> None:
        first, second, third, other = (desk.networks_ticket() for _ in range(4))
        link(desk, first, "parent", second)
        link(desk, second, "parent", third)

        refused = [
            link(desk, other, "parent", second),
            link(desk, second, "child", other),
            link(desk, third, "parent", first),
            link(desk, first, "child", third),
        ]

        assert [(reply.status, reply.code) for reply in refused] == [(409, "CONFLICT")] * 4

    def test_a_family_has_five_generations(self, desk: ServiceDesk) -> None:
        line = [desk.networks_ticket() for _ in range(7)]
        for parent, child in pairwise(line[:5]):
            assert link(desk, parent, "parent", child).status == 201
        assert link(desk, line[5], "parent", line[6]).status == 201

        assert link(desk, line[4], "parent", line[5]).status == 409
        assert link(desk, line[6], "parent", line[0]).status == 409
        assert link(desk, line[2], "parent", line[5]).status == 201

    def test_who_link_at_the_same_time_make_no_circle(self, desk: ServiceDesk, database: Database) -> None:
        tickets = [desk.networks_ticket() for _ in range(3)]
        pairs = [(tickets[i % 3], tickets[(i + 1) % 3]) for i in range(30)]

        with ThreadPoolExecutor(6) as pool:
            replies = list(pool.map(lambda pair: link(desk, pair[0], "parent", pair[1]).status, pairs))

        assert set(replies) == {200, 201, 409}
        assert replies.count(201) == 2
        assert database.value("SELECT count(*) FROM ticket_links") == 2


def test_the_same_link_from_both_sides_at_once_is_one(desk: ServiceDesk, database: Database) -> None:
    one, other = desk.networks_ticket(), desk.networks_ticket()
    pairs = [(one, other), (other, one)] * 10

    with ThreadPoolExecutor(6) as pool:
        replies = list(pool.map(lambda pair: link(desk, pair[0], "relates", pair[1]).status, pairs))

    assert sorted(replies) == [200] * 19 + [201]
    assert database.value("SELECT count(*) FROM ticket_links") == 1
