"""The change feed: every event of a desk, for whoever comes and asks what has happened since. docs/events.md
has the contract."""

from collections.abc import Collection, Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Row

from chalicelib.accounts.actor import Actor
from chalicelib.accounts.permissions import Permission
from chalicelib.core import paging
from chalicelib.core.db import Transaction
from chalicelib.core.errors import Gone, ValidationFailed
from chalicelib.core.paging import Int8
from chalicelib.tickets.visibility import sight_of
from chalicelib.webhooks import feed_queries
from chalicelib.webhooks.catalogue import KINDS

SORT = "feed"
PARTS = (Int8, Int8, datetime)
NOW = "now"
# Events are kept for 30 days. A cursor ends before what comes after it is purged, and whoever begins with the
# oldest has a day to come that far.
CURSORS_LAST = timedelta(days=29, hours=23)
FIRST = timedelta(days=29)

Place = tuple[int, int]


def listing(
    tx: Transaction, actor: Actor, after: str | None, types: Collection[str], limit: int
) -> dict[str, Any]:
    """`{items, next_cursor, has_more}`: events after a cursor, in order. `after`: None for the oldest, `now`
    for what is still to come. `types`: of KINDS, none for all.

    Raises Forbidden, ValidationFailed, and Gone for a cursor of which the rest is no longer kept.
    """
    actor.require(Permission.EVENTS_READ, "Only staff reads the feed of events.")
    if after == NOW:
        present = feed_queries.present(tx, actor.workspace.id)
        return {"items": [], "next_cursor": _cursor((present.horizon, 0), actor.now), "has_more": False}
    place, at = _place(actor, after) if after is not None else ((0, 0), actor.now - FIRST)
    page = paging.Page(limit)
    rows = feed_queries.page(
        tx,
        actor.workspace.id,
        place,
        types or KINDS.keys(),
        page.take,
        sight_of(actor),
        others=actor.may(Permission.EVENTS_READ_ALL),
    )
    first = rows[0]
    if place[0] > first.newest:
        raise Gone("This cursor is of another database than this one. Begin again without `after`.")
    if first.has_strangers:
        feed_queries.place_anew(tx, actor.workspace.id)
    return _answer(actor, page, rows, at)


def _place(actor: Actor, cursor: str) -> tuple[Place, datetime]:
    try:
        place, id, at = paging.decode(cursor, SORT, PARTS)
    except ValidationFailed as refused:
        raise _no_cursor() from refused
    if place < 0 or id < 0:
        raise _no_cursor()
    if at < actor.now - CURSORS_LAST:
        raise Gone(
            "What came after this cursor is not all kept any more: events live for 30 days. Begin again "
            "without `after`, and fetch anew what you keep of the desk."
        )
    return (place, id), at


def _no_cursor() -> ValidationFailed:
    return ValidationFailed.of(
        "after", "This is no cursor of this feed. Send a `next_cursor`, `now`, or nothing to begin."
    )


def _cursor(place: Place, at: datetime) -> str:
    return paging.encode(SORT, (*place, at))


def _answer(actor: Actor, page: paging.Page, rows: Sequence[Row[Any]], at: datetime) -> dict[str, Any]:
    """The next cursor is after the last item where there are more, after the last event that was looked at
    where there may be, else at the end of what there is by now. Its time never goes back, though that of
    events may."""
    first = rows[0]
    found = [row for row in rows if row.id is not None]
    shown = paging.answer(found, page, SORT, lambda row: (row.place, row.id, max(row.created_at, at)), shape)
    cursor, has_more = shown["next_cursor"], True
    if cursor is None and first.looked_at == feed_queries.LOOKED_AT:
        cursor = _cursor((first.last_place, first.last_id), max(first.last_at, at))
    elif cursor is None:
        cursor, has_more = _cursor((first.horizon, 0), actor.now), False
    return {"items": shown["items"], "next_cursor": cursor, "has_more": has_more}


def shape(row: Row[Any]) -> dict[str, Any]:
    """An event as the feed shows it: its `data` are those that a webhook with `include_internal` gets."""
    data = dict(row.payload) | ({"comment": row.comment} if row.comment is not None else {})
    return {
        "id": row.id,
        "type": row.type,
        "ticket_id": row.ticket_id,
        "sequence": row.sequence,
        "internal": row.internal,
        "created_at": row.created_at,
        "data": data,
    }
