"""Lost connections: nothing acknowledged is lost, nothing is done twice, and the caller hears 2xx or 503."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from sqlalchemy import event

from chalicelib.core.db import engine
from tests.e2e.http import awaited
from tests.support.database import Database
from tests.support.lossy_proxy import LossyProxy, lossy_proxy
from tests.support.service_desk import ServiceDesk

BODY = {"subject": "A", "description": "B"}
STATEMENTS_OF_A_CREATE = 7


@contextmanager
def killed_before_statement(database: Database, number: int) -> Iterator[list[int]]:
    """The app's backend is terminated right before its n-th statement, once."""
    seen: list[int] = []

    def strike(*_: Any) -> None:
        seen.append(1)
        if len(seen) == number:
            database.run("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE usename = 'mesa_app'")

    event.listen(engine(), "before_cursor_execute", strike)
    try:
        yield seen
    finally:
        event.remove(engine(), "before_cursor_execute", strike)


@pytest.mark.parametrize("number", range(1, STATEMENTS_OF_A_CREATE + 1))
@pytest.mark.parametrize("key", [{}, {"Idempotency_Key": "k1"}], ids=["without a key", "with a key"])
def test_a_backend_killed_at_any_statement_costs_the_caller_nothing(
    desk: ServiceDesk, database: Database, number: int, key: dict[str, str]
) -> None:
    api = desk.as_(desk.cast.carol)
    api.get("/v1/tickets")

    with killed_before_statement(database, number) as seen:
        reply = api.post("/v1/tickets", BODY, **key)

    assert reply.status == 201
    assert len(seen) >= number or not key
    assert database.value("SELECT count(*) FROM tickets") == 1
    assert database.value("SELECT count(*) FROM events") == 1
    assert (
        database.value("SELECT last_number FROM ticket_counters WHERE workspace_id = :w", w=desk.cast.acme)
        == 1
    )


def test_a_read_on_a_connection_that_died_meanwhile_is_served(desk: ServiceDesk, database: Database) -> None:
    ticket = desk.ticket()
    database.run("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE usename = 'mesa_app'")

    assert desk.detail(desk.cast.carol, ticket)["label"] == ticket["label"]


def test_a_connection_that_idled_too_long_for_the_server_is_replaced(
    desk: ServiceDesk, database: Database
) -> None:
    """Whoever runs the database may set idle_session_timeout: it says so (57P05) before it hangs up."""
    api, reached = desk.as_(desk.cast.carol), "SELECT FROM pg_stat_activity WHERE usename = 'mesa_app'"
    database.run("ALTER ROLE mesa_app SET idle_session_timeout = '50ms'")
    try:
        engine().dispose()
        assert api.get("/v1/tickets").status == 200
        awaited("the end of the session", lambda: not database.rows(reached), 10)

        reply = api.post("/v1/tickets", BODY)
    finally:
        database.run("ALTER ROLE mesa_app RESET idle_session_timeout")
        engine().dispose()

    assert reply.status == 201
    assert database.value("SELECT count(*) FROM tickets") == 1


@pytest.fixture
def proxy(database: Database) -> Iterator[LossyProxy]:
    """The app reaches its database through the proxy while the test runs."""
    with lossy_proxy(int(database.dsn["port"])) as proxy:
        yield proxy


class TestACommitWhoseAnswerIsLost:
    def test_with_a_key_is_answered_as_if_nothing_had_happened(
        self, desk: ServiceDesk, database: Database, proxy: LossyProxy
    ) -> None:
        api = desk.as_(desk.cast.carol)
        api.get("/v1/tickets")
        proxy.armed = True

        reply = api.post("/v1/tickets", BODY, Idempotency_Key="k1")

        assert proxy.armed is False
        assert (reply.status, reply.json["number"]) == (201, 1)
        assert database.value("SELECT count(*) FROM tickets") == 1

    def test_without_a_key_says_that_it_does_not_know(
        self, desk: ServiceDesk, database: Database, proxy: LossyProxy
    ) -> None:
        api = desk.as_(desk.cast.carol)
        api.get("/v1/tickets")
        proxy.armed = True

        reply = api.post("/v1/tickets", BODY)

        assert (reply.status, reply.code) == (503, "SERVICE_UNAVAILABLE")
        assert reply.headers["retry-after"]
        assert database.value("SELECT count(*) FROM tickets") == 1


def test_a_lock_held_too_long_is_answered_503_and_writes_nothing(
    desk: ServiceDesk, database: Database
) -> None:
    ticket = desk.networks_ticket()
    with database.another() as other:
        other.run("BEGIN")
        other.run("SELECT FROM tickets WHERE id = :t FOR UPDATE", t=ticket["id"])

        reply = desk.do(desk.cast.dario, ticket, "cancel", reason="x")

        other.run("ROLLBACK")
    assert (reply.status, reply.code) == (503, "SERVICE_UNAVAILABLE")
    assert desk.detail(desk.cast.dario, ticket)["status"] == "new"


def test_case_38_a_defect_tells_no_sql_and_no_stack(
    desk: ServiceDesk, database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(
        "chalicelib.tickets.views._one", lambda _: __import__("sqlalchemy").text("SELECT secret")
    )

    reply = desk.as_(desk.cast.carol).get(f"/v1/tickets/{desk.cast.carol.id}")

    assert (reply.status, reply.code) == (500, "INTERNAL_SERVER_ERROR")
    assert reply.json["request_id"] in reply.json["detail"]
    for word in ("SELECT", "secret", "Traceback", "pg8000", os.sep + "chalicelib"):
        assert word not in reply.text
