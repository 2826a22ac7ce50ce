"""Mentions: who is meant by `@` and a name, on which tickets, and who gets to know of it."""

from typing import Any
from uuid import UUID, uuid4

import pytest

from chalicelib.tickets.markdown import render
from chalicelib.tickets.markdown_rules import Said
from chalicelib.tickets.mentioning import Colleague, whom
from tests.support.cast import Person, person
from tests.support.database import Database
from tests.support.for_each import for_each
from tests.support.service_desk import ServiceDesk

ANA = Colleague(uuid4(), "Ana", "ana@acme.example")
ANA_DIAZ = Colleague(uuid4(), "Ana Diaz", "adiaz@acme.example")
ANGEL = Colleague(uuid4(), "Ángel O'Neil-Ruiz", "angel.o@acme.example")
BEN = Colleague(uuid4(), "Ben Brown", "bb@acme.example")
BEN_TOO = Colleague(uuid4(), "Ben Black", "black@acme.example")
EVERYBODY = (ANA, ANA_DIAZ, ANGEL, BEN, BEN_TOO)


class TestWhoIsMeant:
    @for_each(
        "text, meant",
        [
            ("ana", ANA),
            ("ANA, please", ANA),
            ("Ana.", ANA),
            ("Ana: look", ANA),
            ("Ana Diaz", ANA_DIAZ),
            ("ana  diaz's", ANA_DIAZ),
            ("Ana Diaz Lopez", ANA_DIAZ),
            ("Ana Dial", ANA),
            ("adiaz", ANA_DIAZ),
            ("ana@acme.example", ANA),
            ("ADIAZ@ACME.EXAMPLE.", ANA_DIAZ),
            ("ana@other.example", None),
            ("ana@acme.example.org", None),
            ("anabel", None),
            ("ana-lena", None),
            ("ana.diaz", None),
            ("ana_d", None),
            ("Ángel", ANGEL),
            ("A\u0301ngel O'Neil-Ruiz", ANGEL),
            ("angel.o", ANGEL),
            ("angel", None),
            ("Ben", None),
            ("Ben Brown", BEN),
            ("bb", BEN),
            ("nobody", None),
            ("", None),
        ],
    )
    def test_by_what_a_line_begins_with(self, text: str, meant: Colleague | None) -> None:
        assert whom(Said(text, False), EVERYBODY) == meant

    @pytest.mark.parametrize(
        ("text", "meant"),
        [("Ana Diaz", ANA_DIAZ), ("ana", ANA), ("Ana Diaz Lopez", None), ("bb", BEN), ("Ben", None)],
    )
    def test_by_what_stands_in_brackets_and_nothing_less(self, text: str, meant: Colleague | None) -> None:
        assert whom(Said(text, True), EVERYBODY) == meant

    def test_of_two_with_one_name_nobody_but_by_the_email(self) -> None:
        twin = Colleague(uuid4(), "ana diaz", "ana.diaz@acme.example")

        assert whom(Said("Ana Diaz", False), [*EVERYBODY, twin]) is None
        assert whom(Said("ana.diaz@acme.example", False), [*EVERYBODY, twin]) == twin


def names(comment: dict[str, Any]) -> list[str]:
    return [mention["name"] for mention in comment["mentions"]]


class TestMentioning:
    @pytest.mark.parametrize("visibility", ["public", "internal"])
    def test_is_answered_and_listed_to_the_staff_alone(self, desk: ServiceDesk, visibility: str) -> None:
        ticket = desk.networks_ticket()

        made = desk.comment(desk.cast.ana, ticket, "@dario, @[Ada]: please", visibility=visibility)

        expected = [{"id": str(who.id), "name": who.name} for who in (desk.cast.ada, desk.cast.dario)]
        assert made["mentions"] == expected
        assert desk.detail(desk.cast.ana, ticket)["comments"][0]["mentions"] == expected
        for shown in desk.detail(desk.cast.carol, ticket)["comments"]:
            assert "mentions" not in shown
            assert "deleted_by" not in shown

    def test_works_with_a_resolution_and_a_change(self, desk: ServiceDesk) -> None:
        ticket = desk.networks_ticket()
        desk.patch(desk.cast.dario, ticket, comment="@ana knows")
        desk.do(desk.cast.dario, ticket, "resolve", resolution="Thanks, @ana!")

        assert [names(c) for c in desk.detail(desk.cast.ada, ticket)["comments"]] == [["Ana"], ["Ana"]]

    def test_goes_by_the_team_that_the_same_change_gives(self, desk: ServiceDesk) -> None:
        ticket = desk.networks_ticket()
        apps = desk.cast.teams["Apps"]

        desk.patch(desk.cast.dario, ticket, team_id=apps, comment="@ben, not @ana, for it is of the app")

        (shown,) = desk.detail(desk.cast.ada, ticket)["comments"]
        assert names(shown) == ["Ben"]

    def test_by_a_customer_does_nothing(self, desk: ServiceDesk, database: Database) -> None:
        ticket = desk.networks_ticket()
        desk.comment(desk.cast.carol, ticket, "@ana @dario @ada")

        assert database.value("SELECT mentions FROM comments") == []

    def test_by_a_program_works(self, desk: ServiceDesk) -> None:
        ticket = desk.networks_ticket()
        body = {"name": "Monitor", "role": "dispatcher", "scopes": ["read", "write"], "expires_at": None}
        key = desk.as_(desk.cast.ada).post("/v1/api-keys", body).json["key"]

        made = desk.api.with_token(key).post(f"/v1/tickets/{ticket['id']}/comments", {"body": "@ana: down"})

        assert names(made.json) == ["Ana"]

    def test_is_of_staff_who_see_the_ticket_and_opens_it_to_nobody(
        self, desk: ServiceDesk, database: Database
    ) -> None:
        ticket = desk.networks_ticket()

        made = desk.comment(desk.cast.dario, ticket, "@ben @carol @ana @nobody", visibility="internal")

        assert names(made) == ["Ana"]
        assert desk.as_(desk.cast.ben).get(f"/v1/tickets/{ticket['id']}").status == 404

    @pytest.mark.parametrize(
        "arranged",
        [
            "UPDATE workspaces SET agent_visibility = 'all'",
            "UPDATE tickets SET assignee_id = :ben",
            "UPDATE tickets SET requester_id = :ben",
            "UPDATE team_members SET team_id = (SELECT team_id FROM tickets) WHERE user_id = :ben",
            "UPDATE users SET role = 'dispatcher' WHERE id = :ben",
        ],
    )
    def test_goes_by_what_an_agent_sees(self, desk: ServiceDesk, database: Database, arranged: str) -> None:
        ticket = desk.networks_ticket()
        values = {"ben": desk.cast.ben.id} if ":ben" in arranged else {}
        database.run(arranged, **values)

        assert names(desk.comment(desk.cast.dario, ticket, "@ben")) == ["Ben"]

    @pytest.mark.parametrize(
        "arranged",
        [
            "UPDATE users SET status = 'deactivated' WHERE id = :ana",
            "UPDATE users SET status = 'invited' WHERE id = :ana",
            "UPDATE users SET deleted_at = now() WHERE id = :ana",
            "UPDATE users SET role = 'customer' WHERE id = :ana",
        ],
    )
    def test_is_of_those_who_are_there(self, desk: ServiceDesk, database: Database, arranged: str) -> None:
        ticket = desk.networks_ticket()
        database.run(arranged, ana=desk.cast.ana.id)

        assert names(desk.comment(desk.cast.dario, ticket, "@ana @ana@acme.example @[Ana]")) == []

    def test_case_15_is_never_of_another_workspace(self, desk: ServiceDesk) -> None:
        made = desk.comment(
            desk.cast.dario, desk.networks_ticket(), "@mallory @mallory@globex.example @[Mallory]"
        )

        assert made["mentions"] == []

    def test_case_37_names_are_no_sql_and_no_patterns(self, desk: ServiceDesk) -> None:
        ticket = desk.networks_ticket()

        for text in (
            "@%",
            "@_na",
            "@a'; DROP TABLE users; --",
            "@[%]",
            "@[ana' OR '1'='1]",
            "@\\ana",
            "@İana",
        ):
            assert names(desk.comment(desk.cast.dario, ticket, text)) == []

    def test_survives_in_a_name_of_several_words(self, desk: ServiceDesk, database: Database) -> None:
        person(database, desk.cast.acme, "Ana María Díaz", "dispatcher", "x.example")
        ticket = desk.networks_ticket()

        assert names(desk.comment(desk.cast.dario, ticket, "@ana  maría\tdíaz, @ana")) == [
            "Ana",
            "Ana María Díaz",
        ]


class TestEditing:
    def edit(self, desk: ServiceDesk, who: Person, comment: dict[str, Any], body: str) -> dict[str, Any]:
        path = f"/v1/tickets/{comment['ticket_id']}/comments/{comment['id']}"
        reply = desk.as_(who).patch(path, {"body": body})
        assert reply.status == 200, reply.text
        return dict(reply.json)

    def test_says_who_is_mentioned_now_and_tells_of_the_new(
        self, desk: ServiceDesk, database: Database
    ) -> None:
        ticket = desk.networks_ticket()
        made = desk.comment(desk.cast.ana, ticket, "@dario: please")

        edited = self.edit(desk, desk.cast.ana, made, "@dario and @ada: please")

        assert names(edited) == ["Ada", "Dario"]
        meta = database.value("SELECT payload -> 'meta' FROM events WHERE type = 'ticket.comment_edited'")
        assert [UUID(user_id) for user_id in meta["mentioned"]] == [desk.cast.ada.id]

    def test_mentions_somebody_no_longer(self, desk: ServiceDesk, database: Database) -> None:
        made = desk.comment(desk.cast.ana, desk.networks_ticket(), "@dario: please")

        assert names(self.edit(desk, desk.cast.ana, made, "Never mind")) == []
        meta = database.value("SELECT payload -> 'meta' FROM events WHERE type = 'ticket.comment_edited'")
        assert "mentioned" not in meta


def test_a_thousand_colleagues_are_asked_for_by_an_index(desk: ServiceDesk, database: Database) -> None:
    """The staff of a desk with many customers is found without reading these."""
    database.run(
        "INSERT INTO users (workspace_id, email, name, role) "
        "SELECT :w, 'c' || n || '@customers.example', 'Customer ' || n, 'customer' "
        "FROM generate_series(1, 3000) n",
        w=desk.cast.acme,
    )
    database.run("ANALYZE users")
    from chalicelib.tickets.comment_queries import SAID

    plan = database.rows(
        f"EXPLAIN {SAID.text}",
        workspace_id=desk.cast.acme,
        agents_see_all=False,
        team_id=desk.cast.teams["Networks"],
        assignee_id=None,
        requester_id=desk.cast.carol.id,
        said=["ana"],
    )

    assert "users_workspace_id_staff_idx" in str(plan)


def test_the_corpus_of_names_is_read_in_time() -> None:
    said = render(" ".join(f"@colleague{number}" for number in range(500))).mentions
    colleagues = [Colleague(uuid4(), f"Colleague{n}", f"c{n}@acme.example") for n in range(200)]

    assert [found.name for each in said if (found := whom(each, colleagues))] == [
        f"Colleague{number}" for number in range(50)
    ]
