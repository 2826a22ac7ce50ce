"""What the console says in Spanish in the API's stead, the API says."""

import ast
import re
from collections.abc import Iterator

import pytest

from tests.architecture.source import ROOT, modules, nodes
from tests.support.for_each import for_each

SENTENCES = ROOT / "console" / "src" / "ui" / "sentences.ts"
# As long as a sentence is that means one thing.
LONG = 12


def translated() -> list[str]:
    """The English sentences, as the file has them."""
    table = re.search(r"SPANISH[^{]*\{(.*?)\n\};", SENTENCES.read_text("utf-8"), re.DOTALL)
    assert table
    return re.findall(r'^  "(.+?)": "', table[1], re.MULTILINE)


def said(module: ast.Module) -> Iterator[str]:
    """Each text of a module, as a pattern of what it can become."""
    for node in nodes(module):
        if isinstance(node, ast.Constant) and isinstance(node.value, str):
            yield re.escape(node.value)
        elif isinstance(node, ast.JoinedStr):
            parts = [
                re.escape(part.value) if isinstance(part, ast.Constant) else ".+" for part in node.values
            ]
            yield "".join(parts)


@pytest.fixture(scope="module")
def patterns() -> list[re.Pattern[str]]:
    texts = {text for module in modules().values() for text in said(module)}
    return [re.compile(text, re.DOTALL) for text in texts if len(text.replace(".+", "")) >= LONG]


@for_each("sentence", translated())
def test_it_is_one_of_the_apis(patterns: list[re.Pattern[str]], sentence: str) -> None:
    assert any(pattern.fullmatch(sentence) for pattern in patterns)
