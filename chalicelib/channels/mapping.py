"""Mapping: where in a call's JSON the facts of a ticket stand, as pointers (RFC 6901), and what its words
mean here.

{"priority": {"pointer": "/labels/severity", "values": {"critical": "urgent"}, "default": "medium"}}

Pure: documents in, facts or problems out.
"""

from collections.abc import Callable, Mapping
from enum import StrEnum
from typing import Any, Final
from unicodedata import category

from chalicelib.accounts.emails import valid_address
from chalicelib.core.errors import FieldProblem, ValidationFailed
from chalicelib.models.elsewhere import PRIORITIES, STATUSES, TYPES, spelt
from chalicelib.models.words import Priority, Status, TicketType

Document = Mapping[str, Any]
MOST_TAGS, LONGEST_TAG = 20, 50
LONGEST_LINE, LONGEST_TEXT_BYTES, LONGEST_ID, LONGEST_NAME = 200, 65_536, 500, 150


class Fact(StrEnum):
    """What a call can tell of a ticket."""

    EXTERNAL_ID = "external_id"
    SUBJECT = "subject"
    DESCRIPTION = "description"
    COMMENT = "comment"
    STATUS = "status"
    TYPE = "type"
    PRIORITY = "priority"
    CATEGORY = "category"
    SUBCATEGORY = "subcategory"
    TAGS = "tags"
    REQUESTER_EMAIL = "requester_email"
    REQUESTER_NAME = "requester_name"


class Unfit(ValueError):
    """A value that its fact cannot be. The text is a sentence for people."""


def require_fit(mapping: Mapping[str, Document]) -> None:
    """Raises ValidationFailed, naming where in a mapping a word stands that its fact can never be."""
    problems = []
    for name, place in mapping.items():
        words = {f"values.{word}": meant for word, meant in (place.get("values") or {}).items()}
        for where, word in {**words, "default": place.get("default")}.items():
            try:
                if word not in (None, ""):
                    READ[Fact(name)](word)
            except Unfit as error:
                problems.append(FieldProblem(f"mapping.{name}.{where}", "VALIDATION_ERROR", str(error)))
    if problems:
        raise ValidationFailed(f"{problems[0].field}: {problems[0].message}", errors=problems)


def found(document: Any, pointer: str) -> Any:
    """What the pointer leads to, None where it leads nowhere (RFC 6901, §4)."""
    for escaped in pointer.split("/")[1:]:
        token = escaped.replace("~1", "/").replace("~0", "~")
        if isinstance(document, dict):
            document = document.get(token)
        elif isinstance(document, list) and token.isascii() and token.isdigit() and len(token) < 6:
            document = document[int(token)] if int(token) < len(document) else None
        else:
            return None
    return document


def read(mapping: Mapping[str, Document], document: Any) -> dict[Fact, Any]:
    """The facts that a call tells, without those that it does not. Raises ValidationFailed, naming where in
    the call what cannot be stands."""
    facts: dict[Fact, Any] = {}
    problems = []
    for name, place in mapping.items():
        value = _translated(found(document, place["pointer"]), place)
        if value is None or value == "":
            continue
        try:
            facts[Fact(name)] = READ[Fact(name)](value)
        except Unfit as error:
            field = place["pointer"].removeprefix("/").replace("/", ".")
            problems.append(FieldProblem(field, "VALIDATION_ERROR", f"{error} (It is to be the {name}.)"))
    if problems:
        raise ValidationFailed(f"{problems[0].field}: {problems[0].message}", errors=problems)
    return {fact: value for fact, value in facts.items() if value not in ("", ())}


def _translated(value: Any, place: Document) -> Any:
    values: Mapping[str, str] = place.get("values") or {}
    if isinstance(value, str | int | float | bool):
        word = value if isinstance(value, str) else str(value).lower()
        if word in values:
            return values[word]
        if values:
            return place.get("default", value)
    return place.get("default") if value is None else value


def line(value: Any, longest: int = LONGEST_LINE) -> str:
    """One line of text, whatever breaks it; cut where it is longer."""
    text = "".join(" " if category(each) in ("Cc", "Zl", "Zp") else each for each in _text(value))
    text = " ".join(text.split())
    return text if len(text) <= longest else text[: longest - 1] + "…"


def text(value: Any) -> str:
    """A text, cut to what a ticket holds."""
    kept = _text(value).strip()
    if len(kept.encode()) <= LONGEST_TEXT_BYTES:
        return kept
    return kept.encode()[: LONGEST_TEXT_BYTES - 3].decode(errors="ignore") + "…"


def _text(value: Any) -> str:
    if isinstance(value, bool) or not isinstance(value, str | int | float):
        raise Unfit("This must be a text or a number.")
    return str(value)


def _external_id(value: Any) -> str:
    known = _text(value).strip()
    if len(known) > LONGEST_ID:
        raise Unfit(f"This is longer than {LONGEST_ID} characters.")
    return known


def _tags(value: Any) -> tuple[str, ...]:
    listed = value.split(",") if isinstance(value, str) else value
    if not isinstance(listed, list):
        raise Unfit("This must be a list of texts.")
    words = ("-".join(line(each).replace(",", " ").lower().split()) for each in listed)
    tags = dict.fromkeys(word[:LONGEST_TAG] for word in words if word)
    if len(tags) > MOST_TAGS:
        raise Unfit(f"A call gives {MOST_TAGS} tags at most.")
    return tuple(tags)


def _one_of(words: type[StrEnum], elsewhere: Mapping[str, StrEnum]) -> Callable[[Any], StrEnum]:
    def read_word(value: Any) -> StrEnum:
        word = spelt(str(value))
        try:
            return elsewhere[word] if word in elsewhere else words(word)
        except ValueError:
            listed = ", ".join(words)
            raise Unfit(f"This must be one of {listed}, or stand in the values of the mapping.") from None

    return read_word


def _email(value: Any) -> str:
    try:
        return valid_address(_text(value))
    except ValidationFailed as error:
        raise Unfit(error.detail) from None


READ: Final[Mapping[Fact, Callable[[Any], Any]]] = {
    Fact.EXTERNAL_ID: _external_id,
    Fact.SUBJECT: line,
    Fact.DESCRIPTION: text,
    Fact.COMMENT: text,
    Fact.STATUS: _one_of(Status, STATUSES),
    Fact.TYPE: _one_of(TicketType, TYPES),
    Fact.PRIORITY: _one_of(Priority, PRIORITIES),
    Fact.CATEGORY: lambda value: line(value, 100),
    Fact.SUBCATEGORY: lambda value: line(value, 100),
    Fact.TAGS: _tags,
    Fact.REQUESTER_EMAIL: _email,
    Fact.REQUESTER_NAME: lambda value: line(value, LONGEST_NAME),
}
# What a call says where nothing else was agreed on.
PLAIN: Final[Mapping[str, Document]] = {
    **{fact: {"pointer": f"/{fact}"} for fact in Fact if not fact.startswith("requester")},
    Fact.REQUESTER_EMAIL: {"pointer": "/requester/email"},
    Fact.REQUESTER_NAME: {"pointer": "/requester/name"},
}
