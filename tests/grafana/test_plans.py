"""Dashboards of a few days read what those days hold, however long the desk has worked."""

import re

import pytest

from tests.grafana import history
from tests.grafana.dashboards import panels
from tests.grafana.macros import Period
from tests.grafana.test_postgres_panels import SOURCE, variables
from tests.support.cast import make_cast
from tests.support.database import Database
from tests.support.reporting import Readers

GROW = {"comments", "ratings", "sla_targets", "ticket_rollups", "tickets", "time_entries", "timeline_entries"}


@pytest.fixture(scope="module")
def busy(superuser: Database) -> None:
    """A desk of two years, where few tickets are active."""
    superuser.refresh()
    superuser.empty()
    history.write(superuser, make_cast(superuser), count=12_000, days=730, of=200)
    superuser.run("VACUUM ANALYZE")


def test_no_table_that_grows_is_read_whole(busy: None, logins: Readers) -> None:
    reader = logins.of("acme")
    reader.run("SET random_page_cost = 1.1")  # as on SSDs, which desks are kept on
    whole = {}
    for panel in panels(SOURCE):
        for target in panel.targets:
            statement = Period(7).expand(target["rawSql"], variables(reader, panel.dashboard))
            plan = "\n".join(row["QUERY PLAN"] for row in reader.rows(f"EXPLAIN {statement}"))
            if found := GROW & set(re.findall(r"Seq Scan on (\w+)", plan)):
                whole[str(panel)] = (found, plan)

    assert whole == {}
