"""Rules at work: what sets them off, once an event, in order, three in a row; a refusal stops nobody."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import text

from chalicelib import queues, schedules
from chalicelib.accounts import principals
from chalicelib.core.event import Event
from chalicelib.tickets import rule_clock, rule_event_queries, rule_running
from tests.conftest import Queue
from tests.support.connections import Connections
from tests.support.database import Database
from tests.support.mailbox import TICK, LambdaContext, batch_of
from tests.support.rule_book import TAG, RuleBook
from tests.support.service_desk import ServiceDesk
from tests.support.statements import recorded

URGENT = [{"action": "set_priority", "priority": "urgent"}]


def tag(*tags: str) -> list[dict[str, Any]]:
    return [{"action": "add_tags", "tags": list(tags)}]


def all_of(*conditions: tuple[Any, ...]) -> dict[str, Any]:
    names = ("field", "operator", "value")
    return {"all": [dict(zip(names, each, strict=False)) for each in conditions]}


class TestSettingOff:
    def test_a_new_ticket_sets_off_a_rule(self, book: RuleBook, desk: ServiceDesk) -> None:
        book.make()
        ticket = desk.ticket()

        book.run()

        assert book.look(ticket)["tags"] == ["ruled"]

    def test_conditions_that_do_not_hold_leave_it_alone(self, book: RuleBook, desk: ServiceDesk) -> None:
        rule = book.make(conditions=all_of(("priority", "is", "urgent")))
        ticket = desk.ticket()

        book.run()

        assert book.look(ticket)["tags"] == []
        assert book.firings(rule) == []

    def test_an_update_of_a_field_sets_off_who_listens_to_it(self, book: RuleBook, desk: ServiceDesk) -> None:
        book.make("priority", when=[{"on": "updated", "fields": ["priority"]}], actions=tag("p"))
        book.make("team", when=[{"on": "updated", "fields": ["team"]}], actions=tag("t"))
        ticket = desk.networks_ticket()
        book.run()

        desk.patch(desk.cast.dario, ticket, priority="high")
        book.run()

        assert book.look(ticket)["tags"] == ["p"]

    def test_a_verb_sets_off_who_listens_to_it(self, book: RuleBook, desk: ServiceDesk) -> None:
        book.make(when=[{"on": "updated", "verbs": ["resolved"]}])
        ticket = desk.networks_ticket()
        desk.do(desk.cast.dario, ticket, "pause", waiting_on="other", reason="ordered")
        book.run()
        assert book.look(ticket)["tags"] == []

        desk.do(desk.cast.dario, ticket, "resolve", resolution="Done.")
        book.run()

        assert book.look(ticket)["tags"] == ["ruled"]

    def test_case_46_what_changed_is_asked_of_the_event_however_late_it_comes(
        self, book: RuleBook, desk: ServiceDesk
    ) -> None:
        """Two changes, delivered late: by then the ticket is at the second."""
        changed = all_of(("priority", "changed_to", "high"))
        book.make(when=[{"on": "updated"}], conditions=changed)
        ticket = desk.networks_ticket()
        book.run()
        first = desk.patch(desk.cast.dario, ticket, priority="high").json
        desk.patch(desk.cast.dario, first, priority="low")

        for each in reversed(book.waiting()):
            assert book.deliver(each) == []

        assert (book.look(ticket)["priority"], book.look(ticket)["tags"]) == ("low", ["ruled"])

    @pytest.mark.parametrize(
        ("by", "visibility", "heard"),
        [
            ("carol", "public", ["anybody", "asked", "public"]),
            ("ana", "public", ["answered", "anybody", "public"]),
            ("ana", "internal", ["answered", "anybody", "noted"]),
        ],
    )
    def test_comments_set_off_who_listens_to_such(
        self, book: RuleBook, desk: ServiceDesk, by: str, visibility: str, heard: list[str]
    ) -> None:
        for name, trigger in {
            "anybody": {},
            "asked": {"by": "requester"},
            "answered": {"by": "staff"},
            "public": {"visibility": "public"},
            "noted": {"visibility": "internal"},
        }.items():
            book.make(name, when=[{"on": "commented", **trigger}], actions=tag(name))
        ticket = desk.networks_ticket()
        book.run()

        desk.comment(getattr(desk.cast, by), ticket, "Hello?", visibility=visibility)
        book.run()

        assert sorted(book.look(ticket)["tags"]) == heard

    def test_a_comments_text_can_be_asked_for(self, book: RuleBook, desk: ServiceDesk) -> None:
        says = all_of(("comment", "contains", "STRASSE"))
        book.make(when=[{"on": "commented"}], conditions=says)
        ticket = desk.networks_ticket()

        desk.comment(desk.cast.carol, ticket, "In unserer Straße ist kein Netz.")
        book.run()

        assert book.look(ticket)["tags"] == ["ruled"]

    def test_a_comment_that_was_taken_back_is_no_news(self, book: RuleBook, desk: ServiceDesk) -> None:
        book.make(when=[{"on": "commented"}])
        ticket = desk.networks_ticket()
        comment = desk.comment(desk.cast.ana, ticket, "Wrong window.")
        path = f"/v1/tickets/{ticket['id']}/comments/{comment['id']}"
        assert desk.as_(desk.cast.ana).delete(path).status == 204

        book.run()

        assert book.look(ticket)["tags"] == []

    def test_what_happened_before_a_rule_was_there_is_not_its_business(
        self, book: RuleBook, desk: ServiceDesk
    ) -> None:
        before = desk.ticket()
        rule = book.make()
        off_and_on = desk.ticket()
        for enabled in (False, True):
            reply = desk.as_(desk.cast.ada).patch(f"/v1/rules/{rule['id']}", {"enabled": enabled})
            assert reply.json["enabled"] is enabled

        book.run()

        assert [book.look(each)["tags"] for each in (before, off_and_on)] == [[], []]

    def test_a_rule_that_is_off_does_nothing(self, book: RuleBook, desk: ServiceDesk) -> None:
        book.make(enabled=False)
        ticket = desk.ticket()

        book.run()

        assert book.look(ticket)["tags"] == []

    def test_rules_of_another_tenant_do_nothing_here(
        self, book: RuleBook, desk: ServiceDesk, database: Database
    ) -> None:
        book.make()
        body = {"subject": "Theirs", "description": "Theirs."}
        theirs = desk.as_(desk.cast.mallory).post("/v1/tickets", body).json

        book.run()

        assert desk.detail(desk.cast.mallory, theirs)["tags"] == []
        assert database.value("SELECT count(*) FROM rule_firings") == 0


class TestOnce:
    def test_case_45_an_event_delivered_three_times_has_one_effect(
        self, book: RuleBook, desk: ServiceDesk
    ) -> None:
        rule = book.make(actions=[{"action": "comment", "body": "Thank you.", "visibility": "public"}])
        ticket = desk.ticket()
        (created,) = book.waiting()

        for _ in range(3):
            assert book.deliver(created) == []

        assert [each["body"] for each in book.look(ticket)["comments"]] == ["Thank you."]
        assert book.outcomes(rule) == ["applied"]

    def test_an_event_whose_conditions_did_not_hold_does_nothing_when_it_comes_again(
        self, book: RuleBook, desk: ServiceDesk
    ) -> None:
        book.make(conditions=all_of(("priority", "is", "urgent")))
        ticket = desk.networks_ticket()
        (created,) = book.waiting()
        assert book.deliver(created) == []
        desk.patch(desk.cast.dario, ticket, priority="urgent")

        assert book.deliver(created) == []

        assert book.look(ticket)["tags"] == []

    def test_two_deliveries_at_once_have_one_effect(
        self, book: RuleBook, desk: ServiceDesk, connections: Connections
    ) -> None:
        rules = [book.make(f"Rule {n}", actions=tag(f"t{n}")) for n in range(3)]
        ticket = desk.ticket()
        (created,) = book.waiting()
        event = Event.parse(batch_of(created)["Records"][0]["body"])
        occasion = rule_running.rule_news.occasion_of(event)
        assert occasion is not None

        def run_all(tx: Any) -> Any:
            return rule_running.go_on(tx, event, occasion, None)

        for _ in range(3):
            steps = connections.at_once([run_all] * 4)
            assert [each for each in steps if isinstance(each, Exception)] == []
        book.run()

        assert book.look(ticket)["tags"] == ["t0", "t1", "t2"]
        assert [book.outcomes(rule) for rule in rules] == [["applied"]] * 3

    def test_a_rule_deleted_in_the_meantime_does_nothing(self, book: RuleBook, desk: ServiceDesk) -> None:
        rule = book.make()
        ticket = desk.ticket()
        assert desk.as_(desk.cast.ada).delete(f"/v1/rules/{rule['id']}").status == 204

        book.run()

        assert book.look(ticket)["tags"] == []


class TestOrder:
    def test_later_rules_see_what_earlier_ones_did(self, book: RuleBook, desk: ServiceDesk) -> None:
        book.make("first", actions=URGENT)
        book.make("second", conditions=all_of(("priority", "is", "urgent")), actions=tag("second"))
        ticket = desk.ticket()

        book.run()

        assert book.fired(ticket) == ["first", "second"]
        assert book.look(ticket)["tags"] == ["second"]

    def test_the_order_is_the_desks(self, book: RuleBook, desk: ServiceDesk) -> None:
        one, other = book.make("one", actions=tag("one")), book.make("other", actions=tag("other"))
        order = {"rule_ids": [other["id"], one["id"]]}
        assert desk.as_(desk.cast.ada).post("/v1/rules/reorder", order).status == 200
        ticket = desk.ticket()

        book.run()

        assert book.fired(ticket) == ["other", "one"]


class TestLoops:
    def test_two_rules_that_set_each_other_off_come_to_an_end(
        self, book: RuleBook, desk: ServiceDesk
    ) -> None:
        high, low = ([{"action": "set_priority", "priority": word}] for word in ("high", "low"))
        changed = [{"on": "updated", "fields": ["priority"]}]
        up = book.make("up", when=changed, conditions=all_of(("priority", "is", "low")), actions=high)
        down = book.make("down", when=changed, conditions=all_of(("priority", "is", "high")), actions=low)
        ticket = desk.networks_ticket()
        book.run()

        desk.patch(desk.cast.dario, ticket, priority="high")
        book.run()

        assert book.fired(ticket) == ["down", "up"]
        assert [each["depth"] for rule in (down, up) for each in book.firings(rule)] == [0, 1]

    def test_a_rule_is_not_set_off_by_itself(self, book: RuleBook, desk: ServiceDesk) -> None:
        says = [{"action": "comment", "body": "And another thing.", "visibility": "internal"}]
        rule = book.make(when=[{"on": "commented"}], actions=says)
        ticket = desk.networks_ticket()
        desk.comment(desk.cast.ana, ticket, "One thing.")

        book.run()

        assert book.outcomes(rule) == ["applied"]
        assert len(book.look(ticket)["comments"]) == 2

    def test_no_more_than_three_rules_run_in_a_row(self, book: RuleBook, desk: ServiceDesk) -> None:
        for n in range(5):
            said = all_of(("tags", "added", f"t{n}"))
            book.make(f"{n}", when=[{"on": "updated"}], conditions=said, actions=tag(f"t{n + 1}"))
        ticket = desk.networks_ticket()
        book.run()

        desk.patch(desk.cast.dario, ticket, tags=["t0"])
        book.run()

        assert book.look(ticket)["tags"] == ["t0", "t1", "t2", "t3"]
        assert book.fired(ticket) == ["0", "1", "2"]

    def test_two_rules_by_the_clock_that_set_each_other_off_come_to_an_end(
        self, book: RuleBook, desk: ServiceDesk
    ) -> None:
        pauses = by_the_clock(book, "pauses", "open", "on_hold")
        resumes = by_the_clock(book, "resumes", "on_hold", "open")
        ticket = desk.in_status("open")

        for _ in range(5):
            tick(book)

        assert book.fired(ticket) == ["pauses", "resumes"]
        assert [each["depth"] for rule in (pauses, resumes) for each in book.firings(rule)] == [0, 1]
        tried = desk.as_(desk.cast.ada).post(f"/v1/rules/{pauses['id']}/test", {"ticket_id": ticket["id"]})
        assert tried.json["when"]["reason"] == "The rule led to this itself: it does not run again."

    def test_a_rule_by_the_clock_and_one_that_undoes_it_come_to_an_end(
        self, book: RuleBook, desk: ServiceDesk
    ) -> None:
        by_the_clock(book, "pauses", "open", "on_hold")
        book.make(
            "resumes",
            when=[{"on": "updated", "fields": ["status"]}],
            conditions=all_of(("status", "is", "on_hold")),
            actions=[{"action": "set_status", "status": "open", "reason": "Go on."}],
        )
        ticket = desk.in_status("open")

        for _ in range(4):
            tick(book)

        assert book.fired(ticket) == ["pauses", "resumes"]

    def test_what_people_do_then_begins_a_new_row(self, book: RuleBook, desk: ServiceDesk) -> None:
        by_the_clock(book, "pauses", "open", "on_hold")
        ticket = desk.in_status("open")
        tick(book)
        assert desk.do(desk.cast.dario, ticket, "resume").status == 200

        tick(book)

        assert book.fired(ticket) == ["pauses", "pauses"]

    def test_no_more_than_three_rules_by_the_clock_run_in_a_row(
        self, book: RuleBook, desk: ServiceDesk
    ) -> None:
        statuses = ("open", "on_hold", "open", "on_hold", "open")
        for n, (now, then) in enumerate(pairwise(statuses)):
            says = (("tags", "has", f"t{n}"), ("tags", "has_not", f"t{n + 1}"))
            by_the_clock(book, f"{n}", now, then, *says, also=tag(f"t{n + 1}"))
        ticket = desk.in_status("open")
        desk.patch(desk.cast.dario, book.look(ticket), tags=["t0"])

        for _ in range(6):
            tick(book)

        assert book.fired(ticket) == ["0", "1", "2"]


def tick(book: RuleBook) -> None:
    """A sweep, and the delivery of what it hands over and of what comes of that."""
    book.forget()
    schedules.sweep_rules(lambda: True)
    book.run()


def by_the_clock(
    book: RuleBook, name: str, now: str, then: str, *conditions: Any, also: Sequence[Any] = ()
) -> dict[str, Any]:
    """A rule that sets one status as soon as there is the other."""
    return book.make(
        name,
        when=[{"on": "since", "since": "status_changed", "minutes": 0}],
        conditions=all_of(("status", "is", now), *conditions),
        actions=[{"action": "set_status", "status": then, "reason": "So be it."}, *also],
    )


class TestRefusals:
    def test_an_action_that_is_illegal_now_is_told_and_stops_nobody(
        self, book: RuleBook, desk: ServiceDesk
    ) -> None:
        closed = [{"on": "updated", "verbs": ["closed"]}]
        wrong = book.make("wrong", when=closed, actions=[*tag("never"), *URGENT])
        book.make("right", when=closed, actions=tag("right"))
        ticket = desk.in_status("closed")

        book.run()

        shown = book.look(ticket)
        assert shown["tags"] == ["right"]
        (firing,) = book.firings(wrong)
        assert firing["outcome"] == "failed"
        assert firing["reason"].startswith("A ticket that is closed cannot be changed by reclassify.")
        told = [each["meta"] for each in shown["timeline"] if each["action"] == "rule_fired"]
        assert [(each["outcome"], each["rules"][-1]["name"]) for each in told] == [
            ("failed", "wrong"),
            ("applied", "right"),
        ]
        assert told[0]["reason"] == firing["reason"]

    def test_what_is_refused_leaves_nothing_behind(
        self, book: RuleBook, desk: ServiceDesk, database: Database
    ) -> None:
        says = {"action": "comment", "body": "I close it.", "visibility": "internal"}
        closes = {"action": "set_status", "status": "cancelled"}
        book.make(when=[{"on": "updated", "verbs": ["closed"]}], actions=[says, closes])
        ticket = desk.in_status("closed")
        comments = len(book.look(ticket)["comments"])
        book.forget()
        last = database.value("SELECT max(id) FROM events")
        book.last = 0
        closed = next(each for each in book.waiting() if each["type"] == "ticket.closed")

        assert book.deliver(closed) == []

        assert len(book.look(ticket)["comments"]) == comments
        types = database.rows("SELECT type FROM events WHERE id > :last", last=last)
        assert [row["type"] for row in types] == ["ticket.rule_fired"]

    def test_a_team_that_is_gone_is_told(self, book: RuleBook, desk: ServiceDesk, database: Database) -> None:
        apps = desk.cast.teams["Apps"]
        rule = book.make(actions=[{"action": "transfer", "team_id": str(apps)}])
        database.run("UPDATE teams SET deleted_at = now() WHERE id = :t", t=apps)
        desk.ticket()

        book.run()

        (firing,) = book.firings(rule, "outcome=failed")
        assert "There is no such team." in firing["reason"]

    def test_a_rule_with_nothing_to_change_says_so(self, book: RuleBook, desk: ServiceDesk) -> None:
        rule = book.make(actions=[{"action": "set_priority", "priority": "medium"}])
        ticket = desk.ticket()

        book.run()

        assert book.outcomes(rule) == ["unchanged"]
        assert book.look(ticket)["version"] == ticket["version"]

    def test_a_fault_of_ours_is_told_and_the_next_rule_runs(
        self, book: RuleBook, desk: ServiceDesk, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        broken = book.make("broken", actions=URGENT)
        book.make("whole", actions=tag("whole"))
        ticket = desk.ticket()
        apply = rule_running.acting.apply

        def breaks(draft: Any, prepared: Any, meta: Any) -> Any:
            if meta["rules"][-1]["name"] == "broken":
                raise ZeroDivisionError
            return apply(draft, prepared, meta)

        monkeypatch.setattr(rule_running.acting, "apply", breaks)
        book.run()

        assert book.look(ticket)["tags"] == ["whole"]
        assert [each["reason"] for each in book.firings(broken)] == [
            "It could not be done, by a fault of the desk itself."
        ]

    @pytest.mark.parametrize("how", ["archived", "deleted", "merged"])
    def test_what_is_put_away_is_left_alone(
        self, book: RuleBook, desk: ServiceDesk, database: Database, how: str
    ) -> None:
        book.make(when=[{"on": "created"}, {"on": "updated"}])
        ticket = desk.in_status("closed") if how == "archived" else desk.networks_ticket()
        if how == "archived":
            assert desk.do(desk.cast.dario, ticket, "archive").status == 200
        elif how == "deleted":
            assert desk.as_(desk.cast.ada).delete(f"/v1/tickets/{ticket['id']}").status == 204
        else:
            into = desk.networks_ticket(tags=["ruled"])
            assert desk.do(desk.cast.dario, ticket, "merge", into_id=into["id"]).status == 200

        book.run()

        tags = database.value("SELECT tags FROM tickets WHERE id = :t", t=UUID(ticket["id"]))
        assert tags == []


class TestTelling:
    def test_the_staff_reads_which_rule_did_it_and_customers_do_not(
        self, book: RuleBook, desk: ServiceDesk
    ) -> None:
        rule = book.make("Outages first", actions=[*URGENT, *tag("outage")])
        ticket = desk.ticket()

        book.run()

        staff = desk.detail(desk.cast.ada, ticket)["timeline"]
        assert [each["action"] for each in staff] == ["created", "rule_fired", "reclassified", "updated"]
        named = {"id": rule["id"], "name": "Outages first"}
        assert [each["meta"].get("rules") for each in staff[1:]] == [[named]] * 3
        assert {each["actor"]["type"] for each in staff[1:]} == {"system"}
        customers = desk.detail(desk.cast.carol, ticket)["timeline"]
        assert "rule_fired" not in {each["action"] for each in customers}
        assert not any("rules" in each["meta"] for each in customers)
        assert "Outages first" not in str(customers)

    def test_a_public_comment_of_a_rule_answers_no_promise(self, book: RuleBook, desk: ServiceDesk) -> None:
        book.make(actions=[{"action": "comment", "body": "We are on it, {{requester.name}}."}])
        ticket = desk.ticket()

        book.run()

        shown = book.look(ticket)
        assert [each["body"] for each in shown["comments"]] == ["We are on it, Carol."]
        (first,) = [each for each in shown["sla"]["targets"] if each["metric"] == "first_response"]
        assert first["fulfilled_at"] is None

    def test_a_change_is_one_version(self, book: RuleBook, desk: ServiceDesk) -> None:
        book.make(actions=[*URGENT, *tag("a", "b")])
        ticket = desk.ticket()

        book.run()

        assert book.look(ticket)["version"] == ticket["version"] + 1


class TestCost:
    def test_a_workspace_without_rules_costs_one_statement(self, book: RuleBook, desk: ServiceDesk) -> None:
        desk.ticket()
        (created,) = book.waiting()

        with recorded() as sent:
            assert book.deliver(created) == []

        assert len(sent) == 1

    def test_conditions_that_do_not_hold_cost_five(self, book: RuleBook, desk: ServiceDesk) -> None:
        for n in range(20):
            book.make(f"{n}", conditions=all_of(("priority", "is", "urgent")))
        desk.ticket()
        (created,) = book.waiting()

        with recorded() as sent:
            assert book.deliver(created) == []

        assert len(sent) == 5

    def test_a_rule_that_fires_costs_sixteen_at_most(self, book: RuleBook, desk: ServiceDesk) -> None:
        book.make(actions=[*URGENT, *tag("a")])
        desk.ticket()
        (created,) = book.waiting()

        with recorded() as sent:
            assert book.deliver(created) == []

        assert len([each for each in sent if "fn_events_sent" not in each.sql]) <= 16, [
            each.sql[:60] for each in sent
        ]

    def test_what_no_rule_can_hear_of_costs_nothing(self, book: RuleBook, desk: ServiceDesk) -> None:
        book.make()
        ticket = desk.networks_ticket()
        path = f"/v1/tickets/{ticket['id']}/watchers"
        assert desk.as_(desk.cast.dario).post(path, {"user_id": str(desk.cast.ana.id)}).status == 201
        watched = book.waiting()[-1]

        with recorded() as sent:
            assert book.deliver(watched) == []

        assert sent == []


class TestClock:
    """What runs by the clock: looked at by the sweep, done in the queue."""

    @staticmethod
    def sweep(book: RuleBook) -> None:
        book.forget()
        from chalicelib.schedules import sweep_rules

        sweep_rules(lambda: True)

    def tick(self, book: RuleBook) -> None:
        """A sweep, and the delivery of what it hands over."""
        self.sweep(book)
        book.run()

    @pytest.fixture
    def rule(self, book: RuleBook) -> dict[str, Any]:
        return book.make(when=[{"on": "since", "since": "created", "hours": 24}])

    def test_it_fires_once_its_time_has_come(
        self, book: RuleBook, desk: ServiceDesk, rule: dict[str, Any]
    ) -> None:
        old, young = desk.networks_ticket(), desk.networks_ticket()
        book.age(old, "25 hours")

        self.tick(book)
        self.tick(book)

        assert [book.look(each)["tags"] for each in (old, young)] == [["ruled"], []]
        (firing,) = book.firings(rule)
        assert datetime.fromisoformat(firing["counts_from"]) < datetime.now(UTC) - timedelta(hours=24)

    def test_what_is_looked_at_before_its_time_fires_then(
        self, book: RuleBook, desk: ServiceDesk, rule: dict[str, Any]
    ) -> None:
        ticket = desk.networks_ticket()
        self.tick(book)
        assert book.firings(rule) == []
        book.age(ticket, "25 hours")

        self.tick(book)

        assert book.look(ticket)["tags"] == ["ruled"]

    def test_conditions_that_come_true_later_fire_then(self, book: RuleBook, desk: ServiceDesk) -> None:
        urgent = all_of(("priority", "is", "urgent"))
        rule = book.make(when=[{"on": "since", "since": "created", "hours": 24}], conditions=urgent)
        ticket = desk.networks_ticket()
        book.age(ticket, "25 hours")
        self.tick(book)
        assert book.firings(rule) == []

        desk.patch(desk.cast.dario, ticket, priority="urgent")
        self.tick(book)
        self.tick(book)

        assert book.outcomes(rule) == ["applied"]

    def test_two_sweeps_at_once_hand_over_once(
        self,
        book: RuleBook,
        desk: ServiceDesk,
        rule: dict[str, Any],
        connections: Connections,
        database: Database,
    ) -> None:
        for _ in range(6):
            book.age(desk.networks_ticket(), "25 hours")
        began = datetime.now(UTC)

        for _ in range(3):
            connections.at_once([lambda tx: rule_event_queries.sweep(tx, 2, began, 2)] * 4)
        while max(connections.run(lambda tx: rule_event_queries.sweep(tx, 500, began, 2))):
            pass

        due = database.rows("SELECT ticket_id FROM events WHERE type = 'rule.due'")
        assert len(due) == len({row["ticket_id"] for row in due}) == 6

    def test_a_change_in_between_begins_to_count_anew(self, book: RuleBook, desk: ServiceDesk) -> None:
        rule = book.make(when=[{"on": "since", "since": "requester_commented", "minutes": 60}])
        ticket = desk.networks_ticket()
        book.age(ticket, "2 hours")
        self.sweep(book)
        desk.comment(desk.cast.carol, ticket, "Still there?")

        book.run()

        assert book.firings(rule) == []

    def test_each_instant_counts_anew(self, book: RuleBook, desk: ServiceDesk) -> None:
        rule = book.make(when=[{"on": "since", "since": "requester_commented", "minutes": 60}])
        ticket = desk.networks_ticket()
        for _ in range(2):
            book.age(ticket, "2 hours")
            self.tick(book)
            desk.comment(desk.cast.carol, ticket, "Still there?")
            self.tick(book)

        assert book.outcomes(rule) == ["applied", "unchanged"]

    @pytest.mark.parametrize(
        ("since", "does", "fires"),
        [
            ("updated", None, True),
            ("staff_commented", None, False),
            ("staff_commented", "answer", True),
            ("staff_commented", "note", False),
            ("status_changed", "pause", True),
            ("assigned", None, False),
            ("assigned", "assign", True),
            ("pending", None, False),
            ("pending", "pause", True),
            ("due", None, True),
            ("due_in", None, True),
        ],
    )
    def test_what_it_counts_from(
        self, book: RuleBook, desk: ServiceDesk, since: str, does: str | None, fires: bool
    ) -> None:
        rule = book.make(when=[{"on": "since", "since": since, "minutes": 30}])
        ticket = desk.networks_ticket()
        cast = desk.cast
        match does:
            case "answer":
                desk.comment(cast.ana, ticket, "Look at the cable.")
            case "note":
                desk.comment(cast.ana, ticket, "It is the cable.", visibility="internal")
            case "pause":
                desk.do(cast.dario, ticket, "pause", waiting_on="customer", reason="asked")
            case "assign":
                desk.do(cast.dario, ticket, "assign", assignee_id=cast.ana.id)
        book.age(ticket, "2 hours")
        if since.startswith("due"):
            ahead = "-31 minutes" if since == "due" else "29 minutes"
            book.database.run(f"UPDATE tickets SET due_at = now() + interval '{ahead}'")

        self.tick(book)

        assert len(book.firings(rule)) == fires

    @pytest.mark.parametrize("status", ["closed", "cancelled"])
    def test_the_clock_does_not_run_on_what_is_finished(
        self, book: RuleBook, desk: ServiceDesk, rule: dict[str, Any], status: str
    ) -> None:
        book.age(desk.in_status(status), "2 days")

        self.tick(book)

        assert book.firings(rule) == []

    def test_conditions_that_are_changed_are_looked_at_anew(self, book: RuleBook, desk: ServiceDesk) -> None:
        when = [{"on": "since", "since": "created", "hours": 24}]
        rule = book.make(when=when, conditions=all_of(("priority", "is", "urgent")))
        book.age(desk.networks_ticket(), "25 hours")
        self.tick(book)

        wider = {"conditions": all_of(("priority", "in", ["urgent", "medium"]))}
        assert desk.as_(desk.cast.ada).patch(f"/v1/rules/{rule['id']}", wider).status == 200
        self.tick(book)

        assert book.outcomes(rule) == ["applied"]

    def test_a_breach_has_conditions_looked_at_again(
        self, book: RuleBook, desk: ServiceDesk, database: Database
    ) -> None:
        late = all_of(("breached", "is", True))
        rule = book.make(when=[{"on": "since", "since": "created", "hours": 24}], conditions=late)
        ticket = desk.networks_ticket(sla_minutes=10_000)
        book.age(ticket, "25 hours")
        self.tick(book)
        assert book.firings(rule) == []
        database.run("UPDATE sla_targets SET due_at = now() - interval '1 minute'")
        database.run("UPDATE sla_steps SET at = now() - interval '1 minute' WHERE kind = 'breach'")
        schedules.sweep(lambda: True)

        book.run()
        self.tick(book)

        assert book.outcomes(rule) == ["applied"]

    @pytest.mark.parametrize(("moved", "fired"), [("1 hour", 0), ("-1 hour", 1)])
    def test_a_due_time_that_is_counted_anew_is_the_one_that_counts(
        self, book: RuleBook, desk: ServiceDesk, database: Database, moved: str, fired: int
    ) -> None:
        """As a changed calendar moves it: neither version nor time of the last change tell."""
        rule = book.make(when=[{"on": "since", "since": "due", "minutes": 0}])
        ticket = desk.networks_ticket()
        database.run("UPDATE tickets SET due_at = now() + interval '30 minutes'")
        self.tick(book)
        if fired == 0:
            database.run("UPDATE rule_dues SET at = now(), counts_from = counts_from - interval '30 minutes'")
        database.run(f"UPDATE tickets SET due_at = now() + interval '{moved}'")

        assert book.deliver(message_of(ticket, desk, "ticket.sla_recounted")) == []
        for _ in range(2):
            self.tick(book)

        assert len(book.firings(rule)) == fired
        if not fired:
            due = database.value("SELECT due_at FROM tickets")
            assert database.value("SELECT counts_from FROM rule_dues") == due

    def test_what_waits_for_the_desks_hours_alone_is_done_when_they_begin(
        self, book: RuleBook, desk: ServiceDesk, database: Database
    ) -> None:
        open_now = all_of(("business_hours", "is", True))
        when = [{"on": "since", "since": "created", "hours": 24}]
        rule = book.make(when=when, conditions=open_now)
        book.make(
            "never",
            when=when,
            conditions=all_of(("business_hours", "is", True), ("priority", "is", "urgent")),
        )
        book.age(desk.networks_ticket(), "25 hours")
        tomorrow = "((extract(isodow FROM now() AT TIME ZONE 'UTC')::integer) % 7)::text"
        database.run(
            f"UPDATE calendars SET timezone = 'UTC', weekly = "
            f'jsonb_build_object({tomorrow}, \'[["09:00", "17:00"]]\'::jsonb)'
        )

        self.tick(book)

        assert book.firings(rule) == []
        (waits,) = database.rows("SELECT rule_id, at FROM rule_dues WHERE at IS NOT NULL")
        assert str(waits["rule_id"]) == rule["id"]
        assert (waits["at"].hour, waits["at"].minute) == (9, 1)
        database.run(
            "UPDATE calendars SET weekly = "
            '(SELECT jsonb_object_agg(d::text, \'[["00:00", "24:00"]]\'::jsonb) FROM generate_series(0, 6) d)'
        )
        database.run("UPDATE rule_dues SET at = now() WHERE at IS NOT NULL")
        self.tick(book)
        assert book.outcomes(rule) == ["applied"]

    def test_what_has_ended_is_forgotten_unless_the_rule_has_fired_on_it(
        self, book: RuleBook, desk: ServiceDesk, rule: dict[str, Any], database: Database
    ) -> None:
        fired, waits = desk.networks_ticket(), desk.networks_ticket()
        book.age(fired, "25 hours")
        self.tick(book)
        for each in (fired, waits):
            assert desk.do(desk.cast.dario, each, "cancel", reason="not needed").status == 200

        self.tick(book)

        kept = [row["ticket_id"] for row in database.rows("SELECT ticket_id FROM rule_dues")]
        assert kept == [UUID(fired["id"])]
        assert desk.do(desk.cast.dario, fired, "reopen", reason="still dark").status == 200
        self.tick(book)
        assert book.outcomes(rule) == ["applied"]

    def test_more_than_fits_into_one_sweep_is_done_by_the_next(
        self, book: RuleBook, desk: ServiceDesk, rule: dict[str, Any], connections: Connections
    ) -> None:
        for _ in range(5):
            book.age(desk.networks_ticket(), "25 hours")
        book.forget()
        began = datetime.now(UTC)

        swept = [connections.run(lambda tx: rule_event_queries.sweep(tx, 2, began, 2)) for _ in range(5)]
        book.run()

        assert swept == [(2, 2, True), (2, 2, True), (1, 1, False), (0, 0, False), (0, 0, False)]
        assert len(book.firings(rule)) == 5

    def test_the_clock_stops_once_a_ticket_is_closed_whatever_was_reckoned(
        self, book: RuleBook, desk: ServiceDesk
    ) -> None:
        rule = book.make(when=[{"on": "since", "since": "requester_commented", "minutes": 60}])
        ticket = desk.networks_ticket()
        book.age(ticket, "2 hours")
        self.tick(book)
        desk.comment(desk.cast.carol, ticket, "And then?")
        self.tick(book)
        assert desk.do(desk.cast.dario, ticket, "close").status == 200
        book.age(ticket, "2 hours")

        self.tick(book)

        assert book.outcomes(rule) == ["applied"]

    def test_a_rule_with_much_to_look_at_keeps_no_other_waiting(
        self, book: RuleBook, desk: ServiceDesk, connections: Connections, database: Database
    ) -> None:
        for name in ("one", "other"):
            book.make(name, when=[{"on": "since", "since": "created", "hours": 24}])
        for _ in range(5):
            book.age(desk.networks_ticket(), "25 hours")
        began = datetime.now(UTC)

        swept = [connections.run(lambda tx: rule_event_queries.sweep(tx, 2, began, 2)) for _ in range(2)]

        assert [followed for followed, *_ in swept] == [2, 2]
        assert database.value("SELECT count(DISTINCT rule_id) FROM rule_dues") == 2
        while max(connections.run(lambda tx: rule_event_queries.sweep(tx, 2, began, 2))):
            pass
        assert database.value("SELECT count(*) FROM rule_dues") == 10

    def test_many_rules_are_gone_through_in_many_transactions(
        self, book: RuleBook, desk: ServiceDesk, connections: Connections, database: Database
    ) -> None:
        """With no time at all a transaction goes through one rule, and hands over what it found due."""
        for n in range(5):
            book.make(f"{n}", when=[{"on": "since", "since": "created", "hours": 24}])
        book.age(desk.networks_ticket(), "25 hours")
        began = datetime.now(UTC)

        swept = [connections.run(lambda tx: rule_event_queries.sweep(tx, 500, began, 0)) for _ in range(6)]

        assert swept == [(1, 1, True)] * 5 + [(0, 0, False)]
        assert database.value("SELECT count(DISTINCT rule_id) FROM rule_dues") == 5

    def test_a_sweep_whose_time_ends_is_gone_on_with_by_the_next(
        self, book: RuleBook, desk: ServiceDesk, database: Database, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        for n in range(5):
            book.make(f"{n}", when=[{"on": "since", "since": "created", "hours": 24}])
        book.age(desk.networks_ticket(), "25 hours")
        monkeypatch.setattr(schedules, "RULE_SECONDS", 0)

        swept = []
        for _ in range(3):
            left = iter([True, True, False])
            swept.append(schedules.sweep_rules(lambda left=left: next(left)))

        assert swept == [(2, 2), (2, 2), (1, 1)]
        assert database.value("SELECT count(DISTINCT rule_id) FROM rule_dues") == 5
        assert schedules.sweep_rules(lambda: True) == (0, 0)

    def test_what_a_breach_looks_at_again_waits_for_nobody(
        self, book: RuleBook, desk: ServiceDesk, connections: Connections, database: Database
    ) -> None:
        """Else a sweep and it, each with rows that the other wants, would stop each other."""
        for name in ("one", "other"):
            book.make(name, when=[{"on": "since", "since": "created", "hours": 24}])
        ticket = desk.networks_ticket()
        self.sweep(book)
        event = Event.parse(batch_of(message_of(ticket, desk, "ticket.sla_breached"))["Records"][0]["body"])
        held = "SELECT rule_id FROM rule_dues ORDER BY rule_id DESC LIMIT 1 FOR NO KEY UPDATE"

        def hold(tx: Any) -> None:
            principals.enter_system(tx, desk.cast.acme)
            tx.connection.execute(text(held)).one()

        def look_again(tx: Any) -> None:
            tx.connection.execute(text("SET LOCAL lock_timeout = '1s'"))
            rule_clock.look_again(tx, event)

        assert connections.behind(hold, look_again) is None
        assert database.value("SELECT count(*) FROM rule_dues WHERE at <= now()") == 1

    def test_another_delay_is_reckoned_anew_and_fires_for_no_instant_twice(
        self, book: RuleBook, desk: ServiceDesk, rule: dict[str, Any]
    ) -> None:
        fired, waits = desk.networks_ticket(), desk.networks_ticket()
        book.age(fired, "25 hours")
        book.age(waits, "3 hours")
        self.tick(book)

        sooner = {"when": [{"on": "since", "since": "created", "hours": 2}]}
        assert desk.as_(desk.cast.ada).patch(f"/v1/rules/{rule['id']}", sooner).status == 200
        self.tick(book)

        assert [len(book.look(each)["tags"]) for each in (fired, waits)] == [1, 1]
        assert len(book.firings(rule)) == 2

    def test_a_rule_that_is_off_is_not_due(
        self, book: RuleBook, desk: ServiceDesk, rule: dict[str, Any], database: Database
    ) -> None:
        book.age(desk.networks_ticket(), "25 hours")
        off = {"enabled": False}
        assert desk.as_(desk.cast.ada).patch(f"/v1/rules/{rule['id']}", off).status == 200

        self.tick(book)

        assert database.value("SELECT count(*) FROM events WHERE type = 'rule.due'") == 0

    def test_what_a_rule_does_is_no_update_that_it_counts_from(
        self, book: RuleBook, desk: ServiceDesk
    ) -> None:
        note = [{"action": "comment", "body": "Nobody has touched this.", "visibility": "internal"}]
        rule = book.make(when=[{"on": "since", "since": "updated", "hours": 1}], actions=note)
        ticket = desk.networks_ticket()
        for _ in range(3):
            book.age(ticket, "2 hours")
            self.tick(book)

        assert book.outcomes(rule) == ["applied"]


def message_of(ticket: dict[str, Any], desk: ServiceDesk, type: str) -> dict[str, Any]:
    """An event of a ticket that changes nothing of it."""
    return {
        "id": 10**9,
        "type": type,
        "workspace_id": str(desk.cast.acme),
        "ticket_id": ticket["id"],
        "sequence": 99,
        "internal": True,
        "created_at": "2026-11-21T00:00:00Z",
        "payload": {"actor": {"type": "system", "id": None}, "changes": {}, "meta": {}},
    }


class TestLambdas:
    """The two functions whole, with the queues that they send to."""

    def test_what_is_due_and_what_was_done_is_sent_on_at_once(
        self, book: RuleBook, desk: ServiceDesk, queue: Queue
    ) -> None:
        book.make(when=[{"on": "since", "since": "created", "hours": 24}], actions=URGENT)
        ticket = desk.networks_ticket()
        book.age(ticket, "25 hours")
        queue.take()

        schedules.rule_sweep(TICK, LambdaContext(50.0))
        (due,) = queue.take()
        assert book.deliver(due) == []

        assert due["type"] == "rule.due"
        assert [each["type"] for each in queue.take()] == ["ticket.rule_fired", "ticket.reclassified"]

    def test_where_time_ends_the_event_comes_again_and_goes_on(
        self, book: RuleBook, desk: ServiceDesk, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        rules = [book.make(f"{n}", actions=tag(f"t{n}")) for n in range(3)]
        desk.ticket()
        (created,) = book.waiting()
        left = iter([60.0, 60.0, 60.0, 1.0, 1.0])
        context = LambdaContext()
        monkeypatch.setattr(context, "get_remaining_time_in_millis", lambda: next(left) * 1000)

        first = queues.rules(batch_of(created), context)["batchItemFailures"]

        assert len(first) == 1
        assert [book.outcomes(rule) for rule in rules] == [["applied"], ["applied"], []]
        assert book.deliver(created) == []
        assert [book.outcomes(rule) for rule in rules] == [["applied"]] * 3

    def test_what_is_no_event_of_a_ticket_fails_alone(self, book: RuleBook, desk: ServiceDesk) -> None:
        book.make()
        ticket = desk.ticket()
        (created,) = book.waiting()
        broken = {**created, "id": created["id"] + 1000, "payload": {"actor": 7}}

        assert book.deliver(broken, created) == [0]
        assert book.look(ticket)["tags"] == ["ruled"]


def test_tags_are_added_once(book: RuleBook, desk: ServiceDesk) -> None:
    book.make(actions=TAG)
    ticket = desk.networks_ticket(tags=["ruled"])

    book.run()

    assert book.look(ticket)["tags"] == ["ruled"]
