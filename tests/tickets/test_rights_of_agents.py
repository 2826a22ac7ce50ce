"""What an agent sees is not what it may move: by assignment, by team, by where it goes. And what teams
promise each other is not for customers."""

import json
from typing import Any

import pytest

from chalicelib.models.words import Priority
from tests.support.database import Database
from tests.support.service_desk import ServiceDesk


@pytest.fixture
def open_desk(desk: ServiceDesk, database: Database) -> ServiceDesk:
    """Agents see the whole workspace."""
    database.run("UPDATE workspaces SET agent_visibility = 'all'")
    return desk


class TestAnAgent:
    def test_claims_nothing_of_another_team_that_it_sees(self, open_desk: ServiceDesk) -> None:
        cast = open_desk.cast
        ticket = open_desk.networks_ticket()

        assert open_desk.do(cast.ben, ticket, "assign", assignee_id=cast.ben.id).status == 403
        assert open_desk.patch(cast.ben, ticket, assignee_id=str(cast.ben.id)).status == 403

    def test_claims_not_even_the_own_request_from_another_team(self, desk: ServiceDesk) -> None:
        cast = desk.cast
        asked = desk.ticket(cast.ana, team_id=cast.teams["Apps"])

        assert desk.do(cast.ana, asked, "assign", assignee_id=cast.ana.id).status == 403

    def test_hands_an_own_ticket_on_but_not_into_another_team(self, desk: ServiceDesk) -> None:
        cast = desk.cast
        ticket = desk.networks_ticket(assignee_id=cast.ana.id)
        there = {"assignee_id": cast.ben.id, "team_id": cast.teams["Apps"]}

        assert desk.do(cast.ana, ticket, "assign", **there).status == 403
        assert desk.do(cast.dario, ticket, "assign", **there).status == 200

    def test_reopens_nobody_elses_ticket(self, open_desk: ServiceDesk) -> None:
        ticket = open_desk.in_status("resolved")

        assert open_desk.do(open_desk.cast.ana, ticket, "reopen", reason="x").status == 403


class TestPromisesBetweenTeams:
    @pytest.fixture
    def ticket(self, desk: ServiceDesk, database: Database) -> dict[str, Any]:
        """One whose team promised something, too."""
        minutes = {name: dict.fromkeys(Priority, 60) for name in ("resolution", "team_resolution")}
        database.run("UPDATE sla_policies SET targets = CAST(:t AS jsonb)", t=json.dumps(minutes))
        return desk.networks_ticket()

    @pytest.mark.parametrize(("who", "sees"), [("ana", True), ("dario", True), ("carol", False)])
    def test_are_the_staffs_to_know(
        self, desk: ServiceDesk, ticket: dict[str, Any], who: str, sees: bool
    ) -> None:
        person = getattr(desk.cast, who)
        listed = desk.as_(person).get("/v1/tickets").json["items"][0]

        for shown in (desk.detail(person, ticket), listed):
            metrics = {target["metric"] for target in shown["sla"]["targets"]}
            assert metrics == {"resolution", *(["team_resolution"] if sees else [])}


def test_a_requesters_contact_facts_are_the_staffs_to_know(desk: ServiceDesk) -> None:
    ticket = desk.networks_ticket()

    assert "phone" in desk.detail(desk.cast.ana, ticket)["requester"]
    assert "source_ip" in desk.detail(desk.cast.ana, ticket)
    assert desk.detail(desk.cast.carol, ticket)["requester"].keys() == {"id", "name", "email"}
