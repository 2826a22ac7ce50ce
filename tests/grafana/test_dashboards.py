"""The dashboards that are committed are those of the source, and Grafana can take them."""

import json
import re
from typing import Any

import pytest
from grafana_foundation_sdk.cog.encoder import JSONEncoder
from grafana_foundation_sdk.cog.plugins import register_default_plugins
from grafana_foundation_sdk.models.dashboard import Dashboard

from grafana.__main__ import FOLDER, files
from tests.grafana.dashboards import FOLDER as GRAFANA
from tests.grafana.dashboards import documents, panels

register_default_plugins()
DATASOURCES = (GRAFANA / "provisioning/datasources/mesa.yaml").read_text("utf-8")
README = (GRAFANA / "README.md").read_text("utf-8")
INSIGHT = (GRAFANA.parent / "docs/insight.md").read_text("utf-8")


def test_what_is_committed_is_what_the_source_makes() -> None:
    """`make docs` writes it anew."""
    made = dict(files())

    assert {path: path.read_text("utf-8") for path in FOLDER.glob("*.json")} == made
    assert len(made) == 5


def lost(written: Any, read: Any, place: str = "") -> list[str]:
    """Where something is written that was not read; defaults may have been added."""
    if isinstance(written, dict) and isinstance(read, dict):
        pairs = [(f"{place}.{name}", value, read.get(name)) for name, value in written.items()]
    elif isinstance(written, list) and isinstance(read, list) and len(written) == len(read):
        pairs = [(f"{place}[{n}]", *each) for n, each in enumerate(zip(written, read, strict=True))]
    else:
        return [] if written == read else [place]
    return [found for where, left, right in pairs for found in lost(left, right, where)]


@pytest.mark.parametrize("name", documents())
def test_grafanas_own_types_read_all_that_is_in_it(name: str) -> None:
    document = documents()[name]

    read = json.loads(json.dumps(Dashboard.from_json(document), cls=JSONEncoder))

    assert lost(document, read) == []


@pytest.mark.parametrize("name", documents())
def test_a_dashboard_is_found_by_its_own_identifier(name: str) -> None:
    document = documents()[name]

    assert document["uid"] == f"mesa-{name}"
    assert document["title"].startswith("Mesa: ")
    assert document["editable"] is False
    assert "id" not in document or document["id"] is None


@pytest.mark.parametrize("name", documents())
def test_panels_lie_side_by_side(name: str) -> None:
    taken: set[tuple[int, int]] = set()
    for panel in documents()[name]["panels"]:
        place = panel["gridPos"]
        own = {(place["x"] + x, place["y"] + y) for x in range(place["w"]) for y in range(place["h"])}
        assert place["x"] + place["w"] <= 24
        assert not own & taken, panel["title"]
        taken |= own


@pytest.mark.parametrize("name", documents())
def test_panels_have_numbers_titles_and_say_what_they_show(name: str) -> None:
    found = documents()[name]["panels"]

    assert [panel["id"] for panel in found] == list(range(1, len(found) + 1))
    assert len({panel["title"] for panel in found}) == len(found)
    assert all(panel["description"].endswith(".") for panel in found)


def test_every_source_is_provisioned() -> None:
    used = {panel.json["datasource"]["uid"] for panel in panels()}
    used |= {target["datasource"]["uid"] for panel in panels() for target in panel.targets}

    assert used == set(re.findall(r"uid: (\S+)", DATASOURCES))
    assert all(t["datasource"] == p.json["datasource"] for p in panels() for t in p.targets)


def test_no_secret_is_in_a_file_and_every_variable_is_explained() -> None:
    wanted = set(re.findall(r"\$\{(\w+)\}", DATASOURCES)) | {"MESA_DASHBOARDS"}

    assert set(re.findall(r"^\| `([A-Z_]+)`", README, re.MULTILINE)) == wanted
    assert re.findall(r"(?:password|httpHeaderValue1): (?!.*\$\{)", DATASOURCES) == []


def test_the_page_of_figures_has_each_panel_with_its_formula() -> None:
    rows = dict(re.findall(r"^\| ([^|]+?) \| ([^|]+?) \|$", INSIGHT, re.MULTILINE))
    told = {panel.title: panel.json["description"] for panel in panels() if panel.dashboard != "operations"}

    assert {title: rows.get(title) for title in told} == told
