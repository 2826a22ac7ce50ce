"""Whether the conditions of a rule hold. Pure: conditions as rule_fields.checked keeps them, and facts, in;
verdicts out. Texts are compared in any spelling: whatever their case, their spaces, the way to write a sign.

What is absent is equal to nothing, holds nothing and is in no order; so `is_not` and `not_contains` hold.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from chalicelib.models.words import Priority, values
from chalicelib.tickets.categorising import fold
from chalicelib.tickets.rule_fields import CUSTOM, FIELDS

RANKS = {word: rank for rank, word in enumerate(values(Priority))}
# What asks the event, not the ticket.
OF_CHANGES = frozenset({"changed", "not_changed", "changed_to", "changed_from", "added", "removed"})
# What is called "none" where it is absent.
IDS = frozenset({"assignee", "organisation"})


@dataclass
class Facts:
    """A ticket as it is now, by the names of rule_fields, and what the event changed of it:
    `{"status": {"from": "new", "to": "open"}}`, by the names of changes. Ids are texts."""

    values: Mapping[str, Any]
    changes: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    _folded: dict[str, str] = field(default_factory=dict)

    def value(self, name: str) -> Any:
        """What a field is; None where there is none."""
        if name.startswith(CUSTOM):
            return (self.values.get("custom_fields") or {}).get(name.removeprefix(CUSTOM))
        return self.values.get(name)

    def text(self, name: str) -> str:
        """A text as it is compared; folding a long one is done once."""
        if name not in self._folded:
            value = self.value(name)
            self._folded[name] = fold(value) if isinstance(value, str) else ""
        return self._folded[name]

    def change(self, name: str) -> Mapping[str, Any] | None:
        """What became of a field in the event, `from` and `to`; None where it stayed as it was."""
        if not name.startswith(CUSTOM):
            called = FIELDS[name].change if name in FIELDS else None
            return self.changes.get(called) if called else None
        sides = self.changes.get("custom_fields")
        if sides is None:
            return None
        key = name.removeprefix(CUSTOM)
        was, now = ((sides.get(side) or {}).get(key) for side in ("from", "to"))
        return None if same(was, now) else {"from": was, "to": now}


@dataclass(frozen=True)
class Verdict:
    """One condition, what it found, and whether it holds."""

    condition: Mapping[str, Any]
    actual: Any
    holds: bool


@dataclass(frozen=True)
class Judgement:
    """All verdicts. A rule without conditions always applies."""

    all: Sequence[Verdict]
    any: Sequence[Verdict]

    @property
    def holds(self) -> bool:
        """Whether all of the one list hold, and one at least of the other, if that has any."""
        return all(each.holds for each in self.all) and (not self.any or any(each.holds for each in self.any))


def judge(conditions: Mapping[str, Sequence[Mapping[str, Any]]], facts: Facts) -> Judgement:
    """Every condition judged, whatever the others say: what a dry run shows."""
    groups = ([_verdict(each, facts) for each in conditions.get(group, ())] for group in ("all", "any"))
    return Judgement(*groups)


def apply(conditions: Mapping[str, Sequence[Mapping[str, Any]]], facts: Facts) -> bool:
    """The same, no further than needed."""
    some = conditions.get("any", ())
    return all(holds(each, facts) for each in conditions.get("all", ())) and (
        not some or any(holds(each, facts) for each in some)
    )


def _verdict(condition: Mapping[str, Any], facts: Facts) -> Verdict:
    name, operator = condition["field"], condition["operator"]
    actual: Any = facts.change(name) if operator in OF_CHANGES else facts.value(name)
    shown = sorted(actual) if isinstance(actual, frozenset) else actual
    return Verdict(condition, shown, holds(condition, facts))


def holds(condition: Mapping[str, Any], facts: Facts) -> bool:
    """Whether one condition holds. Operators of later versions hold never."""
    judge_it = _OPERATORS.get(condition["operator"])
    return judge_it is not None and judge_it(facts, condition["field"], condition.get("value"))


def same(one: Any, other: Any) -> bool:
    """Whether two values are one: texts in any spelling; true is not 1."""
    if isinstance(one, str) and isinstance(other, str):
        return one == other or fold(one) == fold(other)
    if isinstance(one, bool) != isinstance(other, bool):
        return False
    if isinstance(one, list | tuple) and isinstance(other, list | tuple):
        return len(one) == len(other) and all(has(one, each) for each in other)
    return bool(one == other)


def has(several: Any, value: Any) -> bool:
    """Whether the value is among several; a single value counts as one of it."""
    if several is None:
        return False
    listed = several if isinstance(several, list | tuple | set | frozenset) else (several,)
    return any(same(each, value) for each in listed)


def _is(facts: Facts, name: str, wanted: Any) -> bool:
    return _equals(name, facts.value(name), wanted)


def _equals(name: str, actual: Any, wanted: Any) -> bool:
    if actual is None:
        return name in IDS and wanted == "none"
    return has(actual, wanted)


def _in(facts: Facts, name: str, wanted: Sequence[Any]) -> bool:
    return any(_is(facts, name, each) for each in wanted)


def _contains(facts: Facts, name: str, wanted: str) -> bool:
    return fold(wanted) in facts.text(name)


def _contains_any(facts: Facts, name: str, wanted: Sequence[str]) -> bool:
    return any(_contains(facts, name, each) for each in wanted)


def _starts(facts: Facts, name: str, wanted: str) -> bool:
    return facts.text(name).startswith(fold(wanted))


def _ends(facts: Facts, name: str, wanted: str) -> bool:
    return facts.text(name).endswith(fold(wanted))


def _has(facts: Facts, name: str, wanted: Any) -> bool:
    return has(facts.value(name), wanted)


def _has_any(facts: Facts, name: str, wanted: Sequence[Any]) -> bool:
    return any(_has(facts, name, each) for each in wanted)


def _has_all(facts: Facts, name: str, wanted: Sequence[Any]) -> bool:
    return all(_has(facts, name, each) for each in wanted)


def _empty(facts: Facts, name: str, _: Any) -> bool:
    return facts.value(name) in (None, "", [], ())


def _compare(order: Callable[[Any, Any], bool]) -> Callable[[Facts, str, Any], bool]:
    """Numbers by their size, dates as ISO 8601 writes them, priorities by their rank."""

    def judge_it(facts: Facts, name: str, wanted: Any) -> bool:
        actual = facts.value(name)
        if name == "priority":
            actual, wanted = RANKS.get(actual), RANKS.get(wanted)
        # A field may hold what another declaration once allowed.
        numbers = all(
            isinstance(each, int | float) and not isinstance(each, bool) for each in (actual, wanted)
        )
        texts = isinstance(actual, str) and isinstance(wanted, str)
        return (numbers or texts) and order(actual, wanted)

    return judge_it


def _changed(facts: Facts, name: str, _: Any) -> bool:
    return facts.change(name) is not None


def _side(side: str) -> Callable[[Facts, str, Any], bool]:
    def judge_it(facts: Facts, name: str, wanted: Any) -> bool:
        change = facts.change(name)
        return change is not None and _equals(name, change.get(side), wanted)

    return judge_it


def _came(before: str, after: str) -> Callable[[Facts, str, Any], bool]:
    """Whether a value is on one side of a change of several, and not on the other."""

    def judge_it(facts: Facts, name: str, wanted: Any) -> bool:
        change = facts.change(name)
        return change is not None and has(change.get(after), wanted) and not has(change.get(before), wanted)

    return judge_it


def _not(judge_it: Callable[[Facts, str, Any], bool]) -> Callable[[Facts, str, Any], bool]:
    return lambda facts, name, wanted: not judge_it(facts, name, wanted)


_OPERATORS: Mapping[str, Callable[[Facts, str, Any], bool]] = {
    "is": _is,
    "is_not": _not(_is),
    "in": _in,
    "not_in": _not(_in),
    "contains": _contains,
    "not_contains": _not(_contains),
    "contains_any": _contains_any,
    "contains_none": _not(_contains_any),
    "starts_with": _starts,
    "ends_with": _ends,
    "has": _has,
    "has_not": _not(_has),
    "has_any": _has_any,
    "has_all": _has_all,
    "has_none": _not(_has_any),
    "empty": _empty,
    "not_empty": _not(_empty),
    "at_least": _compare(lambda actual, wanted: actual >= wanted),
    "at_most": _compare(lambda actual, wanted: actual <= wanted),
    "before": _compare(lambda actual, wanted: actual < wanted),
    "after": _compare(lambda actual, wanted: actual > wanted),
    "changed": _changed,
    "not_changed": _not(_changed),
    "changed_to": _side("to"),
    "changed_from": _side("from"),
    "added": _came("from", "to"),
    "removed": _came("to", "from"),
}
