"""Subjects: whether they say that this is an answer or a forward, what they are about, and which ticket they
name. Pure."""

import re

from chalicelib.channels import decoding

MAX_LENGTH = 200
NO_SUBJECT = "(no subject)"

# What mail programs put in front, in the languages they speak. Single letters (Italian R: and I:) say too
# little.
_ANSWERED = "re|aw|antw|antwort|sv|vs|rif|res|resp|rép|odp|ynt|vá|ref|回复|回覆|答复|返信"
_FORWARDED = "fwd|fw|wg|rv|tr|enc|vb|vl|doorst|pd|ilt|továbbítás|转发|轉寄"
# What mail servers put before that to warn their readers.
_WARNINGS = (
    r"(?:\[(?:ext|extern|external|externo|externe|spam|suspected spam|warning)\]|\*{3,}\s?spam\s?\*{3,})"
)


def _prefix(words: str) -> str:
    return rf"(?:{words})\s?(?:\[\d{{1,3}}\]|\(\d{{1,3}}\)|\^\d{{1,3}}|\*\d{{1,3}})?\s?[:：]"


_LABEL = r"\[ ?([a-z][a-z0-9]{0,9})-(\d{4})-(\d{1,18}) ?\]"
_LABELS = re.compile(_LABEL, re.ASCII | re.IGNORECASE)
_LEAD = rf"(?:{_WARNINGS}|{_LABEL}|\s){{0,20}}"
_IS_ANSWER = re.compile(rf"{_LEAD}{_prefix(_ANSWERED)}", re.IGNORECASE)
_IS_FORWARD = re.compile(rf"{_LEAD}{_prefix(_FORWARDED)}", re.IGNORECASE)
_IN_FRONT = re.compile(rf"{_WARNINGS}|{_LABEL}|{_prefix(_ANSWERED)}|{_prefix(_FORWARDED)}|\s+", re.IGNORECASE)


def is_answer(subject: str) -> bool:
    """Whether it begins as answers do: `Re:`, `AW:`, `RE[2]:`. `Software: down` does not."""
    return _IS_ANSWER.match(subject) is not None


def is_forward(subject: str) -> bool:
    """Whether it begins as forwards do: `Fwd:`, `WG:`, `RV:`, `TR:`."""
    return _IS_FORWARD.match(subject) is not None


def bare(subject: str) -> str:
    """What it is about: without prefixes, warnings and labels in front. Empty where there is nothing else."""
    here = 0
    while found := _IN_FRONT.match(subject, here):
        here = found.end()
    return subject[here:].strip()


def title(subject: str, otherwise: str = NO_SUBJECT) -> str:
    """The subject of a ticket made of this mail: at most 200 signs, never empty."""
    said = subject.strip() if decoding.is_seen(subject) else ""
    return (said if len(said) <= MAX_LENGTH else f"{said[: MAX_LENGTH - 1].rstrip()}…") or otherwise


def labels(subject: str, prefix: str) -> tuple[str, ...]:
    """The tickets it names in square brackets, by their labels: `[TKT-2026-00042]` with the prefix `TKT`."""
    found = (match.groups() for match in _LABELS.finditer(subject))
    named = (f"{prefix}-{year}-{int(number):05d}" for each, year, number in found if each.upper() == prefix)
    return tuple(dict.fromkeys(named))
