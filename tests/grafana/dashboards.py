"""The dashboards as they are committed, read as Grafana reads them."""

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

FOLDER = Path(__file__).parents[2] / "grafana"


@dataclass(frozen=True)
class Panel:
    """A panel of a dashboard, by its JSON."""

    dashboard: str
    json: dict[str, Any]

    @property
    def title(self) -> str:
        return str(self.json["title"])

    @property
    def kind(self) -> str:
        return str(self.json["type"])

    @property
    def targets(self) -> list[dict[str, Any]]:
        return list(self.json["targets"])

    def __str__(self) -> str:
        return f"{self.dashboard}: {self.title}"


def documents() -> dict[str, dict[str, Any]]:
    """Name of the file → dashboard."""
    paths = sorted((FOLDER / "dashboards").glob("*.json"))
    return {path.stem: json.loads(path.read_text("utf-8")) for path in paths}


def panels(source: str | None = None) -> list[Panel]:
    """All panels, or those of a data source's uid."""
    found = [Panel(name, panel) for name, document in documents().items() for panel in document["panels"]]
    return [panel for panel in found if source in (None, panel.json["datasource"]["uid"])]
