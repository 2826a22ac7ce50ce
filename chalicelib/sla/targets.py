"""A target: one promise on one ticket, one cycle of it, and the steps that announce it."""

import secrets
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Literal, TypeAlias
from uuid import UUID

from chalicelib.models.words import Metric

StepKind: TypeAlias = Literal["warning", "breach", "escalation"]
BREACH = 100  # percent of the minutes used
MOST_CYCLES = 100  # of a metric, the newest: what answers tell of a ticket


@dataclass(slots=True)
class Step:
    """A moment of a target that is announced once. Armed while `at` is set.

    It comes at `step` percent of the target's minutes, or `offset` business minutes from its due time on
    (before it where negative); then `step` is only what tells it from others of its kind. `done_at`: when the
    escalation was taken up.
    """

    kind: StepKind
    step: int
    at: datetime | None = None
    fired_at: datetime | None = None
    offset: int | None = None
    escalation_id: UUID | None = None
    done_at: datetime | None = None

    @property
    def key(self) -> tuple[StepKind, int]:
        """What it is known by within its target, whatever becomes of the policy."""
        return (self.kind, self.step)

    def minutes(self, promised: float) -> float:
        """After how many business minutes of such a promise it comes; what would lie before the start comes
        with it."""
        if self.offset is None:
            return promised * self.step / 100
        return max(promised + self.offset, 0.0)


@dataclass(slots=True)
class Target:
    """One cycle of one metric. `due_at` is null while paused, once withdrawn, or past its horizon.

    `used_minutes`: the business minutes that it took, without its pauses, by the calendar as it was when it
    finished; null while it runs.
    """

    id: UUID
    metric: Metric
    cycle: int
    policy_id: UUID | None
    calendar_id: UUID
    minutes: float
    started_at: datetime
    due_at: datetime | None = None
    paused_at: datetime | None = None
    paused_intervals: list[tuple[datetime, datetime]] = field(default_factory=list)
    fulfilled_at: datetime | None = None
    ended_at: datetime | None = None
    breached_at: datetime | None = None
    used_minutes: float | None = None
    steps: list[Step] = field(default_factory=list)
    dropped: list[Step] = field(default_factory=list)  # of a policy that it has no longer
    changed: bool = False

    @property
    def finished_at(self) -> datetime | None:
        """When it was fulfilled or ended."""
        return self.fulfilled_at or self.ended_at

    @property
    def running(self) -> bool:
        """Neither fulfilled nor ended; a paused target still runs."""
        return self.finished_at is None

    @property
    def paused(self) -> bool:
        return self.paused_at is not None

    @property
    def withdrawn(self) -> bool:
        """Ended because no policy promises it any more; it may come back. Paused: by the ticket, or because
        that is over."""
        return self.ended_at is not None and self.due_at is None

    @property
    def breach(self) -> Step:
        return self.step("breach", BREACH)

    def step(self, kind: StepKind, percent: int) -> Step:
        """The step of this kind and percentage; made, unarmed, where there was none."""
        for step in self.steps:
            if step.kind == kind and step.step == percent:
                return step
        self.steps.append(Step(kind, percent))
        return self.steps[-1]

    def in_order(self) -> list[Step]:
        """Its steps as they come: those that do not come by now at the end, the breach before what escalates
        in that moment."""
        far = datetime.max.replace(tzinfo=UTC)
        return sorted(self.steps, key=lambda each: (each.at or far, each.kind == "escalation", each.step))

    def breached_by(self, now: datetime) -> bool:
        """The one rule: late when it finished, or now where it has not; and once breached, for ever."""
        if self.breached_at is not None:
            return True
        return self.due_at is not None and self.due_at < (self.finished_at or now)

    @property
    def last_event(self) -> datetime:
        """The latest moment at which something is known to have happened to it."""
        moments = [self.started_at, self.paused_at, self.finished_at, *(step.fired_at for step in self.steps)]
        moments += [until for _, until in self.paused_intervals[-1:]]
        return max(moment for moment in moments if moment is not None)


def new_id(at: datetime) -> UUID:
    """A time-ordered UUID (version 7, RFC 9562 §5.7)."""
    milliseconds = int(at.timestamp() * 1000) & (1 << 48) - 1
    random = secrets.randbits(74)
    return UUID(int=milliseconds << 80 | 7 << 76 | random >> 62 << 64 | 2 << 62 | random & (1 << 62) - 1)
