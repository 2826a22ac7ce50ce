"""/v1/teams and their members."""

from typing import Any
from urllib.parse import quote

import pytest

from chalicelib.api.schemas.common import Page
from chalicelib.api.schemas.teams import MemberOut, TeamOut
from tests.support.api import Api, Reply
from tests.support.cast import Cast, Person, person
from tests.support.database import Database
from tests.support.for_each import for_each

ELSEWHERE = "0190c0de-0000-7000-8000-000000000001"


@pytest.fixture
def ada(api: Api, cast: Cast) -> Api:
    """The API as the admin calls it."""
    return api.with_token(cast.ada.token)


@pytest.fixture
def networks(cast: Cast) -> str:
    """The path of Ana's team."""
    return f"/v1/teams/{cast.teams['Networks']}"


@pytest.fixture
def foreign(api: Api, cast: Cast) -> str:
    """The path of Globex's team."""
    return f"/v1/teams/{api.with_token(cast.mallory.token).get('/v1/teams').json['items'][0]['id']}"


def names(reply: Reply) -> list[str]:
    assert reply.status == 200, reply.text
    return [item["name"] for item in reply.json["items"]]


def body_of(reply: Reply) -> dict[str, Any]:
    assert reply.status == 200, reply.text
    return dict(reply.json)


def join(caller: Api, team: str, who: Person) -> Reply:
    return caller.post(f"{team}/members", {"user_id": str(who.id)})


def test_a_list_shows_the_teams_by_name(ada: Api) -> None:
    reply = ada.get("/v1/teams")

    page = reply.read(Page[TeamOut])
    assert [(team["name"], team["is_default"], team["member_count"]) for team in page["items"]] == [
        ("Apps", False, 1), ("Networks", False, 1), ("Service desk", True, 0)
    ]  # fmt: skip


def test_a_list_goes_on_by_cursor_and_offset(ada: Api) -> None:
    first = ada.get("/v1/teams?limit=2")

    assert names(ada.get(f"/v1/teams?limit=2&cursor={first.json['next_cursor']}")) == ["Service desk"]
    assert names(ada.get(f"/v1/teams?limit=2&offset={first.json['next_offset']}")) == ["Service desk"]
    assert names(ada.get("/v1/teams?sort=-name&limit=1")) == ["Service desk"]


@for_each(
    "query, expected",
    [
        ("desk", ["Service desk"]),
        ("NET", ["Networks"]),
        ("s", ["Apps", "Networks", "Service desk"]),
        ("%", []),
    ],
)
def test_a_list_can_be_searched(ada: Api, query: str, expected: list[str]) -> None:
    assert names(ada.get(f"/v1/teams?query={quote(query)}")) == expected


@pytest.mark.parametrize(
    ("query", "expected"), [("an", ["Ana"]), ("BEN@acme", ["Ben"]), ("acme", ["Ana", "Ben"]), ("carol", [])]
)
def test_members_can_be_searched(
    ada: Api, cast: Cast, networks: str, query: str, expected: list[str]
) -> None:
    join(ada, networks, cast.ben)

    assert names(ada.get(f"{networks}/members?query={quote(query)}")) == expected


def test_a_search_goes_on_by_cursor(ada: Api) -> None:
    first = ada.get("/v1/teams?query=s&limit=2").json

    assert names(ada.get(f"/v1/teams?query=s&limit=2&cursor={first['next_cursor']}")) == ["Service desk"]


def test_a_team_is_made_and_shown(ada: Api) -> None:
    reply = ada.post("/v1/teams", {"name": "  Field service "})

    assert reply.status == 201
    team = reply.read(TeamOut)
    assert (team["name"], team["is_default"], team["member_count"]) == ("Field service", False, 0)
    assert reply.headers["location"] == f"/v1/teams/{team['id']}"
    assert ada.get(f"/v1/teams/{team['id']}").json == reply.json


def test_a_name_is_unique_in_its_workspace(api: Api, ada: Api, cast: Cast, networks: str) -> None:
    made, renamed = ada.post("/v1/teams", {"name": "Apps"}), ada.patch(networks, {"name": "Apps"})
    elsewhere = api.with_token(cast.mallory.token).post("/v1/teams", {"name": "Apps"})

    assert [(reply.status, reply.code) for reply in (made, renamed)] == [(409, "CONFLICT")] * 2
    assert elsewhere.status == 201


def test_a_team_is_renamed_the_default_one_too(ada: Api, cast: Cast, networks: str) -> None:
    replies = [
        ada.patch(networks, {"name": "Networks"}),
        ada.patch(networks, {"name": "Backbone"}),
        ada.patch(f"/v1/teams/{cast.teams['Service desk']}", {"name": "Front desk"}),
    ]

    assert [reply.status for reply in replies] == [200, 200, 200]
    assert replies[1].read(TeamOut)["member_count"] == 1
    assert [(team["name"], team["is_default"]) for team in ada.get("/v1/teams").json["items"]] == [
        ("Apps", False), ("Backbone", False), ("Front desk", True)
    ]  # fmt: skip


@for_each(
    "body",
    [
        {"name": ""},
        {"name": "x" * 151},
        {"name": "A\nB"},
        {"name": None},
        {"name": 1},
        {"name": "X", "is_default": True},
        {"name": "X", "assignment": "random"},
        {"name": "X", "assignment": None},
        {"name": "X", "assignment": 1},
        {"name": "X", "assignment": ["manual"]},
        {"name": "X", "assignment_cap": 0},
        {"name": "X", "assignment_cap": -1},
        {"name": "X", "assignment_cap": 10_001},
        {"name": "X", "assignment_cap": 2**63},
        {"name": "X", "assignment_cap": True},
        {"name": "X", "assignment_cap": "5"},
        {"name": "X", "assignment_cap": 2.5},
    ],
)
def test_what_cannot_be_a_team_is_refused(ada: Api, networks: str, body: dict[str, Any]) -> None:
    replies = [ada.post("/v1/teams", body), ada.patch(networks, body)]

    assert [(reply.status, reply.code) for reply in replies] == [(422, "VALIDATION_ERROR")] * 2


def test_a_team_assigns_by_hand_unless_told_otherwise(ada: Api) -> None:
    plain = ada.post("/v1/teams", {"name": "Plain"}).json
    automatic = ada.post("/v1/teams", {"name": "Busy", "assignment": "Least-Loaded", "assignment_cap": 20})

    assert (plain["assignment"], plain["assignment_cap"]) == ("manual", None)
    team = automatic.read(TeamOut)
    assert (team["assignment"], team["assignment_cap"]) == ("least_loaded", 20)
    assert ada.get(f"/v1/teams/{team['id']}").json == automatic.json


def test_a_patch_changes_what_it_names_and_no_more(ada: Api, networks: str) -> None:
    replies = [
        ada.patch(networks, {"assignment": "round_robin"}),
        ada.patch(networks, {"assignment_cap": 5}),
        ada.patch(networks, {"name": "Backbone"}),
        ada.patch(networks, {"assignment_cap": None}),
        ada.patch(networks, {}),
    ]

    told = [(team["name"], team["assignment"], team["assignment_cap"]) for team in map(body_of, replies)]
    assert told == [
        ("Networks", "round_robin", None),
        ("Networks", "round_robin", 5),
        ("Backbone", "round_robin", 5),
        ("Backbone", "round_robin", None),
        ("Backbone", "round_robin", None),
    ]
    assert replies[4].json["updated_at"] == replies[3].json["updated_at"]


def test_only_what_changes_of_a_team_is_audited(ada: Api, cast: Cast, networks: str) -> None:
    ada.patch(networks, {"name": "Networks", "assignment": "round_robin", "assignment_cap": 9})
    ada.patch(networks, {"assignment": "round_robin"})

    (entry,) = ada.get("/v1/audit-log?action=team.changed").json["items"]
    assert entry["before"] == {"assignment": "manual", "assignment_cap": None}
    assert entry["after"] == {"assignment": "round_robin", "assignment_cap": 9}


def test_a_missing_name_is_named(ada: Api) -> None:
    assert ada.post("/v1/teams", {}).code == "FIELD_REQUIRED"


def test_members_come_and_go(ada: Api, cast: Cast, networks: str) -> None:
    joined, again = join(ada, networks, cast.ben), join(ada, networks, cast.ben)
    there = ada.get(f"{networks}/members")
    left = ada.delete(f"{networks}/members/{cast.ben.id}")

    assert (joined.status, again.status, again.json) == (201, 200, joined.json)
    assert joined.read(MemberOut)["id"] == cast.ben.id
    assert there.read(Page[MemberOut])["items"][0]["role"] == "agent"
    assert names(there) == ["Ana", "Ben"]
    assert (left.status, left.text) == (204, "")
    assert names(ada.get(f"{networks}/members")) == ["Ana"]


def test_an_agent_may_be_in_several_teams(ada: Api, cast: Cast, networks: str) -> None:
    join(ada, networks, cast.ben)

    assert [team["name"] for team in ada.get(f"/v1/users/{cast.ben.id}").json["teams"]] == [
        "Apps",
        "Networks",
    ]


@for_each("who", ["ada", "dario", "ben"])
def test_all_staff_can_be_members(ada: Api, cast: Cast, networks: str, who: str) -> None:
    assert join(ada, networks, getattr(cast, who)).status == 201


def test_a_customer_cannot(ada: Api, cast: Cast, networks: str) -> None:
    reply = join(ada, networks, cast.carol)

    assert (reply.status, reply.json["errors"][0]["field"]) == (422, "user_id")
    assert names(ada.get(f"{networks}/members")) == ["Ana"]


def test_members_are_listed_in_pages(ada: Api, cast: Cast, networks: str, database: Database) -> None:
    for _ in range(3):
        twin = person(database, cast.acme, "Zoe", "agent", f"{ELSEWHERE[-4:]}{_}.example")
        join(ada, networks, twin)

    first = ada.get(f"{networks}/members?limit=2").json
    second = ada.get(f"{networks}/members?limit=2&cursor={first['next_cursor']}").json

    seen = [member["id"] for member in first["items"] + second["items"]]
    assert (len(seen), len(set(seen)), second["next_cursor"]) == (4, 4, None)


def test_members_show_who_is_away(api: Api, ada: Api, cast: Cast, networks: str) -> None:
    join(ada, networks, cast.ben)
    api.with_token(cast.ben.token).patch("/v1/auth/me", {"away": True})

    members = ada.get(f"{networks}/members").json["items"]

    assert [(member["name"], member["away"]) for member in members] == [("Ana", False), ("Ben", True)]
    assert (members[0]["away_since"], members[1]["away_since"] is None) == (None, False)


def test_who_is_no_member_cannot_be_removed(ada: Api, cast: Cast, networks: str) -> None:
    assert ada.delete(f"{networks}/members/{cast.ben.id}").status == 404
    assert ada.delete(f"{networks}/members/{ELSEWHERE}").status == 404


def test_case_15_what_is_anothers_is_not_there(
    api: Api, ada: Api, cast: Cast, networks: str, foreign: str, database: Database
) -> None:
    mallory = api.with_token(cast.mallory.token)
    replies = [
        ada.get(foreign),
        ada.patch(foreign, {"name": "Taken"}),
        ada.get(f"{foreign}/members"),
        join(ada, foreign, cast.ana),
        join(ada, networks, cast.mallory),
        ada.delete(f"{foreign}/members/{cast.mallory.id}"),
        mallory.get(networks),
        join(mallory, networks, cast.mallory),
        join(mallory, foreign, cast.ana),
        mallory.delete(f"{networks}/members/{cast.ana.id}"),
    ]

    assert [(reply.status, reply.code) for reply in replies] == [(404, "NOT_FOUND")] * 10
    assert database.value("SELECT count(*) FROM team_members") == 2


@pytest.mark.parametrize("path", [f"/v1/teams/{ELSEWHERE}", f"/v1/teams/{ELSEWHERE}/members"])
def test_a_team_that_is_not_there(ada: Api, cast: Cast, path: str) -> None:
    assert ada.get(path).status == 404
    assert join(ada, f"/v1/teams/{ELSEWHERE}", cast.ana).status == 404
    assert ada.patch(f"/v1/teams/{ELSEWHERE}", {"name": "X"}).status == 404


@for_each("body", [{"user_id": "x"}, {"user_id": None}, {"user_id": 1}, {"user_ids": []}])
def test_a_member_is_a_user(ada: Api, networks: str, body: dict[str, Any]) -> None:
    assert ada.post(f"{networks}/members", body).status == 422


@pytest.mark.parametrize("who", ["dario", "ana"])
def test_staff_look_and_do_not_touch(api: Api, cast: Cast, networks: str, who: str) -> None:
    caller = api.with_token(getattr(cast, who).token)

    assert len(names(caller.get("/v1/teams"))) == 3
    assert caller.get(networks).status == 200
    assert names(caller.get(f"{networks}/members")) == ["Ana"]
    assert caller.post("/v1/teams", {"name": "Mine"}).status == 403
    assert caller.patch(networks, {"name": "Mine"}).status == 403
    assert join(caller, networks, cast.ben).status == 403
    assert caller.delete(f"{networks}/members/{cast.ana.id}").status == 403


def test_case_18_customers_see_no_teams(api: Api, cast: Cast, networks: str) -> None:
    carol = api.with_token(cast.carol.token)

    assert {carol.get(path).status for path in ("/v1/teams", networks, f"{networks}/members")} == {403}


@for_each("query", ["sort=id", "limit=0", "cursor=x", "name=Apps"])
def test_37_what_is_no_query_is_refused(ada: Api, networks: str, query: str) -> None:
    assert ada.get(f"/v1/teams?{query}").status == 422
    assert ada.get(f"{networks}/members?{query}").status == 422
