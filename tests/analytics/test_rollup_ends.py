"""What goes from a desk goes from its figures: erased words, purged tickets, whoever counts meanwhile; and
reads look at the days that are asked for alone."""

from functools import partial
from random import Random
from typing import Any

import pytest
from sqlalchemy import text

from chalicelib.accounts import principals
from chalicelib.core.db import Transaction
from tests.analytics.roll_ups import counted, held, rebuilt, refreshed
from tests.support.canary import found_in
from tests.support.cast import Cast
from tests.support.connections import Connections
from tests.support.database import Database
from tests.support.desk import Desk
from tests.support.jobs import Workshop
from tests.support.service_desk import ServiceDesk

REFRESH = text("CALL sp_rollup_refresh(:w, CAST(:t AS uuid[]))")
PURGE = text("CALL sp_purge_tickets(3)")
RENAME = text("SELECT * FROM fn_erase_batch(:u, 'ticket_facts', NULL, 100)")


@pytest.fixture
def rows(database: Database, cast: Cast) -> Desk:
    return Desk(database, cast)


def test_75_a_word_in_a_category_is_erased_from_the_figures_too(
    database: Database, cast: Cast, desk: ServiceDesk, workshop: Workshop
) -> None:
    named = desk.ticket(cast.dario, requester_id=cast.carol.id, category="Laptop of carol@customers.example")
    plain = desk.ticket(cast.dario, requester_id=cast.carol.id, category="Laptop")
    email = desk.as_(cast.ada).get(f"/v1/users/{cast.carol.id}").json["email"]
    desk.as_(cast.ada).patch(f"/v1/tickets/{named['id']}", {"category": f"Of {email}"}, If_Match='"1"')
    refreshed(database, cast.acme, [named["id"], plain["id"]])
    assert found_in(database, email) >= {
        "ticket_facts.category",
        "ticket_rollups.value",
        "ticket_stocks.value",
    }

    erased = desk.as_(cast.ada).post(f"/v1/users/{cast.carol.id}/erase", {"confirm": email})
    assert erased.status == 202, erased.text
    workshop.work()

    assert found_in(database, email) == set()
    assert held(database, cast.acme) == counted(database, cast.acme)
    stock = "SELECT value, tickets FROM fn_insight_stock(:w, NULL, '{category}')"
    assert {row["value"]: row["tickets"] for row in database.rows(stock, w=cast.acme)} == {
        "Of [erased]": 1,
        "Laptop": 1,
    }


def test_purging_erasing_and_counting_at_once_wait_for_each_other_and_never_for_ever(
    database: Database, cast: Cast, rows: Desk, connections: Connections
) -> None:
    dice = Random(3)
    tickets = [rows.ticket(cast.carol, status="closed", category="Carol's") for _ in range(24)]
    database.run("UPDATE workspaces SET retention_days = 30 WHERE id = :w", w=cast.acme)
    database.run("UPDATE tickets SET finished_at = now() - interval '40 days' WHERE number % 2 = 0")
    job = database.value(
        "INSERT INTO jobs (workspace_id, kind, expires_at) VALUES (:w, 'erasure', now() + interval '1 day') "
        "RETURNING id",
        w=cast.acme,
    )
    database.run(
        "INSERT INTO erasures (workspace_id, user_id, job_id, pseudonym, reason, patterns) "
        "VALUES (:w, :u, :j, 'x', 'requested', '{\"everywhere\": \"carol\"}')",
        w=cast.acme,
        u=cast.carol.id,
        j=job,
    )
    rebuilt(database, cast.acme)

    def refresh(tx: Transaction, some: list[Any]) -> None:
        tx.connection.execute(REFRESH, {"w": cast.acme, "t": [str(each) for each in some]})

    def purge(tx: Transaction) -> None:
        tx.connection.execute(PURGE)

    def erase(tx: Transaction) -> None:
        principals.enter_system(tx, cast.acme)
        tx.connection.execute(RENAME, {"u": cast.carol.id})

    queues = [
        *([partial(refresh, some=dice.sample(tickets, 8)) for _ in range(10)] for _ in range(2)),
        [purge] * 6,
        [erase] * 6,
    ]
    given = connections.side_by_side(queues)

    assert [each for results in given for each in results if each is not None] == []
    assert database.value("SELECT count(*) FROM tickets WHERE workspace_id = :w", w=cast.acme) == 12
    database.run("UPDATE tickets SET category = '[erased]''s' WHERE workspace_id = :w", w=cast.acme)
    refreshed(database, cast.acme, tickets)
    assert held(database, cast.acme) == counted(database, cast.acme)


def test_figures_of_a_month_are_read_by_their_days(
    database: Database, cast: Cast, rows: Desk, connections: Connections
) -> None:
    ticket = rows.ticket(cast.carol)
    rebuilt(database, cast.acme)
    database.run(
        "INSERT INTO ticket_rollups (workspace_id, generation, team_id, dimension, day, value, created) "
        "SELECT workspace_id, generation, team_id, dimension, day - n, value, 1 FROM ticket_rollups "
        "CROSS JOIN generate_series(1, 1000) AS n"
    )
    database.run("VACUUM ANALYZE ticket_rollups")
    asked = "SELECT * FROM fn_insight_figures(:w, current_date - 29, current_date, NULL, '{all,priority}')"

    def plan(tx: Transaction) -> str:
        principals.enter(tx, cast.acme, cast.ada.id)
        rows = tx.connection.execute(
            text(f"EXPLAIN (ANALYZE, COSTS OFF, TIMING OFF) {asked}"), {"w": cast.acme}
        )
        return "\n".join(row[0] for row in rows)

    told = connections.run(plan)

    assert ticket
    assert "Index Scan using ticket_rollups_pkey" in told
    assert "Seq Scan on ticket_rollups" not in told
    assert "rows=120.00" in told
