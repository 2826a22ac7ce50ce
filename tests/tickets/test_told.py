"""What events tell of a ticket, whoever writes them: the app or the database."""

from typing import Any
from uuid import UUID

import pytest

from chalicelib import schedules
from chalicelib.tickets.queries import TOLD
from tests.support.cast import Person
from tests.support.database import Database
from tests.support.mailbox import TICK, LambdaContext
from tests.support.service_desk import ServiceDesk


def payloads(database: Database, type: str) -> list[dict[str, Any]]:
    rows = database.rows("SELECT payload FROM events WHERE type = :t ORDER BY id", t=type)
    return [row["payload"] for row in rows]


class TestOfATicket:
    def test_every_event_tells_as_much(self, desk: ServiceDesk, database: Database) -> None:
        cast = desk.cast
        ticket, other = (desk.networks_ticket(assignee_id=cast.ana.id) for _ in range(2))
        due = "UPDATE sla_steps SET at = now() - interval '1 second' WHERE ticket_id = :t AND kind = 'breach'"
        database.run(due, t=UUID(ticket["id"]))
        schedules.sla_sweep(TICK, LambdaContext(50))
        assert desk.do(cast.dario, other, "merge", into_id=ticket["id"]).status == 200
        assert desk.as_(cast.ada).post(f"/v1/users/{cast.ana.id}/deactivate").status == 200

        told = database.rows(
            "SELECT type, payload -> 'ticket' AS ticket FROM events WHERE ticket_id IS NOT NULL"
        )
        types = {
            f"ticket.{each}" for each in ("created", "sla_breached", "merged", "merged_from", "unassigned")
        }
        assert types <= {row["type"] for row in told}
        for row in told:
            assert row["ticket"].keys() == set(TOLD), row["type"]
            assert row["ticket"]["team_id"] == str(cast.teams["Networks"])

    def test_an_event_tells_of_it_as_it_is_afterwards(self, desk: ServiceDesk, database: Database) -> None:
        ticket = desk.networks_ticket(priority="low", type="incident")
        desk.do(desk.cast.dario, ticket, "transfer", team_id=desk.cast.teams["Apps"], reason="Theirs.")
        desk.do(desk.cast.dario, ticket, "assign", assignee_id=desk.cast.ben.id)

        (before,), (after,) = payloads(database, "ticket.created"), payloads(database, "ticket.assigned")
        assert (before["ticket"]["team_id"], before["ticket"]["assignee_id"]) == (
            str(desk.cast.teams["Networks"]),
            None,
        )
        assert after["ticket"] | {"created_at": ""} == {
            **{"id": ticket["id"], "label": ticket["label"], "subject": ticket["subject"]},
            **{"type": "incident", "status": "open", "priority": "low", "created_at": ""},
            **{"team_id": str(desk.cast.teams["Apps"]), "assignee_id": str(desk.cast.ben.id)},
        }


class TestOfTheFirstResponse:
    @pytest.fixture
    def marked(self, desk: ServiceDesk, database: Database) -> Any:
        """Comments one after the other, and which of them were told as the first response."""

        def marked(ticket: dict[str, Any], *comments: tuple[Person, str]) -> list[bool]:
            for who, visibility in comments:
                desk.comment(
                    who, ticket, "So it is.", **({} if visibility == "public" else {"visibility": visibility})
                )
            return ["first_response" in payload for payload in payloads(database, "ticket.commented")]

        return marked

    def test_is_the_first_public_comment_of_the_staff(self, desk: ServiceDesk, marked: Any) -> None:
        cast = desk.cast
        said = [
            *((cast.carol, "public"), (cast.ana, "internal")),
            *((cast.ana, "public"), (cast.carol, "public"), (cast.dario, "public")),
        ]

        assert marked(desk.networks_ticket(), *said) == [False, False, True, False, False]

    def test_is_not_what_staff_writes_as_requester(self, desk: ServiceDesk, marked: Any) -> None:
        cast = desk.cast
        ticket = desk.ticket(cast.ana, team_id=cast.teams["Networks"])

        assert marked(ticket, (cast.ana, "public"), (cast.dario, "public"), (cast.ana, "public")) == [
            *(False, True, False)
        ]

    def test_may_be_the_resolution(self, desk: ServiceDesk, marked: Any) -> None:
        ticket = desk.networks_ticket()
        desk.do(desk.cast.ana, ticket, "resolve", resolution="Done.")

        assert marked(ticket, (desk.cast.ana, "public")) == [True, False]

    def test_is_one_of_each_ticket(self, desk: ServiceDesk, marked: Any) -> None:
        first, second = desk.networks_ticket(), desk.networks_ticket()
        marked(first, (desk.cast.ana, "public"))

        assert marked(second, (desk.cast.ana, "public")) == [True, True]

    def test_is_not_told_in_the_timeline(self, desk: ServiceDesk) -> None:
        """What customers read there stays as it was."""
        ticket = desk.networks_ticket()
        desk.comment(desk.cast.ana, ticket, "On my way.")

        (entry,) = (
            each for each in desk.detail(desk.cast.carol, ticket)["timeline"] if each["action"] == "commented"
        )
        assert entry["meta"].keys() == {"comment_id", "visibility"}
