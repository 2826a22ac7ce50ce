"""The change feed as it comes in and goes out."""

from datetime import datetime
from typing import Annotated, Any
from uuid import UUID

from pydantic import BeforeValidator, Field, StringConstraints, WithJsonSchema

from chalicelib.api.schemas.common import In, Out
from chalicelib.webhooks.catalogue import KINDS


def types(value: Any) -> list[str]:
    """A comma list of types; `ticket.*` is all that begin with `ticket.`."""
    found: set[str] = set()
    for part in filter(None, (part.strip().lower() for part in str(value).split(","))):
        of_it = {type for type in KINDS if type == part or (part[-2:] == ".*" and type.startswith(part[:-1]))}
        if not of_it:
            raise ValueError("Use types such as ticket.created or ticket.*: docs/webhooks.md has all of them")
        found |= of_it
    if not found:
        raise ValueError("This names nothing")
    return sorted(found)


TypeList = Annotated[
    list[str],
    BeforeValidator(types),
    WithJsonSchema({"type": "string", "description": "Comma list of types; ticket.* for all of tickets"}),
]


class EventQuery(In):
    """`after`: a `next_cursor` of this feed, `now` for what is still to come, or nothing for the oldest that
    there is. `types`: only these; other filters may come with each call, for the cursor knows none."""

    after: Annotated[str, StringConstraints(min_length=1, max_length=1000)] | None = None
    types: TypeList | None = None
    limit: Annotated[int, Field(ge=1, le=100)] = 25


class EventOut(Out):
    """Something that happened. It is known by its `id`; `sequence` counts what happened to its ticket.
    `internal`: no customer ever sees it. `data` is what webhooks are told of it."""

    id: int
    type: str
    ticket_id: UUID | None
    sequence: int | None
    internal: bool
    created_at: datetime
    data: dict[str, Any]


class FeedOut(Out):
    """`next_cursor` is always there: what comes later is behind it. `has_more`: whether to ask at once; a
    page may be short, or empty, before the end."""

    items: list[EventOut]
    next_cursor: str
    has_more: bool
