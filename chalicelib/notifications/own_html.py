"""The HTML of texts that a desk writes: what a mail may hold of it. Pure.

It stands within the frame of the mail, so it can neither end nor hide that: whatever comes out is parsed as a
browser would, and only what is on the lists is written again, closed. What a desk keeps is held to the same.
"""

import re
from html import unescape
from typing import Final

TAGS: Final = frozenset(
    {"a", "b", "blockquote", "br", "caption", "center", "code", "col", "colgroup", "dd", "div", "dl", "dt"}
    | {"em", "h1", "h2", "h3", "h4", "h5", "h6", "hr", "i", "img", "li", "ol", "p", "pre", "s", "small"}
    | {"span", "strong", "sub", "sup", "table", "tbody", "td", "tfoot", "th", "thead", "tr", "u", "ul"}
)
ATTRIBUTES: Final = {
    "*": {"align", "dir", "lang", "style", "title"},
    "a": {"href"},
    "img": {"alt", "height", "src", "width"},
    "ol": {"start"},
    "table": {"border", "cellpadding", "cellspacing", "role", "width"},
    "td": {"colspan", "height", "rowspan", "valign", "width"},
    "th": {"colspan", "height", "rowspan", "valign", "width"},
    "tr": {"valign"},
}
SCHEMES: Final = frozenset({"http", "https", "mailto"})
# Nothing that takes an element out of its place, or loads anything.
STYLES: Final = frozenset(
    {"background-color", "border", "border-bottom", "border-collapse", "border-color", "border-left"}
    | {"border-radius", "border-right", "border-spacing", "border-style", "border-top", "border-width"}
    | {"color", "display", "font-family", "font-size", "font-style", "font-variant", "font-weight", "height"}
    | {"letter-spacing", "line-height", "list-style-type", "margin", "margin-bottom", "margin-left"}
    | {"margin-right", "margin-top", "max-width", "min-width", "overflow-wrap", "padding", "padding-bottom"}
    | {"padding-left", "padding-right", "padding-top", "text-align", "text-decoration", "text-transform"}
    | {"vertical-align", "white-space", "width", "word-break"}
)
# Each link gets its own.
_REPLACED: Final = frozenset({"rel", "target"})
# Links, negative lengths, escapes and functions are none of a mail's looks; rgb() is.
_STRANGE = re.compile(r"url\s*\(|expression|\\|/\*|@|(?<![\w.])-\s*[\d.]", re.IGNORECASE)
DEEPEST: Final = 200
MOST_TAGS: Final = 100_000
# Elements that hold nothing.
_EMPTY = frozenset({"br", "col", "hr", "img"})
# Those that end with what they stand in (HTML, 13.2.6.3, and the cells and rows of tables), and those that do
# not, and live on behind its end (13.2.4.3).
_ENDS_BY_ITSELF = frozenset(
    {"caption", "colgroup", "dd", "dt", "li", "p", "tbody", "td", "tfoot", "th", "thead", "tr"}
)
_FORMATTING = frozenset(
    {"a", "b", "big", "code", "em", "font", "i", "nobr", "s", "small", "strike", "strong", "tt", "u"}
)
# In these there are no tags, or others.
_OTHERWISE_READ = frozenset(
    {"iframe", "math", "noembed", "noframes", "noscript", "plaintext", "script", "select", "style", "svg"}
    | {"template", "textarea", "title", "xmp"}
)
# Each is found in one pass, whatever is not closed.
_TAG = re.compile(r"<(?:[!?]|(/?)([a-zA-Z][\w:-]{0,30}))")
# The rest of one that all read alike. What is none may hide other tags from some, or from all.
_REST = re.compile(
    r"""(?:[\s/]++[^\s"'<>/=]++(?:\s*+=\s*+(?:"[^"<]*+"|'[^'<]*+'|[^\s"'<>=`]++)|(?!\s*=)))*[\s/]*+>"""
)
_ATTRIBUTE = re.compile(
    r"""[\s/]{1,100}([^\s"'<>/=]{1,40})(?:\s{0,9}=\s{0,9}("[^"]{0,2000}"|'[^']{0,2000}'|[^\s"'<>]{1,2000}))?"""
)


def clean(html: str) -> str:
    """The HTML without what may not be in it, every element closed."""
    import nh3

    return nh3.clean(
        html,
        tags=set(TAGS),
        attributes=ATTRIBUTES,
        attribute_filter=_attribute,
        filter_style_properties=set(STYLES),
        url_schemes=set(SCHEMES),
        url_relative="deny",
        link_rel="nofollow noopener noreferrer",
    )


def is_too_deep(html: str) -> bool:
    """Whether it is nested deeper than any letter, or may be: parsing that would take its time. An end tag
    counts where it ends what a browser has open then, whatever is read into the rest."""
    open_: list[str] = []
    for count, found in enumerate(_TAG.finditer(html), 1):
        name = (found.group(2) or "").lower()
        if not name or name in _OTHERWISE_READ or count > MOST_TAGS or not _REST.match(html, found.end()):
            return True
        if found.group(1):
            _close(open_, name)
        elif name not in _EMPTY:
            open_.append(name)
            if len(open_) > DEEPEST:
                return True
    return False


def _close(open_: list[str], name: str) -> None:
    end = len(open_)
    while end and name not in _FORMATTING and open_[end - 1] != name and open_[end - 1] in _ENDS_BY_ITSELF:
        end -= 1
    if end and open_[end - 1] == name:
        del open_[end - 1 :]


def refused(html: str) -> str | None:
    """A sentence about the first thing in it that `clean` would take away; None where there is none. It need
    not find all: nothing goes out that was not cleaned."""
    return next(filter(None, map(_told, _TAG.finditer(html))), None)


def _told(found: "re.Match[str]") -> str | None:
    tag = (found.group(2) or "").lower()
    if not tag:
        return "Comments and declarations are not for mails: the frame has the beginning and end of the page."
    if tag not in TAGS:
        return f"<{tag}> is not for mails."
    place = found.end()
    while not found.group(1) and (attribute := _ATTRIBUTE.match(found.string, place)):
        name, value = attribute.group(1).lower(), unescape((attribute.group(2) or "").strip("\"'"))
        if told := _told_of_attribute(tag, name, value):
            return told
        place = attribute.end()
    return None


def _told_of_attribute(tag: str, name: str, value: str) -> str | None:
    if name not in ATTRIBUTES["*"] | ATTRIBUTES.get(tag, set()) | _REPLACED:
        return f"<{tag}> takes no “{name}” here."
    if name in ("href", "src") and value.partition(":")[0].strip().lower() not in SCHEMES:
        return f"A “{name}” begins with https://, http:// or mailto:."
    if name != "style":
        return None
    if _STRANGE.search(value):
        return "A style loads nothing, has no negative lengths and no escapes."
    named = (each.partition(":")[0].strip().lower() for each in value.split(";") if each.strip())
    return next((f"The style “{each[:30]}” is not for mails." for each in named if each not in STYLES), None)


def _attribute(tag: str, name: str, value: str) -> str | None:  # noqa: ARG001
    return None if name == "style" and _STRANGE.search(value) else value
