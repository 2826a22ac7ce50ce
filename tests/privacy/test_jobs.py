"""Jobs: done once whatever is delivered, gone on with, given up on."""

from typing import Any

import pytest

from chalicelib import queues
from chalicelib.core import jobs
from chalicelib.privacy import sweeping
from tests.support.cast import Cast
from tests.support.database import Database
from tests.support.jobs import Workshop
from tests.support.service_desk import ServiceDesk


@pytest.fixture
def asked(desk: ServiceDesk, cast: Cast, workshop: Workshop) -> dict[str, Any]:
    """The message that asks for an export of Carol's data."""
    desk.as_(cast.carol).post("/v1/auth/me/export")
    (message,) = workshop.take()
    return message


def status(database: Database) -> str:
    return str(database.value("SELECT status FROM jobs"))


class TestDelivery:
    def test_a_message_carries_the_job_and_no_word_more(self, asked: dict[str, Any]) -> None:
        assert asked["type"] == "job.requested"
        assert set(asked["payload"]) == {"job"}
        assert set(asked["payload"]["job"]) == {"id", "kind"}

    def test_news_does_not_reach_the_jobs_nor_jobs_the_news(
        self, desk: ServiceDesk, cast: Cast, workshop: Workshop, queue: Any
    ) -> None:
        desk.as_(cast.carol).post("/v1/auth/me/export")
        desk.as_(cast.carol).post("/v1/tickets", {"subject": "VPN", "description": "Drops."})

        assert [message["type"] for message in workshop.take()] == ["job.requested"]
        assert [message["type"] for message in queue.take()] == ["ticket.created"]

    def test_45_five_deliveries_make_one_file(
        self, asked: dict[str, Any], workshop: Workshop, database: Database
    ) -> None:
        assert workshop.deliver(*[asked] * 5) == []

        assert status(database) == "done"
        assert database.value("SELECT attempts FROM jobs") == 1
        assert len(workshop.files()) == 1

    def test_a_delivery_beside_another_comes_again(
        self, asked: dict[str, Any], workshop: Workshop, database: Database
    ) -> None:
        database.run("UPDATE jobs SET status = 'running', leased_until = now() + interval '1 minute'")
        assert workshop.deliver(asked) == [0]

        database.run("UPDATE jobs SET leased_until = now()")
        assert workshop.deliver(asked) == []
        assert status(database) == "done"

    @pytest.mark.parametrize("payload", [None, {}, {"job": {}}, {"job": {"id": "x"}}, {"job": 1}])
    def test_poison_fails_alone(
        self, asked: dict[str, Any], workshop: Workshop, payload: dict[str, Any] | None
    ) -> None:
        assert workshop.deliver({**asked, "payload": payload}, asked) == [0]

    def test_a_job_that_is_purged_is_over(
        self, asked: dict[str, Any], workshop: Workshop, database: Database
    ) -> None:
        database.run("DELETE FROM jobs")

        assert workshop.deliver(asked) == []


class TestGoingOn:
    def test_what_does_not_fit_into_one_go_is_asked_for_anew_and_gone_on_with(
        self,
        desk: ServiceDesk,
        cast: Cast,
        workshop: Workshop,
        database: Database,
        monkeypatch: pytest.MonkeyPatch,
    ) -> None:
        monkeypatch.setattr(sweeping, "BATCH", 2)
        for n in range(5):
            desk.as_(cast.carol).post("/v1/tickets", {"subject": f"Carol {n}", "description": "Carol here."})
        desk.as_(cast.ada).post(f"/v1/users/{cast.carol.id}/erase", {"confirm": cast.carol.email})
        sweep = sweeping.sweep
        goes = []

        def little_time(run: Any, job: Any, bucket: str, _: Any) -> bool:
            goes.append(job.state)
            steps = iter([True, True, True])
            return sweep(run, job, bucket, lambda: next(steps, False))

        monkeypatch.setitem(queues.JOB_KINDS, "user_erasure", little_time)
        workshop.work()

        assert len(goes) > 5
        assert goes[0] == {}
        assert database.value("SELECT count(*) FROM tickets WHERE subject || description LIKE '%Carol%'") == 0
        receipt = desk.as_(cast.ada).get(f"/v1/users/{cast.carol.id}/erasure").json
        assert (receipt["status"], receipt["counts"]["tickets"]) == ("complete", 5)
        assert desk.as_(cast.ada).get(f"/v1/jobs/{receipt['job_id']}").json["done"] > 10

    def test_what_fails_comes_again_and_fails_for_good_with_the_last_delivery(
        self,
        asked: dict[str, Any],
        desk: ServiceDesk,
        cast: Cast,
        workshop: Workshop,
        database: Database,
        monkeypatch: pytest.MonkeyPatch,
    ) -> None:
        def broken(*_: Any) -> bool:
            raise RuntimeError("carol@customers.example")

        monkeypatch.setitem(queues.JOB_KINDS, "user_export", broken)
        for _ in range(jobs.MAX_ATTEMPTS - 1):
            assert workshop.deliver(asked) == [0]
            assert status(database) == "running"
        assert workshop.deliver(asked) == [0]

        job = desk.as_(cast.carol).get(f"/v1/jobs/{asked['payload']['job']['id']}").json
        assert (job["status"], job["error"]) == ("failed", jobs.GAVE_UP)
        assert workshop.deliver(asked) == []

    def test_a_job_is_purged_a_month_later(
        self, asked: dict[str, Any], workshop: Workshop, database: Database
    ) -> None:
        database.run("UPDATE jobs SET expires_at = now() + interval '1 hour'")
        database.run("CALL sp_purge(100, 0)")
        kept = database.value("SELECT count(*) FROM jobs")
        database.run("UPDATE jobs SET expires_at = now() - interval '1 second'")
        database.run("CALL sp_purge(100, 0)")

        assert (kept, database.value("SELECT count(*) FROM jobs")) == (1, 0)
