"""Tags as they come in and go out."""

from typing import Annotated, Literal

from pydantic import Field, StringConstraints

from chalicelib.api.schemas.common import In, Out, PageQuery
from chalicelib.api.schemas.tickets import Tag


class TagsIn(In):
    """Tags to add."""

    tags: Annotated[list[Tag], Field(min_length=1, max_length=50)]


class TagQuery(PageQuery):
    """Search and sort of the tags in use: `query` is how they begin."""

    query: Annotated[str, StringConstraints(min_length=1, max_length=50, to_lower=True)] | None = None
    sort: Literal["name", "-name"] = "name"


class TagOut(Out):
    """A tag, and how many tickets that you see have it; the count stops at 10,000."""

    name: str
    count: int
