"""How promises were kept: attainment by what, whose and when; what is late now."""

from grafana_foundation_sdk.builders.dashboard import Dashboard

from grafana import panels
from grafana.desk import OF_TEAMS, RANK, TEAMS, ZONE
from grafana.sources import sql

DECIDED = f"FROM reporting.targets WHERE $__timeFilter(decided_at) AND {OF_TEAMS}"
MET = "count(*) FILTER (WHERE breached_at IS NULL)"
ATTAINED = f"1.0 * {MET} / nullif(count(*), 0)"
OPEN = f"FROM reporting.targets WHERE fulfilled_at IS NULL AND ended_at IS NULL AND {OF_TEAMS}"
WHAT_COUNTS = (
    "A promise counts when it is kept or broken, whichever comes first; what is withdrawn counts nowhere."
)


def promises() -> Dashboard:
    return panels.page(
        "mesa-promises",
        "Mesa: promises",
        "How the desk kept what its SLA policies promise.",
        "now-30d",
        [*shares(), *series(), *open_ones()],
        [panels.choice("team", "Team", TEAMS)],
    )


def shares() -> list[object]:
    return [
        panels.share(
            "SLA attainment",
            f"Kept, divided by kept and broken, of each kind of promise. {WHAT_COUNTS}",
            sql(f"SELECT metric, {ATTAINED} AS attained {DECIDED} GROUP BY metric ORDER BY metric", "table"),
            good=0.95,
            fair=0.85,
        ),
        panels.bars(
            "Attainment by team",
            "The same of each team, by who had the ticket when it was decided.",
            sql(
                f"SELECT team, {ATTAINED} AS attained {DECIDED} GROUP BY team ORDER BY 2, 1 LIMIT 15", "table"
            ),
            of="team",
            across=True,
            unit="percentunit",
        ),
        panels.bars(
            "Attainment by priority",
            "The same by how urgent it was then.",
            sql(
                f"SELECT priority, {ATTAINED} AS attained {DECIDED} GROUP BY priority ORDER BY {RANK}",
                "table",
            ),
            of="priority",
            unit="percentunit",
        ),
    ]


def series() -> list[object]:
    day = f"date_trunc('day', decided_at, {ZONE}) AS time"
    return [
        panels.over_time(
            "Attainment by day",
            f"Kept, divided by kept and broken, by the day on which that was decided. {WHAT_COUNTS}",
            sql(
                f"SELECT {day}, metric, {ATTAINED} AS value {DECIDED} GROUP BY 1, 2 ORDER BY 1, 2",
                "time_series",
            ),
            unit="percentunit",
            top=1,
        ),
        panels.over_time(
            "Kept and broken",
            "How many promises were kept and broken, by day.",
            sql(
                f"""
                SELECT {day}, {MET} AS kept, count(breached_at) AS broken {DECIDED} GROUP BY 1 ORDER BY 1
                """,
                "time_series",
            ),
            stacked=True,
        ),
        panels.bars(
            "How long it took",
            "Business minutes from start to fulfilment, without pauses, of promises kept or fulfilled late "
            "in the period: half of them took no longer than p50, nine of ten than p90.",
            sql(
                f"""
                SELECT metric, 60 * percentile_cont(0.5) WITHIN GROUP (ORDER BY used_minutes) AS p50,
                    60 * percentile_cont(0.9) WITHIN GROUP (ORDER BY used_minutes) AS p90
                {DECIDED} AND fulfilled_at IS NOT NULL GROUP BY metric ORDER BY metric
                """,
                "table",
            ),
            of="metric",
            unit="s",
            width=12,
        ),
        panels.bars(
            "Running by due time",
            "Promises that are open now: late ones, and those due within an hour, a day, later, or paused.",
            sql(
                f"""
                SELECT CASE WHEN due_at IS NULL THEN 'paused' WHEN due_at < now() THEN 'late'
                    WHEN due_at < now() + interval '1 hour' THEN 'within the hour'
                    WHEN due_at < now() + interval '1 day' THEN 'within a day' ELSE 'later' END AS due,
                    count(*) AS promises
                {OPEN} GROUP BY 1 ORDER BY min(due_at) NULLS LAST
                """,
                "table",
            ),
            of="due",
            width=12,
        ),
    ]


def open_ones() -> list[object]:
    return [
        panels.rows(
            "Late now",
            "Open promises past their due time, the oldest first, fifty at most.",
            sql(
                f"""
                SELECT t.label, g.metric AS promise, t.priority, t.team,
                    coalesce(t.assignee, 'nobody') AS assignee, t.status, g.due_at AS due
                FROM (SELECT * {OPEN} AND due_at < now() ORDER BY due_at LIMIT 50) AS g
                JOIN reporting.tickets t ON t.id = g.ticket_id ORDER BY g.due_at
                """,
                "table",
            ),
        )
    ]
