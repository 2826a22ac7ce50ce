"""The SQL of what is behind a figure: the targets themselves, with their tickets, a page at a time."""

from collections.abc import Mapping, Sequence
from typing import Any, Literal, TypeAlias

from sqlalchemy import Row

from chalicelib.accounts.actor import Actor
from chalicelib.accounts.queries import listed
from chalicelib.analytics.queries import DIMENSIONS
from chalicelib.core.db import Transaction
from chalicelib.core.paging import Page
from chalicelib.tickets.visibility import visible_to

Outcome: TypeAlias = Literal["met", "breached", "running", "fulfilled"]

OPEN = "g.fulfilled_at IS NULL AND g.ended_at IS NULL AND g.breached_at IS NULL"
DECIDED = "g.decided_at >= :since AND g.decided_at < :until"
# When, and which: those that queries.py counts under the same names, and as `fulfilled` those whose minutes
# it tells. Each part has an index.
PARTS: Mapping[Outcome, Sequence[tuple[str, str]]] = {
    "met": (("g.decided_at", f"{DECIDED} AND g.breached_at IS NULL"),),
    "breached": (
        ("g.decided_at", f"{DECIDED} AND g.breached_at IS NOT NULL"),
        ("g.due_at", f"{OPEN} AND g.due_at < now() AND g.due_at >= :since AND g.due_at < :until"),
    ),
    "running": (("g.started_at", f"{OPEN} AND (g.due_at IS NULL OR g.due_at >= now())"),),
    "fulfilled": (
        ("g.fulfilled_at", f"{DECIDED} AND g.breached_at IS NULL"),
        (
            "g.fulfilled_at",
            "g.breached_at IS NOT NULL AND g.fulfilled_at >= :since AND g.fulfilled_at < :until",
        ),
    ),
}
COLUMNS = """g.id, g.metric, g.cycle, g.priority, g.minutes, g.used_minutes, g.started_at, g.due_at,
    g.paused_at, g.fulfilled_at, g.breached_at, g.at, coalesce(g.used_minutes, 0) AS took,
    g.policy_id, g.team_id,
    t.id AS ticket_id, t.number, t.label, t.subject, t.status"""
SORTS = {"at": "g.at", "used_minutes": "coalesce(g.used_minutes, 0)"}


def targets(
    tx: Transaction,
    actor: Actor,
    outcome: Outcome,
    filters: Mapping[str, Sequence[Any]],
    bounds: Mapping[str, Any],
    page: Page,
    sort: str,
    after: Sequence[Any] | None,
) -> Sequence[Row[Any]]:
    """Of tickets that the actor sees. `bounds`: since and until; `filters` as attainment takes them."""
    only = "".join(
        f" AND g.{column} = ANY(CAST(:only_{name} AS {array}))"
        for name, (column, array) in DIMENSIONS.items()
        if name in filters
    )
    parts = " UNION ALL ".join(
        f"SELECT g.*, {at} AS at FROM sla_targets g WHERE g.workspace_id = :workspace_id AND {which}{only}"
        for at, which in PARTS[outcome]
    )
    visible, values = visible_to(actor)
    values |= {f"only_{name}": list(wanted) for name, wanted in filters.items()}
    values |= {"workspace_id": actor.workspace.id}
    if outcome != "running":
        values |= bounds
    source = f"({parts}) AS g JOIN tickets t ON t.workspace_id = g.workspace_id AND t.id = g.ticket_id"
    return listed(tx, COLUMNS, source, [visible], values, page, sort, SORTS, "g.id", after)
