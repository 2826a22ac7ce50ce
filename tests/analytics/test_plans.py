"""Figures of a few days read what those days hold, however long the desk has worked."""

from datetime import date, timedelta
from random import Random
from zoneinfo import ZoneInfo

from tests.analytics.history import History
from tests.support.cast import Cast
from tests.support.connections import Connections
from tests.support.database import Database
from tests.support.plans import plan_of
from tests.support.service_desk import ServiceDesk
from tests.support.statements import recorded

ALL_VISIBLE = "SELECT relallvisible = relpages FROM pg_class WHERE relname = 'sla_targets'"


def test_a_period_is_read_from_its_index_without_the_table(
    database: Database, cast: Cast, desk: ServiceDesk, connections: Connections
) -> None:
    # Rows then lie in the order of time, as at a desk, and not in holes that tests before left.
    database.run("TRUNCATE sla_targets CASCADE")
    history = History(database, cast)
    history.invent(Random(1), ZoneInfo("UTC"), date(2024, 1, 1), date(2025, 12, 31), 3000)
    history.write()
    database.run(  # few run at a desk that has worked for years
        "DELETE FROM sla_targets WHERE fulfilled_at IS NULL AND ended_at IS NULL AND breached_at IS NULL "
        "AND cycle % 20 > 0"
    )
    # What another transaction of the server might still see is not marked as seen by all: then once more.
    for _ in range(100):
        database.run("VACUUM ANALYZE sla_targets")
        if database.value(ALL_VISIBLE):
            break
    first = date(2025, 6, 1)
    with recorded() as sent:
        desk.as_(cast.ada).get(f"/v1/analytics/sla?from={first}&to={first + timedelta(days=6)}")
    (figures,) = (statement for statement in sent if "decided_at" in statement.sql)

    plan = plan_of(connections, cast.ada, figures)

    assert "Index Only Scan using sla_targets_decided_idx" in plan
    assert "sla_targets_late_idx" in plan
    assert "Seq Scan on sla_targets" not in plan
