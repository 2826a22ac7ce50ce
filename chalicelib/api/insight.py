"""Door: the desk, its agents and their work over time, in figures of days."""

from typing import Any
from uuid import UUID

from chalicelib.analytics import overview, person, series
from chalicelib.analytics.series_question import Series
from chalicelib.api.endpoint import Answer, Call
from chalicelib.api.resource import Routes
from chalicelib.api.schemas.figures import Figure
from chalicelib.api.schemas.insight import (
    AgentOut,
    DaysQuery,
    OverviewOut,
    OverviewQuery,
    SeriesOut,
    SeriesQuery,
)

routes = Routes(__name__, tag="Analytics")

DAYS = {
    "timezone": "Europe/Madrid",
    "recounting": False,
    "from": "2026-10-01",
    "to": "2026-10-31",
    "since": "2026-09-30T22:00:00Z",
    "until": "2026-10-31T23:00:00Z",
    "previous_days": {
        "from": "2026-08-31",
        "to": "2026-09-30",
        "since": "2026-08-30T22:00:00Z",
        "until": "2026-09-30T22:00:00Z",
    },
}
COUNTS: dict[str, Any] = {
    "created": 210,
    "resolved": 198,
    "reopened": 6,
    "breached": 12,
    "backlog": 41,
    "ratings": 64,
    "rating_average": 4.31,
    "satisfaction": 0.8594,
    "first_responses": 201,
    "first_response_average": 44.2,
    "business_first_responses": 201,
    "business_first_response_average": 21.75,
    "resolutions": 198,
    "resolution_average": 611.4,
    "business_resolutions": 196,
    "business_resolution_average": 151.2,
}
MIDDLES: dict[str, Any] = {
    "first_response_median": 18.4,
    "first_response_p90": 120.5,
    "business_first_response_median": 12.1,
    "business_first_response_p90": 55.0,
    "resolution_median": 240.6,
    "resolution_p90": 1502.5,
    "business_resolution_median": 96.5,
    "business_resolution_p90": 402.75,
}
WHOLE = {**COUNTS, **MIDDLES}
HERS = {**WHOLE, "minutes_logged": 2440, "attainment": 0.94}


def _compared(figures: dict[str, Any]) -> dict[str, Any]:
    before = {**figures, "created": 180, "backlog": 29}
    change = {name: round(value - before[name], 4) for name, value in figures.items()}
    return {**figures, "previous": before, "change": change}


TEAM = "0198f3a0-6f5c-7c3e-9a41-2f1d5b8e7a60"
OVERVIEW = {
    **DAYS,
    "total": _compared(WHOLE),
    **{f"by_{name}": [] for name in overview.DIMENSIONS},
    "by_team": [{"value": TEAM, "name": "Networks", **_compared(COUNTS)}],
    **{f"more_by_{name}": 0 for name in overview.DIMENSIONS},
}
ANA = {"id": "0198f3a0-6f5c-7c3e-9a41-2f1d5b8e7a61", "name": "Ana", "email": "ana@acme.example"}
AGENT = {
    **DAYS,
    "agent": ANA,
    "assigned": {"active": 9, "by_status": {"new": 0, "open": 6, "pending": 2, "on_hold": 1}},
    "total": _compared(HERS),
}
SERIES = {
    **DAYS,
    "interval": "month",
    "metric": ["created", "resolved"],
    "group_by": None,
    "series": [
        {
            "value": None,
            "name": None,
            "points": [
                {
                    **{name: DAYS[name] for name in ("from", "to", "since", "until")},
                    "figures": {"created": 210, "resolved": 198},
                }
            ],
        }
    ],
}


@routes.get(
    "/v1/analytics/dashboard",
    summary="The desk in figures: of a period, against that before, and by what tickets are",
    answer=OverviewOut,
    examples={"answer": OVERVIEW},
)
def show_insight_dashboard(call: Call, query: OverviewQuery) -> Answer:
    """Times are in minutes. Groups are by what tickets are now, whenever it happened; agents see that of
    themselves among `by_agent`."""
    return Answer(overview.overview(call.tx, call.actor, query.asked(query.team)))


@routes.get(
    "/v1/analytics/agents/{user_id}",
    summary="An agent in figures: assigned now, done in a period, and what changed",
    answer=AgentOut,
    examples={"answer": AGENT},
)
def show_agent_figures(call: Call, user_id: UUID, query: DaysQuery) -> Answer:
    """Of the tickets that are assigned to the agent now. Agents see their own figures, admins and
    dispatchers everybody's."""
    return Answer(person.person(call.tx, call.actor, user_id, query.asked()))


@routes.get(
    "/v1/analytics/series",
    summary="Figures over time: by hour, day, week or month, or as the hours of a week",
    answer=SeriesOut,
    examples={"answer": SERIES},
)
def show_insight_series(call: Call, query: SeriesQuery) -> Answer:
    """Every step of the period has a point, with zeros where nothing was; times and ratings are null there.
    `interval=hour` (31 days at the most) and `weekday_hour` tell `created`, `resolved` and `reopened`."""
    metrics = [metric.value for metric in query.metric or (Figure.CREATED, Figure.RESOLVED)]
    asked = query.asked(query.team)
    wanted = Series(asked, metrics, query.interval, query.group_by, query.only())
    return Answer(series.series(call.tx, call.actor, wanted))
