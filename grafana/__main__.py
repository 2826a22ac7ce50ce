"""Writes the dashboards: `python -m grafana`, or `make docs`."""

import json
from collections.abc import Iterator
from pathlib import Path

from grafana_foundation_sdk.cog.encoder import JSONEncoder

from grafana.desk import desk
from grafana.operations import operations
from grafana.periods import periods
from grafana.points import points
from grafana.promises import promises

FOLDER = Path(__file__).parent / "dashboards"
PAGES = (desk, operations, periods, points, promises)


def files() -> Iterator[tuple[Path, str]]:
    """Each dashboard's file and what is in it."""
    for page in PAGES:
        text = json.dumps(page().build(), cls=JSONEncoder, indent=2, sort_keys=True, ensure_ascii=False)
        yield FOLDER / f"{page.__name__}.json", f"{text}\n"


def main() -> None:
    FOLDER.mkdir(exist_ok=True)
    for path, text in files():
        path.write_text(text, "utf-8")


if __name__ == "__main__":
    main()
