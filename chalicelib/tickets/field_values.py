"""The values of custom fields by what a desk declares of them. Pure: fields and values in, values or problems
out.

A desk that declares none takes any JSON. What is wrong is told of each field at once, as
`custom_fields.<key>`.
"""

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from chalicelib.core.errors import FieldProblem, Forbidden, ValidationFailed
from chalicelib.core.json_text import dumps
from chalicelib.models.words import FieldType, TicketType
from chalicelib.tickets.categorising import spelled

MAX_TEXT = 1000
MAX_NUMBER = 10**15
MAX_BYTES = 16_384
# How many a ticket has of a desk that declares none.
MOST_UNDECLARED = 100


@dataclass(frozen=True)
class CustomField:
    """What is declared of a field, as far as its values go."""

    key: str
    type: FieldType
    options: tuple[str, ...]
    required_for: frozenset[str]
    active: bool
    visible: bool
    editable: bool


def read(rows: Iterable[Mapping[str, Any]]) -> list[CustomField]:
    """Fields from the rows of queries.FIELDS_JSON."""
    return [
        CustomField(
            row["key"],
            FieldType(row["type"]),
            tuple(row["options"]),
            frozenset(row["required_for"]),
            row["active"],
            row["visible_to_customers"],
            row["editable_by_customers"],
        )
        for row in rows
    ]


def known_to(fields: Sequence[CustomField], *, staff: bool) -> dict[str, CustomField]:
    """The fields by key that somebody may know of."""
    return {field.key: field for field in fields if staff or field.visible}


def merged(
    fields: Sequence[CustomField],
    given: Mapping[str, Any],
    current: Mapping[str, Any],
    ticket_type: TicketType,
    *,
    staff: bool,
    whole: bool = False,
) -> dict[str, Any]:
    """The values of a ticket with those that are given, of which null clears one. `whole`: all that is asked
    for must be there, not in what is given alone.

    Raises Forbidden for a field that only the staff sets, ValidationFailed with all that is wrong.
    """
    known = known_to(fields, staff=staff)
    changes = {
        key: value for key, value in given.items() if key not in current or not _same(current[key], value)
    }
    if forbidden := sorted(key for key in changes if key in known and not (staff or known[key].editable)):
        raise Forbidden(f"Only the staff sets {', '.join(f'custom_fields.{key}' for key in forbidden)}.")
    values, problems = dict(current), {}
    for key, value in changes.items():
        try:
            kept = checked(known.get(key), value)
        except ValueError as error:
            problems[key] = FieldProblem(f"custom_fields.{key}", "VALIDATION_ERROR", str(error))
            continue
        values.pop(key, None)
        if kept is not None:
            values[key] = kept
    for field in known.values():
        is_asked = field.active and ticket_type in field.required_for and (staff or field.editable)
        if is_asked and (whole or field.key in changes) and not {*values, *problems} & {field.key}:
            told = "This field is required."
            problems[field.key] = FieldProblem(f"custom_fields.{field.key}", "FIELD_REQUIRED", told)
    if problems:
        raise _refusal(list(problems.values()))
    if len(dumps(values).encode()) > MAX_BYTES:
        raise ValidationFailed.of("custom_fields", "Custom fields are longer than 16 kB of JSON.")
    return values


def _same(one: Any, other: Any) -> bool:
    """Whether they are one JSON value: to Python, true is 1."""
    return bool(dumps(one) == dumps(other))


def _refusal(problems: Sequence[FieldProblem]) -> ValidationFailed:
    return ValidationFailed(f"{problems[0].field}: {problems[0].message}", errors=problems[:50])


def sought(field: CustomField, text: str) -> Any:
    """The value of a filter, as values of the field are kept. Raises ValueError for what it can never be."""
    match field.type:
        case FieldType.NUMBER:
            return _number(_parsed(text))
        case FieldType.BOOLEAN:
            return _boolean({"true": True, "false": False}.get(text, text))
        case FieldType.DATE:
            return _date(text)
        case FieldType.SELECT | FieldType.MULTI_SELECT:
            # An option of former times is on tickets still.
            return spelled(text, field.options) or text
    return text


def _parsed(text: str) -> Any:
    if not re.fullmatch(r"-?\d{1,17}(\.\d{1,20})?", text, re.ASCII):
        raise ValueError("This is no number.")
    return float(text) if "." in text else int(text)


def checked(field: CustomField | None, value: Any) -> Any:
    """The value as it is kept, None for none. Raises ValueError for what the field does not take."""
    if field is None:
        raise ValueError("There is no such field.")
    if not field.active:
        raise ValueError("This field is no longer in use.")
    if value is None:
        return None
    if field.type is FieldType.SELECT:
        return _option(value, field.options)
    if field.type is FieldType.MULTI_SELECT:
        return _options(value, field.options)
    return PLAIN[field.type](value)


def _text(value: Any) -> str:
    if not isinstance(value, str) or not value.strip():
        raise ValueError("Use a text, or null for none.")
    if len(value.strip()) > MAX_TEXT:
        raise ValueError(f"Use {MAX_TEXT} characters at most.")
    return value.strip()


def _number(value: Any) -> int | float:
    if isinstance(value, bool) or not isinstance(value, int | float) or not abs(value) <= MAX_NUMBER:
        raise ValueError("Use a number between -10^15 and 10^15.")
    return value


def _boolean(value: Any) -> bool:
    if not isinstance(value, bool):
        raise ValueError("Use true or false.")
    return value


def _date(value: Any) -> str:
    told = "Use a date such as 2026-11-20."
    if not isinstance(value, str) or not re.fullmatch(r"\d{4}-\d{2}-\d{2}", value, re.ASCII):
        raise ValueError(told)
    try:
        date.fromisoformat(value)
    except ValueError as error:
        raise ValueError(told) from error
    return value


PLAIN: Mapping[FieldType, Callable[[Any], Any]] = {
    FieldType.TEXT: _text,
    FieldType.NUMBER: _number,
    FieldType.BOOLEAN: _boolean,
    FieldType.DATE: _date,
}


def _option(value: Any, options: Sequence[str]) -> str:
    name = spelled(value, options) if isinstance(value, str) else None
    if name is None:
        raise ValueError(f"Use one of: {', '.join(options)}.")
    return name


def _options(value: Any, options: Sequence[str]) -> list[str] | None:
    if not isinstance(value, list):
        raise ValueError("Use a list of options.")
    names = [_option(each, options) for each in value]
    if len(set(names)) < len(names):
        raise ValueError("An option is named twice.")
    return names or None
