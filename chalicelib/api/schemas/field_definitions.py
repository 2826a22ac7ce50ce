"""Custom fields as they are declared and answered; their values are part of tickets."""

from datetime import datetime
from typing import Annotated, Literal
from uuid import UUID

from pydantic import AfterValidator, Field, StringConstraints, field_validator

from chalicelib.api.schemas.categories import each_once
from chalicelib.api.schemas.common import ONE_LINE, In, Name, Out, PageQuery, omitted
from chalicelib.api.schemas.words import TypeWord
from chalicelib.models.words import FieldType, TicketType

Key = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_]{0,39}$")]
Option = Annotated[str, StringConstraints(min_length=1, max_length=100), ONE_LINE]
Options = Annotated[list[Option], Field(max_length=50), AfterValidator(each_once)]
Position = Annotated[int, Field(ge=0, le=10_000)]
Types = Annotated[list[TypeWord], Field(max_length=20)]


class FieldIn(In):
    """A new field. `key` and `type` stay. `required_for`: types of tickets that cannot be opened without it
    by those who may set it. What customers may edit must be visible to them."""

    key: Key
    name: Name
    type: FieldType
    options: Options = Field(default_factory=list)
    required_for: Types = Field(default_factory=list)
    position: Position | None = None
    active: bool = True
    visible_to_customers: bool = False
    editable_by_customers: bool = False

    @field_validator("required_for")
    @classmethod
    def in_order(cls, types: list[TicketType]) -> list[TicketType]:
        return [each for each in TicketType if each in types]


class FieldPatch(In):
    """What changes of a field; only what is sent. Tickets keep the values that they have."""

    name: Name = omitted()
    options: Options = omitted()
    required_for: Types = omitted()
    position: Position = omitted()
    active: bool = omitted()
    visible_to_customers: bool = omitted()
    editable_by_customers: bool = omitted()

    @field_validator("required_for")
    @classmethod
    def in_order(cls, types: list[TicketType]) -> list[TicketType]:
        return [each for each in TicketType if each in types]


class FieldQuery(PageQuery):
    """Filter and sort of a list of fields."""

    active: bool | None = None
    sort: Literal["position", "-position", "name", "-name"] = "position"


class FieldOut(Out):
    """A field: values are texts of at most 1,000 characters, numbers, dates as 2026-11-20, booleans, one of
    the options, or a list of some."""

    id: UUID
    key: str
    name: str
    type: FieldType
    options: list[str]
    required_for: list[TicketType]
    position: int
    active: bool
    visible_to_customers: bool
    editable_by_customers: bool
    created_at: datetime
    updated_at: datetime


class FieldToFillIn(Out):
    """A field as a form asks for it."""

    key: str
    name: str
    type: FieldType
    options: list[str]
    required_for: list[TicketType]


class FieldsToFillIn(Out):
    """All that a form asks for, in order."""

    items: list[FieldToFillIn]
