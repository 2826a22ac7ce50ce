"""When a target is due and its steps come, by its calendar and pauses; what it has used up. Pure."""

from datetime import datetime

from chalicelib.sla.hours import Calendar, NoWorkingTime, OutOfTime, business_minutes, due_at
from chalicelib.sla.targets import BREACH, Target

MICROSECOND = 1 / 60_000_000  # in minutes


def aim(target: Target, calendar: Calendar) -> None:
    """Sets the due time and arms the steps that have not fired.

    Once the breach has, nothing is left to announce. While paused, nothing is due.
    """
    target.due_at = _at(target, BREACH, calendar)
    armed = target.running and target.breach.fired_at is None
    for step in target.steps:
        if step.fired_at is None:
            step.at = _at(target, step.step, calendar) if armed else None
    target.changed = True


def disarm(target: Target) -> None:
    """No step comes any more; the due time stays as the record of what was promised."""
    for step in target.steps:
        if step.fired_at is None:
            step.at = None
    target.changed = True


def used(target: Target, calendar: Calendar) -> float:
    """The business minutes that a finished target took, without its pauses."""
    finished = target.finished_at or target.started_at
    return business_minutes(target.started_at, finished, calendar, target.paused_intervals)


def left(minutes: float, used_minutes: float) -> float:
    """What remains of a promise, 0 at the least; a rest below the engine's microsecond is none."""
    rest = minutes - used_minutes
    return rest if rest >= MICROSECOND else 0.0


def _at(target: Target, percent: int, calendar: Calendar) -> datetime | None:
    if target.paused:
        return None
    try:
        at = due_at(target.started_at, target.minutes * percent / 100, calendar, target.paused_intervals)
    except (NoWorkingTime, OutOfTime):
        return None
    for begins, ends in target.paused_intervals:
        if at == begins:  # paused in that very moment: it comes when work goes on
            at = ends
    return at
