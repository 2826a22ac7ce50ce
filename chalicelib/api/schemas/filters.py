"""The filter of tickets: one shape for the list's query string, for views and for work on many tickets."""

import re
from datetime import UTC, datetime
from typing import Annotated, Any, ClassVar, Literal
from uuid import UUID

from pydantic import BeforeValidator, Field, StringConstraints

from chalicelib.api.schemas.common import In, PageQuery
from chalicelib.api.schemas.words import PriorityList, StatusList, TypeList

# RFC 3339. A query string makes a space of a plus that is not escaped.
INSTANT = re.compile(
    r"(\d{4}-\d\d-\d\d)[Tt ](\d\d:\d\d(?::\d\d(?:\.\d+)?)?)(?:([+ -])(\d\d:\d\d)|[Zz])", re.ASCII
)


def instant(value: Any) -> datetime:
    """An aware time, of a year that a ticket can have: one without its zone is nobody's. Or ValueError."""
    if isinstance(value, datetime):
        value = value.isoformat()
    parts = INSTANT.fullmatch(value) if isinstance(value, str) else None
    if parts is None:
        raise ValueError("Use a time with its offset, as in 2026-11-20T09:00:00Z")
    day, clock, sign, offset = parts.groups()
    zone = f"{'+' if sign == ' ' else sign}{offset}" if sign else "+00:00"
    try:
        found = datetime.fromisoformat(f"{day}T{clock}{zone}").astimezone(UTC)
    except (ValueError, OverflowError):
        raise ValueError("There is no such time") from None
    if not 1970 <= found.year <= 9000:
        raise ValueError("This is no year in which something can have happened")
    return found


Instant = Annotated[datetime, BeforeValidator(instant)]
Days = Annotated[int, Field(ge=1, le=3650)]
FieldValue = Annotated[str, StringConstraints(max_length=1100)]


class TicketFilter(In):
    """Which tickets; what is left out is not asked for. `me` is who asks, `mine` are the own teams, `none` is
    nobody; `custom_field` is `key:value`, up to five times, all of them. What counts in days or hours counts
    from the moment when it is read."""

    REPEATED: ClassVar[frozenset[str]] = frozenset({"custom_field"})

    query: Annotated[str, StringConstraints(min_length=1, max_length=200)] | None = None
    status: StatusList | None = None
    priority: PriorityList | None = None
    type: TypeList | None = None
    assignee: UUID | Literal["me", "none"] | None = None
    team: UUID | Literal["mine"] | None = None
    requester: UUID | Literal["me"] | None = None
    organisation: UUID | Literal["none"] | None = None
    tag: Annotated[str, StringConstraints(max_length=50, to_lower=True)] | None = None
    # key:value, given up to five times.
    custom_field: Annotated[list[FieldValue], Field(max_length=5)] | None = None
    breached: bool | None = None
    archived: bool = False
    created_after: Instant | None = None
    created_before: Instant | None = None
    created_within_days: Days | None = None
    updated_after: Instant | None = None
    updated_within_days: Days | None = None
    not_updated_for_days: Days | None = None
    due_within_hours: Annotated[int, Field(ge=1, le=8760)] | None = None

    def plain(self) -> dict[str, Any]:
        """The filter as JSON that can be kept, and as tickets/filtering.py reads it."""
        names = set(TicketFilter.model_fields)
        return self.model_dump(mode="json", include=names, exclude_none=True, exclude_defaults=True)


Sort = Literal[
    "created_at", "-created_at", "updated_at", "-updated_at", "due_at", "-due_at", "priority", "-priority"
]


class TicketQuery(PageQuery, TicketFilter):
    """Filters and sort of a list of tickets. `custom_field` is `key:value`, up to five times; `count` counts
    what there is on all pages, to 10,000. `relevance` is the order of what a `query` found: the best
    first."""

    sort: Sort | Literal["relevance"] = "-created_at"
    count: bool = False
