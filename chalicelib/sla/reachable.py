"""Whether what somebody sets up comes about in our time: a calendar may work for a minute a week. Pure."""

from collections.abc import Iterator, Mapping
from datetime import datetime

from chalicelib.core.errors import FieldProblem, ValidationFailed
from chalicelib.sla.aiming import horizon
from chalicelib.sla.hours import Calendar, NoWorkingTime, OutOfTime, due_at

TOO_LONG = "By its calendar {} minutes take more than a hundred years."


def due(start: datetime, minutes: float, calendar: Calendar) -> datetime | None:
    """When a promise is due; None where that is not within a hundred years from its start."""
    try:
        return due_at(start, minutes, calendar, latest=horizon(start))
    except (NoWorkingTime, OutOfTime):
        return None


def require_hours(calendar: Calendar, now: datetime) -> None:
    """Raises ValidationFailed for a calendar that works for no minute of the hundred years to come."""
    if due(now, 1, calendar) is None:
        told = "These holidays leave no working time in the next hundred years."
        raise ValidationFailed.of("holidays", told)


def problems_of_goals(
    targets: Mapping[str, Mapping[str, float]], calendar: Calendar, now: datetime
) -> list[FieldProblem]:
    """The promises of a policy that would take too long by its calendar."""
    return [
        FieldProblem(path, "VALIDATION_ERROR", TOO_LONG.format(f"{minutes:.0f}"))
        for path, minutes in _goals(targets)
        if due(now, minutes, calendar) is None
    ]


def _goals(targets: Mapping[str, Mapping[str, float]]) -> Iterator[tuple[str, float]]:
    """Where each is written, and its minutes: one number may stand for all priorities."""
    for metric, by_priority in targets.items():
        if len(by_priority) > 1 and len(set(by_priority.values())) == 1:
            yield f"targets.{metric}", next(iter(by_priority.values()))
            continue
        for priority, minutes in by_priority.items():
            yield f"targets.{metric}.{priority}", minutes
