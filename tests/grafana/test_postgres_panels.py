"""Every panel's query to PostgreSQL, as Grafana sends it, with the login that Grafana has."""

from datetime import datetime
from decimal import Decimal
from typing import Any

from local.demo_data import DAYS
from tests.grafana.dashboards import Panel, documents, panels
from tests.grafana.macros import Period
from tests.support.cast import Cast
from tests.support.database import Database
from tests.support.for_each import for_each

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


@for_each("panel", PANELS, ids=str)
def test_a_panel_has_something_to_show(reader: Database, panel: Panel) -> None:
    for statement in sent(reader, panel):
        rows = reader.rows(statement)

        assert rows
        assert panel.kind == "table" or any(
            isinstance(value, int | float | Decimal) for row in rows for value in row.values()
        ), rows


@for_each("panel", PANELS, ids=str)
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


@for_each("panel", PANELS, ids=str)
def test_a_period_in_which_nothing_was_is_no_failure(reader: Database, panel: Panel) -> None:
    for target in panel.targets:
        statement = Period(0).expand(target["rawSql"], variables(reader, panel.dashboard))
        assert isinstance(reader.rows(statement), list)


@for_each("panel", [panel for panel in PANELS if "$team" in str(panel.targets)], ids=str)
def test_nothing_is_there_for_another_workspaces_login(
    foreigner: Database, reader: Database, panel: Panel
) -> None:
    """With Acme's own teams chosen, as somebody might who copies an address with its variables."""
    for statement in sent(reader, panel):
        rows = foreigner.rows(statement)
        assert [value for row in rows for value in row.values() if value] == []


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

    def test_what_came_and_went_as_the_api_counts_it(
        self, reader: Database, superuser: Database, acme: Cast
    ) -> None:
        days = one(reader, "Created against resolved", DAYS - 1)
        (figures,) = superuser.rows(
            "SELECT sum(created) AS created, sum(resolved) AS resolved, sum(reopened) AS reopened "
            "FROM fn_insight_figures(:w, :first, :last) WHERE NOT previous",
            w=acme.acme,
            first=days[0]["time"].date(),
            last=days[-1]["time"].date(),
        )

        assert {name: sum(day[name] for day in days) for name in figures} == figures

    def test_all_that_was_ever_created(self, reader: Database, superuser: Database, acme: Cast) -> None:
        created = self.counted(superuser, acme, "deleted_at IS NULL")

        assert [*one(reader, "Created in all")[0].values()] == [created]
        for title in ("Tickets created over time", "Created and resolved by week"):
            assert sum(row["created"] for row in one(reader, title, DAYS + 5)) == created

    def test_promises(self, reader: Database, superuser: Database, acme: Cast) -> None:
        kept, broken = (
            self.counted(superuser, acme, f"decided_at IS NOT NULL AND breached_at IS {what}", "sla_targets")
            for what in ("NULL", "NOT NULL")
        )
        days = one(reader, "Kept and broken", DAYS + 5)

        assert sum(day["kept"] for day in days) == kept
        assert sum(day["broken"] for day in days) == broken

    def test_the_team_that_is_chosen(self, reader: Database, acme: Cast) -> None:
        (panel,) = (panel for panel in PANELS if panel.title == "Created by team")
        team = reader.rows("SELECT team_id, team FROM tickets WHERE team_id IS NOT NULL ORDER BY 2 LIMIT 1")[
            0
        ]

        rows = reader.rows(Period(DAYS).expand(panel.targets[0]["rawSql"], {"team": [str(team["team_id"])]}))

        assert [row["team"] for row in rows] == [team["team"]]
