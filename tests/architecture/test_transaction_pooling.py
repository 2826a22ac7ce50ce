"""A connection may be another's at the next transaction: RDS Proxy and PgBouncer hand them out so. Nothing of
a session outlives its transaction, then, and nothing has RDS Proxy keep one for one client ("pinning").

Source: Amazon RDS User Guide, "Avoiding pinning an RDS Proxy"; pgbouncer.org/features.html.
"""

import re
from collections.abc import Iterator
from functools import lru_cache

import pytest

from tests.architecture.source import ROOT, modules, texts

OF_A_SESSION = {
    "a lock of the session": r"pg_(try_)?advisory_lock(_shared)?\s*\(",
    "a setting of the session": r"\bset_config\s*\([^;]*?,\s*false\s*\)",
    "SET without LOCAL": r"(^|;)\s*SET\s+(?!LOCAL\b|TRANSACTION\b|CONSTRAINTS\b)[a-z_.]+\s*(=|TO\b)",
    "what listens": r"(^|;)\s*(UN)?LISTEN\s",
    "a statement prepared by name": r"(^|;)\s*(PREPARE|DEALLOCATE|DISCARD)\s",
    "a temporary table": r"\bCREATE\s+(LOCAL\s+)?TEMP(ORARY)?\b",
    "a cursor beyond its transaction": r"\bWITH\s+HOLD\b",
}
# RDS Proxy pins at statements that are longer.
LONGEST = 16_000


@lru_cache
def statements() -> tuple[tuple[str, str], ...]:
    """All that the application says to the database, and what stands there, with its place."""
    return tuple(found())


def found() -> Iterator[tuple[str, str]]:
    for name, module in modules().items():
        yield from ((f"{name}:{line}", text) for line, text in texts(module))
    for path in sorted((ROOT / "migrations" / "sql").glob("*.sql")):
        yield path.name, re.sub(r"--[^\n]*", "", path.read_text("utf-8"))


@pytest.mark.parametrize("what", OF_A_SESSION)
def test_nothing_of_a_session_outlives_its_transaction(what: str) -> None:
    pattern = re.compile(OF_A_SESSION[what])
    body = re.compile(r"\bSET\s+search_path\b[^\n;]*")  # of a function, while it runs

    found = [place for place, text in statements() if pattern.search(body.sub("", text))]

    assert found == []


def test_no_text_is_so_long_that_a_proxy_pins() -> None:
    found = [
        place
        for place, text in statements()
        if not place.endswith(".sql") and "SELECT" in text and len(text) > LONGEST
    ]

    assert found == []
