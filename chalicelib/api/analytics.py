"""Door: how the desk does, in figures."""

from chalicelib.analytics.attainment import Wanted, attainment
from chalicelib.analytics.tracing import targets
from chalicelib.api.endpoint import Answer, Call
from chalicelib.api.resource import Routes
from chalicelib.api.schemas.analytics import (
    AttainmentOut,
    AttainmentQuery,
    CountedTargetOut,
    Dimension,
    TargetsQuery,
)
from chalicelib.api.schemas.common import Page
from chalicelib.core import paging

routes = Routes(__name__, tag="Analytics")

NOBODY = {"count": 0, "average": None, "p50": None, "p90": None, "p95": None}
OCTOBER = {
    "met": 188,
    "breached": 12,
    "attainment": 0.94,
    "business_minutes": {"count": 197, "average": 151.2, "p50": 96.5, "p90": 402.75, "p95": 466.1},
    "calendar_minutes": {"count": 197, "average": 611.4, "p50": 240.0, "p90": 1502.5, "p95": 2870.33},
}
SEPTEMBER = {
    "met": 0,
    "breached": 0,
    "attainment": None,
    "business_minutes": NOBODY,
    "calendar_minutes": NOBODY,
}
TOTAL = {**OCTOBER, "running": 31, "previous": SEPTEMBER, "attainment_change": None, "series": None}
EXAMPLE = {
    "timezone": "Europe/Madrid",
    "from": "2026-10-01",
    "to": "2026-10-31",
    "since": "2026-09-30T22:00:00Z",
    "until": "2026-10-31T23:00:00Z",
    "previous": {
        "from": "2026-08-31",
        "to": "2026-09-30",
        "since": "2026-08-30T22:00:00Z",
        "until": "2026-09-30T22:00:00Z",
    },
    "interval": None,
    "group_by": ["metric"],
    "total": TOTAL,
    "groups": [{**TOTAL, "metric": "resolution", "policy": None, "team": None, "priority": None}],
}


@routes.get(
    "/v1/analytics/sla",
    summary="How promises were kept: attainment and minutes by metric, policy, team, priority and period",
    answer=AttainmentOut,
    examples={"answer": EXAMPLE},
)
def show_sla_attainment(call: Call, query: AttainmentQuery) -> Answer:
    """A promise counts in the days in which it was kept or broken, whichever came first; its minutes count
    in those in which it was fulfilled. `group_by` takes several at once, for a group of each combination."""
    group_by = query.group_by or [Dimension.METRIC]
    wanted = Wanted(query.first, query.last, query.days, query.interval, group_by, query.filters())
    return Answer(attainment(call.tx, call.actor, wanted))


@routes.get(
    "/v1/analytics/sla/targets",
    summary="What a figure counts: the promises kept, broken, running or fulfilled, with their tickets",
    answer=Page[CountedTargetOut],
)
def list_counted_targets(call: Call, query: TargetsQuery) -> Answer:
    """Days and filters as for the figure. `fulfilled` are those whose minutes are told."""
    wanted = Wanted(query.first, query.last, query.days, filters=query.filters())
    page = paging.Page(query.limit, query.cursor, query.offset)
    return Answer(targets(call.tx, call.actor, wanted, query.outcome, page, query.sort))
