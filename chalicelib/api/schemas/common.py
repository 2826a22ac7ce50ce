"""Shapes that every resource shares: texts, references, lists, problems."""

from dataclasses import dataclass
from typing import Annotated, Any, ClassVar, Generic, Literal, TypeVar
from uuid import UUID

from pydantic import (
    AfterValidator,
    BaseModel,
    ConfigDict,
    Field,
    GetJsonSchemaHandler,
    StringConstraints,
    with_config,
)
from pydantic_core import CoreSchema

# Before Python 3.12 pydantic reads no other.
from typing_extensions import TypedDict

Item = TypeVar("Item")


class In(BaseModel):
    """What comes in: unknown fields are refused, types are strict, texts lose the space around them."""

    model_config = ConfigDict(extra="forbid", str_strip_whitespace=True, defer_build=True)
    # Parameters of a query that may be given more than once.
    REPEATED: ClassVar[frozenset[str]] = frozenset()


@with_config(extra="forbid")
class Out(TypedDict):
    """What goes out: plain dicts, made from rows. These shapes document them, and the tests hold them to it;
    a cold start, which needs none of them, waits for no model to be made."""


def omitted() -> Any:
    """The default of a field that may be left out but is not null: read it through `sent` only."""
    return Field(default_factory=lambda: None)


def sent(shape: BaseModel) -> dict[str, Any]:
    """The fields that the caller sent, by name."""
    return {name: getattr(shape, name) for name in shape.model_fields_set}


@dataclass(frozen=True)
class Shown(AfterValidator):
    """A check that refuses in a sentence of its own, which the document shows as a pattern."""

    pattern: str

    def __get_pydantic_json_schema__(self, core: CoreSchema, handler: GetJsonSchemaHandler) -> dict[str, Any]:
        return {**handler(core), "pattern": self.pattern}


def single_line(text: str) -> str:
    """Refuses line breaks and other control characters: a header or a list row may carry this text."""
    if any(
        ord(character) < 32 or ord(character) == 127 or character in "\u2028\u2029\x85" for character in text
    ):
        raise ValueError("Line breaks and control characters are not allowed here.")
    return text


def at_most_64_kb(text: str) -> str:
    """Bounds a text by what it takes to store it."""
    if len(text.encode()) > 65_536:
        raise ValueError("This is longer than 64 kB.")
    return text


ONE_LINE = Shown(single_line, r"^[^\x00-\x1f\x7f\x85\u2028\u2029]*$")
Line = Annotated[str, StringConstraints(min_length=1, max_length=200), ONE_LINE]
Name = Annotated[str, StringConstraints(min_length=1, max_length=150), ONE_LINE]
ShortText = Annotated[str, StringConstraints(min_length=1, max_length=1000)]
LongText = Annotated[str, StringConstraints(min_length=1, max_length=65_536), AfterValidator(at_most_64_kb)]


class PageQuery(In):
    """Where a list begins and how long it is: `cursor`, or `offset` up to 10,000."""

    limit: Annotated[int, Field(ge=1, le=100)] = 25
    cursor: Annotated[str, StringConstraints(max_length=1000)] | None = None
    offset: Annotated[int, Field(ge=0, le=10_000)] | None = None


class Nexts(Out):
    """Where a list goes on; both are null at its end."""

    next_cursor: str | None
    next_offset: int | None


class Page(Nexts, Generic[Item]):
    """One page of a list."""

    items: list[Item]


class PersonRef(Out):
    id: UUID
    name: str
    email: str | None


class TeamRef(Out):
    id: UUID
    name: str


class OrganisationRef(Out):
    id: UUID
    name: str


class Health(Out):
    status: str
    stage: str | None


class Readiness(Out):
    status: str
    database: str
    queues: str


class FieldProblemOut(Out):
    """One thing that is wrong with one field; `field` is its path, with dots."""

    field: str
    code: Literal["FIELD_REQUIRED", "VALIDATION_ERROR"]
    message: str


@with_config(extra="allow")
class Problem(Out):
    """RFC 9457, with a code for programs, the fields at fault, and what else helps."""

    type: str
    title: str
    status: int
    detail: str
    code: str
    request_id: str | None
    errors: list[FieldProblemOut]
