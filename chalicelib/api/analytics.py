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


@routes.get(
    "/v1/analytics/sla",
    summary="How promises were kept: attainment and minutes by metric, policy, team, priority and period",
    answer=AttainmentOut,
)
def show_attainment(call: Call, query: AttainmentQuery) -> Answer:
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
