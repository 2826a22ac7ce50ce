"""Categories over HTTP: declared, listed, changed, deleted."""

from typing import Any

import pytest

from tests.support.api import Api
from tests.support.cast import Cast
from tests.support.database import Database
from tests.support.for_each import for_each

PATH = "/v1/categories"
OPTIONAL = {"subcategories": [], "team": None, "position": 1, "active": True}


@pytest.fixture
def ada(api: Api, cast: Cast) -> Api:
    return api.with_token(cast.ada.token)


def make(admin: Api, name: str = "Network", **fields: Any) -> dict[str, Any]:
    reply = admin.post(PATH, {"name": name, **fields})
    assert reply.status == 201, reply.text
    return dict(reply.json)


def names(who: Api, query: str = "") -> list[str]:
    reply = who.get(f"{PATH}?{query}")
    assert reply.status == 200, reply.text
    return [item["name"] for item in reply.json["items"]]


class TestDeclaring:
    def test_it_is_answered_whole(self, ada: Api, cast: Cast) -> None:
        team = {"id": str(cast.teams["Networks"]), "name": "Networks"}

        reply = ada.post(
            PATH, {"name": " Network ", "subcategories": ["VPN", "Wi-Fi"], "team_id": team["id"]}
        )

        assert reply.status == 201
        assert reply.headers["location"] == f"{PATH}/{reply.json['id']}"
        wanted = {"name": "Network", "subcategories": ["VPN", "Wi-Fi"], "team": team, "position": 1}
        assert reply.json == {**reply.json, **wanted, "active": True}
        assert ada.get(reply.headers["location"]).json == reply.json

    def test_what_is_not_said_has_a_default_and_it_stands_at_the_end(self, ada: Api) -> None:
        make(ada, "First", position=7)

        made = make(ada, "Second")

        assert made == {**made, **OPTIONAL, "position": 8}

    @pytest.mark.parametrize("spelling", ["Network", "NETWORK", " network", "Ｎetwork"])
    def test_a_name_is_taken_once_in_whatever_spelling(self, ada: Api, spelling: str) -> None:
        make(ada)

        reply = ada.post(PATH, {"name": spelling})

        assert (reply.status, reply.code) == (409, "CONFLICT")
        assert reply.json["detail"] == "There is already a category of this name."

    def test_the_name_of_an_inactive_one_is_taken_that_of_a_deleted_one_is_free(self, ada: Api) -> None:
        made = make(ada, active=False)
        assert ada.post(PATH, {"name": "network"}).status == 409

        assert ada.delete(f"{PATH}/{made['id']}").status == 204

        assert make(ada, "network")["name"] == "network"

    def test_another_workspace_may_use_the_same_name(self, api: Api, ada: Api, cast: Cast) -> None:
        make(ada)

        make(api.with_token(cast.mallory.token))

    @for_each(
        "fields, field, code",
        [
            ({}, "name", "FIELD_REQUIRED"),
            ({"name": ""}, "name", "VALIDATION_ERROR"),
            ({"name": "a\nb"}, "name", "VALIDATION_ERROR"),
            ({"name": "x" * 101}, "name", "VALIDATION_ERROR"),
            ({"name": "N", "subcategories": ["VPN", "vpn"]}, "subcategories", "VALIDATION_ERROR"),
            ({"name": "N", "subcategories": ["x\ty"]}, "subcategories.0", "VALIDATION_ERROR"),
            (
                {"name": "N", "subcategories": [str(n) for n in range(51)]},
                "subcategories",
                "VALIDATION_ERROR",
            ),
            ({"name": "N", "position": -1}, "position", "VALIDATION_ERROR"),
            ({"name": "N", "position": True}, "position", "VALIDATION_ERROR"),
            ({"name": "N", "position": 2**63}, "position", "VALIDATION_ERROR"),
            ({"name": "N", "active": "yes"}, "active", "VALIDATION_ERROR"),
            ({"name": "N", "team_id": "nobody"}, "team_id", "VALIDATION_ERROR"),
            ({"name": "N", "workspace_id": "x"}, "workspace_id", "VALIDATION_ERROR"),
        ],
    )
    def test_what_cannot_be_is_422(self, ada: Api, fields: dict[str, Any], field: str, code: str) -> None:
        reply = ada.post(PATH, fields)

        assert (reply.status, reply.code) == (422, code)
        assert [problem["field"] for problem in reply.json["errors"]] == [field]

    def test_case_15_a_team_of_another_workspace_is_not_found(
        self, ada: Api, cast: Cast, database: Database
    ) -> None:
        foreign = database.value("SELECT id FROM teams WHERE workspace_id = :w", w=cast.globex)
        made = make(ada)

        replies = [
            ada.post(PATH, {"name": "N", "team_id": str(foreign)}),
            ada.patch(f"{PATH}/{made['id']}", {"team_id": str(foreign)}),
        ]

        assert [reply.status for reply in replies] == [404, 404]
        assert names(ada) == ["Network"]

    def test_there_is_an_end_to_them(self, ada: Api, cast: Cast, database: Database) -> None:
        database.run(
            "INSERT INTO categories (workspace_id, name, key, position) "
            "SELECT :w, 'c' || n, 'c' || n, n FROM generate_series(1, 200) n",
            w=cast.acme,
        )

        reply = ada.post(PATH, {"name": "One more"})

        assert (reply.status, reply.code) == (409, "CONFLICT")

    @pytest.mark.parametrize("who", ["dario", "ana", "carol"])
    def test_case_18_only_admins_set_the_desk_up(self, api: Api, ada: Api, cast: Cast, who: str) -> None:
        caller = api.with_token(getattr(cast, who).token)
        one = f"{PATH}/{make(ada)['id']}"

        replies = [caller.post(PATH, {"name": "N"}), caller.patch(one, {"name": "N"}), caller.delete(one)]

        assert [reply.status for reply in replies] == [403] * 3
        assert caller.get(one).status == caller.get(PATH).status == 200


class TestListing:
    def test_in_their_order_page_by_page(self, ada: Api) -> None:
        for name, position in (("Network", 2), ("Billing", 1), ("Access", 2)):
            make(ada, name, position=position)

        assert names(ada) == ["Billing", "Network", "Access"]
        assert names(ada, "sort=name") == ["Access", "Billing", "Network"]
        assert names(ada, "sort=-name&offset=1") == ["Billing", "Access"]
        first = ada.get(f"{PATH}?limit=2").json
        assert names(ada, f"limit=2&cursor={first['next_cursor']}") == ["Access"]

    def test_customers_know_those_in_use_alone(self, api: Api, ada: Api, cast: Cast) -> None:
        make(ada)
        old = make(ada, "Fax", active=False)
        carol = api.with_token(cast.carol.token)

        assert names(carol) == names(carol, "active=false") == ["Network"]
        assert carol.get(f"{PATH}/{old['id']}").status == 404
        assert names(ada) == ["Network", "Fax"]
        assert names(ada, "active=false") == ["Fax"]
        assert names(ada, "active=true") == ["Network"]

    def test_those_of_another_workspace_are_not_in_it(self, api: Api, ada: Api, cast: Cast) -> None:
        foreign = make(api.with_token(cast.mallory.token))

        assert names(ada) == []
        assert ada.get(f"{PATH}/{foreign['id']}").status == 404
        assert ada.patch(f"{PATH}/{foreign['id']}", {"name": "Mine"}).status == 404
        assert ada.delete(f"{PATH}/{foreign['id']}").status == 404

    def test_a_form_without_an_account_gets_those_in_use(self, api: Api, ada: Api) -> None:
        make(ada, "Network", subcategories=["VPN"], position=2)
        make(ada, "Billing", position=1)
        make(ada, "Fax", active=False)

        reply = api.get("/v1/public/acme/categories")

        assert reply.status == 200
        assert reply.json == {
            "items": [
                {"name": "Billing", "subcategories": []},
                {"name": "Network", "subcategories": ["VPN"]},
            ]
        }
        assert api.get("/v1/public/nobody/categories").status == 404


class TestChanging:
    def test_only_what_is_sent(self, ada: Api, cast: Cast) -> None:
        made = make(ada, subcategories=["VPN"], team_id=str(cast.teams["Apps"]))

        changed = ada.patch(f"{PATH}/{made['id']}", {"team_id": None, "active": False}).json

        same = ("id", "name", "subcategories", "position", "created_at")
        assert {name: changed[name] for name in same} == {name: made[name] for name in same}
        assert (changed["team"], changed["active"]) == (None, False)

    def test_the_spelling_of_its_own_name(self, ada: Api) -> None:
        made = make(ada)

        assert ada.patch(f"{PATH}/{made['id']}", {"name": "NETWORK"}).json["name"] == "NETWORK"

    def test_not_to_a_name_that_is_taken(self, ada: Api) -> None:
        make(ada, "Billing")
        made = make(ada)

        assert ada.patch(f"{PATH}/{made['id']}", {"name": "billing"}).status == 409

    @pytest.mark.parametrize("field", ["name", "subcategories", "position", "active"])
    def test_null_is_no_value(self, ada: Api, field: str) -> None:
        made = make(ada)

        reply = ada.patch(f"{PATH}/{made['id']}", {field: None})

        assert reply.status == 422
        assert [problem["field"] for problem in reply.json["errors"]] == [field]

    def test_each_change_is_in_the_audit_log_with_what_it_was(self, ada: Api, database: Database) -> None:
        made = make(ada)
        ada.patch(f"{PATH}/{made['id']}", {"name": "Networks", "active": True})
        ada.patch(f"{PATH}/{made['id']}", {"active": True})
        ada.delete(f"{PATH}/{made['id']}")

        rows = database.rows(
            "SELECT action, before, after FROM audit_log WHERE target_id = :c ORDER BY sequence", c=made["id"]
        )
        assert [row["action"] for row in rows] == ["category.created", "category.changed", "category.deleted"]
        assert (rows[1]["before"], rows[1]["after"]) == ({"name": "Network"}, {"name": "Networks"})
        assert rows[2]["before"]["name"] == "Networks"
