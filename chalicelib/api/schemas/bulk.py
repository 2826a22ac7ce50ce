"""Changes of many tickets as they come in and go out."""

from typing import Annotated, Any, Literal
from uuid import UUID

from pydantic import Discriminator, Field, Tag

from chalicelib.api.schemas.actions import ActionsOnce
from chalicelib.api.schemas.common import In, Out
from chalicelib.api.schemas.filters import TicketFilter
from chalicelib.api.schemas.jobs import ItemErrorOut
from chalicelib.tickets.bulk import MOST

Version = Annotated[int, Field(ge=1, le=2**31 - 1)]


class TicketAt(In):
    """A ticket as it was seen: at another version it is left alone, with `OPTIMISTIC_LOCK`."""

    id: UUID
    version: Version


def kind(value: Any) -> str:
    """Which of the two was meant, so that a fault is told of that one alone."""
    return "ticket" if isinstance(value, dict | TicketAt) else "id"


Named = Annotated[Annotated[UUID, Tag("id")] | Annotated[TicketAt, Tag("ticket")], Discriminator(kind)]


class BulkIn(In):
    """The same `actions` for many tickets: those of `ticket_ids` (ids, or ids with the version that was
    seen), or those that a `filter` means at this moment, 500 at most. One or the other. `dry_run`: only say
    what would become of each of up to 50."""

    ticket_ids: Annotated[list[Named], Field(min_length=1, max_length=MOST)] | None = None
    filter: TicketFilter | None = None
    actions: ActionsOnce
    dry_run: bool = False


class BulkResultOut(Out):
    """What became of one ticket; `label` and `version` are null for what the caller does not see."""

    ticket_id: UUID
    status: Literal["changed", "unchanged", "failed"]
    label: str | None
    version: int | None
    error: ItemErrorOut | None


class BulkCountsOut(Out):
    changed: int
    unchanged: int
    failed: int


class BulkOut(Out):
    """What became of each, in the order in which they were named. `bulk_id` stands in the `meta` of each
    timeline entry and event that came of it; `dry_run`: nothing did."""

    bulk_id: UUID
    dry_run: bool
    results: list[BulkResultOut]
    counts: BulkCountsOut
