"""A dashboard at a large desk reads what is at work, and sees what tickets/visibility.py shows; figures of
days read what the days hold."""

from collections.abc import Iterator, Mapping
from typing import Any

import pytest
from sqlalchemy import Engine, text

from benchmarks.desks import Desks
from chalicelib.analytics import dashboard, dashboard_queries
from chalicelib.analytics.insight import Asked
from chalicelib.analytics.overview import overview
from chalicelib.analytics.series import series
from chalicelib.analytics.series_question import Series
from chalicelib.core.db import Transaction
from chalicelib.tickets.visibility import visible_to
from local.postgres import Cluster
from tests.support.large_desk import PEOPLE, TICKETS, engine_of, enter, loaded

AT_WORK = """
    SELECT a.team_id, a.id, a.due_at FROM fn_at_work(:workspace_id, CAST(:reasons AS text[]),
        CAST(:actor_id AS uuid), CAST(:own_teams AS uuid[]), CAST(:own_organisation AS uuid),
        'infinity', :most) AS a
"""
VISIBLE = """
    SELECT t.id FROM tickets t WHERE t.workspace_id = :workspace_id AND {}
        AND t.status IN ('new', 'open', 'pending', 'on_hold')
"""


@pytest.fixture(scope="module")
def desks(cluster: Cluster) -> Iterator[Desks]:
    with loaded(cluster, rolled_up=True) as desks:
        database = desks.database(TICKETS)
        # Some work for others, and ask for what is in their own teams, and for what is not.
        database.run(
            "UPDATE tickets t SET requester_id = u.id FROM users u WHERE u.workspace_id = t.workspace_id "
            "AND u.email IN ('agent13@desk.example', 'agent14@desk.example') AND t.number % 11 = 0 "
            "AND t.status IN ('new', 'open')"
        )
        database.run(
            "INSERT INTO ticket_watchers (workspace_id, ticket_id, user_id) "
            "SELECT t.workspace_id, t.id, u.id "
            "FROM tickets t JOIN users u ON u.workspace_id = t.workspace_id "
            "WHERE u.email IN ('customer0@customers.example', 'customer2@customers.example') "
            "AND t.status = 'open' AND (t.number % 5 = 0 OR t.requester_id = u.id) ON CONFLICT DO NOTHING"
        )
        database.run("VACUUM ANALYZE")
        database.close()
        yield desks


@pytest.fixture(scope="module")
def engine(desks: Desks) -> Iterator[Engine]:
    with engine_of(desks) as engine:
        yield engine


def parts(plan: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
    yield plan
    for part in plan.get("Plans", ()):
        yield from parts(part)


@pytest.mark.parametrize("who", PEOPLE)
def test_what_is_at_work_is_what_the_actor_may_see(desks: Desks, engine: Engine, who: str) -> None:
    """Each ticket once, though there be several reasons."""
    with engine.begin() as connection:
        tx = Transaction(connection)
        actor = enter(desks, tx, who)
        condition, values = visible_to(actor)
        expected = connection.scalars(
            text(VISIBLE.format(condition)), {"workspace_id": actor.workspace.id, **values}
        ).all()
        found = [
            row.id
            for row in connection.execute(
                text(AT_WORK), {**dashboard_queries.sight(actor), "most": dashboard.MOST}
            )
        ]
        told = dashboard.dashboard(tx, actor, 25)

    assert len(expected) > 3
    assert sorted(found) == sorted(expected)
    assert told.figures["active"] == len(expected)
    assert len(told.attention) == min(25, len(expected))


@pytest.mark.parametrize("who", PEOPLE)
def test_it_reads_what_is_at_work_and_no_more(desks: Desks, engine: Engine, who: str) -> None:
    """Of the desk and of teams without the table, which holds fifty times as much."""
    with engine.begin() as connection:
        tx = Transaction(connection)
        actor = enter(desks, tx, who)
        asked = {**dashboard_queries.sight(actor), "most": dashboard.MOST}
        (plan,) = connection.scalar(text(f"EXPLAIN (ANALYZE, TIMING OFF, FORMAT JSON) {AT_WORK}"), asked)
        reads = [part for part in parts(plan["Plan"]) if part.get("Relation Name") == "tickets"]

    done = [part for part in reads if part["Actual Loops"]]
    assert done
    for part in done:
        assert part["Node Type"] != "Seq Scan", part
        assert part["Actual Rows"] + part.get("Rows Removed by Filter", 0) < 400, part
    if who == "admin":
        assert {part["Index Name"] for part in done} == {"tickets_active_due_at_idx"}
        assert {part["Node Type"] for part in done} == {"Index Only Scan"}


@pytest.mark.parametrize("who", PEOPLE)
def test_the_whole_of_it_reads_no_table_from_end_to_end(desks: Desks, engine: Engine, who: str) -> None:
    """What the function does inside, by PostgreSQL's own count of this transaction."""
    with engine.begin() as connection:
        tx = Transaction(connection)
        actor = enter(desks, tx, who)
        # Often enough for plans that are kept.
        for _ in range(7):
            dashboard.dashboard(tx, actor, 25)
        read = connection.execute(
            text(
                "SELECT relname, seq_scan, idx_tup_fetch FROM pg_stat_xact_user_tables "
                "WHERE relname IN ('tickets', 'sla_targets', 'ticket_watchers')"
            )
        ).all()

    assert read
    for row in read:
        assert (row.relname, row.seq_scan) == (row.relname, 0)
        assert row.idx_tup_fetch < 7 * 1_000, row


@pytest.mark.parametrize("who", ["admin", "agent of three teams"])
def test_figures_of_days_are_read_without_a_look_at_tickets(desks: Desks, engine: Engine, who: str) -> None:
    """And of the roll-ups what the days hold, by their index."""
    with engine.begin() as connection:
        tx = Transaction(connection)
        actor = enter(desks, tx, who)
        told = overview(tx, actor, Asked(days=30))
        metrics = ("created", "backlog", "resolution_average", "first_response_p90")
        for group_by in (None, "priority"):
            series(tx, actor, Series(Asked(days=90), metrics, "week", group_by))
        read = {
            row.relname: row
            for row in connection.execute(
                text("SELECT relname, seq_scan, idx_scan FROM pg_stat_xact_user_tables")
            )
        }

    assert told["total"]["created"] > 30
    for table in ("tickets", "ticket_facts", "sla_targets", "timeline_entries"):
        assert table not in read or (read[table].seq_scan, read[table].idx_scan) == (0, 0)
    for table in ("ticket_rollups", "rollup_histograms"):
        assert (read[table].seq_scan, read[table].idx_scan > 0) == (0, True)
