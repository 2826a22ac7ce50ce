"""What answers say of targets: the resolution's figures on the ticket itself, and all targets under `sla`."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

from chalicelib.models.words import Metric
from chalicelib.sla.targets import BREACH, MOST_CYCLES, Target

NOT_PROMISED = {"sla_minutes": None, "due_at": None, "hours_remaining": None, "breached": False}
SHOWN = ("metric", "cycle", "started_at", "due_at", "fulfilled_at", "ended_at", "breached_at")


def resolution_facts(
    targets: Iterable[Mapping[str, Any]], now: datetime, promised_now: float | None = None
) -> dict[str, Any]:
    """`{sla_minutes, due_at, hours_remaining, breached}` of the last resolution cycle in TARGETS_JSON; a
    breach never clears, so it counts in any cycle.

    `sla_minutes`: of the whole promise, of which a reopened cycle has what was left. One that has nothing
    left does not say of what: it is then `promised_now` (queries.promised_now). `hours_remaining`: elapsed
    hours until due, negative once late, null while paused, frozen once finished.
    Without a promise, or with one that was withdrawn, nothing applies and nothing failed.
    """
    cycles = sorted(
        (target for target in targets if target["metric"] == Metric.RESOLUTION),
        key=lambda target: int(target["cycle"]),
    )
    if not cycles:
        return dict(NOT_PROMISED)
    last = cycles[-1]
    breached = any(is_breached(target, now) for target in cycles)
    due, finished = _time(last["due_at"]), _time(last["fulfilled_at"]) or _time(last["ended_at"])
    if last["ended_at"] and due is None:
        return {**NOT_PROMISED, "breached": breached}
    return {
        "sla_minutes": _minutes(promised_now if promised_now and not last["minutes"] else _goal(cycles)),
        "due_at": last["due_at"],
        "hours_remaining": round((due - (finished or now)).total_seconds() / 3600, 4) if due else None,
        "breached": breached,
    }


def sla_facts(
    policy: Mapping[str, Any] | None,
    targets: Sequence[Mapping[str, Any]],
    now: datetime,
    *,
    for_customer: bool = False,
) -> dict[str, Any]:
    """`{policy: {id, name} or null, targets: [...]}`, of each metric the newest cycles. Customers do not see
    what teams promise each other."""
    hidden = (Metric.TEAM_RESOLUTION,) if for_customer else ()
    last = {
        target["metric"]: target["cycle"] for target in sorted(targets, key=lambda each: int(each["cycle"]))
    }
    return {
        "policy": {"id": policy["id"], "name": policy["name"]} if policy else None,
        "targets": [
            {
                **{name: target[name] for name in SHOWN},
                "minutes": _minutes(target["minutes"]),
                "used_minutes": None if (used := target["used_minutes"]) is None else _minutes(used),
                "paused": target["paused_at"] is not None,
                "breached": is_breached(target, now),
                "status": _status(target),
            }
            for target in targets
            if target["metric"] not in hidden and target["cycle"] > last[target["metric"]] - MOST_CYCLES
        ],
    }


def is_breached(target: Mapping[str, Any], now: datetime) -> bool:
    """Target.breached_by, of a target as answers carry it."""
    if target["breached_at"]:
        return True
    due = _time(target["due_at"])
    return due is not None and due < (_time(target["fulfilled_at"]) or _time(target["ended_at"]) or now)


def breach_meta(target: Target) -> dict[str, Any]:
    """What the `sla_breached` entry of one of Clock.breaches says; the same as sp_sla_sweep writes."""
    due, noticed = target.breached_at, target.breach.fired_at
    return {
        "metric": target.metric.value,
        "cycle": target.cycle,
        "percent": BREACH,
        "at": written(due),
        "due_at": written(due),
        "noticed_at": written(noticed),
    }


def _goal(cycles: Sequence[Mapping[str, Any]]) -> float:
    """What was promised in all: what the last cycle that had anything left has, and what those before it
    took."""
    goal = taken = 0.0
    for cycle in cycles:
        if cycle["minutes"] or not goal:
            goal = cycle["minutes"] + taken
        taken += cycle["used_minutes"] or 0.0
    return goal


def _status(target: Mapping[str, Any]) -> str:
    if target["fulfilled_at"]:
        return "fulfilled"
    if target["ended_at"]:
        return "ended"
    return "paused" if target["paused_at"] else "running"


def _minutes(minutes: float) -> float | int:
    whole = round(minutes, 2)
    return int(whole) if whole == int(whole) else whole


def _time(value: str | datetime | None) -> datetime | None:
    return datetime.fromisoformat(value) if isinstance(value, str) else value


def written(at: datetime | None) -> str | None:
    """A time as answers and entries carry it."""
    return at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ") if at else None
