"""Organisations over HTTP: made, listed, changed, deleted; their domains are theirs alone."""

from typing import Any

import pytest

from tests.support.api import Api
from tests.support.cast import Cast
from tests.support.database import Database
from tests.support.for_each import for_each

PATH = "/v1/organisations"


@pytest.fixture
def ada(api: Api, cast: Cast) -> Api:
    return api.with_token(cast.ada.token)


def make(admin: Api, name: str = "Northwind", *domains: str, **fields: Any) -> dict[str, Any]:
    reply = admin.post(PATH, {"name": name, "domains": list(domains), **fields})
    assert reply.status == 201, reply.text
    return dict(reply.json)


def names(admin: Api, query: str = "") -> list[str]:
    reply = admin.get(f"{PATH}?{query}")
    assert reply.status == 200, reply.text
    return [item["name"] for item in reply.json["items"]]


class TestMaking:
    def test_it_is_answered_whole(self, ada: Api) -> None:
        reply = ada.post(
            PATH,
            {"name": " Northwind ", "domains": ["@NorthWind.example", "bücher.example"], "notes": "Gold."},
        )

        assert reply.status == 201
        assert reply.headers["location"] == f"{PATH}/{reply.json['id']}"
        assert reply.json["domains"] == ["northwind.example", "xn--bcher-kva.example"]
        assert (reply.json["name"], reply.json["notes"]) == ("Northwind", "Gold.")
        assert (reply.json["shared_tickets"], reply.json["member_count"]) == (None, 0)
        assert ada.get(reply.headers["location"]).json == reply.json

    def test_a_name_is_taken_once(self, ada: Api) -> None:
        make(ada)

        reply = ada.post(PATH, {"name": "Northwind"})

        assert (reply.status, reply.code) == (409, "CONFLICT")
        assert reply.json["detail"] == "There is already an organisation of this name."

    def test_the_name_of_a_deleted_one_is_free_again_and_so_are_its_domains(self, ada: Api) -> None:
        gone = make(ada, "Northwind", "northwind.example")
        assert ada.delete(f"{PATH}/{gone['id']}").status == 204

        assert make(ada, "Northwind", "northwind.example")["domains"] == ["northwind.example"]

    def test_a_domain_is_of_one_organisation(self, ada: Api) -> None:
        make(ada, "Northwind", "northwind.example", "north.example")

        reply = ada.post(PATH, {"name": "Contoso", "domains": ["contoso.example", "NORTH.example"]})

        assert (reply.status, reply.code) == (409, "CONFLICT")
        assert reply.json["errors"][0]["field"] == "domains"
        assert "north.example" in reply.json["detail"]
        assert "contoso.example" not in reply.json["detail"]
        assert names(ada) == ["Northwind"]

    def test_a_domain_twice_is_one(self, ada: Api) -> None:
        assert make(ada, "N", "n.example", "N.example", "@n.example")["domains"] == ["n.example"]

    def test_another_workspace_may_list_the_same_domain(self, api: Api, ada: Api, cast: Cast) -> None:
        make(ada, "Northwind", "northwind.example")

        make(api.with_token(cast.mallory.token), "Northwind", "northwind.example")

    @for_each(
        "domain, says",
        [
            ("gmail.com", "Anybody can have a mailbox at gmail.com"),
            (".northwind.example", "one by one"),
            ("*.northwind.example", "one by one"),
            ("northwind", "no domain"),
            ("carol@northwind.example", "no domain"),
            ("x" * 300 + ".example", "no domain"),
        ],
    )
    def test_a_bad_domain_is_named_and_told_why(self, ada: Api, domain: str, says: str) -> None:
        reply = ada.post(PATH, {"name": "Northwind", "domains": ["northwind.example", domain]})

        assert (reply.status, reply.code) == (422, "VALIDATION_ERROR")
        (problem,) = reply.json["errors"]
        assert problem["field"] == "domains.1"
        assert says in problem["message"]

    @for_each(
        "fields, field, code",
        [
            ({"name": ""}, "name", "VALIDATION_ERROR"),
            ({"name": "a\nb"}, "name", "VALIDATION_ERROR"),
            ({"name": "x" * 151}, "name", "VALIDATION_ERROR"),
            ({"name": None}, "name", "VALIDATION_ERROR"),
            ({"name": "N", "domains": None}, "domains", "VALIDATION_ERROR"),
            ({"name": "N", "domains": [f"d{n}.example" for n in range(101)]}, "domains", "VALIDATION_ERROR"),
            ({"name": "N", "shared_tickets": "yes"}, "shared_tickets", "VALIDATION_ERROR"),
            ({"name": "N", "member_count": 3}, "member_count", "VALIDATION_ERROR"),
            ({"domains": ["n.example"]}, "name", "FIELD_REQUIRED"),
        ],
    )
    def test_what_cannot_be_is_422(self, ada: Api, fields: dict[str, Any], field: str, code: str) -> None:
        reply = ada.post(PATH, fields)

        assert (reply.status, reply.code) == (422, code)
        assert [problem["field"] for problem in reply.json["errors"]] == [field]

    def test_the_same_key_makes_one(self, ada: Api) -> None:
        first = ada.post(PATH, {"name": "Northwind"}, Idempotency_Key="k")
        again = ada.post(PATH, {"name": "Northwind"}, Idempotency_Key="k")

        assert first.json == again.json
        assert names(ada) == ["Northwind"]

    @pytest.mark.parametrize("who", ["dario", "ana", "carol"])
    def test_case_18_only_admins_see_to_organisations(self, api: Api, ada: Api, cast: Cast, who: str) -> None:
        """Who moves people between them decides who reads whose tickets."""
        caller = api.with_token(getattr(cast, who).token)
        one = f"{PATH}/{make(ada)['id']}"

        replies = [caller.post(PATH, {"name": "N"}), caller.patch(one, {"name": "N"}), caller.delete(one)]

        assert [reply.status for reply in replies] == [403] * 3
        assert caller.get(one).status == caller.get(PATH).status == (403 if who == "carol" else 200)


class TestListing:
    def test_by_name_or_by_age_page_by_page(self, ada: Api) -> None:
        for name in ("Contoso", "Northwind", "Adatum"):
            make(ada, name)

        assert names(ada) == ["Adatum", "Contoso", "Northwind"]
        assert names(ada, "sort=-name") == ["Northwind", "Contoso", "Adatum"]
        assert names(ada, "sort=-created_at") == ["Adatum", "Northwind", "Contoso"]
        first = ada.get(f"{PATH}?limit=2&sort=created_at").json
        assert [item["name"] for item in first["items"]] == ["Contoso", "Northwind"]
        assert names(ada, f"limit=2&sort=created_at&cursor={first['next_cursor']}") == ["Adatum"]

    @pytest.fixture
    def two(self, ada: Api) -> None:
        make(ada, "Northwind", "nw.example")
        make(ada, "Contoso", "contoso.example", "contoso.net.example")

    @pytest.mark.usefixtures("two")
    @for_each(
        "query, found",
        [
            ("north", ["Northwind"]),
            ("NORTH", ["Northwind"]),
            ("contoso.ex", ["Contoso"]),
            ("example", ["Contoso", "Northwind"]),
            ("%25", []),
            ("_", []),
            ("nobody", []),
        ],
    )
    def test_by_words_of_the_name_or_a_domain(self, ada: Api, query: str, found: list[str]) -> None:
        assert names(ada, f"query={query}") == found

    def test_those_of_another_workspace_are_not_in_it(self, api: Api, ada: Api, cast: Cast) -> None:
        make(api.with_token(cast.mallory.token), "Initech")

        assert names(ada) == []

    def test_members_are_counted_and_listed(self, ada: Api, cast: Cast, database: Database) -> None:
        there = make(ada, "Northwind", "customers.example")

        members = ada.get(f"/v1/users?organisation={there['id']}").json["items"]

        assert there["member_count"] == 2
        assert [member["name"] for member in members] == ["Carol", "Chris"]
        assert {member["organisation"]["id"] for member in members} == {there["id"]}
        alone = ada.get("/v1/users?organisation=none&role=customer").json["items"]
        assert alone == []
        database.run("UPDATE users SET deleted_at = now() WHERE id = :u", u=cast.chris.id)
        assert ada.get(f"{PATH}/{there['id']}").json["member_count"] == 1

    @for_each("query", ["organisation=somebody", "organisation=", "organisation=me"])
    def test_a_filter_that_names_none_is_422(self, ada: Api, query: str) -> None:
        reply = ada.get(f"/v1/users?{query}")

        assert [problem["field"] for problem in reply.json["errors"]] == ["organisation"]


class TestChanging:
    def test_only_what_is_sent(self, ada: Api) -> None:
        made = make(ada, "Northwind", "n.example", notes="Gold.", shared_tickets=True)

        changed = ada.patch(f"{PATH}/{made['id']}", {"notes": None}).json

        same = {name: made[name] for name in ("name", "domains", "shared_tickets", "created_at")}
        assert {name: changed[name] for name in same} == same
        assert changed["notes"] is None
        assert changed["updated_at"] > made["updated_at"]

    def test_nothing_changes_nothing(self, ada: Api) -> None:
        made = make(ada, "Northwind", "n.example")

        assert ada.patch(f"{PATH}/{made['id']}", {}).json == made
        assert ada.patch(f"{PATH}/{made['id']}", {"name": "Northwind", "domains": ["n.example"]}).json == made

    def test_the_domains_sent_are_all_that_it_has(self, ada: Api) -> None:
        made = make(ada, "Northwind", "a.example", "b.example")

        changed = ada.patch(f"{PATH}/{made['id']}", {"domains": ["b.example", "c.example"]}).json

        assert changed["domains"] == ["b.example", "c.example"]
        assert make(ada, "Contoso", "a.example")["domains"] == ["a.example"]

    def test_a_domain_of_another_is_409_and_nothing_is_changed(self, ada: Api) -> None:
        make(ada, "Contoso", "contoso.example")
        made = make(ada, "Northwind", "n.example")

        reply = ada.patch(f"{PATH}/{made['id']}", {"name": "NW", "domains": ["contoso.example"]})

        assert (reply.status, reply.json["errors"][0]["field"]) == (409, "domains")
        assert ada.get(f"{PATH}/{made['id']}").json == made

    def test_a_name_of_another_is_409(self, ada: Api) -> None:
        make(ada, "Contoso")
        made = make(ada, "Northwind")

        assert ada.patch(f"{PATH}/{made['id']}", {"name": "Contoso"}).status == 409

    @pytest.mark.parametrize("fields", [{"name": None}, {"domains": None}, {"id": "x"}, {"deleted_at": None}])
    def test_what_cannot_be_is_422(self, ada: Api, fields: dict[str, Any]) -> None:
        made = make(ada)

        assert ada.patch(f"{PATH}/{made['id']}", fields).status == 422

    def test_a_deleted_one_is_not_found(self, ada: Api) -> None:
        one = f"{PATH}/{make(ada)['id']}"

        assert ada.delete(one).status == 204

        assert [ada.get(one).status, ada.patch(one, {}).status, ada.delete(one).status] == [404] * 3
        assert names(ada) == []


class TestAudit:
    def test_making_changing_and_deleting_are_told(self, ada: Api, cast: Cast) -> None:
        made = make(ada, "Northwind", "customers.example")
        one = f"{PATH}/{made['id']}"
        ada.patch(one, {"name": "NW", "domains": [], "shared_tickets": True})
        ada.patch(one, {"name": "NW"})
        ada.delete(one)

        deleted, changed, created = ada.get("/v1/audit-log?limit=3").json["items"]

        assert [entry["action"] for entry in (created, changed, deleted)] == [
            "organisation.created",
            "organisation.changed",
            "organisation.deleted",
        ]
        assert {entry["target"]["id"] for entry in (created, changed, deleted)} == {made["id"]}
        assert created["after"]["joined"] == 2
        assert changed["before"] == {
            "name": "Northwind",
            "domains": ["customers.example"],
            "shared_tickets": None,
        }
        assert changed["after"] == {"name": "NW", "domains": [], "shared_tickets": True}
        assert deleted["before"]["name"] == "NW"

    def test_a_move_by_hand_is_told(self, ada: Api, cast: Cast) -> None:
        made = make(ada)

        ada.patch(f"/v1/users/{cast.carol.id}", {"organisation_id": made["id"]})

        entry = ada.get("/v1/audit-log?limit=1").json["items"][0]
        assert entry["action"] == "user.changed"
        assert (entry["before"], entry["after"]) == (
            {"organisation_id": None},
            {"organisation_id": made["id"]},
        )
