"""What becomes of the tickets of another desk."""

from typing import Any

import pytest

from tests.support.api import Api
from tests.support.cast import Cast
from tests.support.imports import Importer, lines, zendesk
from tests.support.jobs import Workshop


@pytest.fixture
def importer(api: Api, cast: Cast, workshop: Workshop) -> Importer:
    """Ada, who imports into Acme."""
    return Importer(api.with_token(cast.ada.token), workshop)


def ticket(importer: Importer, query: str = "") -> dict[str, Any]:
    """The one ticket that is there."""
    items = importer.api.get(f"/v1/tickets?archived=false{query}").json["items"]
    assert len(items) == 1
    found: dict[str, Any] = importer.api.get(f"/v1/tickets/{items[0]['id']}").json
    return found


def test_a_closed_ticket_keeps_its_history(importer: Importer, cast: Cast) -> None:
    done = importer.take(lines(zendesk()))

    assert (done["status"], done["error"]) == ("done", None)
    assert done["counts"] == {
        **{"rows": 1, "taken": 1, "updated": 0, "unchanged": 0, "skipped": 0, "comments": 2, "people": 1}
    }
    found = ticket(importer)
    assert found["label"].endswith("-00001")
    assert (found["subject"], found["description"]) == ("Printer on fire", "It smokes.")
    assert (found["status"], found["priority"], found["type"]) == ("closed", "medium", "incident")
    assert (found["created_at"], found["resolved_at"]) == ("2026-03-02T09:00:00Z", "2026-03-03T09:30:00Z")
    assert (found["closed_at"], found["source"]) == ("2026-03-03T10:00:00Z", "email")
    assert found["requester"]["email"] == "rosa@client.example"
    assert found["assignee"]["id"] == str(cast.ana.id)
    assert found["team"]["name"] == "Networks"
    assert found["tags"] == ["printer", "third_floor"]
    said = [(each["body"], each["visibility"], each["author"]["name"]) for each in found["comments"]]
    assert said == [("Pull the plug.", "public", "Ana"), ("Third one this week.", "internal", "Ana")]
    entries = [(each["action"], each["meta"]) for each in found["timeline"]]
    assert entries == [("imported", {"source": "zendesk", "system": "zendesk", "external_id": "35436"})]
    assert found["sla"]["targets"] == []
