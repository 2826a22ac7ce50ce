"""Teams that give their tickets out by themselves: to whom, at which doors, and what is told of it."""

from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import text

from chalicelib.core.db import Transaction, in_transaction
from tests.support.cast import Person, person
from tests.support.crew import Crew, crew, join
from tests.support.database import Database
from tests.support.service_desk import ServiceDesk

AUTOMATIC = ["round_robin", "least_loaded"]


@pytest.fixture
def field(desk: ServiceDesk, database: Database) -> Crew:
    """Three agents in turn."""
    return crew(database, desk.cast.acme, "round_robin", 3)


def opened(desk: ServiceDesk, team: Crew, **fields: Any) -> dict[str, Any]:
    """A ticket of Carol's, opened by the dispatcher for this team."""
    return desk.ticket(desk.cast.dario, requester_id=desk.cast.carol.id, team_id=team.team, **fields)


def assignee(ticket: dict[str, Any]) -> str | None:
    return ticket["assignee"]["name"] if ticket["assignee"] else None


def given(desk: ServiceDesk, team: Crew, count: int) -> list[str | None]:
    """Who gets the next tickets, one after another."""
    return [assignee(opened(desk, team)) for _ in range(count)]


def names(team: Crew) -> list[str]:
    return [member.name for member in team.members]


def away(desk: ServiceDesk, who: Person, away: bool = True) -> None:
    assert desk.as_(who).patch("/v1/auth/me", {"away": away}).status == 200


class TestWhoGetsIt:
    def test_a_manual_team_leaves_it_in_its_queue(self, desk: ServiceDesk, database: Database) -> None:
        team = crew(database, desk.cast.acme, "manual", 2)

        ticket = opened(desk, team)

        assert (ticket["assignee"], ticket["status"]) == (None, "new")

    def test_round_robin_goes_round(self, desk: ServiceDesk, field: Crew) -> None:
        assert given(desk, field, 7) == names(field) * 2 + names(field)[:1]

    def test_round_robin_minds_no_load(self, desk: ServiceDesk, field: Crew) -> None:
        for _ in range(3):
            opened(desk, field, assignee_id=field[0].id)

        assert given(desk, field, 3) == names(field)

    def test_the_least_loaded_first_then_who_waited_longest(
        self, desk: ServiceDesk, database: Database
    ) -> None:
        team = crew(database, desk.cast.acme, "least_loaded", 3)
        first, second, third = names(team)
        opened(desk, team, assignee_id=team[0].id)
        opened(desk, team, assignee_id=team[0].id)
        opened(desk, team, assignee_id=team[1].id)

        assert given(desk, team, 3) == [third, second, third]
        assert given(desk, team, 3) == [first, second, third]

    @pytest.mark.parametrize("status", ["pending", "on_hold", "resolved", "closed", "cancelled"])
    def test_what_waits_or_is_done_is_no_load(
        self, desk: ServiceDesk, database: Database, status: str
    ) -> None:
        team = crew(database, desk.cast.acme, "least_loaded", 2)
        ticket = desk.in_status(status)
        database.run("UPDATE tickets SET assignee_id = :a WHERE id = :t", a=team[0].id, t=ticket["id"])

        assert given(desk, team, 2) == names(team)

    def test_a_deleted_ticket_is_no_load(self, desk: ServiceDesk, database: Database) -> None:
        team = crew(database, desk.cast.acme, "least_loaded", 2)
        ticket = opened(desk, team, assignee_id=team[0].id)
        assert desk.as_(desk.cast.ada).delete(f"/v1/tickets/{ticket['id']}").status == 204

        assert given(desk, team, 2) == names(team)

    @pytest.mark.parametrize("assignment", AUTOMATIC)
    def test_who_has_as_many_as_the_cap_gets_no_more(
        self, desk: ServiceDesk, database: Database, assignment: str
    ) -> None:
        team = crew(database, desk.cast.acme, assignment, 2, cap=2)
        tickets = [opened(desk, team) for _ in range(4)]

        full = opened(desk, team)
        desk.do(team[1], tickets[1], "resolve", resolution="Done.")

        assert [assignee(ticket) for ticket in tickets] == names(team) * 2
        assert (full["assignee"], full["status"]) == (None, "new")
        assert given(desk, team, 2) == [names(team)[1], None]

    def test_the_cap_counts_the_work_of_all_teams(self, desk: ServiceDesk, database: Database) -> None:
        team = crew(database, desk.cast.acme, "round_robin", 2, cap=1)
        desk.networks_ticket(assignee_id=team[0].id)

        assert given(desk, team, 2) == [names(team)[1], None]

    def test_round_robin_is_fair_while_the_cap_passes_people_over(
        self, desk: ServiceDesk, database: Database
    ) -> None:
        team = crew(database, desk.cast.acme, "round_robin", 3, cap=2)
        first, _, third = names(team)
        for _ in range(2):
            opened(desk, team, assignee_id=team[1].id)

        assert given(desk, team, 5) == [first, third, first, third, None]

    @pytest.mark.parametrize("assignment", AUTOMATIC)
    def test_who_is_away_is_passed_over_and_next_when_back(
        self, desk: ServiceDesk, database: Database, assignment: str
    ) -> None:
        team = crew(database, desk.cast.acme, assignment, 3)
        away(desk, team[1])
        without = given(desk, team, 4)
        away(desk, team[1], away=False)

        assert without == [names(team)[0], names(team)[2]] * 2
        assert given(desk, team, 1) == [names(team)[1]]

    def test_who_comes_back_is_not_flooded(self, desk: ServiceDesk, field: Crew) -> None:
        first, second, third = names(field)
        away(desk, field[1])
        given(desk, field, 6)
        away(desk, field[1], away=False)

        assert given(desk, field, 4) == [second, first, third, second]

    def test_a_new_member_is_next(self, desk: ServiceDesk, database: Database, field: Crew) -> None:
        given(desk, field, 4)
        join(database, field.team, desk.cast.ben)

        assert given(desk, field, 5) == ["Ben", *names(field)[1:], names(field)[0], "Ben"]

    @pytest.mark.parametrize(
        "change",
        [
            "UPDATE users SET status = 'deactivated', deactivated_at = now() WHERE id = :u",
            "UPDATE users SET status = 'invited' WHERE id = :u",
            "UPDATE users SET role = 'customer' WHERE id = :u",
            "UPDATE users SET deleted_at = now() WHERE id = :u",
            "DELETE FROM team_members WHERE user_id = :u",
        ],
    )
    @pytest.mark.parametrize("assignment", AUTOMATIC)
    def test_who_may_not_work_gets_none(
        self, desk: ServiceDesk, database: Database, assignment: str, change: str
    ) -> None:
        team = crew(database, desk.cast.acme, assignment, 2)
        database.run(change, u=team[0].id)

        assert given(desk, team, 2) == [names(team)[1]] * 2

    def test_dispatchers_and_admins_in_the_team_take_their_turn(
        self, desk: ServiceDesk, database: Database
    ) -> None:
        team = crew(database, desk.cast.acme, "round_robin", 0, members=(desk.cast.ada, desk.cast.dario))

        assert given(desk, team, 2) == ["Ada", "Dario"]

    @pytest.mark.parametrize("assignment", AUTOMATIC)
    def test_without_anybody_it_stays_in_the_queue_and_nothing_false_is_told(
        self, desk: ServiceDesk, database: Database, assignment: str
    ) -> None:
        team = crew(database, desk.cast.acme, assignment, 1)
        away(desk, team[0])

        ticket = opened(desk, team)

        assert (ticket["assignee"], ticket["status"], ticket["team"]["name"]) == (None, "new", "Field")
        (created,) = desk.detail(desk.cast.ada, ticket)["timeline"]
        assert (created["changes"], created["meta"]) == ({}, {"source": "api"})

    def test_teams_that_share_people_balance_their_work(self, desk: ServiceDesk, database: Database) -> None:
        one = crew(database, desk.cast.acme, "least_loaded", 3)
        other = crew(database, desk.cast.acme, "least_loaded", 0, name="Other", members=one.members)

        got = [assignee(opened(desk, (one, other)[turn % 2])) for turn in range(6)]

        assert got == names(one) * 2


class TestDoors:
    def test_whom_the_staff_names_wins(self, desk: ServiceDesk, field: Crew) -> None:
        ticket = opened(desk, field, assignee_id=desk.cast.ben.id)

        assert assignee(ticket) == "Ben"
        assert given(desk, field, 1) == names(field)[:1]
        assert "assigned_by" not in desk.detail(desk.cast.ada, ticket)["timeline"][0]["meta"]

    def test_a_customers_ticket_goes_to_the_default_team(self, desk: ServiceDesk, database: Database) -> None:
        database.run("UPDATE teams SET assignment = 'round_robin' WHERE is_default")
        join(database, desk.cast.teams["Service desk"], desk.cast.ana)

        ticket = desk.ticket(desk.cast.carol)

        assert (assignee(ticket), ticket["status"]) == ("Ana", "open")

    def test_the_public_door_too(self, desk: ServiceDesk, database: Database, field: Crew) -> None:
        body = {
            "name": "Wil",
            "email": "wil@walk-in.example",
            "subject": "No link",
            "description": "None since Monday.",
            "team_id": str(field.team),
        }

        reply = desk.api.post("/v1/public/acme/tickets", body)

        assert (reply.status, reply.json["status"]) == (201, "open")
        assert "assignee" not in reply.json
        assert assignee(desk.detail(desk.cast.ada, reply.json)) == names(field)[0]

    def test_a_follow_up_too(self, desk: ServiceDesk, field: Crew) -> None:
        ticket = opened(desk, field)
        desk.do(desk.cast.dario, ticket, "close")

        desk.comment(desk.cast.carol, ticket, "It is back.")

        (follow_up,) = desk.as_(desk.cast.carol).get("/v1/tickets?status=open").json["items"]
        assert assignee(follow_up) == names(field)[1]

    def test_a_transfer(self, desk: ServiceDesk, field: Crew) -> None:
        ticket = desk.networks_ticket()

        moved = desk.do(desk.cast.dario, ticket, "transfer", team_id=field.team, reason="Theirs.").json

        assert (assignee(moved), moved["status"], moved["team"]["name"]) == (names(field)[0], "open", "Field")

    @pytest.mark.parametrize("status", ["open", "pending", "on_hold"])
    def test_a_transfer_keeps_every_status_but_new(self, desk: ServiceDesk, field: Crew, status: str) -> None:
        ticket = desk.in_status(status)

        moved = desk.do(desk.cast.dario, ticket, "transfer", team_id=field.team, reason="Theirs.").json

        assert (assignee(moved), moved["status"]) == (names(field)[0], status)

    def test_a_transfer_to_somebody_named(self, desk: ServiceDesk, field: Crew) -> None:
        body = {"team_id": field.team, "assignee_id": field[2].id, "reason": "Hers."}

        moved = desk.do(desk.cast.dario, desk.networks_ticket(), "transfer", **body).json

        assert assignee(moved) == names(field)[2]
        assert given(desk, field, 1) == names(field)[:1]

    def test_a_transfer_that_is_refused_costs_nobody_a_turn(self, desk: ServiceDesk, field: Crew) -> None:
        ticket = opened(desk, field)

        again = desk.do(desk.cast.dario, ticket, "transfer", team_id=field.team, reason="Theirs.")

        assert again.status == 409
        assert given(desk, field, 1) == names(field)[1:2]

    def test_a_ticket_on_its_way_is_no_load_of_its_own(self, desk: ServiceDesk, database: Database) -> None:
        team = crew(database, desk.cast.acme, "least_loaded", 0, cap=1, members=(desk.cast.ana,))
        ticket = desk.networks_ticket(assignee_id=desk.cast.ana.id)

        moved = desk.do(desk.cast.dario, ticket, "transfer", team_id=team.team, reason="Theirs.").json

        assert assignee(moved) == "Ana"

    def test_a_patch_of_the_team(self, desk: ServiceDesk, field: Crew) -> None:
        moved = desk.patch(desk.cast.dario, desk.networks_ticket(), team_id=field.team).json

        assert (assignee(moved), moved["status"]) == (names(field)[0], "open")

    def test_a_patch_that_says_nobody_means_nobody(self, desk: ServiceDesk, field: Crew) -> None:
        ticket = desk.networks_ticket(assignee_id=desk.cast.ana.id)

        moved = desk.patch(desk.cast.dario, ticket, team_id=field.team, assignee_id=None).json

        assert moved["assignee"] is None
        assert given(desk, field, 1) == names(field)[:1]

    def test_who_leaves_lets_go_and_nobody_is_given_it(self, desk: ServiceDesk, field: Crew) -> None:
        ticket = opened(desk, field)

        desk.as_(desk.cast.ada).post(f"/v1/users/{field[0].id}/deactivate")

        assert desk.detail(desk.cast.ada, ticket)["assignee"] is None
        assert given(desk, field, 2) == names(field)[1:]

    def test_by_hand_it_goes_to_whoever_is_away_or_full(self, desk: ServiceDesk, database: Database) -> None:
        team = crew(database, desk.cast.acme, "least_loaded", 1, cap=1)
        opened(desk, team)
        away(desk, team[0])

        assert assignee(opened(desk, team, assignee_id=team[0].id)) == names(team)[0]


class TestTold:
    def test_a_new_ticket_says_whom_it_was_given_to_and_how(
        self, desk: ServiceDesk, database: Database
    ) -> None:
        team = crew(database, desk.cast.acme, "least_loaded", 1)

        ticket = opened(desk, team)

        (created,) = desk.detail(desk.cast.ada, ticket)["timeline"]
        assert created["changes"] == {"assignee_id": {"from": None, "to": str(team[0].id)}}
        assert created["meta"] == {"source": "api", "assigned_by": "least_loaded"}
        (event,) = database.rows("SELECT type, payload FROM events WHERE ticket_id = :t", t=ticket["id"])
        assert (event["type"], event["payload"]["changes"]) == ("ticket.created", created["changes"])
        assert event["payload"]["meta"] == created["meta"]
        assert event["payload"]["ticket"]["status"] == "open"
        assert ticket["version"] == 1

    def test_a_transfer_says_so_too(self, desk: ServiceDesk, field: Crew) -> None:
        ticket = desk.networks_ticket(assignee_id=desk.cast.ana.id)

        moved = desk.do(desk.cast.dario, ticket, "transfer", team_id=field.team, reason="Theirs.").json

        entry = desk.detail(desk.cast.ada, moved)["timeline"][-1]
        assert entry["action"] == "transferred"
        assert entry["meta"] == {"reason": "Theirs.", "assigned_by": "round_robin"}
        assert entry["changes"]["assignee_id"] == {"from": str(desk.cast.ana.id), "to": str(field[0].id)}

    def test_how_a_desk_shares_its_work_is_no_customers_business(
        self, desk: ServiceDesk, field: Crew
    ) -> None:
        ticket = opened(desk, field)

        shown = desk.as_(desk.cast.carol).get(f"/v1/tickets/{ticket['id']}")
        timeline = desk.as_(desk.cast.carol).get(f"/v1/tickets/{ticket['id']}/timeline")

        assert [word for word in ("assigned_by", "round_robin", "away") if word in shown.text] == []
        assert [word for word in ("assigned_by", "round_robin") if word in timeline.text] == []


class TestOthers:
    def test_nobody_of_another_workspace_is_ever_picked(self, desk: ServiceDesk, database: Database) -> None:
        """A membership cannot name one; the function asks within the workspace all the same."""
        zed = person(database, desk.cast.globex, "Zed", "agent", "globex.example")
        theirs = crew(database, desk.cast.globex, "round_robin", 0, members=(zed,))

        assert pick(desk, desk.cast.globex, theirs.team) == (None, None)
        assert pick(desk, desk.cast.acme, theirs.team) == (None, None)

    def test_a_team_that_is_gone_gives_nothing(
        self, desk: ServiceDesk, database: Database, field: Crew
    ) -> None:
        database.run("UPDATE teams SET deleted_at = now() WHERE id = :t", t=field.team)

        assert pick(desk, desk.cast.acme, field.team) == (None, None)


def pick(desk: ServiceDesk, workspace: UUID, team: UUID) -> tuple[UUID | None, str | None]:
    """What the function itself says, asked by the app's role in a workspace."""

    def asked(tx: Transaction) -> Any:
        tx.connection.execute(text("SELECT fn_enter(:w, NULL)"), {"w": desk.cast.acme})
        return tx.connection.execute(
            text("SELECT * FROM fn_pick_assignee(:w, :t, NULL)"), {"w": workspace, "t": team}
        ).one()

    found = in_transaction(asked, repeatable=False)
    return found.assignee_id, found.assigned_by
