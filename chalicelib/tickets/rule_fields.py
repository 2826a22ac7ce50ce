"""What conditions of rules can ask: the fields of a ticket and of what happened, their operators and values.
Pure: what comes in is checked and spelled as it is kept, or told of by its path.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any
from uuid import UUID

from chalicelib.core.errors import FieldProblem
from chalicelib.models.words import FieldType, Priority, Source, Status, TicketType, Visibility, values
from chalicelib.tickets.categorising import spelled
from chalicelib.tickets.field_values import PLAIN, CustomField

CUSTOM = "custom_fields."
MAX_TEXT = 1000
MAX_LIST = 50
MAX_CONDITIONS = 50
# Who an event is of: several hold of one person.
ACTORS = (
    *("requester", "customer", "assignee", "staff", "admin", "dispatcher", "agent"),
    *("api_key", "system"),
)


class Takes(StrEnum):
    """What stands beside an operator."""

    NOTHING = "nothing"
    ONE = "one"
    MANY = "many"


OPERATORS: Mapping[str, Takes] = {
    **dict.fromkeys(("empty", "not_empty", "changed", "not_changed"), Takes.NOTHING),
    **dict.fromkeys(("is", "is_not", "contains", "not_contains", "starts_with", "ends_with"), Takes.ONE),
    **dict.fromkeys(("at_least", "at_most", "before", "after", "has", "has_not"), Takes.ONE),
    **dict.fromkeys(("changed_to", "changed_from", "added", "removed"), Takes.ONE),
    **dict.fromkeys(("in", "not_in", "contains_any", "contains_none"), Takes.MANY),
    **dict.fromkeys(("has_any", "has_all", "has_none"), Takes.MANY),
}
_EQUAL = ("is", "is_not", "in", "not_in")
_PRESENCE = ("empty", "not_empty")
_CHANGE = ("changed", "not_changed", "changed_to", "changed_from")
_TEXT = ("contains", "not_contains", "contains_any", "contains_none", "starts_with", "ends_with")
_SET = ("has", "has_not", "has_any", "has_all", "has_none", *_PRESENCE)
_ORDER = ("at_least", "at_most")


@dataclass(frozen=True)
class Field:
    """A field: what it can be asked, and how one value is read (ValueError with a sentence). `names` says
    whose id it is, where it is one; `change` how changes of a ticket call it."""

    operators: tuple[str, ...]
    read: Callable[[Any], Any]
    names: str | None = None
    change: str | None = None


def _word(*known: str) -> Callable[[Any], str]:
    def read(value: Any) -> str:
        name = spelled(value, known) if isinstance(value, str) else None
        if name is None:
            raise ValueError(f"Use one of: {', '.join(known)}.")
        return name

    return read


def _text(value: Any) -> str:
    if not isinstance(value, str) or not value.strip() or len(value) > MAX_TEXT:
        raise ValueError(f"Use a text of 1 to {MAX_TEXT} characters.")
    return value.strip()


def _truth(value: Any) -> bool:
    if not isinstance(value, bool):
        raise ValueError("Use true or false.")
    return value


def _id(*, or_none: bool) -> Callable[[Any], str]:
    def read(value: Any) -> str:
        if or_none and value == "none":
            return "none"
        try:
            return str(UUID(value)) if isinstance(value, str) else _refuse_id(or_none)
        except ValueError:
            return _refuse_id(or_none)

    return read


def _refuse_id(or_none: bool) -> str:
    raise ValueError('Use an id, or "none".' if or_none else "Use an id.")


def _words(kind: type[StrEnum], name: str | None, *more: str) -> Field:
    return Field((*_EQUAL, *(_CHANGE if name else ()), *more), _word(*values(kind)), change=name)


FIELDS: Mapping[str, Field] = {
    "status": _words(Status, "status"),
    "priority": _words(Priority, "priority", *_ORDER),
    "type": _words(TicketType, "type"),
    "source": _words(Source, None),
    "category": Field((*_EQUAL, *_PRESENCE, *_CHANGE), _text, change="category"),
    "subcategory": Field((*_EQUAL, *_PRESENCE, *_CHANGE), _text, change="subcategory"),
    "team": Field((*_EQUAL, *_CHANGE), _id(or_none=False), "team", "team_id"),
    "assignee": Field((*_EQUAL, *_PRESENCE, *_CHANGE), _id(or_none=True), "user", "assignee_id"),
    "requester": Field(_EQUAL, _id(or_none=False), "user"),
    "requester_email": Field((*_EQUAL, "contains", "not_contains", "ends_with"), _text),
    "organisation": Field((*_EQUAL, *_PRESENCE), _id(or_none=True), "organisation"),
    "tags": Field((*_SET, "changed", "not_changed", "added", "removed"), _text, change="tags"),
    "subject": Field(("is", "is_not", *_TEXT, "changed", "not_changed"), _text, change="subject"),
    "description": Field((*_TEXT, "changed", "not_changed"), _text, change="description"),
    "comment": Field((*_TEXT, *_PRESENCE), _text),
    "comment_visibility": _words(Visibility, None),
    "actor": Field(_EQUAL, _word(*ACTORS)),
    "breached": Field(("is",), _truth),
    "business_hours": Field(("is",), _truth),
}

_OF_TYPE: Mapping[FieldType, tuple[str, ...]] = {
    FieldType.TEXT: (*_EQUAL, *_TEXT, *_PRESENCE, *_CHANGE),
    FieldType.NUMBER: (*_EQUAL, *_ORDER, *_PRESENCE, *_CHANGE),
    FieldType.DATE: (*_EQUAL, "before", "after", *_PRESENCE, *_CHANGE),
    FieldType.BOOLEAN: ("is", "is_not", *_PRESENCE, *_CHANGE),
    FieldType.SELECT: (*_EQUAL, *_PRESENCE, *_CHANGE),
    FieldType.MULTI_SELECT: (*_SET, "changed", "not_changed", "added", "removed"),
}


def fields_with(custom: Iterable[CustomField]) -> dict[str, Field]:
    """All that can be asked where these custom fields are declared."""
    return {**FIELDS, **{f"{CUSTOM}{each.key}": _custom(each) for each in custom if each.active}}


def _custom(field: CustomField) -> Field:
    if field.type in (FieldType.SELECT, FieldType.MULTI_SELECT):
        return Field(_OF_TYPE[field.type], _word(*field.options))
    return Field(_OF_TYPE[field.type], PLAIN[field.type])


@dataclass(frozen=True)
class Named:
    """An id that a condition names, and where."""

    path: str
    kind: str
    id: UUID


def checked(
    given: Mapping[str, Sequence[Mapping[str, Any]]], fields: Mapping[str, Field]
) -> tuple[dict[str, list[dict[str, Any]]], list[Named], list[FieldProblem]]:
    """Conditions as they are kept, the ids that they name, and all that is wrong with them.

    `given`: `all` and `any`, lists of field, operator and, where it takes one, value.
    """
    kept: dict[str, list[dict[str, Any]]] = {"all": [], "any": []}
    named: list[Named] = []
    problems: list[FieldProblem] = []
    for group, conditions in kept.items():
        for place, condition in enumerate(given.get(group, ())):
            path = f"conditions.{group}.{place}"
            try:
                conditions.append(_checked(condition, fields))
            except _Wrong as wrong:
                problems.append(FieldProblem(f"{path}.{wrong.part}", wrong.code, str(wrong)))
            else:
                named += _named(path, conditions[-1], fields)
    return kept, named, problems


class _Wrong(Exception):
    def __init__(self, part: str, sentence: str, code: str = "VALIDATION_ERROR") -> None:
        super().__init__(sentence)
        self.part = part
        self.code = code


def _checked(condition: Mapping[str, Any], fields: Mapping[str, Field]) -> dict[str, Any]:
    name, operator, value = condition["field"], condition["operator"], condition.get("value")
    field = fields.get(name)
    if field is None:
        raise _Wrong("field", f"There is no such field. Use one of: {', '.join(fields)}.")
    if operator not in field.operators:
        raise _Wrong("operator", f"{name} cannot be asked this. Use one of: {', '.join(field.operators)}.")
    takes = OPERATORS[operator]
    if takes is Takes.NOTHING:
        if value is not None:
            raise _Wrong("value", f"{operator} takes no value.")
        return {"field": name, "operator": operator}
    if value is None:
        raise _Wrong("value", f"Say what {name} is compared with.", "FIELD_REQUIRED")
    try:
        read = _many(value, field.read) if takes is Takes.MANY else _one(value, field.read)
    except ValueError as error:
        raise _Wrong("value", str(error)) from error
    return {"field": name, "operator": operator, "value": read}


def _one(value: Any, read: Callable[[Any], Any]) -> Any:
    if isinstance(value, list):
        raise ValueError("Use one value; operators such as in and has_any take a list.")
    return read(value)


def _many(value: Any, read: Callable[[Any], Any]) -> list[Any]:
    if not isinstance(value, list) or not 1 <= len(value) <= MAX_LIST:
        raise ValueError(f"Use a list of 1 to {MAX_LIST} values.")
    return [read(each) for each in value]


def _named(path: str, condition: Mapping[str, Any], fields: Mapping[str, Field]) -> list[Named]:
    kind = fields[condition["field"]].names
    if kind is None or "value" not in condition:
        return []
    given = condition["value"] if isinstance(condition["value"], list) else [condition["value"]]
    return [Named(f"{path}.value", kind, UUID(each)) for each in given if each != "none"]
