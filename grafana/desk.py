"""How the desk does: what there is to do now, what came and went, who did it, how long it took."""

from grafana_foundation_sdk.builders.dashboard import Dashboard

from grafana import panels
from grafana.sources import sql

TEAMS = "SELECT name AS __text, id AS __value FROM reporting.teams ORDER BY deleted, name"
OF_TEAMS = "team_id IN ($team)"
# A day belongs to the period in which it begins, on the clocks of the workspace. The second condition is for
# the index.
DAYS = """begins_at BETWEEN $__timeFrom() AND $__timeTo()
    AND day BETWEEN $__timeFrom()::timestamptz::date - 1 AND $__timeTo()::timestamptz::date + 1"""
ALL_DAYS = f"FROM reporting.days WHERE dimension = 'all' AND {OF_TEAMS}"
IN_PERIOD = f"{ALL_DAYS} AND {DAYS}"
ACTIVE = f"FROM reporting.tickets WHERE active AND {OF_TEAMS}"
ZONE = "(SELECT timezone FROM reporting.workspace)"
RANK = "array_position(ARRAY['urgent', 'high', 'medium', 'low'], priority)"

ORDER_OF_LIFE = "array_position(ARRAY['new', 'open', 'pending', 'on_hold'], status)"


def now() -> list[object]:
    return [
        panels.number(
            "Active now",
            "Tickets that are new, open, pending or on hold at this moment.",
            sql(f"SELECT count(*) {ACTIVE}", "table"),
        ),
        panels.number(
            "Unassigned now",
            "Active tickets that nobody has.",
            sql(f"SELECT count(*) {ACTIVE} AND assignee_id IS NULL", "table"),
        ),
        panels.number(
            "Late now",
            "Active tickets past the due time of their resolution.",
            sql(f"SELECT count(*) {ACTIVE} AND due_at < now()", "table"),
            alarming=True,
        ),
        panels.number(
            "Created in all",
            "All tickets that were ever created, whatever the period; deleted ones are not counted.",
            sql(f"SELECT sum(created) {ALL_DAYS}", "table"),
        ),
        panels.number(
            "Created",
            "Tickets created in the period.",
            sql(f"SELECT coalesce(sum(created), 0) {IN_PERIOD}", "table"),
        ),
        panels.number(
            "Resolved",
            "How often tickets were resolved in the period; a reopened one counts each time.",
            sql(f"SELECT coalesce(sum(resolved), 0) {IN_PERIOD}", "table"),
        ),
    ]


def flow() -> list[object]:
    return [
        panels.over_time(
            "Created against resolved",
            "Tickets created, resolved and reopened, by day.",
            sql(
                f"""
                SELECT begins_at AS time, sum(created) AS "created", sum(resolved) AS "resolved",
                    sum(reopened) AS "reopened"
                {IN_PERIOD} GROUP BY begins_at ORDER BY begins_at
                """,
                "time_series",
            ),
            filled=True,
        ),
        panels.over_time(
            "Backlog",
            "Active tickets at the end of each day: all that ever became active, less all that ever ended.",
            sql(
                f"""
                SELECT time, backlog FROM (
                SELECT begins_at AS time, sum(sum(became_active - ended)) OVER (ORDER BY begins_at) AS backlog
                {ALL_DAYS} GROUP BY begins_at) AS days
                WHERE $__timeFilter(time) ORDER BY time
                """,
                "time_series",
            ),
            filled=True,
        ),
        panels.over_time(
            "Tickets created over time",
            "Tickets by when they were created, at the width of the picture.",
            sql(
                f"""
                SELECT $__timeGroupAlias(created_at, $__interval), count(*) AS created
                FROM reporting.tickets WHERE $__timeFilter(created_at) AND {OF_TEAMS} GROUP BY 1 ORDER BY 1
                """,
                "time_series",
            ),
            stacked=True,
        ),
        panels.over_time(
            "Status changes over time",
            "How often tickets got each status, by day, in all teams. A new ticket has changed nothing yet.",
            sql(
                f"""
                SELECT date_trunc('day', created_at, {ZONE}) AS time, status_to AS metric, count(*) AS value
                FROM reporting.status_changes WHERE $__timeFilter(created_at) GROUP BY 1, 2 ORDER BY 1, 2
                """,
                "time_series",
            ),
            stacked=True,
        ),
    ]


def shares() -> list[object]:
    return [
        panels.pie(
            "Active by priority",
            "Active tickets by how urgent they are now.",
            sql(f"SELECT priority, count(*) {ACTIVE} GROUP BY priority ORDER BY {RANK}", "table"),
        ),
        panels.pie(
            "Active by status",
            "Active tickets by what they wait for.",
            sql(f"SELECT status, count(*) {ACTIVE} GROUP BY status ORDER BY {ORDER_OF_LIFE}", "table"),
        ),
        panels.pie(
            "Created by source",
            "Tickets created in the period by how they came in.",
            sql(
                f"""
                SELECT value AS source, sum(created) AS created FROM reporting.days
                WHERE dimension = 'source' AND {OF_TEAMS} AND {DAYS}
                GROUP BY value HAVING sum(created) > 0 ORDER BY 2 DESC
                """,
                "table",
            ),
        ),
    ]


def people() -> list[object]:
    return [
        panels.bars(
            "Resolved by agent",
            "Who resolved most in the period: tickets by who has them now. The first ten.",
            sql(
                f"""
                SELECT coalesce(name, 'nobody') AS agent, sum(resolved) AS resolved FROM reporting.days
                WHERE dimension = 'agent' AND {OF_TEAMS} AND {DAYS}
                GROUP BY 1 HAVING sum(resolved) > 0 ORDER BY 2 DESC, 1 LIMIT 10
                """,
                "table",
            ),
            of="agent",
            across=True,
        ),
        panels.bars(
            "Active by agent",
            "How many active tickets each has now. The first ten.",
            sql(
                f"""
                SELECT coalesce(assignee, 'nobody') AS agent, count(*) AS active {ACTIVE}
                GROUP BY 1 ORDER BY 2 DESC, 1 LIMIT 10
                """,
                "table",
            ),
            of="agent",
            across=True,
        ),
        panels.bars(
            "Created by team",
            "Tickets created in the period by the team that has them now.",
            sql(
                f"""
                SELECT team, sum(created) AS created, sum(resolved) AS resolved {IN_PERIOD}
                GROUP BY team ORDER BY 2 DESC, 1 LIMIT 10
                """,
                "table",
            ),
            of="team",
            across=True,
        ),
    ]


def quality() -> list[object]:
    return [
        panels.duration(
            "Resolution time",
            "From creation to resolution, nights and pauses included: the seconds of what was resolved "
            "in the period, divided by how many that were.",
            sql(
                f"""
                SELECT sum(resolution_seconds) / nullif(sum(resolutions), 0) AS "on average" {IN_PERIOD}
                """,
                "table",
            ),
            good=86_400,
            fair=3 * 86_400,
        ),
        panels.over_time(
            "Time to first response",
            "From creation to the first public answer of the staff, by the day of the answer, on average: "
            "real time, and business time without pauses where a calendar promised it.",
            sql(
                f"""
                SELECT begins_at AS time,
                    sum(first_response_seconds) / nullif(sum(first_responses), 0) AS "real time",
                    sum(business_first_response_seconds) / nullif(sum(business_first_responses), 0)
                        AS "business time"
                {IN_PERIOD} GROUP BY begins_at ORDER BY begins_at
                """,
                "time_series",
            ),
            unit="s",
            width=8,
        ),
        panels.share(
            "Satisfaction",
            "Ratings of four and five stars, divided by all ratings given in the period.",
            sql(
                f"""
                SELECT 1.0 * sum(rated_good) / nullif(sum(rated), 0) AS good {IN_PERIOD}
                """,
                "table",
            ),
            good=0.9,
            fair=0.75,
        ),
    ]


def desk() -> Dashboard:
    return panels.page(
        "mesa-desk",
        "Mesa: the desk",
        "What there is to do now, what came and went in the period, who did it, how long it took.",
        "now-30d",
        [*now(), *flow(), *shares(), *people(), *quality()],
        [panels.choice("team", "Team", TEAMS)],
    )
