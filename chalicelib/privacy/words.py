"""What of a person can stand in texts, as POSIX regular expressions for PostgreSQL. Pure.

`everywhere` is looked for in all texts of the workspace, in any case: emails, names of two words, phones
however they are spaced, document ids. `own` is looked for in what is the person's, as it is written: single
words of a name, what somebody else of the workspace has too, and what a stranger said of themselves.
"""

import re
from collections.abc import Iterable, Mapping

# Shorter ones are found in too much that is not theirs.
SHORTEST_PHONE = 7
SHORTEST_DOCUMENT = 5
SHORTEST_NAME = 6
SHORTEST_WORD = 3
# A phone that reads as a day would take the day out of every time in every document.
_DAY = re.compile(r"(?:19|20)\d\d(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01])")

Facts = Iterable[tuple[str, str]]


def patterns(facts: Facts, shared: Iterable[str] = (), *, claimed: bool = False) -> Mapping[str, str | None]:
    """`facts`: (`email` | `name` | `claimed_name` | `phone` | `document_id`, value), of now and before. A
    claimed name is a stranger's word: looked for everywhere, it could take any words out of all texts.

    `shared`: values, in lower case, that other people have too. `claimed`: all but the email is a stranger's
    word. `own` is None where there is nothing for it.
    """
    everywhere, own = set[str](), set[str]()
    others = set(shared)
    for kind, value in facts:
        if not value.strip():
            continue
        theirs_alone = kind == "email" or not (claimed or value.lower() in others)
        wide = _wide(kind, value)
        if wide:
            (everywhere if theirs_alone else own).add(wide)
        if kind in ("name", "claimed_name"):
            own |= {_whole(word) for word in value.split() if len(word) >= SHORTEST_WORD}
        elif not wide and len(value) >= SHORTEST_WORD:
            own.add(_whole(value))
    return {"everywhere": _any(everywhere) or "(?!)", "own": _any(own)}


def _wide(kind: str, value: str) -> str | None:
    """The expression by which a value is known anywhere, None where it is too common for that."""
    if kind == "email":
        local, _, domain = value.rpartition("@")
        return f"(?<![[:alnum:]_+-]){_escaped(local)}(?:@|%40){_escaped(domain)}(?![[:alnum:]-])"
    if kind == "phone":
        digits = re.sub(r"\D", "", value)
        if len(digits) < SHORTEST_PHONE or _DAY.fullmatch(digits):
            return None
        spaced = "[ ()./-]*".join(digits)
        return rf"(?<![0-9])\+?[ (]*{spaced}(?![0-9])"
    if kind == "document_id":
        fits = len(value) >= SHORTEST_DOCUMENT and any(character.isdigit() for character in value)
        return _whole(value) if fits else None
    if kind == "claimed_name":
        return None
    words = value.split()
    return _whole(value) if len(words) > 1 and len(value) >= SHORTEST_NAME else None


def _whole(value: str) -> str:
    """A value that is not part of a longer word, however its words are spaced."""
    words = "[[:space:]]+".join(map(_escaped, value.split()))
    return f"(?<![[:alnum:]]){words}(?![[:alnum:]])"


def _escaped(value: str) -> str:
    """Each character for itself; quotes and backslashes also as JSON writes them."""
    as_json = {'"': r'\\*"', "\\": r"\\+"}
    return "".join(
        as_json.get(character)
        or (character if character.isalnum() or ord(character) > 126 else f"\\{character}")
        for character in value
    )


def _any(expressions: set[str]) -> str | None:
    """The longest first, so that a whole name goes before its words."""
    return "|".join(sorted(expressions, key=lambda each: (-len(each), each))) or None
