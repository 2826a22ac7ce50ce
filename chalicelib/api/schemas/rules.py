"""Rules as they come in and go out."""

from datetime import datetime
from typing import Annotated, Any, Literal, NotRequired
from uuid import UUID

from pydantic import Field, model_validator

from chalicelib.api.schemas.actions import Actions, documents
from chalicelib.api.schemas.common import In, Name, Out, PageQuery, ShortText, omitted
from chalicelib.api.schemas.rule_triggers import Conditions, When, trigger_document
from chalicelib.models.words import FiringOutcome


class RuleIn(In):
    """A new rule. It runs after all others."""

    name: Name
    description: ShortText | None = None
    when: When
    conditions: Conditions = Field(default_factory=Conditions)
    actions: Actions
    enabled: bool = True


class RulePatch(In):
    """What changes of a rule; only the fields that are sent. Triggers, conditions and actions are replaced as
    a whole."""

    name: Name = omitted()
    description: ShortText | None = None
    when: When = omitted()
    conditions: Conditions = omitted()
    actions: Actions = omitted()
    enabled: bool = omitted()


class RuleOrder(In):
    """All rules, on or off, in the order in which they are to run."""

    rule_ids: Annotated[list[UUID], Field(max_length=500)]

    @model_validator(mode="after")
    def names_each_once(self) -> "RuleOrder":
        if len(set(self.rule_ids)) < len(self.rule_ids):
            raise ValueError("A rule is named twice.")
        return self


class RuleQuery(PageQuery):
    """Filter of the list of rules."""

    enabled: bool | None = None


class FiringQuery(PageQuery):
    """Filter of the list of what a rule did."""

    outcome: FiringOutcome | None = None


class RuleTest(In):
    """On which ticket, and which entry of its timeline is to be the event (`sequence`); without it the last
    that the rule listens to."""

    ticket_id: UUID
    sequence: Annotated[int, Field(ge=1, le=2**31 - 1)] | None = None


class NewRuleTest(RuleTest):
    """The same for a rule that is not kept yet."""

    when: When
    conditions: Conditions = Field(default_factory=Conditions)
    actions: Actions


class ConditionOut(Out):
    field: str
    operator: str
    value: NotRequired[Any]


class ConditionsOut(Out):
    all: list[ConditionOut]
    any: list[ConditionOut]


class RuleOut(Out):
    """A rule. `fired_last_day` counts to 1,000."""

    id: UUID
    name: str
    description: str | None
    when: list[dict[str, Any]]
    conditions: ConditionsOut
    actions: list[dict[str, Any]]
    enabled: bool
    position: int
    last_fired_at: datetime | None
    fired_last_day: int
    created_at: datetime
    updated_at: datetime


class RulesInOrder(Out):
    """The ids of all rules, in the order in which they run."""

    rule_ids: list[UUID]


class TicketLabel(Out):
    id: UUID
    label: str


class FiringOut(Out):
    """What a rule did once: `failed` with the reason why, and then nothing of it was done. `sequence` is that
    of the timeline entry that set it off, `counts_from` what the clock counted from; `depth` is how many
    rules led to it."""

    id: UUID
    ticket: TicketLabel
    outcome: FiringOutcome
    reason: str | None
    sequence: int | None
    counts_from: datetime | None
    depth: int
    created_at: datetime


class TestedEvent(Out):
    sequence: int
    action: str


class TestedWhen(Out):
    """The entry that was taken for the event; or since when the clock counts, and until when."""

    holds: bool
    reason: str | None
    event: TestedEvent | None
    counts_from: datetime | None
    at: datetime | None


class TestedCondition(Out):
    """A condition, what the ticket has (long texts cut), and whether it holds."""

    field: str
    operator: str
    value: Any
    actual: Any
    holds: bool


class TestedConditions(Out):
    holds: bool
    all: list[TestedCondition]
    any: list[TestedCondition]


class Effect(Out):
    """What would become of the ticket, as its timeline would tell it; or why it is refused."""

    outcome: Literal["applied", "unchanged", "refused"]
    reason: str | None
    changes: list[dict[str, Any]]


class TestedAction(Effect):
    """The same of one action done alone."""

    action: dict[str, Any]


class RuleTested(Out):
    """What a rule would do to a ticket, whether it would fire or not: each action alone, and `together`, as
    it is done: all or nothing."""

    would_fire: bool
    when: TestedWhen
    conditions: TestedConditions
    actions: list[TestedAction]
    together: Effect


def facts_of(body: In, names: frozenset[str] | None = None) -> dict[str, Any]:
    """The fields that are set of a rule (all, or those named), as `chalicelib.tickets.rules` takes them."""
    facts = {name: getattr(body, name) for name in names or body.model_fields_set}
    if "when" in facts:
        facts["when"] = [trigger_document(each) for each in facts["when"]]
    if "conditions" in facts:
        facts["conditions"] = facts["conditions"].model_dump()
    if "actions" in facts:
        facts["actions"] = documents(facts["actions"])
    return facts
