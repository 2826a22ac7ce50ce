"""Door: what is at work now."""

from chalicelib.analytics.dashboard import dashboard
from chalicelib.api.endpoint import Answer, Call
from chalicelib.api.resource import Routes
from chalicelib.api.schemas.dashboard import DashboardOut, DashboardQuery
from chalicelib.api.schemas.tickets import listed

routes = Routes(__name__, tag="Analytics")

NETWORKS = {"id": "0198f3a0-6f5c-7c3e-9a41-2f1d5b8e7a60", "name": "Networks"}
EXAMPLE = {
    "timezone": "Europe/Madrid",
    "today": "2026-11-20",
    "since": "2026-11-19T23:00:00Z",
    "until": "2026-11-20T23:00:00Z",
    "active": 42,
    "unassigned": 7,
    "due_today": 5,
    "breached": 3,
    "counts_are_exact": True,
    "by_status": {"new": 7, "open": 24, "pending": 8, "on_hold": 3},
    "by_priority": {"urgent": 4, "high": 11, "medium": 19, "low": 8},
    "by_team": [{"team": NETWORKS, "active": 42, "unassigned": 7, "due_today": 5, "breached": 3}],
    "attention": [],
}


@routes.get(
    "/v1/dashboard",
    summary="What is at work now: counts, and the tickets that need attention first",
    answer=DashboardOut,
    examples={"answer": EXAMPLE},
)
def show_dashboard(call: Call, query: DashboardQuery) -> Answer:
    """Of the active tickets that you see: admins and dispatchers those of the desk, agents those of their
    teams and their own, customers theirs. What needs attention comes in this order, each by due time:
    `breached`, `due_today`, `urgent_unassigned`, `due_later`, `not_due` (paused, or nothing is promised)."""
    found = dashboard(call.tx, call.actor, query.limit)
    rows = [{**listed(row, call.actor), "reason": reason} for row, reason in found.attention]
    return Answer({**found.figures, "attention": rows})
