"""The log of deliveries, sending again, and the call to try a webhook with."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest

from tests.support.database import Database
from tests.support.for_each import for_each
from tests.support.invoking import Lambda
from tests.support.post_office import PostOffice
from tests.support.stranger import Told

CREATED = {"events": ["ticket.created"]}


def around_now(**more: Any) -> dict[str, Any]:
    now = datetime.now(UTC)
    hour = timedelta(hours=1)
    return {"from": (now - hour).isoformat(), "to": (now + hour).isoformat(), **more}


class TestTheLog:
    def test_it_is_filtered_by_status_type_ticket_and_time(self, office: PostOffice) -> None:
        webhook = office.make()
        first, second = office.desk.ticket(), office.desk.networks_ticket()
        office.desk.do(office.desk.cast.dario, second, "resolve", resolution="Done.")
        office.run()
        now = datetime.now(UTC)

        def count(query: str) -> int:
            return len(office.deliveries(webhook, query))

        everything = count("")
        assert everything >= 4
        assert count("type=ticket.created") == 2
        assert count(f"ticket={first['id']}") == 1
        assert count("status=succeeded") == everything
        assert count("status=failed") == 0
        assert count(f"created_after={(now + timedelta(hours=1)):%Y-%m-%dT%H:%M:%SZ}") == 0
        assert count(f"created_before={(now + timedelta(hours=1)):%Y-%m-%dT%H:%M:%SZ}") == everything

    def test_it_goes_with_its_event(self, office: PostOffice, database: Database) -> None:
        office.make(**CREATED)
        office.desk.ticket()
        office.run()
        assert database.value("SELECT count(*) FROM webhook_deliveries") == 1

        database.run("UPDATE events SET created_at = now() - interval '31 days', sent_at = now()")
        database.run("CALL sp_purge(1000, 0)")

        assert database.value("SELECT count(*) FROM webhook_deliveries") == 0


class TestOne:
    def test_it_is_sent_again_at_once_under_its_id_with_all_its_tries(self, office: PostOffice) -> None:
        webhook = office.make(**CREATED)
        office.desk.ticket()
        office.run()
        (delivery,) = office.deliveries(webhook)
        path = f"/v1/webhooks/{webhook['id']}/deliveries/{delivery['id']}/redeliver"

        reply = office.desk.as_(office.desk.cast.ada).post(path)
        office.run()

        assert (reply.status, reply.json["status"]) == (200, "pending")
        first, second = office.receiver.heard
        assert first.headers["webhook-id"] == second.headers["webhook-id"]
        (again,) = office.deliveries(webhook)
        assert (again["status"], again["attempts"]) == ("succeeded", 2)

    def test_one_of_another_webhook_or_of_none_is_404(self, office: PostOffice) -> None:
        webhook, other = office.make(**CREATED), office.make(events=["ticket.closed"])
        office.desk.ticket()
        office.run()
        (delivery,) = office.deliveries(webhook)
        ada = office.desk.as_(office.desk.cast.ada)

        for hook, one in ((other["id"], delivery["id"]), (webhook["id"], uuid4())):
            assert ada.post(f"/v1/webhooks/{hook}/deliveries/{one}/redeliver").status == 404

    def test_a_webhook_that_is_off_sends_nothing_again(self, office: PostOffice) -> None:
        webhook = office.make(**CREATED)
        office.desk.ticket()
        office.run()
        (delivery,) = office.deliveries(webhook)
        ada = office.desk.as_(office.desk.cast.ada)
        ada.patch(f"/v1/webhooks/{webhook['id']}", {"enabled": False})

        one = ada.post(f"/v1/webhooks/{webhook['id']}/deliveries/{delivery['id']}/redeliver")
        period = ada.post(f"/v1/webhooks/{webhook['id']}/redeliver", around_now())

        assert (one.status, period.status) == (409, 409)


class TestAPeriod:
    def test_what_it_missed_while_it_was_off_is_sent_and_what_came_through_is_not(
        self, office: PostOffice
    ) -> None:
        webhook = office.make(**CREATED)
        office.desk.ticket()
        office.run()
        ada = office.desk.as_(office.desk.cast.ada)
        ada.patch(f"/v1/webhooks/{webhook['id']}", {"enabled": False})
        missed = office.desk.ticket()
        office.run()
        ada.patch(f"/v1/webhooks/{webhook['id']}", {"enabled": True})

        reply = ada.post(f"/v1/webhooks/{webhook['id']}/redeliver", around_now())
        office.run()

        assert (reply.status, reply.json) == (200, {"deliveries": 1})
        assert office.verified(webhook["secret"])["data"]["ticket"]["id"] == missed["id"]
        assert len(office.receiver.heard) == 2

    def test_what_failed_is_sent_again(self, office: PostOffice, database: Database) -> None:
        webhook = office.make(**CREATED)
        office.answers(Told(500), Told(200))
        office.desk.ticket()
        office.run()
        database.run(
            "UPDATE webhook_deliveries SET status = 'failed', next_attempt_at = NULL, tries_left = 0"
        )
        ada = office.desk.as_(office.desk.cast.ada)

        assert ada.post(f"/v1/webhooks/{webhook['id']}/redeliver", around_now()).json["deliveries"] == 1
        office.run()

        assert office.deliveries(webhook)[0]["status"] == "succeeded"

    def test_all_of_it_is_sent_where_that_is_asked_for(self, office: PostOffice) -> None:
        webhook = office.make(**CREATED)
        office.desk.ticket()
        office.run()
        ada = office.desk.as_(office.desk.cast.ada)

        body = around_now(with_succeeded=True)
        assert ada.post(f"/v1/webhooks/{webhook['id']}/redeliver", body).json["deliveries"] == 1
        office.run()

        assert len(office.receiver.heard) == 2

    def test_what_it_does_not_want_stays_away_from_it(self, office: PostOffice) -> None:
        webhook = office.make(**CREATED, filters={"priorities": ["urgent"]})
        office.desk.ticket()
        ada = office.desk.as_(office.desk.cast.ada)
        assert ada.post(f"/v1/webhooks/{webhook['id']}/redeliver", around_now()).json["deliveries"] == 0

    def test_a_period_with_too_many_events_sends_none(
        self, office: PostOffice, database: Database, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        webhook = office.make(**CREATED, enabled=False)
        for _ in range(3):
            office.desk.ticket()
        ada = office.desk.as_(office.desk.cast.ada)
        ada.patch(f"/v1/webhooks/{webhook['id']}", {"enabled": True})
        monkeypatch.setattr("chalicelib.webhooks.redelivering.MOST", 2)

        reply = ada.post(f"/v1/webhooks/{webhook['id']}/redeliver", around_now())

        assert (reply.status, reply.json["errors"][0]["field"]) == (422, "to")
        assert database.value("SELECT count(*) FROM webhook_deliveries") == 0

    @for_each(
        "body, field",
        [
            ({"from": "2026-11-20T10:00:00Z", "to": "2026-11-20T09:00:00Z"}, "to"),
            ({"from": "2026-11-20T10:00:00", "to": "2026-11-20T11:00:00Z"}, "from"),
            ({"to": "2026-11-20T11:00:00Z"}, "from"),
        ],
    )
    def test_no_period_at_all_is_refused(self, office: PostOffice, body: dict[str, Any], field: str) -> None:
        webhook = office.make()
        reply = office.desk.as_(office.desk.cast.ada).post(f"/v1/webhooks/{webhook['id']}/redeliver", body)
        assert (reply.status, reply.json["errors"][0]["field"]) == (422, field)


@pytest.fixture
def strangers_are_called(monkeypatch: pytest.MonkeyPatch) -> Iterator[Lambda]:
    function = Lambda()
    monkeypatch.setenv("AWS_ENDPOINT_URL_LAMBDA", function.url)
    yield function
    function.stop()


class TestTrying:
    def test_the_call_is_made_at_once_signed_and_told(
        self, office: PostOffice, strangers_are_called: Lambda
    ) -> None:
        webhook = office.make(enabled=False)

        reply = office.desk.as_(office.desk.cast.ada).post(f"/v1/webhooks/{webhook['id']}/test")

        told = office.verified(webhook["secret"])
        assert told["type"] == "webhook.test"
        assert reply.status == 200
        assert {name: reply.json[name] for name in ("succeeded", "status_code", "answer", "error")} == {
            "succeeded": True,
            "status_code": 200,
            "answer": "thank you",
            "error": None,
        }
        assert reply.json["message_id"] == office.receiver.heard[0].headers["webhook-id"]

    def test_a_failure_is_told_too_and_changes_nothing(
        self, office: PostOffice, strangers_are_called: Lambda
    ) -> None:
        webhook = office.make()
        office.answers(Told(410, body=b"gone"))
        ada = office.desk.as_(office.desk.cast.ada)

        gone = ada.post(f"/v1/webhooks/{webhook['id']}/test").json
        office.answers(Told(302, {"Location": "/x"}))
        led_away = ada.post(f"/v1/webhooks/{webhook['id']}/test").json

        assert (gone["succeeded"], gone["status_code"], gone["answer"]) == (False, 410, "gone")
        assert (led_away["status_code"], led_away["error"]) == (None, "redirected")
        assert office.look(webhook)["enabled"] is True

    def test_who_may_not_has_nobody_called(self, office: PostOffice, strangers_are_called: Lambda) -> None:
        webhook = office.make()
        mallory = office.desk.as_(office.desk.cast.mallory)

        assert mallory.post(f"/v1/webhooks/{webhook['id']}/test").status == 404
        assert office.receiver.heard == []
