"""The hostile cases, each by its number in the names of tests."""

import ast
import re
from collections.abc import Iterator
from functools import lru_cache

import pytest

from tests.architecture.source import ROOT

CASES = {
    1: "a token with another alg, jku, crit",
    2: "a token without exp, iss, aud, sub",
    3: "a refresh token as an access token",
    4: "a weak or missing secret",
    5: "a disabled or demoted user, a revoked key",
    7: "passwords of any length and character",
    8: "known and unknown emails",
    9: "forgotten passwords, throttled",
    10: "an invitation that is empty, unknown or over",
    11: "a new password without the current one",
    12: "parallel refreshes, and a replay",
    14: "every route, role and tenant",
    15: "ids of another tenant in a body",
    16: "hidden tickets, searched for",
    17: "hidden tickets, by every door",
    18: "a role that lacks the permission",
    19: "role and workspace in a body",
    20: "another person's note, edited",
    21: "another ticket's attachment",
    24: "ten thousand switches on one connection",
    26: "the catalogue of tables and policies",
    27: "a policy that the gateway keeps",
    29: "NUL anywhere",
    30: "numbers and times that nothing can hold",
    31: "what is no JSON",
    32: "fields that are unknown, or of another type",
    33: "scripts in Markdown",
    36: "line breaks in names",
    37: "SQL in parameters",
    38: "a defect that tells of itself",
    39: "one key, many calls at once",
    40: "one key, another body",
    41: "one key, another workspace",
    42: "stale versions, and many claimers",
    43: "a thousand creates at once",
    44: "news of what was rolled back",
    45: "news that comes five times",
    46: "news that comes late",
    47: "one bad message of ten",
    65: "an email in a URL",
    66: "wrong guesses at a ticket",
    67: "ten thousand guesses",
    68: "what a stranger learns of a ticket",
    70: "the form for one file",
    71: "files that a browser would run",
    72: "names of files",
    74: "a forged audit log",
    75: "a person erased",
}
NAME = re.compile(r"test_(?:case_)?0?(\d{1,2})_")


@lru_cache(maxsize=1)
def named() -> dict[int, set[str]]:
    """The tests of each case, as `file::name`."""
    found: dict[int, set[str]] = {}
    for path in sorted((ROOT / "tests").rglob("test_*.py")):
        for name in _functions(ast.parse(path.read_text("utf-8"))):
            if number := NAME.match(name):
                found.setdefault(int(number[1]), set()).add(f"{path.relative_to(ROOT)}::{name}")
    return found


def _functions(module: ast.Module) -> Iterator[str]:
    yield from (node.name for node in ast.walk(module) if isinstance(node, ast.FunctionDef))


@pytest.mark.parametrize("case", CASES)
def test_each_case_has_a_test_that_names_it(case: int) -> None:
    assert named().get(case), f"no test_case_{case:02} for {CASES[case]}"


def test_the_names_are_found_however_they_are_written() -> None:
    for name, case in [("test_5_x", 5), ("test_05_x", 5), ("test_case_5_x", 5), ("test_case_12_x", 12)]:
        assert int(NAME.match(name)[1]) == case  # type: ignore[index]
    assert NAME.match("test_ten_failures") is None
