"""What happens at the desk as it happens: the points that chalicelib/analytics/points.py makes of events."""

from grafana_foundation_sdk.builders.common import VizLegendOptions
from grafana_foundation_sdk.builders.dashboard import Dashboard, QueryVariable
from grafana_foundation_sdk.models.dashboard import VariableRefresh

from grafana import panels
from grafana.sources import INFLUX, influx

OF_WORKSPACE = """"workspace" =~ /^$workspace$/ AND $timeFilter"""
EACH = "time($__interval)"


def points() -> Dashboard:
    return panels.page(
        "mesa-points",
        "Mesa: as it happens",
        "Points in InfluxDB, some seconds after what they tell of. Teams and people are ids here.",
        "now-24h",
        [*counts(), *times()],
        [workspace()],
        refresh="30s",
    )


def workspace() -> QueryVariable:
    return (
        QueryVariable("workspace")
        .label("Workspace")
        .datasource(INFLUX)
        .query('SHOW TAG VALUES FROM "ticket_created" WITH KEY = "workspace"')
        .refresh(VariableRefresh.ON_TIME_RANGE_CHANGED)
    )


def counted(title: str, formula: str, measurement: str, by: str = "") -> object:
    """How many points of a measurement there were, by a tag of it."""
    groups = f', "{by}"' if by else ""
    query = f"""
        SELECT sum("count") FROM "{measurement}" WHERE {OF_WORKSPACE} GROUP BY {EACH}{groups} fill(0)
    """
    alias = f"$tag_{by}" if by else title.lower()
    return panels.over_time(title, formula, influx(query, alias), source=INFLUX, stacked=True)


def counts() -> list[object]:
    return [
        counted("Created, by priority", "Tickets created.", "ticket_created", "priority"),
        counted("Created, by source", "Tickets created, by how they came in.", "ticket_created", "source"),
        counted("Status changes", "Each change of a status, by what it became.", "ticket_status", "status"),
        counted("Assigned", "Each time that a ticket got an assignee, or lost it.", "ticket_assigned"),
        counted("Comments", "Comments, public ones and internal notes.", "ticket_comment", "visibility"),
        counted(
            "Broken promises", "Promises that were broken, by when they were due.", "ticket_breach", "metric"
        ),
    ]


def times() -> list[object]:
    def of(title: str, formula: str, measurement: str) -> object:
        queries = [
            influx(
                f'SELECT {what} FROM "{measurement}" WHERE {OF_WORKSPACE} GROUP BY {EACH} fill(none)',
                name,
                ref,
            )
            for what, name, ref in (
                ('mean("seconds")', "average", "A"),
                ('percentile("seconds", 90)', "p90", "B"),
            )
        ]
        panel = panels.over_time(title, formula, *queries, unit="s", source=INFLUX)
        return panel.legend(VizLegendOptions().show_legend(True))

    return [
        of("Time to first response", "Seconds from creation to the first answer.", "ticket_first_response"),
        of("Time to resolution", "Seconds from creation to each resolution.", "ticket_resolved"),
    ]
