"""How the file of an import is to be read."""

import re
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, Field, StringConstraints

from chalicelib.api.schemas.common import In
from chalicelib.imports.facts import CUSTOM, Fact
from chalicelib.models.elsewhere import PRIORITIES, STATUSES, TYPES, spelt
from chalicelib.models.words import Priority, Source, Status, TicketType

FACTS = frozenset(Fact)


def fact(text: str) -> str:
    """What a column holds: one of ours, or a custom field."""
    if text not in FACTS and not re.fullmatch(rf"{re.escape(CUSTOM)}[a-z][a-z0-9_]{{0,49}}", text):
        raise ValueError(f"Use one of {', '.join(Fact)}, or {CUSTOM}<key>")
    return text


def format_of_dates(text: str) -> str:
    """A format of strptime with a day, a month and a year in it, and no more than we know."""
    found = re.findall(r"%(.)", text)
    if (
        not set(found) <= set("dmYyHIMSfpzbBjT%")
        or not {"d", "j"} & set(found)
        or not {"Y", "y"} & set(found)
    ):
        raise ValueError("Use a format of strptime such as %d/%m/%Y %H:%M")
    return text.replace("%T", "%H:%M:%S")


def _meaning(words: Any, elsewhere: Any) -> AfterValidator:
    """Our word for one of theirs."""

    def read(text: str) -> str:
        word = spelt(text)
        found = elsewhere.get(word, word)
        if found not in set(words):
            raise ValueError(f"This must be one of {', '.join(words)}")
        return str(found)

    return AfterValidator(read)


Column = Annotated[str, StringConstraints(min_length=1, max_length=200)]
Word = Annotated[str, StringConstraints(min_length=1, max_length=200)]
Key = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_]{0,49}$")]
_MANY = Field(max_length=200)


class Values(In):
    """What words of the file mean here, in any case, where they are not known anyway."""

    status: Annotated[dict[Word, Annotated[str, _meaning(Status, STATUSES)]], _MANY] = Field(
        default_factory=dict
    )
    priority: Annotated[dict[Word, Annotated[str, _meaning(Priority, PRIORITIES)]], _MANY] = Field(
        default_factory=dict
    )
    type: Annotated[dict[Word, Annotated[str, _meaning(TicketType, TYPES)]], _MANY] = Field(
        default_factory=dict
    )
    source: Annotated[dict[Word, Annotated[str, _meaning(Source, {})]], _MANY] = Field(default_factory=dict)
    team: Annotated[dict[Word, Word], _MANY] = Field(default_factory=dict)


class MappingIn(In):
    """How the file is to be read. `columns`: of CSV, what each column that counts holds; `custom_fields`: of
    the others, which key of ours a field of theirs is. `date_format`: of CSV, as strptime has it; without one
    times are ISO 8601."""

    columns: Annotated[dict[Column, Annotated[str, AfterValidator(fact)]], _MANY] = Field(
        default_factory=dict
    )
    values: Values = Field(default_factory=Values)
    custom_fields: Annotated[dict[Word, Key], _MANY] = Field(default_factory=dict)
    delimiter: Literal[",", ";", "\t", "|"] | None = None
    date_format: (
        Annotated[str, StringConstraints(min_length=4, max_length=60), AfterValidator(format_of_dates)] | None
    ) = None
