"""docs/openapi.json is what the routes say: a release keeps it, and the next is compared with it."""

import json
from pathlib import Path

from chalicelib.api import openapi
from local.stack import DEFAULT_PORT

KEPT = Path(__file__).parents[2] / "docs" / "openapi.json"


def test_the_kept_document_is_that_of_the_routes() -> None:
    import app

    assert app.app.routes
    made = json.loads(openapi.text(f"http://127.0.0.1:{DEFAULT_PORT}/api"))

    assert json.loads(KEPT.read_text("utf-8")) == made, "make docs writes it anew"


def test_shapes_are_named_for_callers_and_not_for_modules() -> None:
    names = json.loads(KEPT.read_text("utf-8"))["components"]["schemas"]

    assert [name for name in names if "__" in name] == []
