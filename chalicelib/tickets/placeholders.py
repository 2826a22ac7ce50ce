"""Placeholders in texts that are written once and sent often: `{{requester.first_name}}`. Pure.

    parse("Hello {{requester.first_name|there}},").filled({"requester.first_name": "Carol"})

A text is Markdown; what fills a placeholder is not: it comes out as it is, whatever it holds. It begins no
list, link, mention or code, and no other placeholder. `\\{{` is `{{` itself.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

# What there is to fill in, with what it means.
KNOWN: Final[Mapping[str, str]] = {
    "ticket.label": "its label, as TKT-2026-00042",
    "ticket.number": "its number, as 42",
    "ticket.subject": "its subject",
    "ticket.status": "its status once all is done, in the workspace's language",
    "ticket.priority": "its priority, in the workspace's language",
    "ticket.type": "its type, in the workspace's language",
    "ticket.category": "its category",
    "ticket.created_on": "the day it was opened, in the workspace's time zone, as 2026-11-20",
    "requester.name": "who asks",
    "requester.first_name": "the first word of that",
    "requester.email": "their email",
    "assignee.name": "who works on it once all is done",
    "assignee.first_name": "the first word of that",
    "actor.name": "who applies it",
    "actor.first_name": "the first word of that",
    "team.name": "the team that has it once all is done",
    "organisation.name": "the organisation that the ticket is of",
    "workspace.name": "the workspace",
}
# What the desk itself says: it may stand anywhere. All else came from outside, or may have.
SAFE_ANYWHERE: Final = frozenset({"ticket.label", "ticket.number", "ticket.created_on"})
# Of the staff: an `@` before one mentions a colleague.
MENTIONABLE: Final = frozenset({"assignee.name", "actor.name"})
MOST = 50
FALLBACK = 100

_MARK = re.compile(r"\\\{\{|\{\{")
_INSIDE = re.compile(r"\{\{\s*([^\s{}|]*)\s*(?:\|([^{}\n]*))?\}\}")
_BEHIND_AT = re.compile(r"@(\[[^\]\n]*)?$")


@dataclass(frozen=True, slots=True)
class Placeholder:
    """What is to be filled in, and what stands there where that is nothing."""

    name: str
    fallback: str = ""


@dataclass(frozen=True, slots=True)
class Template:
    """A text in its parts: literal ones and placeholders, by turns."""

    parts: tuple[str | Placeholder, ...]

    @property
    def names(self) -> frozenset[str]:
        return frozenset(part.name for part in self.parts if isinstance(part, Placeholder))

    def filled(self, values: Mapping[str, str | None]) -> str:
        """The text. `values`: of each name, None or nothing where the ticket has none."""
        return "".join(
            part if isinstance(part, str) else literal(values.get(part.name) or part.fallback)
            for part in self.parts
        )


def parse(text: str) -> Template:
    """The parts of a text. ValueError for a name that is unknown, and for braces that are no placeholder."""
    parts: list[str | Placeholder] = []
    place, plain = 0, ""
    while mark := _MARK.search(text, place):
        plain += text[place : mark.start()]
        place = mark.end()
        if mark.group() == "\\{{":
            plain += "{{"
            continue
        found = _INSIDE.match(text, mark.start())
        if found is None:
            raise ValueError(
                f"{_excerpt(text, mark.start())} is no placeholder. For the braces write \\{{{{."
            )
        parts += [plain, _placeholder(found, plain)]
        place, plain = found.end(), ""
    parts.append(plain + text[place:])
    template = Template(tuple(part for part in parts if part != ""))
    if len(template.parts) > 2 * MOST + 1 or sum(isinstance(part, Placeholder) for part in parts) > MOST:
        raise ValueError(f"Use {MOST} placeholders at most.")
    return template


def literal(value: str) -> str:
    """Markdown that shows this text, in one line, and nothing else, wherever in a paragraph it stands.

    What means nothing inside of words stays as it is, so that the source of a name reads as the name.
    """
    text = " ".join(re.sub(r"[\x00-\x1f\x7f-\x9f]", " ", value).split())
    return _LEADING.sub(_escaped_leading, _MEANT.sub(r"\\\g<0>", text))


# `_` and `@` inside of words are neither emphasis nor mentions; `:` matters before `//` alone, `!` before
# `[`, which may follow the value.
_MEANT = re.compile(
    r"[\\`*\[\]<>~|&]|(?<![^\W_])_|_(?![^\W_])|(?<!\w)@|:(?=/|$)|!$",
)
# What begins a heading, list or quote, also of a line that goes on with the value.
_LEADING = re.compile(r"^(?:[#+\-=.)/]|\d{1,9}(?=[.)]))")


def _escaped_leading(found: "re.Match[str]") -> str:
    return f"{found.group()}\\" if found.group()[0].isdigit() else f"\\{found.group()}"


def _placeholder(found: "re.Match[str]", before: str) -> Placeholder:
    name, fallback = found.group(1), (found.group(2) or "").strip()
    if name not in KNOWN:
        told = f"{{{{{name[:50]}}}}} is no placeholder"
        raise ValueError(f"{told}. There are {', '.join(KNOWN)}. For the braces themselves write \\{{{{.")
    if len(fallback) > FALLBACK:
        raise ValueError(f"What stands in for {{{{{name}}}}} is longer than {FALLBACK} characters.")
    if _BEHIND_AT.search(before) and name not in MENTIONABLE:
        raise ValueError(f"An @ before {{{{{name}}}}} could mention anybody: that is for the staff's names.")
    return Placeholder(name, fallback)


def _excerpt(text: str, start: int) -> str:
    told = text[start : start + 30].partition("\n")[0]
    return f"“{told}”"
