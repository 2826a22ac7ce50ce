"""Markdown as people write it, turned into HTML that can do nothing: pure, and bounded in time and size.

CommonMark with tables and strikethrough; a line's end is one, as in a mail. Raw HTML is text. Links lead to
http, https and mailto alone, pictures become links (one from elsewhere would tell its owner who reads when).
What comes out of markdown-it goes through nh3 once more, which knows its own list of what is harmless.
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import lru_cache
from html import escape
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from markdown_it import MarkdownIt
    from markdown_it.rules_inline import StateInline
    from markdown_it.token import Token

# Raise it with whatever changes what comes out: HTML of another version is made anew when it is read.
VERSION = 1
# Deeper than this nobody quotes; what is, or what would grow out of bounds, is shown as it was written.
MAX_NESTING = 12
MAX_HTML_BYTES = 4 * 65_536
# How much text an answer renders that has no HTML of this version yet; the rest of it is shown as written.
MAX_LATE = 65_536

TAGS = frozenset(
    "a blockquote br code del em h1 h2 h3 h4 h5 h6 hr li ol p pre s strong table tbody td th thead tr ul".split()
)
ATTRIBUTES = {"a": {"href", "title"}, "ol": {"start"}, "td": {"align"}, "th": {"align"}}
SCHEMES = frozenset({"http", "https", "mailto"})
LINK = re.compile(r"(?:https?://|mailto:)[^\s\x00-\x20]", re.IGNORECASE)
# C0 and C1 without tab and line feed: HTML has no place for them.
CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f]")
# `@[Ana Diaz]`, or what may begin with a name: `@ana`, `@Ana Diaz`, `@ana@acme.example`.
BRACKETED = re.compile(r"@\[([^\]\[\n]{1,254})\]")
NAMED = re.compile(r"@(?=\w)")
MAX_MENTIONS = 50
LONGEST_NAME = 254


@dataclass(frozen=True, slots=True)
class Written:
    """A text with its HTML, and what stands behind each `@` in it, up to LONGEST_NAME characters: a name in
    brackets ends with U+0000, for nothing follows it."""

    html: str
    mentions: tuple[str, ...]


def render(text: str) -> Written:
    """The HTML of a text, and whom it may mention: outside of code, links and addresses."""
    tokens = _parser().parse(_clean(text))
    if any(token.level >= MAX_NESTING - 1 for token in tokens):
        return Written(as_written(text), ())
    html = _harmless(_parser().renderer.render(tokens, _parser().options, {}))
    if len(html.encode()) > MAX_HTML_BYTES:
        return Written(as_written(text), ())
    return Written(html, tuple(dict.fromkeys(_mentions(tokens)))[:MAX_MENTIONS])


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
    for name, rule in {"mention": _plain, "image": _picture, "td_open": _cell, "th_open": _cell}.items():
        parser.add_render_rule(name, rule)
    return parser


def _mention(state: "StateInline", silent: bool) -> bool:
    """The rule for `@`: in the middle of a word it is an address's."""
    position = state.pos
    if state.src[position] != "@" or (position and re.match(r"[\w@.+-]", state.src[position - 1])):
        return False
    bracketed = BRACKETED.match(state.src, position)
    if bracketed is None and NAMED.match(state.src, position) is None:
        return False
    end = bracketed.end() if bracketed else position + 1
    if not silent:
        token = state.push("mention", "", 0)
        token.content = bracketed.group(0) if bracketed else "@"
        token.meta["name"] = bracketed.group(1) + "\0" if bracketed else state.src[end : end + LONGEST_NAME]
    state.pos = end
    return True


def _mentions(tokens: "Iterable[Token]") -> Iterator[str]:
    for token in tokens:
        links = 0
        for child in token.children or ():
            links += {"link_open": 1, "link_close": -1}.get(child.type, 0)
            if child.type == "mention" and not links:
                yield child.meta["name"]


def _plain(renderer: Any, tokens: "list[Token]", at: int, *_: Any) -> str:
    return escape(tokens[at].content)


def _picture(renderer: Any, tokens: "list[Token]", at: int, options: Any, env: Any) -> str:
    token = tokens[at]
    source = str(token.attrGet("src") or "")
    told = renderer.renderInlineAsText(token.children, options, env) or source
    return f'<a href="{escape(source)}">{escape(told)}</a>'


def _cell(renderer: Any, tokens: "list[Token]", at: int, *_: Any) -> str:
    """A cell's side as an attribute of its own, for styles are none of ours to allow."""
    token = tokens[at]
    side = str(token.attrGet("style") or "").partition(":")[2]
    return f'<{token.tag} align="{escape(side)}">' if side else f"<{token.tag}>"
