"""docs/security.md names tests that exist and leaves no requirement of OWASP ASVS 5.0's first two levels out;
some of what it says of the source is read there."""

import ast
import re
from collections.abc import Iterator
from functools import cache

import pytest

from chalicelib.accounts import id_tokens
from tests.architecture.source import ROOT, calls, imports, modules

PAGE = (ROOT / "docs/security.md").read_text("utf-8")
NAMED = sorted(set(re.findall(r"`(tests/[\w/]+\.py)(?:::(\w+))?`", PAGE)))
NUMBERS = r"((?:\d+\.\d+\.\d+)(?:, \d+\.\d+\.\d+)*)"
ROW = re.compile(rf"^\| {NUMBERS}[^|]*\| ([12]) \| ([^|]+) \| ([^|]*)\|$", re.MULTILINE)

PINNED = re.compile(r"[\w.-]+(\[[\w,-]+\])?==(\d+!)?[\w.]+(\s*;.*)?")

# The numbers of OWASP ASVS 5.0.0 by level, a chapter a line: section, then its requirements.
LEVEL_1 = """
1.2: 1 2 3 4 5; 1.3: 1 2; 1.5: 1
2.1: 1; 2.2: 1 2; 2.3: 1
3.2: 1 2; 3.3: 1; 3.4: 1 2; 3.5: 1 2 3
4.1: 1; 4.4: 1
5.2: 1 2; 5.3: 1 2
6.1: 1; 6.2: 1 2 3 4 5 6 7 8; 6.3: 1 2; 6.4: 1 2
7.2: 1 2 3 4; 7.4: 1 2
8.1: 1; 8.2: 1 2; 8.3: 1
9.1: 1 2 3; 9.2: 1
10.4: 1 2 3 4 5
11.3: 1 2; 11.4: 1
12.1: 1; 12.2: 1 2
13.4: 1
14.2: 1; 14.3: 1
15.1: 1; 15.2: 1; 15.3: 1
"""
LEVEL_2 = """
1.1: 1 2; 1.2: 6 7 8 9; 1.3: 3 4 5 6 7 8 9 10 11; 1.4: 1 2 3; 1.5: 2
2.1: 2 3; 2.2: 3; 2.3: 2 3 4; 2.4: 1
3.3: 2 3 4; 3.4: 3 4 5 6; 3.5: 4 5; 3.7: 1 2
4.1: 2 3; 4.2: 1; 4.3: 1 2; 4.4: 2 3 4
5.1: 1; 5.2: 3; 5.4: 1 2 3
6.1: 2 3; 6.2: 9 10 11 12; 6.3: 3 4; 6.4: 3 4; 6.5: 1 2 3 4 5; 6.6: 1 2 3; 6.8: 1 2 3 4
7.1: 1 2 3; 7.3: 1 2; 7.4: 3 4 5; 7.5: 1 2; 7.6: 1 2
8.1: 2; 8.2: 3; 8.4: 1
9.2: 2 3 4
10.1: 1 2; 10.2: 1 2; 10.3: 1 2 3 4; 10.4: 6 7 8 9 10 11; 10.5: 1 2 3 4 5; 10.6: 1 2; 10.7: 1 2 3
11.1: 1 2; 11.2: 1 2 3; 11.3: 3; 11.4: 2 3 4; 11.5: 1; 11.6: 1
12.1: 2 3; 12.3: 1 2 3 4
13.1: 1; 13.2: 1 2 3 4 5; 13.3: 1 2; 13.4: 2 3 4 5
14.1: 1 2; 14.2: 2 3 4; 14.3: 2 3
15.1: 2 3; 15.2: 2 3; 15.3: 2 3 4 5 6 7
16.1: 1; 16.2: 1 2 3 4 5; 16.3: 1 2 3 4; 16.4: 1 2 3; 16.5: 1 2 3
17.1: 1; 17.2: 1 2 3 4; 17.3: 1 2
"""


def numbers(table: str) -> set[str]:
    sections = (each.split(":") for each in re.split(r"[;\n]", table) if each.strip())
    return {f"{section.strip()}.{number}" for section, listed in sections for number in listed.split()}


def told(level: str) -> list[str]:
    """The requirements of a level that the page has a row for."""
    return [number for row in ROW.findall(PAGE) if row[1] == level for number in row[0].split(", ")]


@cache
def functions_of(path: str) -> set[str]:
    return set(re.findall(r"^ *def (\w+)\(", (ROOT / path).read_text("utf-8"), re.MULTILINE))


def test_a_test_that_is_named_is_there() -> None:
    there = [(ROOT / path).exists() and (not name or name in functions_of(path)) for path, name in NAMED]

    assert [named for named, found in zip(NAMED, there, strict=True) if not found] == []
    assert len(NAMED) > 100


@pytest.mark.parametrize(("level", "table", "count"), [("1", LEVEL_1, 70), ("2", LEVEL_2, 183)])
def test_every_requirement_has_a_row_and_one_only(level: str, table: str, count: int) -> None:
    assert len(numbers(table)) == count
    assert sorted(told(level)) == sorted(numbers(table))


def test_what_has_no_test_says_why() -> None:
    silent = [row[0] for row in ROW.findall(PAGE) if "`tests/" not in row[3] and len(row[2].strip()) < 4]
    assert silent == []


def _called() -> Iterator[tuple[str, str]]:
    return ((name, called) for name, module in modules().items() for called, _ in calls(module))


def test_no_code_or_command_is_made_of_data() -> None:
    banned = {"eval", "exec", "compile", "os.system", "os.popen", "__import__"}
    found = {(name, called) for name, called in _called() if called in banned}
    assert found == set()
    dangerous = ("pickle", "marshal", "shelve", "subprocess", "yaml", "xml", "lxml")
    wanted = {(name, each) for name, module in modules().items() for each in imports(module)}
    assert {(n, each) for n, each in wanted if each.split(".")[0] in dangerous} == set()


def test_patterns_are_constants() -> None:
    compiled = [
        (name, ast.unparse(node))
        for name, module in modules().items()
        for called, node in calls(module)
        if re.fullmatch(r"re\.(?!escape)\w+", called)
        and not isinstance(node.args[0], ast.Constant | ast.Name | ast.JoinedStr | ast.BinOp)
    ]
    assert compiled == []


def test_no_cookie_is_ever_set() -> None:
    for name, module in modules().items():
        assert "set-cookie" not in ast.unparse(module).lower(), name


def test_only_approved_hashes_are_used() -> None:
    used = {(name, called.split("(")[0]) for name, called in _called() if called.startswith("hashlib.")}
    # An ID token's at_hash is made with the hash of its signature: SHA-256 and longer, by a table.
    assert {(name, called) for name, called in used if called != "hashlib.sha256"} == {
        ("accounts.id_tokens", "hashlib.new")
    }
    assert {kinds[2] for kinds in id_tokens.ALGORITHMS.values()} <= {"sha256", "sha384", "sha512"}


def test_every_component_is_pinned() -> None:
    for name in ("requirements.txt", "requirements-dev.txt"):
        lines = [line.split("#")[0].strip() for line in (ROOT / name).read_text("utf-8").splitlines()]
        wanted = [line for line in lines if line and not line.startswith("-")]
        assert wanted
        assert [line for line in wanted if not PINNED.fullmatch(line)] == []
