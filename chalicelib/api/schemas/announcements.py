"""What a policy announces, as it comes in and goes out: warnings and escalations."""

from datetime import datetime
from typing import Annotated, Any, Literal
from uuid import UUID

from pydantic import Field, model_validator

from chalicelib.api.schemas.common import In, Out, omitted
from chalicelib.api.schemas.words import PriorityWord

MetricName = Literal["first_response", "next_response", "resolution", "team_resolution"]
Metrics = Annotated[list[MetricName], Field(min_length=1, max_length=4)]
LONGEST = 525_600


class WarningIn(In):
    """Before a promise is due: at a percentage of its minutes, or so many business minutes before. Of all
    promises, or of these `metrics`."""

    percent: Annotated[int, Field(ge=1, le=99)] = omitted()
    minutes_before: Annotated[int, Field(ge=1, le=LONGEST)] = omitted()
    metrics: Metrics = omitted()

    @model_validator(mode="after")
    def says_when(self) -> "WarningIn":
        if len({"percent", "minutes_before"} & self.model_fields_set) != 1:
            raise ValueError("Give either percent or minutes_before.")
        return self


class NotifiedIn(In):
    """One of: all of a role, a team, somebody of the staff; `to` means the ticket's own assignee or team."""

    role: Literal["admin", "dispatcher", "agent"] = omitted()
    team_id: UUID = omitted()
    user_id: UUID = omitted()
    to: Literal["assignee", "team"] = omitted()

    @model_validator(mode="after")
    def is_one(self) -> "NotifiedIn":
        if len(self.model_fields_set) != 1:
            raise ValueError("Name one of role, team_id, user_id or to.")
        return self


class Notify(In):
    """Mails to those of them who see the ticket, once everything else is done."""

    action: Literal["notify"]
    to: Annotated[list[NotifiedIn], Field(min_length=1, max_length=20)]


class RaisePriority(In):
    """By one step, or up to one; never lower."""

    action: Literal["raise_priority"]
    to: PriorityWord = omitted()


class AssignTo(In):
    """To somebody, or to nobody."""

    action: Literal["assign"]
    assignee_id: UUID | None


class TransferTo(In):
    """Without an `assignee_id` the team may choose somebody; null for nobody."""

    action: Literal["transfer"]
    team_id: UUID
    assignee_id: UUID | None = omitted()


EscalationAction = Annotated[RaisePriority | Notify | AssignTo | TransferTo, Field(discriminator="action")]


class EscalationIn(In):
    """So many business minutes before or after a promise is due, or any promise where `metric` is null. An
    `id` says that it is one that the policy has: what has run on a ticket does not run on it again."""

    id: UUID = omitted()
    metric: MetricName | None = None
    when: Literal["before", "after"]
    minutes: Annotated[int, Field(ge=0, le=LONGEST)]
    actions: Annotated[list[EscalationAction], Field(min_length=1, max_length=4)]


Warnings = Annotated[list[WarningIn], Field(max_length=5)]
Escalations = Annotated[list[EscalationIn], Field(max_length=10)]


def usual() -> list[WarningIn]:
    """What a policy warns of that does not say."""
    return [WarningIn(percent=75), WarningIn(percent=90)]


def documents(given: list[In]) -> list[dict[str, Any]]:
    """As they are kept: what was sent of each."""
    return [each.model_dump(mode="json", exclude_unset=True) for each in given]


class EscalationOut(Out):
    """An escalation, with the id that it keeps."""

    id: UUID
    metric: MetricName | None
    when: Literal["before", "after"]
    minutes: int
    actions: list[dict[str, Any]]


class StepOut(Out):
    """One moment of a promise: a warning, the breach, or an escalation, at a percentage of its minutes, or so
    many minutes before or after it is due. `at` is null while the promise is paused."""

    kind: Literal["warning", "breach", "escalation"]
    percent: Annotated[int | None, Field(description="Of a warning or the breach.")]
    minutes_before: int | None
    minutes_after: int | None
    escalation_id: UUID | None
    at: datetime | None
