"""Watchers: who may say who watches, who may know of it, and who leaves."""

from typing import Any
from uuid import UUID, uuid4

import pytest

from chalicelib.core.errors import Conflict
from chalicelib.tickets import watching
from tests.support.api import Reply
from tests.support.cast import Person, person
from tests.support.connections import Connections
from tests.support.database import Database
from tests.support.service_desk import ServiceDesk
from tests.tickets.test_revising import acting


def path_of(ticket: dict[str, Any], who: Person | None = None) -> str:
    path = f"/v1/tickets/{ticket['id']}/watchers"
    return f"{path}/{who.id}" if who else path


def add(desk: ServiceDesk, by: Person, ticket: dict[str, Any], who: Person) -> Reply:
    return desk.as_(by).post(path_of(ticket), {"user_id": str(who.id)})


def names(desk: ServiceDesk, by: Person, ticket: dict[str, Any]) -> list[str]:
    reply = desk.as_(by).get(path_of(ticket))
    assert reply.status == 200, reply.text
    return [watcher["name"] for watcher in reply.json["items"]]


class TestAdding:
    def test_a_customer_who_sees_the_public_side_from_then_on(self, desk: ServiceDesk) -> None:
        ticket = desk.networks_ticket()
        desk.comment(desk.cast.ana, ticket, "A note", visibility="internal")
        assert desk.as_(desk.cast.chris).get(f"/v1/tickets/{ticket['id']}").status == 404

        reply = add(desk, desk.cast.ana, ticket, desk.cast.chris)

        assert reply.status == 201
        assert {**reply.json, "created_at": None} == {
            **desk.cast.chris.ref,
            "role": "customer",
            "created_at": None,
        }
        detail = desk.detail(desk.cast.chris, ticket)
        assert (detail["comments"], detail["version"]) == ([], ticket["version"])

    def test_oneself_without_a_word_more(self, desk: ServiceDesk) -> None:
        ticket = desk.networks_ticket()

        assert desk.as_(desk.cast.ana).post(path_of(ticket), {}).json["name"] == "Ana"
        assert names(desk, desk.cast.dario, ticket) == ["Ana"]

    def test_twice_is_once(self, desk: ServiceDesk) -> None:
        ticket = desk.networks_ticket()

        first, second = (add(desk, desk.cast.ana, ticket, desk.cast.chris) for _ in range(2))

        assert (first.status, second.status) == (201, 200)
        assert first.json == second.json
        assert desk.actions(ticket).count("watcher_added") == 1

    @pytest.mark.parametrize("status", ["contact", "invited"])
    def test_somebody_without_a_password(self, desk: ServiceDesk, database: Database, status: str) -> None:
        database.run("UPDATE users SET status = :s WHERE id = :u", s=status, u=desk.cast.chris.id)

        assert add(desk, desk.cast.ana, desk.networks_ticket(), desk.cast.chris).status == 201

    @pytest.mark.parametrize("gone", ["status = 'deactivated'", "deleted_at = now()"])
    def test_somebody_who_is_gone_finds_nobody(
        self, desk: ServiceDesk, database: Database, gone: str
    ) -> None:
        database.run(f"UPDATE users SET {gone} WHERE id = :u", u=desk.cast.chris.id)

        assert add(desk, desk.cast.ana, desk.networks_ticket(), desk.cast.chris).status == 404

    def test_an_agent_who_does_not_see_the_ticket_is_refused(
        self, desk: ServiceDesk, database: Database
    ) -> None:
        """Watching opens nothing to colleagues: the team does."""
        ticket = desk.networks_ticket()

        reply = add(desk, desk.cast.dario, ticket, desk.cast.ben)
        assert (reply.status, reply.code) == (409, "CONFLICT")
        assert names(desk, desk.cast.dario, ticket) == []

        database.run("UPDATE workspaces SET agent_visibility = 'all'")
        assert add(desk, desk.cast.dario, ticket, desk.cast.ben).status == 201

    def test_is_the_staffs(self, desk: ServiceDesk) -> None:
        ticket = desk.networks_ticket()

        assert add(desk, desk.cast.carol, ticket, desk.cast.chris).status == 403
        assert add(desk, desk.cast.carol, ticket, desk.cast.carol).status == 403

    def test_needs_a_ticket_that_one_sees(self, desk: ServiceDesk) -> None:
        assert add(desk, desk.cast.ben, desk.networks_ticket(), desk.cast.ben).status == 404

    def test_a_program_watches_nothing_itself(self, desk: ServiceDesk) -> None:
        ticket = desk.networks_ticket()
        body = {"name": "Monitor", "role": "dispatcher", "scopes": ["read", "write"], "expires_at": None}
        key = desk.api.with_token(desk.as_(desk.cast.ada).post("/v1/api-keys", body).json["key"])

        reply = key.post(path_of(ticket), {})

        assert (reply.status, reply.code) == (422, "FIELD_REQUIRED")
        assert key.post(path_of(ticket), {"user_id": str(desk.cast.chris.id)}).status == 201
        assert key.delete(path_of(ticket, desk.cast.chris)).status == 204

    def test_case_15_somebody_of_another_workspace_is_not_found(self, desk: ServiceDesk) -> None:
        ticket = desk.networks_ticket()

        for user_id in (desk.cast.mallory.id, uuid4()):
            reply = desk.as_(desk.cast.ada).post(path_of(ticket), {"user_id": str(user_id)})
            assert (reply.status, reply.code) == (404, "NOT_FOUND")

    def test_stops_at_fifty(self, desk: ServiceDesk, database: Database) -> None:
        ticket = desk.networks_ticket()
        fill(database, desk, ticket, 49)

        assert add(desk, desk.cast.ana, ticket, desk.cast.chris).status == 201
        reply = add(desk, desk.cast.ana, ticket, desk.cast.dario)
        assert (reply.status, reply.code) == (409, "CONFLICT")
        assert add(desk, desk.cast.ana, ticket, desk.cast.chris).status == 200


class TestLeaving:
    def test_is_everybodys(self, desk: ServiceDesk) -> None:
        ticket = desk.networks_ticket()
        add(desk, desk.cast.ana, ticket, desk.cast.chris)

        assert desk.as_(desk.cast.chris).delete(path_of(ticket, desk.cast.chris)).status == 204
        assert desk.as_(desk.cast.chris).get(path_of(ticket)).status == 404
        assert names(desk, desk.cast.ana, ticket) == []

    def test_of_others_is_the_staffs_to_say(self, desk: ServiceDesk) -> None:
        ticket = desk.networks_ticket()
        add(desk, desk.cast.ana, ticket, desk.cast.chris)

        reply = desk.as_(desk.cast.carol).delete(path_of(ticket, desk.cast.chris))
        assert (reply.status, reply.code) == (403, "FORBIDDEN")
        assert desk.as_(desk.cast.dario).delete(path_of(ticket, desk.cast.chris)).status == 204

    def test_of_who_does_not_watch_finds_nobody(self, desk: ServiceDesk) -> None:
        ticket = desk.networks_ticket()

        for who in (desk.cast.chris, desk.cast.mallory):
            assert desk.as_(desk.cast.dario).delete(path_of(ticket, who)).status == 404

    def test_tells_customers_nothing_of_colleagues_who_look_on(self, desk: ServiceDesk) -> None:
        ticket = desk.networks_ticket()
        add(desk, desk.cast.dario, ticket, desk.cast.dario)

        assert desk.as_(desk.cast.carol).delete(path_of(ticket, desk.cast.dario)).status == 404
        assert names(desk, desk.cast.ana, ticket) == ["Dario"]

    def test_goes_on_for_who_is_deactivated(self, desk: ServiceDesk, database: Database) -> None:
        ticket = desk.networks_ticket()
        add(desk, desk.cast.ana, ticket, desk.cast.chris)
        database.run("UPDATE users SET status = 'deactivated' WHERE id = :u", u=desk.cast.chris.id)

        assert desk.as_(desk.cast.ana).delete(path_of(ticket, desk.cast.chris)).status == 204


class TestKnowing:
    def test_customers_know_of_customers(self, desk: ServiceDesk) -> None:
        ticket = desk.networks_ticket()
        for who in (desk.cast.dario, desk.cast.chris, desk.cast.ada):
            add(desk, desk.cast.ana, ticket, who)

        assert names(desk, desk.cast.ana, ticket) == ["Dario", "Chris", "Ada"]
        assert names(desk, desk.cast.carol, ticket) == names(desk, desk.cast.chris, ticket) == ["Chris"]
        told = [e for e in desk.detail(desk.cast.carol, ticket)["timeline"] if e["action"] == "watcher_added"]
        assert [entry["meta"] for entry in told] == [{"user_id": str(desk.cast.chris.id)}]
        assert desk.actions(ticket).count("watcher_added") == 3

    def test_comes_in_pages(self, desk: ServiceDesk, database: Database) -> None:
        ticket = desk.networks_ticket()
        fill(database, desk, ticket, 30)
        api = desk.as_(desk.cast.ana)

        first = api.get(f"{path_of(ticket)}?limit=20").json
        second = api.get(f"{path_of(ticket)}?limit=20&cursor={first['next_cursor']}").json
        other = api.get(f"{path_of(ticket)}?limit=20&offset=20").json

        assert len({watcher["id"] for watcher in first["items"] + second["items"]}) == 30
        assert second["items"] == other["items"]
        assert (second["next_cursor"], second["next_offset"]) == (None, None)

    def test_of_a_ticket_that_one_does_not_see_is_nothing(self, desk: ServiceDesk) -> None:
        ticket = desk.networks_ticket()

        for who in (desk.cast.ben, desk.cast.chris, desk.cast.mallory):
            assert desk.as_(who).get(path_of(ticket)).status == 404


def test_an_archived_ticket_is_read_only(desk: ServiceDesk) -> None:
    ticket = desk.in_status("closed")
    add(desk, desk.cast.ana, ticket, desk.cast.chris)
    desk.do(desk.cast.dario, ticket, "archive")

    assert add(desk, desk.cast.ana, ticket, desk.cast.ada).status == 409
    assert desk.as_(desk.cast.chris).delete(path_of(ticket, desk.cast.chris)).status == 409
    assert names(desk, desk.cast.ana, ticket) == ["Chris"]


def test_what_is_done_is_told_by_events_and_raises_no_version(desk: ServiceDesk, database: Database) -> None:
    ticket = desk.networks_ticket()
    add(desk, desk.cast.ana, ticket, desk.cast.chris)
    add(desk, desk.cast.ana, ticket, desk.cast.dario)
    desk.as_(desk.cast.ana).delete(path_of(ticket, desk.cast.chris))

    told = database.rows("SELECT type, internal FROM events WHERE type LIKE 'ticket.watcher%' ORDER BY id")

    assert [(row["type"], row["internal"]) for row in told] == [
        ("ticket.watcher_added", False),
        ("ticket.watcher_added", True),
        ("ticket.watcher_removed", False),
    ]
    assert desk.detail(desk.cast.ana, ticket)["version"] == ticket["version"]


def test_many_at_once_stop_at_fifty_and_each_is_one(
    desk: ServiceDesk, database: Database, connections: Connections
) -> None:
    ticket = desk.networks_ticket()
    fill(database, desk, ticket, 46)
    newcomers = [person(database, desk.cast.acme, f"New{n}", "customer", "x.example") for n in range(5)]
    wanted = [who.id for who in newcomers for _ in range(2)]

    answers = connections.at_once(
        [acting(desk.cast.ana, watching.watch, UUID(ticket["id"]), user_id) for user_id in wanted]
    )

    assert database.value("SELECT count(*) FROM ticket_watchers") == 50
    assert sum(isinstance(answer, tuple) and answer[1] for answer in answers) == 4
    assert {type(answer) for answer in answers} == {tuple, Conflict}
    assert desk.actions(ticket).count("watcher_added") == 4


def fill(database: Database, desk: ServiceDesk, ticket: dict[str, Any], count: int) -> None:
    """So many watchers, past the app."""
    database.run(
        "WITH made AS (INSERT INTO users (workspace_id, email, name, role) "
        "SELECT :w, 'w' || n || '@x.example', 'W' || n, 'customer' FROM generate_series(1, :count) n "
        "RETURNING workspace_id, id) "
        "INSERT INTO ticket_watchers (workspace_id, ticket_id, user_id) "
        "SELECT workspace_id, :t, id FROM made",
        w=desk.cast.acme,
        t=ticket["id"],
        count=count,
    )
