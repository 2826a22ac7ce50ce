"""Integrations and the calls of webhooks in, as they come in and go out."""

from datetime import datetime
from typing import Annotated, Any, NotRequired
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field, StringConstraints, model_validator

from chalicelib.api.schemas.common import In, Name, Out, PageQuery, PersonRef, TeamRef, omitted
from chalicelib.api.schemas.tickets import Category, Tags
from chalicelib.channels.mapping import Fact
from chalicelib.models.words import IntegrationKind, Priority, Status, TicketType

Pointer = Annotated[
    str,
    StringConstraints(pattern=r"^(/([^~/]|~[01])*)+$", max_length=200),
    Field(description="Where it stands in the call: a JSON Pointer (RFC 6901), as /issue/title."),
]
Word = Annotated[str, StringConstraints(max_length=200)]


class Place(In):
    """Where a fact stands, what its words mean here, and what holds where it is missing or means nothing."""

    pointer: Pointer
    values: Annotated[dict[Word, Word], Field(max_length=50)] = Field(default_factory=dict)
    default: Word | None = None


Mapped = Annotated[
    dict[Fact, Place],
    Field(description="Empty: what the documentation says of this kind of sender."),
]


class Defaults(In):
    """What holds for a new ticket where the call says nothing of it."""

    type: TicketType | None = None
    priority: Priority | None = None
    category: Category | None = None
    subcategory: Category | None = None
    tags: Tags | None = None

    @model_validator(mode="after")
    def has_a_category(self) -> "Defaults":
        if self.subcategory is not None and self.category is None:
            raise ValueError("Name the category that the subcategory belongs to.")
        return self


class IntegrationIn(In):
    """A new integration."""

    name: Name
    kind: IntegrationKind = IntegrationKind.GENERIC
    mapping: Mapped = Field(default_factory=dict)
    defaults: Defaults = Field(default_factory=Defaults)
    team_id: UUID | None = None
    requester_id: UUID | None = None
    enabled: bool = True


class IntegrationPatch(In):
    """What changes of an integration; only the fields that are sent. Mapping and defaults are replaced as a
    whole."""

    name: Name = omitted()
    mapping: Mapped = omitted()
    defaults: Defaults = omitted()
    team_id: UUID | None = None
    requester_id: UUID | None = None
    enabled: bool = omitted()


class IntegrationQuery(PageQuery):
    """The page of the list."""


class PlaceOut(Out):
    pointer: str
    values: dict[str, str]
    default: str | None


class DefaultsOut(Out):
    type: NotRequired[TicketType | None]
    priority: NotRequired[Priority | None]
    category: NotRequired[str | None]
    subcategory: NotRequired[str | None]
    tags: NotRequired[list[str] | None]


class IntegrationOut(Out):
    """An integration. `url` is where its calls go, below the API's own address; its secret is not shown
    again."""

    id: UUID
    name: str
    kind: IntegrationKind
    mapping: dict[Fact, PlaceOut]
    defaults: DefaultsOut
    team: TeamRef | None
    requester: PersonRef | None
    enabled: bool
    url: str
    last_received_at: datetime | None
    created_at: datetime
    updated_at: datetime


class NewIntegrationOut(IntegrationOut):
    """The same with its secret, which is told this once: `whsec_` and base64, as Standard Webhooks has it."""

    secret: str


class SecretOut(Out):
    """A new secret, told this once; the one before signs until then."""

    secret: str
    previous_valid_until: datetime


class InboundCall(BaseModel):
    """A call: any JSON object, as the integration's mapping reads it."""

    model_config = ConfigDict(extra="allow", defer_build=True)


class ReceivedTicket(Out):
    id: UUID
    label: str
    status: Status


class Received(Out):
    """What became of a call: created, updated, unchanged, or ignored (what was over opens no ticket)."""

    outcome: str
    ticket: ReceivedTicket | None


def documents(shape: dict[str, Any]) -> dict[str, Any]:
    """The facts as the room takes them: mapping and defaults as plain JSON."""
    facts = dict(shape)
    if "mapping" in facts:
        facts["mapping"] = {fact.value: place.model_dump() for fact, place in facts["mapping"].items()}
    if "defaults" in facts:
        facts["defaults"] = facts["defaults"].model_dump(exclude_none=True, mode="json")
    return facts
