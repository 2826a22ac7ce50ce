"""What the console says in Spanish in the API's stead, the API says."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

PROJECT = Path(__file__).parents[2]
SENTENCES = PROJECT / "console" / "src" / "ui" / "sentences.ts"
# As long as a sentence is that means one thing.
LONG = 12


def translated() -> list[str]:
    """The English sentences, as the file has them."""
    table = re.search(r"SPANISH[^{]*\{(.*?)\n\};", SENTENCES.read_text("utf-8"), re.DOTALL)
    assert table
    return re.findall(r'^  "(.+?)": "', table[1], re.MULTILINE)


def said(tree: ast.AST) -> Iterator[str]:
    """Each text of a module, as a pattern of what it can become."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, str):
            yield re.escape(node.value)
        elif isinstance(node, ast.JoinedStr):
            parts = [
                re.escape(part.value) if isinstance(part, ast.Constant) else ".+" for part in node.values
            ]
            yield "".join(parts)


@pytest.fixture(scope="module")
def patterns() -> list[re.Pattern[str]]:
    sources = (PROJECT / "chalicelib").rglob("*.py")
    texts = {text for path in sources for text in said(ast.parse(path.read_text("utf-8")))}
    return [re.compile(text, re.DOTALL) for text in texts if len(text.replace(".+", "")) >= LONG]


@pytest.mark.parametrize("sentence", translated())
def test_it_is_one_of_the_apis(patterns: list[re.Pattern[str]], sentence: str) -> None:
    assert any(pattern.fullmatch(sentence) for pattern in patterns)
