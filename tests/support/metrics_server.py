"""A real server that takes points, for the run; without it tests are left out, but in CI, where they fail."""

import json
import os
import time
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import pytest

from local.errors import StackError
from local.metrics_server import MetricsServer

Sample = tuple[int, float]


def metrics_server_if_any(path: Path) -> Iterator["Points"]:
    """For fixtures: one with its data in `path`, or the reason why there is none."""
    server = MetricsServer(path)
    try:
        server.start()
    except StackError as error:
        yield Points("", str(error))
    else:
        yield Points(server.url)
        server.stop()


class Points:
    """What the server has, as its export tells it: a series is a measurement, a field and tags. `url` is
    empty where there is no server."""

    def __init__(self, url: str, missing: str = "") -> None:
        self.url = url
        self.missing = missing

    def required(self) -> "Points":
        """Itself. Without a server it leaves the test out, and says why; in CI it fails it."""
        if self.missing and os.environ.get("CI"):
            pytest.fail(self.missing, pytrace=False)
        if self.missing:
            pytest.skip(self.missing)
        return self

    def series(self, workspace: object) -> list[tuple[str, dict[str, str], list[Sample]]]:
        """Name, tags and samples (milliseconds, value) of each series of a workspace."""
        self._get("/internal/force_flush")
        lines = self._get("/api/v1/export", match=f'{{workspace="{workspace}"}}').splitlines()
        return [self._read(json.loads(line)) for line in lines]

    def await_count(self, workspace: object, points: int) -> None:
        """Until so many points are found: what was taken is a moment on its way to where queries look."""

        def are_there() -> bool:
            names = [(name, len(samples)) for name, _, samples in self.series(workspace)]
            return sum(n for name, n in names if name.endswith("_count")) >= points

        deadline = time.monotonic() + 20
        while not are_there():
            assert time.monotonic() < deadline, f"there are no {points} points but {self.series(workspace)}"
            time.sleep(0.05)

    def values(self, workspace: object, name: str, **tags: object) -> list[float]:
        """All values of a field, as in `ticket_resolved_seconds`, among series of these tags."""
        wanted = {tag: str(value) for tag, value in tags.items()}
        return [
            value
            for found, has, samples in self.series(workspace)
            if found == name and wanted.items() <= has.items()
            for _, value in samples
        ]

    def _get(self, path: str, **query: str) -> str:
        with urllib.request.urlopen(f"{self.url}{path}?{urlencode(query)}", timeout=10) as answer:
            return str(answer.read().decode())

    def _read(self, line: dict[str, Any]) -> tuple[str, dict[str, str], list[Sample]]:
        tags = {name: value for name, value in line["metric"].items() if name != "__name__"}
        return line["metric"]["__name__"], tags, list(zip(line["timestamps"], line["values"], strict=True))
