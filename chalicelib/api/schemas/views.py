"""Views as they come in and go out."""

import re
from datetime import datetime
from typing import Annotated, Literal, NotRequired
from uuid import UUID

from pydantic import AfterValidator, Field, StringConstraints

from chalicelib.api.schemas.common import ONE_LINE, In, Out, PageQuery, TeamRef, omitted
from chalicelib.api.schemas.filters import Sort, TicketFilter
from chalicelib.models.words import Priority, Status, TicketType

COLUMNS = (
    *("label", "number", "subject", "type", "priority", "status", "category", "subcategory", "requester"),
    *("assignee", "team", "tags", "source", "created_at", "updated_at", "resolved_at", "closed_at"),
    *("sla_minutes", "due_at", "hours_remaining", "breached"),
)


OF_FIELD = re.compile(r"custom_fields\.[a-z][a-z0-9_]{0,39}", re.ASCII)


def each_once(names: list[str]) -> list[str]:
    """Refuses what no ticket shows, and what is named twice."""
    for name in names:
        if name not in COLUMNS and not OF_FIELD.fullmatch(name):
            raise ValueError(f"There is no column {name!r}: use {', '.join(COLUMNS)} or custom_fields.<key>")
    if len(set(names)) < len(names):
        raise ValueError("One is named twice")
    return names


ViewName = Annotated[str, StringConstraints(min_length=1, max_length=100), ONE_LINE]
Description = Annotated[str, StringConstraints(min_length=1, max_length=500)]
Column = Annotated[str, StringConstraints(max_length=60)]
Columns = Annotated[list[Column], Field(max_length=25), AfterValidator(each_once)]
Position = Annotated[int, Field(ge=0, le=10_000)]
TeamIds = Annotated[list[UUID], Field(max_length=50)]


class ViewIn(In):
    """A new view: own, or `shared` with the staff, or with the teams that it names. Without a `position` it
    stands at the end. `columns` are what a console shows of its tickets, its own choice where none is
    named."""

    name: ViewName
    description: Description | None = None
    filter: TicketFilter = Field(default_factory=TicketFilter)
    sort: Sort = "-created_at"
    columns: Columns = Field(default_factory=list)
    position: Position | None = None
    active: bool = True
    shared: bool = False
    team_ids: TeamIds = Field(default_factory=list)


class ViewPatch(In):
    """What changes of a view; only the fields that are sent, the filter as a whole. One that is shared no
    longer becomes the own of whoever says so."""

    name: ViewName = omitted()
    description: Description | None = None
    filter: TicketFilter = omitted()
    sort: Sort = omitted()
    columns: Columns = omitted()
    position: Position = omitted()
    active: bool = omitted()
    shared: bool = omitted()
    team_ids: TeamIds = omitted()


class ReorderIn(In):
    """The views that come first, in order: the shared and the own ones apart. The others follow as they
    stood."""

    ids: Annotated[list[UUID], Field(min_length=1, max_length=150)]


class ViewQuery(PageQuery):
    """Filters of a list of views, and whether to count what each holds."""

    active: bool | None = None
    shared: bool | None = None
    with_counts: bool = False


class ViewTicketsQuery(PageQuery):
    """Where a view's page begins, in which order if not the view's, and whether to count."""

    sort: Sort | Literal["relevance"] | None = None
    count: bool = False


class FilterOut(Out):
    """The filter of a view: what is left out is not asked for."""

    query: NotRequired[str | None]
    status: NotRequired[list[Status] | None]
    priority: NotRequired[list[Priority] | None]
    type: NotRequired[list[TicketType] | None]
    assignee: NotRequired[str | None]
    team: NotRequired[str | None]
    requester: NotRequired[str | None]
    organisation: NotRequired[str | None]
    tag: NotRequired[str | None]
    custom_field: NotRequired[list[str] | None]
    breached: NotRequired[bool | None]
    archived: NotRequired[bool | None]
    created_after: NotRequired[datetime | None]
    created_before: NotRequired[datetime | None]
    created_within_days: NotRequired[int | None]
    updated_after: NotRequired[datetime | None]
    updated_within_days: NotRequired[int | None]
    not_updated_for_days: NotRequired[int | None]
    due_within_hours: NotRequired[int | None]


class CountOut(Out):
    """How many tickets: 10,000 that is not exact stands for more, null for what takes too long to count."""

    count: int | None
    count_is_exact: bool


class ViewOut(Out):
    """A view. `teams` are those that it is shared with, none for the whole staff; `unknown` are the fields of
    its filter that name what is not there any more. The count is there where it was asked for."""

    id: UUID
    name: str
    description: str | None
    filter: FilterOut
    sort: Sort
    columns: list[str]
    position: int
    active: bool
    shared: bool
    teams: list[TeamRef]
    unknown: list[str]
    created_at: datetime
    updated_at: datetime
    count: NotRequired[int | None]
    count_is_exact: NotRequired[bool | None]
