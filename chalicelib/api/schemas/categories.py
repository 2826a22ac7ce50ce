"""Categories as they come in and go out."""

from datetime import datetime
from typing import Annotated, Literal
from uuid import UUID

from pydantic import AfterValidator, Field, StringConstraints

from chalicelib.api.schemas.common import ONE_LINE, In, Out, PageQuery, TeamRef, omitted
from chalicelib.tickets.categorising import fold


def each_once(names: list[str]) -> list[str]:
    """Refuses names that only their spelling tells apart."""
    if len({fold(name) for name in names}) < len(names):
        raise ValueError("One is named twice.")
    return names


CategoryName = Annotated[str, StringConstraints(min_length=1, max_length=100), ONE_LINE]
Subcategories = Annotated[list[CategoryName], Field(max_length=50), AfterValidator(each_once)]
Position = Annotated[int, Field(ge=0, le=10_000)]


class CategoryIn(In):
    """A new category. Its tickets that name no team go to its `team_id`; without a `position` it stands at
    the end. One that is not active cannot be chosen."""

    name: CategoryName
    subcategories: Subcategories = Field(default_factory=list)
    team_id: UUID | None = None
    position: Position | None = None
    active: bool = True


class CategoryPatch(In):
    """What changes of a category; only the fields that are sent. Tickets keep the words that they have."""

    name: CategoryName = omitted()
    subcategories: Subcategories = omitted()
    team_id: UUID | None = None
    position: Position = omitted()
    active: bool = omitted()


class CategoryQuery(PageQuery):
    """Filter and sort of a list of categories."""

    active: bool | None = None
    sort: Literal["position", "-position", "name", "-name"] = "position"


class CategoryOut(Out):
    """A category. `team` is null where its tickets go to the default team."""

    id: UUID
    name: str
    subcategories: list[str]
    team: TeamRef | None
    position: int
    active: bool
    created_at: datetime
    updated_at: datetime


class CategoryChoice(Out):
    """A category as a form offers it."""

    name: str
    subcategories: list[str]


class CategoryChoices(Out):
    """All that a form offers, in order; empty where any text will do."""

    items: list[CategoryChoice]
