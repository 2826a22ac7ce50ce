"""Escalations: from the sweep through the queue to what is done to a ticket and who is told, once."""

from collections.abc import Sequence
from functools import partial
from typing import Any

import pytest

from chalicelib import schedules
from chalicelib.core import json_text
from chalicelib.core.event import Event
from chalicelib.sla import queries as sla_queries
from chalicelib.tickets import escalating
from tests.conftest import Queue
from tests.support.connections import Connections
from tests.support.database import Database
from tests.support.escalations import RAISE, Escalations, after, before, notify
from tests.support.mailbox import TICK, LambdaContext, Mailbox, deliver, text_of
from tests.support.rule_book import RuleBook
from tests.support.service_desk import ServiceDesk


@pytest.fixture
def escalations(desk: ServiceDesk, database: Database, book: RuleBook) -> Escalations:
    mailbox = Mailbox()
    mailbox.empty()
    return Escalations(desk, database, book, mailbox)


class TestDoing:
    def test_a_late_ticket_is_raised_handed_on_and_told_of(
        self, escalations: Escalations, desk: ServiceDesk
    ) -> None:
        cast = desk.cast
        escalations.set(
            after(
                30,
                notify({"role": "dispatcher"}, {"to": "assignee"}),
                RAISE,
                {"action": "transfer", "team_id": str(cast.teams["Apps"]), "assignee_id": str(cast.ben.id)},
            )
        )
        ticket = desk.networks_ticket(priority="low")
        escalations.pass_time(91)

        escalations.run()

        now = escalations.look(ticket)
        assert (now["priority"], now["team"]["name"], now["assignee"]["name"]) == ("medium", "Apps", "Ben")
        assert [done["outcome"] for done in escalations.done(ticket)] == ["applied"]
        assert escalations.mailed() == sorted([cast.ben.email, cast.dario.email])
        mail = escalations.mailbox.to(cast.ben.email)
        assert mail["Subject"] == f"[{ticket['label']}] Escalated: VPN drops"
        assert "is late." in text_of(mail)

    def test_before_it_is_due_too(self, escalations: Escalations, desk: ServiceDesk) -> None:
        escalations.set(before(15, notify({"user_id": desk.cast.dario.id})))
        ticket = desk.networks_ticket()
        escalations.pass_time(46)

        escalations.run()
        (done,) = escalations.done(ticket)

        assert (done["metric"], done["late"]) == ("resolution", False)

        assert escalations.count("escalated", ticket) == 1
        assert escalations.mailed() == [desk.cast.dario.email]
        assert "is due at" in text_of(escalations.mailbox.mails[0])

    def test_after_an_outage_the_mail_says_that_it_is_late(
        self, escalations: Escalations, desk: ServiceDesk
    ) -> None:
        escalations.set(before(15, notify({"role": "dispatcher"})))
        desk.networks_ticket()
        escalations.pass_time(90)

        escalations.run()

        assert escalations.mailed() == [desk.cast.dario.email]
        assert "is late." in text_of(escalations.mailbox.mails[0])

    def test_of_a_promise_that_is_never_due_it_says_nothing_of_being_late(
        self, escalations: Escalations, desk: ServiceDesk, database: Database
    ) -> None:
        escalations.set(after(15, notify({"role": "dispatcher"})))
        desk.networks_ticket()
        escalations.pass_time(90)
        escalations.sweep()
        database.run(
            "UPDATE events SET payload = jsonb_set(payload, '{meta,due_at}', 'null') "
            "WHERE type = 'ticket.escalated'"
        )

        escalations.book.run()

        assert escalations.mailed() == [desk.cast.dario.email]
        assert "is late" not in text_of(escalations.mailbox.mails[0])

    def test_the_sweep_tells_what_the_policy_says_and_the_staff_alone_hears(
        self, escalations: Escalations, desk: ServiceDesk
    ) -> None:
        (kept,) = escalations.set(after(30, RAISE))
        ticket = desk.networks_ticket(priority="low")
        escalations.pass_time(91)

        escalations.run()

        (entry,) = [each for each in escalations.look(ticket)["timeline"] if each["action"] == "escalated"]
        assert entry["actor"]["type"] == "system"
        assert entry["meta"]["escalation"] == kept
        assert entry["meta"]["policy"] == {"id": escalations.policy["id"], "name": escalations.policy["name"]}
        (event,) = escalations.news()
        assert (event["internal"], event["payload"]["meta"]) == (True, entry["meta"])
        seen = desk.detail(desk.cast.carol, ticket)["timeline"]
        assert {each["action"] for each in seen}.isdisjoint({"escalated", "escalation_done"})
        assert all("escalation" not in each["meta"] for each in seen)

    def test_an_urgent_ticket_stays_so_and_nothing_is_lowered(
        self, escalations: Escalations, desk: ServiceDesk
    ) -> None:
        escalations.set(after(0, {"action": "raise_priority", "to": "medium"}), after(30, RAISE))
        high, urgent = desk.networks_ticket(priority="high"), desk.networks_ticket(priority="urgent")
        escalations.pass_time(61)
        escalations.run()

        assert escalations.look(high)["priority"] == "high"
        escalations.pass_time(31)
        escalations.run()

        assert escalations.look(high)["priority"] == "urgent"
        assert escalations.look(urgent)["priority"] == "urgent"
        assert [done["outcome"] for done in escalations.done(urgent)] == ["unchanged", "unchanged"]
        assert escalations.look(urgent)["version"] == urgent["version"]

    def test_raising_goes_up_to_the_priority_that_is_named(
        self, escalations: Escalations, desk: ServiceDesk
    ) -> None:
        escalations.set(after(0, {"action": "raise_priority", "to": "urgente"}))
        ticket = desk.networks_ticket(priority="low")
        escalations.pass_time(61)

        escalations.run()

        assert escalations.look(ticket)["priority"] == "urgent"

    def test_a_raised_priority_moves_what_is_promised_and_breaks_it_once(
        self, escalations: Escalations, desk: ServiceDesk
    ) -> None:
        escalations.set(before(15, RAISE), targets={"resolution": {"medium": 60, "high": 30}})
        ticket = desk.networks_ticket(priority="medium")
        escalations.pass_time(46)

        for _ in range(3):
            escalations.run()

        now = escalations.look(ticket)
        assert (now["priority"], now["sla_minutes"], now["breached"]) == ("high", 30, True)
        actions = desk.actions(ticket)
        assert [actions.count(action) for action in ("escalated", "reclassified", "sla_breached")] == [
            1,
            1,
            1,
        ]

    def test_a_rule_may_listen_to_it(
        self, escalations: Escalations, desk: ServiceDesk, book: RuleBook
    ) -> None:
        book.make(when=[{"on": "updated", "verbs": ["escalated"]}])
        escalations.set(after(0, RAISE))
        ticket = desk.networks_ticket(priority="low")
        escalations.pass_time(61)

        escalations.run()

        assert book.look(ticket)["tags"] == ["ruled"]


class TestOnce:
    def test_however_often_the_news_comes(
        self, escalations: Escalations, desk: ServiceDesk, book: RuleBook
    ) -> None:
        escalations.set(after(0, RAISE, notify({"role": "dispatcher"})))
        ticket = desk.networks_ticket(priority="low")
        escalations.pass_time(61)
        escalations.run()

        assert book.deliver(*escalations.news(), *escalations.news()) == []

        assert escalations.look(ticket)["priority"] == "medium"
        assert len(escalations.done(ticket)) == 1
        assert len(escalations.mailed()) == len(escalations.news("escalation_done")) == 1

    def test_by_two_deliveries_at_once(
        self, escalations: Escalations, desk: ServiceDesk, connections: Connections
    ) -> None:
        escalations.set(after(0, RAISE))
        tickets = [desk.networks_ticket(priority="low") for _ in range(4)]
        escalations.pass_time(61)
        escalations.sweep()
        events = [Event.parse(_sent(each)) for each in escalations.news()]

        units = [[partial(escalating.carry_out, event=each) for each in events] for _ in range(2)]
        told = connections.side_by_side(units)

        assert sum(bool(news) for queue in told for news in queue) == len(tickets)
        assert {escalations.look(ticket)["priority"] for ticket in tickets} == {"medium"}
        assert [len(escalations.done(ticket)) for ticket in tickets] == [1, 1, 1, 1]

    def test_by_two_sweeps_at_once(
        self, escalations: Escalations, desk: ServiceDesk, connections: Connections
    ) -> None:
        escalations.set(before(30, RAISE), after(0, notify({"role": "admin"})), after(20, RAISE))
        tickets = [desk.networks_ticket() for _ in range(6)]
        escalations.pass_time(81)

        connections.side_by_side([[lambda tx: sla_queries.sweep(tx, 2)] * 20] * 2)
        escalations.sweep()

        assert [escalations.count("escalated", ticket) for ticket in tickets] == [3] * 6
        assert [escalations.count("sla_breached", ticket) for ticket in tickets] == [1] * 6

    def test_whatever_becomes_of_the_priority_afterwards(
        self, escalations: Escalations, desk: ServiceDesk
    ) -> None:
        escalations.set(after(0, RAISE))
        ticket = desk.networks_ticket(priority="low")
        escalations.pass_time(61)
        escalations.run()

        lowered = desk.patch(desk.cast.dario, escalations.look(ticket), priority="low").json
        escalations.pass_time(600)
        escalations.run()

        assert escalations.look(ticket)["priority"] == lowered["priority"] == "low"
        assert escalations.count("escalated", ticket) == 1


class TestMeanwhile:
    @pytest.mark.parametrize("verb", ["resolve", "cancel"])
    def test_of_a_promise_that_has_ended_nothing_is_escalated(
        self, escalations: Escalations, desk: ServiceDesk, book: RuleBook, verb: str
    ) -> None:
        escalations.set(after(0, RAISE, notify({"role": "dispatcher"})))
        ticket = desk.networks_ticket(priority="low")
        escalations.pass_time(61)
        escalations.sweep()
        body = {"resolve": {"resolution": "Done."}, "cancel": {"reason": "Not needed."}}[verb]
        assert desk.do(desk.cast.dario, ticket, verb, **body).status == 200

        book.run()

        assert escalations.look(ticket)["priority"] == "low"
        assert [done["outcome"] for done in escalations.done(ticket)] == ["overtaken"]
        assert escalations.mailed() == []

    def test_of_a_deleted_ticket_nothing_is_left(
        self, escalations: Escalations, desk: ServiceDesk, book: RuleBook, database: Database
    ) -> None:
        escalations.set(after(0, RAISE))
        ticket = desk.networks_ticket(priority="low")
        escalations.pass_time(61)
        escalations.sweep()
        assert desk.as_(desk.cast.ada).delete(f"/v1/tickets/{ticket['id']}").status == 204

        book.run()

        done = "SELECT count(*) FROM timeline_entries WHERE action = 'escalation_done'"
        assert database.value(done) == 0

    def test_what_was_told_is_done_though_the_policy_says_something_else_by_now(
        self, escalations: Escalations, desk: ServiceDesk, book: RuleBook
    ) -> None:
        escalations.set(after(0, RAISE))
        ticket = desk.networks_ticket(priority="low")
        escalations.pass_time(61)
        escalations.sweep()
        escalations.set(after(0, notify({"role": "admin"})))

        book.run()

        assert escalations.look(ticket)["priority"] == "medium"

    def test_what_the_policy_has_no_longer_is_not_told(
        self, escalations: Escalations, desk: ServiceDesk
    ) -> None:
        escalations.set(after(0, RAISE), after(10, RAISE))
        ticket = desk.networks_ticket(priority="low")
        escalations.set(after(10, RAISE))
        escalations.pass_time(61)

        assert escalations.sweep() == 1  # the breach
        assert escalations.count("escalated", ticket) == 0

        escalations.pass_time(10)
        escalations.run()
        assert escalations.look(ticket)["priority"] == "medium"

    def test_who_has_left_is_passed_over_and_the_timeline_says_so(
        self, escalations: Escalations, desk: ServiceDesk
    ) -> None:
        cast = desk.cast
        ben = {"user_id": str(cast.ben.id)}
        escalations.set(
            after(
                0,
                {"action": "assign", "assignee_id": str(cast.ben.id)},
                RAISE,
                notify(ben, {"role": "dispatcher"}),
            )
        )
        ticket = desk.networks_ticket(priority="low")
        escalations.pass_time(61)
        escalations.deactivate(cast.ben.id)

        escalations.run()

        now = escalations.look(ticket)
        assert (now["priority"], now["assignee"]) == ("medium", None)
        (done,) = escalations.done(ticket)
        assert done["outcome"] == "applied"
        assert done["skipped"] == [
            {
                "action": 0,
                "field": "assignee_id",
                "reason": "There is no such active member of the staff.",
            },
            {"action": 2, "to": ben, "reason": "Nobody active there sees the ticket."},
        ]
        assert escalations.mailed() == [cast.dario.email]

    def test_a_team_takes_over_though_the_assignee_has_left(
        self, escalations: Escalations, desk: ServiceDesk
    ) -> None:
        cast = desk.cast
        move = {"action": "transfer", "team_id": str(cast.teams["Apps"]), "assignee_id": str(cast.ben.id)}
        escalations.set(after(0, move))
        ticket = desk.networks_ticket()
        escalations.pass_time(61)
        escalations.deactivate(cast.ben.id)

        escalations.run()

        now = escalations.look(ticket)
        assert (now["team"]["name"], now["assignee"]) == ("Apps", None)

    def test_a_team_that_is_gone_is_passed_over(
        self, escalations: Escalations, desk: ServiceDesk, database: Database
    ) -> None:
        team = desk.cast.teams["Apps"]
        escalations.set(after(0, {"action": "transfer", "team_id": str(team)}, notify({"team_id": team})))
        ticket = desk.networks_ticket()
        escalations.pass_time(61)
        database.run("UPDATE teams SET deleted_at = now() WHERE id = :t", t=team)

        escalations.run()

        (done,) = escalations.done(ticket)
        assert done["outcome"] == "unchanged"
        assert [(each["action"], each["reason"]) for each in done["skipped"]] == [
            (0, "There is no such team."),
            (1, "Nobody active there sees the ticket."),
        ]
        assert escalations.look(ticket)["team"]["name"] == "Networks"

    def test_who_does_not_see_the_ticket_gets_no_mail_of_it(
        self, escalations: Escalations, desk: ServiceDesk
    ) -> None:
        cast = desk.cast
        escalations.set(after(0, notify({"role": "agent"}, {"team_id": cast.teams["Apps"]})))
        ticket = desk.networks_ticket()
        escalations.pass_time(61)

        escalations.run()

        (done,) = escalations.done(ticket)
        assert done["notified"] == [str(cast.ana.id)]
        assert [each["to"] for each in done["skipped"]] == [{"team_id": str(cast.teams["Apps"])}]
        assert escalations.mailed() == [cast.ana.email]

    def test_what_is_refused_changes_nothing_and_is_told(
        self, escalations: Escalations, desk: ServiceDesk, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        escalations.set(after(0, RAISE, notify({"role": "dispatcher"})))
        ticket = desk.networks_ticket(priority="low")
        escalations.pass_time(61)

        def refuse(*_: Any) -> Sequence[Any]:
            raise escalating.NotFound("There is no such thing.")

        monkeypatch.setattr(escalating.acting, "apply", refuse)
        escalations.run()

        (done,) = escalations.done(ticket)
        assert (done["outcome"], done["reason"]) == ("failed", "There is no such thing.")
        assert escalations.mailed() == [desk.cast.dario.email]


def test_the_schedule_sends_it_and_the_consumer_sends_what_came_of_it(
    escalations: Escalations, desk: ServiceDesk, book: RuleBook, queue: Queue
) -> None:
    schedules.relay_settings.cache_clear()
    escalations.set(after(0, RAISE, notify({"role": "dispatcher"})))
    ticket = desk.networks_ticket(priority="low")
    escalations.pass_time(61)
    queue.take()

    schedules.sla_sweep(TICK, LambdaContext())
    told: list[Any] = queue.take()
    assert book.deliver(*told) == []
    news: list[Any] = queue.take()
    escalations.mailbox.empty()
    assert deliver(*told, *news) == []

    assert [each["type"] for each in told] == ["ticket.sla_breached", "ticket.escalated"]
    assert [each["type"] for each in news] == ["ticket.reclassified", "ticket.escalation_done"]
    assert escalations.look(ticket)["priority"] == "medium"
    subjects = [mail["Subject"] for mail in escalations.mailbox.mails]
    assert subjects.count(f"[{ticket['label']}] Escalated: VPN drops") == 1


def test_the_staff_sees_the_steps_of_a_promise(escalations: Escalations, desk: ServiceDesk) -> None:
    (kept,) = escalations.set(after(30, RAISE), warnings=[{"percent": 50}, {"minutes_before": 10}])
    ticket = desk.networks_ticket()
    assert [(step["kind"], bool(step["fired_at"])) for step in escalations.steps(ticket)] == [
        ("warning", False),
        ("warning", False),
        ("breach", False),
        ("escalation", False),
    ]
    escalations.pass_time(91)

    escalations.run()

    steps = escalations.steps(ticket)
    names = ("percent", "minutes_before", "minutes_after", "escalation_id")
    assert [tuple(step[name] for name in names) for step in steps] == [
        (50, None, None, None),
        (None, 10, None, None),
        (100, None, None, None),
        (None, None, 30, kept["id"]),
    ]
    assert all(step["fired_at"] for step in steps)
    assert [bool(step["done_at"]) for step in steps] == [False, False, False, True]


def test_a_warning_some_minutes_before_says_how_much_is_used(
    escalations: Escalations, desk: ServiceDesk
) -> None:
    escalations.set(warnings=[{"minutes_before": 15}])
    ticket = desk.networks_ticket()
    escalations.pass_time(46)

    escalations.sweep()

    (entry,) = [each for each in escalations.look(ticket)["timeline"] if each["action"] == "sla_warned"]
    assert (entry["meta"]["percent"], entry["meta"]["minutes_before"]) == (75, 15)


def test_another_workspace_hears_nothing(
    escalations: Escalations, desk: ServiceDesk, connections: Connections
) -> None:
    """An event that names our ticket in their workspace finds nothing."""
    escalations.set(after(0, RAISE))
    ticket = desk.networks_ticket(priority="low")
    escalations.pass_time(61)
    escalations.sweep()
    (told,) = escalations.news()
    forged = Event.parse(_sent({**told, "workspace_id": str(desk.cast.globex)}))

    assert connections.run(partial(escalating.carry_out, event=forged)) == []
    assert escalations.look(ticket)["priority"] == "low"


def _sent(told: dict[str, Any]) -> str:
    return json_text.dumps(told)
