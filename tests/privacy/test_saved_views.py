"""Views of an erased person, and views that speak of one."""

from chalicelib.privacy import export_queries
from tests.support.cast import person
from tests.support.database import Database
from tests.support.jobs import Workshop
from tests.support.service_desk import ServiceDesk


def test_a_copy_of_a_persons_data_has_the_own_ones(desk: ServiceDesk, database: Database) -> None:
    for who, name, shared in ((desk.cast.ana, "Mine", False), (desk.cast.dario, "For all", True)):
        body = {"name": name, "filter": {"tag": "vip"}, "shared": shared}
        assert desk.as_(who).post("/v1/views", body).status == 201

    (part,) = [part for part in export_queries.PARTS if part.name == "views"]
    keys = {"workspace_id": desk.cast.acme, "user_id": desk.cast.ana.id}
    rows = database.rows(part.sql, **keys)

    assert [(row["name"], row["filter"]) for row in rows] == [("Mine", {"tag": "vip"})]


def test_75_own_ones_go_with_the_person_and_shared_ones_lose_the_words(
    desk: ServiceDesk, database: Database, workshop: Workshop
) -> None:
    bea = person(database, desk.cast.acme, "Bea", "agent", "acme.example")
    ada = desk.as_(desk.cast.ada)
    assert ada.patch(f"/v1/users/{bea.id}", {"name": "Beatrix Quillfeather"}).status == 200
    assert desk.as_(bea).post("/v1/views", {"name": "Hers"}).status == 201
    of_her = {
        "name": "Of Beatrix Quillfeather",
        "description": "Ask beatrix quillfeather",
        "filter": {"requester": str(bea.id), "query": "Beatrix Quillfeather"},
        "shared": True,
    }
    view = ada.post("/v1/views", of_her).json
    # What loses another name becomes the same one.
    assert ada.post("/v1/views", {"name": "Of beatrix  quillfeather", "shared": True}).status == 409
    assert ada.post("/v1/views", {"name": f"Of {bea.email}", "shared": True}).status == 201

    assert ada.post(f"/v1/users/{bea.id}/erase", {"confirm": bea.email}).status == 202
    workshop.work()

    kept = database.rows("SELECT name, description, filter::text, key FROM views")
    assert [row["name"] for row in kept] == ["Of [erased]"] * 2
    assert "quillfeather" not in str(kept).lower()
    assert bea.email not in str(kept)
    seen = ada.get(f"/v1/views/{view['id']}").json
    assert (seen["filter"]["query"], seen["unknown"]) == ("[erased]", ["requester"])
    assert ada.get(f"/v1/views/{view['id']}/tickets").json["items"] == []
