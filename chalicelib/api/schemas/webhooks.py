"""Webhooks as they come in and go out."""

from datetime import datetime
from typing import Annotated, Literal
from uuid import UUID

from pydantic import Field, StringConstraints

from chalicelib.api.schemas.common import In, Name, Out, PageQuery, TeamRef, omitted
from chalicelib.api.schemas.filters import Instant
from chalicelib.api.schemas.words import PriorityWord, TypeWord
from chalicelib.models.words import DeliveryStatus, DisabledReason, Priority, TicketType, WebhookTemplate
from chalicelib.webhooks.catalogue import Audience

Url = Annotated[str, StringConstraints(min_length=1, max_length=2000)]
EventType = Annotated[str, StringConstraints(max_length=100, pattern=r"^[a-z_]+\.[a-z_]+$")]
EventChoice = Annotated[str, StringConstraints(max_length=100, pattern=r"^(\*|[a-z_]+\.[a-z_]+)$")]
EventTypes = Annotated[list[EventChoice], Field(min_length=1, max_length=100)]
Secret = Annotated[
    str,
    StringConstraints(min_length=1, max_length=200),
    Field(json_schema_extra={"pattern": "^whsec_[A-Za-z0-9+/]{32,86}={0,2}$"}),
]
Hours = Annotated[int, Field(ge=0, le=168)]


class WebhookFilters(In):
    """Only of tickets such as these: one of each list that is not empty, as the ticket is when its event is
    handed out. With any of them, what is no ticket's passes no more."""

    teams: Annotated[list[UUID], Field(max_length=100)] = Field(default_factory=list)
    types: Annotated[list[TypeWord], Field(max_length=20)] = Field(default_factory=list)
    priorities: Annotated[list[PriorityWord], Field(max_length=20)] = Field(default_factory=list)


class WebhookIn(In):
    """A new webhook. `events` are types (docs/webhooks.md has all of them), or `*` for every one.
    `include_internal`: also what customers never see, such as notes, promises and people. `secret` is
    `whsec_` and base64 of 24 to 64 bytes; without it one is made."""

    name: Name
    url: Url
    events: EventTypes
    filters: WebhookFilters = Field(default_factory=lambda: WebhookFilters())
    template: WebhookTemplate = WebhookTemplate.STANDARD
    include_internal: bool = False
    enabled: bool = True
    secret: Secret | None = None


class EventTitles(Out):
    """What a chat says of an event, in its workspace's language."""

    en: str
    es: str


class EventTypeOut(Out):
    """A type of event and what it means. `audience`: whose business it is, a customer's too (`everybody`),
    the staff's, or one or the other by the event (`either`); what is the staff's needs `include_internal`."""

    type: str
    audience: Audience
    needs_internal: bool
    sentence: str
    titles: EventTitles


class EventTypesOut(Out):
    items: list[EventTypeOut]


class WebhookPatch(In):
    """What changes of it; only the fields that are sent, each as a whole."""

    name: Name = omitted()
    url: Url = omitted()
    events: EventTypes = omitted()
    filters: WebhookFilters = omitted()
    template: WebhookTemplate = omitted()
    include_internal: bool = omitted()
    enabled: bool = omitted()


class RotateIn(In):
    """For how many hours the secret of now signs beside the new one; 0 ends it at once."""

    grace_hours: Hours = 24
    secret: Secret | None = None


class PeriodIn(In):
    """Which events to send again: those of a period that did not come through, or all of it."""

    from_: Instant = Field(alias="from")
    to: Instant
    with_succeeded: bool = False


class WebhookQuery(PageQuery):
    """Filter and order of a list of webhooks."""

    enabled: bool | None = None
    sort: Literal["name", "-name", "created_at", "-created_at"] = "name"


class DeliveryQuery(PageQuery):
    """Filters and order of a list of deliveries. `ticket` is its id."""

    status: DeliveryStatus | None = None
    type: EventType | None = None
    ticket: UUID | None = None
    created_after: Instant | None = None
    created_before: Instant | None = None
    sort: Literal["created_at", "-created_at"] = "-created_at"


class FiltersOut(Out):
    teams: list[TeamRef]
    types: list[TicketType]
    priorities: list[Priority]


class WebhookOut(Out):
    """A webhook, without its secret. `failing_since`: since when no call was answered well, and how many were
    not, `failures`. One that is off says since when and why."""

    id: UUID
    name: str
    url: str
    template: WebhookTemplate
    events: list[str]
    filters: FiltersOut
    include_internal: bool
    enabled: bool
    disabled_at: datetime | None
    disabled_reason: DisabledReason | None
    failing_since: datetime | None
    failures: int
    previous_secret_expires_at: datetime | None
    created_at: datetime
    updated_at: datetime


class WebhookMade(WebhookOut):
    """With its secret, which is shown this once."""

    secret: str


class TestOut(Out):
    """What came of a test call: a status with the beginning of the answer, or why there is none."""

    message_id: str
    succeeded: bool
    status_code: int | None
    error: str | None
    detail: str | None
    answer: str | None
    duration_ms: int


class DeliveryOut(Out):
    """An event on its way to a webhook. `message_id` is what the receiver knows it by. Status, answer (its
    first kilobyte), error and duration are of the last attempt; `next_attempt_at` is null once it is over,
    and while it is being sent it is when it will be thought lost."""

    id: UUID
    message_id: str
    event_id: int
    type: str
    ticket_id: UUID | None
    status: DeliveryStatus
    attempts: int
    next_attempt_at: datetime | None
    last_attempt_at: datetime | None
    finished_at: datetime | None
    status_code: int | None
    error: str | None
    answer: str | None
    duration_ms: int | None
    created_at: datetime


class RedeliveredOut(Out):
    """How many deliveries are on their way again."""

    deliveries: int
