"""`make import`: what it says to people, and what it asks for. tests/e2e/test_imports.py has it do it."""

import argparse
import gzip
import json
from pathlib import Path
from typing import Any

import pytest

from local import importing
from local.importing import Refused

SAMPLES = Path(__file__).parents[1] / "imports" / "samples"
FOUND: dict[str, Any] = {
    "status": "done",
    "error": None,
    "options": {"dry_run": True},
    "counts": {
        **{"rows": 3, "taken": 1, "updated": 0, "unchanged": 1, "skipped": 1, "comments": 2, "people": 1}
    },
    "reasons": {"skipped": {"deleted": 1}, "changed": {}},
    "remarks": [{"line": 7, "external_id": "A-1", "detail": "It is deleted."}],
    "remark_count": 1,
    "report": None,
}


def options(**changed: Any) -> argparse.Namespace:
    return argparse.Namespace(
        **{"source": "csv", "system": None, "mapping": None, "dry_run": False, **changed}
    )


def test_a_report_says_how_many_and_why_not() -> None:
    said = importing.report(FOUND).splitlines()
    assert said == [
        "Nothing was taken: this only says what would be.",
        "3 rows: 1 taken, 0 with new comments, 1 there already, 1 skipped. 2 comments and 1 people are new.",
        "  Skipped: deleted 1",
        "  line 7 (A-1): It is deleted.",
    ]


def test_a_failure_comes_first() -> None:
    said = importing.report({**FOUND, "error": "The file is a ZIP archive.", "options": {}})
    assert said.startswith("It failed: The file is a ZIP archive.")


def test_a_bar_is_full_at_the_end_and_never_fuller() -> None:
    assert importing.bar("reading", 0, 10).endswith("  0%")
    assert importing.bar("reading", 11, 10) == f"reading  [{'#' * 30}] 100%"


def test_a_mapping_is_a_file_of_json(tmp_path: Path) -> None:
    file = tmp_path / "map.json"
    file.write_text(json.dumps({"columns": {"a": "subject"}}))
    facts = importing.facts_of(options(mapping=str(file), dry_run=True, system="jira"), file)
    assert facts == {
        "source": "csv",
        "system": "jira",
        "mapping": {"columns": {"a": "subject"}},
        "options": {"dry_run": True},
    }
    file.write_text("{")
    with pytest.raises(Refused, match="The mapping cannot be read"):
        importing.facts_of(options(mapping=str(file)), file)


@pytest.mark.parametrize(
    ("sample", "source"),
    [
        ("zendesk_page.json", "zendesk"),
        ("freshdesk_export.json", "freshdesk"),
        ("freshdesk_api.json", "freshdesk"),
        ("tickets.csv", "csv"),
    ],
)
def test_whose_export_it_is_can_be_seen(tmp_path: Path, sample: str, source: str) -> None:
    file = SAMPLES / sample
    packed = tmp_path / f"{sample}.gz"
    packed.write_bytes(gzip.compress(file.read_bytes()))

    assert importing.facts_of(options(source=None), file)["source"] == source
    assert importing.facts_of(options(source=None), packed)["source"] == source
    assert importing.facts_of(options(source="freshdesk"), file)["source"] == "freshdesk"


def test_what_is_not_packed_as_its_name_says_is_refused(tmp_path: Path) -> None:
    file = tmp_path / "tickets.json.gz"
    file.write_text("[]")
    with pytest.raises(Refused, match="cannot be read"):
        importing.source_of(file)


def test_a_key_needs_an_address() -> None:
    with pytest.raises(Refused, match="MESA_API_URL"):
        importing.sign_in({"MESA_API_KEY": "mesa_x"})
    desk = importing.sign_in({"MESA_API_KEY": "mesa_x", "MESA_API_URL": "https://desk.example/api/"})
    assert (desk.url, desk.token) == ("https://desk.example/api", "mesa_x")


def test_without_a_file_it_says_so(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr("sys.argv", ["importing", str(tmp_path / "none.json")])
    with pytest.raises(SystemExit, match="There is no file"):
        importing.main()
