"""When a target is due and its steps come, by its calendar and pauses; what it has used up. Pure."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

from chalicelib.sla.hours import Calendar, NoWorkingTime, OutOfTime, Pause, business_minutes, due_at
from chalicelib.sla.targets import Step, Target

MICROSECOND = 1 / 60_000_000  # in minutes
# A calendar may work for a minute a week: what takes longer than this from its start never comes.
LONGEST = timedelta(days=36_525)
_END = datetime.max.replace(tzinfo=UTC)


def horizon(start: datetime) -> datetime:
    """The latest moment at which something that begins then is due."""
    return start + LONGEST if start < _END - LONGEST else _END


def aim(target: Target, calendar: Calendar) -> None:
    """Sets the due time and arms the steps that have not fired; what lies past its horizon never comes.

    Once the breach has, there is nothing left to warn of; escalations end with the target. While paused,
    nothing is due.
    """
    target.due_at = _at(target, target.minutes, calendar)
    late = target.breach.fired_at is not None
    for step in target.steps:
        if step.fired_at is None:
            comes = target.running and (step.kind == "escalation" or not late)
            step.at = _at(target, step.minutes(target.minutes), calendar) if comes else None
    target.changed = True


def rearm(target: Target, planned: Sequence[Step]) -> list[Step]:
    """Gives it the steps of a policy, to be aimed: those that have fired stay, of the others only what is
    planned. Answers the new ones."""
    wanted = {step.key: step for step in planned}
    known = {step.key: step for step in target.steps}
    for key, step in wanted.items():
        if key in known and known[key].fired_at is None:
            known[key].offset = step.offset
    given_up = [step for step in target.steps if step.fired_at is None and step.key not in wanted]
    new = [step for key, step in wanted.items() if key not in known]
    target.dropped = [step for step in [*target.dropped, *given_up] if step.key not in wanted]
    target.steps = [step for step in target.steps if step not in given_up] + new
    return new


def state(target: Target) -> tuple[object, ...]:
    """What another policy, priority or minutes may move."""
    steps = [(*step.key, step.at, step.offset) for step in target.steps]
    return (
        *(target.policy_id, target.calendar_id, target.minutes, target.due_at, target.withdrawn),
        *(steps, len(target.dropped)),
    )


def disarm(target: Target) -> None:
    """No step comes any more; the due time stays as the record of what was promised."""
    for step in target.steps:
        if step.fired_at is None:
            step.at = None
    target.changed = True


def elapsed(target: Target, calendar: Calendar, until: datetime) -> float:
    """The business minutes from its start to a moment, without its pauses, by the calendar as it is now."""
    pauses: list[Pause] = [*target.paused_intervals]
    if target.paused_at is not None:
        pauses.append((target.paused_at, None))
    return business_minutes(target.started_at, max(until, target.started_at), calendar, pauses)


def keep_used(target: Target, calendar: Calendar) -> None:
    """What a target took is settled when it finishes: no calendar that changes later changes it."""
    target.used_minutes = elapsed(target, calendar, target.finished_at) if target.finished_at else None
    target.changed = True


def used(target: Target, calendar: Calendar) -> float:
    """The business minutes that a finished target took; counted now where nobody noted them then."""
    if target.used_minutes is not None:
        return target.used_minutes
    return elapsed(target, calendar, target.finished_at or target.started_at)


def left(minutes: float, used_minutes: float) -> float:
    """What remains of a promise, 0 at the least; a rest below the engine's microsecond is none."""
    rest = minutes - used_minutes
    return rest if rest >= MICROSECOND else 0.0


def _at(target: Target, minutes: float, calendar: Calendar) -> datetime | None:
    if target.paused:
        return None
    try:
        at = due_at(
            target.started_at,
            minutes,
            calendar,
            target.paused_intervals,
            latest=horizon(target.started_at),
        )
    except (NoWorkingTime, OutOfTime):
        return None
    for begins, ends in target.paused_intervals:
        if at == begins:  # paused in that very moment: it comes when work goes on
            at = ends
    return at
