"""Slugs: the name of a workspace as addresses carry it."""

import re
import unicodedata

FALLBACK = "desk"
MAX_LENGTH = 40

# Letters that do not come apart into a base letter and a mark.
_LETTERS = str.maketrans(
    {
        "æ": "ae",
        "œ": "oe",
        "ø": "o",
        "ß": "ss",
        "þ": "th",
        "ð": "d",
        "đ": "d",
        "ł": "l",
        "ħ": "h",
        "ı": "i",
        "&": " and ",
    }
)


def slug_from(name: str) -> str:
    """1 to 40 lower-case ASCII letters, digits and dashes; `desk` where the name has nothing to offer."""
    folded = unicodedata.normalize("NFKD", name.casefold()).translate(_LETTERS)
    plain = folded.encode("ascii", "ignore").decode("ascii")
    dashed = re.sub(r"[^a-z0-9]+", "-", re.sub(r"['’]", "", plain))
    return dashed.strip("-")[:MAX_LENGTH].strip("-") or FALLBACK
