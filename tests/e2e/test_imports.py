"""Tickets of other desks on the deployed stack: a small file of each kind, as `make import` takes it."""

from pathlib import Path
from typing import Any

from local import importing
from local.importing import Desk
from tests.e2e.http import Http
from tests.imports.test_vendors import MAPPING, SAMPLES
from tests.support import bucket
from tests.support.imports import lines, zendesk

PASSWORD = "violet staple horse"


def test_a_file_of_each_kind_is_taken_in_and_once(http: Http, tmp_path: Path) -> None:
    body = {"workspace_name": "Moved", "admin_email": "ada@moved.example", "admin_password": PASSWORD}
    token = http.post("/v1/auth/register", body).json["access_token"]
    desk, admin = Desk(http.base, token), http.with_token(token)
    shown: list[str] = []

    def take(name: str, content: bytes, **facts: Any) -> dict[str, Any]:
        file = tmp_path / name
        file.write_bytes(content)
        return importing.take_in(desk, file, facts, shown.append)

    first = take("zendesk.json", lines(zendesk(1), zendesk(2, status="deleted")), source="zendesk")
    assert (first["status"], first["error"]) == ("done", None)
    assert (first["counts"]["taken"], first["reasons"]["skipped"]) == (1, {"deleted": 1})
    assert take("again.json", lines(zendesk(1)), source="zendesk")["counts"]["unchanged"] == 1
    page = take("page.json", (SAMPLES / "zendesk_page.json").read_bytes(), source="zendesk", system="page")
    assert page["counts"]["taken"] == 2
    fresh = take("fresh.json", (SAMPLES / "freshdesk_export.json").read_bytes(), source="freshdesk")
    assert fresh["counts"]["taken"] == 1
    table = take("table.csv", (SAMPLES / "tickets.csv").read_bytes(), source="csv", mapping=MAPPING)
    assert (table["counts"]["taken"], table["counts"]["skipped"]) == (3, 4)

    labels = sorted(each["label"][-5:] for each in admin.get("/v1/tickets").json["items"])
    assert labels == [f"0000{number}" for number in range(1, 8)]
    assert "100%" in shown[-1]
    printed = importing.report(table)
    assert "3 taken" in printed
    assert "no_requester 1" in printed
    assert "no_requester" in bucket.fetch(table["report"]["url"]).text
