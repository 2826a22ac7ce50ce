"""Texts of a desk's own, as they are kept and as a delivery has them at hand."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final
from uuid import UUID

# What mails are written in; others get the first.
LANGUAGES: Final = ("en", "es")


@dataclass(frozen=True, slots=True)
class OwnText:
    """What stands in place of the default words of one kind of mail in one language. Without `html` that is
    made of the text."""

    kind: str
    language: str
    subject: str
    text: str
    html: str | None
    id: UUID | None = None
    version: int = 0


@dataclass(frozen=True, slots=True)
class Failure:
    """A text that could not be filled in for a mail, which went out with the default one."""

    text: OwnText
    field: str | None
    reason: str


@dataclass(frozen=True, slots=True)
class OwnTexts:
    """Those of one language, by kind. `failures` takes what was wrong with any while mails were written.
    `strict`: what HTML may not have in it is a failure too, where it would be taken out."""

    by_kind: Mapping[str, OwnText] = field(default_factory=dict)
    failures: list[Failure] = field(default_factory=list)
    strict: bool = False


def language_of(code: str) -> str:
    """The language of mails of a workspace with this one."""
    return code if code in LANGUAGES else LANGUAGES[0]
