"""What a spreadsheet would take for a formula in a file of ours (CWE-1236), and how it is kept from that."""

import re

# The same as fn_csv_cell: what begins with a sign of formulas or what looks like one, however much that
# cannot be seen stands before, and what begins with a tab or a line break (OWASP, "CSV Injection").
UNSEEN = (
    "\x01-\x20\x7f-\xa0\xad\u034f\u061c\u115f\u1160\u1680\u17b4\u17b5\u180b-\u180e\u2000-\u200f\u2028-\u202f"
    "\u205f-\u206f\u2800\u3000\u3164\ufe00-\ufe0f\ufeff\uffa0"
)
SIGNS = "-=+@\u2212\ufe62\ufe63\ufe66\ufe6b\uff0b\uff0d\uff1d\uff20"
FORMULA = re.compile(f"[\t\r\n]|[{UNSEEN}]*[{SIGNS}]")


def harmless(text: str) -> str:
    """The text, with an apostrophe before it where a spreadsheet might reckon it."""
    return f"'{text}" if FORMULA.match(text) else text
