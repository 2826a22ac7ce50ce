"""The Idempotency-Key: one work, one answer, however often and however parallel it is asked for."""

from concurrent.futures import ThreadPoolExecutor
from typing import Any

from tests.support.api import Reply
from tests.support.database import Database
from tests.support.for_each import for_each
from tests.support.processes import in_processes
from tests.support.service_desk import ServiceDesk

BODY = {"subject": "A", "description": "B"}


class TestTheSameKey:
    def test_replays_the_answer_and_does_the_work_once(self, desk: ServiceDesk, database: Database) -> None:
        api = desk.as_(desk.cast.carol)

        first = api.post("/v1/tickets", BODY, Idempotency_Key="k1")
        second = api.post("/v1/tickets", BODY, Idempotency_Key="k1")

        assert "idempotency-replayed" not in first.headers
        assert second.headers["idempotency-replayed"] == "true"
        assert (second.status, second.text, second.headers["etag"]) == (
            201,
            first.text,
            first.headers["etag"],
        )
        assert database.value("SELECT count(*) FROM tickets") == 1
        assert database.value("SELECT count(*) FROM events") == 1

    def test_case_40_with_another_body_is_refused(self, desk: ServiceDesk, database: Database) -> None:
        api = desk.as_(desk.cast.carol)
        api.post("/v1/tickets", BODY, Idempotency_Key="k1")

        reply = api.post("/v1/tickets", {**BODY, "subject": "Other"}, Idempotency_Key="k1")

        assert (reply.status, reply.code) == (422, "IDEMPOTENCY_KEY_REUSED")
        assert database.value("SELECT count(*) FROM tickets") == 1

    def test_case_41_of_another_workspace_is_another_key(self, desk: ServiceDesk, database: Database) -> None:
        desk.as_(desk.cast.carol).post("/v1/tickets", BODY, Idempotency_Key="k1")

        reply = desk.as_(desk.cast.mallory).post(
            "/v1/tickets", {**BODY, "subject": "Z"}, Idempotency_Key="k1"
        )

        assert reply.status == 201
        assert database.value("SELECT count(*) FROM tickets") == 2

    def test_of_a_refusal_that_is_counted_is_refused_again_and_good_for_another_try(
        self, desk: ServiceDesk, database: Database
    ) -> None:
        api = desk.as_(desk.cast.carol)
        wrong = {"current_password": "not this one", "new_password": "amber ladder cloud"}
        right = {**wrong, "current_password": desk.cast.carol.password}

        replies = [
            api.post("/v1/auth/password/change", body, Idempotency_Key="k1") for body in (wrong, wrong, right)
        ]

        assert [reply.status for reply in replies] == [403, 403, 204]
        assert database.value("SELECT count(*) FROM audit_log WHERE action = 'password.change_refused'") == 2

    def test_of_another_person_is_another_key(self, desk: ServiceDesk) -> None:
        desk.as_(desk.cast.carol).post("/v1/tickets", BODY, Idempotency_Key="k1")

        assert (
            desk.as_(desk.cast.chris)
            .post("/v1/tickets", {**BODY, "subject": "Z"}, Idempotency_Key="k1")
            .status
            == 201
        )

    def test_on_another_path_is_another_key(self, desk: ServiceDesk) -> None:
        one, two = desk.networks_ticket(), desk.networks_ticket()
        api = desk.as_(desk.cast.ana)

        replies = [
            api.post(f"/v1/tickets/{ticket['id']}/comments", {"body": "Hello"}, Idempotency_Key="k1")
            for ticket in (one, two, one)
        ]

        assert [r.headers.get("idempotency-replayed") for r in replies] == [None, None, "true"]

    def test_after_an_error_does_the_work(self, desk: ServiceDesk) -> None:
        api = desk.as_(desk.cast.ada)
        bad = {**BODY, "assignee_id": str(desk.cast.mallory.id)}

        assert api.post("/v1/tickets", bad, Idempotency_Key="k1").status == 404
        assert api.post("/v1/tickets", BODY, Idempotency_Key="k1").status == 201

    def test_after_48_hours_does_the_work_again(self, desk: ServiceDesk, database: Database) -> None:
        api = desk.as_(desk.cast.carol)
        api.post("/v1/tickets", BODY, Idempotency_Key="k1")
        database.run("UPDATE idempotency_keys SET expires_at = now() - interval '1 second'")

        reply = api.post("/v1/tickets", {**BODY, "subject": "Other"}, Idempotency_Key="k1")

        assert (reply.status, reply.json["subject"]) == (201, "Other")

    @for_each("key", ["", "x" * 256, "ñ", "a\tb"])
    def test_that_is_no_key_is_refused(self, desk: ServiceDesk, key: str) -> None:
        reply = desk.as_(desk.cast.carol).post("/v1/tickets", BODY, Idempotency_Key=key)

        assert (reply.status, reply.json["errors"][0]["field"]) == (422, "Idempotency-Key")


def test_case_39_a_hundred_parallel_calls_make_one_ticket(desk: ServiceDesk, database: Database) -> None:
    replies = in_processes(
        5, 20, desk.cast.carol.token, "POST", "/v1/tickets", BODY, {"Idempotency-Key": "the one"}
    )

    assert {reply.status for reply in replies} == {201}
    assert len({(reply.text, reply.headers["etag"], reply.headers["location"]) for reply in replies}) == 1
    assert sum("idempotency-replayed" not in reply.headers for reply in replies) == 1
    for table in ("tickets", "timeline_entries", "events", "idempotency_keys"):
        assert database.value(f"SELECT count(*) FROM {table}") == 1


def test_a_second_call_waits_five_seconds_for_the_first_then_gives_up(
    desk: ServiceDesk, database: Database
) -> None:
    def call() -> Reply:
        return desk.as_(desk.cast.carol).post("/v1/tickets", BODY, Idempotency_Key="slow")

    with database.another() as first, ThreadPoolExecutor(1) as pool:
        first.run("BEGIN")
        first.run(
            "INSERT INTO idempotency_keys "
            "(workspace_id, principal, method, path, key, request_digest, expires_at) "
            "VALUES (:w, :p, 'POST', '/v1/tickets', 'slow', '', now() + interval '1 day')",
            w=desk.cast.acme,
            p=f"user:{desk.cast.carol.id}",
        )
        reply: Reply = pool.submit(call).result(timeout=20)
        first.run("ROLLBACK")

    assert (reply.status, reply.code) == (409, "CONFLICT")
    assert reply.headers["retry-after"] == "1"


def test_case_42_fifty_claimers_have_one_winner(desk: ServiceDesk, database: Database) -> None:
    ticket = desk.networks_ticket()
    body: dict[str, Any] = {"assignee_id": str(desk.cast.ana.id)}

    replies = in_processes(
        4, 13, desk.cast.ana.token, "POST", f"/v1/tickets/{ticket['id']}/assign", body, {"If-Match": '"1"'}
    )

    assert sorted({reply.status for reply in replies}) == [200, 412]
    assert sum(reply.status == 200 for reply in replies) == 1
    assert database.value("SELECT version FROM tickets") == 2
