"""What conditions find on a real ticket, and who events are of: from the database to the verdict."""

from typing import Any
from uuid import UUID

import pytest

from tests.support.database import Database
from tests.support.jobs import Workshop
from tests.support.rule_book import TAG, RuleBook
from tests.support.service_desk import ServiceDesk


def asks(desk: ServiceDesk, ticket: dict[str, Any], field: str, operator: str, *value: Any) -> Any:
    """What a dry run says of one condition on a ticket: what it found, and whether it holds."""
    condition = {"field": field, "operator": operator, **({"value": value[0]} if value else {})}
    body = {
        "ticket_id": ticket["id"],
        "when": [{"on": "created"}],
        "conditions": {"all": [condition]},
        "actions": TAG,
    }
    reply = desk.as_(desk.cast.ada).post("/v1/rules/test", body)
    assert reply.status == 200, reply.text
    (found,) = reply.json["conditions"]["all"]
    return found["actual"], found["holds"]


class TestTicket:
    def test_its_fields_are_found(self, desk: ServiceDesk) -> None:
        cast = desk.cast
        ticket = desk.networks_ticket(
            category="Network", priority="high", type="incident", tags=["vpn"], assignee_id=cast.ana.id
        )

        found = {
            name: asks(desk, ticket, name, "is", value)
            for name, value in {
                "status": "open",
                "priority": "high",
                "type": "incident",
                "source": "api",
                "category": "network",
                "team": str(cast.teams["Networks"]),
                "assignee": str(cast.ana.id),
                "requester": str(cast.carol.id),
                "requester_email": cast.carol.email,
                "organisation": "none",
                "actor": "dispatcher",
                "breached": False,
                "business_hours": True,
            }.items()
        }

        assert {name: holds for name, (_, holds) in found.items()} == dict.fromkeys(found, True)
        assert asks(desk, ticket, "tags", "has", "vpn") == (["vpn"], True)
        assert asks(desk, ticket, "subject", "contains", "vpn") == ("VPN drops", True)

    def test_a_long_text_is_shown_in_part(self, desk: ServiceDesk) -> None:
        ticket = desk.ticket(description="word " * 100)

        shown, holds = asks(desk, ticket, "description", "contains", "word")

        assert (len(shown), holds) == (201, True)

    def test_custom_fields_are_asked_by_their_type(self, desk: ServiceDesk) -> None:
        ada = desk.as_(desk.cast.ada)
        declared = {"key": "floor", "name": "Floor", "type": "number"}
        assert ada.post("/v1/custom-fields", declared).status == 201
        ticket = desk.networks_ticket(custom_fields={"floor": 3})

        assert asks(desk, ticket, "custom_fields.floor", "at_least", 3) == (3, True)
        assert asks(desk, ticket, "custom_fields.floor", "in", [1, 2]) == (3, False)

    def test_an_organisation_that_is_deleted_is_none(self, desk: ServiceDesk, database: Database) -> None:
        ada = desk.as_(desk.cast.ada)
        made = ada.post("/v1/organisations", {"name": "Customers"}).json["id"]
        ada.patch(f"/v1/users/{desk.cast.carol.id}", {"organisation_id": made})
        ticket = desk.ticket()
        assert asks(desk, ticket, "organisation", "is", made) == (made, True)

        database.run("UPDATE organisations SET deleted_at = now()")

        assert asks(desk, ticket, "organisation", "empty") == (None, True)

    def test_a_promise_that_is_late_is_breached(self, desk: ServiceDesk, database: Database) -> None:
        ticket = desk.ticket()
        database.run("UPDATE tickets SET due_at = now() - interval '1 minute'")

        assert asks(desk, ticket, "breached", "is", True) == (True, True)

    def test_a_desk_is_closed_out_of_its_hours(self, desk: ServiceDesk, database: Database) -> None:
        ticket = desk.ticket()
        # One minute a week: whenever this runs, it is another one.
        database.run(
            "UPDATE calendars SET timezone = 'UTC', weekly = jsonb_build_object("
            "((extract(isodow FROM now() + interval '2 days') - 1)::integer)::text, "
            '\'[["00:00", "00:01"]]\'::jsonb)'
        )

        assert asks(desk, ticket, "business_hours", "is", True) == (False, False)


class TestActor:
    @pytest.mark.parametrize(
        ("who", "kinds"),
        [
            ("carol", ["customer", "requester"]),
            ("chris", ["customer"]),
            ("ana", ["agent", "assignee", "staff"]),
            ("dario", ["dispatcher", "staff"]),
            ("ada", ["admin", "staff"]),
        ],
    )
    def test_who_comments_is_known_by_all_that_they_are(
        self, desk: ServiceDesk, database: Database, who: str, kinds: list[str]
    ) -> None:
        cast = desk.cast
        ticket = desk.networks_ticket(assignee_id=cast.ana.id)
        database.run(
            "INSERT INTO ticket_watchers (workspace_id, ticket_id, user_id) VALUES (:w, :t, :u)",
            w=cast.acme,
            t=UUID(ticket["id"]),
            u=cast.chris.id,
        )
        desk.comment(getattr(cast, who), ticket, "Hello.")
        body = {
            "ticket_id": ticket["id"],
            "when": [{"on": "commented"}],
            "conditions": {"all": [{"field": "actor", "operator": "is", "value": "staff"}]},
            "actions": TAG,
        }

        tried = desk.as_(cast.ada).post("/v1/rules/test", body).json

        assert tried["conditions"]["all"][0]["actual"] == kinds

    def test_who_writes_without_an_account_is_the_requester(self, book: RuleBook, desk: ServiceDesk) -> None:
        asked = {
            "all": [
                {"field": "actor", "operator": "is", "value": "requester"},
                {"field": "source", "operator": "is", "value": "public"},
            ]
        }
        rule = book.make(conditions=asked)
        form = {
            "name": "Zoe",
            "email": "zoe@else.example",
            "subject": "Hello",
            "description": "Is the light on?",
        }
        assert desk.api.post("/v1/public/acme/tickets", form).status == 201

        book.run()

        assert book.outcomes(rule) == ["applied"]

    def test_a_key_speaks_for_the_staff(self, book: RuleBook, desk: ServiceDesk) -> None:
        key = {"name": "Robot", "role": "dispatcher", "scopes": ["read", "write"]}
        robot = desk.api.with_token(desk.as_(desk.cast.ada).post("/v1/api-keys", key).json["key"])
        asked = {"all": [{"field": "actor", "operator": "is", "value": "api_key"}]}
        rule = book.make(when=[{"on": "commented", "by": "staff"}], conditions=asked)
        ticket = desk.networks_ticket()
        said = robot.post(f"/v1/tickets/{ticket['id']}/comments", {"body": "Done by a program."})
        assert said.status == 201, said.text

        book.run()

        assert book.outcomes(rule) == ["applied"]


class TestBreaches:
    def test_a_breach_sets_off_who_listens_to_it(
        self, book: RuleBook, desk: ServiceDesk, database: Database
    ) -> None:
        from chalicelib.schedules import sweep

        rule = book.make(
            when=[{"on": "updated", "verbs": ["sla_breached"]}],
            actions=[{"action": "set_priority", "priority": "urgent"}],
        )
        ticket = desk.networks_ticket()
        database.run("UPDATE sla_targets SET due_at = now() - interval '1 minute'")
        database.run("UPDATE sla_steps SET at = now() - interval '1 minute' WHERE kind = 'breach'")
        sweep(lambda: True)

        book.run()

        assert "applied" in book.outcomes(rule)
        assert book.look(ticket)["priority"] == "urgent"


class TestErasing:
    def test_75_what_a_rule_says_of_a_person_is_erased(
        self, book: RuleBook, desk: ServiceDesk, workshop: Workshop
    ) -> None:
        carol = desk.cast.carol
        asked = {"all": [{"field": "requester_email", "operator": "is", "value": carol.email}]}
        note = {"action": "comment", "body": f"{carol.email} again.", "visibility": "internal"}
        rule = book.make(conditions=asked, actions=[note], description=f"For {carol.email} alone.")
        ada = desk.as_(desk.cast.ada)

        assert ada.post(f"/v1/users/{carol.id}/erase", {"confirm": carol.email}).status == 202
        workshop.work()

        shown = ada.get(f"/v1/rules/{rule['id']}")
        assert carol.email not in shown.text
        assert shown.json["conditions"]["all"][0]["value"] == "[erased]"
        assert shown.json["actions"] == [{**note, "body": "[erased] again."}]
