"""The promises on a ticket, explained."""

from datetime import datetime
from typing import Annotated, Literal
from uuid import UUID

from pydantic import Field

from chalicelib.api.schemas.announcements import StepOut
from chalicelib.api.schemas.common import Out
from chalicelib.api.schemas.tickets import PolicyRef


class CalendarRef(Out):
    id: UUID
    name: str


class IntervalOut(Out):
    """A stretch of time, its end not included: what it counted as, and why. `name` is a holiday's."""

    start: datetime
    end: datetime
    kind: Literal["counted", "paused", "closed"]
    reason: Literal["within_hours", "paused", "outside_hours", "holiday"]
    name: str | None
    minutes: float


class StretchOut(Out):
    """Time in order and without gaps, and the minutes of each kind."""

    intervals: list[IntervalOut]
    truncated: Annotated[
        bool,
        Field(
            description="Whether it has more intervals than are told: the first 400, and of a ticket with "
            "very many cycles fewer of the old ones. The minutes are of all of it."
        ),
    ]
    counted: float
    paused: float
    closed: float


class StepOfTargetOut(StepOut):
    """`fired_at`: when it was announced; `done_at`: when an escalation was taken up after that."""

    fired_at: datetime | None
    done_at: datetime | None


class ExplainedOut(Out):
    """One cycle of one promise. Durations are business minutes."""

    metric: Literal["first_response", "next_response", "resolution", "team_resolution"]
    cycle: int
    calendar: CalendarRef
    timezone: str
    started_at: datetime
    due_at: datetime | None
    fulfilled_at: datetime | None
    ended_at: datetime | None
    breached_at: datetime | None
    goal: Annotated[float, Field(description="What this cycle promises: after a reopening, what was left.")]
    used_before: Annotated[float, Field(description="What earlier cycles took of the same promise.")]
    elapsed: Annotated[float, Field(description="Counted so far, or until it was fulfilled or ended.")]
    remaining: Annotated[float, Field(description="Goal less elapsed; negative once late.")]
    breached: bool
    paused: bool
    within_hours: Annotated[bool, Field(description="Whether its calendar has working time now.")]
    explain: Annotated[
        StretchOut,
        Field(
            description="From its start to when it is due; the counted minutes add up to the goal. While it "
            "is paused, to now; once withdrawn, to its end."
        ),
    ]
    overtime: Annotated[
        StretchOut | None,
        Field(description="From when it was due to now, or to its end, where that is late."),
    ]
    adds_up: Annotated[
        bool,
        Field(
            description="False where its calendar was changed since: what had finished by then stands with "
            "the due time and the elapsed minutes of then, and the intervals are those of today's calendar; "
            "what runs is about to be counted anew."
        ),
    ]
    steps: Annotated[
        list[StepOfTargetOut], Field(description="What was announced of it, and what is to come.")
    ]


class TicketSlaOut(Out):
    policy: PolicyRef | None
    now: datetime
    targets: list[ExplainedOut]
