"""Views: filters of tickets that are saved, own or shared with the staff or with teams. Whoever looks at one
sees the tickets that they may see, and is the `me` of it."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import Row

from chalicelib.accounts.actor import Actor
from chalicelib.accounts.permissions import Permission
from chalicelib.core.db import Transaction
from chalicelib.core.errors import NotFound, ValidationFailed
from chalicelib.core.paging import Page, answer
from chalicelib.tickets import field_values, filtering
from chalicelib.tickets import saved_view_queries as queries
from chalicelib.tickets.counting import Conditions, counts

ORDER = "position"
ORDER_TYPES = (bool, int, UUID)
HIDDEN = ("fields", "team_ids")


def get(tx: Transaction, actor: Actor, view_id: UUID) -> dict[str, Any]:
    """One view: saving_views.FACTS but the team ids, with the `teams`, and `unknown`: the names in its filter
    of what is not there any more. Raises Forbidden, NotFound."""
    return _shape(_seen(tx, actor, view_id))


def listing(
    tx: Transaction,
    actor: Actor,
    page: Page,
    *,
    active: bool | None = None,
    shared: bool | None = None,
    with_counts: bool = False,
) -> dict[str, Any]:
    """A page of the views that the actor sees, the shared ones first; with how many tickets each has, as
    counting.counts tells it. Raises Forbidden."""
    require_staff(actor)
    after = page.after(ORDER, ORDER_TYPES)
    rows = queries.list_views(tx, viewer(actor), page, after, active=active, shared=shared)
    found = answer(rows, page, ORDER, lambda row: (not row.shared, row.position, row.id), _shape)
    if with_counts:
        shown = rows[: len(found["items"])]
        for item, counted in zip(found["items"], counts(tx, actor, _meant(tx, actor, shown)), strict=True):
            item |= counted
    return found


def look(tx: Transaction, actor: Actor, view_id: UUID) -> tuple[dict[str, Any], Conditions | None]:
    """One view, and the conditions that it puts to tickets for this actor; None where none can meet them.
    Raises as `get` does."""
    row = _seen(tx, actor, view_id)
    return _shape(row), _meant(tx, actor, [row])[0]


def _seen(tx: Transaction, actor: Actor, view_id: UUID) -> Row[Any]:
    require_staff(actor)
    row = queries.view(tx, viewer(actor), view_id)
    if row is None:
        raise no_such_view()
    return row


def _meant(tx: Transaction, actor: Actor, rows: Sequence[Row[Any]]) -> list[Conditions | None]:
    """What each view asks of tickets; None for what has no sense any more, or none for a program."""
    fields = field_values.read(rows[0].fields) if rows else []
    found: list[Conditions | None] = []
    for row in rows:
        try:
            found.append(filtering.conditions(tx, actor, row.filter, fields=fields))
        except (ValidationFailed, TypeError, ValueError):
            # The last two: where erasing somebody has left no id, number or time.
            found.append(None)
    return found


def viewer(actor: Actor) -> dict[str, Any]:
    """Who looks, as the queries ask."""
    return {
        "workspace_id": actor.workspace.id,
        "user_id": actor.user_id,
        "team_ids": sorted(actor.team_ids),
        "manages": actor.may(Permission.VIEWS_MANAGE_SHARED),
    }


def _shape(row: Row[Any]) -> dict[str, Any]:
    return {name: value for name, value in row._mapping.items() if name not in HIDDEN}


def require_staff(actor: Actor) -> None:
    """Raises Forbidden."""
    actor.require(Permission.VIEWS_USE, "Views are the staff's.")


def no_such_view() -> NotFound:
    return NotFound("There is no such view.")
