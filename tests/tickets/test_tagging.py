"""Tags: added and taken off one by one, listed with their counts, found by an index."""

from functools import partial
from typing import Any

import pytest

from chalicelib.accounts import principals
from chalicelib.tickets import tagging
from tests.support.cast import Cast
from tests.support.connections import Connections
from tests.support.database import Database
from tests.support.for_each import for_each
from tests.support.made_once import MadeOnce
from tests.support.plans import plan_of
from tests.support.service_desk import ServiceDesk
from tests.support.statements import recorded


def add(desk: ServiceDesk, ticket: dict[str, Any], *tags: str, who: str = "dario", **headers: str) -> Any:
    caller = desk.as_(getattr(desk.cast, who))
    return caller.post(f"/v1/tickets/{ticket['id']}/tags", {"tags": list(tags)}, **headers)


def remove(desk: ServiceDesk, ticket: dict[str, Any], tag: str, who: str = "dario", **headers: str) -> Any:
    return desk.as_(getattr(desk.cast, who)).delete(f"/v1/tickets/{ticket['id']}/tags/{tag}", **headers)


def in_use(desk: ServiceDesk, query: str = "", who: str = "dario") -> dict[str, int]:
    reply = desk.as_(getattr(desk.cast, who)).get(f"/v1/tags?{query}")
    assert reply.status == 200, reply.text
    return {item["name"]: item["count"] for item in reply.json["items"]}


class TestAdding:
    def test_answers_the_whole_ticket_and_tells_of_it(self, desk: ServiceDesk) -> None:
        ticket = desk.networks_ticket(tags=["vpn"])

        reply = add(desk, ticket, "VIP", "vpn", "vip", "floor-3")

        assert (reply.status, reply.headers["etag"]) == (200, '"2"')
        assert reply.json["tags"] == ["vpn", "vip", "floor-3"]
        entry = desk.detail(desk.cast.ada, ticket)["timeline"][-1]
        assert entry["action"] == "updated"
        assert entry["changes"] == {"tags": {"from": ["vpn"], "to": ["vpn", "vip", "floor-3"]}}
        assert "vip" not in str(desk.detail(desk.cast.carol, ticket)["timeline"])

    def test_what_the_ticket_has_is_no_change(self, desk: ServiceDesk) -> None:
        ticket = desk.networks_ticket(tags=["vpn"])

        assert add(desk, ticket, "VPN").headers["etag"] == '"1"'
        assert desk.actions(ticket) == ["created"]

    @for_each("tags", [[], ["a b"], ["a,b"], [""], ["x" * 51], ["a\0"], [1], "vpn", None])
    def test_what_is_no_tag_is_422(self, desk: ServiceDesk, tags: Any) -> None:
        ticket = desk.networks_ticket()

        reply = desk.as_(desk.cast.dario).post(f"/v1/tickets/{ticket['id']}/tags", {"tags": tags})

        assert reply.status == 422
        assert {problem["field"].split(".")[0] for problem in reply.json["errors"]} == {"tags"}

    def test_a_ticket_has_fifty_at_most(self, desk: ServiceDesk) -> None:
        ticket = desk.networks_ticket(tags=[f"t{n}" for n in range(49)])

        assert add(desk, ticket, "one", "two").status == 409
        assert add(desk, ticket, "one", "t0").status == 200

    def test_42_a_stale_version_is_412(self, desk: ServiceDesk) -> None:
        ticket = desk.networks_ticket(tags=["vpn"])

        assert add(desk, ticket, "vip", If_Match='"7"').status == 412
        assert remove(desk, ticket, "vpn", If_Match='"7"').status == 412
        assert add(desk, ticket, "vip", If_Match='"1"').status == 200
        assert remove(desk, ticket, "vpn", If_Match='"2"').status == 204

    def test_case_18_a_customer_tags_nothing(self, desk: ServiceDesk) -> None:
        ticket = desk.networks_ticket(tags=["vpn"])

        assert add(desk, ticket, "vip", who="carol").status == 403
        assert remove(desk, ticket, "vpn", who="carol").status == 403
        assert desk.as_(desk.cast.carol).get("/v1/tags").status == 403

    def test_case_17_an_agent_tags_what_it_sees(self, desk: ServiceDesk) -> None:
        ticket = desk.networks_ticket(tags=["vpn"])

        assert add(desk, ticket, "vip", who="ben").status == 404
        assert remove(desk, ticket, "vpn", who="ben").status == 404
        assert add(desk, ticket, "vip", who="ana").status == 200

    def test_one_more_tag_may_mean_another_promise(self, desk: ServiceDesk, database: Database) -> None:
        database.run(
            "INSERT INTO sla_policies (workspace_id, name, position, conditions, targets, calendar_id) "
            "SELECT workspace_id, 'VIP', 0, '{\"tag\": [\"vip\"]}', "
            '\'{"resolution": {"low": 5, "medium": 5, "high": 5, "urgent": 5}}\', id '
            "FROM calendars WHERE workspace_id = :w",
            w=desk.cast.acme,
        )
        ticket = desk.networks_ticket()

        assert add(desk, ticket, "vip").json["sla_minutes"] == 5
        assert remove(desk, ticket, "vip").status == 204
        assert desk.detail(desk.cast.dario, ticket)["sla_minutes"] == 1440

    def test_an_archived_ticket_is_read_alone(self, desk: ServiceDesk) -> None:
        ticket = desk.do(desk.cast.dario, desk.in_status("closed"), "archive").json

        assert add(desk, ticket, "vip").status == 409


class TestTakingOff:
    @pytest.mark.parametrize(
        ("tag", "path"),
        [
            ("vpn", "VPN"),
            ("a/b", "a%2Fb"),
            ("50%", "50%25"),
            ("ñandú", "%C3%91and%C3%BA"),
            ("q?#", "q%3F%23"),
        ],
    )
    def test_in_whatever_spelling_a_path_has(self, desk: ServiceDesk, tag: str, path: str) -> None:
        ticket = desk.networks_ticket(tags=["kept", tag])

        assert remove(desk, ticket, path).status == 204

        assert desk.detail(desk.cast.dario, ticket)["tags"] == ["kept"]
        assert desk.actions(ticket) == ["created", "updated"]

    @for_each("path", ["vip", "%00", "x" * 600])
    def test_what_the_ticket_does_not_have_is_not_found(self, desk: ServiceDesk, path: str) -> None:
        ticket = desk.networks_ticket(tags=["vpn"])

        assert remove(desk, ticket, path).status == (404 if path == "vip" else 422)
        assert desk.actions(ticket) == ["created"]


class TestTagsInUse:
    def test_are_listed_with_their_counts(self, desk: ServiceDesk) -> None:
        for tags in (["vpn", "vip"], ["vpn"], ["wifi"]):
            desk.networks_ticket(tags=tags)

        assert in_use(desk) == {"vip": 1, "vpn": 2, "wifi": 1}
        assert in_use(desk, "query=V") == {"vip": 1, "vpn": 2}
        assert list(in_use(desk, "sort=-name&limit=2")) == ["wifi", "vpn"]
        assert in_use(desk, "query=%25") == in_use(desk, "query=vpn_") == {}

    @pytest.mark.parametrize("sort", ["name", "-name"])
    def test_page_by_page(self, desk: ServiceDesk, sort: str) -> None:
        desk.networks_ticket(tags=["a", "é", "z", "b-1", "B"])
        whole = list(in_use(desk, f"sort={sort}"))
        api = desk.as_(desk.cast.ana)

        walked, cursor = [], ""
        while True:
            page = api.get(f"/v1/tags?sort={sort}&limit=2{cursor}").json
            walked += [item["name"] for item in page["items"]]
            if page["next_cursor"] is None:
                break
            cursor = f"&cursor={page['next_cursor']}"

        assert walked == whole
        assert len(walked) == 5
        assert list(in_use(desk, f"sort={sort}&offset=3")) == whole[3:]

    def test_case_17_an_agent_knows_those_of_the_tickets_that_it_sees(self, desk: ServiceDesk) -> None:
        desk.networks_ticket(tags=["secret", "vpn"])
        desk.networks_ticket(tags=["vpn"], team_id=desk.cast.teams["Apps"])

        assert in_use(desk, who="ben") == {"vpn": 1}
        assert in_use(desk, who="ana") == {"secret": 1, "vpn": 1}

    def test_those_of_other_workspaces_deleted_and_archived_tickets_are_not_among_them(
        self, desk: ServiceDesk
    ) -> None:
        deleted = desk.networks_ticket(tags=["deleted"])
        archived = desk.in_status("closed")
        assert add(desk, archived, "archived").status == 200
        desk.ticket(desk.cast.mallory, requester_id=desk.cast.mallory.id, tags=["foreign"])
        desk.as_(desk.cast.ada).delete(f"/v1/tickets/{deleted['id']}")
        assert in_use(desk) == {"archived": 1}

        desk.do(desk.cast.dario, archived, "archive")

        assert in_use(desk) == {}


class TestTheIndex:
    def test_holds_what_tickets_have_whoever_writes_it(self, desk: ServiceDesk, database: Database) -> None:
        ticket = desk.networks_ticket(tags=["a", "b"])
        desk.ticket()
        add(desk, ticket, "c")
        remove(desk, ticket, "a")
        desk.patch(desk.cast.dario, desk.detail(desk.cast.dario, ticket), tags=["b", "d"])
        database.run("UPDATE tickets SET tags = tags || 'e'::text WHERE id = :t", t=ticket["id"])

        rows = database.rows("SELECT tag, ticket_id::text FROM ticket_tags ORDER BY tag")

        assert rows == [{"tag": tag, "ticket_id": ticket["id"]} for tag in ("b", "d", "e")]
        database.run("DELETE FROM tickets WHERE id = :t", t=ticket["id"])
        assert database.rows("SELECT tag FROM ticket_tags") == []


@pytest.mark.usefixtures("many")
class TestTheIndexOfMany(MadeOnce):
    def test_finds_the_few_among_many_under_row_level_security(
        self, desk: ServiceDesk, connections: Connections
    ) -> None:
        with recorded() as sent:
            reply = desk.as_(desk.cast.dario).get("/v1/tickets?tag=RARE")

        assert len(reply.json["items"]) == 20
        plan = plan_of(connections, desk.cast.dario, sent[-1])
        assert "Seq Scan on tickets" not in plan
        assert "ticket_tags_pkey" in plan

    def test_lists_those_in_use_step_by_step(self, desk: ServiceDesk, connections: Connections) -> None:
        with recorded() as sent:
            reply = desk.as_(desk.cast.dario).get("/v1/tags?query=ra")

        assert reply.json["items"] == [{"name": "rare", "count": 20}]
        plan = plan_of(connections, desk.cast.dario, sent[-1])
        assert "Seq Scan on tickets" not in plan
        assert "Seq Scan on ticket_tags" not in plan


def test_case_18_customers_do_not_find_out_by_which_tags_their_tickets_are_found(desk: ServiceDesk) -> None:
    desk.networks_ticket(tags=["vip"])

    reply = desk.as_(desk.cast.carol).get("/v1/tickets?tag=vip")

    assert (reply.status, reply.code) == (403, "FORBIDDEN")


@pytest.fixture(scope="class")
def many(database: Database, cast: Cast) -> None:
    """10,000 tickets with 202 tags: all have one, each one of 200, every 500th a rare one. Their index is
    filled at once, and nothing else that is kept of a ticket: nobody asks for it here."""
    with database.past_triggers():
        database.run(
            "INSERT INTO tickets "
            "(workspace_id, number, label, subject, description, requester_id, team_id, tags) "
            "SELECT :w, n, 'T' || n, 's', 'd', :r, :t, ARRAY['common', 't' || n % 200] || "
            "CASE WHEN n % 500 = 0 THEN '{rare}' ELSE '{}' END::text[] "
            "FROM generate_series(1, 10000) n",
            w=cast.acme,
            r=cast.carol.id,
            t=cast.teams["Networks"],
        )
        database.run(
            "INSERT INTO ticket_tags (workspace_id, tag, ticket_id) "
            "SELECT workspace_id, tag, id FROM tickets, unnest(tags) tag"
        )
    database.run("ANALYZE tickets")
    database.run("ANALYZE ticket_tags")


def test_fifty_who_tag_at_once_lose_nothing(desk: ServiceDesk, cast: Cast, connections: Connections) -> None:
    ticket = desk.networks_ticket()

    def add_one(tag: str, tx: Any) -> None:
        actor = principals.enter(tx, cast.acme, cast.ana.id)
        tagging.tag(tx, actor, ticket["id"], [tag])

    names = [f"t{n:02}" for n in range(50)]
    raised = [answer for answer in connections.at_once([partial(add_one, n) for n in names]) if answer]

    seen = desk.detail(cast.ada, ticket)
    assert raised == []
    assert sorted(seen["tags"]) == names
    assert seen["version"] == 51
    assert list(in_use(desk, "limit=100")) == names
