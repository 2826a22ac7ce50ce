"""Explaining: for each promise of a ticket its figures, and every stretch of time that made them. Pure."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from itertools import islice
from typing import Any
from uuid import UUID

from chalicelib.models.words import Metric
from chalicelib.sla.aiming import elapsed, used
from chalicelib.sla.hours import Calendar, Interval, Pause, business_minutes, intervals, within_hours
from chalicelib.sla.promises import SHARED
from chalicelib.sla.targets import MOST_CYCLES, Step, Target

# More are no explanation, and ten years of office hours are 5,000; what is left is in the sums only. A ticket
# may have hundreds of cycles: the newest are told first.
MOST_INTERVALS = 400
MOST_TOLD = 4000
# Finer than the microsecond in which the engine counts.
MINUTE_DIGITS = 8
NOTHING = 1e-6
TIMES = ("started_at", "due_at", "fulfilled_at", "ended_at", "breached_at")
MINUTE = timedelta(minutes=1)


def explain(
    targets: Sequence[Target],
    calendars: Mapping[UUID, tuple[str, Calendar]],
    now: datetime,
) -> list[dict[str, Any]]:
    """The targets, metric by metric and the newest cycles of each, in business minutes; `calendars` by id,
    with names.

    `goal` is what this cycle promises, `used_before` what earlier cycles took of the same promise, `elapsed`
    and `remaining` count to its end, or to `now` while it runs; `remaining` is negative once late. `explain`
    covers the time from its start to when it is due (while it is paused or was withdrawn: to now or its end),
    and what is counted there adds up to the goal; `overtime` goes on from there where it is late.
    `adds_up` is false where its calendar was changed since: what had finished stands with the due time and
    the minutes of then, and the intervals are those of today; what runs is about to be counted anew. `steps`:
    what was announced of it, and is to come.
    """
    told: dict[UUID, dict[str, Any]] = {}
    left = MOST_TOLD
    for target in sorted(_newest(targets), key=lambda each: each.started_at, reverse=True):
        told[target.id] = _explained(target, targets, calendars, now, min(left, MOST_INTERVALS))
        stretches = (told[target.id][name] for name in ("explain", "overtime"))
        left = max(left - sum(len(each["intervals"]) for each in stretches if each), 0)
    in_order = sorted(_newest(targets), key=lambda each: (list(Metric).index(each.metric), each.cycle))
    return [told[target.id] for target in in_order]


def _newest(targets: Sequence[Target]) -> list[Target]:
    last = {each.metric: each.cycle for each in sorted(targets, key=lambda each: each.cycle)}
    return [each for each in targets if each.cycle > last[each.metric] - MOST_CYCLES]


def _explained(
    target: Target,
    targets: Sequence[Target],
    calendars: Mapping[UUID, tuple[str, Calendar]],
    now: datetime,
    most: int,
) -> dict[str, Any]:
    name, calendar = calendars[target.calendar_id]
    pauses: list[Pause] = [*target.paused_intervals]
    if target.paused_at is not None:
        pauses.append((target.paused_at, None))
    # A verb that waited for the lock may have happened a moment after this statement's time.
    end = max(target.finished_at or now, target.started_at)
    counted = elapsed(target, calendar, end)
    took = counted if target.running else used(target, calendar)
    due = target.due_at
    told = stretch(target.started_at, max(due or end, target.started_at), calendar, pauses, most)
    late = due is not None and due < end
    overtime = stretch(due, end, calendar, pauses, most) if due is not None and late else None
    return {
        "metric": target.metric,
        "cycle": target.cycle,
        "calendar": {"id": target.calendar_id, "name": name},
        "timezone": calendar.timezone,
        **{name: getattr(target, name) for name in TIMES},
        "goal": _minutes(target.minutes),
        "used_before": _minutes(_used_before(target, targets, calendars)),
        "elapsed": _minutes(took),
        "remaining": _minutes(target.minutes - took),
        "breached": target.breached_by(now),
        "paused": target.paused,
        "within_hours": within_hours(now, calendar),
        "explain": told,
        "overtime": overtime,
        "adds_up": (due is None or abs(told["counted"] - target.minutes) < NOTHING)
        and abs(took - counted) < NOTHING,
        "steps": _steps(target),
    }


def _steps(target: Target) -> list[dict[str, Any]]:
    """What was announced, and what comes or, while it is paused, will."""
    return [
        {**step_facts(step), "fired_at": step.fired_at, "done_at": step.done_at}
        for step in target.in_order()
        if step.fired_at or step.at or target.paused
    ]


def step_facts(step: Step) -> dict[str, Any]:
    """What a step is, and when it comes or came due; None while it does not."""
    offset = step.offset
    return {
        "kind": step.kind,
        "percent": step.step if offset is None else None,
        "minutes_before": -offset if offset is not None and offset < 0 else None,
        "minutes_after": offset if offset is not None and offset >= 0 else None,
        "escalation_id": step.escalation_id,
        "at": step.at,
    }


def _used_before(
    target: Target, targets: Sequence[Target], calendars: Mapping[UUID, tuple[str, Calendar]]
) -> float:
    if target.metric not in SHARED:
        return 0.0
    earlier = (each for each in targets if each.metric is target.metric and each.cycle < target.cycle)
    return sum(used(each, calendars[each.calendar_id][1]) for each in earlier)


def stretch(
    start: datetime,
    end: datetime,
    calendar: Calendar,
    pauses: Sequence[Pause] = (),
    most: int = MOST_INTERVALS,
) -> dict[str, Any]:
    """The first intervals one by one, whether there are more, and the minutes of each kind of all of them."""
    first = list(islice(intervals(start, end, calendar, pauses), most + 1)) if most else []
    open_ = business_minutes(start, end, calendar)
    counted = business_minutes(start, end, calendar, pauses) if pauses else open_
    return {
        "intervals": [_interval(each) for each in first[:most]],
        "truncated": len(first) > most or (not most and start < end),
        "counted": _minutes(counted),
        "paused": _minutes(open_ - counted),
        "closed": _minutes((end - start) / MINUTE - open_),
    }


def _interval(interval: Interval) -> dict[str, Any]:
    return {
        "start": interval.start,
        "end": interval.end,
        "kind": interval.kind,
        "reason": interval.reason,
        "name": interval.name or None,
        "minutes": _minutes(interval.minutes),
    }


def _minutes(minutes: float) -> float:
    return round(minutes, MINUTE_DIGITS)
