"""Tickets as they come in and go out."""

from collections.abc import Mapping
from datetime import datetime
from typing import Annotated, Any, Literal, NotRequired
from uuid import UUID

from pydantic import AfterValidator, AliasChoices, Field, StringConstraints

from chalicelib.accounts.actor import Actor
from chalicelib.accounts.emails import address
from chalicelib.accounts.permissions import Permission
from chalicelib.api.schemas.attachments import FileIn, StrangersUploadOut
from chalicelib.api.schemas.comments import CommentOut
from chalicelib.api.schemas.common import (
    ONE_LINE,
    In,
    Line,
    LongText,
    Name,
    Nexts,
    Out,
    PersonRef,
    TeamRef,
    at_most_64_kb,
    omitted,
)
from chalicelib.api.schemas.custom_fields import at_most_16_kb
from chalicelib.api.schemas.words import PriorityWord, StatusWord, TypeWord
from chalicelib.models.words import Priority, Status, TicketType
from chalicelib.sla.facts import resolution_facts, sla_facts
from chalicelib.tickets.lifecycle import Deed, Verb
from chalicelib.tickets.standing import offered

# As other systems spell it: their words are taken in any case, the names of fields too.
TITLES = [spelt for word in ("title", "asunto") for spelt in (word, word.capitalize(), word.upper())]
Subject = Annotated[Line, Field(validation_alias=AliasChoices("subject", *TITLES))]
Category = Annotated[str, StringConstraints(min_length=1, max_length=100), ONE_LINE]
CustomFields = Annotated[dict[str, Any], Field(max_length=100), AfterValidator(at_most_16_kb)]
Minutes = Annotated[int, Field(ge=1, le=5_256_000)]
Tag = Annotated[str, StringConstraints(min_length=1, max_length=50, to_lower=True, pattern=r"^[^\s,]+$")]
Tags = Annotated[list[Tag], Field(max_length=50)]
Reason = Annotated[str, StringConstraints(min_length=1, max_length=1000)]
# What strangers send with a ticket.
MAX_TOGETHER = 50 * 1024 * 1024


class ContactIn(In):
    """Somebody by their email: whoever has it at the desk, or a contact that is made with this name, or with
    the address for one."""

    email: Annotated[
        str,
        StringConstraints(min_length=3, max_length=320),
        AfterValidator(address),
        Field(json_schema_extra={"format": "email"}),
    ]
    name: Name | None = None


class TicketIn(In):
    """A new ticket. The fields after `custom_fields` are the staff's. For whom it is they say by
    `requester_id`, or by an email as `requester`; for themselves where they name nobody."""

    subject: Subject
    description: LongText
    type: TypeWord = TicketType.QUESTION
    priority: PriorityWord = Priority.MEDIUM
    category: Category | None = None
    subcategory: Category | None = None
    custom_fields: CustomFields = Field(default_factory=dict)
    team_id: UUID | None = None
    assignee_id: UUID | None = None
    requester_id: UUID | None = None
    requester: ContactIn | None = None
    sla_minutes: Minutes | None = None
    tags: Tags = Field(default_factory=list)


class TicketPatch(In):
    """What changes of a ticket; only the fields that are sent. Customers: subject, description and the
    custom fields that are theirs, of an own active one. Of declared custom fields those that are sent change,
    and null clears one; where none are declared, `custom_fields` are replaced. The `reason` is told of what
    changes in status, classification, team and assignee."""

    subject: Subject = omitted()
    description: LongText = omitted()
    status: StatusWord = omitted()
    type: TypeWord = omitted()
    priority: PriorityWord = omitted()
    category: Category | None = None
    subcategory: Category | None = None
    team_id: UUID = omitted()
    assignee_id: UUID | None = None
    tags: Tags = omitted()
    custom_fields: CustomFields = omitted()
    sla_minutes: Minutes | None = None
    comment: LongText = omitted()
    reason: Reason | None = None


def at_most_50_mib(files: list[FileIn]) -> list[FileIn]:
    """Files that are few bytes together."""
    if sum(file.size for file in files) > MAX_TOGETHER:
        raise ValueError("Together these are more than 50 MiB")
    return files


class PublicTicketIn(In):
    """A ticket from somebody without an account."""

    name: Annotated[str, StringConstraints(min_length=3, max_length=150), ONE_LINE]
    email: Annotated[
        str, StringConstraints(min_length=3, max_length=254), Field(json_schema_extra={"format": "email"})
    ]
    subject: Subject
    description: Annotated[
        str, StringConstraints(min_length=10, max_length=65_536), AfterValidator(at_most_64_kb)
    ]
    type: TypeWord = TicketType.QUESTION
    priority: PriorityWord = Priority.MEDIUM
    category: Category | None = None
    subcategory: Category | None = None
    document_id: Annotated[str, StringConstraints(min_length=1, max_length=50), ONE_LINE] | None = None
    phone: (
        Annotated[str, StringConstraints(min_length=3, max_length=30, pattern=r"^[0-9+()./ -]+$")] | None
    ) = None
    has_whatsapp: bool | None = None
    company: Name | None = None
    custom_fields: CustomFields = Field(default_factory=dict)
    team_id: UUID | None = None
    attachments: Annotated[list[FileIn], Field(max_length=10), AfterValidator(at_most_50_mib)] = Field(
        default_factory=list, description="Files to send with it: at most 10, of 50 MiB together."
    )


class AssignIn(In):
    assignee_id: UUID | None
    team_id: UUID | None = None
    reason: Reason | None = None


class TransferIn(In):
    team_id: UUID
    assignee_id: UUID | None = None
    reason: Reason


class ReclassifyIn(In):
    type: TypeWord = omitted()
    priority: PriorityWord = omitted()
    category: Category | None = None
    subcategory: Category | None = None
    reason: Reason | None = None


class PauseIn(In):
    waiting_on: Literal["customer", "other"]
    reason: Reason


class ResolveIn(In):
    resolution: LongText


class ReasonIn(In):
    reason: Reason


class OptionalReasonIn(In):
    reason: Reason | None = None


class MergeIn(In):
    """Into which ticket; the reason is the staff's to read."""

    into_id: UUID
    reason: Reason | None = None


class SplitIn(In):
    """Which comments make a new ticket, and its subject. Type and priority are the old one's where left out,
    the team is the default one; the description is the first public one of the comments."""

    comment_ids: Annotated[list[UUID], Field(min_length=1, max_length=100)]
    subject: Subject
    description: LongText = omitted()
    type: TypeWord = omitted()
    priority: PriorityWord = omitted()
    team_id: UUID | None = None


class TargetOut(Out):
    """One promise: its minutes of business time, and where it stands."""

    metric: str
    cycle: int
    minutes: float
    used_minutes: Annotated[
        float | None,
        Field(description="Business minutes that it took, without pauses, once it is fulfilled or ended."),
    ]
    started_at: datetime
    due_at: datetime | None
    paused: bool
    fulfilled_at: datetime | None
    ended_at: datetime | None
    breached_at: datetime | None
    breached: bool
    status: Literal["running", "paused", "fulfilled", "ended"]


class PolicyRef(Out):
    id: UUID
    name: str


class SlaOut(Out):
    policy: PolicyRef | None
    targets: list[TargetOut]


class RequesterOut(PersonRef):
    """The staff sees the contact facts too."""

    document_id: NotRequired[str | None]
    phone: NotRequired[str | None]
    has_whatsapp: NotRequired[bool | None]
    company: NotRequired[str | None]


class TicketListed(Out):
    """A ticket in a list: all but its description."""

    id: UUID
    number: int
    label: str
    subject: str
    type: TicketType
    priority: Priority
    status: Status
    category: str | None
    subcategory: str | None
    requester: RequesterOut
    assignee: PersonRef | None
    team: TeamRef
    tags: list[str]
    custom_fields: dict[str, Any]
    source: str
    source_ip: NotRequired[str | None]
    version: int
    created_at: datetime
    updated_at: datetime
    resolved_at: datetime | None
    closed_at: datetime | None
    archived_at: datetime | None
    merged_into: UUID | None
    sla_minutes: float | None
    due_at: datetime | None
    hours_remaining: float | None
    breached: bool
    sla: SlaOut


class HighlightOut(Out):
    """Where a ticket says what was searched for. In the snippet nothing but `<mark>` is markup."""

    field: Literal["subject", "description", "comment"]
    comment_id: UUID | None
    snippet: str


class TicketFound(TicketListed):
    """A ticket in a list; `highlights` where the list answers a `query`."""

    highlights: NotRequired[list[HighlightOut] | None]


class TicketPage(Nexts):
    """A page of tickets. Where it was asked for, how many there are on all pages: 10,000 that is not exact
    stands for more, null for what takes too long to count."""

    items: list[TicketFound]
    count: NotRequired[int | None]
    count_is_exact: NotRequired[bool | None]


class TicketOut(TicketListed):
    """A ticket."""

    description: str
    verbs: Annotated[
        list[Verb | Deed],
        Field(
            description="What you may do to it now, by your role, by what you are to it and by its state: "
            "the verbs by which it moves, and `update` (its fields, by `PATCH`), `comment`, "
            "`comment_internal`, `delete`. What is not among them is refused; what is, is refused for what "
            "you send alone. Empty for keys that only read."
        ),
    ]


class ActorOut(Out):
    type: Literal["user", "api_key", "contact", "system"]
    id: UUID | None
    name: str | None


class TimelineEntryOut(Out):
    """Who did what, when, with which values."""

    id: UUID
    sequence: int
    action: str
    actor: ActorOut
    changes: dict[str, Any]
    meta: dict[str, Any]
    created_at: datetime


class TicketDetail(TicketOut):
    """A ticket with its last comments and timeline entries, oldest first: 100 each, fewer where they are
    long. Their lists have all."""

    comments: list[CommentOut]
    timeline: list[TimelineEntryOut]


class PublicTicketOut(Out):
    """What somebody without an account learns of the ticket that they have just opened."""

    id: UUID
    label: str
    number: int
    subject: str
    status: Status
    type: TicketType
    priority: Priority
    category: str | None
    sla_minutes: float | None
    sla_hours: float | None
    due_at: datetime | None
    created_at: datetime
    attachments: Annotated[
        list[StrangersUploadOut],
        Field(
            description="As they were asked for. Repeat the request with its Idempotency-Key for other leave "
            "to send what has not come."
        ),
    ]


LISTED = (
    "id",
    "number",
    "label",
    "subject",
    "type",
    "priority",
    "status",
    "category",
    "subcategory",
    "tags",
    "custom_fields",
    "source",
    "version",
    "created_at",
    "updated_at",
    "resolved_at",
    "closed_at",
    "archived_at",
    "merged_into",
)


def listed(row: Any, actor: Actor) -> dict[str, Any]:
    """A row of views.LISTED as its caller may see it."""
    answer = {name: getattr(row, name) for name in LISTED}
    answer["requester"] = {"id": row.requester_id, "name": row.requester_name, "email": row.requester_email}
    answer["assignee"] = _person(row)
    answer["team"] = {"id": row.team_id, "name": row.team_name}
    if actor.may(Permission.PEOPLE_READ):
        answer["source_ip"] = row.source_ip
        for name in ("document_id", "phone", "has_whatsapp", "company"):
            answer["requester"][name] = getattr(row, f"requester_{name}")
    policy: Mapping[str, Any] | None = (
        {"id": row.policy_id, "name": row.policy_name} if row.policy_id else None
    )
    answer |= resolution_facts(row.targets, actor.now, row.promised_now)
    internal = actor.may(Permission.TICKETS_READ_INTERNAL)
    if not internal and row.shown_fields is not None:
        shown = set(row.shown_fields)
        answer["custom_fields"] = {name: value for name, value in row.custom_fields.items() if name in shown}
    answer["sla"] = sla_facts(policy, row.targets, actor.now, for_customer=not internal)
    return answer


def whole(row: Any, actor: Actor) -> dict[str, Any]:
    """A row of views.show as its caller may see it."""
    return {**listed(row, actor), "description": row.description, "verbs": offered(actor, row)}


def _person(row: Any) -> dict[str, Any] | None:
    if row.assignee_id is None:
        return None
    return {"id": row.assignee_id, "name": row.assignee_name, "email": row.assignee_email}
