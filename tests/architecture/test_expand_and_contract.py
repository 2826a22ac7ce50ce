"""New migrations only add: the code before them works on the schema after them, until it is replaced."""

import ast
import re
from pathlib import Path

import pytest

VERSIONS = Path(__file__).parents[2] / "migrations" / "versions"
# No release had code that ran through one of these: they came before the first deployment.
BEFORE_THE_RULE = "0042"
REASON = re.compile(r"^ *# contracts: \S.{10,}$", re.MULTILINE)
CONTRACTIONS = {
    "drops a column": r"\bDROP\s+COLUMN\b|\bdrop_column\(",
    "drops a table": r"\bDROP\s+TABLE\b|\bdrop_table\(",
    "renames": r"\bRENAME\b|\brename_table\(|new_column_name=",
    "refuses null": r"\bSET\s+NOT\s+NULL\b|nullable=False(?!.*server_default)",
    "asks for a value": r"\bADD\s+COLUMN\b(?![^,;]*\b(?:DEFAULT|GENERATED)\b)[^,;]*\bNOT\s+NULL\b",
    "changes a type": r"\bALTER\s+COLUMN\s+\S+\s+(?:SET\s+DATA\s+)?TYPE\b|type_=",
}


def contractions(source: str) -> set[str]:
    """What an upgrade does that code before it may not live with; the way back is free to."""
    upgrade = "\n".join(
        ast.get_source_segment(source, node) or ""
        for node in ast.parse(source).body
        if not (isinstance(node, ast.FunctionDef) and node.name == "downgrade")
    )
    return {
        name for name, words in CONTRACTIONS.items() if re.search(words, upgrade, re.IGNORECASE | re.DOTALL)
    }


def new() -> list[Path]:
    return [path for path in VERSIONS.glob("*.py") if path.name.split("_")[3] > BEFORE_THE_RULE]


def test_new_migrations_expand_or_say_why_not() -> None:
    silent = {
        path.name: found
        for path in new()
        if (found := contractions(path.read_text("utf-8"))) and not REASON.search(path.read_text("utf-8"))
    }
    assert silent == {}, "leave it for a later release, or say `# contracts: why it is safe` in the migration"


@pytest.mark.parametrize(
    ("statement", "found"),
    [
        ("ALTER TABLE t DROP COLUMN a", {"drops a column"}),
        ("DROP TABLE t", {"drops a table"}),
        ("ALTER TABLE t RENAME COLUMN a TO b", {"renames"}),
        ("ALTER TABLE t ALTER COLUMN a SET NOT NULL", {"refuses null"}),
        ("ALTER TABLE t ADD COLUMN a text NOT NULL", {"asks for a value"}),
        ("ALTER TABLE t ALTER COLUMN a TYPE bigint", {"changes a type"}),
        ("ALTER TABLE t ADD COLUMN a text NOT NULL DEFAULT 'x'", set()),
        ("ALTER TABLE t ADD COLUMN a text, ADD COLUMN b text DEFAULT 'x' NOT NULL", set()),
        ("CREATE TABLE t (a text NOT NULL)", set()),
        ("CREATE INDEX i ON t (a)", set()),
    ],
)
def test_what_old_code_cannot_live_with_is_seen(statement: str, found: set[str]) -> None:
    source = (
        f'def upgrade():\n    op.execute("""{statement}""")\n\n\ndef downgrade():\n    op.drop_table("t")\n'
    )

    assert contractions(source) == found


def test_a_reason_is_a_sentence() -> None:
    assert REASON.search("    # contracts: no code has read the column since revision 0044\n")
    assert not REASON.search("    # contracts:\n")
