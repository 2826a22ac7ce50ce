"""Markdown as people write it, turned into HTML that can do nothing: pure, and bounded in time and size.

CommonMark with tables, strikethrough and addresses that are links by themselves; a line's end is one, as in a
mail. Raw HTML is text. Links lead to http, https and mailto alone, pictures become links (one from elsewhere
would tell its owner who reads when). What comes out of markdown-it goes through nh3 once more, which has its
own list of what is harmless.
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import lru_cache
from html import escape
from itertools import islice
from typing import TYPE_CHECKING

from chalicelib.tickets import markdown_rules
from chalicelib.tickets.markdown_rules import Said

if TYPE_CHECKING:
    from markdown_it import MarkdownIt

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
MAX_MENTIONS = 50
CODE = frozenset({"code_block", "code_inline", "fence"})
# C0 and C1 without tab and line feed: HTML has no place for them.
CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f]")


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
                return Written(html, _first(markdown_rules.mentions(tokens)))
    return Written(as_written(text), _first(markdown_rules.mentions_in(text)))


def hidden_texts(text: str) -> Iterator[str]:
    """What of a text is no words of a paragraph: code, and the addresses and titles of links."""
    for token in _parser().parse(_clean(text)):
        for each in (token, *(token.children or ())):
            if each.type in CODE:
                yield f"{each.content} {each.info}"
            yield from (str(value) for value in each.attrs.values())


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
    parser.inline.ruler.before("link", "mention", markdown_rules.mention)
    parser.inline.ruler.before("link", "bare_link", markdown_rules.bare_link)
    parser.add_render_rule("mention", markdown_rules.plain)
    parser.add_render_rule("image", markdown_rules.picture)
    for cell in ("td_open", "th_open"):
        parser.add_render_rule(cell, markdown_rules.cell)
    return parser


def _first(mentions: Iterator[Said]) -> tuple[Said, ...]:
    return tuple(dict.fromkeys(islice(mentions, MAX_MENTIONS)))
