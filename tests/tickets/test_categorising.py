"""The category of a ticket: as the desk declares it, and the team that it goes to."""

from functools import partial
from typing import Any

import pytest

from chalicelib.accounts import principals
from chalicelib.models.words import Source
from chalicelib.tickets import categories
from chalicelib.tickets.categorising import fold
from chalicelib.tickets.creating import NewTicket, create
from tests.support.cast import Cast
from tests.support.connections import Connections
from tests.support.crew import crew
from tests.support.database import Database
from tests.support.service_desk import ServiceDesk

PUBLIC = {"name": "Carol Diaz", "email": "carol@example.com", "description": "It blinks and prints nothing."}


@pytest.fixture
def declared(desk: ServiceDesk) -> dict[str, Any]:
    return declare(desk, "Network", subcategories=["VPN", "Wi-Fi"], team_id=str(desk.cast.teams["Networks"]))


def declare(desk: ServiceDesk, name: str, **fields: Any) -> dict[str, Any]:
    reply = desk.as_(desk.cast.ada).post("/v1/categories", {"name": name, **fields})
    assert reply.status == 201, reply.text
    return dict(reply.json)


def declared_only(desk: ServiceDesk) -> None:
    assert desk.as_(desk.cast.ada).patch("/v1/workspace", {"categories_only": True}).status == 200


def texts(ticket: dict[str, Any]) -> tuple[str | None, str | None]:
    return ticket["category"], ticket["subcategory"]


class TestSpelling:
    @pytest.mark.parametrize(
        ("one", "other"),
        [("Straße", "STRASSE"), ("Café", "CAFE\u0301"), ("a  b", "A\u00a0b"), ("ﬁle", "FILE")],
    )
    def test_the_same_word_in_another_spelling(self, one: str, other: str) -> None:
        assert fold(one) == fold(other)

    def test_accents_count(self) -> None:
        assert fold("Ano") != fold("Año")


class TestAtCreation:
    def test_it_is_kept_in_the_declared_spelling(self, desk: ServiceDesk, declared: Any) -> None:
        assert texts(desk.ticket(category="NETWORK", subcategory=" wi-fi")) == ("Network", "Wi-Fi")

    def test_what_is_not_declared_is_kept_as_it_is(self, desk: ServiceDesk, declared: Any) -> None:
        assert texts(desk.ticket(category="Coffee", subcategory="Beans")) == ("Coffee", "Beans")
        assert texts(desk.ticket(category="network", subcategory="Beans")) == ("Network", "Beans")
        assert texts(desk.ticket(subcategory="VPN")) == (None, "VPN")

    def test_what_is_not_declared_is_refused_where_the_workspace_says_so(
        self, desk: ServiceDesk, declared: Any, database: Database
    ) -> None:
        declare(desk, "Fax", active=False)
        declared_only(desk)
        carol = desk.as_(desk.cast.carol)
        body = {"subject": "A", "description": "B"}

        replies = {
            field: carol.post("/v1/tickets", {**body, **said})
            for field, said in (
                ("category", {"category": "fax"}),
                ("subcategory", {"category": "network", "subcategory": "Beans"}),
            )
        }
        alone = carol.post("/v1/tickets", {**body, "subcategory": "VPN"})

        for field, known in (("category", ["Network"]), ("subcategory", ["VPN", "Wi-Fi"])):
            reply = replies[field]
            assert (reply.status, reply.code) == (422, "VALIDATION_ERROR")
            assert [problem["field"] for problem in reply.json["errors"]] == [field]
            assert reply.json["known"] == known
        assert [problem["field"] for problem in alone.json["errors"]] == ["subcategory"]
        assert database.value("SELECT count(*) FROM tickets") == 0
        assert texts(desk.ticket(category="network", subcategory="vpn")) == ("Network", "VPN")
        assert texts(desk.ticket()) == (None, None)

    def test_a_desk_that_declares_none_takes_any(self, desk: ServiceDesk) -> None:
        declared_only(desk)

        assert texts(desk.ticket(category="Coffee", subcategory="Beans")) == ("Coffee", "Beans")

    def test_a_category_without_subcategories_takes_any(self, desk: ServiceDesk) -> None:
        declare(desk, "Coffee")
        declared_only(desk)

        assert texts(desk.ticket(category="coffee", subcategory="Beans")) == ("Coffee", "Beans")

    def test_one_of_another_workspace_is_not_known(self, desk: ServiceDesk) -> None:
        reply = desk.as_(desk.cast.mallory).post("/v1/categories", {"name": "NETWORK"})
        assert reply.status == 201

        assert desk.ticket(category="network")["category"] == "network"


class TestTheTeam:
    def test_a_ticket_without_a_team_goes_to_its_categorys(self, desk: ServiceDesk, declared: Any) -> None:
        assert desk.ticket(category="network")["team"]["name"] == "Networks"
        assert desk.ticket(category="Coffee")["team"]["name"] == "Service desk"

    def test_so_does_one_of_somebody_without_an_account(
        self, desk: ServiceDesk, declared: Any, database: Database
    ) -> None:
        reply = desk.api.post("/v1/public/acme/tickets", {**PUBLIC, "subject": "P", "category": "NETWORK"})

        assert (reply.status, reply.json["category"]) == (201, "Network")
        assert database.value("SELECT team_id FROM tickets") == desk.cast.teams["Networks"]

    def test_whom_the_caller_names_wins(self, desk: ServiceDesk, declared: Any) -> None:
        ticket = desk.networks_ticket(category="network", team_id=desk.cast.teams["Apps"])

        assert ticket["team"]["name"] == "Apps"

    @pytest.mark.parametrize("how", ["inactive", "team gone", "no team", "deleted"])
    def test_else_to_the_default_one(
        self, desk: ServiceDesk, declared: Any, database: Database, how: str
    ) -> None:
        api, path = desk.as_(desk.cast.ada), f"/v1/categories/{declared['id']}"
        if how == "team gone":
            database.run("UPDATE teams SET deleted_at = now() WHERE name = 'Networks'")
            assert api.get(path).json["team"] is None
        elif how == "deleted":
            api.delete(path)
        else:
            api.patch(path, {"active": False} if how == "inactive" else {"team_id": None})

        assert desk.ticket(category="Network")["team"]["name"] == "Service desk"

    def test_it_gives_the_ticket_to_somebody_where_the_team_does(
        self, desk: ServiceDesk, database: Database
    ) -> None:
        team = crew(database, desk.cast.acme, "round_robin", 1)
        declare(desk, "Field work", team_id=str(team.team))

        ticket = desk.ticket(category="field work")

        assert (ticket["assignee"]["id"], ticket["status"]) == (str(team[0].id), "open")

    def test_a_follow_up_stays_with_the_old_team_and_its_words(
        self, desk: ServiceDesk, declared: Any, database: Database
    ) -> None:
        ticket = desk.networks_ticket(category="Coffee", team_id=desk.cast.teams["Apps"])
        desk.do(desk.cast.dario, ticket, "close", reason="done")
        declared_only(desk)

        desk.comment(desk.cast.carol, ticket, "It is still cold.")

        follow_up = database.rows("SELECT category, team_id FROM tickets ORDER BY number DESC LIMIT 1")[0]
        assert follow_up == {"category": "Coffee", "team_id": desk.cast.teams["Apps"]}


class TestReclassifying:
    def test_takes_the_declared_spelling_and_moves_no_ticket(self, desk: ServiceDesk, declared: Any) -> None:
        ticket = desk.ticket()

        changed = desk.do(desk.cast.dario, ticket, "reclassify", category="NETWORK", subcategory="vpn").json

        assert texts(changed) == ("Network", "VPN")
        assert changed["team"]["name"] == "Service desk"

    def test_another_spelling_of_what_it_has_is_no_change(self, desk: ServiceDesk, declared: Any) -> None:
        ticket = desk.ticket(category="Network")

        again = desk.do(desk.cast.dario, ticket, "reclassify", category="network").json

        assert again["version"] == ticket["version"]
        assert desk.actions(ticket) == ["created"]

    def test_a_subcategory_that_the_new_category_lacks_goes_with_the_old(
        self, desk: ServiceDesk, declared: Any
    ) -> None:
        declare(desk, "Telephone", subcategories=["vpn", "Handset"])
        ticket = desk.ticket(category="network", subcategory="wi-fi")
        kept = desk.ticket(category="network", subcategory="vpn")

        moved = desk.do(desk.cast.dario, ticket, "reclassify", category="Telephone").json
        same = desk.do(desk.cast.dario, kept, "reclassify", category="Telephone").json

        assert texts(moved) == ("Telephone", None)
        assert texts(same) == ("Telephone", "vpn")

    @pytest.mark.parametrize("door", ["reclassify", "patch"])
    def test_declared_ones_alone_where_the_workspace_says_so(
        self, desk: ServiceDesk, declared: Any, door: str
    ) -> None:
        old = desk.ticket(category="Coffee", subcategory="Beans")
        declared_only(desk)

        def change(**said: str | None) -> Any:
            if door == "patch":
                return desk.patch(desk.cast.dario, desk.detail(desk.cast.dario, old), **said)
            return desk.do(desk.cast.dario, old, "reclassify", **said)

        assert change(category="Tea").json["known"] == ["Network"]
        assert change(subcategory="Leaves").status == 422
        assert change(category="Coffee", priority="low").status == 200
        assert texts(change(category="network", subcategory="VPN").json) == ("Network", "VPN")
        assert texts(change(category=None, subcategory=None).json) == (None, None)

    def test_what_is_declared_no_more_stays_on_tickets(self, desk: ServiceDesk, declared: Any) -> None:
        ticket = desk.ticket(category="network", subcategory="vpn")
        path = f"/v1/categories/{declared['id']}"
        desk.as_(desk.cast.ada).patch(path, {"name": "Networks", "subcategories": []})

        assert texts(desk.detail(desk.cast.carol, ticket)) == ("Network", "VPN")

        desk.as_(desk.cast.ada).delete(path)
        assert texts(desk.detail(desk.cast.carol, ticket)) == ("Network", "VPN")


class TestRaces:
    def test_two_admins_who_declare_the_same_get_one(self, connections: Connections, cast: Cast) -> None:
        def declare_it(name: str, tx: Any) -> Any:
            actor = principals.enter(tx, cast.acme, cast.ada.id)
            facts = {"subcategories": [], "team_id": None, "position": None, "active": True}
            return categories.make(tx, actor, {"name": name, **facts})["name"]

        answers = connections.at_once([partial(declare_it, name) for name in ("Fax", "FAX", "fax", "fAX")])

        made = [answer for answer in answers if isinstance(answer, str)]
        assert len(made) == 1
        assert {type(answer).__name__ for answer in answers} == {"str", "Conflict"}

    def test_a_category_that_goes_while_tickets_come_refuses_none(
        self, desk: ServiceDesk, declared: Any, connections: Connections, database: Database
    ) -> None:
        cast = desk.cast

        def open_one(tx: Any) -> Any:
            actor = principals.enter(tx, cast.acme, cast.carol.id)
            return create(tx, actor, NewTicket("A", "B", category="network"), source=Source.API).category

        def put_away(tx: Any) -> Any:
            actor = principals.enter(tx, cast.acme, cast.ada.id)
            return categories.change(tx, actor, declared["id"], {"active": False})["active"]

        answers = connections.at_once([open_one] * 6 + [put_away] + [open_one] * 6)

        assert answers[6] is False
        tickets = database.rows("SELECT category, team_id FROM tickets")
        assert len(tickets) == 12
        # Each as the desk was before or after, and nothing between.
        before = {"category": "Network", "team_id": cast.teams["Networks"]}
        after = {"category": "network", "team_id": cast.teams["Service desk"]}
        assert [ticket for ticket in tickets if ticket not in (before, after)] == []
