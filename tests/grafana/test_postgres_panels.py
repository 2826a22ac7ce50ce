"""Every panel's query to PostgreSQL, as Grafana sends it, with the login that Grafana has."""

from datetime import datetime
from decimal import Decimal
from typing import Any

import pytest

from tests.grafana.dashboards import Panel, documents, panels
from tests.grafana.history import DAYS
from tests.grafana.macros import Period
from tests.support.cast import Cast
from tests.support.database import Database

SOURCE = "mesa-postgres"
PANELS = panels(SOURCE)


def variables(reader: Database, dashboard: str) -> dict[str, list[str]]:
    """What the variables of a dashboard stand for while all is chosen."""
    found = {}
    for variable in documents()[dashboard]["templating"]["list"]:
        if variable["datasource"]["uid"] == SOURCE:
            rows = reader.rows(variable["query"])
            assert rows
            assert {*rows[0]} == {"__text", "__value"}
            found[variable["name"]] = [str(row["__value"]) for row in rows]
    return found


def sent(reader: Database, panel: Panel, days: int = DAYS) -> list[str]:
    chosen = variables(reader, panel.dashboard)
    return [Period(days).expand(target["rawSql"], chosen) for target in panel.targets]


def one(reader: Database, title: str, days: int = DAYS) -> list[dict[str, Any]]:
    """The rows of the panel with this title."""
    (panel,) = (panel for panel in PANELS if panel.title == title)
    (statement,) = sent(reader, panel, days)
    return reader.rows(statement)


@pytest.mark.parametrize("panel", PANELS, ids=str)
def test_a_panel_has_something_to_show(reader: Database, panel: Panel) -> None:
    for statement in sent(reader, panel):
        rows = reader.rows(statement)

        assert rows
        assert panel.kind == "table" or any(
            isinstance(value, int | float | Decimal) for row in rows for value in row.values()
        ), rows


@pytest.mark.parametrize("panel", PANELS, ids=str)
def test_a_panel_gets_what_its_kind_draws(reader: Database, panel: Panel) -> None:
    for target, statement in zip(panel.targets, sent(reader, panel), strict=True):
        rows = reader.rows(statement)
        numbers = {
            name for row in rows for name, value in row.items() if isinstance(value, int | float | Decimal)
        }
        if target["format"] == "time_series":
            assert panel.kind == "timeseries"
            times = [row["time"] for row in rows]
            assert all(isinstance(time, datetime | Decimal | float) for time in times)
            assert times == sorted(times)
            assert numbers - {"time"}
        elif panel.kind == "barchart":
            named = panel.json["options"]["xField"]
            assert {*rows[0]} - {named} == numbers
            assert all(row[named] for row in rows)
            assert len({row[named] for row in rows}) == len(rows)
        elif panel.kind in ("gauge", "piechart", "stat"):
            assert len(numbers) == 1


@pytest.mark.parametrize("panel", PANELS, ids=str)
def test_a_period_in_which_nothing_was_is_no_failure(reader: Database, panel: Panel) -> None:
    for target in panel.targets:
        statement = Period(0).expand(target["rawSql"], variables(reader, panel.dashboard))
        assert isinstance(reader.rows(statement), list)


@pytest.mark.parametrize("panel", PANELS, ids=str)
def test_another_workspaces_login_sees_its_own_figures(
    foreigner: Database, reader: Database, panel: Panel
) -> None:
    """With Acme's own teams chosen, as somebody might who copies an address with its variables."""
    foreign = [Period(DAYS).expand(t["rawSql"], variables(reader, panel.dashboard)) for t in panel.targets]
    for statement in foreign:
        named = {
            value for row in foreigner.rows(statement) for value in row.values() if isinstance(value, str)
        }
        assert not named & {"Ana", "Ben", "Dario", "Networks", "Apps", "T-100"}


class TestFigures:
    """Some of them, counted otherwise."""

    def counted(self, superuser: Database, acme: Cast, condition: str, table: str = "tickets") -> int:
        sql = f"SELECT count(*) FROM {table} WHERE workspace_id = :w AND {condition}"
        return int(superuser.value(sql, w=acme.acme))

    def test_what_there_is_now(self, reader: Database, superuser: Database, acme: Cast) -> None:
        active = self.counted(superuser, acme, "status IN ('new', 'open', 'pending', 'on_hold')")

        assert [*one(reader, "Active now")[0].values()] == [active]
        assert sum(row["count"] for row in one(reader, "Active by priority")) == active
        assert sum(row["count"] for row in one(reader, "Active by status")) == active
        assert one(reader, "Backlog")[-1]["backlog"] == active

    def test_what_came_and_went(self, reader: Database, superuser: Database, acme: Cast) -> None:
        created = self.counted(superuser, acme, "true")
        resolved = self.counted(superuser, acme, "resolved_at IS NOT NULL")
        days = one(reader, "Created against resolved")

        assert [*one(reader, "Created in all")[0].values()] == [created]
        assert sum(day["created"] for day in days) == created
        assert sum(day["resolved"] for day in days) == resolved
        assert sum(row["created"] for row in one(reader, "Tickets created over time")) == created
        for unit in ("week", "month"):
            buckets = one(reader, f"Created and resolved by {unit}")
            assert sum(bucket["created"] for bucket in buckets) == created

    def test_promises(self, reader: Database, superuser: Database, acme: Cast) -> None:
        kept, broken = (
            self.counted(superuser, acme, f"decided_at IS NOT NULL AND breached_at IS {what}", "sla_targets")
            for what in ("NULL", "NOT NULL")
        )
        days = one(reader, "Kept and broken")

        assert sum(day["kept"] for day in days) == kept
        assert sum(day["broken"] for day in days) == broken

    def test_the_team_that_is_chosen(self, reader: Database, acme: Cast) -> None:
        (panel,) = (panel for panel in PANELS if panel.title == "Created by team")
        chosen = {"team": [str(acme.teams["Apps"])]}

        rows = reader.rows(Period(DAYS).expand(panel.targets[0]["rawSql"], chosen))

        assert [row["team"] for row in rows] == ["Apps"]
