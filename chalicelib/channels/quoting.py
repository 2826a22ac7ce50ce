"""Taking off an answer what it quotes of the mails before. Pure and bounded. It never empties a text; the
caller keeps the full one beside it."""

import re
from collections.abc import Sequence
from functools import lru_cache

from chalicelib.channels import attributions, mail_headings

MAX_LINES = 2_000
# The library's patterns are quadratic in the length of two lines; so much of them takes some milliseconds.
MAX_SEARCHED_LINES = 200
MAX_SEARCHED_LINE = 120
LANGUAGES = ("en", "es", "de", "fr", "it", "nl", "sv", "da", "cs", "ja", "ko", "zh")

REMOVED = "[link removed]"
_TOKEN = re.compile(
    r"(?:#|%23|unsubscribe(?:\?|%3F))token(?:=|%3D)([\w.~-]{8,200})[^\s<>\"'()]{0,500}", re.IGNORECASE
)
_LINK_END = frozenset(" \t\n<>\"'()[]")


def stripped(text: str) -> str:
    """What the sender wrote, without the mail that it answers. Where answers stand between several quotes,
    all of it is kept: there the quotes are the questions. A forward is left as it is."""
    lines = text.split("\n", MAX_LINES)
    place, count = _heading(lines)
    if place < len(lines) and not count:
        return text
    kept: Sequence[str] = lines[:place] if count else lines
    if count and _is_quoted_next(lines, place + count):
        kept = _without_block(lines, place, place + count)
    said = "\n".join(_without_last_quote(kept)).strip("\n")
    return said if said.strip() else text


def holds_own_links(text: str) -> bool:
    """Whether there is any such link in it, as `without_own_links` takes out."""
    return _TOKEN.search(text) is not None


def without_own_links(text: str) -> str:
    """The text without links and codes of ours that let in whoever has them: people quote the mails in which
    we send them, and others read along."""
    found, here = [], 0
    codes: dict[str, None] = {}
    for match in _TOKEN.finditer(text):
        start = match.start()
        while start > here and match.start() - start < 2000 and text[start - 1] not in _LINK_END:
            start -= 1
        found += [text[here:start], REMOVED]
        here = match.end()
        codes[match[1]] = None
    text = "".join((*found, text[here:]))
    for code in list(codes)[:50]:
        text = text.replace(code, REMOVED)
    return text


def _heading(lines: Sequence[str]) -> tuple[int, int]:
    """Where the history begins, and how many lines its heading has; (…, 0) where there is none."""
    for place, line in enumerate(lines):
        if mail_headings.is_forward(line):
            return place, 0
        if mail_headings.is_quoted(line):
            continue
        if mail_headings.is_original(line):
            return place, 1
        if count := attributions.attribution(lines, place):
            return place, count
        end, _ = mail_headings.block(lines, place)
        if end:
            above = _last_said(lines, place - 1)
            ruled = above >= 0 and mail_headings.is_rule(lines[above])
            start = above if ruled else place
            return start, end - start
    return _known_elsewhere(lines)


def _known_elsewhere(lines: Sequence[str]) -> tuple[int, int]:
    """The same by the library's patterns, which know more languages."""
    searched = "\n".join(line[:MAX_SEARCHED_LINE].strip() for line in lines[:MAX_SEARCHED_LINES])
    matches = _attributions().finditer(searched)
    found = next((match for match in matches if attributions.names_a_moment(match[0])), None)
    if found is None:
        return len(lines), 0
    start = found.start() + len(found[0]) - len(found[0].lstrip("\n"))
    place = searched.count("\n", 0, start)
    return place, found[0].strip("\n").count("\n") + 1


@lru_cache(maxsize=1)
def _attributions() -> re.Pattern[str]:
    from mailparser_reply.constants import MAIL_LANGUAGES  # needed by answers alone

    # Constants of a pinned library, of no data of ours.
    patterns = (MAIL_LANGUAGES[language]["wrote_header"] for language in LANGUAGES)
    either = "|".join(f"(?:{pattern})" for pattern in patterns)
    return re.compile(either, re.MULTILINE | re.IGNORECASE)


def _is_quoted_next(lines: Sequence[str], place: int) -> bool:
    """Whether the next line that says something is a quoted one."""
    return any(
        mail_headings.is_quoted(line) for line in next(([line] for line in lines[place:] if line.strip()), [])
    )


def _without_block(lines: Sequence[str], start: int, quoted: int) -> Sequence[str]:
    """Without one quoted block and its heading; all of it where more quotes follow an answer."""
    end = quoted
    while end < len(lines) and (mail_headings.is_quoted(lines[end]) or not lines[end].strip()):
        end += 1
    answered = lines[end:]
    if any(mail_headings.is_quoted(line) for line in answered):
        last = len(_without_last_quote(answered))
        if any(mail_headings.is_quoted(line) for line in answered[:last]):
            return lines
        answered = answered[:last]
    return [*lines[:start], *answered]


def _without_last_quote(lines: Sequence[str]) -> Sequence[str]:
    end = len(lines)
    while end and (mail_headings.is_quoted(lines[end - 1]) or not lines[end - 1].strip()):
        end -= 1
    return lines[:end]


def _last_said(lines: Sequence[str], place: int) -> int:
    while place >= 0 and not lines[place].strip():
        place -= 1
    return place
