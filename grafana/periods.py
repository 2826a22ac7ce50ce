"""Weeks and months beside each other."""

from grafana_foundation_sdk.builders.dashboard import Dashboard

from grafana import panels
from grafana.desk import DAYS, OF_TEAMS, TEAMS, ZONE
from grafana.sources import sql

WEEK, MONTH = 'IYYY-"W"IW', "YYYY-MM"


def periods() -> Dashboard:
    return panels.page(
        "mesa-periods",
        "Mesa: weeks and months",
        "The same figures by week (ISO 8601, from Monday) and by month, on the clocks of the workspace.",
        "now-90d",
        [*of("week", WEEK), *of("month", MONTH)],
        [panels.choice("team", "Team", TEAMS)],
        refresh="1h",
    )


def of(unit: str, form: str) -> list[object]:
    """The panels of one unit. The first and the last are cut off where the period is."""
    known = f"FROM reporting.days WHERE dimension = 'all' AND {OF_TEAMS} AND {DAYS} GROUP BY 1 ORDER BY 1"
    decided = f"FROM reporting.targets WHERE $__timeFilter(decided_at) AND {OF_TEAMS} GROUP BY 1 ORDER BY 1"
    by_day = f"SELECT to_char(day, '{form}') AS {unit}"
    name = f"by {unit}"
    return [
        panels.bars(
            f"Created and resolved {name}",
            "Tickets created, resolved and reopened.",
            sql(
                f"""
                {by_day}, sum(created) AS created, sum(resolved) AS resolved, sum(reopened) AS reopened
                {known}
                """,
                "table",
            ),
            of=unit,
            width=12,
        ),
        panels.bars(
            f"SLA attainment {name}",
            "Promises kept, divided by kept and broken; they count when that was decided.",
            sql(
                f"""
                SELECT to_char(decided_at AT TIME ZONE {ZONE}, '{form}') AS {unit},
                    1.0 * count(*) FILTER (WHERE breached_at IS NULL) / count(*) AS attained {decided}
                """,
                "table",
            ),
            of=unit,
            unit="percentunit",
            width=12,
        ),
        panels.bars(
            f"Response and resolution {name}",
            "Average seconds from creation to the first answer, and to the resolution, in real time.",
            sql(
                f"""
                {by_day}, sum(first_response_seconds) / nullif(sum(first_responses), 0) AS "first response",
                    sum(resolution_seconds) / nullif(sum(resolutions), 0) AS resolution {known}
                """,
                "table",
            ),
            of=unit,
            unit="s",
            width=12,
        ),
        panels.bars(
            f"Satisfaction {name}",
            "The average of the stars given, from 1 to 5.",
            sql(
                f"""
                {by_day}, round(1.0 * sum(score) / nullif(sum(rated), 0), 2) AS stars {known}
                """,
                "table",
            ),
            of=unit,
            width=12,
        ),
    ]
