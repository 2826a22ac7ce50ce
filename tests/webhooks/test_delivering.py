"""From an event to its receiver and back: signed, once in the log, again where it did not come through."""

from typing import Any
from uuid import UUID

import pytest

from chalicelib.core import sqs
from chalicelib.webhooks import dispatching, patience
from tests.support.database import Database
from tests.support.post_office import PostOffice
from tests.support.stranger import Told

CREATED = {"events": ["ticket.created"]}


def of(delivery: dict[str, Any], *names: str) -> dict[str, Any]:
    return {name: delivery[name] for name in names}


class TestTheFirstCall:
    def test_an_event_reaches_its_receiver_signed_as_standard_webhooks_has_it(
        self, office: PostOffice
    ) -> None:
        webhook = office.make(**CREATED)
        ticket = office.desk.ticket(subject="No paper")

        office.run()

        (asked,) = office.receiver.heard
        told = office.verified(webhook["secret"])
        assert (asked.method, asked.headers["content-type"]) == ("POST", "application/json")
        assert told["type"] == "ticket.created"
        assert told["timestamp"].endswith("Z")
        assert told["data"]["sequence"] == 1
        assert told["data"]["ticket"]["id"] == ticket["id"]
        (delivery,) = office.deliveries(webhook)
        assert delivery["message_id"] == asked.headers["webhook-id"]
        assert of(delivery, "status", "attempts", "status_code", "answer", "error") == {
            "status": "succeeded",
            "attempts": 1,
            "status_code": 200,
            "answer": "thank you",
            "error": None,
        }

    def test_events_of_a_ticket_carry_its_sequence_so_that_an_older_one_can_be_dropped(
        self, office: PostOffice
    ) -> None:
        """Case 46, at the receiver."""
        webhook = office.make(events=["ticket.created", "ticket.resolved"])
        ticket = office.desk.networks_ticket()
        office.desk.do(office.desk.cast.dario, ticket, "resolve", resolution="Done.")

        office.fan_out(*reversed(office.events()))
        office.call(*office.calls())

        heard = [office.verified(webhook["secret"], asked)["data"] for asked in office.receiver.heard]
        assert sorted(each["sequence"] for each in heard) == [1, 3]
        assert len({each["ticket"]["id"] for each in heard}) == 1

    def test_a_comment_comes_with_its_words_and_an_internal_note_only_where_it_is_asked_for(
        self, office: PostOffice
    ) -> None:
        cast = office.desk.cast
        plain = office.make(events=["ticket.commented"])
        trusted = office.make(events=["ticket.commented"], include_internal=True)
        ticket = office.desk.networks_ticket()
        office.desk.comment(cast.ana, ticket, "Try again.")
        office.desk.comment(cast.ana, ticket, "He is impatient.", visibility="internal")

        office.run()

        told = {
            webhook["id"]: [each["status"] for each in office.deliveries(webhook)]
            for webhook in (plain, trusted)
        }
        assert told == {plain["id"]: ["succeeded"], trusted["id"]: ["succeeded", "succeeded"]}
        words = [asked.body.decode() for asked in office.receiver.heard]
        assert sum("Try again." in each for each in words) == 2
        assert sum("He is impatient." in each for each in words) == 1

    def test_what_the_staff_keeps_to_itself_is_left_out_of_what_customers_may_know(
        self, office: PostOffice
    ) -> None:
        plain = office.make(events=["ticket.transferred"])
        trusted = office.make(events=["ticket.transferred"], include_internal=True)
        ticket = office.desk.networks_ticket()
        team = str(office.desk.cast.teams["Apps"])
        office.desk.do(office.desk.cast.dario, ticket, "transfer", team_id=team, reason="not ours")

        office.run()

        by_hook = {
            office.deliveries(webhook)[0]["message_id"]: webhook["name"] and webhook["id"]
            for webhook in (plain, trusted)
        }
        metas = {
            by_hook[asked.headers["webhook-id"]]: "not ours" in asked.body.decode()
            for asked in office.receiver.heard
        }
        assert metas == {plain["id"]: False, trusted["id"]: True}

    @pytest.mark.parametrize(
        ("filters", "count"),
        [
            ({}, 2),
            ({"priorities": ["urgent"]}, 1),
            ({"types": ["incident"]}, 1),
            ({"types": ["incident"], "priorities": ["low", "medium"]}, 1),
            ({"types": ["incident"], "priorities": ["urgent"]}, 0),
        ],
    )
    def test_filters_let_through_what_has_one_of_each(
        self, office: PostOffice, filters: dict[str, Any], count: int
    ) -> None:
        webhook = office.make(**CREATED, filters=filters)
        dario = office.desk.cast.dario
        office.desk.ticket(dario, priority="urgent", type="question", requester_id=office.desk.cast.carol.id)
        office.desk.ticket(dario, priority="low", type="incident", requester_id=office.desk.cast.carol.id)

        office.run()

        assert len(office.deliveries(webhook)) == count

    def test_a_filter_by_team_lets_nothing_through_that_is_no_tickets(self, office: PostOffice) -> None:
        cast = office.desk.cast
        team = str(cast.teams["Networks"])
        webhook = office.make(filters={"teams": [team]}, include_internal=True)
        office.forget()
        office.desk.networks_ticket()
        office.desk.ticket()
        office.desk.as_(cast.ada).post(
            "/v1/users", {"name": "New", "email": "n@acme.example", "role": "agent"}
        )

        office.run()

        assert {each["type"] for each in office.deliveries(webhook)} == {"ticket.created"}
        assert len(office.deliveries(webhook)) == 1

    def test_no_other_workspace_hears_of_it(self, office: PostOffice, database: Database) -> None:
        webhook = office.make(include_internal=True)
        office.forget()
        mallory = office.desk.cast.mallory
        office.desk.ticket(mallory, requester_id=mallory.id)

        office.run()

        assert office.deliveries(webhook) == []
        assert office.receiver.heard == []


class TestAgain:
    def test_what_fails_comes_again_under_the_same_id_signed_anew(self, office: PostOffice) -> None:
        webhook = office.make(**CREATED)
        office.answers(Told(500, body=b"out of order"), Told(200))
        office.desk.ticket()
        office.run()
        (waiting,) = office.deliveries(webhook)

        office.hurry()

        first, second = office.receiver.heard
        assert of(waiting, "status", "status_code", "answer") == {
            "status": "pending",
            "status_code": 500,
            "answer": "out of order",
        }
        assert first.headers["webhook-id"] == second.headers["webhook-id"]
        assert first.body == second.body
        assert office.verified(webhook["secret"], second) == office.verified(webhook["secret"], first)
        (delivery,) = office.deliveries(webhook)
        assert of(delivery, "status", "attempts") == {"status": "succeeded", "attempts": 2}

    @pytest.mark.parametrize("status", [201, 202, 204, 299])
    def test_any_2xx_is_a_success(self, office: PostOffice, status: int) -> None:
        webhook = office.make(**CREATED)
        office.answers(Told(status))
        office.desk.ticket()

        office.run()

        assert office.deliveries(webhook)[0]["status"] == "succeeded"

    def test_case_55_a_redirect_is_a_failure_and_nobody_follows_it(self, office: PostOffice) -> None:
        webhook = office.make(**CREATED)
        office.answers(Told(302, {"Location": f"{office.receiver.url}/elsewhere"}))
        office.desk.ticket()

        office.run()

        (delivery,) = office.deliveries(webhook)
        assert of(delivery, "status", "status_code", "error") == {
            "status": "pending",
            "status_code": None,
            "error": "redirected",
        }
        assert [asked.path for asked in office.receiver.heard] == ["/hook"]

    def test_case_56_of_a_huge_answer_the_first_kilobyte_is_kept(self, office: PostOffice) -> None:
        webhook = office.make(**CREATED)
        office.answers(Told(200, body=b"x" * 100_000))
        office.desk.ticket()

        office.run()

        (delivery,) = office.deliveries(webhook)
        assert (delivery["status"], delivery["answer"]) == ("succeeded", "x" * 1024)

    def test_bytes_that_are_no_text_are_kept_as_what_can_be_read_of_them(self, office: PostOffice) -> None:
        webhook = office.make(**CREATED)
        office.answers(Told(200, body=b"\xff\x00ok"))
        office.desk.ticket()

        office.run()

        assert office.deliveries(webhook)[0]["answer"] == "��ok"

    @pytest.mark.parametrize(
        ("status", "header", "waits"),
        [(429, "7200", True), (503, "7200", True), (500, "7200", False), (503, "soon", False)],
    )
    def test_a_busy_receiver_says_when_it_is_called_again(
        self, office: PostOffice, database: Database, status: int, header: str, waits: bool
    ) -> None:
        office.make(**CREATED)
        office.answers(Told(status, {"Retry-After": header}))
        office.desk.ticket()

        office.run()

        seconds = database.value(
            "SELECT extract(epoch FROM next_attempt_at - last_attempt_at) FROM webhook_deliveries"
        )
        assert (7190 < seconds < 7300) is waits
        assert waits or seconds < 60

    def test_after_the_last_try_it_has_failed(self, office: PostOffice) -> None:
        webhook = office.make(**CREATED)
        office.answers(Told(500))
        office.desk.ticket()
        office.run()

        for _ in range(patience.TRIES):
            office.hurry()

        (delivery,) = office.deliveries(webhook)
        assert of(delivery, "status", "attempts", "next_attempt_at") == {
            "status": "failed",
            "attempts": patience.TRIES,
            "next_attempt_at": None,
        }
        assert len(office.receiver.heard) == patience.TRIES


class TestTwice:
    def test_case_45_an_event_that_comes_five_times_is_called_once(self, office: PostOffice) -> None:
        webhook = office.make(**CREATED)
        office.forget()
        office.desk.ticket()
        (event, *_) = office.events()

        assert office.fan_out(*[event] * 5) == []
        office.run()

        assert len(office.receiver.heard) == 1
        assert len(office.deliveries(webhook)) == 1

    def test_a_result_that_comes_five_times_counts_once(self, office: PostOffice) -> None:
        webhook = office.make(**CREATED)
        office.answers(Told(500))
        office.desk.ticket()
        office.fan_out(*office.events())
        office.call(*office.calls())
        (result,) = office.results()

        assert office.settle(*[result] * 5) == []

        assert office.look(webhook)["failures"] == 1
        assert office.deliveries(webhook)[0]["attempts"] == 1

    def test_a_call_that_comes_twice_is_made_twice_and_settled_once(self, office: PostOffice) -> None:
        webhook = office.make(**CREATED)
        office.desk.ticket()
        office.fan_out(*office.events())
        (call,) = office.calls()

        office.call(call, call)
        office.settle(*office.results())

        first, second = office.receiver.heard
        assert first.headers["webhook-id"] == second.headers["webhook-id"]
        assert of(office.deliveries(webhook)[0], "status", "attempts") == {
            "status": "succeeded",
            "attempts": 1,
        }

    def test_a_failure_that_is_told_late_undoes_no_success(
        self, office: PostOffice, database: Database
    ) -> None:
        webhook = office.make(**CREATED)
        office.answers(Told(500), Told(200))
        office.desk.ticket()
        office.fan_out(*office.events())
        office.call(*office.calls())
        (late,) = office.results()
        database.run("UPDATE webhook_deliveries SET next_attempt_at = now()")
        office.sweep()

        assert office.settle(late) == []

        assert office.deliveries(webhook)[0]["status"] == "succeeded"
        assert office.look(webhook)["failing_since"] is None

    def test_a_success_of_an_attempt_that_was_given_up_on_counts(
        self, office: PostOffice, database: Database
    ) -> None:
        webhook = office.make(**CREATED)
        office.desk.ticket()
        office.fan_out(*office.events())
        office.call(*office.calls())
        (late,) = office.results()
        database.run("UPDATE webhook_deliveries SET attempts = attempts + 1")

        office.settle(late)

        assert office.deliveries(webhook)[0]["status"] == "succeeded"


class TestFaults:
    def test_who_dies_between_claiming_and_sending_leaves_it_to_the_sweep(
        self, office: PostOffice, database: Database
    ) -> None:
        webhook = office.make(**CREATED)
        office.desk.ticket()
        office.fan_out(*office.events())
        assert len(office.calls()) == 1, "nobody makes this call: it is lost"
        office.sweep()
        assert office.receiver.heard == [], "its lease is not over"

        database.run("UPDATE webhook_deliveries SET next_attempt_at = now()")
        office.sweep()

        assert len(office.receiver.heard) == 1
        assert of(office.deliveries(webhook)[0], "status", "attempts") == {
            "status": "succeeded",
            "attempts": 2,
        }

    def test_what_no_queue_takes_is_put_back_and_costs_no_try(
        self, office: PostOffice, database: Database, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        webhook = office.make(**CREATED)
        office.desk.ticket()
        monkeypatch.setattr(dispatching.sqs, "send", lambda *_: sqs.Outcome(set(), False))
        office.fan_out(*office.events())
        monkeypatch.undo()
        (waiting,) = office.deliveries(webhook)

        office.hurry()

        assert waiting["status"] == "pending"
        assert office.deliveries(webhook)[0]["status"] == "succeeded"
        assert database.value("SELECT tries_left FROM webhook_deliveries") == patience.TRIES - 1

    def test_a_call_whose_result_no_queue_takes_is_made_again(
        self, office: PostOffice, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        office.make(**CREATED)
        office.desk.ticket()
        office.fan_out(*office.events())
        (call,) = office.calls()
        monkeypatch.setattr(dispatching.sqs, "send", lambda *_: sqs.Outcome(set(), False))

        assert office.call(call) == [0]

    def test_a_call_that_is_too_old_is_not_made(self, office: PostOffice) -> None:
        office.make(**CREATED)
        office.desk.ticket()
        office.fan_out(*office.events())
        (call,) = office.calls()

        assert office.call({**call, "not_after": 1.0}) == []

        assert office.receiver.heard == []
        assert office.results() == []

    def test_case_47_one_poisonous_message_of_ten_is_reported_and_the_others_are_done(
        self, office: PostOffice
    ) -> None:
        office.make(**CREATED)
        for _ in range(3):
            office.desk.ticket()
        office.fan_out(*office.events())
        calls = office.calls()

        assert office.call(calls[0], {"no": "call"}, *calls[1:]) == [1]
        results = office.results()
        assert office.settle({"no": "result"}, *results) == [0]

        assert len(office.receiver.heard) == 3

    def test_an_attempt_of_which_nothing_is_heard_for_the_last_time_has_failed(
        self, office: PostOffice, database: Database
    ) -> None:
        webhook = office.make(**CREATED)
        office.desk.ticket()
        office.fan_out(*office.events())
        office.calls()
        database.run("UPDATE webhook_deliveries SET tries_left = 0, next_attempt_at = now()")

        office.sweep()

        assert of(office.deliveries(webhook)[0], "status", "error") == {"status": "failed", "error": "lost"}

    def test_what_an_unknown_key_sealed_is_not_sent_and_loses_nothing_else(
        self, office: PostOffice, database: Database
    ) -> None:
        broken, sound = office.make(**CREATED), office.make(**CREATED)
        database.run("UPDATE webhooks SET secret = 'nonsense' WHERE id = :w", w=UUID(broken["id"]))
        office.desk.ticket()

        office.run()

        assert office.deliveries(sound)[0]["status"] == "succeeded"
        assert office.deliveries(broken)[0]["status"] == "sending"


class TestManyAtOnce:
    def test_one_receiver_has_twenty_calls_at_once_and_the_others_wait_for_its_answers(
        self, office: PostOffice, database: Database
    ) -> None:
        webhook = office.make(**CREATED)
        for _ in range(23):
            office.desk.ticket()
        office.fan_out(*office.events())

        in_flight = office.calls()
        assert len(in_flight) == 20
        for start in (0, 10):
            office.call(*in_flight[start : start + 10])
        office.settle(*office.results())
        assert len(office.calls()) == 3

        statuses = [each["status"] for each in office.deliveries(webhook)]
        assert (statuses.count("succeeded"), statuses.count("sending")) == (20, 3)

    def test_one_that_fails_is_called_by_two_at_once_until_it_answers(self, office: PostOffice) -> None:
        webhook = office.make(**CREATED)
        office.answers(Told(500))
        office.desk.ticket()
        office.run()
        for _ in range(5):
            office.desk.ticket()

        office.fan_out(*office.events())
        assert len(office.calls()) == 2
        assert office.look(webhook)["failing_since"] is not None

    def test_a_webhook_with_a_backlog_keeps_no_other_waiting(self, office: PostOffice) -> None:
        slow, quick = office.make(**CREATED), office.make(**CREATED)
        for _ in range(25):
            office.desk.ticket()
        office.fan_out(*office.events())

        calls = office.calls()

        assert len(calls) == 40
        counts = {
            webhook["id"]: sum(each["status"] == "sending" for each in office.deliveries(webhook))
            for webhook in (slow, quick)
        }
        assert set(counts.values()) == {20}
