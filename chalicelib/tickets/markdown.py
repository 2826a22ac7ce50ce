"""Markdown as people write it, turned into HTML that can do nothing: pure, and bounded in time and size.

CommonMark with tables, strikethrough and addresses that are links by themselves; a line's end is one, as in a
mail. Raw HTML is text. Links lead to http, https and mailto alone, pictures become links (one from elsewhere
would tell its owner who reads when).
What comes out of markdown-it goes through nh3 once more, which knows its own list of what is harmless.
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import lru_cache
from html import escape
from itertools import islice
from typing import TYPE_CHECKING, Any, NamedTuple

if TYPE_CHECKING:
    from markdown_it import MarkdownIt
    from markdown_it.rules_inline import StateInline
    from markdown_it.token import Token

# Raise it with whatever changes what comes out: HTML of another version is made anew when it is read.
VERSION = 1
# Deeper than this nobody quotes, longer is a log and no text; what would grow out of bounds is as rare. All
# of it is shown as it was written.
MAX_NESTING = 20
MAX_MARKDOWN = 32_768
MAX_HTML_BYTES = 4 * 65_536
# How much text an answer renders that has no HTML of this version yet; the rest of it is shown as written.
MAX_LATE = 65_536

TAGS = frozenset(
    {"a", "blockquote", "br", "code", "em", "h1", "h2", "h3", "h4", "h5", "h6", "hr", "li", "ol", "p", "pre"}
    | {"s", "strong", "table", "tbody", "td", "th", "thead", "tr", "ul"}
)
ATTRIBUTES = {"a": {"href", "title"}, "ol": {"start"}, "td": {"align"}, "th": {"align"}}
SCHEMES = frozenset({"http", "https", "mailto"})
LINK = re.compile(r"(?:https?://|mailto:)[^\s\x00-\x20]", re.IGNORECASE)
# An address that stands in the text by itself; what ends a sentence is none of it.
BARE = re.compile(r"https?://[^\s<>\"'`|\\\[\]{}^\x00-\x20]+", re.IGNORECASE)
TRAILING = ".,:;!?*_~"
# C0 and C1 without tab and line feed: HTML has no place for them.
CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f]")
# `@[Ana Diaz]`, or what may begin with a name: `@ana`, `@Ana Diaz`, `@ana@acme.example`.
BRACKETED = re.compile(r"@\[([^\]\[\n]{1,254})\]")
NAMED = re.compile(r"@(?=\w)")
# Before an `@`, these make it a part of an address.
AMID = re.compile(r"[\w@./+-]")
MAX_MENTIONS = 50
LONGEST_NAME = 254


class Said(NamedTuple):
    """What stands behind an `@`: a name in brackets and nothing else, or a line that begins with a name."""

    text: str
    whole: bool


@dataclass(frozen=True, slots=True)
class Written:
    """A text as HTML, and what stands behind the `@`s in it, outside of code, links and addresses."""

    html: str
    mentions: tuple[Said, ...]


def render(text: str) -> Written:
    """The HTML of a text, and whom it may mention."""
    text = _clean(text)
    if len(text) <= MAX_MARKDOWN:
        tokens = _parser().parse(text)
        if all(token.level < MAX_NESTING - 1 for token in tokens):
            html = _harmless(_parser().renderer.render(tokens, _parser().options, {}))
            if len(html.encode()) <= MAX_HTML_BYTES:
                return Written(html, _first(_mentions(tokens)))
    return Written(as_written(text), _first(_mentions_in(text)))


def as_written(text: str) -> str:
    """The HTML of a text that is not to be read as Markdown: its lines."""
    return f"<p>{escape(_clean(text), quote=False).replace(chr(10), '<br>')}</p>"


def rendered_late(texts: Iterable[str]) -> Iterator[str]:
    """The HTML of texts that have none of this version, one by one, within MAX_LATE for all of them."""
    left = MAX_LATE
    for text in texts:
        left -= len(text)
        yield render(text).html if left >= 0 else as_written(text)


def _clean(text: str) -> str:
    return CONTROL.sub("", text.replace("\r\n", "\n").replace("\r", "\n"))


def _harmless(html: str) -> str:
    import nh3

    return nh3.clean(
        html,
        tags=set(TAGS),
        attributes=ATTRIBUTES,
        url_schemes=set(SCHEMES),
        url_relative="deny",
        link_rel="nofollow noopener noreferrer",
    ).rstrip("\n")


@lru_cache(maxsize=1)
def _parser() -> "MarkdownIt":
    """Loaded when first needed: most sandboxes of most days only read what was rendered before."""
    from markdown_it import MarkdownIt

    parser = MarkdownIt("commonmark", {"html": False, "breaks": True, "maxNesting": MAX_NESTING})
    # Definitions can multiply a text without bounds; and a line of dashes is how signatures begin.
    parser.enable(["table", "strikethrough"]).disable(["reference", "lheading"])
    parser.validateLink = lambda url: LINK.match(url) is not None  # type: ignore[method-assign]
    parser.inline.ruler.before("link", "mention", _mention)
    parser.inline.ruler.before("link", "bare_link", _bare_link)
    parser.add_render_rule("mention", _plain)
    parser.add_render_rule("image", _picture)
    for cell in ("td_open", "th_open"):
        parser.add_render_rule(cell, _cell)
    return parser


def _mention(state: "StateInline", silent: bool) -> bool:
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


def _bare_link(state: "StateInline", silent: bool) -> bool:
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


def _mentions(tokens: "Iterable[Token]") -> Iterator[Said]:
    for token in tokens:
        links = 0
        for child in token.children or ():
            links += {"link_open": 1, "link_close": -1}.get(child.type, 0)
            if child.type == "mention" and not links:
                yield child.meta["said"]


def _mentions_in(text: str) -> Iterator[Said]:
    found = (_said(text, at.start()) for at in re.finditer("@", text))
    return (said for said in found if said is not None)


def _first(mentions: Iterator[Said]) -> tuple[Said, ...]:
    return tuple(dict.fromkeys(islice(mentions, MAX_MENTIONS)))


def _plain(_: Any, tokens: "list[Token]", at: int, *__: Any) -> str:
    return escape(tokens[at].content)


def _picture(renderer: Any, tokens: "list[Token]", at: int, options: Any, env: Any) -> str:
    token = tokens[at]
    source = str(token.attrGet("src") or "")
    told = renderer.renderInlineAsText(token.children, options, env) or source
    return f'<a href="{escape(source)}">{escape(told)}</a>'


def _cell(_: Any, tokens: "list[Token]", at: int, *__: Any) -> str:
    """A cell's side as an attribute of its own, for styles are none of ours to allow."""
    token = tokens[at]
    side = str(token.attrGet("style") or "").partition(":")[2]
    return f'<{token.tag} align="{escape(side)}">' if side else f"<{token.tag}>"
