"""What a bulk change was to write, and why it could not: people's words too."""

from typing import Any

import pytest

from chalicelib.tickets import bulk
from tests.support.cast import Cast, Person, person
from tests.support.database import Database
from tests.support.jobs import Workshop
from tests.support.service_desk import ServiceDesk
from tests.tickets.test_bulk import fill

COMMENT = {"action": "comment", "body": "Zelda Quirk called about it.", "visibility": "internal"}


@pytest.fixture
def zelda(database: Database, cast: Cast, monkeypatch: pytest.MonkeyPatch) -> Person:
    """An agent of the team Apps, who does not see the tickets of Networks; a handful is many."""
    monkeypatch.setattr(bulk, "AT_ONCE", 2)
    fill(database, cast, 3)
    zelda = person(database, cast.acme, "Zelda", "agent", "acme.example", cast.teams["Apps"])
    database.run("UPDATE users SET name = 'Zelda Quirk' WHERE id = :u", u=zelda.id)
    return zelda


def ask(desk: ServiceDesk, who: Person, action: dict[str, Any]) -> dict[str, Any]:
    reply = desk.as_(who).post("/v1/tickets/bulk", {"filter": {"tag": "many"}, "actions": [action]})
    assert reply.status == 202, reply.text
    return dict(reply.json)


def erase(desk: ServiceDesk, cast: Cast, who: Person, workshop: Workshop) -> None:
    reply = desk.as_(cast.ada).post(f"/v1/users/{who.id}/erase", {"confirm": who.email})
    assert reply.status == 202, reply.text
    workshop.work()


def test_75_what_a_job_is_still_to_write_loses_the_words_before_it_writes_them(
    desk: ServiceDesk, cast: Cast, workshop: Workshop, database: Database, zelda: Person
) -> None:
    ask(desk, cast.dario, COMMENT)
    (message,) = workshop.take()

    erase(desk, cast, zelda, workshop)
    assert "Quirk" not in str(database.value("SELECT input FROM jobs WHERE kind = 'bulk'"))
    workshop.deliver(message)

    bodies = {row["body"] for row in database.rows("SELECT body FROM comments")}
    assert bodies == {"[erased] called about it."}


def test_75_why_a_ticket_could_not_be_changed_loses_the_words(
    desk: ServiceDesk, cast: Cast, workshop: Workshop, database: Database, zelda: Person
) -> None:
    job = ask(desk, cast.dario, {"action": "add_watcher", "user_id": str(zelda.id)})
    workshop.work()
    (failure, *_) = desk.as_(cast.dario).get(f"/v1/jobs/{job['id']}").json["failures"]
    assert "Zelda Quirk does not see" in failure["error"]["detail"]

    erase(desk, cast, zelda, workshop)

    assert database.value("SELECT count(*) FROM job_items WHERE error::text LIKE '%Quirk%'") == 0
    (failure, *_) = desk.as_(cast.dario).get(f"/v1/jobs/{job['id']}").json["failures"]
    assert failure["error"]["code"] == "CONFLICT"


def test_75_who_is_erased_changes_nothing_any_more(
    desk: ServiceDesk, cast: Cast, workshop: Workshop, database: Database
) -> None:
    dora = person(database, cast.acme, "Dora", "dispatcher", "acme.example")
    fill(database, cast, 51)
    job = ask(desk, dora, COMMENT)
    (message,) = workshop.take()

    erase(desk, cast, dora, workshop)
    workshop.deliver(message)

    assert desk.as_(cast.ada).get(f"/v1/jobs/{job['id']}").json["counts"] == {"skipped": 51}
    assert database.value("SELECT count(*) FROM comments") == 0
