"""The console has words for whatever the audit log keeps."""

import ast
import re
from collections.abc import Iterator

import pytest

from tests.architecture.source import ROOT, calls, modules

ACTION = re.compile(r"[a-z_]+\.[a-z_]+")


def audited() -> Iterator[str]:
    """The actions that a call to something called audit may name."""
    for module in modules().values():
        for called, node in calls(module):
            if "audit" in called:
                said = [each.value for each in ast.walk(node) if isinstance(each, ast.Constant)]
                yield from (each for each in said if isinstance(each, str) and ACTION.fullmatch(each))


@pytest.fixture(scope="module")
def known() -> dict[str, set[str]]:
    """The keys of each of the English tables; the compiler holds the Spanish ones to them."""
    source = (ROOT / "console/src/admin/audit-words.ts").read_text("utf-8")
    english = source[: source.index("\n  es: {")]
    tables = re.findall(r"^    (\w+): \{\n(.*?)^    \} as", english, re.MULTILINE | re.DOTALL)
    return {name: set(re.findall(r'([\w]+(?=: [("`])|(?<=")[\w.]+(?=": "))', body)) for name, body in tables}


def test_each_action_is_said_in_words(known: dict[str, set[str]]) -> None:
    actions = set(audited())
    thing_and_deed = {f"{thing}.{deed}" for thing in known["things"] for deed in known["deeds"]}

    assert len(actions) > 50
    assert actions - known["sentences"] - thing_and_deed == set()
