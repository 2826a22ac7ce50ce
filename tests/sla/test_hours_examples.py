"""The worked examples of docs/sla.md."""

import re
from doctest import DocTestParser, DocTestRunner
from pathlib import Path

DOCUMENT = Path(__file__).parents[2] / "docs" / "sla.md"


def test_the_worked_examples_come_out_as_written():
    blocks = re.findall(r"^```python\n(.*?)^```$", DOCUMENT.read_text("utf-8"), re.MULTILINE | re.DOTALL)
    page = DocTestParser().get_doctest("\n".join(blocks), {}, DOCUMENT.name, str(DOCUMENT), 0)
    complaints: list[str] = []

    results = DocTestRunner().run(page, out=complaints.append)

    assert results.attempted > 10
    assert complaints == []
