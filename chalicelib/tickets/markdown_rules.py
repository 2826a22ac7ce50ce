"""What Mesa's Markdown has beside CommonMark's: mentions, addresses that are links by themselves, pictures as
links, the sides of a table's cells. Rules of markdown-it's, and how their tokens come out."""

import re
from collections.abc import Iterable, Iterator
from html import escape
from typing import TYPE_CHECKING, Any, NamedTuple

if TYPE_CHECKING:
    from markdown_it.rules_inline import StateInline
    from markdown_it.token import Token

# An address that stands in the text by itself; what ends a sentence is none of it.
BARE = re.compile(r"https?://[^\s<>\"'`|\\\[\]{}^\x00-\x20]+", re.IGNORECASE)
TRAILING = ".,:;!?*_~"
# `@[Ana Diaz]`, or what may begin with a name: `@ana`, `@Ana Diaz`, `@ana@acme.example`.
BRACKETED = re.compile(r"@\[([^\]\[\n]{1,254})\]")
NAMED = re.compile(r"@(?=\w)")
# Before an `@`, these make it a part of an address, or a sign like any other.
AMID = re.compile(r"[\w@./+\\-]")
LONGEST_NAME = 254


class Said(NamedTuple):
    """What stands behind an `@`: a name in brackets and nothing else, or a line that begins with a name."""

    text: str
    whole: bool


def mention(state: "StateInline", silent: bool) -> bool:
    """The rule for `@`."""
    said = _said(state.src, state.pos)
    if said is None:
        return False
    if not silent:
        token = state.push("mention", "", 0)
        token.content = f"@[{said.text}]" if said.whole else "@"
        token.meta["said"] = said
    state.pos += len(said.text) + 3 if said.whole else 1
    return True


def bare_link(state: "StateInline", silent: bool) -> bool:
    """The rule for the `:` of an address, whose scheme was taken for text by then."""
    if state.linkLevel or not state.src.startswith("://", state.pos):
        return False
    scheme = state.src[max(state.pos - 5, 0) : state.pos].lower()
    start = state.pos - (5 if scheme == "https" else 4 if scheme.endswith("http") else 0)
    found = BARE.match(state.src, start) if start < state.pos else None
    if found is None or (start and state.src[start - 1].isalnum()):
        return False
    address = _without_trailing(found.group())
    if len(address) <= state.pos + 3 - start:
        return False
    if not silent:
        if not state.pending.endswith(address[: state.pos - start]):
            return False
        state.pending = state.pending[: start - state.pos]
        state.push("link_open", "a", 1).attrs = {"href": state.md.normalizeLink(address)}
        state.push("text", "", 0).content = address
        state.push("link_close", "a", -1)
    state.pos = start + len(address)
    return True


def _without_trailing(address: str) -> str:
    """Neither a full stop nor a bracket that was opened before it."""
    closing = address.count(")") - address.count("(")
    while address and (address[-1] in TRAILING or (address[-1] == ")" and closing > 0)):
        closing -= address[-1] == ")"
        address = address[:-1]
    return address


def _said(text: str, position: int) -> Said | None:
    """What is said at this place, None where there is no `@` or it is an address's."""
    if text[position] != "@" or (position and AMID.match(text[position - 1])):
        return None
    if bracketed := BRACKETED.match(text, position):
        return Said(bracketed.group(1), True)
    if NAMED.match(text, position) is None:
        return None
    return Said(text[position + 1 : position + 1 + LONGEST_NAME].partition("\n")[0], False)


def mentions(tokens: "Iterable[Token]") -> Iterator[Said]:
    for token in tokens:
        links = 0
        for child in token.children or ():
            links += {"link_open": 1, "link_close": -1}.get(child.type, 0)
            if child.type == "mention" and not links:
                yield child.meta["said"]


def mentions_in(text: str) -> Iterator[Said]:
    found = (_said(text, at.start()) for at in re.finditer("@", text))
    return (said for said in found if said is not None)


def plain(_: Any, tokens: "list[Token]", at: int, *__: Any) -> str:
    return escape(tokens[at].content)


def picture(renderer: Any, tokens: "list[Token]", at: int, options: Any, env: Any) -> str:
    token = tokens[at]
    source = str(token.attrGet("src") or "")
    told = renderer.renderInlineAsText(token.children, options, env) or source
    return f'<a href="{escape(source)}">{escape(told)}</a>'


def cell(_: Any, tokens: "list[Token]", at: int, *__: Any) -> str:
    """A cell's side as an attribute of its own, for styles are none of ours to allow."""
    token = tokens[at]
    side = str(token.attrGet("style") or "").partition(":")[2]
    return f'<{token.tag} align="{escape(side)}">' if side else f"<{token.tag}>"
