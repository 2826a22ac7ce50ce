"""From a figure back to what it counts: the targets behind it, with their tickets."""

from datetime import datetime
from typing import Any
from uuid import UUID

from chalicelib.accounts.actor import Actor
from chalicelib.analytics import target_queries
from chalicelib.analytics.attainment import Names, Wanted, named, within_sight
from chalicelib.analytics.target_queries import Outcome
from chalicelib.core.db import Transaction
from chalicelib.core.paging import Page, answer
from chalicelib.tickets.filtering import mark

SHOWN = (
    *("id", "metric", "cycle", "priority", "at", "minutes", "used_minutes"),
    *("started_at", "due_at", "fulfilled_at", "breached_at"),
)
TICKET = ("number", "label", "subject", "status")
KEYS = {"at": ("at", datetime), "used_minutes": ("took", float)}


def targets(
    tx: Transaction, actor: Actor, wanted: Wanted, outcome: Outcome, page: Page, sort: str
) -> dict[str, Any]:
    """A page of what `attainment` counts as `outcome` for the same question, as far as the actor sees the
    tickets. `fulfilled`: those whose minutes it tells. Raises as it does."""
    period, filters, names = within_sight(tx, actor, wanted)
    plain = {name: [str(value) for value in values] for name, values in filters.items()}
    cursor_sort = sort + mark({**plain, "days": f"{period.first} {period.last}"}, f"sla {outcome} ")
    column, kind = KEYS[sort.removeprefix("-")]
    rows = target_queries.targets(
        tx,
        actor,
        outcome,
        filters,
        {"since": period.since, "until": period.until},
        page,
        sort,
        page.after(cursor_sort, (kind, UUID)),
    )
    return answer(
        rows, page, cursor_sort, lambda row: (getattr(row, column), row.id), lambda row: _shape(row, names)
    )


def _shape(row: Any, names: Names) -> dict[str, Any]:
    return {
        **{name: getattr(row, name) for name in SHOWN},
        "paused": row.paused_at is not None,
        "policy": named("policy", row.policy_id, names),
        "team": named("team", row.team_id, names),
        "ticket": {"id": row.ticket_id, **{name: getattr(row, name) for name in TICKET}},
    }
