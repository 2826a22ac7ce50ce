"""Macros: kept by whom, seen by whom, applied to tickets, tried before."""

from functools import partial
from typing import Any
from uuid import UUID, uuid4

import pytest

from chalicelib.accounts import principals
from chalicelib.core.db import Transaction
from chalicelib.tickets import applying, macros
from tests.support.api import Reply
from tests.support.cast import Cast, Person
from tests.support.connections import Connections
from tests.support.crew import crew
from tests.support.database import Database
from tests.support.for_each import for_each
from tests.support.service_desk import ServiceDesk

ASK: list[dict[str, Any]] = [
    {"action": "set_status", "status": "pending"},
    {"action": "comment", "body": "Hello {{requester.first_name}}, which version is it? {{actor.name}}"},
    {"action": "set_priority", "priority": "high"},
]
TAG = [{"action": "add_tags", "tags": ["asked"]}]
Macro = dict[str, Any]


def make(desk: ServiceDesk, who: Person, name: str = "Ask", **fields: Any) -> Reply:
    body = {"name": name, "actions": TAG, **fields}
    return desk.as_(who).post("/v1/macros", body)


def made(desk: ServiceDesk, who: Person, name: str = "Ask", **fields: Any) -> Macro:
    reply = make(desk, who, name, **fields)
    assert reply.status == 201, reply.text
    return dict(reply.json)


def shared(desk: ServiceDesk, name: str = "Ask", **fields: Any) -> Macro:
    return made(desk, desk.cast.ada, name, shared=True, **fields)


def apply(desk: ServiceDesk, who: Person, macro: Macro, ticket: Any, **fields: Any) -> Reply:
    headers = {name: fields.pop(name) for name in ("If_Match", "Idempotency_Key") if name in fields}
    body = {"ticket_id": ticket["id"], **fields}
    return desk.as_(who).post(f"/v1/macros/{macro['id']}/apply", body, **headers)


def preview(desk: ServiceDesk, who: Person, macro: Macro, ticket: Any, **fields: Any) -> Reply:
    return desk.as_(who).post(f"/v1/macros/{macro['id']}/preview", {"ticket_id": ticket["id"], **fields})


def names(desk: ServiceDesk, who: Person, query: str = "") -> list[str]:
    reply = desk.as_(who).get(f"/v1/macros?{query}")
    assert reply.status == 200, reply.text
    return [item["name"] for item in reply.json["items"]]


def steady(ticket: dict[str, Any]) -> dict[str, Any]:
    """Without what goes on by itself."""
    return {**ticket, "hours_remaining": None}


def patch(desk: ServiceDesk, who: Person, macro: Macro, **fields: Any) -> Reply:
    return desk.as_(who).patch(f"/v1/macros/{macro['id']}", fields)


class TestKeeping:
    def test_a_shared_one_is_answered_whole_and_audited(self, desk: ServiceDesk) -> None:
        team = {"id": str(desk.cast.teams["Networks"]), "name": "Networks"}

        reply = make(
            desk, desk.cast.dario, shared=True, team_ids=[team["id"]], description="For VPNs.", actions=ASK
        )

        assert reply.headers["location"] == f"/v1/macros/{reply.json['id']}"
        assert {name: reply.json[name] for name in ("name", "description", "shared", "active", "teams")} == {
            "name": "Ask",
            "description": "For VPNs.",
            "shared": True,
            "active": True,
            "teams": [team],
        }
        kept = [{**each, "visibility": "public"} if each["action"] == "comment" else each for each in ASK]
        assert reply.json["actions"] == kept
        assert desk.as_(desk.cast.dario).get(f"/v1/macros/{reply.json['id']}").json == reply.json
        entry = desk.as_(desk.cast.ada).get("/v1/audit-log").json["items"][0]
        assert (entry["action"], entry["target"]["id"]) == ("macro.created", reply.json["id"])
        assert (entry["after"]["actions"], entry["after"]["team_ids"]) == (kept, [team["id"]])

    def test_an_own_one_is_nobody_elses_business(self, desk: ServiceDesk) -> None:
        own = made(desk, desk.cast.ana)

        assert (own["shared"], own["teams"]) == (False, [])
        assert names(desk, desk.cast.ana) == ["Ask"]
        for who in (desk.cast.ada, desk.cast.dario, desk.cast.ben):
            assert names(desk, who) == []
            assert desk.as_(who).get(f"/v1/macros/{own['id']}").status == 404
            assert patch(desk, who, own, name="Mine").status == 404
            assert desk.as_(who).delete(f"/v1/macros/{own['id']}").status == 404
        assert desk.as_(desk.cast.ada).get("/v1/audit-log").json["items"] == []

    def test_changes_are_audited_with_what_was(self, desk: ServiceDesk) -> None:
        macro = shared(desk)

        changed = patch(desk, desk.cast.dario, macro, name="Ask again", active=False, description=None)
        assert desk.as_(desk.cast.dario).delete(f"/v1/macros/{macro['id']}").status == 204

        assert (changed.json["name"], changed.json["active"]) == ("Ask again", False)
        assert changed.json["updated_at"] > macro["updated_at"]
        entries = desk.as_(desk.cast.ada).get("/v1/audit-log").json["items"]
        assert [entry["action"] for entry in entries] == ["macro.deleted", "macro.changed", "macro.created"]
        assert entries[1]["before"] == {"name": "Ask", "active": True}
        assert desk.as_(desk.cast.dario).get(f"/v1/macros/{macro['id']}").status == 404

    def test_what_is_so_already_is_no_change(self, desk: ServiceDesk) -> None:
        macro = shared(desk, team_ids=[str(desk.cast.teams["Apps"])])
        same = {"name": "Ask", "actions": TAG, "shared": True, "team_ids": [str(desk.cast.teams["Apps"])] * 2}

        assert patch(desk, desk.cast.ada, macro, **same).json == macro
        assert patch(desk, desk.cast.ada, macro).json == macro
        assert len(desk.as_(desk.cast.ada).get("/v1/audit-log").json["items"]) == 1

    def test_an_own_one_is_given_to_all_and_taken_back(self, desk: ServiceDesk) -> None:
        own = made(desk, desk.cast.dario)

        given = patch(desk, desk.cast.dario, own, shared=True, team_ids=[str(desk.cast.teams["Networks"])])
        seen = names(desk, desk.cast.ana)
        taken = patch(desk, desk.cast.ada, own, shared=False)

        assert (given.json["shared"], seen) == (True, ["Ask"])
        assert (taken.json["shared"], taken.json["teams"]) == (False, [])
        assert (names(desk, desk.cast.ada), names(desk, desk.cast.dario)) == (["Ask"], [])
        actions = [entry["action"] for entry in desk.as_(desk.cast.ada).get("/v1/audit-log").json["items"]]
        assert actions == ["macro.changed", "macro.changed"]

    def test_a_name_is_taken_once_a_scope_in_any_spelling(self, desk: ServiceDesk) -> None:
        shared(desk, "Straße 1")
        own = made(desk, desk.cast.ana, "Ask")
        made(desk, desk.cast.ben, "Ask")
        made(desk, desk.cast.ada, "strasse 1")

        again = make(desk, desk.cast.ada, "STRASSE  1", shared=True)
        mine = make(desk, desk.cast.ana, "ask")
        renamed = patch(desk, desk.cast.ana, made(desk, desk.cast.ana, "Other"), name="ASK")

        assert {reply.status for reply in (again, mine, renamed)} == {409}
        assert again.json["detail"] == "There is already a shared macro of this name."
        assert mine.json["detail"] == "There is already a macro of your own of this name."
        assert patch(desk, desk.cast.ana, own, name="ASK").json["name"] == "ASK"

    def test_giving_to_all_is_refused_where_the_name_is_taken(self, desk: ServiceDesk) -> None:
        shared(desk)

        reply = patch(desk, desk.cast.ada, made(desk, desk.cast.ada), shared=True)

        assert (reply.status, reply.json["detail"]) == (409, "There is already a shared macro of this name.")

    def test_two_who_share_the_same_name_get_one(self, connections: Connections, cast: Cast) -> None:
        facts = {
            **{"name": "Ask", "description": None, "actions": TAG, "shared": True},
            **{"team_ids": set(), "position": None, "active": True},
        }

        def share(name: str, tx: Transaction) -> Any:
            return macros.make(tx, principals.enter(tx, cast.acme, cast.ada.id), {**facts, "name": name})

        answers = connections.at_once([partial(share, name) for name in ("Ask", "ASK", "ask", "aSK")])

        assert sorted(type(each).__name__ for each in answers) == ["Conflict"] * 3 + ["dict"]


class TestWhoSees:
    def test_an_agent_sees_what_is_in_use_of_the_own_teams(self, desk: ServiceDesk) -> None:
        shared(desk, "Everybody's")
        networks = shared(desk, "Networks'", team_ids=[str(desk.cast.teams["Networks"])])
        shared(desk, "Apps'", team_ids=[str(desk.cast.teams["Apps"])])
        resting = shared(desk, "Resting", active=False)

        assert names(desk, desk.cast.ana) == ["Everybody's", "Networks'"]
        assert names(desk, desk.cast.ben) == ["Everybody's", "Apps'"]
        assert len(names(desk, desk.cast.dario)) == 4
        assert desk.as_(desk.cast.ben).get(f"/v1/macros/{networks['id']}").status == 404
        assert apply(desk, desk.cast.ben, networks, desk.networks_ticket()).status == 404
        assert desk.as_(desk.cast.ana).get(f"/v1/macros/{resting['id']}").status == 404

    def test_what_an_agent_sees_it_does_not_change(self, desk: ServiceDesk) -> None:
        macro = shared(desk)

        for reply in (
            patch(desk, desk.cast.ana, macro, name="Mine"),
            desk.as_(desk.cast.ana).delete(f"/v1/macros/{macro['id']}"),
            make(desk, desk.cast.ana, shared=True),
            patch(desk, desk.cast.ana, made(desk, desk.cast.ana), shared=True),
        ):
            assert (reply.status, reply.code) == (403, "FORBIDDEN")
            assert reply.json["detail"] == "Only administrators and dispatchers see to shared macros."

    def test_customers_have_nothing_to_do_with_them(self, desk: ServiceDesk) -> None:
        macro = shared(desk)

        assert desk.as_(desk.cast.carol).get("/v1/macros").status == 403
        assert apply(desk, desk.cast.carol, macro, desk.ticket()).status == 403

    def test_another_workspace_knows_nothing_of_them(self, desk: ServiceDesk) -> None:
        macro = shared(desk)

        assert names(desk, desk.cast.mallory) == []
        assert desk.as_(desk.cast.mallory).get(f"/v1/macros/{macro['id']}").status == 404
        reply = make(desk, desk.cast.mallory, shared=True, team_ids=[str(desk.cast.teams["Apps"])])
        assert (reply.status, reply.json["detail"]) == (404, "There is no such team.")

    def test_a_team_that_was_dissolved_leaves_its_macro_to_nobody_else(
        self, desk: ServiceDesk, database: Database
    ) -> None:
        shared(desk, team_ids=[str(desk.cast.teams["Apps"])])
        database.run("UPDATE teams SET deleted_at = now() WHERE id = :t", t=desk.cast.teams["Apps"])

        assert (names(desk, desk.cast.ana), names(desk, desk.cast.dario)) == ([], ["Ask"])

    def test_an_api_key_has_none_of_its_own(self, desk: ServiceDesk) -> None:
        key = {"name": "Robot", "role": "dispatcher", "scopes": ["read", "write"]}
        robot = desk.api.with_token(desk.as_(desk.cast.ada).post("/v1/api-keys", key).json["key"])
        body = {"name": "Ask", "actions": TAG}

        own, of_all = robot.post("/v1/macros", body), robot.post("/v1/macros", {**body, "shared": True})
        applied = robot.post(
            f"/v1/macros/{of_all.json['id']}/apply", {"ticket_id": desk.networks_ticket()["id"]}
        )

        assert (own.status, of_all.status, applied.status) == (403, 201, 200)
        assert own.json["detail"] == "An API key has no macros of its own: make a shared one."


class TestTheList:
    @pytest.fixture
    def five(self, desk: ServiceDesk) -> None:
        for name in ("Ask", "Close", "Escalate"):
            shared(desk, name)
        shared(desk, "Old", active=False, position=0)
        made(desk, desk.cast.dario, "Ask mine")

    @for_each(
        "query, found",
        [
            ("sort=name", ["Ask", "Ask mine", "Close", "Escalate", "Old"]),
            ("sort=-name", ["Old", "Escalate", "Close", "Ask mine", "Ask"]),
            ("shared=true", ["Old", "Ask", "Close", "Escalate"]),
            ("shared=false", ["Ask mine"]),
            ("active=false", ["Old"]),
            ("query=%20ASK&sort=name", ["Ask", "Ask mine"]),
            ("query=%25", []),
            ("query=ask&shared=true&active=true", ["Ask"]),
        ],
    )
    @pytest.mark.usefixtures("five")
    def test_is_filtered_and_sorted(self, desk: ServiceDesk, query: str, found: list[str]) -> None:
        assert names(desk, desk.cast.dario, query) == found

    @pytest.mark.usefixtures("five")
    @pytest.mark.parametrize("sort", ["position", "-position", "name", "-name"])
    def test_goes_on_page_by_page(self, desk: ServiceDesk, sort: str) -> None:
        seen: list[str] = []
        query = f"limit=2&sort={sort}"
        while query:
            page = desk.as_(desk.cast.dario).get(f"/v1/macros?{query}").json
            seen += [item["name"] for item in page["items"]]
            cursor = page["next_cursor"]
            query = f"limit=2&sort={sort}&cursor={cursor}" if cursor else ""

        assert seen == names(desk, desk.cast.dario, f"sort={sort}")
        assert len(seen) == 5

    @for_each("query", ["sort=actions", "shared=perhaps", "query=", "owner=me", "limit=0"])
    def test_takes_nothing_else(self, desk: ServiceDesk, query: str) -> None:
        assert desk.as_(desk.cast.dario).get(f"/v1/macros?{query}").status == 422


class TestBadInput:
    @pytest.fixture
    def mine(self, desk: ServiceDesk) -> Macro:
        return made(desk, desk.cast.ada, "Mine")

    @for_each(
        "fields, field",
        [
            ({"name": ""}, "name"),
            ({"name": "a\nb"}, "name"),
            ({"name": "x" * 101}, "name"),
            ({"name": None}, "name"),
            ({"description": ""}, "description"),
            ({"actions": []}, "actions"),
            ({"actions": TAG * 21}, "actions"),
            ({"actions": [{"action": "archive"}]}, "actions.0.action"),
            ({"actions": [{"action": "delete"}]}, "actions.0.action"),
            ({"actions": [*TAG, {"action": "add_tags"}]}, "actions.1.tags"),
            ({"actions": [*TAG, {"tags": ["x"]}]}, "actions.1.action"),
            ({"actions": ["add_tags"]}, "actions.0"),
            ({"actions": [{"action": "set_field", "key": "a", "value": "x" * 17_000}]}, "actions.0.value"),
            ({"actions": [{"action": "set_priority", "priority": "highest"}]}, "actions.0.priority"),
            ({"actions": [{"action": "comment", "body": "{{customer.name}}"}]}, "actions.0.body"),
            ({"actions": [{"action": "assign", "assignee_id": "you"}]}, "actions.0.assignee_id"),
            ({"actions": [{"action": "assign", "assignee_id": str(uuid4())}]}, "actions.0.assignee_id"),
            ({"actions": [{"action": "transfer", "team_id": str(uuid4())}]}, "actions.0.team_id"),
            (
                {
                    "actions": [
                        {"action": "comment", "body": "x" * 33_000},
                        {"action": "comment", "body": "x" * 33_000, "visibility": "internal"},
                    ]
                },
                "actions",
            ),
            ({"shared": "yes"}, "shared"),
            ({"team_ids": [str(uuid4())]}, "team_ids"),
            ({"position": -1}, "position"),
            ({"owner_id": str(uuid4())}, "owner_id"),
        ],
    )
    def test_is_refused_by_its_field(
        self, desk: ServiceDesk, mine: Macro, fields: dict[str, Any], field: str
    ) -> None:
        new = make(desk, desk.cast.ada, **fields)
        changed = patch(desk, desk.cast.ada, mine, **fields)

        for reply in (new, changed):
            is_absent = "There is no such" in reply.json["errors"][0]["message"] and field.startswith(
                "actions"
            )
            assert reply.status == (404 if is_absent else 422), reply.text
            assert [problem["field"] for problem in reply.json["errors"]] == [field]

    def test_the_kinds_of_actions_are_named(self, desk: ServiceDesk) -> None:
        [unknown] = make(desk, desk.cast.ada, actions=[{"action": "explode"}]).json["errors"]
        missing = make(desk, desk.cast.ada, actions=[{}])

        assert unknown["message"].startswith("This must be one of set_priority, set_type, ")
        assert (missing.code, missing.json["errors"][0]["message"]) == (
            "FIELD_REQUIRED",
            "This field is required.",
        )

    def test_the_known_placeholders_are_named(self, desk: ServiceDesk) -> None:
        reply = make(desk, desk.cast.ada, actions=[{"action": "comment", "body": "Dear {{name}}"}])

        [problem] = reply.json["errors"]
        assert "{{name}} is no placeholder" in problem["message"]
        assert "requester.first_name" in problem["message"]

    def test_there_are_bounds(self, desk: ServiceDesk, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(macros, "MOST_SHARED", 1)
        monkeypatch.setattr(macros, "MOST_OWN", 1)
        shared(desk, "One")
        own = made(desk, desk.cast.ada, "Own")

        replies = [
            make(desk, desk.cast.ada, "Two", shared=True),
            make(desk, desk.cast.ada, "Two"),
            patch(desk, desk.cast.ada, own, shared=True),
        ]

        assert [reply.status for reply in replies] == [409, 409, 409]
        assert [reply.json["detail"] for reply in replies] == [
            "A workspace shares 1 macros at most.",
            "You can have 1 macros of your own at most.",
            "A workspace shares 1 macros at most.",
        ]
        assert make(desk, desk.cast.dario, "Own").status == 201


class TestApplying:
    def test_answers_the_whole_ticket_as_one_new_version(self, desk: ServiceDesk) -> None:
        ticket, macro = desk.networks_ticket(), shared(desk, actions=ASK)

        reply = apply(desk, desk.cast.dario, macro, ticket)

        assert (reply.status, reply.headers["etag"]) == (200, '"2"')
        assert (reply.json["status"], reply.json["priority"]) == ("pending", "high")
        seen = desk.detail(desk.cast.ada, ticket)
        assert seen["comments"][0]["body"] == "Hello Carol, which version is it? Dario"
        told = {"id": macro["id"], "name": "Ask"}
        assert [(entry["action"], entry["meta"]["macro"]) for entry in seen["timeline"][1:]] == [
            ("reclassified", told),
            ("commented", told),
            ("paused", told),
        ]

    def test_customers_are_not_told_that_it_was_one(self, desk: ServiceDesk) -> None:
        ticket, macro = desk.networks_ticket(), shared(desk, "Blunt answer", actions=ASK)
        apply(desk, desk.cast.dario, macro, ticket)

        shown = desk.as_(desk.cast.carol).get(f"/v1/tickets/{ticket['id']}").text
        listed = desk.as_(desk.cast.carol).get(f"/v1/tickets/{ticket['id']}/timeline").text

        assert "Hello Carol" in shown
        for text in (shown, listed):
            assert "Blunt" not in text
            assert macro["id"] not in text

    def test_honours_the_tickets_version(self, desk: ServiceDesk) -> None:
        ticket, macro = desk.networks_ticket(), shared(desk)

        stale = apply(desk, desk.cast.dario, macro, ticket, If_Match='"7"')
        fresh = apply(desk, desk.cast.dario, macro, ticket, If_Match='"1"')

        assert (stale.status, stale.code, fresh.status) == (412, "OPTIMISTIC_LOCK", 200)

    def test_is_done_once_for_one_key(self, desk: ServiceDesk) -> None:
        ticket, macro = desk.networks_ticket(), shared(desk, actions=ASK)

        first = apply(desk, desk.cast.dario, macro, ticket, Idempotency_Key="once")
        second = apply(desk, desk.cast.dario, macro, ticket, Idempotency_Key="once")

        assert first.json == second.json
        assert len(desk.detail(desk.cast.ada, ticket)["comments"]) == 1

    def test_has_the_rights_of_whoever_applies_it(self, desk: ServiceDesk) -> None:
        ticket, macro = desk.networks_ticket(), shared(desk, actions=ASK)

        reply = apply(desk, desk.cast.ana, macro, ticket)
        claiming = patch(
            desk, desk.cast.ada, macro, actions=[*ASK, {"action": "assign", "assignee_id": "me"}]
        )

        assert (reply.status, reply.json["action"]) == (403, 2)
        assert claiming.status == 200
        assert apply(desk, desk.cast.ana, macro, ticket).json["assignee"] == desk.cast.ana.ref

    def test_what_the_agent_does_not_see_is_not_found(self, desk: ServiceDesk) -> None:
        reply = apply(desk, desk.cast.ben, shared(desk), desk.networks_ticket())

        assert (reply.status, reply.json["detail"]) == (404, "There is no such ticket.")

    def test_a_state_that_forbids_it_is_told_with_the_action(self, desk: ServiceDesk) -> None:
        ticket = desk.in_status("closed")
        macro = shared(desk, actions=[*TAG, {"action": "set_status", "status": "pending"}])

        reply = apply(desk, desk.cast.dario, macro, ticket)

        assert (reply.status, reply.code, reply.json["action"]) == (409, "ILLEGAL_TRANSITION", 1)
        assert desk.detail(desk.cast.ada, ticket)["tags"] == []

    def test_one_that_is_not_in_use_is_refused(self, desk: ServiceDesk) -> None:
        macro = shared(desk, active=False)

        reply = apply(desk, desk.cast.dario, macro, desk.networks_ticket())

        assert (reply.status, reply.json["detail"]) == (409, "The macro “Ask” is not in use.")

    def test_the_reply_can_be_another_as_it_is(self, desk: ServiceDesk) -> None:
        note = {"action": "comment", "body": "Asked {{requester.name}}.", "visibility": "internal"}
        macro = shared(desk, actions=[*ASK, note])
        edited, silent = desk.networks_ticket(), desk.networks_ticket()

        apply(desk, desk.cast.dario, macro, edited, reply="Hello {{requester.name}}, *which*?")
        apply(desk, desk.cast.dario, macro, silent, reply=None, note=None)

        assert [each["body"] for each in desk.detail(desk.cast.ada, edited)["comments"]] == [
            "Asked Carol.",
            "Hello {{requester.name}}, *which*?",
        ]
        assert desk.detail(desk.cast.ada, silent)["comments"] == []
        assert desk.detail(desk.cast.ada, silent)["status"] == "pending"

    @pytest.mark.parametrize(
        ("action", "field", "change"),
        [
            ({"action": "transfer", "team_id": "Apps"}, "team_id", "UPDATE teams SET deleted_at = now()"),
            (
                {"action": "assign", "assignee_id": "ben"},
                "assignee_id",
                "UPDATE users SET status = 'deactivated', deactivated_at = now() WHERE name = 'Ben'",
            ),
            (
                {"action": "add_watcher", "user_id": "ben"},
                "user_id",
                "UPDATE users SET status = 'deactivated', deactivated_at = now() WHERE name = 'Ben'",
            ),
            (
                {"action": "set_field", "key": "floor", "value": 3},
                "key",
                "UPDATE custom_fields SET active = false",
            ),
            (
                {"action": "set_category", "category": "Network"},
                "category",
                "UPDATE categories SET active = false WHERE name = 'Network'",
            ),
        ],
    )
    def test_what_has_gone_since_is_told_with_the_action(
        self,
        desk: ServiceDesk,
        database: Database,
        action: dict[str, Any],
        field: str,
        change: str,
    ) -> None:
        admin = desk.as_(desk.cast.ada)
        admin.post("/v1/custom-fields", {"key": "floor", "name": "Floor", "type": "number"})
        for name in ("Network", "Other"):
            admin.post("/v1/categories", {"name": name})
        admin.patch("/v1/workspace", {"categories_only": True})
        ids = {"Apps": str(desk.cast.teams["Apps"]), "ben": str(desk.cast.ben.id)}
        known = {name: ids.get(str(value), value) for name, value in action.items()}
        macro, ticket = shared(desk, actions=[*TAG, known]), desk.networks_ticket(custom_fields={"floor": 1})
        database.run(change)

        reply = apply(desk, desk.cast.dario, macro, ticket)

        assert (reply.status, reply.code) == (409, "CONFLICT")
        assert [problem["field"] for problem in reply.json["errors"]] == [f"actions.1.{field}"]
        assert reply.json["detail"].startswith("The macro “Ask” cannot be applied as it is. actions.1.")
        assert desk.detail(desk.cast.ada, ticket)["tags"] == []

    def test_what_a_customer_wrote_stays_text(self, desk: ServiceDesk) -> None:
        subject = "@Ana <b>**{{actor.name}}** [x](http://evil.example) http://evil.example"
        ticket = desk.networks_ticket(subject=subject)
        macro = shared(desk, actions=[{"action": "comment", "body": "{{ticket.subject}}: noted."}])

        apply(desk, desk.cast.dario, macro, ticket)

        [comment] = desk.detail(desk.cast.ada, ticket)["comments"]
        assert comment["mentions"] == []
        assert comment["body_html"] == (
            "<p>@Ana &lt;b&gt;**{{actor.name}}** [x](http://evil.example) http://evil.example: noted.</p>"
        )

    @pytest.mark.parametrize("attempt", range(3))
    def test_of_two_who_claim_at_once_one_gets_it(
        self, desk: ServiceDesk, database: Database, connections: Connections, attempt: int
    ) -> None:
        cast = desk.cast
        database.run(
            "INSERT INTO team_members (workspace_id, team_id, user_id) VALUES (:w, :t, :u)",
            w=cast.acme,
            t=cast.teams["Networks"],
            u=cast.ben.id,
        )
        ticket, take = desk.networks_ticket(), [{"action": "assign", "assignee_id": "me"}]
        macro = UUID(shared(desk, "Take it", actions=take)["id"])

        def claim(who: Person, tx: Transaction) -> None:
            actor = principals.enter(tx, cast.acme, who.id)
            applying.apply(tx, actor, macro, UUID(ticket["id"]), {})

        answers = connections.at_once([partial(claim, who) for who in (cast.ana, cast.ben)])

        assert sorted(type(each).__name__ for each in answers) == ["Forbidden", "NoneType"]
        seen = desk.detail(cast.ada, ticket)
        assert (seen["version"], len(seen["timeline"])) == (2, 2)

    @pytest.mark.parametrize(
        "broken",
        [
            '[{"action": "[erased]", "tags": ["x"]}]',
            '[{"action": "set_sla_minutes", "minutes": "[erased]"}]',
            '[{"action": "assign", "assignee_id": "[erased]"}]',
            '[{"action": "comment", "body": "{{[erased]}}", "visibility": "public"}]',
        ],
    )
    def test_what_is_no_action_any_more_is_told(
        self, desk: ServiceDesk, database: Database, broken: str
    ) -> None:
        macro = shared(desk)
        database.run("UPDATE macros SET actions = CAST(:a AS jsonb)", a=broken)

        reply = apply(desk, desk.cast.dario, macro, desk.networks_ticket())

        assert (reply.status, [each["field"] for each in reply.json["errors"]]) == (409, ["actions.0"])

    @pytest.mark.parametrize("attempt", range(3))
    def test_two_at_once_are_one_after_the_other(
        self, desk: ServiceDesk, connections: Connections, attempt: int
    ) -> None:
        ticket, cast = desk.networks_ticket(), desk.cast
        both = [
            shared(desk, name, actions=[{"action": "add_tags", "tags": [name]}, *ASK[2:]])["id"]
            for name in ("one", "two")
        ]

        def do_it(macro: str, tx: Transaction) -> None:
            actor = principals.enter(tx, cast.acme, cast.dario.id)
            applying.apply(tx, actor, UUID(macro), UUID(ticket["id"]), {})

        answers = connections.at_once([partial(do_it, macro) for macro in both * 2])

        assert answers == [None] * 4
        seen = desk.detail(cast.ada, ticket)
        assert (set(seen["tags"]), seen["version"]) == ({"one", "two"}, 3)


class TestThePreview:
    def test_shows_what_it_would_do_and_does_nothing(self, desk: ServiceDesk, database: Database) -> None:
        ticket, macro = desk.networks_ticket(), shared(desk, actions=ASK)
        before = steady(desk.detail(desk.cast.ada, ticket))
        events = database.value("SELECT count(*) FROM events")

        reply = preview(desk, desk.cast.dario, macro, ticket)

        assert reply.status == 200, reply.text
        assert reply.json["comments"] == [
            {
                "visibility": "public",
                "body": "Hello Carol, which version is it? Dario",
                "body_html": "<p>Hello Carol, which version is it? Dario</p>",
                "mentions": [],
            }
        ]
        assert reply.json["changes"] == [
            {"action": "reclassified", "changes": {"priority": {"from": "medium", "to": "high"}}, "meta": {}},
            {
                "action": "paused",
                "changes": {"status": {"from": "new", "to": "pending"}},
                "meta": {"waiting_on": "customer"},
            },
        ]
        would = reply.json["ticket"]
        assert (would["status"], would["priority"], would["version"]) == ("pending", "high", 2)
        assert steady(desk.detail(desk.cast.ada, ticket)) == before
        assert database.value("SELECT count(*) FROM events") == events
        done = apply(desk, desk.cast.dario, macro, ticket).json
        by_its_time = {"updated_at": None, "sla": None}
        assert {**steady(done), **by_its_time} == {**steady(would), **by_its_time}

    def test_takes_nobodys_turn(self, desk: ServiceDesk, database: Database) -> None:
        field = crew(database, desk.cast.acme, "round_robin", 2)
        macro = shared(desk, actions=[{"action": "transfer", "team_id": str(field.team)}])
        ticket = desk.networks_ticket()

        shown = [preview(desk, desk.cast.dario, macro, ticket).json["ticket"]["assignee"] for _ in range(2)]

        assert shown == [field[0].ref, field[0].ref]
        assert apply(desk, desk.cast.dario, macro, ticket).json["assignee"] == field[0].ref

    def test_refuses_what_applying_would_refuse(self, desk: ServiceDesk) -> None:
        macro = shared(desk, actions=ASK)

        assert preview(desk, desk.cast.ana, macro, desk.networks_ticket()).status == 403
        assert preview(desk, desk.cast.dario, macro, desk.in_status("closed")).code == "ILLEGAL_TRANSITION"
        assert preview(desk, desk.cast.dario, macro, {"id": str(uuid4())}).status == 404

    def test_can_be_had_of_one_that_is_not_in_use_yet(self, desk: ServiceDesk) -> None:
        macro = shared(desk, active=False)

        assert preview(desk, desk.cast.dario, macro, desk.networks_ticket()).status == 200

    def test_shows_another_reply_in_its_place(self, desk: ServiceDesk) -> None:
        reply = preview(
            desk, desk.cast.dario, shared(desk, actions=ASK), desk.networks_ticket(), reply="*Hi* @Ana"
        )

        [comment] = reply.json["comments"]
        assert (comment["body_html"], [each["name"] for each in comment["mentions"]]) == (
            "<p><em>Hi</em> @Ana</p>",
            ["Ana"],
        )


class TestPeopleWhoLeave:
    def test_erasing_somebody_takes_their_own_macros_along(
        self, desk: ServiceDesk, database: Database, connections: Connections
    ) -> None:
        shared(desk, "Ask")
        made(desk, desk.cast.ben, "Mine")

        def erase(tx: Transaction) -> Any:
            principals.enter(tx, desk.cast.acme, desk.cast.ada.id)
            return tx.connection.exec_driver_sql(
                "SELECT fn_erase_owned(%s, 10)", (desk.cast.ben.id,)
            ).scalar()

        counts = connections.run(erase)

        assert counts["macros"] == 1
        assert [row["name"] for row in database.rows("SELECT name FROM macros")] == ["Ask"]

    def test_erasing_somebody_takes_them_out_of_shared_texts(
        self, desk: ServiceDesk, database: Database, connections: Connections
    ) -> None:
        macro = shared(desk, actions=[{"action": "comment", "body": "Write to ben@acme.example."}])
        database.run(
            "WITH job AS (INSERT INTO jobs (workspace_id, kind, expires_at) "
            "VALUES (:w, 'user_erasure', now() + interval '1 day') RETURNING id) "
            "INSERT INTO erasures (workspace_id, user_id, job_id, pseudonym, reason, patterns) "
            "SELECT :w, :u, id, 'x', 'requested', "
            "jsonb_build_object('everywhere', 'ben@acme.example') FROM job",
            w=desk.cast.acme,
            u=desk.cast.ben.id,
        )

        def erase(tx: Transaction) -> Any:
            principals.enter(tx, desk.cast.acme, desk.cast.ada.id)
            sql = "SELECT changed FROM fn_erase_batch(%s, 'macros', NULL, 10)"
            return tx.connection.exec_driver_sql(sql, (desk.cast.ben.id,)).scalar()

        assert connections.run(erase) == 1
        seen = desk.as_(desk.cast.ada).get(f"/v1/macros/{macro['id']}").json
        assert seen["actions"][0]["body"] == "Write to [erased]."

    def test_what_was_done_by_one_that_is_gone_is_told_still(self, desk: ServiceDesk) -> None:
        ticket, macro = desk.networks_ticket(), shared(desk)
        apply(desk, desk.cast.dario, macro, ticket)
        desk.as_(desk.cast.ada).delete(f"/v1/macros/{macro['id']}")

        entry = desk.detail(desk.cast.ada, ticket)["timeline"][-1]

        assert entry["meta"]["macro"] == {"id": macro["id"], "name": "Ask"}
