"""The office of the SLA cases: Berlin, Monday to Friday nine to five, June 2026 (the 5th is a Friday)."""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from chalicelib.models.words import Metric, Priority
from chalicelib.sla import calendars
from chalicelib.sla.clock import Clock
from chalicelib.sla.policies import Policy, TicketFacts
from chalicelib.sla.targets import Target

BERLIN = ZoneInfo("Europe/Berlin")
NETWORKS = UUID("00000000-0000-7000-8000-000000000001")
OFFICE = calendars.parse("Europe/Berlin", {str(day): [["09:00", "17:00"]] for day in range(5)})
ALWAYS = calendars.parse("UTC", {str(day): [["00:00", "24:00"]] for day in range(7)})
OFFICE_ID = UUID("00000000-0000-7000-8000-0000000000c1")
ALWAYS_ID = UUID("00000000-0000-7000-8000-0000000000c2")


def june(day: int, hour: int, minute: int = 0, second: int = 0) -> datetime:
    """The office's wall clock, in UTC."""
    return datetime(2026, 6, day, hour, minute, second, tzinfo=BERLIN).astimezone(UTC)


def promising(always: bool = False, **minutes: Any) -> Policy:
    """A policy for every ticket; minutes by metric, and by priority where that is a mapping."""
    targets = {
        metric: given if isinstance(given, Mapping) else dict.fromkeys(Priority, given)
        for metric, given in minutes.items()
    }
    number = hash((always, tuple(sorted((name, str(given)) for name, given in minutes.items())))) % 2**32
    return Policy(
        id=UUID(int=number),
        name="Office",
        conditions={},
        targets=targets,
        calendar_id=ALWAYS_ID if always else OFFICE_ID,
        calendar=ALWAYS if always else OFFICE,
    )


def about(**given: Any) -> TicketFacts:
    """What a policy is told of the ticket."""
    known = {"type": "incident", "priority": "high", "team_id": NETWORKS, "category": None, "tags": ()}
    return TicketFacts(**{**known, **given})


def started(policy: Policy | None, now: datetime, **given: Any) -> Clock:
    """The clock of a ticket just created."""
    clock = Clock([], {})
    clock.start(policy, about(**given), now)
    return clock


def of(clock: Clock, metric: Metric | str) -> list[Target]:
    """The cycles of a metric, in order."""
    return sorted((one for one in clock.targets if one.metric == metric), key=lambda one: one.cycle)


def armed(target: Target) -> dict[int, datetime]:
    """What is still to come: moments by percent."""
    return {step.step: step.at for step in target.steps if step.at and not step.fired_at}


def sweep(clock: Clock, now: datetime) -> list[tuple[str, int, int]]:
    """What sp_sla_sweep does to one ticket. Returns what it announced: (metric, cycle, percent)."""
    told = []
    for target in clock.targets:
        for step in target.steps:
            if step.fired_at is None and step.at is not None and step.at < now:
                step.fired_at = now
                if step.kind == "breach":
                    target.breached_at = target.breached_at or step.at
                told.append((target.metric.value, target.cycle, step.step))
    return told
