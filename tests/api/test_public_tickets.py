"""Tickets from people without an account: they become contacts, and learn no more than they need."""

from typing import Any

from tests.support.api import Api
from tests.support.cast import Cast
from tests.support.database import Database
from tests.support.for_each import for_each

BODY: dict[str, Any] = {
    "name": "Nadia Petit",
    "email": "Nadia@People.example",
    "document_id": "CC 1020",
    "phone": "+57 (601) 555-0100",
    "has_whatsapp": True,
    "company": "Petit SAS",
    "subject": "No paper in the printer",
    "description": "The one on floor 2, since Monday.",
    "type": "INCIDENTE",
    "category": "Hardware",
    "subcategory": "Printers",
    "priority": "ALTA",
}
PATH = "/v1/public/acme/tickets"


class TestATicketWithoutAnAccount:
    def test_is_answered_with_its_label_status_and_due_time(self, api: Api, cast: Cast) -> None:
        reply = api.post(PATH, BODY)

        assert reply.status == 201
        answer = reply.json
        assert (answer["status"], answer["type"], answer["priority"]) == ("new", "incident", "high")
        assert (answer["sla_minutes"], answer["sla_hours"]) == (480, 8)
        assert answer["label"].endswith("-00001")
        assert answer["due_at"].endswith("Z")

    def test_reaches_the_desk_with_the_contact_facts_and_the_address(self, api: Api, cast: Cast) -> None:
        made = api.at("198.51.100.9").post(PATH, BODY).json

        ticket = api.with_token(cast.dario.token).get(f"/v1/tickets/{made['id']}").json

        assert (ticket["source"], ticket["source_ip"], ticket["team"]["name"]) == (
            "public",
            "198.51.100.9",
            "Service desk",
        )
        assert ticket["requester"]["email"] == "nadia@people.example"
        assert ticket["requester"]["document_id"] == "CC 1020"
        assert ticket["requester"]["has_whatsapp"] is True
        assert (ticket["category"], ticket["subcategory"]) == ("Hardware", "Printers")
        assert ticket["timeline"][0]["actor"]["type"] == "contact"

    def test_makes_one_contact_however_many_tickets(self, api: Api, cast: Cast, database: Database) -> None:
        api.post(PATH, BODY)
        api.post(PATH, {**BODY, "email": "nadia@people.example", "name": "Somebody Else"})

        people = database.rows("SELECT name, role, status FROM users WHERE email = 'nadia@people.example'")

        assert people == [{"name": "Nadia Petit", "role": "customer", "status": "contact"}]

    def test_changes_nothing_of_a_person_with_an_account(
        self, api: Api, cast: Cast, database: Database
    ) -> None:
        api.post(PATH, {**BODY, "email": cast.carol.email})

        (carol,) = database.rows("SELECT name, phone, status FROM users WHERE email = :e", e=cast.carol.email)

        assert carol == {"name": "Carol", "phone": None, "status": "active"}

    def test_is_taken_from_somebody_whose_account_was_closed(self, api: Api, cast: Cast) -> None:
        api.with_token(cast.ada.token).post(f"/v1/users/{cast.carol.id}/deactivate")

        assert api.post(PATH, {**BODY, "email": cast.carol.email}).status == 201

    def test_with_a_key_is_opened_once(self, api: Api, cast: Cast, database: Database) -> None:
        first = api.post(PATH, BODY, Idempotency_Key="form-1")
        second = api.post(PATH, BODY, Idempotency_Key="form-1")

        assert first.json == second.json
        assert database.value("SELECT count(*) FROM tickets") == 1


class TestRefusals:
    @for_each(
        "field, value",
        [
            ("name", "Al"),
            ("name", "A\r\nBcc: x@y.example"),
            ("email", "nobody"),
            ("email", "a@b.example\nBcc: c@d.example"),
            ("description", "too short"),
            ("subject", "x" * 201),
            ("phone", "call me"),
            ("has_whatsapp", 1),
            ("type", "RANT"),
        ],
    )
    def test_name_the_field(self, api: Api, cast: Cast, database: Database, field: str, value: Any) -> None:
        reply = api.post(PATH, {**BODY, field: value})

        assert reply.status == 422
        assert [e["field"] for e in reply.json["errors"]] == [field]
        assert database.value("SELECT count(*) FROM tickets") == 0

    def test_a_short_description_is_told_in_characters(self, api: Api, cast: Cast) -> None:
        (error,) = api.post(PATH, {**BODY, "description": "too short"}).json["errors"]

        assert "at least 10 characters" in error["message"]

    @for_each("field", ["role", "workspace_id", "assignee_id", "requester_id", "sla_minutes", "status"])
    def test_case_19_what_a_stranger_may_not_say_is_no_field(self, api: Api, cast: Cast, field: str) -> None:
        assert api.post(PATH, {**BODY, field: "admin"}).status == 422

    def test_a_team_of_another_workspace_is_not_found(self, api: Api, cast: Cast, database: Database) -> None:
        foreign = database.value("SELECT id FROM teams WHERE workspace_id = :w", w=cast.globex)

        assert api.post(PATH, {**BODY, "team_id": str(foreign)}).status == 404

    def test_an_unknown_workspace_is_not_found(self, api: Api, cast: Cast) -> None:
        assert api.post("/v1/public/nowhere/tickets", BODY).status == 404

    def test_too_many_from_one_address_are_throttled(self, api: Api, cast: Cast) -> None:
        replies = [api.post(PATH, {**BODY, "email": f"n{n}@people.example"}) for n in range(21)]

        assert [r.status for r in replies] == [201] * 20 + [429]
        assert int(replies[-1].headers["retry-after"]) > 0
        assert replies[0].headers["ratelimit-limit"] == "10"
        assert api.at("198.51.100.77").post(PATH, BODY).status == 201
