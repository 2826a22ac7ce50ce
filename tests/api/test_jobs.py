"""Jobs as their askers follow them: listed, looked at, called off, and by nobody else."""

from typing import Any, get_args

import pytest

from chalicelib.api.jobs import RUNS_ON
from chalicelib.api.schemas.jobs import Kind
from chalicelib.queues import JOB_KINDS
from tests.support.cast import Cast, Person
from tests.support.connections import Connections
from tests.support.database import Database
from tests.support.jobs import Workshop
from tests.support.plans import plan_of
from tests.support.service_desk import ServiceDesk
from tests.support.statements import recorded


@pytest.fixture
def export(desk: ServiceDesk, cast: Cast) -> dict[str, Any]:
    """The job that exports Carol's data, asked for by herself."""
    return dict(desk.as_(cast.carol).post("/v1/auth/me/export").json)


def test_every_kind_that_is_worked_off_is_one_that_answers_name() -> None:
    assert set(get_args(Kind)) == JOB_KINDS.keys()


def ids(desk: ServiceDesk, who: Person, query: str = "") -> list[str]:
    reply = desk.as_(who).get(f"/v1/jobs{query}")
    assert reply.status == 200, reply.text
    return [item["id"] for item in reply.json["items"]]


class TestList:
    def test_everybody_sees_their_own_and_an_admin_all(
        self, desk: ServiceDesk, cast: Cast, export: dict[str, Any]
    ) -> None:
        about_carol = desk.as_(cast.ada).post(f"/v1/users/{cast.carol.id}/export").json

        assert ids(desk, cast.ada) == [about_carol["id"], export["id"]]
        assert ids(desk, cast.carol) == [export["id"]]
        assert ids(desk, cast.chris) == []
        assert ids(desk, cast.dario) == []
        assert ids(desk, cast.mallory) == []

    def test_the_filters(self, desk: ServiceDesk, cast: Cast, export: dict[str, Any]) -> None:
        own = desk.as_(cast.ada).post("/v1/auth/me/export").json
        desk.as_(cast.carol).post(f"/v1/jobs/{export['id']}/cancel")

        assert ids(desk, cast.ada, "?created_by=me") == [own["id"]]
        assert ids(desk, cast.ada, f"?created_by={cast.carol.id}") == [export["id"]]
        assert ids(desk, cast.ada, "?status=queued,running") == [own["id"]]
        assert ids(desk, cast.ada, "?status=cancelled") == [export["id"]]
        assert ids(desk, cast.ada, "?kind=user_erasure") == []
        assert ids(desk, cast.carol, f"?created_by={cast.ada.id}") == []
        assert desk.as_(cast.ada).get("/v1/jobs?kind=bulky").status == 422

    def test_pages_follow_each_other(self, desk: ServiceDesk, cast: Cast) -> None:
        for person in (cast.ada, cast.dario, cast.ana):
            desk.as_(person).post("/v1/auth/me/export")
        whole = ids(desk, cast.ada)

        first = desk.as_(cast.ada).get("/v1/jobs?limit=2").json
        rest = ids(desk, cast.ada, f"?limit=2&cursor={first['next_cursor']}")

        assert [item["id"] for item in first["items"]] + rest == whole
        assert len(whole) == 3


class TestCancelling:
    def test_what_is_queued_is_called_off_at_once_and_never_done(
        self, desk: ServiceDesk, cast: Cast, workshop: Workshop
    ) -> None:
        asked = desk.as_(cast.carol).post("/v1/auth/me/export").json
        (message,) = workshop.take()
        assert asked["cancellable"] is True

        reply = desk.as_(cast.carol).post(f"/v1/jobs/{asked['id']}/cancel")

        assert reply.status == 200, reply.text
        assert (reply.json["status"], reply.json["cancellable"]) == ("cancelled", False)
        assert reply.json["finished_at"] is not None
        assert workshop.deliver(message) == []
        assert workshop.files() == {}
        assert desk.as_(cast.carol).get(f"/v1/jobs/{asked['id']}").json["status"] == "cancelled"

    def test_a_file_that_is_made_meanwhile_is_deleted(
        self,
        desk: ServiceDesk,
        cast: Cast,
        workshop: Workshop,
        database: Database,
        monkeypatch: pytest.MonkeyPatch,
    ) -> None:
        from chalicelib.core import storage

        asked = desk.as_(cast.carol).post("/v1/auth/me/export").json
        put = storage.put_file

        def put_and_cancel(*given: Any) -> None:
            put(*given)
            database.run("UPDATE jobs SET status = 'cancelled'")

        monkeypatch.setattr(storage, "put_file", put_and_cancel)
        workshop.work()

        assert workshop.files() == {}
        assert desk.as_(cast.carol).get(f"/v1/jobs/{asked['id']}").json["status"] == "cancelled"

    def test_a_second_time_there_is_nothing_to_call_off(
        self, desk: ServiceDesk, cast: Cast, export: dict[str, Any]
    ) -> None:
        desk.as_(cast.carol).post(f"/v1/jobs/{export['id']}/cancel")

        reply = desk.as_(cast.carol).post(f"/v1/jobs/{export['id']}/cancel")

        assert (reply.status, reply.code) == (409, "CONFLICT")
        assert "it is cancelled" in reply.json["detail"]

    def test_what_is_done_stays_done(
        self, desk: ServiceDesk, cast: Cast, workshop: Workshop, export: dict[str, Any]
    ) -> None:
        workshop.work()

        assert desk.as_(cast.carol).post(f"/v1/jobs/{export['id']}/cancel").status == 409
        assert desk.as_(cast.carol).get(f"/v1/jobs/{export['id']}").json["status"] == "done"

    def test_an_erasure_cannot_be_called_off_and_says_why(self, desk: ServiceDesk, cast: Cast) -> None:
        receipt = desk.as_(cast.ada).post(f"/v1/users/{cast.carol.id}/erase", {"confirm": cast.carol.email})

        reply = desk.as_(cast.ada).post(f"/v1/jobs/{receipt.json['job_id']}/cancel")

        assert reply.status == 409
        assert reply.json["detail"] == RUNS_ON["user_erasure"]
        job = desk.as_(cast.ada).get(f"/v1/jobs/{receipt.json['job_id']}").json
        assert (job["status"], job["cancellable"]) == ("queued", False)

    def test_an_admin_calls_off_anybodys_and_the_log_says_so(
        self, desk: ServiceDesk, cast: Cast, export: dict[str, Any]
    ) -> None:
        assert desk.as_(cast.ada).post(f"/v1/jobs/{export['id']}/cancel").status == 200

        (entry, *_) = desk.as_(cast.ada).get("/v1/audit-log?action=job.*").json["items"]
        assert (entry["action"], entry["target"]) == ("job.cancelled", {"type": "job", "id": export["id"]})
        assert entry["actor"]["id"] == str(cast.ada.id)
        assert entry["after"] == {"kind": "user_export", "done": 0}

    def test_others_find_no_job(self, desk: ServiceDesk, cast: Cast, export: dict[str, Any]) -> None:
        for person in (cast.chris, cast.dario, cast.mallory):
            assert desk.as_(person).post(f"/v1/jobs/{export['id']}/cancel").status == 404
            assert desk.as_(person).get(f"/v1/jobs/{export['id']}").status == 404
            assert desk.as_(person).get(f"/v1/jobs/{export['id']}/results").status == 404
        assert desk.as_(cast.carol).get(f"/v1/jobs/{export['id']}").json["status"] == "queued"

    def test_who_asked_about_another_and_is_no_admin_any_more_finds_none(
        self, desk: ServiceDesk, cast: Cast, database: Database
    ) -> None:
        asked = desk.as_(cast.ada).post(f"/v1/users/{cast.carol.id}/export").json
        database.run("UPDATE users SET role = 'agent' WHERE id = :u", u=cast.ada.id)

        assert desk.as_(cast.ada).get(f"/v1/jobs/{asked['id']}").status == 404
        assert desk.as_(cast.ada).post(f"/v1/jobs/{asked['id']}/cancel").status == 404
        assert ids(desk, cast.ada) == []


def test_the_list_and_the_results_read_indexes(
    desk: ServiceDesk, cast: Cast, database: Database, connections: Connections
) -> None:
    database.run(
        "INSERT INTO jobs (workspace_id, kind, created_by, total, expires_at) "
        "SELECT :w, 'bulk', CASE WHEN n % 50 = 0 THEN CAST(:u AS uuid) ELSE uuidv7() END, 1, "
        "now() + interval '1 day' FROM generate_series(1, 3000) AS n",
        w=cast.acme,
        u=cast.dario.id,
    )
    database.run(
        "INSERT INTO job_items (workspace_id, job_id, place, subject_id, status) "
        "SELECT workspace_id, id, n, uuidv7(), 'changed' FROM jobs, generate_series(1, 20) AS n"
    )
    database.run("ANALYZE jobs, job_items")
    job = database.value("SELECT id FROM jobs WHERE created_by = :u LIMIT 1", u=cast.dario.id)

    with recorded() as sent:
        for path in ("?limit=100", f"/{job}", f"/{job}/results"):
            assert desk.as_(cast.ada).get("/v1/jobs?limit=100").status == 200
            assert desk.as_(cast.dario).get(f"/v1/jobs{path}").status == 200

    asked = [statement for statement in sent if "FROM job" in statement.sql]
    assert len(asked) >= 6
    for statement in asked:
        plan = plan_of(connections, cast.dario, statement)
        assert "Seq Scan on job" not in plan, plan
