"""Policies: which tickets get which promises, in how many business minutes, on which calendar."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from chalicelib.models.words import Metric
from chalicelib.sla import announcing, calendars
from chalicelib.sla.hours import Calendar
from chalicelib.sla.targets import Step


@dataclass(frozen=True, slots=True)
class TicketFacts:
    """What a policy asks of a ticket.

    The last four matter where a policy promises what none promised before: such a promise counts from
    `created_at`, a resolution without the `idle` times and a first response without those in which the
    ticket was `over`, where they are known, and a resolution stands still while the ticket is `paused`.
    """

    type: str
    priority: str
    team_id: UUID
    category: str | None
    tags: tuple[str, ...]
    organisation_id: UUID | None = None
    sla_minutes: int | None = None
    created_at: datetime | None = None
    paused: bool = False
    idle: tuple[tuple[datetime, datetime | None], ...] | None = None
    over: tuple[tuple[datetime, datetime | None], ...] = ()


@dataclass(frozen=True, slots=True)
class Policy:
    """`conditions` maps names to the values they accept; `targets` maps metrics to minutes by priority.
    `warnings` and `escalations`: see announcing.py."""

    id: UUID
    name: str
    conditions: Mapping[str, Any]
    targets: Mapping[str, Mapping[str, float]]
    calendar_id: UUID
    calendar: Calendar
    warnings: Sequence[Mapping[str, Any]] = announcing.WARNINGS
    escalations: Sequence[Mapping[str, Any]] = ()

    def steps(self, metric: Metric) -> list[Step]:
        """What it announces of a promise of this metric, not armed yet."""
        return announcing.steps(self.warnings, self.escalations, metric)

    def minutes(self, metric: Metric, facts: TicketFacts) -> float | None:
        """The business minutes promised, or None. The ticket's own `sla_minutes` go before the policy's."""
        if metric is Metric.RESOLUTION and facts.sla_minutes is not None:
            return float(facts.sla_minutes)
        minutes = self.targets.get(metric, {}).get(facts.priority)
        return None if minutes is None else float(minutes)

    def matches(self, facts: TicketFacts) -> bool:
        """Every condition holds; one without values is none. A name that nobody knows never holds."""
        return all(holds for *_, holds in self.verdicts(facts))

    def verdicts(self, facts: TicketFacts) -> list[tuple[str, list[str], list[str], bool]]:
        """Of each condition its name, what it accepts, what the ticket has, and whether it holds."""
        have = {
            "type": (facts.type,),
            "priority": (facts.priority,),
            "team": (facts.team_id,),
            "category": (facts.category,),
            "tag": facts.tags,
            "organisation": (facts.organisation_id,),
        }
        # In one order, whatever that of the stored ones; a name that nobody knows comes last.
        names = [*have, *(name for name in self.conditions if name not in have)]
        wanted = {name: self.conditions[name] for name in names if self.conditions.get(name)}
        return [
            (name, sorted(_words(values)), sorted(_words(actual)), bool(_words(actual) & _words(values)))
            for name, values in wanted.items()
            for actual in (have.get(name, ()),)
        ]


def choose(policies: Sequence[Policy], facts: TicketFacts) -> Policy | None:
    """The first policy that matches, in the order given."""
    return next((policy for policy in policies if policy.matches(facts)), None)


def read(rows: Iterable[Mapping[str, Any]]) -> list[Policy]:
    """The policies of fn_policies, in its order. Of several on one calendar the first carries it."""
    found: list[Policy] = []
    counted_on: dict[str, Calendar] = {}
    for row in rows:
        if row["calendar"]:
            counted_on[row["calendar_id"]] = calendars.read(row["calendar"])
        policy = Policy(
            UUID(row["id"]),
            row["name"],
            row["conditions"],
            row["targets"],
            UUID(row["calendar_id"]),
            counted_on[row["calendar_id"]],
            row["warnings"],
            row["escalations"],
        )
        found.append(policy)
    return found


def _words(values: Any) -> set[str]:
    many = values if isinstance(values, list | tuple) else (values,)
    return {str(value).casefold() for value in many if value is not None}
