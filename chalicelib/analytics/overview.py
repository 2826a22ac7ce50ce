"""The desk in figures: of a period, of as many days before, and group by group."""

from typing import Any, Final

from chalicelib.accounts.actor import Actor
from chalicelib.accounts.permissions import Permission
from chalicelib.analytics import insight_queries as queries
from chalicelib.analytics.insight import AGENT, Asked, Found, Scope, compared, scope
from chalicelib.core.db import Transaction
from chalicelib.models.words import Priority, Source, Status, TicketType

DIMENSIONS: Final = ("status", "priority", "type", "category", "team", AGENT, "source")
# Groups of a dimension, the largest of them.
MOST: Final = 100
ORDERS: Final = {
    "status": [word.value for word in Status],
    "priority": [word.value for word in reversed(list(Priority))],
    "type": [word.value for word in TicketType],
    "source": [word.value for word in Source],
}


def overview(tx: Transaction, actor: Actor, asked: Asked) -> dict[str, Any]:
    """`total` and, of each of DIMENSIONS, the groups that there is something of, each with the figures before
    and what changed. Two statements. Shapes: api/schemas/insight.py. Raises as insight.scope does."""
    within = scope(tx, actor, asked)
    period = within.period
    days = {"first": period.first, "last": period.last}
    row = queries.figures(tx, actor.workspace.id, days, within.teams, ("all", *DIMENSIONS))
    found = Found.of(row)
    total = found.whole()
    answer = {**within.bounds(), "total": compared(total[False], total[True])}
    for dimension in DIMENSIONS:
        answer |= _groups(actor, within, found, dimension)
    return answer


def seen(actor: Actor, dimension: str, values: list[str]) -> list[str]:
    """Those of which the actor may know: the figures of colleagues are between each and who leads them."""
    if dimension != AGENT or actor.may(Permission.ANALYTICS_READ_PEOPLE):
        return values
    return [value for value in values if value in ("", str(actor.id))]


def group_name(within: Scope, agents: Any, dimension: str, value: str) -> str | None:
    """What a group is called; null for none."""
    if not value:
        return None
    names = {"team": within.names, AGENT: agents}.get(dimension)
    return names.get(value) if names is not None else value


def in_order(dimension: str, groups: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Words in their own order, the rest by name, none at last."""
    order = {word: place for place, word in enumerate(ORDERS.get(dimension, ()))}

    def key(group: dict[str, Any]) -> Any:
        value = group["value"]
        return (value is None, order.get(value, len(order)), (group["name"] or "").casefold(), value or "")

    return sorted(groups, key=key)


def _groups(actor: Actor, within: Scope, found: Found, dimension: str) -> dict[str, Any]:
    groups = [
        {
            "value": value or None,
            "name": group_name(within, found.agents, dimension, value),
            **found.brief(dimension, value),
        }
        for value in seen(actor, dimension, found.values(dimension))
    ]
    largest = sorted(groups, key=_size, reverse=True)[:MOST]
    return {
        f"by_{dimension}": in_order(dimension, largest),
        f"more_by_{dimension}": len(groups) - len(largest),
    }


def _size(group: dict[str, Any]) -> int:
    return int(group["created"] + group["resolved"] + group["backlog"])
