"""When a rule is set off, and what must hold of the ticket: the shapes of triggers and conditions."""

from collections.abc import Callable
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, Field, StringConstraints, model_validator

from chalicelib.api.schemas.common import In
from chalicelib.api.schemas.words import reader
from chalicelib.models.elsewhere import PRIORITIES, STATUSES, TYPES
from chalicelib.models.words import Priority, Since, Status, TicketType, Visibility
from chalicelib.tickets.rule_fields import MAX_CONDITIONS, MAX_LIST, MAX_TEXT
from chalicelib.tickets.rule_news import VERBS

MAX_MINUTES = 525_600


class OnCreated(In):
    """A ticket was opened."""

    on: Literal["created"]


class OnUpdated(In):
    """A ticket was changed: any of these `fields`, by any of these `verbs`, which are the actions of its
    timeline; without either in any way, but for those that have to be named: sla_warned, sla_breached,
    escalated, attached, linked, merged_from, rated, reminded."""

    on: Literal["updated"]
    fields: (
        Annotated[
            list[
                Literal[
                    "assignee", "category", "custom_fields", "description", "priority", "sla_minutes",
                    "status", "subcategory", "subject", "tags", "team", "type",
                ]
            ],
            Field(min_length=1, max_length=12),
        ]
        | None
    ) = None  # fmt: skip
    verbs: Annotated[list[str], Field(min_length=1, max_length=30)] | None = None

    @model_validator(mode="after")
    def knows_its_verbs(self) -> "OnUpdated":
        if unknown := [verb for verb in self.verbs or () if verb not in VERBS]:
            raise ValueError(f"{unknown[0][:50]} is no verb. There are {', '.join(VERBS)}.")
        return self


class OnCommented(In):
    """Something was said: a public reply or a note, by whoever asks (the requester, or another customer who
    sees it) or by the staff. Without either, anything by anybody."""

    on: Literal["commented"]
    visibility: Visibility | None = None
    by: Literal["requester", "staff"] | None = None


class OnSince(In):
    """So many `hours` and `minutes` have passed since then, by the calendar, not in business time;
    `due_in`: as many are left until it is due. The clock stops for closed and cancelled tickets."""

    on: Literal["since"]
    since: Since
    hours: Annotated[int, Field(ge=0, le=8760)] | None = None
    minutes: Annotated[int, Field(ge=0, le=MAX_MINUTES)] | None = None

    @model_validator(mode="after")
    def has_a_length(self) -> "OnSince":
        if self.hours is None and self.minutes is None:
            raise ValueError("Say how many hours or minutes.")
        if self.length > MAX_MINUTES:
            raise ValueError("This is longer than a year.")
        return self

    @property
    def length(self) -> int:
        return (self.hours or 0) * 60 + (self.minutes or 0)


# Fields whose values are words that other systems say otherwise.
ELSEWHERE = {
    "status": reader(Status, STATUSES),
    "priority": reader(Priority, PRIORITIES),
    "type": reader(TicketType, TYPES),
}


def _known(read: Callable[[Any], Any], value: Any) -> Any:
    """Our word for it, if it is one: what is none is told of with the operator in sight."""
    try:
        return str(read(value))
    except ValueError:
        return value


Trigger = Annotated[OnCreated | OnUpdated | OnCommented | OnSince, Field(discriminator="on")]


def by_the_clock_alone(triggers: list[Any]) -> list[Any]:
    """Refuses what a rule that counts time does beside."""
    if len(triggers) > 1 and any(isinstance(each, OnSince) for each in triggers):
        raise ValueError("A rule that runs by the clock has that trigger alone.")
    return triggers


When = Annotated[list[Trigger], Field(min_length=1, max_length=5), AfterValidator(by_the_clock_alone)]
ConditionText = Annotated[str, StringConstraints(max_length=MAX_TEXT)]


class Condition(In):
    """A field, an operator, and what it is compared with: one value, a list (`in`, `has_any` …) or none
    (`empty`, `changed` …). What fields and operators there are, docs/rules.md says."""

    field: Annotated[str, StringConstraints(min_length=1, max_length=100)]
    operator: Annotated[str, StringConstraints(min_length=1, max_length=50)]
    value: (
        ConditionText
        | bool
        | int
        | float
        | Annotated[list[ConditionText | bool | int | float], Field(max_length=MAX_LIST)]
        | None
    ) = None

    @model_validator(mode="after")
    def in_our_words(self) -> "Condition":
        if read := ELSEWHERE.get(self.field):
            several = isinstance(self.value, list)
            known = [
                _known(read, each) for each in (self.value if isinstance(self.value, list) else [self.value])
            ]
            self.value = known if several else known[0]
        return self


Listed = Annotated[list[Condition], Field(max_length=MAX_CONDITIONS)]


class Conditions(In):
    """All of the one list must hold, and one at least of the other, if it has any."""

    all: Listed = Field(default_factory=list)
    any: Listed = Field(default_factory=list)


def trigger_document(trigger: Any) -> dict[str, Any]:
    if isinstance(trigger, OnSince):
        return {"on": "since", "since": str(trigger.since), "minutes": trigger.length}
    kept: dict[str, Any] = trigger.model_dump(mode="json", exclude_none=True)
    return kept
