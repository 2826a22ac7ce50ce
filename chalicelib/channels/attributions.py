"""Lines that say who wrote what follows them, as mail programs put above a quote: in languages whose words
are known here, and in any where a quote follows. Pure. Lines are looked at up to a bound."""

import re
from collections.abc import Sequence

from chalicelib.channels.mail_headings import MAX_LINE, is_quoted, unquoted

_STARTS = r"(?:on|el|am|le|em|il|op|den|dnia|w dniu)\b"
_DID = (
    r"(?:wrote|escribi[óo]|schrieb|a écrit|escreveu|ha scritto|schreef|geschreven|skrev|napisał(?:\(a\))?"
    r"|pisze|napsal(?:\(a\))?|kirjoitti|ezt írta|yazdı|написала?|пишет|写道|님이 작성)"
)
_ADDRESS = r"[<(][^<>()\s]+@[^<>()\s]+[>)]"
_WROTE = re.compile(
    rf"{_STARTS}.{{5,280}}\b{_DID}\b.{{0,120}}:"
    rf"|.{{0,200}}{_ADDRESS}.{{0,60}}{_DID}\s?[:：]"
    rf"|\d{{1,4}}[-/.年년]\s?\d{{1,2}}.{{3,200}}(?:{_ADDRESS}|{_DID})\s?[:：]"
    rf"|-{{2,}}\s{_STARTS}.{{5,280}}\b{_DID}\s?-{{2,}}",
    re.IGNORECASE,
)
_TIME = re.compile(r"\d{4}.{0,20}\d{1,2}[:.]\d\d|\d{1,2}[:.]\d\d.{0,20}\d{4}")
_WROTE_ON = re.compile(rf"\b{_DID}\s(?:{_STARTS}|\()", re.IGNORECASE)
_BY = re.compile(r"(?:quoting|zitat von|citando a|citation de)\s", re.IGNORECASE)
_BY_ADDRESS = re.compile(rf"{_ADDRESS}\s?[:：]\Z")
_HAS_ADDRESS = re.compile(_ADDRESS)
# A date, or an address: who only tells that somebody wrote something gives neither.
_MOMENT = re.compile(rf"\d+\D+\d|{_ADDRESS}")
_BEGINS = re.compile(rf"{_STARTS}.{{0,280}}", re.IGNORECASE)


def attribution(lines: Sequence[str], place: int) -> int:
    """How many lines from this one on say who wrote what follows; 0 where they say nothing like that."""
    first = unquoted(lines[place])
    if not first:
        return 0
    if says_who_wrote(first) or _heads_a_quote(lines, place, first):
        return 1
    if not _BEGINS.fullmatch(first):
        return 0
    for count in (2, 3):
        joined = " ".join(unquoted(line) for line in lines[place : place + count])
        if len(joined) <= 2 * MAX_LINE and says_who_wrote(joined):
            return count
    return 0


def _heads_a_quote(lines: Sequence[str], place: int, first: str) -> bool:
    """Whether it is an attribution in any other language: an address, a moment, a colon, and then a quote."""
    if is_quoted(lines[place]) or not first.endswith((":", "：")):
        return False
    if not (_HAS_ADDRESS.search(first) and _TIME.search(first)):
        return False
    return any(is_quoted(line) for line in [*filter(str.strip, lines[place + 1 : place + 4])][:1])


def says_who_wrote(text: str) -> bool:
    """`On Sat, 21 Nov 2026 at 09:55, Ana <ana@example.com> wrote:` and its like."""
    return names_a_moment(text) and (_WROTE.fullmatch(text) is not None or _says_when(text))


def _says_when(text: str) -> bool:
    """`Ana wrote on 21/11/2026 09:55:`, `21 нояб. 2026 г. в 09:55, Ana <ana@example.com>:` and its like.
    One look after the other: as a single pattern they would be tried at each letter of a hostile line."""
    if not text.endswith((":", "：")):
        return False
    if _BY_ADDRESS.search(text):
        return bool(_TIME.search(text) or _BY.match(text))
    wrote = _WROTE_ON.search(text)
    return wrote is not None and len(text) - wrote.end() < 80 and _TIME.search(text, wrote.end()) is not None


def names_a_moment(text: str) -> bool:
    """Whether there is a date in it, or an address."""
    return _MOMENT.search(text) is not None
