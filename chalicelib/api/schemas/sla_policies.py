"""SLA policies as they come in and go out."""

from datetime import datetime
from typing import Annotated, Any, Literal
from uuid import UUID

from pydantic import BeforeValidator, Field

from chalicelib.api.schemas.announcements import (
    EscalationOut,
    Escalations,
    StepOut,
    Warnings,
    usual,
)
from chalicelib.api.schemas.common import In, Name, Out, PageQuery, omitted
from chalicelib.api.schemas.tickets import Category, Minutes, Tag
from chalicelib.api.schemas.words import PriorityWord, TypeWord
from chalicelib.models.words import Priority

Position = Annotated[int, Field(ge=0, le=10_000)]


class PolicyConditions(In):
    """What a ticket must have: one of each list that is not empty. Without any, every ticket matches."""

    type: Annotated[list[TypeWord], Field(max_length=20)] = omitted()
    priority: Annotated[list[PriorityWord], Field(max_length=20)] = omitted()
    team: Annotated[list[UUID], Field(max_length=100)] = omitted()
    category: Annotated[list[Category], Field(max_length=100)] = omitted()
    tag: Annotated[list[Tag], Field(max_length=100)] = omitted()
    organisation: Annotated[list[UUID], Field(max_length=100)] = omitted()


class MinutesByPriority(In):
    """Business minutes for each priority; of one that is absent nothing is promised."""

    low: Minutes = omitted()
    medium: Minutes = omitted()
    high: Minutes = omitted()
    urgent: Minutes = omitted()


def for_all(minutes: Any) -> Any:
    """One number is for all priorities."""
    if isinstance(minutes, int) and not isinstance(minutes, bool):
        return {priority.value: minutes for priority in Priority}
    return minutes


TargetMinutes = Annotated[
    MinutesByPriority, BeforeValidator(for_all, json_schema_input_type=Minutes | MinutesByPriority)
]


class PolicyTargets(In):
    """Promises by metric; one that is absent is not made."""

    first_response: TargetMinutes = omitted()
    next_response: TargetMinutes = omitted()
    resolution: TargetMinutes = omitted()
    team_resolution: TargetMinutes = omitted()


class PolicyIn(In):
    """A new policy, at the end unless it has a `position`."""

    name: Name
    conditions: PolicyConditions = Field(default_factory=lambda: PolicyConditions())
    targets: PolicyTargets
    calendar_id: UUID
    warnings: Warnings = Field(default_factory=usual)
    escalations: Escalations = Field(default_factory=lambda: [])
    enabled: bool = True
    position: Position | None = None


class PolicyPatch(In):
    """What changes of it; only the fields that are sent, each as a whole. Targets, calendar, warnings and
    escalations hold for all tickets that are under it; conditions, order and whether it is enabled are asked
    when a ticket is made, and when its type, priority, category, team, tags or minutes change."""

    name: Name = omitted()
    conditions: PolicyConditions = omitted()
    targets: PolicyTargets = omitted()
    calendar_id: UUID = omitted()
    warnings: Warnings = omitted()
    escalations: Escalations = omitted()
    enabled: bool = omitted()
    position: Position = omitted()


class PolicyOrderIn(In):
    """All policies, in the order in which tickets try them."""

    policy_ids: Annotated[list[UUID], Field(min_length=1, max_length=100)]


class PolicyTestIn(In):
    ticket_id: UUID


class PolicyQuery(PageQuery):
    """Filter and order of a list of policies."""

    enabled: bool | None = None
    sort: Literal["position", "-position", "name", "-name"] = "position"


class CalendarOfPolicy(Out):
    id: UUID
    name: str


class PolicyOut(Out):
    """A policy; its targets are minutes by metric and priority."""

    id: UUID
    name: str
    position: int
    enabled: bool
    conditions: dict[str, list[str]]
    targets: dict[str, dict[str, float]]
    calendar: CalendarOfPolicy
    warnings: list[dict[str, Any]]
    escalations: list[EscalationOut]
    created_at: datetime
    updated_at: datetime


class PolicyChanged(PolicyOut):
    """A policy after a change. The job promises the tickets that are under it anew; null where nothing moves
    them."""

    job_id: UUID | None


class VerdictOut(Out):
    """What a condition accepts, what the ticket has, and whether that holds."""

    name: str
    wanted: list[str]
    actual: list[str]
    holds: bool


class PromisedOut(Out):
    """What would be promised; `due_at` counts from the ticket's creation, without its pauses, and is null
    where that never comes. `steps`: what would be announced of it, and when."""

    metric: Literal["first_response", "next_response", "resolution", "team_resolution"]
    minutes: float
    due_at: datetime | None
    steps: list[StepOut]


class ChosenOut(Out):
    id: UUID
    name: str


class PolicyTestOut(Out):
    """Whether the policy matches the ticket, and which one the ticket gets by their order."""

    matches: bool
    conditions: list[VerdictOut]
    chosen: ChosenOut | None
    targets: list[PromisedOut]
