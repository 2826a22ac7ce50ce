"""The dashboard: what is at work now, as somebody sees it, and which tickets need attention first."""

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from zoneinfo import ZoneInfo

from chalicelib.accounts.actor import Actor
from chalicelib.accounts.permissions import Permission
from chalicelib.analytics import dashboard_queries as queries
from chalicelib.analytics.periods import Period
from chalicelib.core.db import Transaction
from chalicelib.models.words import Priority, Status
from chalicelib.tickets.lifecycle import ACTIVE

# So many tickets at work are counted; where there are more, there are at least as many as is told.
MOST = 50_000
FIGURES = ("active", "unassigned", "due_today", "breached")


@dataclass(frozen=True)
class Dashboard:
    """`figures` as answers have them, and the tickets that need attention, rows of views.LISTED with the
    reason for each, in order."""

    figures: dict[str, Any]
    attention: Sequence[tuple[Any, str]]


def dashboard(tx: Transaction, actor: Actor, limit: int) -> Dashboard:
    """Counts of the active tickets that the actor sees, and at most `limit` of them to look at. A day is one
    of the workspace's clocks. Two statements, whatever there is. Raises Forbidden."""
    actor.require(Permission.TICKETS_READ, "You see no tickets here.")
    zone = ZoneInfo(actor.workspace.timezone)
    day = actor.now.astimezone(zone).date()
    today = Period(day, day, zone)
    found = queries.at_work(tx, actor, today.since, today.until, limit, MOST + 1)
    reasons = dict(found["attention"])
    rows = {str(row.id): row for row in queries.tickets(tx, actor, list(reasons))} if reasons else {}
    figures = {"timezone": zone.key, "today": day, "since": today.since, "until": today.until}
    return Dashboard(
        figures | _counts(found),
        [(rows[id], reason) for id, reason in reasons.items() if id in rows],
    )


def _counts(found: Mapping[str, Any]) -> dict[str, Any]:
    by_status: Counter[str] = Counter()
    by_priority: Counter[str] = Counter()
    by_team: dict[str, Counter[str]] = defaultdict(Counter)
    for team, status, priority, active in found["groups"]:
        by_status[status] += active
        by_priority[priority] += active
        by_team[team].update(active=active)
    for team, *figures in found["pressing"]:
        by_team[team].update(dict(zip(FIGURES[1:], figures, strict=True)))
    total: Counter[str] = sum(by_team.values(), Counter())
    teams = sorted(found["teams"].items(), key=lambda team: (team[1].casefold(), team[0]))
    return {
        **{name: total[name] for name in FIGURES},
        "active": min(total["active"], MOST),
        "counts_are_exact": total["active"] <= MOST,
        "by_status": {status.value: by_status[status] for status in Status if status in ACTIVE},
        "by_priority": {priority.value: by_priority[priority] for priority in reversed(list(Priority))},
        "by_team": [
            {"team": {"id": id, "name": name}, **{figure: by_team[id][figure] for figure in FIGURES}}
            for id, name in teams
        ],
    }
