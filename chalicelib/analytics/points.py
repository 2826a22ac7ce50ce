"""What of an event is a point in a time series: docs/insight.md has the table. Pure.

A point is made of its event alone, which never changes, so the same event makes the same bytes. What it tells
are ids and words of closed sets: no name, no address, no text that anybody wrote.
"""

from collections.abc import Iterator, Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

from chalicelib.core.event import Event
from chalicelib.core.line_protocol import Point, Value
from chalicelib.models.words import Status

MICROSECOND = timedelta(microseconds=1)
NANOSECONDS_A_MILLISECOND = 1_000_000
FINISHED = (Status.RESOLVED, Status.CLOSED, Status.CANCELLED)
TAGS = {
    "team": "team_id",
    "assignee": "assignee_id",
    "priority": "priority",
    "type": "type",
    "status": "status",
}
NOBODY = "none"


def points_of(event: Event) -> list[Point]:
    """An event's points, mostly none or one. Raises ValueError for an event of another shape."""
    if not event.type.startswith("ticket.") or event.ticket_id is None:
        return []
    told = event.payload if event.payload is not None else event.gist
    if told is None:
        raise ValueError("The event says nothing.")
    try:
        return list(_points(event, told))
    except (KeyError, TypeError, AttributeError, ValueError) as error:
        raise ValueError(f"The event has another shape: {error!r}") from error


def _points(event: Event, told: Mapping[str, Any]) -> Iterator[Point]:
    ticket, changes, meta = told["ticket"], told["changes"], told["meta"]
    age = (event.created_at - datetime.fromisoformat(ticket["created_at"])).total_seconds()
    status, assignee = changes.get("status"), changes.get("assignee_id")

    def point(
        name: str, at: datetime = event.created_at, *, seconds: float | None = None, **tags: str | None
    ) -> Point:
        own = {tag: ticket[fact] for tag, fact in TAGS.items()}
        fields: dict[str, Value | None] = {"count": 1, "seconds": seconds}
        fields |= {"ticket": ticket["label"], "ticket_id": str(event.ticket_id)}
        return Point(
            name, {"workspace": str(event.workspace_id), **own, **tags}, fields, moment(at, event.id)
        )

    match event.type:
        case "ticket.created":
            yield point("ticket_created", source=meta.get("source"))
            assignee = {"from": None, "to": ticket["assignee_id"]} if ticket["assignee_id"] else None
        case "ticket.commented":
            yield point("ticket_comment", visibility=meta["visibility"], by=told["actor"]["type"])
            if told.get("first_response"):
                yield point("ticket_first_response", seconds=age)
        case "ticket.sla_breached":
            at = datetime.fromisoformat(meta["at"]) if meta.get("at") else event.created_at
            yield point("ticket_breach", at, metric=meta["metric"])
    if status is not None:
        yield point("ticket_status", **{"from": status["from"], "status": status["to"]})
        if _ends_the_work(event, status):
            yield point("ticket_resolved", status=status["to"], seconds=age)
    if assignee is not None:
        yield point("ticket_assigned", assignee=assignee["to"] or NOBODY)


def _ends_the_work(event: Event, status: Mapping[str, str]) -> bool:
    """Resolved, or closed while it was being worked on; one that was merged goes on as another."""
    closes = status["to"] == Status.CLOSED and status["from"] not in FINISHED
    return status["to"] == Status.RESOLVED or (closes and event.type != "ticket.merged")


def moment(at: datetime, event_id: int) -> int:
    """The time of an event's points, in nanoseconds: to the millisecond, and below that the end of the
    event's id, so that what happened together stays apart."""
    microseconds = (at.astimezone(UTC) - datetime(1970, 1, 1, tzinfo=UTC)) // MICROSECOND
    return microseconds // 1000 * NANOSECONDS_A_MILLISECOND + event_id % NANOSECONDS_A_MILLISECOND
