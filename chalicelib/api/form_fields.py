"""What the form asks for, and how it shows it: with what was typed, and what is wrong with that."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any
from urllib.parse import quote

from chalicelib.api.schemas.form import TicketForm
from chalicelib.core.errors import FieldProblem
from chalicelib.models.words import FieldType, TicketType
from chalicelib.tickets import field_values

Words = Mapping[str, Mapping[str, str]]
Options = Sequence[tuple[str | None, Sequence[tuple[str, str]]]]
# Before the key of a custom field.
CUSTOM = "cf."
HTML_KINDS = {
    FieldType.TEXT: "text",
    FieldType.NUMBER: "text",
    FieldType.BOOLEAN: "select",
    FieldType.DATE: "date",
    FieldType.SELECT: "select",
    FieldType.MULTI_SELECT: "many",
}
ERRORS = {
    FieldType.TEXT: "text",
    FieldType.NUMBER: "number",
    FieldType.BOOLEAN: "option",
    FieldType.DATE: "date",
    FieldType.SELECT: "option",
    FieldType.MULTI_SELECT: "option",
}


@dataclass(frozen=True)
class Desk:
    """What a desk's form is made of: its settings, and what it offers and asks for."""

    settings: Mapping[str, Any]
    categories: Sequence[Mapping[str, Any]]
    fields: Sequence[Mapping[str, Any]]


@dataclass(frozen=True)
class Field:
    """A field as the page shows it; `wrong` names the sentence about what does not fit."""

    name: str
    kind: str
    label: str
    required: bool = True
    hint: str | None = None
    texts: Sequence[str] = ()
    options: Options = ()
    error: str | None = None
    wrong: str = "other"
    shortest: int | None = None
    longest: int | None = None
    autocomplete: str | None = None
    inputmode: str | None = None
    required_for: Sequence[str] = ()

    @property
    def id(self) -> str:
        return f"f-{self.name}"

    @property
    def text(self) -> str:
        return self.texts[0] if self.texts else ""


def asked(desk: Desk, words: Words, given: TicketForm) -> list[Field]:
    """The fields in order, with what is in them."""
    labels, kind = words["labels"], given.type or TicketType.QUESTION
    types = [(None, [(each.value, words["types"][each]) for each in TicketType])]
    fields = [
        Field("name", "text", labels["name"], shortest=3, longest=150, autocomplete="name"),
        Field(
            *("email", "email", labels["email"]),
            hint=words["hints"]["email"],
            longest=254,
            autocomplete="email",
        ),
        Field("type", "select", labels["type"], options=types, texts=(kind,)),
    ]
    if desk.categories:
        fields.append(Field("category", "select", labels["category"], False, options=_choices(desk, words)))
    fields.append(Field("subject", "text", labels["subject"], longest=200))
    fields.append(Field("description", "long", labels["description"], shortest=10, longest=65_536))
    filled = [
        field if field.texts else replace(field, texts=(getattr(given, field.name),)) for field in fields
    ]
    return [replace(field, wrong=field.name) for field in filled] + [
        _custom(field, words, texts_of(given, field["key"])) for field in desk.fields
    ]


def trap(words: Words, given: TicketForm) -> Field:
    """What people do not see, and machines fill in."""
    label = words["labels"]["website"]
    return Field("website", "text", label, False, texts=(given.website,), wrong="website")


def with_errors(fields: Sequence[Field], problems: Sequence[FieldProblem], words: Words) -> list[Field]:
    """The fields, each with the first of its problems said in the page's words."""
    wrong: dict[str, FieldProblem] = {}
    for problem in problems:
        wrong.setdefault(shown_at(problem), problem)
    return [
        replace(field, error=words["errors"][_sentence(field, wrong[field.name])])
        if field.name in wrong
        else field
        for field in fields
    ]


def texts_of(given: TicketForm, key: str) -> list[str]:
    """What was sent of a custom field, without what is blank."""
    texts = (given.model_extra or {}).get(f"{CUSTOM}{key}", [])
    return [text.strip() for text in texts if text.strip()]


def shown_at(problem: FieldProblem) -> str:
    """The name of the form's field that a problem is about."""
    top, _, key = problem.field.partition(".")
    if top == "custom_fields":
        return f"{CUSTOM}{key.partition('.')[0]}"
    return "category" if top == "subcategory" else top


def _sentence(field: Field, problem: FieldProblem) -> str:
    return "required" if problem.code == "FIELD_REQUIRED" else field.wrong


def _custom(field: Mapping[str, Any], words: Words, texts: Sequence[str]) -> Field:
    type, needed = FieldType(field["type"]), [each for each in TicketType if each in field["required_for"]]
    options: Options = ()
    chosen = [(each, each) for each in field["options"]]
    first = ("", words["form"]["choose"])
    if type is FieldType.BOOLEAN:
        options = [(None, [first, ("true", words["form"]["yes"]), ("false", words["form"]["no"])])]
    elif type is FieldType.SELECT:
        options = [(None, [first, *chosen])]
    elif type is FieldType.MULTI_SELECT:
        options = [(None, chosen)]
    types = ", ".join(words["types"][each] for each in needed)
    is_for_all = set(needed) == set(TicketType)
    is_for_some = bool(needed) and not is_for_all
    return Field(
        f"{CUSTOM}{field['key']}",
        HTML_KINDS[type],
        field["name"],
        is_for_all,
        hint=words["form"]["needed_for"].format(types=types) if is_for_some else None,
        texts=texts,
        options=options,
        wrong=ERRORS[type],
        longest=field_values.MAX_TEXT if type is FieldType.TEXT else None,
        inputmode="decimal" if type is FieldType.NUMBER else None,
        required_for=needed if is_for_some else (),
    )


def places(desk: Desk) -> list[tuple[str, str | None]]:
    """Each category, and each of its subcategories."""
    return [
        (each["name"], part) for each in desk.categories for part in (None, *(each["subcategories"] or ()))
    ]


def choice(category: str, subcategory: str | None) -> str:
    """What a form sends for it: no name can be taken for another."""
    return "/".join(quote(part, safe="") for part in (category, subcategory) if part)


def _choices(desk: Desk, words: Words) -> Options:
    options: list[tuple[str | None, list[tuple[str, str]]]] = [(None, [("", words["form"]["none"])])]
    for each in desk.categories:
        name, parts = each["name"], each["subcategories"] or ()
        if not parts:
            options.append((None, [(choice(name, None), name)]))
            continue
        general = words["form"]["general"].format(category=name)
        within = [(choice(name, part), part) for part in parts]
        options.append((name, [(choice(name, None), general), *within]))
    return options
