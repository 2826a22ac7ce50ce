"""What a policy announces of its promises: the steps that its warnings and escalations come to. Pure.

A warning is `{"percent": 75}` or `{"minutes_before": 30}`, an escalation `{"id", "when", "minutes",
"actions"}`; `metrics` and `metric` say of which promises, and are absent or null for all. All minutes are
business minutes, on the calendar of the promise.
"""

from collections.abc import Iterable, Mapping
from typing import Any
from uuid import UUID

from chalicelib.models.words import Metric
from chalicelib.sla.targets import BREACH, Step

WARNINGS: tuple[Mapping[str, Any], ...] = ({"percent": 75}, {"percent": 90})
# What `step` can hold.
LARGEST = 2**31 - 1

Documents = Iterable[Mapping[str, Any]]


def steps(warnings: Documents, escalations: Documents, metric: Metric) -> list[Step]:
    """The steps of a promise of this metric: what warns, the breach, what escalates. None is armed."""
    return [
        *(_warning(each) for each in warnings if metric in (each.get("metrics") or Metric)),
        Step("breach", BREACH),
        *(_escalation(each) for each in escalations if each["metric"] in (None, metric)),
    ]


def number(escalation_id: UUID) -> int:
    """The step that an escalation is, on whatever target: it keeps it, whatever else of it changes."""
    return escalation_id.int & LARGEST


def warning_step(warning: Mapping[str, Any]) -> int:
    """The percentage, or the minutes before with a minus."""
    return int(warning["percent"] if "percent" in warning else -warning["minutes_before"])


def _warning(warning: Mapping[str, Any]) -> Step:
    step = warning_step(warning)
    return Step("warning", step, offset=None if step > 0 else step)


def _escalation(escalation: Mapping[str, Any]) -> Step:
    escalation_id = UUID(escalation["id"])
    sign = -1 if escalation["when"] == "before" else 1
    return Step(
        "escalation",
        number(escalation_id),
        offset=sign * escalation["minutes"],
        escalation_id=escalation_id,
    )
