"""Dashboards of a few days read what those days hold, however long the desk has worked."""

from collections.abc import Iterator
from typing import Any

import pytest

from tests.grafana import history
from tests.grafana.dashboards import panels
from tests.grafana.macros import Period
from tests.grafana.test_postgres_panels import SOURCE, variables
from tests.support.cast import make_cast
from tests.support.database import Database
from tests.support.reporting import Readers

GROW = ("ratings", "sla_targets", "ticket_rollups", "tickets", "timeline_entries")
MOST = 0.05
REMOVED = ("Filter", "Index Recheck", "Join Filter")
# They add up all days that there ever were, of the roll-up: a row a day and team.
WHOLE_HISTORY = ("Backlog", "Created in all")


@pytest.fixture(scope="module")
def busy(superuser: Database) -> None:
    """A desk of two years, where few tickets are active."""
    superuser.refresh()
    superuser.empty()
    history.write(superuser, make_cast(superuser), count=5_000, days=730, of=200)
    superuser.run("VACUUM ANALYZE")


def scanned(node: dict[str, Any]) -> Iterator[tuple[str, float]]:
    """Tables, and how many of their rows a plan has looked at."""
    if table := node.get("Relation Name"):
        rows = node["Actual Rows"] + sum(node.get(f"Rows Removed by {why}", 0) for why in REMOVED)
        yield table, rows * node["Actual Loops"]
    for each in node.get("Plans", ()):
        yield from scanned(each)


def test_of_tables_that_grow_little_is_read(busy: None, superuser: Database, logins: Readers) -> None:
    reader = logins.of("acme")
    reader.run("SET random_page_cost = 1.1")  # as on SSDs, which desks are kept on
    sizes = {table: superuser.value(f"SELECT count(*) FROM {table}") for table in GROW}
    much = {}
    for panel in panels(SOURCE):
        for target in panel.targets:
            statement = Period(7).expand(target["rawSql"], variables(reader, panel.dashboard))
            (plan,) = reader.value(f"EXPLAIN (ANALYZE, FORMAT JSON) {statement}")
            read = {
                table: rows for table, rows in scanned(plan["Plan"]) if rows > sizes.get(table, 1e9) * MOST
            }
            if read and panel.title not in WHOLE_HISTORY:
                much[str(panel)] = read

    assert much == {}
