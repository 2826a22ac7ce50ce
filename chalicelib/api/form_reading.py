"""What a filled form means, or all that is wrong with it at once."""

import re
from collections.abc import Mapping, Sequence
from typing import Any

from pydantic import ValidationError

from chalicelib.accounts.emails import valid_address
from chalicelib.api.bodies import unfit
from chalicelib.api.form_fields import Desk, choice, places, texts_of
from chalicelib.api.problems import validation_failed
from chalicelib.api.schemas.form import TicketForm
from chalicelib.api.schemas.tickets import PublicTicketIn
from chalicelib.core.errors import FieldProblem, ValidationFailed
from chalicelib.core.json_text import dumps
from chalicelib.models.words import FieldType, TicketType
from chalicelib.tickets import field_values

PLAIN = ("name", "email", "type", "subject", "description")


def read(desk: Desk, given: TicketForm) -> tuple[PublicTicketIn | None, list[FieldProblem]]:
    """The ticket that a filled form means, or all that is wrong with it."""
    document: dict[str, Any] = {name: text for name in PLAIN if (text := getattr(given, name))}
    fields = _declared(desk)
    custom = {field.key: _value(field, texts_of(given, field.key)) for field in fields}
    document["custom_fields"] = {key: value for key, value in custom.items() if value is not None}
    problems = [FieldProblem(path, "VALIDATION_ERROR", told) for path, told in unfit(document)]
    if given.website:
        problems.append(FieldProblem("website", "VALIDATION_ERROR", "This stays empty."))
    if given.category:
        offered = {choice(*place): place for place in places(desk)}
        category, subcategory = offered.get(given.category, (None, None))
        document |= {"category": category, "subcategory": subcategory}
        if category is None:
            problems.append(FieldProblem("category", "VALIDATION_ERROR", "There is no such category."))
    ticket = None
    try:
        ticket = PublicTicketIn.model_validate_json(dumps(document), strict=True)
    except ValidationError as error:
        problems += validation_failed(error, document).errors
    problems += _refused_email(given) + _refused_values(fields, document, ticket)
    return (None if problems else ticket), problems


def _declared(desk: Desk) -> list[field_values.CustomField]:
    of_customers = {"active": True, "visible_to_customers": True, "editable_by_customers": True}
    return field_values.read([{**field, **of_customers} for field in desk.fields])


def _value(field: field_values.CustomField, texts: Sequence[str]) -> Any:
    """What the texts mean; what means nothing stays as it is, and is refused for it."""
    if not texts:
        return None
    if field.type is FieldType.MULTI_SELECT:
        return list(texts)
    text = texts[0]
    if field.type is FieldType.BOOLEAN:
        return {"true": True, "false": False}.get(text, text)
    if field.type is FieldType.NUMBER:
        number = text.replace(",", ".")
        if re.fullmatch(r"-?\d{1,15}", number, re.ASCII):
            return int(number)
        return float(number) if re.fullmatch(r"-?\d{1,15}\.\d{1,20}", number, re.ASCII) else text
    return text


def _refused_email(given: TicketForm) -> list[FieldProblem]:
    try:
        valid_address(given.email)
    except ValidationFailed as refused:
        return list(refused.errors) if given.email else []
    return []


def _refused_values(
    fields: Sequence[field_values.CustomField], document: Mapping[str, Any], ticket: PublicTicketIn | None
) -> list[FieldProblem]:
    """What is wrong with custom fields, and which are missing for this type of ticket."""
    kind = ticket.type if ticket else document.get("type", TicketType.QUESTION)
    if kind not in set(TicketType):
        kind = TicketType.QUESTION
    try:
        field_values.merged(fields, document["custom_fields"], {}, TicketType(kind), staff=False, whole=True)
    except ValidationFailed as refused:
        return list(refused.errors)
    return []
