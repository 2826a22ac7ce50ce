"""Time entries: who spent how long on a ticket, between colleagues."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from tests.support.api import Reply
from tests.support.cast import Person
from tests.support.database import Database
from tests.support.for_each import for_each
from tests.support.service_desk import ServiceDesk


def log(desk: ServiceDesk, who: Person, ticket: dict[str, Any], **body: Any) -> Reply:
    return desk.as_(who).post(f"/v1/tickets/{ticket['id']}/time-entries", body)


def listing(desk: ServiceDesk, who: Person, ticket: dict[str, Any], query: str = "") -> dict[str, Any]:
    reply = desk.as_(who).get(f"/v1/tickets/{ticket['id']}/time-entries{query}")
    assert reply.status == 200, reply.text
    return dict(reply.json)


@pytest.fixture
def ticket(desk: ServiceDesk) -> dict[str, Any]:
    return desk.networks_ticket()


def test_an_entry_says_who_spent_how_long_and_when(desk: ServiceDesk, ticket: dict[str, Any]) -> None:
    reply = log(desk, desk.cast.ana, ticket, minutes=25, note="On the phone.", spent_on="2026-01-31")

    assert reply.status == 201
    assert reply.json["person"] == {"id": str(desk.cast.ana.id), "name": "Ana"}
    assert [reply.json[name] for name in ("minutes", "note", "spent_on")] == [
        25,
        "On the phone.",
        "2026-01-31",
    ]


def test_without_a_day_it_is_today_where_the_desk_is(
    desk: ServiceDesk, ticket: dict[str, Any], database: Database
) -> None:
    for zone in ("Pacific/Kiritimati", "Pacific/Pago_Pago"):
        database.run("UPDATE workspaces SET timezone = :z", z=zone)
        today = database.value("SELECT (now() AT TIME ZONE :z)::date", z=zone)
        assert log(desk, desk.cast.ana, ticket, minutes=1).json["spent_on"] == today.isoformat()


def test_the_totals_are_of_all_entries_whatever_the_page(desk: ServiceDesk, ticket: dict[str, Any]) -> None:
    for who, minutes in ((desk.cast.ana, 10), (desk.cast.dario, 50), (desk.cast.ana, 15)):
        log(desk, who, ticket, minutes=minutes)

    first = listing(desk, desk.cast.ana, ticket, "?limit=2")
    rest = listing(desk, desk.cast.ana, ticket, f"?cursor={first['next_cursor']}")

    assert [item["minutes"] for item in first["items"] + rest["items"]] == [10, 50, 15]
    for page in (first, rest):
        assert page["total_minutes"] == 75
        assert [(p["name"], p["minutes"]) for p in page["by_person"]] == [("Dario", 50), ("Ana", 25)]
    assert listing(desk, desk.cast.ana, desk.networks_ticket())["total_minutes"] == 0


def test_own_ones_are_corrected_and_taken_away(desk: ServiceDesk, ticket: dict[str, Any]) -> None:
    made = log(desk, desk.cast.ana, ticket, minutes=25, note="On the phone.").json
    path = f"/v1/tickets/{ticket['id']}/time-entries/{made['id']}"

    changed = desk.as_(desk.cast.ana).patch(path, {"minutes": 30, "note": None})

    assert (changed.status, changed.json["minutes"], changed.json["note"]) == (200, 30, None)
    assert changed.json["spent_on"] == made["spent_on"]
    assert desk.as_(desk.cast.ana).delete(path).status == 204
    assert desk.as_(desk.cast.ana).delete(path).status == 404
    assert listing(desk, desk.cast.ana, ticket)["items"] == []
    told = desk.detail(desk.cast.ada, ticket)["timeline"][1:]
    assert [entry["action"] for entry in told] == ["time_logged", "time_changed", "time_removed"]
    assert told[1]["changes"] == {"minutes": {"from": 25, "to": 30}}
    assert "phone" not in str(told)
    assert desk.detail(desk.cast.ada, ticket)["version"] == ticket["version"]


def test_case_20_anothers_are_for_dispatchers(desk: ServiceDesk, ticket: dict[str, Any]) -> None:
    made = log(desk, desk.cast.ada, ticket, minutes=25).json
    path = f"/v1/tickets/{ticket['id']}/time-entries/{made['id']}"

    assert desk.as_(desk.cast.ana).patch(path, {"minutes": 1}).status == 403
    assert desk.as_(desk.cast.ana).delete(path).status == 403
    assert desk.as_(desk.cast.dario).patch(path, {"minutes": 1}).json["person"]["name"] == "Ada"


def test_customers_see_nothing_of_it(desk: ServiceDesk, ticket: dict[str, Any], database: Database) -> None:
    log(desk, desk.cast.ana, ticket, minutes=25, note="A hard one.")

    assert desk.as_(desk.cast.carol).get(f"/v1/tickets/{ticket['id']}/time-entries").status == 403
    assert log(desk, desk.cast.carol, ticket, minutes=1).status == 403
    assert [e["action"] for e in desk.detail(desk.cast.carol, ticket)["timeline"]] == ["created"]
    assert database.value("SELECT bool_and(internal) FROM events WHERE type ~ 'time_'")


def test_of_a_ticket_that_one_does_not_see_or_that_is_another(
    desk: ServiceDesk, ticket: dict[str, Any]
) -> None:
    hidden = desk.networks_ticket(team_id=desk.cast.teams["Apps"])
    made = log(desk, desk.cast.dario, ticket, minutes=25).json

    assert log(desk, desk.cast.ana, hidden, minutes=1).status == 404
    assert desk.as_(desk.cast.ana).get(f"/v1/tickets/{hidden['id']}/time-entries").status == 404
    path = f"/v1/tickets/{hidden['id']}/time-entries/{made['id']}"
    assert desk.as_(desk.cast.dario).delete(path).status == 404


def test_an_archived_ticket_is_only_read(desk: ServiceDesk) -> None:
    ticket = desk.in_status("closed")
    made = log(desk, desk.cast.ana, ticket, minutes=25).json
    desk.do(desk.cast.dario, ticket, "archive")
    path = f"/v1/tickets/{ticket['id']}/time-entries/{made['id']}"

    assert log(desk, desk.cast.ana, ticket, minutes=1).status == 409
    assert desk.as_(desk.cast.ana).patch(path, {"minutes": 1}).status == 409
    assert desk.as_(desk.cast.ana).delete(path).status == 409
    assert listing(desk, desk.cast.ana, ticket)["total_minutes"] == 25


@for_each(
    "body",
    [
        {},
        {"minutes": 0},
        {"minutes": 1441},
        {"minutes": True},
        {"minutes": 1.5},
        {"minutes": None},
        {"minutes": 5, "note": ""},
        {"minutes": 5, "note": "x" * 2001},
        {"minutes": 5, "note": "a\x00b"},
        {"minutes": 5, "spent_on": "31.1.2026"},
        {"minutes": 5, "spent_on": "1999-12-31"},
        {"minutes": 5, "spent_on": (datetime.now(UTC) + timedelta(days=2)).date().isoformat()},
    ],
)
def test_a_wrong_entry_is_refused(desk: ServiceDesk, ticket: dict[str, Any], body: dict[str, Any]) -> None:
    assert log(desk, desk.cast.ana, ticket, **body).status == 422


def test_repeated_with_its_key_it_is_noted_once(desk: ServiceDesk, ticket: dict[str, Any]) -> None:
    path, body = f"/v1/tickets/{ticket['id']}/time-entries", {"minutes": 5}

    first, again = (desk.as_(desk.cast.ana).post(path, body, Idempotency_Key="k") for _ in range(2))

    assert first.json == again.json
    assert listing(desk, desk.cast.ana, ticket)["total_minutes"] == 5
