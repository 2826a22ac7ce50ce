"""Counts on demand: of what one may see, to 10,000, and not for longer than people wait."""

from typing import Any

import pytest
from sqlalchemy import text

from chalicelib.core.db import Transaction, in_time
from chalicelib.tickets import counting, listing
from tests.support.cast import Cast, Person
from tests.support.connections import Connections
from tests.support.database import Database
from tests.support.made_once import MadeOnce
from tests.support.plans import plan_of
from tests.support.service_desk import ServiceDesk
from tests.support.statements import recorded


def counted(desk: ServiceDesk, who: Person, query: str = "") -> tuple[int | None, bool]:
    reply = desk.as_(who).get(f"/v1/tickets?count=true&{query}")
    assert reply.status == 200, reply.text
    return reply.json["count"], reply.json["count_is_exact"]


def many(database: Database, cast: Cast, number: int) -> None:
    """With statistics, and vacuumed as a desk at work is."""
    with database.past_triggers():  # no ticket may begin as closed, but for this
        put(database, cast, number)
    database.run("VACUUM ANALYZE tickets, sla_targets")


def put(database: Database, cast: Cast, number: int) -> None:
    """So many tickets, a quarter of them at Acme and most of them closed; Ana's team has half of those, Carol
    one of 30. Each was promised, and one promise in 50 broken."""
    database.run(
        "INSERT INTO users (workspace_id, email, name, role) "
        "SELECT :w, 'c' || n || '@customers.example', 'c', 'customer' FROM generate_series(1, 29) n",
        w=cast.acme,
    )
    team = "SELECT id FROM teams WHERE workspace_id = :w AND is_default"
    for workspace, every, networks in (
        (cast.acme, 4, cast.teams["Networks"]),
        (cast.globex, 1, database.value(team, w=cast.globex)),
    ):
        database.run(
            "WITH people AS (SELECT array_agg(id ORDER BY id) AS ids FROM users WHERE workspace_id = :w "
            "AND role = :role) "
            "INSERT INTO tickets (workspace_id, number, label, subject, description, requester_id, team_id, "
            "assignee_id, status, closed_at, created_at, updated_at) "
            "SELECT :w, n, 'T' || n, 's', 'd', people.ids[1 + n % array_length(people.ids, 1)], "
            "CASE WHEN n % 2 = 0 THEN :networks ELSE :apps END::uuid, "
            "CASE WHEN n % 2 = 0 THEN :ana END::uuid, CASE WHEN n % 20 = 0 THEN 'open' ELSE 'closed' END, "
            "CASE WHEN n % 20 > 0 THEN now() END, "
            "now() - n * interval '1 hour', now() - n * interval '1 hour' "
            "FROM generate_series(1, CAST(:n AS integer)) n, people",
            w=workspace,
            role="customer" if every > 1 else "admin",
            networks=networks,
            apps=cast.teams["Apps"],
            ana=cast.ana.id,
            n=number // 4 if every > 1 else number - number // 4,
        )
    database.run(
        "INSERT INTO sla_targets (workspace_id, ticket_id, metric, calendar_id, minutes, team_id, priority, "
        "started_at, due_at, fulfilled_at, breached_at) "
        "SELECT t.workspace_id, t.id, 'resolution', c.id, 60, t.team_id, t.priority, t.created_at, "
        "t.created_at + interval '1 hour', t.closed_at, CASE WHEN t.number % 50 = 0 THEN t.created_at END "
        "FROM tickets t CROSS JOIN LATERAL (SELECT id FROM calendars c WHERE c.workspace_id = t.workspace_id "
        "LIMIT 1) c WHERE t.subject = 's'"
    )


@pytest.fixture
def slow(monkeypatch: pytest.MonkeyPatch) -> None:
    """To count takes long, as on a desk too large for its indexes."""
    monkeypatch.setattr(counting, "ALL", 20)

    def sleep(tx: Transaction, *_: Any) -> list[int]:
        return [tx.connection.scalar(text("SELECT 1 FROM pg_sleep(5)"))]

    monkeypatch.setattr(listing, "counts_of", sleep)


class TestHowMany:
    def test_there_are_on_all_pages(self, desk: ServiceDesk) -> None:
        for priority in ("low", "high", "high"):
            desk.networks_ticket(priority=priority)

        assert counted(desk, desk.cast.dario, "limit=1") == (3, True)
        assert counted(desk, desk.cast.dario, "limit=1&offset=2&priority=high") == (2, True)
        assert counted(desk, desk.cast.dario, "priority=urgent") == (0, True)

    def test_one_may_see(self, desk: ServiceDesk) -> None:
        desk.networks_ticket()
        desk.networks_ticket(team_id=desk.cast.teams["Apps"])
        desk.ticket(desk.cast.chris)
        desk.ticket(desk.cast.mallory)
        deleted = desk.networks_ticket()
        assert desk.as_(desk.cast.ada).delete(f"/v1/tickets/{deleted['id']}").status == 204

        whos = (desk.cast.dario, desk.cast.ana, desk.cast.ben, desk.cast.carol, desk.cast.mallory)
        assert [counted(desk, who)[0] for who in whos] == [3, 1, 1, 2, 1]

    @pytest.mark.parametrize("query", ["", "status=new", "breached=true", "team=mine", "assignee=me"])
    def test_one_may_see_for_several_reasons_are_one_each(
        self, desk: ServiceDesk, database: Database, query: str
    ) -> None:
        ana = desk.cast.ana
        desk.networks_ticket(assignee_id=ana.id, requester_id=ana.id)
        desk.networks_ticket(team_id=desk.cast.teams["Apps"], assignee_id=ana.id)
        desk.networks_ticket()
        desk.networks_ticket(team_id=desk.cast.teams["Apps"])
        past = "due_at = now() - interval '1 minute'"
        database.run(f"UPDATE tickets SET {past}")
        database.run(f"UPDATE sla_targets SET {past}, breached_at = now()")

        listed = desk.labels(ana, query)

        assert 0 < len(listed) < 4
        assert counted(desk, ana, query) == (len(listed), True)

    def test_is_told_on_demand_alone(self, desk: ServiceDesk) -> None:
        assert set(desk.as_(desk.cast.dario).get("/v1/tickets").json) == {
            "items",
            "next_cursor",
            "next_offset",
        }

    def test_are_breached(self, desk: ServiceDesk) -> None:
        reply = desk.as_(desk.cast.dario).get("/v1/tickets/breached?count=true")

        assert (reply.json["count"], reply.json["count_is_exact"]) == (0, True)


class TestItsEnd:
    def test_is_where_people_stop_reading(self, desk: ServiceDesk, database: Database) -> None:
        many(database, desk.cast, 40_004)
        whole = counted(desk, desk.cast.dario)
        database.run("UPDATE tickets SET deleted_at = now() WHERE number = 7")

        assert whole == (10_000, False)
        assert counted(desk, desk.cast.dario) == (10_000, True)

    @pytest.mark.usefixtures("slow")
    def test_comes_after_a_while_and_the_page_is_there_all_the_same(self, desk: ServiceDesk) -> None:
        desk.networks_ticket()

        reply = desk.as_(desk.cast.dario).get("/v1/tickets?count=true")

        assert reply.status == 200
        assert (len(reply.json["items"]), reply.json["count"]) == (1, None)
        assert reply.json["count_is_exact"] is False

    def test_is_the_end_of_nothing_else(self, connections: Connections) -> None:
        def work(tx: Transaction) -> Any:
            before = tx.connection.scalar(text("SHOW statement_timeout"))
            cut = in_time(tx, 20, lambda: tx.connection.execute(text("SELECT pg_sleep(5)")))
            done = in_time(tx, 5_000, lambda: tx.connection.scalar(text("SELECT 7")))
            return cut, done, before, tx.connection.scalar(text("SHOW statement_timeout"))

        assert connections.run(work) == (None, 7, "10s", "10s")


QUERIES = [
    "",
    "status=active",
    "status=new",
    "assignee=none&status=active",
    "assignee=me&status=active",
    "team=mine&status=active",
    "created_within_days=1",
    "breached=true&status=active",
    "priority=urgent&status=active",
]


class TestManyOfThem(MadeOnce):
    @pytest.fixture(scope="class", autouse=True)
    @classmethod
    def of_two_desks(cls, desk: ServiceDesk, database: Database) -> None:
        many(database, desk.cast, 40_000)

    @pytest.mark.parametrize("name", ["dario", "ana", "carol"])
    def test_are_not_read_from_end_to_end(
        self, desk: ServiceDesk, connections: Connections, name: str
    ) -> None:
        who = getattr(desk.cast, name)

        for query in QUERIES:
            with recorded() as sent:
                counted(desk, who, query)

            (statement,) = [each for each in sent if "SELECT ARRAY" in each.sql]
            plan = plan_of(connections, who, statement)
            assert "Seq Scan on tickets" not in plan, f"{query}: {plan}"
            assert "Seq Scan on sla_targets" not in plan, f"{query}: {plan}"
