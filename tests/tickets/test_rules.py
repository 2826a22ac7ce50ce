"""Rules over HTTP: made, listed in order, changed, put in order, deleted, tried."""

from typing import Any
from uuid import uuid4

import pytest

from chalicelib.tickets import acting
from tests.support.api import Api
from tests.support.connections import Connections
from tests.support.database import Database
from tests.support.for_each import for_each
from tests.support.rule_book import TAG, RuleBook
from tests.support.service_desk import ServiceDesk
from tests.support.tenants import fingerprint

PATH = "/v1/rules"
CREATED = [{"on": "created"}]


@pytest.fixture
def ada(desk: ServiceDesk) -> Api:
    return desk.as_(desk.cast.ada)


def refused(reply: Any) -> list[tuple[str, str]]:
    """The field and sentence of each problem: 404 where something is not there, and nothing else wrong."""
    absent = all(each["message"].startswith("There is no such") for each in reply.json["errors"])
    known = absent and all(each["field"].endswith(("_id", "value")) for each in reply.json["errors"])
    assert reply.status == (404 if known else 422), reply.text
    return [(each["field"], each["message"]) for each in reply.json["errors"]]


def names(who: Api, query: str = "") -> list[str]:
    reply = who.get(f"{PATH}?{query}")
    assert reply.status == 200, reply.text
    return [each["name"] for each in reply.json["items"]]


class TestMaking:
    def test_it_is_answered_whole(self, ada: Api) -> None:
        asked = {"field": "priority", "operator": "is", "value": "URGENTE"}
        body = {
            "name": " Outages ",
            "description": "What is urgent goes first.",
            "when": [{"on": "created"}, {"on": "updated", "fields": ["priority"], "verbs": ["reclassified"]}],
            "conditions": {"all": [{**asked, "value": "Urgent"}]},
            "actions": TAG,
        }

        reply = ada.post(PATH, body)

        assert reply.status == 201, reply.text
        assert reply.headers["location"] == f"{PATH}/{reply.json['id']}"
        assert reply.json == {
            **reply.json,
            **body,
            "name": "Outages",
            "conditions": {"all": [{**asked, "value": "urgent"}], "any": []},
            "enabled": True,
            "position": 1,
            "last_fired_at": None,
            "fired_last_day": 0,
        }
        assert ada.get(reply.headers["location"]).json == reply.json

    def test_words_of_other_systems_are_taken(self, book: RuleBook) -> None:
        asked = [
            {"field": "priority", "operator": "is", "value": "URGENTE"},
            {"field": "status", "operator": "in", "value": ["Abierto", "on-hold"]},
            {"field": "type", "operator": "is_not", "value": "Queja"},
        ]

        made = book.make(conditions={"any": asked})

        kept = [each["value"] for each in made["conditions"]["any"]]
        assert kept == ["urgent", ["open", "on_hold"], "complaint"]

    def test_hours_and_minutes_are_kept_as_minutes(self, book: RuleBook) -> None:
        made = book.make(when=[{"on": "since", "since": "pending", "hours": 2, "minutes": 30}])

        assert made["when"] == [{"on": "since", "since": "pending", "minutes": 150}]

    @for_each(
        "changed, field, sentence",
        [
            ({"when": []}, "when", ""),
            ({"when": [{"on": "deleted"}]}, "when.0.on", ""),
            ({"when": [{"on": "updated", "verbs": ["flew"]}]}, "when.0", "flew is no verb."),
            (
                {"when": [{"on": "since", "since": "created"}]},
                "when.0.since",
                "Say how many hours or minutes.",
            ),
            (
                {"when": [{"on": "since", "since": "created", "hours": 8760, "minutes": 1}]},
                "when.0.since",
                "This is longer than a year.",
            ),
            (
                {"when": [*CREATED, {"on": "since", "since": "created", "hours": 1}]},
                "when",
                "A rule that runs by the clock has that trigger alone.",
            ),
            ({"actions": []}, "actions", ""),
            ({"actions": [{"action": "archive"}]}, "actions.0.action", ""),
            (
                {"actions": [{"action": "assign", "assignee_id": "me"}]},
                "actions.0.assignee_id",
                "Nobody is there whom `me` could mean",
            ),
            (
                {"actions": [*TAG, {"action": "transfer", "team_id": str(uuid4())}]},
                "actions.1.team_id",
                "There is no such team.",
            ),
            (
                {"actions": [{"action": "comment", "body": "Hello {{boss}}"}]},
                "actions.0.body",
                "{{boss}} is no placeholder.",
            ),
            (
                {"conditions": {"all": [{"field": "subject", "operator": "is"}]}},
                "conditions.all.0.value",
                "Say what subject is compared with.",
            ),
            (
                {"conditions": {"any": [{"field": "team", "operator": "is", "value": str(uuid4())}]}},
                "conditions.any.0.value",
                "There is no such team.",
            ),
            (
                {"conditions": {"all": [{"field": "colour", "operator": "is", "value": "red"}]}},
                "conditions.all.0.field",
                "There is no such field.",
            ),
            ({"conditions": {"none": []}}, "conditions.none", ""),
            (
                {"actions": [{"action": "comment", "body": "x" * 65_530}, *TAG]},
                "actions",
                "This is longer than 64 kB of JSON.",
            ),
        ],
    )
    def test_what_is_wrong_is_told_with_its_path(
        self, ada: Api, changed: dict[str, Any], field: str, sentence: str
    ) -> None:
        reply = ada.post(PATH, {"name": "Wrong", "when": CREATED, "actions": TAG, **changed})

        (problem,) = refused(reply)
        assert problem[0] == field
        assert problem[1].startswith(sentence)

    def test_conditions_and_actions_are_told_of_together(self, ada: Api) -> None:
        conditions = {"all": [{"field": "status", "operator": "is", "value": "gone"}]}
        actions = [{"action": "assign", "assignee_id": str(uuid4())}]

        reply = ada.post(
            PATH, {"name": "Wrong", "when": CREATED, "conditions": conditions, "actions": actions}
        )

        assert [each[0] for each in refused(reply)] == ["conditions.all.0.value", "actions.0.assignee_id"]

    def test_teams_and_people_of_another_tenant_are_none(
        self, ada: Api, desk: ServiceDesk, database: Database
    ) -> None:
        theirs = database.value("SELECT id FROM teams WHERE workspace_id = :w", w=desk.cast.globex)
        asked = [
            {"field": "team", "operator": "is", "value": str(theirs)},
            {"field": "assignee", "operator": "is", "value": str(desk.cast.mallory.id)},
        ]

        reply = ada.post(PATH, {"name": "X", "when": CREATED, "conditions": {"all": asked}, "actions": TAG})

        assert refused(reply) == [
            ("conditions.all.0.value", "There is no such team."),
            ("conditions.all.1.value", "There is no such user."),
        ]

    @pytest.mark.parametrize("spelling", ["Outages", "OUTAGES", " outages", "Ｏutages"])
    def test_a_name_is_taken_once_in_whatever_spelling(self, ada: Api, book: RuleBook, spelling: str) -> None:
        book.make("Outages")

        reply = ada.post(PATH, {"name": spelling, "when": CREATED, "actions": TAG})

        assert (reply.status, reply.json["detail"]) == (409, "There is already a rule of this name.")

    def test_a_hundred_may_be_on(self, ada: Api, desk: ServiceDesk, database: Database) -> None:
        database.run(
            "INSERT INTO rules (workspace_id, name, key, position, occasions, triggers, conditions, actions, "
            "enabled_at) SELECT :w, n, n, n, '{created}', '[]', '{}', '[]', now() "
            "FROM generate_series(1, 100) n",
            w=desk.cast.acme,
        )
        body = {"name": "One more", "when": CREATED, "actions": TAG}

        reply = ada.post(PATH, body)
        off = ada.post(PATH, {**body, "enabled": False})

        told = "A workspace has 100 rules that are on at most. Turn one off first."
        assert (reply.status, reply.json["detail"]) == (409, told)
        assert off.status == 201
        assert ada.patch(f"{PATH}/{off.json['id']}", {"enabled": True}).status == 409

    @pytest.mark.parametrize("who", ["dario", "ana", "carol"])
    def test_only_administrators_make_rules(self, desk: ServiceDesk, book: RuleBook, who: str) -> None:
        made = book.make()
        caller = desk.as_(getattr(desk.cast, who))
        body = {"name": "Mine", "when": CREATED, "actions": TAG}

        assert caller.post(PATH, body).status == 403
        assert caller.patch(f"{PATH}/{made['id']}", {"enabled": False}).status == 403
        assert caller.delete(f"{PATH}/{made['id']}").status == 403
        assert caller.get(PATH).status == (403 if who == "carol" else 200)


class TestChanging:
    def test_only_what_is_sent_changes(self, ada: Api, book: RuleBook) -> None:
        made = book.make(description="Why.")

        reply = ada.patch(f"{PATH}/{made['id']}", {"enabled": False, "name": "Another"})

        same = {name: made[name] for name in ("when", "conditions", "actions", "description", "position")}
        assert reply.json == {**reply.json, **same, "enabled": False, "name": "Another"}

    def test_nothing_new_is_no_change(self, ada: Api, book: RuleBook) -> None:
        made = book.make()
        again = {name: made[name] for name in ("name", "when", "conditions", "actions", "enabled")}

        assert ada.patch(f"{PATH}/{made['id']}", again).json == made

    def test_it_is_checked_as_a_new_one_is(self, ada: Api, book: RuleBook) -> None:
        made = book.make()
        wrong = {"conditions": {"any": [{"field": "status", "operator": "has", "value": "x"}]}}

        assert refused(ada.patch(f"{PATH}/{made['id']}", wrong))[0][0] == "conditions.any.0.operator"

    def test_changes_are_audited(self, ada: Api, book: RuleBook) -> None:
        made = book.make("One")
        other = book.make("Other")
        ada.patch(f"{PATH}/{made['id']}", {"enabled": False})
        ada.post(f"{PATH}/reorder", {"rule_ids": [other["id"], made["id"]]})
        ada.delete(f"{PATH}/{made['id']}")

        entries = ada.get("/v1/audit-log?limit=5").json["items"]

        told = [(each["action"], each["before"], each["after"]) for each in entries]
        assert [each[0] for each in told] == [
            "rule.deleted",
            "rules.ordered",
            "rule.changed",
            "rule.created",
            "rule.created",
        ]
        assert told[2][1:] == ({"enabled": True}, {"enabled": False})

    def test_what_is_not_there_is_404(self, ada: Api, desk: ServiceDesk, book: RuleBook) -> None:
        theirs = desk.as_(desk.cast.mallory)
        made = book.make()

        for caller, rule_id in ((ada, uuid4()), (theirs, made["id"])):
            path = f"{PATH}/{rule_id}"
            answers = [
                caller.get(path),
                caller.patch(path, {"enabled": False}),
                caller.delete(path),
                caller.get(f"{path}/firings"),
                caller.post(f"{path}/test", {"ticket_id": str(uuid4())}),
            ]
            assert {(each.status, each.json["detail"]) for each in answers} == {
                (404, "There is no such rule.")
            }


class TestOrder:
    def test_the_list_is_in_the_order_in_which_they_run(self, ada: Api, book: RuleBook) -> None:
        made = [book.make(name)["id"] for name in ("a", "b", "c")]

        reply = ada.post(f"{PATH}/reorder", {"rule_ids": [made[2], made[0], made[1]]})

        assert reply.status == 200
        assert names(ada) == ["c", "a", "b"]
        assert names(ada, "limit=2") == ["c", "a"]

    def test_a_page_leads_on_to_the_next(self, ada: Api, book: RuleBook) -> None:
        for name in ("a", "b", "c"):
            book.make(name, enabled=name != "b")

        first = ada.get(f"{PATH}?limit=2").json

        assert names(ada, f"limit=2&cursor={first['next_cursor']}") == ["c"]
        assert names(ada, "enabled=true") == ["a", "c"]
        assert names(ada, "enabled=false") == ["b"]

    @pytest.mark.parametrize(
        ("how", "wanted"),
        [
            ("one missing", (409, "CONFLICT")),
            ("one unknown", (404, "NOT_FOUND")),
            ("of another tenant", (404, "NOT_FOUND")),
        ],
    )
    def test_another_list_than_there_is_is_refused(
        self, ada: Api, desk: ServiceDesk, book: RuleBook, how: str, wanted: tuple[int, str]
    ) -> None:
        one, other = book.make("a")["id"], book.make("b")["id"]
        body = {"name": "Theirs", "when": CREATED, "actions": TAG}
        theirs = desk.as_(desk.cast.mallory).post(PATH, body).json["id"]
        given = {
            "one missing": [other],
            "one unknown": [other, one, str(uuid4())],
            "of another tenant": [other, one, theirs],
        }[how]

        reply = ada.post(f"{PATH}/reorder", {"rule_ids": given})

        assert (reply.status, reply.code) == wanted
        assert names(ada) == ["a", "b"]

    def test_a_rule_that_is_named_twice_is_refused(self, ada: Api, book: RuleBook) -> None:
        made = book.make()["id"]

        reply = ada.post(f"{PATH}/reorder", {"rule_ids": [made, made]})

        assert "A rule is named twice." in reply.json["detail"]

    def test_two_orders_at_once_leave_one_of_them(
        self, book: RuleBook, connections: Connections, desk: ServiceDesk, ada: Api
    ) -> None:
        from chalicelib.accounts import principals
        from chalicelib.tickets import rules

        made = [book.make(name)["id"] for name in "abcdef"]
        cast = desk.cast

        def put(order: list[str]) -> Any:
            return lambda tx: rules.put_in_order(
                tx, principals.enter(tx, cast.acme, cast.ada.id), [rules.UUID(each) for each in order]
            )

        for _ in range(5):
            results = connections.at_once([put(made), put(made[::-1]), put(made[3:] + made[:3])])
            assert results == [None] * 3
            assert "".join(names(ada)) in ("abcdef", "fedcba", "defabc")


class TestTrying:
    def try_out(self, desk: ServiceDesk, rule: dict[str, Any], ticket: dict[str, Any], **more: Any) -> Any:
        reply = desk.as_(desk.cast.ada).post(f"{PATH}/{rule['id']}/test", {"ticket_id": ticket["id"], **more})
        assert reply.status == 200, reply.text
        return reply.json

    def test_it_tells_all_and_writes_nothing(
        self, desk: ServiceDesk, book: RuleBook, database: Database
    ) -> None:
        asked = [
            {"field": "priority", "operator": "is", "value": "medium"},
            {"field": "subject", "operator": "contains", "value": "printer"},
        ]
        actions = [
            {"action": "set_priority", "priority": "urgent"},
            {"action": "add_tags", "tags": ["old"]},
            {"action": "comment", "body": "On it, {{requester.name}}."},
            {"action": "set_status", "status": "open"},
        ]
        rule = book.make(conditions={"all": asked[:1], "any": asked[1:]}, actions=actions)
        ticket = desk.networks_ticket(tags=["old"])
        before = fingerprint(database, desk.cast.acme)

        tried = self.try_out(desk, rule, ticket)

        assert fingerprint(database, desk.cast.acme) == before
        assert tried["would_fire"] is False
        assert tried["when"] == {
            **tried["when"],
            "holds": True,
            "event": {"sequence": 1, "action": "created"},
        }
        assert [(each["actual"], each["holds"]) for each in tried["conditions"]["all"]] == [("medium", True)]
        assert [(each["actual"], each["holds"]) for each in tried["conditions"]["any"]] == [
            ("VPN drops", False)
        ]
        assert [each["outcome"] for each in tried["actions"]] == [
            "applied",
            "unchanged",
            "applied",
            "applied",
        ]
        assert tried["actions"][0]["changes"][0]["changes"]["priority"] == {"from": "medium", "to": "urgent"}
        assert tried["together"]["outcome"] == "applied"
        assert desk.as_(desk.cast.ada).get(f"{PATH}/{rule['id']}/firings").json["items"] == []

    def test_nothing_of_it_is_sent(self, desk: ServiceDesk, book: RuleBook, queue: Any) -> None:
        rule = book.make(actions=[{"action": "comment", "body": "Hello."}])
        ticket = desk.networks_ticket()
        queue.take()

        self.try_out(desk, rule, ticket)

        assert queue.take() == []

    def test_what_would_be_refused_says_why(self, desk: ServiceDesk, book: RuleBook) -> None:
        actions = [*TAG, {"action": "set_priority", "priority": "urgent"}]
        rule = book.make(actions=actions)
        ticket = desk.in_status("closed")

        tried = self.try_out(desk, rule, ticket)

        assert tried["would_fire"] is True
        assert [each["outcome"] for each in tried["actions"]] == ["applied", "refused"]
        assert tried["together"]["outcome"] == "refused"
        assert tried["together"]["reason"].startswith("A ticket that is closed cannot be changed")

    @pytest.mark.parametrize("where", ["prepare", "apply"])
    def test_a_fault_of_ours_is_told_as_a_refusal(
        self, desk: ServiceDesk, book: RuleBook, monkeypatch: pytest.MonkeyPatch, where: str
    ) -> None:
        rule, ticket = book.make(), desk.networks_ticket()

        def breaks(*_: Any) -> Any:
            raise LookupError

        monkeypatch.setattr(acting, where, breaks)
        tried = self.try_out(desk, rule, ticket)

        told = {
            "outcome": "refused",
            "reason": "It could not be done, by a fault of the desk itself.",
            "changes": [],
        }
        assert tried["together"] == told

    def test_an_entry_of_the_timeline_can_be_the_event(self, desk: ServiceDesk, book: RuleBook) -> None:
        changed = {"all": [{"field": "priority", "operator": "changed_to", "value": "high"}]}
        rule = book.make(when=[{"on": "updated"}], conditions=changed)
        ticket = desk.networks_ticket()
        ticket = desk.patch(desk.cast.dario, ticket, priority="high").json
        desk.patch(desk.cast.dario, ticket, priority="low")

        fires = {each: self.try_out(desk, rule, ticket, sequence=each)["would_fire"] for each in (1, 2, 3)}

        assert fires == {1: False, 2: True, 3: False}
        assert self.try_out(desk, rule, ticket)["when"]["event"]["sequence"] == 3
        told = self.try_out(desk, rule, ticket, sequence=1)["when"]["reason"]
        assert told == "The rule does not listen to this entry."

    def test_an_entry_that_is_not_there_is_refused(self, desk: ServiceDesk, book: RuleBook) -> None:
        rule, ticket = book.make(), desk.networks_ticket()

        reply = desk.as_(desk.cast.ada).post(
            f"{PATH}/{rule['id']}/test", {"ticket_id": ticket["id"], "sequence": 99}
        )

        told = "The ticket's timeline has no entry of this number."
        assert (reply.status, reply.json["detail"]) == (404, told)

    def test_a_rule_by_the_clock_says_when_it_is_due(self, desk: ServiceDesk, book: RuleBook) -> None:
        rule = book.make(when=[{"on": "since", "since": "created", "hours": 1}])
        ticket = desk.networks_ticket()

        early = self.try_out(desk, rule, ticket)["when"]
        book.age(ticket, "2 hours")
        late = self.try_out(desk, rule, ticket)["when"]

        assert (early["holds"], early["reason"]) == (False, "Its time has not come.")
        assert early["counts_from"] == ticket["created_at"]
        assert late["holds"] is True

    def test_a_rule_that_is_not_kept_can_be_tried(self, desk: ServiceDesk, ada: Api) -> None:
        ticket = desk.networks_ticket()
        body = {"ticket_id": ticket["id"], "when": CREATED, "actions": TAG}

        reply = ada.post(f"{PATH}/test", body)

        assert (reply.status, reply.json["would_fire"]) == (200, True)
        wrong = {**body, "actions": [{"action": "transfer", "team_id": str(uuid4())}]}
        assert refused(ada.post(f"{PATH}/test", wrong)) == [("actions.0.team_id", "There is no such team.")]

    def test_a_comment_that_was_taken_back_sets_off_nothing(self, desk: ServiceDesk, book: RuleBook) -> None:
        rule, ticket = book.make(when=[{"on": "commented"}]), desk.networks_ticket()
        comment = desk.comment(desk.cast.ana, ticket, "Wrong window.")
        path = f"/v1/tickets/{ticket['id']}/comments/{comment['id']}"
        assert desk.as_(desk.cast.ana).delete(path).status == 204

        tried = self.try_out(desk, rule, ticket)

        assert (tried["would_fire"], tried["when"]["reason"]) == (False, "The comment was taken back.")

    def test_archived_tickets_are_left_alone(self, desk: ServiceDesk, book: RuleBook) -> None:
        rule, ticket = book.make(), desk.in_status("closed")
        desk.do(desk.cast.dario, ticket, "archive")

        tried = self.try_out(desk, rule, ticket)

        told = "Rules leave archived and merged tickets alone."
        assert (tried["would_fire"], tried["when"]["reason"]) == (False, told)

    def test_tickets_of_another_tenant_are_none(self, desk: ServiceDesk, book: RuleBook) -> None:
        body = {"name": "Theirs", "when": CREATED, "actions": TAG}
        mallory = desk.as_(desk.cast.mallory)
        theirs = mallory.post(PATH, body).json

        reply = mallory.post(f"{PATH}/{theirs['id']}/test", {"ticket_id": desk.ticket()["id"]})

        assert (reply.status, reply.json["detail"]) == (404, "There is no such ticket.")


class TestFirings:
    def test_an_agent_sees_what_was_done_to_tickets_that_are_theirs_to_see(
        self, desk: ServiceDesk, book: RuleBook
    ) -> None:
        rule = book.make()
        seen = desk.networks_ticket()
        desk.ticket()
        book.run()

        shown = desk.as_(desk.cast.ana).get(f"{PATH}/{rule['id']}/firings").json["items"]

        assert [each["ticket"] for each in shown] == [{"id": seen["id"], "label": seen["label"]}]
        assert len(book.firings(rule)) == 2

    def test_the_rule_tells_when_it_fired_last_and_how_often(
        self, ada: Api, desk: ServiceDesk, book: RuleBook
    ) -> None:
        rule = book.make()
        for _ in range(3):
            desk.ticket()
        book.run()

        shown = ada.get(f"{PATH}/{rule['id']}").json

        assert shown["fired_last_day"] == 3
        assert shown["last_fired_at"] == book.firings(rule)[0]["created_at"]

    def test_they_are_kept_for_thirty_days(
        self, desk: ServiceDesk, book: RuleBook, database: Database
    ) -> None:
        rule = book.make()
        for _ in range(2):
            desk.ticket()
        book.run()
        database.run(
            "UPDATE rule_firings SET created_at = now() - interval '31 days' "
            "WHERE id = (SELECT max(id::text)::uuid FROM rule_firings)"
        )

        database.run("CALL sp_purge(100, 0)")

        assert len(book.firings(rule)) == 1
