"""One agent in figures: what was done of the tickets that are the agent's now."""

from typing import Any
from uuid import UUID

from chalicelib.accounts.actor import Actor
from chalicelib.accounts.permissions import Permission, Role
from chalicelib.analytics import insight_queries as queries
from chalicelib.analytics.attainment import LONGEST
from chalicelib.analytics.insight import Asked, Found, bounds, compared, period_of
from chalicelib.analytics.periods import Period
from chalicelib.core.db import Transaction, in_time
from chalicelib.core.errors import Forbidden, NotFound, Unavailable
from chalicelib.models.words import Status
from chalicelib.tickets.lifecycle import ACTIVE


def person(tx: Transaction, actor: Actor, user_id: UUID, asked: Asked) -> dict[str, Any]:
    """Figures of somebody of the staff, of a period and before it, and what is assigned now. Whole days of
    all teams, whoever asks: it is the agent's own. Raises Forbidden, NotFound, Unavailable, ValidationFailed.
    """
    actor.require(Permission.ANALYTICS_READ, "Figures of the desk are between colleagues.")
    row = queries.person(tx, actor.workspace.id, user_id)
    if row is None or not Role(row.role).is_staff:
        raise NotFound("There is nobody of the staff with this id.")
    if user_id != actor.user_id and not actor.may(Permission.ANALYTICS_READ_PEOPLE):
        raise Forbidden("You see your own figures; those of colleagues are between them and who leads them.")
    period = period_of(actor, row.complete, row.timezone, asked)
    figures = _counted(tx, actor, user_id, period)
    by_status = {status.value: row.assigned.get(status.value, 0) for status in Status if status in ACTIVE}
    return {
        "timezone": row.timezone,
        "recounting": row.timezone != actor.workspace.timezone,
        **bounds(period),
        "previous_days": bounds(period.before()),
        "agent": {"id": row.id, "name": row.name, "email": row.email},
        "assigned": {"active": sum(by_status.values()), "by_status": by_status},
        "total": compared(figures[False], figures[True]),
    }


def _counted(tx: Transaction, actor: Actor, user_id: UUID, period: Period) -> dict[bool, dict[str, Any]]:
    before = period.before()
    asked = {"first": period.first, "last": period.last, "since": period.since, "until": period.until}
    asked |= {"earlier": before.first, "before": before.since}
    row = in_time(tx, LONGEST, lambda: queries.figures_of(tx, actor.workspace.id, user_id, asked))
    if row is None:
        raise Unavailable("This takes too long to count. Ask for fewer days.", retry_after=60)
    figures = Found.of(row).whole("agent", str(user_id))
    for work in row.work:
        decided = work["met"] + work["broken"]
        figures[work["previous"]] |= {
            "minutes_logged": int(work["minutes_logged"]),
            "attainment": round(work["met"] / decided, 6) if decided else None,
        }
    return figures
