"""Custom fields of tickets: declared, checked by type, asked for, shown, filtered by."""

from typing import Any

import pytest

from tests.support.api import Reply
from tests.support.connections import Connections
from tests.support.database import Database
from tests.support.for_each import for_each
from tests.support.plans import plan_of
from tests.support.service_desk import ServiceDesk
from tests.support.statements import recorded

PATH = "/v1/custom-fields"
THEIRS = {"visible_to_customers": True, "editable_by_customers": True}
OPTIONS = ["Linux", "macOS", "Windows"]
BODY = {"subject": "VPN drops", "description": "Every hour, since the update."}
# As their trigger keeps them, for tickets that were written past it.
VALUES_OF_FIELDS = """
    INSERT INTO ticket_field_values (workspace_id, digest, ticket_id)
    SELECT t.workspace_id, fn_field_digest(jsonb_build_array(f.key, f.value)), t.id
    FROM tickets t, jsonb_each(t.custom_fields) f
"""


def declare(desk: ServiceDesk, key: str, kind: str = "text", **fields: Any) -> dict[str, Any]:
    options = {"options": OPTIONS} if kind.endswith("select") else {}
    body = {"key": key, "name": key.title(), "type": kind, **options, **fields}
    reply = desk.as_(desk.cast.ada).post(PATH, body)
    assert reply.status == 201, reply.text
    return dict(reply.json)


def open_one(desk: ServiceDesk, who: str = "carol", *, of: str = "question", **fields: Any) -> Reply:
    person = getattr(desk.cast, who)
    return desk.as_(person).post("/v1/tickets", {**BODY, "type": of, "custom_fields": fields})


def problems(reply: Reply) -> dict[str, str]:
    assert reply.status == 422, reply.text
    return {problem["field"]: problem["code"] for problem in reply.json["errors"]}


def found(desk: ServiceDesk, query: str, who: str = "dario") -> list[int]:
    reply = desk.as_(getattr(desk.cast, who)).get(f"/v1/tickets?sort=created_at&{query}")
    assert reply.status == 200, reply.text
    return [item["number"] for item in reply.json["items"]]


class TestDeclaring:
    def test_it_is_answered_whole(self, desk: ServiceDesk) -> None:
        ada = desk.as_(desk.cast.ada)
        said = {
            "key": "os",
            "name": "Operating system",
            "type": "select",
            "options": OPTIONS,
            "required_for": ["PETICION", "incident"],
            **THEIRS,
        }

        reply = ada.post(PATH, said)

        assert reply.status == 201
        assert reply.headers["location"] == f"{PATH}/{reply.json['id']}"
        wanted = {**said, "required_for": ["service_request", "incident"], "position": 1, "active": True}
        assert reply.json == {**reply.json, **wanted}
        assert ada.get(reply.headers["location"]).json == reply.json

    def test_a_key_is_taken_once_and_stays(self, desk: ServiceDesk) -> None:
        made = declare(desk, "floor")
        ada = desk.as_(desk.cast.ada)

        assert ada.post(PATH, {"key": "floor", "name": "F", "type": "text"}).code == "CONFLICT"
        assert ada.patch(f"{PATH}/{made['id']}", {"key": "level"}).status == 422
        assert ada.patch(f"{PATH}/{made['id']}", {"type": "number"}).status == 422
        desk.as_(desk.cast.mallory).post(PATH, {"key": "floor", "name": "F", "type": "text"})
        assert len(ada.get(PATH).json["items"]) == 1

    @for_each(
        "fields, field",
        [
            ({"key": "Floor"}, "key"),
            ({"key": "1st"}, "key"),
            ({"key": "a-b"}, "key"),
            ({"key": "a" * 41}, "key"),
            ({"key": "a\nb"}, "key"),
            ({"name": "a\nb"}, "name"),
            ({"type": "colour"}, "type"),
            ({"type": "select"}, "options"),
            ({"options": ["a"]}, "options"),
            ({"type": "select", "options": ["a", "A"]}, "options"),
            ({"type": "select", "options": [*map(str, range(51))]}, "options"),
            ({"required_for": ["wish"]}, "required_for.0"),
            ({"editable_by_customers": True}, "visible_to_customers"),
            ({"position": 10_001}, "position"),
        ],
    )
    def test_what_cannot_be_is_422(self, desk: ServiceDesk, fields: dict[str, Any], field: str) -> None:
        body = {"key": "floor", "name": "Floor", "type": "text", **fields}

        assert list(problems(desk.as_(desk.cast.ada).post(PATH, body))) == [field]

    def test_what_it_would_become_must_make_sense(self, desk: ServiceDesk) -> None:
        made = declare(desk, "os", "select", **THEIRS)
        ada = desk.as_(desk.cast.ada)

        for wrong in ({"options": []}, {"visible_to_customers": False}, {"active": None}, {"name": None}):
            assert ada.patch(f"{PATH}/{made['id']}", wrong).status == 422
        hidden = {"visible_to_customers": False, "editable_by_customers": False}
        assert ada.patch(f"{PATH}/{made['id']}", hidden).status == 200

    def test_there_are_fifty_at_most(self, desk: ServiceDesk, database: Database) -> None:
        database.run(
            "INSERT INTO custom_fields (workspace_id, key, name, type, position) "
            "SELECT :w, 'f' || n, 'F', 'text', n FROM generate_series(1, 50) n",
            w=desk.cast.acme,
        )

        reply = desk.as_(desk.cast.ada).post(PATH, {"key": "floor", "name": "F", "type": "text"})

        assert (reply.status, reply.code) == (409, "CONFLICT")

    @pytest.mark.parametrize("who", ["dario", "ana", "carol"])
    def test_case_18_only_admins_set_the_desk_up(self, desk: ServiceDesk, who: str) -> None:
        one = f"{PATH}/{declare(desk, 'floor', visible_to_customers=True)['id']}"
        caller = desk.as_(getattr(desk.cast, who))

        replies = [
            caller.post(PATH, {"key": "k", "name": "N", "type": "text"}),
            caller.patch(one, {"name": "N"}),
            caller.delete(one),
        ]

        assert [reply.status for reply in replies] == [403] * 3
        assert caller.get(one).status == caller.get(PATH).status == 200

    def test_customers_and_strangers_know_what_concerns_them(self, desk: ServiceDesk) -> None:
        hidden = declare(desk, "hidden")
        declare(desk, "shown", visible_to_customers=True)
        declare(desk, "theirs", "select", required_for=["incident"], **THEIRS)
        old = declare(desk, "old", active=False, **THEIRS)
        carol = desk.as_(desk.cast.carol)

        assert [field["key"] for field in carol.get(f"{PATH}?active=false").json["items"]] == [
            "shown",
            "theirs",
        ]
        assert [carol.get(f"{PATH}/{each['id']}").status for each in (hidden, old)] == [404, 404]
        public = desk.api.get("/v1/public/acme/custom-fields")
        assert public.json == {
            "items": [
                {
                    "key": "theirs",
                    "name": "Theirs",
                    "type": "select",
                    "options": OPTIONS,
                    "required_for": ["incident"],
                }
            ]
        }
        everything = desk.as_(desk.cast.ana).get(f"{PATH}?sort=-position").json["items"]
        assert [field["key"] for field in everything] == ["old", "theirs", "shown", "hidden"]

    def test_each_change_is_in_the_audit_log(self, desk: ServiceDesk, database: Database) -> None:
        made = declare(desk, "floor")
        ada = desk.as_(desk.cast.ada)
        ada.patch(f"{PATH}/{made['id']}", {"name": "Level", "active": True})
        ada.delete(f"{PATH}/{made['id']}")

        rows = database.rows(
            "SELECT action, before, after FROM audit_log WHERE target_id = :f ORDER BY sequence", f=made["id"]
        )
        assert [row["action"].removeprefix("custom_field.") for row in rows] == [
            "created",
            "changed",
            "deleted",
        ]
        assert (rows[1]["before"], rows[1]["after"]) == ({"name": "Floor"}, {"name": "Level"})


class TestValues:
    @pytest.mark.parametrize(
        ("kind", "value", "kept"),
        [
            ("text", " Level 3 ", "Level 3"),
            ("text", "x" * 1000, "x" * 1000),
            ("number", 3, 3),
            ("number", -0.5, -0.5),
            ("number", 10**15, 10**15),
            ("date", "2024-02-29", "2024-02-29"),
            ("boolean", False, False),
            ("select", "LINUX", "Linux"),
            ("multi_select", ["windows", "Linux"], ["Windows", "Linux"]),
        ],
    )
    def test_are_kept_by_type(self, desk: ServiceDesk, kind: str, value: Any, kept: Any) -> None:
        declare(desk, "field", kind, **THEIRS)

        assert open_one(desk, field=value).json["custom_fields"] == {"field": kept}

    @pytest.fixture
    def one_of_each(self, desk: ServiceDesk) -> None:
        """Called as their kinds are."""
        for kind in ("text", "number", "date", "boolean", "select", "multi_select"):
            declare(desk, kind, kind, **THEIRS)

    @for_each(
        "kind, value",
        [
            ("text", 3),
            ("text", "  "),
            ("text", "x" * 1001),
            ("text", ["a"]),
            ("number", "3"),
            ("number", True),
            ("number", 10**15 + 1),
            ("number", 1e300),
            ("number", [3]),
            ("date", "2023-02-29"),
            ("date", "20240229"),
            ("date", "2024-2-29"),
            ("date", "２０２４-02-29"),
            ("date", "2024-02-29T00:00:00Z"),
            ("boolean", 1),
            ("boolean", "true"),
            ("select", "BeOS"),
            ("select", ["Linux"]),
            ("select", {}),
            ("multi_select", "Linux"),
            ("multi_select", ["Linux", "linux"]),
            ("multi_select", ["Linux", 3]),
        ],
    )
    def test_of_another_type_are_refused(
        self, desk: ServiceDesk, database: Database, one_of_each: None, kind: str, value: Any
    ) -> None:
        assert problems(open_one(desk, **{kind: value})) == {f"custom_fields.{kind}": "VALIDATION_ERROR"}
        assert database.value("SELECT count(*) FROM tickets") == 0

    def test_all_that_is_wrong_is_told_at_once(self, desk: ServiceDesk) -> None:
        declare(desk, "floor", "number", **THEIRS)
        declare(desk, "os", "select", required_for=["incident"], **THEIRS)
        declare(desk, "old", active=False, **THEIRS)

        reply = open_one(desk, of="incident", floor="three", old="x", nobody=1)

        assert problems(reply) == {
            "custom_fields.floor": "VALIDATION_ERROR",
            "custom_fields.old": "VALIDATION_ERROR",
            "custom_fields.nobody": "VALIDATION_ERROR",
            "custom_fields.os": "FIELD_REQUIRED",
        }

    def test_a_desk_that_declares_none_takes_any_json(self, desk: ServiceDesk) -> None:
        fields = {"anything": {"deep": [1, None]}}

        assert open_one(desk, **fields).json["custom_fields"] == fields
        changed = desk.patch(desk.cast.ada, desk.ticket(), custom_fields=fields)
        assert changed.json["custom_fields"] == fields

    def test_null_and_no_option_are_no_value(self, desk: ServiceDesk) -> None:
        declare(desk, "floor", "number", **THEIRS)
        declare(desk, "systems", "multi_select", **THEIRS)

        assert open_one(desk, floor=None, systems=[]).json["custom_fields"] == {}


class TestWhatIsAskedFor:
    def test_by_type_of_whoever_may_set_it(self, desk: ServiceDesk) -> None:
        declare(desk, "os", "select", required_for=["incident"], **THEIRS)
        declare(desk, "cost", "number", required_for=["incident"])

        missing = open_one(desk, of="incident")
        assert (problems(missing), missing.code) == ({"custom_fields.os": "FIELD_REQUIRED"}, "FIELD_REQUIRED")
        assert set(problems(open_one(desk, "ana", of="incident"))) == {
            "custom_fields.os",
            "custom_fields.cost",
        }
        assert open_one(desk, of="incident", os="linux").status == 201
        assert open_one(desk).status == 201

    def test_it_cannot_be_cleared_and_what_is_not_sent_is_not_asked_for(self, desk: ServiceDesk) -> None:
        ticket = open_one(desk, of="incident").json
        declare(desk, "os", "multi_select", required_for=["incident"], **THEIRS)

        ticket = desk.patch(desk.cast.dario, ticket, priority="low").json
        assert set(problems(desk.patch(desk.cast.dario, ticket, custom_fields={"os": []}))) == {
            "custom_fields.os"
        }
        ticket = desk.patch(desk.cast.dario, ticket, custom_fields={"os": ["Linux"]}).json
        assert problems(desk.patch(desk.cast.dario, ticket, custom_fields={"os": None}))
        both = desk.patch(desk.cast.dario, ticket, type="question", custom_fields={"os": None})
        assert (both.status, both.json["custom_fields"]) == (200, {})

    def test_nobody_is_asked_where_a_follow_up_opens_itself(
        self, desk: ServiceDesk, database: Database
    ) -> None:
        ticket = desk.in_status("closed")
        declare(desk, "os", "select", required_for=["question"], **THEIRS)

        desk.comment(desk.cast.carol, ticket, "It is still dark.")

        assert database.value("SELECT count(*) FROM tickets") == 2

    def test_nor_where_comments_are_split_off(self, desk: ServiceDesk) -> None:
        ticket = desk.in_status("open")
        comment = desk.comment(desk.cast.carol, ticket, "The printer is dark, too.")
        declare(desk, "os", "select", required_for=["question"])

        reply = desk.do(desk.cast.dario, ticket, "split", comment_ids=[comment["id"]], subject="Printer")

        assert (reply.status, reply.json["custom_fields"]) == (200, {})

    def test_strangers_fill_in_what_is_theirs(self, desk: ServiceDesk, database: Database) -> None:
        form = {"name": "Carol Diaz", "email": "carol@example.com", **BODY, "type": "incident"}
        path = "/v1/public/acme/tickets"
        assert problems(desk.api.post(path, {**form, "custom_fields": {"os": "Linux"}}))
        declare(desk, "os", "select", required_for=["incident"], **THEIRS)
        declare(desk, "cost", "number", visible_to_customers=True)

        assert problems(desk.api.post(path, form)) == {"custom_fields.os": "FIELD_REQUIRED"}
        both = {"os": "Linux", "cost": 3}
        assert desk.api.post(path, {**form, "custom_fields": both}).status == 403
        assert desk.api.post(path, {**form, "custom_fields": {"os": "linux"}}).status == 201
        assert database.value("SELECT custom_fields FROM tickets") == {"os": "Linux"}


class TestChanging:
    def test_those_that_are_sent_change_and_null_clears(self, desk: ServiceDesk) -> None:
        for key in ("floor", "room", "desk"):
            declare(desk, key)
        ticket = open_one(desk, "ana", floor="3", room="12").json

        changed = desk.patch(desk.cast.dario, ticket, custom_fields={"room": None, "desk": "b"}).json
        again = desk.patch(desk.cast.dario, changed, custom_fields={"desk": "b"}).json

        assert changed["custom_fields"] == again["custom_fields"] == {"floor": "3", "desk": "b"}
        assert again["version"] == changed["version"] == 2

    def test_a_customer_changes_what_is_its_own(self, desk: ServiceDesk) -> None:
        declare(desk, "os", "select", **THEIRS)
        declare(desk, "shown", visible_to_customers=True)
        declare(desk, "hidden")
        ticket = open_one(desk, os="Linux").json
        desk.patch(desk.cast.dario, ticket, custom_fields={"shown": "a", "hidden": "b"})
        ticket = desk.detail(desk.cast.carol, ticket)

        assert desk.patch(desk.cast.carol, ticket, custom_fields={"shown": "x"}).status == 403
        assert problems(desk.patch(desk.cast.carol, ticket, custom_fields={"hidden": "x"}))
        changed = desk.patch(desk.cast.carol, ticket, custom_fields={"os": "macos", "shown": "a"})
        assert changed.json["custom_fields"] == {"os": "macOS", "shown": "a"}
        staff = desk.detail(desk.cast.dario, ticket)["custom_fields"]
        assert staff == {"os": "macOS", "shown": "a", "hidden": "b"}

    def test_who_watches_changes_nothing(self, desk: ServiceDesk) -> None:
        declare(desk, "os", "select", **THEIRS)
        ticket = open_one(desk, os="Linux").json
        chris = {"user_id": str(desk.cast.chris.id)}
        desk.as_(desk.cast.dario).post(f"/v1/tickets/{ticket['id']}/watchers", chris)

        assert desk.detail(desk.cast.chris, ticket)["custom_fields"] == {"os": "Linux"}
        assert desk.patch(desk.cast.chris, ticket, custom_fields={"os": "macOS"}).status == 403
        assert desk.patch(desk.cast.chris, ticket, subject="Mine").status == 403

    def test_where_none_are_declared_a_customer_changes_none(self, desk: ServiceDesk) -> None:
        ticket = desk.ticket()

        assert desk.patch(desk.cast.carol, ticket, custom_fields={"a": 1}).status == 403

    def test_what_is_no_longer_in_use_stays(self, desk: ServiceDesk) -> None:
        os = declare(desk, "os", "select", **THEIRS)
        declare(desk, "floor", **THEIRS)
        ticket = open_one(desk, os="Linux").json
        ada, path = desk.as_(desk.cast.ada), f"{PATH}/{os['id']}"
        ada.patch(path, {"options": ["BeOS"]})

        ticket = desk.patch(desk.cast.dario, ticket, custom_fields={"os": "Linux", "floor": "3"}).json
        assert ticket["custom_fields"] == {"os": "Linux", "floor": "3"}
        assert problems(desk.patch(desk.cast.dario, ticket, custom_fields={"os": "Windows"}))
        ada.patch(path, {"active": False})
        assert problems(desk.patch(desk.cast.dario, ticket, custom_fields={"os": "BeOS"}))
        ticket = desk.patch(desk.cast.dario, ticket, custom_fields={"floor": "4"}).json
        assert ticket["custom_fields"] == {"os": "Linux", "floor": "4"}
        ada.delete(path)
        assert desk.detail(desk.cast.dario, ticket)["custom_fields"] == {"os": "Linux", "floor": "4"}
        assert desk.detail(desk.cast.carol, ticket)["custom_fields"] == {"floor": "4"}

    def test_all_of_them_are_16_kb_at_most(self, desk: ServiceDesk) -> None:
        for n in range(20):
            declare(desk, f"f{n}")
        long = {f"f{n}": "x" * 1000 for n in range(10)}
        ticket = open_one(desk, "ana", **long).json

        reply = desk.patch(
            desk.cast.dario, ticket, custom_fields={f"f{n}": "x" * 1000 for n in range(10, 20)}
        )

        assert list(problems(reply)) == ["custom_fields"]


class TestWhatCustomersSee:
    def test_is_what_is_visible_wherever_a_ticket_is_answered(self, desk: ServiceDesk) -> None:
        declare(desk, "shown", visible_to_customers=True)
        declare(desk, "hidden")
        fields = {"shown": "canary", "hidden": "a secret"}
        body = {**BODY, "requester_id": str(desk.cast.carol.id), "custom_fields": fields}
        ticket = desk.as_(desk.cast.ana).post("/v1/tickets", body).json
        carol = desk.as_(desk.cast.carol)

        replies = [
            carol.get(f"/v1/tickets/{ticket['id']}"),
            carol.get("/v1/tickets"),
            carol.get(f"/v1/tickets/{ticket['id']}/timeline"),
            *(
                carol.post(f"/v1/tickets/{ticket['id']}/cancel", {"reason": "done"}, Idempotency_Key="k")
                for _ in range(2)
            ),
        ]

        assert [reply.status for reply in replies] == [200] * 5
        assert [reply for reply in replies if "secret" in reply.text] == []
        assert replies[0].json["custom_fields"] == replies[4].json["custom_fields"] == {"shown": "canary"}
        assert replies[4].headers["idempotency-replayed"] == "true"


class TestFilter:
    def test_by_equal_values_of_their_type(self, desk: ServiceDesk) -> None:
        kinds = {"t": "text", "n": "number", "d": "date", "b": "boolean", "s": "select", "m": "multi_select"}
        for key, kind in kinds.items():
            declare(desk, key, kind)
        open_one(desk, "ana", t="a:b", n=1.50, d="2024-02-29", b=True, s="Linux", m=["Linux", "macOS"])
        open_one(desk, "ana", t="1", n=1, d="2024-03-01", b=False, s="macOS", m=["macOS"])

        for query, numbers in {
            "t:a:b": [1],
            "t:1": [2],
            "t:A:B": [],
            "n:1.5": [1],
            "n:1.500": [1],
            "n:1.0": [2],
            "n:-1": [],
            "d:2024-02-29": [1],
            "b:true": [1],
            "b:false": [2],
            "s:LINUX": [1],
            "s:BeOS": [],
            "m:macos": [1, 2],
            "m:Linux": [1],
        }.items():
            assert found(desk, f"custom_field={query}") == numbers, query
        assert found(desk, "custom_field=m:macOS&custom_field=b:false&custom_field=n:1") == [2]
        assert found(desk, "custom_field=m:macOS&custom_field=b:false&custom_field=n:1.5") == []

    @pytest.fixture
    def three(self, desk: ServiceDesk) -> None:
        for key, kind in {"n": "number", "d": "date", "b": "boolean"}.items():
            declare(desk, key, kind)

    @for_each(
        "query",
        [
            "custom_field=os",
            "custom_field=nobody:1",
            "custom_field=",
            "custom_field=n:one",
            "custom_field=n:true",
            "custom_field=n:1e9",
            "custom_field=n:" + "9" * 30,
            "custom_field=d:yesterday",
            "custom_field=b:1",
            "custom_field=n:1%00",
            "custom_field=n:1&custom_field=n:%00",
            "&".join(["custom_field=n:1"] * 6),
            "custom_field=n:" + "x" * 1200,
        ],
    )
    def test_what_names_no_field_or_no_value_is_422(self, desk: ServiceDesk, three: None, query: str) -> None:
        reply = desk.as_(desk.cast.dario).get(f"/v1/tickets?{query}")

        assert {field.split(".")[0] for field in problems(reply)} == {"custom_field"}

    def test_a_customer_filters_by_what_it_sees(self, desk: ServiceDesk) -> None:
        declare(desk, "shown", visible_to_customers=True)
        declare(desk, "hidden")
        body = {
            **BODY,
            "requester_id": str(desk.cast.carol.id),
            "custom_fields": {"shown": "a", "hidden": "b"},
        }
        desk.as_(desk.cast.ana).post("/v1/tickets", body)

        assert found(desk, "custom_field=shown:a", "carol") == [1]
        assert problems(desk.as_(desk.cast.carol).get("/v1/tickets?custom_field=hidden:b"))

    def test_it_finds_what_was_there_before_the_field_was_declared(self, desk: ServiceDesk) -> None:
        open_one(desk, "ana", floor="3", deep={"a": 1}, list=["x", {"y": 1}])
        declare(desk, "floor")

        assert found(desk, "custom_field=floor:3") == [1]

    def test_it_holds_what_tickets_have_now(self, desk: ServiceDesk, database: Database) -> None:
        declare(desk, "floor")
        ticket = open_one(desk, "ana", floor="3").json
        ticket = desk.patch(desk.cast.dario, ticket, custom_fields={"floor": "4"}).json

        assert (found(desk, "custom_field=floor:3"), found(desk, "custom_field=floor:4")) == ([], [1])
        desk.patch(desk.cast.dario, ticket, custom_fields={"floor": None})
        assert database.value("SELECT count(*) FROM ticket_field_values") == 0

    def test_it_is_found_by_an_index_under_row_level_security(
        self, desk: ServiceDesk, database: Database, connections: Connections
    ) -> None:
        declare(desk, "room", "number")
        with database.past_triggers():
            database.run(
                "INSERT INTO tickets "
                "(workspace_id, number, label, subject, description, requester_id, team_id, custom_fields) "
                "SELECT :w, n, 'T' || n, 's', 'd', :r, :t, jsonb_build_object('room', n % 1000) "
                "FROM generate_series(1, 10000) n",
                w=desk.cast.acme,
                r=desk.cast.carol.id,
                t=desk.cast.teams["Networks"],
            )
            database.run(VALUES_OF_FIELDS)
        database.run("ANALYZE tickets")
        database.run("ANALYZE ticket_field_values")

        with recorded() as sent:
            reply = desk.as_(desk.cast.dario).get("/v1/tickets?custom_field=room:7")

        assert len(reply.json["items"]) == 10
        assert len(sent) <= 3
        plan = plan_of(connections, desk.cast.dario, sent[-1])
        assert "Seq Scan on tickets" not in plan
        assert "ticket_field_values_pkey" in plan
