"""Opening a ticket: its number and label, its team, its promises, what a role may say of it."""

from datetime import datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from chalicelib.accounts import principals
from chalicelib.core.db import Transaction
from chalicelib.tickets.creating import NewTicket, open_ticket
from tests.support.cast import Cast
from tests.support.connections import Connections
from tests.support.database import Database
from tests.support.for_each import for_each
from tests.support.service_desk import ServiceDesk

TEXTS = {"subject": "VPN drops", "description": "Since the update."}


def at(text: str) -> datetime:
    return datetime.fromisoformat(text)


class TestACustomersTicket:
    def test_has_label_number_version_and_due_time_by_its_priority(self, desk: ServiceDesk) -> None:
        ticket = desk.ticket(priority="high")

        assert ticket["number"] == 1
        assert ticket["label"] == f"TKT-{at(ticket['created_at']).year}-00001"
        assert ticket["version"] == 1
        assert ticket["status"] == "new"
        assert ticket["sla_minutes"] == 480
        assert at(ticket["due_at"]) - at(ticket["created_at"]) == timedelta(minutes=480)
        assert ticket["hours_remaining"] == pytest.approx(8, abs=0.01)
        assert ticket["breached"] is False

    def test_is_its_own_in_the_default_team_with_nobody_on_it(self, desk: ServiceDesk) -> None:
        ticket = desk.ticket()

        assert ticket["requester"]["email"] == "carol@customers.example"
        assert ticket["team"]["name"] == "Service desk"
        assert ticket["assignee"] is None

    def test_answers_201_with_its_place_and_etag(self, desk: ServiceDesk) -> None:
        reply = desk.as_(desk.cast.carol).post("/v1/tickets", {"subject": "A", "description": "B"})

        assert reply.status == 201
        assert reply.headers["etag"] == '"1"'
        assert reply.headers["location"] == f"/v1/tickets/{reply.json['id']}"

    @for_each("stage, before", [("/api", "/api"), ("/", "")])
    def test_its_place_is_below_the_address_that_was_called(
        self, desk: ServiceDesk, stage: str, before: str
    ) -> None:
        carol = desk.as_(desk.cast.carol)
        carol.stage = stage

        made, again = (
            carol.post("/v1/tickets", {"subject": "A", "description": "B"}, Idempotency_Key="1")
            for _ in range(2)
        )

        assert made.headers["location"] == f"{before}/v1/tickets/{made.json['id']}"
        assert again.headers["location"] == made.headers["location"]

    @for_each("field", ["team_id", "assignee_id", "requester_id", "requester", "sla_minutes", "tags"])
    def test_may_not_say_what_is_the_staffs_to_say(
        self, desk: ServiceDesk, database: Database, field: str
    ) -> None:
        values = {"sla_minutes": 5, "tags": ["vip"], "requester": {"email": "ana@new.example"}}
        value: Any = values.get(field, str(desk.cast.ana.id))

        reply = desk.as_(desk.cast.carol).post(
            "/v1/tickets", {"subject": "A", "description": "B", field: value}
        )

        assert (reply.status, reply.code) == (403, "FORBIDDEN")
        assert database.value("SELECT count(*) FROM tickets") == 0


class TestWordsOfOtherSystems:
    @for_each(
        "theirs, ours",
        [
            ({"title": "T"}, {"subject": "T"}),
            ({"asunto": "T"}, {"subject": "T"}),
            ({"ASUNTO": "T"}, {"subject": "T"}),
            ({"Title": "T"}, {"subject": "T"}),
            ({"subject": "T", "type": "QUEJA"}, {"type": "complaint"}),
            ({"subject": "T", "type": "Solicitud"}, {"type": "resource_request"}),
            ({"subject": "T", "priority": "CRITICAL"}, {"priority": "urgent"}),
            ({"subject": "T", "priority": "Baja"}, {"priority": "low"}),
        ],
    )
    def test_are_taken_in_any_case_and_answered_as_ours(
        self, desk: ServiceDesk, theirs: dict[str, str], ours: dict[str, str]
    ) -> None:
        reply = desk.as_(desk.cast.carol).post("/v1/tickets", {"description": "B", **theirs})

        assert reply.status == 201
        assert ours.items() <= reply.json.items()


class TestTheStaffs:
    def test_ticket_for_a_customer_with_an_assignee_is_open(self, desk: ServiceDesk) -> None:
        ticket = desk.networks_ticket(assignee_id=desk.cast.ana.id, sla_minutes=90, tags=["VIP", "vip"])

        assert ticket["status"] == "open"
        assert ticket["requester"]["id"] == str(desk.cast.carol.id)
        assert ticket["assignee"] == desk.cast.ana.ref
        assert ticket["tags"] == ["vip"]
        assert ticket["sla_minutes"] == 90
        assert at(ticket["due_at"]) - at(ticket["created_at"]) == timedelta(minutes=90)

    @for_each("field", ["team_id", "assignee_id", "requester_id"])
    def test_case_15_an_id_of_another_workspace_is_not_found(
        self, desk: ServiceDesk, database: Database, field: str
    ) -> None:
        reply = desk.as_(desk.cast.ada).post(
            "/v1/tickets", {"subject": "A", "description": "B", field: str(desk.cast.mallory.id)}
        )

        assert (reply.status, reply.code) == (404, "NOT_FOUND")
        assert (
            database.value(
                "SELECT last_number FROM ticket_counters WHERE workspace_id = :w", w=desk.cast.acme
            )
            == 0
        )

    def test_customer_cannot_be_assignee(self, desk: ServiceDesk) -> None:
        reply = desk.as_(desk.cast.ada).post(
            "/v1/tickets", {"subject": "A", "description": "B", "assignee_id": str(desk.cast.carol.id)}
        )

        assert reply.status == 404


class TestForSomebodyByTheirEmail:
    def test_makes_a_contact_of_who_is_not_known(self, desk: ServiceDesk, database: Database) -> None:
        asks = {"email": " Pia@New.example ", "name": "Pia Public"}

        ticket = desk.as_(desk.cast.ana).post("/v1/tickets", {**TEXTS, "requester": asks}).json

        assert ticket["requester"]["email"] == "pia@new.example"
        assert ticket["requester"]["name"] == "Pia Public"
        made = database.rows("SELECT role, status FROM users WHERE email = 'pia@new.example'")
        assert made == [{"role": "customer", "status": "contact"}]

    def test_has_the_address_for_a_name_where_none_is_said(self, desk: ServiceDesk) -> None:
        body = {**TEXTS, "requester": {"email": "pia@new.example"}}

        ticket = desk.as_(desk.cast.dario).post("/v1/tickets", body).json

        assert ticket["requester"]["name"] == "pia@new.example"

    def test_is_of_whoever_has_it_and_renames_nobody(self, desk: ServiceDesk) -> None:
        asks = {"email": "carol@customers.example", "name": "Somebody Else"}

        ticket = desk.as_(desk.cast.dario).post("/v1/tickets", {**TEXTS, "requester": asks}).json

        assert ticket["requester"]["id"] == str(desk.cast.carol.id)
        assert ticket["requester"]["name"] != "Somebody Else"

    def test_does_not_also_name_somebody_by_their_id(self, desk: ServiceDesk, database: Database) -> None:
        both = {"requester": {"email": "pia@new.example"}, "requester_id": str(desk.cast.carol.id)}

        reply = desk.as_(desk.cast.dario).post("/v1/tickets", {**TEXTS, **both})

        assert (reply.status, reply.json["errors"][0]["field"]) == (422, "requester")
        assert database.value("SELECT count(*) FROM users WHERE email = 'pia@new.example'") == 0

    @for_each("email", ["nobody", "a@b", "pía@new.example"])
    def test_refuses_what_is_no_address(self, desk: ServiceDesk, email: str) -> None:
        reply = desk.as_(desk.cast.dario).post("/v1/tickets", {**TEXTS, "requester": {"email": email}})

        assert (reply.status, reply.json["errors"][0]["field"]) == (422, "requester.email")


class TestRefusals:
    def test_name_every_missing_field(self, desk: ServiceDesk) -> None:
        reply = desk.as_(desk.cast.carol).post("/v1/tickets", {})

        assert (reply.status, reply.code) == (422, "FIELD_REQUIRED")
        assert {(e["field"], e["code"]) for e in reply.json["errors"]} == {
            ("subject", "FIELD_REQUIRED"),
            ("description", "FIELD_REQUIRED"),
        }

    @for_each(
        "field, value",
        [
            ("subject", " "),
            ("subject", "x" * 201),
            ("subject", "two\nlines"),
            ("description", ""),
            ("description", "ñ" * 40_000),
            ("priority", "asap"),
            ("type", 7),
            ("custom_fields", []),
        ],
    )
    def test_name_the_field_at_fault(self, desk: ServiceDesk, field: str, value: Any) -> None:
        reply = desk.as_(desk.cast.carol).post(
            "/v1/tickets", {"subject": "A", "description": "B", field: value}
        )

        assert (reply.status, reply.code) == (422, "VALIDATION_ERROR")
        assert [e["field"] for e in reply.json["errors"]] == [field]


def test_numbers_go_on_in_each_workspace_by_itself(desk: ServiceDesk) -> None:
    first, second = desk.ticket(), desk.ticket()
    other = desk.ticket(desk.cast.mallory)

    assert [first["number"], second["number"], other["number"]] == [1, 2, 1]


def test_the_label_has_the_year_of_the_workspaces_zone(desk: ServiceDesk, database: Database) -> None:
    database.run("UPDATE workspaces SET timezone = 'Pacific/Kiritimati', label_prefix = 'ACME'")

    ticket = desk.ticket()

    year = database.value("SELECT to_char(now() AT TIME ZONE 'Pacific/Kiritimati', 'YYYY')")
    assert ticket["label"] == f"ACME-{year}-00001"


def test_opening_writes_one_timeline_entry_and_one_event(desk: ServiceDesk, database: Database) -> None:
    ticket = desk.ticket()

    (entry,) = desk.detail(desk.cast.carol, ticket)["timeline"]
    assert (entry["action"], entry["sequence"]) == ("created", 1)
    assert entry["actor"] == {"type": "user", "id": str(desk.cast.carol.id), "name": "Carol"}
    (event,) = database.rows("SELECT type, sequence, ticket_id::text FROM events")
    assert event == {"type": "ticket.created", "sequence": 1, "ticket_id": ticket["id"]}


@pytest.mark.parametrize("table", ["search_documents", "sla_targets"])
def test_what_is_of_no_ticket_is_refused_at_once_in_the_same_transaction_too(
    cast: Cast, connections: Connections, table: str
) -> None:
    stray = text(f"UPDATE {table} SET ticket_id = uuidv7() WHERE workspace_id = :w AND ticket_id = :id")

    def unit(tx: Transaction) -> None:
        ticket = open_ticket(tx, principals.enter(tx, cast.acme, cast.carol.id), NewTicket(**TEXTS))
        with pytest.raises(DBAPIError, match=f"{table}_workspace_id_ticket_id_fkey"), tx.attempt():
            assert tx.connection.execute(stray, {"w": cast.acme, "id": ticket.id}).rowcount > 0

    connections.run(unit)
