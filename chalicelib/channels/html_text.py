"""HTML of a mail as the text that a reader sees. Pure, linear, bounded.

No parser of the whole language: those build trees, and some are quadratic in tags that nobody closes
(CPython issue 135462). What mail programs write needs breaks, lists, quotes, links and entities.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from html import unescape

MAX_HTML = 500_000
MAX_QUOTES = 20

_MARKUP = re.compile(r"<(?=[a-zA-Z/!?])")
_TAG = re.compile(r"<(/?)([a-zA-Z][a-zA-Z0-9:-]{0,40})")
_STOP = re.compile(r"=\s*[\"']|>")
_HREF = re.compile(
    r"\bhref\s*=\s*(?:\"([^\"]{1,2000})\"|'([^']{1,2000})'|([^\s\"'>]{1,2000}))", re.IGNORECASE
)
_ALT = re.compile(r"\balt\s*=\s*(?:\"([^\"]{1,200})\"|'([^']{1,200})')", re.IGNORECASE)
_SPACE = re.compile(r"[ \t\r\n\f]+")
_GAPS = re.compile(r"\n{3,}")
_LINKED = ("http://", "https://", "mailto:")

_HIDDEN = frozenset({"head", "script", "style", "title", "template", "noscript", "svg", "math", "object"})
_LINES = frozenset(
    {"address", "center", "dd", "div", "dl", "dt", "form", "section", "article", "tr", "li", "table"}
)
_PARAGRAPHS = frozenset({"blockquote", "h1", "h2", "h3", "h4", "h5", "h6", "ol", "p", "pre", "ul"})


@dataclass(slots=True)
class _Page:
    """The text so far, and where in it the next word stands."""

    lines: list[str] = field(default_factory=list)
    words: list[str] = field(default_factory=list)
    quotes: int = 0
    preformatted: int = 0
    link: str = ""
    linked_from: int = 0

    def say(self, text: str) -> None:
        text = unescape(text).replace("\xa0", " ")
        if self.preformatted:
            for number, line in enumerate(text.split("\n")):
                if number:
                    self.end_line()
                self.words.append(line)
            return
        text = _SPACE.sub(" ", text)
        if not self.words or self.words[-1].endswith(" "):
            text = text.lstrip(" ")
        if text:
            self.words.append(text)

    def end_line(self, *, even_empty: bool = True) -> None:
        line = "".join(self.words).rstrip()
        self.words.clear()
        self.linked_from = 0
        if line or even_empty:
            self.lines.append(f"{'> ' * self.quotes}{line}".rstrip())

    def end_paragraph(self) -> None:
        self.end_line(even_empty=False)
        if self.lines and self.lines[-1].strip("> "):
            self.end_line()
        elif self.lines:
            self.lines[-1] = min(self.lines[-1], ("> " * self.quotes).rstrip(), key=len)


def plain(html: str) -> str:
    """The text of some HTML: paragraphs apart, quotes behind `>`, links with their addresses in brackets."""
    page = _Page()
    for closing, tag, rest in _tokens(html[:MAX_HTML]):
        if not tag:
            page.say(rest)
        elif closing:
            _close(page, tag)
        else:
            _open(page, tag, rest)
    page.end_line(even_empty=False)
    return _GAPS.sub("\n\n", "\n".join(page.lines)).strip("\n")


def _tokens(html: str) -> Iterator[tuple[bool, str, str]]:
    """Texts as (False, "", text), tags as (closing, name, attributes); no comments, nothing hidden."""
    here = 0
    unclosed: set[str] = set()
    while here < len(html):
        markup = _MARKUP.search(html, here)
        start = markup.start() if markup else len(html)
        if start > here:
            yield False, "", html[here:start]
        tag = _TAG.match(html, start)
        if html.startswith("<!--", start):
            here = _after(html, "-->", start + 2)
        elif tag is None:
            here = _after(html, ">", start)
        else:
            name, end = tag[2].lower(), _tag_end(html, tag.end())
            if name in _HIDDEN - unclosed and not tag[1] and html[end - 2 : end] != "/>":
                closed = re.compile(rf"</{name}\s*>", re.IGNORECASE).search(html, end)
                end = closed.end() if closed else end
                unclosed |= set() if closed else {name}
            else:
                yield bool(tag[1]), name, html[tag.end() : end - 1]
            here = end


def _tag_end(html: str, here: int) -> int:
    """Behind the `>` that ends a tag, not one in a quoted value."""
    while True:
        stop = _STOP.search(html, here)
        if stop is None:
            return len(html)
        if stop[0] == ">":
            return stop.end()
        closed = html.find(stop[0][-1], stop.end(), stop.end() + 100_000)
        if closed < 0:
            return _after(html, ">", stop.end())
        here = closed + 1


def _after(html: str, end: str, here: int) -> int:
    found = html.find(end, here)
    return len(html) if found < 0 else found + len(end)


def _open(page: _Page, tag: str, attributes: str) -> None:
    if tag == "br":
        page.end_line()
    elif tag == "hr":
        page.end_paragraph()
        page.say("---")
        page.end_line()
    elif tag == "a":
        page.link, page.linked_from = _value(_HREF, attributes), len(page.words)
    elif tag == "img":
        page.say(_value(_ALT, attributes))
    elif tag in ("td", "th") and page.words:
        page.say(" ")
    elif tag in _PARAGRAPHS:
        page.end_paragraph()
    elif tag in _LINES:
        page.end_line(even_empty=False)
    if tag == "blockquote":
        page.quotes = min(page.quotes + 1, MAX_QUOTES)
    elif tag == "pre":
        page.preformatted += 1
    elif tag == "li":
        page.say("- ")


def _close(page: _Page, tag: str) -> None:
    if tag == "a" and page.link:
        shown = "".join(page.words[page.linked_from :]).strip()
        address = page.link.removeprefix("mailto:")
        if page.link.lower().startswith(_LINKED) and address.rstrip("/") not in (shown, shown.rstrip("/")):
            page.words.append(f" <{address}>" if shown else f"<{address}>")
        page.link = ""
    elif tag in _PARAGRAPHS or tag in _LINES:
        page.end_line(even_empty=False)
    if tag == "blockquote":
        page.quotes = max(page.quotes - 1, 0)
    if tag in _PARAGRAPHS:
        page.end_paragraph()
    if tag == "pre":
        page.preformatted = max(page.preformatted - 1, 0)


def _value(attribute: re.Pattern[str], attributes: str) -> str:
    found = attribute.search(attributes[:10_000])
    return unescape(next((group for group in found.groups() if group), "")).strip() if found else ""
