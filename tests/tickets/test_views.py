"""Views: filters that are saved, own or shared, seen by each with their own eyes."""

from collections.abc import Callable
from functools import partial
from typing import Any
from uuid import UUID, uuid4

import pytest

from chalicelib.accounts import principals
from chalicelib.core.db import Transaction
from chalicelib.core.errors import NotFound
from chalicelib.tickets import counting, saving_views
from tests.support.api import Api, Reply
from tests.support.cast import Person
from tests.support.connections import Connections
from tests.support.database import Database
from tests.support.for_each import for_each
from tests.support.service_desk import ServiceDesk, plain

PATH = "/v1/views"
ACTIVE = ["new", "on_hold", "open", "pending"]


def made(desk: ServiceDesk, who: Person, name: str = "A view", **fields: Any) -> dict[str, Any]:
    reply = desk.as_(who).post(PATH, {"name": name, **plain(fields)})
    assert reply.status == 201, reply.text
    return dict(reply.json)


def shared(desk: ServiceDesk, name: str = "A shared view", **fields: Any) -> dict[str, Any]:
    return made(desk, desk.cast.dario, name, shared=True, **fields)


def names(desk: ServiceDesk, who: Person, query: str = "") -> list[str]:
    reply = desk.as_(who).get(f"{PATH}?{query}")
    assert reply.status == 200, reply.text
    return [item["name"] for item in reply.json["items"]]


def numbers(desk: ServiceDesk, who: Person, view: dict[str, Any], query: str = "") -> list[int]:
    reply = desk.as_(who).get(f"{PATH}/{view['id']}/tickets?{query}")
    assert reply.status == 200, reply.text
    return [item["number"] for item in reply.json["items"]]


def count(desk: ServiceDesk, who: Person, view: dict[str, Any]) -> Any:
    reply = desk.as_(who).get(f"{PATH}/{view['id']}/count")
    assert reply.status == 200, reply.text
    return reply.json


def audited(desk: ServiceDesk) -> list[str]:
    items = desk.as_(desk.cast.ada).get("/v1/audit-log").json["items"]
    return [item["action"] for item in items if item["action"].startswith("view")][::-1]


class TestSaving:
    def test_it_is_answered_whole(self, desk: ServiceDesk) -> None:
        team = {"id": str(desk.cast.teams["Networks"]), "name": "Networks"}
        body = {
            "name": " Printers ",
            "description": "What jams",
            "filter": {
                "status": "NUEVO,abierto",
                "tag": "Printer",
                "created_after": "2026-01-01T01:00:00+01:00",
            },
            "sort": "due_at",
            "columns": ["label", "subject", "custom_fields.room"],
            "shared": True,
            "team_ids": [team["id"]],
        }

        reply = desk.as_(desk.cast.dario).post(PATH, body)

        assert reply.status == 201, reply.text
        assert reply.headers["location"] == f"{PATH}/{reply.json['id']}"
        wanted = {"name": "Printers", "description": "What jams", "sort": "due_at", "teams": [team]}
        kept = {"status": ["new", "open"], "tag": "printer", "created_after": "2026-01-01T00:00:00Z"}
        assert reply.json == {
            **reply.json,
            **wanted,
            "filter": kept,
            "columns": body["columns"],
            "position": 1,
            "active": True,
            "shared": True,
            "unknown": [],
        }
        assert desk.as_(desk.cast.ana).get(reply.headers["location"]).json == reply.json

    def test_what_is_not_said_has_a_default(self, desk: ServiceDesk) -> None:
        made(desk, desk.cast.ana, "First", position=7)

        view = made(desk, desk.cast.ana, "Second")

        assert (view["filter"], view["sort"], view["columns"]) == ({}, "-created_at", [])
        assert (view["position"], view["shared"], view["teams"]) == (8, False, [])

    @for_each(
        "fields, field",
        [
            ({"name": ""}, "name"),
            ({"name": "x" * 101}, "name"),
            ({"name": "two\nlines"}, "name"),
            ({"description": ""}, "description"),
            ({"filter": {"status": ["asleep"]}}, "filter.status.0"),
            ({"filter": {"colour": "red"}}, "filter.colour"),
            ({"filter": None}, "filter"),
            ({"filter": {"custom_field": ["colour:red"]}}, "filter.custom_field"),
            ({"sort": "password"}, "sort"),
            ({"columns": ["password"]}, "columns"),
            ({"columns": ["label", "label"]}, "columns"),
            ({"columns": ["custom_fields."]}, "columns"),
            ({"columns": ["custom_fields.Room 1"]}, "columns"),
            ({"position": -1}, "position"),
            ({"shared": None}, "shared"),
        ],
    )
    def test_nonsense_is_refused_with_its_field(
        self, desk: ServiceDesk, fields: dict[str, Any], field: str
    ) -> None:
        reply = desk.as_(desk.cast.dario).post(PATH, {"name": "A view", **fields})

        assert reply.status == 422
        assert reply.json["errors"][0]["field"].startswith(field.removesuffix(".0"))

    @for_each("name", ["team", "assignee", "requester", "organisation"])
    def test_what_a_filter_names_must_be_there(self, desk: ServiceDesk, name: str) -> None:
        reply = desk.as_(desk.cast.dario).post(PATH, {"name": "A view", "filter": {name: str(uuid4())}})

        assert (reply.status, reply.code) == (404, "NOT_FOUND")
        assert reply.json["detail"] == f"filter.{name}: There is no such {name}."
        assert reply.json["errors"][0]["field"] == f"filter.{name}"

    def test_so_must_the_teams_that_it_is_for(self, desk: ServiceDesk) -> None:
        body = {"name": "A view", "shared": True, "team_ids": [str(uuid4())]}

        reply = desk.as_(desk.cast.dario).post(PATH, body)

        assert (reply.status, reply.json["errors"][0]["field"]) == (404, "team_ids")

    def test_an_own_one_is_for_no_team(self, desk: ServiceDesk) -> None:
        team = str(desk.cast.teams["Networks"])

        reply = desk.as_(desk.cast.dario).post(PATH, {"name": "Mine", "team_ids": [team]})

        assert (reply.status, reply.json["errors"][0]["field"]) == (422, "team_ids")

    def test_what_belongs_to_another_tenant_is_not_there(self, desk: ServiceDesk) -> None:
        mallory = str(desk.cast.mallory.id)

        reply = desk.as_(desk.cast.dario).post(PATH, {"name": "Hers", "filter": {"assignee": mallory}})

        assert (reply.status, reply.json["errors"][0]["field"]) == (404, "filter.assignee")

    @pytest.mark.parametrize("spelling", ["Printers", "PRINTERS", "Ｐrinters"])
    def test_a_name_is_taken_once_among_the_shared_and_once_among_the_own(
        self, desk: ServiceDesk, spelling: str
    ) -> None:
        for who, is_shared in ((desk.cast.dario, True), (desk.cast.dario, False), (desk.cast.ana, False)):
            made(desk, who, "Printers", shared=is_shared)

        for who, is_shared in ((desk.cast.ada, True), (desk.cast.dario, False), (desk.cast.ana, False)):
            reply = desk.as_(who).post(PATH, {"name": spelling, "shared": is_shared})
            assert (reply.status, reply.code) == (409, "CONFLICT")
            assert reply.json["detail"] == "There is already a view of this name."

    def test_there_is_an_end_to_them(self, desk: ServiceDesk, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(saving_views, "MOST_SHARED", 1)
        monkeypatch.setattr(saving_views, "MOST_OWN", 1)
        view = shared(desk)
        made(desk, desk.cast.dario)
        made(desk, desk.cast.ana)

        more = desk.as_(desk.cast.dario).post(PATH, {"name": "More", "shared": True})
        own = desk.as_(desk.cast.dario).post(PATH, {"name": "More"})
        moved = desk.as_(desk.cast.dario).patch(f"{PATH}/{view['id']}", {"shared": False})

        assert [reply.status for reply in (more, own, moved)] == [409, 409, 409]
        assert more.json["detail"] == "A workspace has 1 shared views at most."
        assert own.json["detail"] == moved.json["detail"] == "A person has 1 own views at most."


class TestWhoSeesIt:
    def test_an_own_one_whoever_made_it_and_nobody_else(self, desk: ServiceDesk) -> None:
        view = made(desk, desk.cast.ana, "Mine")

        assert names(desk, desk.cast.ana) == ["Mine"]
        for other in (desk.cast.ada, desk.cast.ben, desk.cast.mallory):
            assert names(desk, other) == []
            for reply in whatever(desk.as_(other), view):
                assert (reply.status, reply.code) == (404, "NOT_FOUND")

    def test_a_shared_one_the_staff(self, desk: ServiceDesk) -> None:
        view = shared(desk)

        for one in (desk.cast.ada, desk.cast.dario, desk.cast.ana, desk.cast.ben):
            assert names(desk, one) == [view["name"]]
        assert names(desk, desk.cast.mallory) == []

    def test_one_for_a_team_its_members_and_who_manages(self, desk: ServiceDesk) -> None:
        view = shared(desk, team_ids=[str(desk.cast.teams["Networks"])])

        assert names(desk, desk.cast.ana) == names(desk, desk.cast.dario) == [view["name"]]
        assert names(desk, desk.cast.ben) == []
        assert desk.as_(desk.cast.ben).get(f"{PATH}/{view['id']}").status == 404

    def test_one_of_deleted_teams_only_who_manages(self, desk: ServiceDesk, database: Database) -> None:
        view = shared(desk, team_ids=[str(desk.cast.teams["Networks"])])
        database.run("DELETE FROM team_members")
        database.run("UPDATE teams SET deleted_at = now() WHERE name = 'Networks'")

        assert names(desk, desk.cast.ana) == []
        assert desk.as_(desk.cast.dario).get(f"{PATH}/{view['id']}").json["teams"] == []

    def test_an_inactive_one_who_could_make_it_active(self, desk: ServiceDesk) -> None:
        shared(desk, "Shared", active=False)
        made(desk, desk.cast.ana, "Own", active=False)

        assert names(desk, desk.cast.ana) == ["Own"]
        assert names(desk, desk.cast.dario) == ["Shared"]
        assert names(desk, desk.cast.dario, "active=true") == []

    def test_customers_none(self, desk: ServiceDesk) -> None:
        view = shared(desk)
        carol = desk.as_(desk.cast.carol)

        replies = [*whatever(carol, view), carol.get(PATH), carol.post(PATH, {"name": "Mine"})]

        assert {reply.status for reply in replies} == {403}


def whatever(api: Api, view: dict[str, Any]) -> list[Reply]:
    """All that can be done with a view."""
    path = f"{PATH}/{view['id']}"
    return [
        api.get(path),
        api.patch(path, {"name": "Other"}),
        api.get(f"{path}/tickets"),
        api.get(f"{path}/count"),
        api.post(f"{PATH}/reorder", {"ids": [view["id"]]}),
        api.delete(path),
    ]


class TestWhoChangesIt:
    def test_an_agent_shares_none_and_changes_no_shared_one(self, desk: ServiceDesk) -> None:
        view = shared(desk)
        own = made(desk, desk.cast.ana)
        ana = desk.as_(desk.cast.ana)

        replies = [
            ana.post(PATH, {"name": "For all", "shared": True}),
            ana.patch(f"{PATH}/{own['id']}", {"shared": True}),
            ana.patch(f"{PATH}/{view['id']}", {"name": "Other"}),
            ana.patch(f"{PATH}/{view['id']}", {"shared": False}),
            ana.delete(f"{PATH}/{view['id']}"),
            ana.post(f"{PATH}/reorder", {"ids": [view["id"]]}),
        ]

        assert [(reply.status, reply.code) for reply in replies] == [(403, "FORBIDDEN")] * 6
        assert replies[0].json["detail"] == "Only admins and dispatchers see to shared views."

    def test_an_agent_changes_and_deletes_an_own_one(self, desk: ServiceDesk) -> None:
        view = made(desk, desk.cast.ana, filter={"tag": "vip"})
        ana, path = desk.as_(desk.cast.ana), f"{PATH}/{view['id']}"

        changed = ana.patch(path, {"name": "VIPs", "filter": {"assignee": "me"}, "description": "Of mine"})

        assert changed.status == 200
        assert (changed.json["name"], changed.json["filter"]) == ("VIPs", {"assignee": "me"})
        assert changed.json == ana.get(path).json
        assert ana.delete(path).status == 204
        assert ana.get(path).status == 404
        assert audited(desk) == []

    def test_a_dispatcher_shares_an_own_one_and_takes_it_back(self, desk: ServiceDesk) -> None:
        view = made(desk, desk.cast.dario, "Printers")
        path, team = f"{PATH}/{view['id']}", str(desk.cast.teams["Networks"])
        dario = desk.as_(desk.cast.dario)

        given = dario.patch(path, {"shared": True, "team_ids": [team]})
        assert (given.status, given.json["shared"]) == (200, True)
        assert names(desk, desk.cast.ana) == ["Printers"]
        taken = dario.patch(path, {"shared": False})

        assert (taken.status, taken.json["shared"], taken.json["teams"]) == (200, False, [])
        assert names(desk, desk.cast.ana) == []
        assert names(desk, desk.cast.dario) == ["Printers"]
        assert audited(desk) == ["view.changed", "view.changed"]

    def test_what_happens_to_a_shared_one_is_in_the_log(self, desk: ServiceDesk) -> None:
        view, dario = shared(desk), desk.as_(desk.cast.dario)
        path = f"{PATH}/{view['id']}"
        assert dario.patch(path, {"name": "Other"}).status == 200
        assert dario.patch(path, {"name": "Other"}).status == 200
        assert dario.post(f"{PATH}/reorder", {"ids": [view["id"]]}).status == 200
        assert dario.delete(path).status == 204

        assert audited(desk) == ["view.created", "view.changed", "views.reordered", "view.deleted"]

    def test_sharing_under_a_name_that_is_taken_is_refused(self, desk: ServiceDesk) -> None:
        shared(desk, "Printers")
        own = made(desk, desk.cast.dario, "Printers")

        reply = desk.as_(desk.cast.dario).patch(f"{PATH}/{own['id']}", {"shared": True})

        assert (reply.status, reply.code) == (409, "CONFLICT")

    def test_a_key_shares_and_owns_none(self, desk: ServiceDesk) -> None:
        key = api_key(desk, "dispatcher")

        given = key.post(PATH, {"name": "Mine", "shared": True, "filter": {"assignee": "me"}})
        own = key.post(PATH, {"name": "Mine"})

        assert given.status == 201
        assert (own.status, own.code) == (403, "FORBIDDEN")


def api_key(desk: ServiceDesk, role: str) -> Api:
    body = {"name": "Robot", "role": role, "scopes": ["read", "write"]}
    reply = desk.as_(desk.cast.ada).post("/v1/api-keys", body)
    assert reply.status == 201, reply.text
    return desk.api.with_token(reply.json["key"])


class TestOrder:
    def test_shared_ones_come_first_each_in_their_order(self, desk: ServiceDesk) -> None:
        made(desk, desk.cast.dario, "Own", position=1)
        shared(desk, "Second", position=5)
        shared(desk, "First", position=2)

        assert names(desk, desk.cast.dario) == ["First", "Second", "Own"]
        assert names(desk, desk.cast.dario, "shared=false") == ["Own"]
        assert names(desk, desk.cast.dario, "shared=true") == ["First", "Second"]

    def test_a_cursor_walks_through_all_of_them(self, desk: ServiceDesk) -> None:
        for each in "abc":
            shared(desk, each, position=1)
            made(desk, desk.cast.dario, each, position=1)
        api = desk.as_(desk.cast.dario)

        walked, cursor = [], ""
        while True:
            page = api.get(f"{PATH}?limit=2{cursor}").json
            walked += [(item["shared"], item["name"]) for item in page["items"]]
            if page["next_cursor"] is None:
                break
            cursor = f"&cursor={page['next_cursor']}"

        assert walked == [(True, each) for each in "abc"] + [(False, each) for each in "abc"]

    def test_those_named_come_first_and_the_others_follow(self, desk: ServiceDesk) -> None:
        ids = {each: shared(desk, each)["id"] for each in "abcd"}
        own = {each: made(desk, desk.cast.dario, each)["id"] for each in "xy"}

        reply = desk.as_(desk.cast.dario).post(
            f"{PATH}/reorder", {"ids": [own["y"], ids["c"], ids["b"], ids["c"]]}
        )

        assert reply.status == 200
        assert "".join(item["name"] for item in reply.json["items"]) == "cbadyx"
        assert names(desk, desk.cast.ana) == ["c", "b", "a", "d"]

    def test_who_names_one_that_is_not_there_changes_nothing(self, desk: ServiceDesk) -> None:
        ids = [made(desk, desk.cast.ana, each)["id"] for each in "ab"]

        reply = desk.as_(desk.cast.ana).post(f"{PATH}/reorder", {"ids": [ids[1], str(uuid4()), ids[0]]})

        assert reply.status == 404
        assert names(desk, desk.cast.ana) == ["a", "b"]


class TestAtOnce:
    def test_of_two_of_one_name_one_is_made(self, desk: ServiceDesk, connections: Connections) -> None:
        facts = {"description": None, "filter": {}, "sort": "-created_at", "columns": [], "position": None}
        facts |= {"name": "Printers", "active": True, "shared": True, "team_ids": []}

        def save(tx: Transaction) -> Any:
            actor = principals.enter(tx, desk.cast.acme, desk.cast.dario.id)
            return saving_views.make(tx, actor, facts)["name"]

        outcomes = connections.at_once([save] * 3)

        assert sorted(map(str, outcomes)) == ["Printers", *["There is already a view of this name."] * 2]

    def test_whoever_orders_last_has_the_last_word(self, desk: ServiceDesk, connections: Connections) -> None:
        ids = [UUID(shared(desk, each)["id"]) for each in "abcdef"]

        def reorder(wanted: list[UUID], tx: Transaction) -> Any:
            actor = principals.enter(tx, desk.cast.acme, desk.cast.dario.id)
            return [item["id"] for item in saving_views.reorder(tx, actor, wanted)["items"]]

        orders = [ids[::-1], ids[3:] + ids[:3], [ids[4], ids[1]]]
        outcomes = connections.at_once([partial(reorder, wanted) for wanted in orders])

        assert [isinstance(outcome, list) for outcome in outcomes] == [True] * 3
        kept = [UUID(item["id"]) for item in desk.as_(desk.cast.dario).get(PATH).json["items"]]
        assert kept in outcomes
        assert sorted(kept) == sorted(ids)

    def test_who_changes_what_another_deletes_finds_nothing(
        self, desk: ServiceDesk, connections: Connections
    ) -> None:
        view_id = UUID(shared(desk)["id"])

        def work(verb: Callable[..., Any], *more: Any) -> Callable[[Transaction], Any]:
            return lambda tx: verb(
                tx, principals.enter(tx, desk.cast.acme, desk.cast.dario.id), view_id, *more
            )

        late = connections.behind(work(saving_views.delete), work(saving_views.change, {"name": "Other"}))

        assert isinstance(late, NotFound)


class TestItsTickets:
    def test_are_found_with_the_eyes_of_whoever_looks(self, desk: ServiceDesk) -> None:
        desk.networks_ticket(assignee_id=desk.cast.ana.id)
        desk.networks_ticket(team_id=desk.cast.teams["Apps"], assignee_id=desk.cast.ben.id)
        mine = shared(desk, "Mine", filter={"assignee": "me"})
        every = shared(desk, "All", sort="created_at")

        assert numbers(desk, desk.cast.ana, mine) == [1]
        assert numbers(desk, desk.cast.ben, mine) == [2]
        assert numbers(desk, desk.cast.dario, mine) == []
        assert numbers(desk, desk.cast.dario, every) == [1, 2]
        assert numbers(desk, desk.cast.ana, every) == [1]
        assert count(desk, desk.cast.dario, every) == {"count": 2, "count_is_exact": True}
        assert count(desk, desk.cast.ben, every) == {"count": 1, "count_is_exact": True}

    def test_come_in_its_order_or_in_another(self, desk: ServiceDesk) -> None:
        for priority in ("low", "urgent", "medium"):
            desk.networks_ticket(priority=priority)
        view = shared(desk, sort="-priority")

        assert numbers(desk, desk.cast.dario, view) == [2, 3, 1]
        assert numbers(desk, desk.cast.dario, view, "sort=created_at") == [1, 2, 3]
        assert numbers(desk, desk.cast.dario, view, "offset=1&limit=1") == [3]

    def test_come_by_relevance_where_the_view_searches(self, desk: ServiceDesk) -> None:
        desk.networks_ticket(subject="The printer jams", description="A printer, the printer.")
        desk.networks_ticket(subject="A chair", description="Beside the printer.")
        searching, other = shared(desk, "S", filter={"query": "printer"}), shared(desk, "O")

        reply = desk.as_(desk.cast.dario).get(f"{PATH}/{other['id']}/tickets?sort=relevance")

        assert numbers(desk, desk.cast.dario, searching, "sort=relevance") == [1, 2]
        assert (reply.status, reply.json["errors"][0]["field"]) == (422, "sort")

    def test_come_page_by_page(self, desk: ServiceDesk) -> None:
        for _ in range(3):
            desk.networks_ticket()
        view = shared(desk, filter={"status": ["active"]})
        path = f"{PATH}/{view['id']}/tickets"

        first = desk.as_(desk.cast.dario).get(f"{path}?limit=2&count=true").json
        second = numbers(desk, desk.cast.dario, view, f"limit=2&cursor={first['next_cursor']}")

        assert [item["number"] for item in first["items"]] + second == [3, 2, 1]
        assert (first["count"], first["count_is_exact"]) == (3, True)

    def test_a_cursor_of_the_filter_before_is_refused(self, desk: ServiceDesk) -> None:
        for _ in range(2):
            desk.networks_ticket()
        view = shared(desk, filter={"status": ["active"]})
        path = f"{PATH}/{view['id']}"
        dario = desk.as_(desk.cast.dario)
        cursor = dario.get(f"{path}/tickets?limit=1").json["next_cursor"]
        assert dario.patch(path, {"filter": {"priority": ["medium"]}}).status == 200

        reply = dario.get(f"{path}/tickets?limit=1&cursor={cursor}")

        assert (reply.status, reply.json["errors"][0]["field"]) == (422, "cursor")


class TestCounts:
    def test_of_all_views_come_with_the_list(self, desk: ServiceDesk) -> None:
        desk.networks_ticket(assignee_id=desk.cast.ana.id, priority="urgent")
        desk.networks_ticket()
        shared(desk, "Mine", filter={"assignee": "me"})
        shared(desk, "Urgent or high", filter={"priority": ["urgent", "high"]})
        shared(desk, "Of Networks, new", filter={"team": str(desk.cast.teams["Networks"]), "status": ["new"]})
        made(desk, desk.cast.ana, "All")

        items = desk.as_(desk.cast.ana).get(f"{PATH}?with_counts=true").json["items"]

        assert [(item["count"], item["count_is_exact"]) for item in items] == [
            (1, True),
            (1, True),
            (1, True),
            (2, True),
        ]
        assert "count" not in desk.as_(desk.cast.ana).get(PATH).json["items"][0]

    def test_no_view_has_none_to_count(self, desk: ServiceDesk) -> None:
        assert desk.as_(desk.cast.ana).get(f"{PATH}?with_counts=true").json["items"] == []

    def test_one_that_takes_too_long_takes_no_other_along(
        self, desk: ServiceDesk, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        desk.networks_ticket()
        shared(desk, "Quick")
        shared(desk, "Slow", filter={"tag": "slow"})
        shared(desk, "Quick too", filter={"status": ["new"]})
        monkeypatch.setattr(counting, "ALL", 20)
        monkeypatch.setattr(counting, "EACH", 50)
        slow = "(SELECT true FROM pg_sleep(5) WHERE :tag = 'slow')"
        monkeypatch.setitem(counting.listing.CONDITIONS, "tag", slow)
        monkeypatch.setattr(counting.listing, "OWN_VALUES", counting.listing.OWN_VALUES | {slow})
        counting.listing._counts.cache_clear()

        items = desk.as_(desk.cast.dario).get(f"{PATH}?with_counts=true").json["items"]

        counting.listing._counts.cache_clear()
        assert [(item["count"], item["count_is_exact"]) for item in items] == [
            (1, True),
            (None, False),
            (1, True),
        ]


class TestWhatIsGone:
    def test_a_filter_that_names_it_is_valid_empty_and_told(
        self, desk: ServiceDesk, database: Database
    ) -> None:
        ada, dario = desk.as_(desk.cast.ada), desk.as_(desk.cast.dario)
        field = ada.post("/v1/custom-fields", {"key": "room", "name": "Room", "type": "text"}).json
        house = ada.post("/v1/organisations", {"name": "House"}).json
        desk.networks_ticket(custom_fields={"room": "12"})
        wanted = {
            "team": str(desk.cast.teams["Networks"]),
            "organisation": house["id"],
            "custom_field": ["room:12"],
        }
        views = [shared(desk, name, filter={name: value}) for name, value in wanted.items()]
        assert [count(desk, desk.cast.dario, view)["count"] for view in views] == [1, 0, 1]
        assert ada.delete(f"/v1/custom-fields/{field['id']}").status == 204
        assert ada.delete(f"/v1/organisations/{house['id']}").status == 204
        database.run("UPDATE teams SET deleted_at = now() WHERE name = 'Networks'")

        seen = dario.get(f"{PATH}?with_counts=true")

        assert seen.status == 200
        assert [item["unknown"] for item in seen.json["items"]] == [[name] for name in wanted]
        assert numbers(desk, desk.cast.dario, views[2]) == []
        assert count(desk, desk.cast.dario, views[2]) == {"count": 0, "count_is_exact": True}
        # What is not touched is not asked about.
        assert dario.patch(f"{PATH}/{views[2]['id']}", {"name": "Room 12"}).status == 200
        assert dario.patch(f"{PATH}/{views[2]['id']}", {"filter": wanted}).status == 404

    @pytest.mark.parametrize("name", ["team", "assignee", "requester", "organisation"])
    def test_an_id_that_is_none_any_more_breaks_nothing(
        self, desk: ServiceDesk, database: Database, name: str
    ) -> None:
        desk.networks_ticket()
        view = shared(desk)
        database.run("UPDATE views SET filter = jsonb_build_object(CAST(:n AS text), '[erased]')", n=name)

        item = desk.as_(desk.cast.dario).get(f"{PATH}?with_counts=true").json["items"][0]

        assert (item["unknown"], item["count"]) == ([name], 0)
        assert numbers(desk, desk.cast.dario, view) == []

    def test_a_program_is_nobodys_me(self, desk: ServiceDesk) -> None:
        desk.networks_ticket(assignee_id=desk.cast.ana.id)
        view = shared(desk, filter={"assignee": "me"})
        key = api_key(desk, "dispatcher")

        page = key.get(f"{PATH}/{view['id']}/tickets?count=true")

        assert (page.status, page.json["items"], page.json["count"]) == (200, [], 0)


class TestAtFirst:
    def test_a_new_workspace_has_shared_views_that_work(self, desk: ServiceDesk) -> None:
        body = {
            "workspace_name": "Initech",
            "admin_email": "peter@initech.example",
            "admin_password": "violet staple horse",
        }
        peter = desk.api.with_token(desk.api.post("/v1/auth/register", body).json["access_token"])
        ticket = {"subject": "TPS", "description": "Reports."}
        assert peter.post("/v1/tickets", ticket).status == 201

        items = peter.get(f"{PATH}?with_counts=true").json["items"]

        assert [(item["name"], item["count"]) for item in items] == [
            ("My active tickets", 0),
            ("Unassigned", 1),
            ("Past due", 0),
            ("All active", 1),
            ("Waiting for the customer", 0),
            ("Recently resolved", 0),
        ]
        assert all(item["shared"] and item["unknown"] == [] for item in items)
        for item in items:
            reply = peter.patch(f"{PATH}/{item['id']}", {"filter": item["filter"], "name": item["name"]})
            assert (reply.status, reply.json["updated_at"]) == (200, item["updated_at"])
            assert peter.post(PATH, {"name": item["name"].upper(), "shared": True}).status == 409

    def test_they_speak_the_language_of_the_workspace(self, desk: ServiceDesk, database: Database) -> None:
        database.run("UPDATE workspaces SET language = 'es' WHERE id = :w", w=desk.cast.acme)
        database.rows("SELECT fn_default_views(:w)", w=desk.cast.acme)

        assert names(desk, desk.cast.ana)[:2] == ["Mis tickets activos", "Sin asignar"]
