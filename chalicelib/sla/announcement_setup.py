"""Warnings and escalations as a policy keeps them: what contradicts itself, what they name, and which
escalation is which, so that one that has run on a ticket does not run again because its policy was edited."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from chalicelib.core.errors import FieldProblem
from chalicelib.models.words import Metric
from chalicelib.sla.announcing import number, warning_step
from chalicelib.sla.targets import new_id

Document = Mapping[str, Any]
# What a recipient or an action may name, by its field.
NAMED = {"team_id": "team", "user_id": "staff", "assignee_id": "staff"}
SENTENCES = {"team": "There is no such team.", "staff": "There is no such active member of the staff."}


def problems_of_warnings(warnings: Sequence[Document]) -> list[FieldProblem]:
    """Two for one moment of the same promise."""
    found = []
    for place, one in enumerate(warnings):
        same = (each for each in warnings[:place] if warning_step(each) == warning_step(one))
        if any(_metrics(each) & _metrics(one) for each in same):
            name = "percent" if "percent" in one else "minutes_before"
            found.append(_problem(f"warnings.{place}.{name}", "There is already a warning at this moment."))
    return found


def settled(given: Sequence[Document], before: Sequence[Document], now: datetime) -> list[dict[str, Any]]:
    """Escalations as they are kept, each with its id: its own; that of one that says the same, or comes at
    the same moment, where it brings none; or a new one. `before`: those that the policy had."""
    kept = [{"metric": None, **each} for each in given]
    free = [each for each in before if each["id"] not in {one.get("id") for one in kept}]
    for facts in (("metric", "when", "minutes", "actions"), ("metric", "when", "minutes")):
        for one in kept:
            same = (each for each in free if all(each[name] == one[name] for name in facts))
            if "id" not in one and (found := next(same, None)):
                one["id"] = found["id"]
                free.remove(found)
    taken = {number(UUID(each["id"])) for each in [*before, *(one for one in kept if "id" in one)]}
    for one in kept:
        if "id" not in one:
            one["id"] = str(_new_id(now, taken))
    return [{name: one[name] for name in ("id", "metric", "when", "minutes", "actions")} for one in kept]


def _new_id(now: datetime, taken: set[int]) -> UUID:
    """One whose number no other of the policy has."""
    made = new_id(now)
    while number(made) in taken:
        made = new_id(now)
    taken.add(number(made))
    return made


def problems_of_escalations(given: Sequence[Document]) -> list[FieldProblem]:
    """What contradicts itself, or is there twice."""
    found: list[FieldProblem] = []
    ids = [each.get("id") for each in given]
    for place, one in enumerate(given):
        path = f"escalations.{place}"
        if one["when"] == "before" and one["minutes"] == 0:
            found.append(
                _problem(f"{path}.minutes", "A step before the due time is a minute before it at least.")
            )
        if one.get("id") is not None and one["id"] in ids[:place]:
            found.append(_problem(f"{path}.id", "This escalation is there twice."))
        elif any(_is_same(each, one) for each in given[:place]):
            found.append(_problem(path, "This escalation is there twice."))
        found += _problems_of_actions(f"{path}.actions", one["actions"])
    return found


def strangers(given: Sequence[Document], before: Sequence[Document]) -> list[FieldProblem]:
    """Ids that are of no escalation of the policy."""
    known = {each["id"] for each in before}
    return [
        _problem(f"escalations.{place}.id", "The policy has no such escalation.")
        for place, one in enumerate(given)
        if one.get("id") is not None and one["id"] not in known
    ]


def named(escalations: Iterable[Document]) -> list[tuple[str, str, UUID]]:
    """Teams and staff that they name: path, kind, id."""
    return [
        (f"escalations.{place}.{path}", kind, id)
        for place, one in enumerate(escalations)
        for at, action in enumerate(one["actions"])
        for path, kind, id in named_by(action, f"actions.{at}")
    ]


def named_by(action: Document, path: str) -> Iterator[tuple[str, str, UUID]]:
    """Teams and staff that one action names: path, kind, id."""
    yield from _named(action, path)
    if action["action"] == "notify":
        for place, recipient in enumerate(action["to"]):
            yield from _named(recipient, f"{path}.to.{place}")


def _named(document: Document, path: str) -> Iterator[tuple[str, str, UUID]]:
    for name, kind in NAMED.items():
        if document.get(name) is not None:
            yield f"{path}.{name}", kind, UUID(document[name])


def _problems_of_actions(path: str, actions: Sequence[Document]) -> list[FieldProblem]:
    found = []
    kinds = [action["action"] for action in actions]
    for place, action in enumerate(actions):
        if action["action"] in kinds[:place]:
            found.append(_problem(f"{path}.{place}.action", f"{action['action']} is there twice."))
        if action["action"] == "assign" and any(
            each["action"] == "transfer" and "assignee_id" in each for each in actions
        ):
            told = "The transfer says already who works on it."
            found.append(_problem(f"{path}.{place}.assignee_id", told))
        recipients = action["to"] if action["action"] == "notify" else []
        found += [
            _problem(f"{path}.{place}.to.{at}", "This recipient is there twice.")
            for at, recipient in enumerate(recipients)
            if recipient in recipients[:at]
        ]
    return found


def _is_same(one: Document, other: Document) -> bool:
    """Whether both would do the same at one moment of the same promise."""
    share = one.get("metric") is None or other.get("metric") in (None, one["metric"])
    return share and all(one[name] == other[name] for name in ("when", "minutes", "actions"))


def _metrics(warning: Document) -> set[str]:
    return set(warning.get("metrics") or Metric)


def _problem(field: str, sentence: str) -> FieldProblem:
    return FieldProblem(field, "VALIDATION_ERROR", sentence)
