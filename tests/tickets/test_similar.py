"""Similar tickets: by the words that matter, as far as one may see them."""

import json
from typing import Any

import pytest
from sqlalchemy import text

from chalicelib.core.db import Transaction
from chalicelib.tickets import search_queries, similar
from tests.support.cast import Person
from tests.support.connections import Connections
from tests.support.database import Database
from tests.support.for_each import for_each
from tests.support.plans import plan_of
from tests.support.service_desk import ServiceDesk
from tests.support.statements import recorded

VPN = {"subject": "VPN drops every hour", "description": "The tunnel to Frankfurt dies with error 809."}


def alike(desk: ServiceDesk, ticket: dict[str, Any], who: Person | None = None, **query: Any) -> list[Any]:
    path = f"/v1/tickets/{ticket['id']}/similar?" + "&".join(f"{k}={v}" for k, v in query.items())
    reply = desk.as_(who or desk.cast.dario).get(path)
    assert reply.status == 200, reply.text
    return list(reply.json["items"])


def numbers(items: list[Any]) -> list[int]:
    return [item["ticket"]["number"] for item in items]


@pytest.fixture
def others(desk: ServiceDesk) -> None:
    """Numbers 1 to 12: a desk's ordinary day, in which every ticket speaks of the same office."""
    for thing in ("printer", "scanner", "monitor", "keyboard", "phone", "badge"):
        desk.ticket(subject=f"The {thing} is broken", description=f"My {thing} in the office does not work.")
        desk.networks_ticket(subject=f"New {thing}", description=f"We need a {thing} in the office.")


@pytest.mark.usefixtures("others")
class TestWhatIsSimilar:
    def test_what_has_the_same_words_the_more_the_better(self, desk: ServiceDesk) -> None:
        ticket = desk.ticket(**VPN)
        same = desk.ticket(**VPN)
        close = desk.ticket(subject="Tunnel to Frankfurt", description="It says error 809 in the office.")
        desk.ticket(subject="Coffee", description="There is none in the office.")

        items = alike(desk, ticket)

        assert numbers(items) == [same["number"], close["number"]]
        assert items[0]["score"] == 1
        assert 0.1 < items[1]["score"] < 1

    def test_a_solved_one_too_and_one_that_is_archived(self, desk: ServiceDesk) -> None:
        solved, archived = desk.networks_ticket(**VPN), desk.networks_ticket(**VPN)
        for ticket in (solved, archived):
            assert desk.do(desk.cast.dario, ticket, "resolve", resolution="A new cable.").status == 200
        assert desk.do(desk.cast.dario, archived, "close").status == 200
        assert desk.do(desk.cast.dario, archived, "archive").status == 200

        items = alike(desk, desk.ticket(**VPN))

        assert {(item["ticket"]["label"], item["ticket"]["status"]) for item in items} == {
            (solved["label"], "resolved"),
            (archived["label"], "closed"),
        }

    def test_one_in_whose_comments_it_stands(self, desk: ServiceDesk) -> None:
        other = desk.networks_ticket(subject="No network", description="Since noon.")
        desk.comment(desk.cast.dario, other, "The VPN tunnel to Frankfurt: error 809.", visibility="internal")
        ticket = desk.ticket(**VPN)

        assert numbers(alike(desk, ticket)) == [other["number"]]
        assert numbers(alike(desk, ticket, desk.cast.carol)) == []

    def test_not_itself_nor_what_was_merged_with_it_nor_what_is_deleted(self, desk: ServiceDesk) -> None:
        ticket, merged, deleted = (desk.networks_ticket(**VPN) for _ in range(3))
        assert desk.do(desk.cast.dario, merged, "merge", into_id=ticket["id"]).status == 200
        desk.as_(desk.cast.ada).delete(f"/v1/tickets/{deleted['id']}")

        assert alike(desk, ticket) == []
        assert alike(desk, merged) == []

    def test_none_by_tags_or_by_who_asked(self, desk: ServiceDesk) -> None:
        desk.networks_ticket(subject="One", description="Alpha beta", tags=["frankfurt"])
        ticket = desk.ticket(
            desk.cast.dario, subject="Carol", description="frankfurt", requester_id=desk.cast.chris.id
        )

        assert alike(desk, ticket) == []

    def test_as_many_as_asked_for(self, desk: ServiceDesk) -> None:
        tickets = [desk.ticket(**VPN) for _ in range(4)]

        assert numbers(alike(desk, tickets[0], limit=2)) == [tickets[3]["number"], tickets[2]["number"]]

    @for_each("limit", ["0", "21", "x", "-1"])
    def test_another_limit_is_refused(self, desk: ServiceDesk, limit: str) -> None:
        ticket = desk.ticket()

        reply = desk.as_(desk.cast.ada).get(f"/v1/tickets/{ticket['id']}/similar?limit={limit}")

        assert (reply.status, reply.json["errors"][0]["field"]) == (422, "limit")

    @for_each("said", ["the", "!!!", "' | & : * \\ '", "\U0001f600", "x" * 3000, "a b c d e"])
    def test_of_a_text_without_words_none(self, desk: ServiceDesk, said: str) -> None:
        ticket = desk.ticket(subject=said[:200], description=said)

        assert alike(desk, ticket) == []

    def test_words_as_the_workspaces_language_has_them(self, desk: ServiceDesk, database: Database) -> None:
        database.run("UPDATE workspaces SET language = 'es' WHERE id = :w", w=desk.cast.acme)
        one = desk.ticket(subject="Contraseñas vencidas", description="No hay sesiones")
        other = desk.ticket(subject="contrasena vencida", description="no hay sesion")

        assert numbers(alike(desk, one)) == [other["number"]]


@pytest.mark.usefixtures("others")
class TestWhoSeesWhat:
    def test_case_16_to_a_customer_no_score_tells_how_often_others_use_a_word(
        self, desk: ServiceDesk
    ) -> None:
        """Else two tickets of one's own would find out what notes and strangers speak of."""
        carol, chris = desk.cast.carol, desk.cast.chris
        ticket = desk.ticket(carol, subject="Quetzal ocelot", description="Both of them.")
        desk.ticket(carol, subject="Quetzal", description="One of them.")
        before = alike(desk, ticket, carol)

        for _ in range(3):
            theirs = desk.ticket(chris, subject="Quetzal", description="His own.")
            desk.comment(desk.cast.dario, theirs, "The quetzal again.", visibility="internal")

        assert alike(desk, ticket, carol) == before

    def test_17_an_agent_those_of_its_teams(self, desk: ServiceDesk) -> None:
        ticket, seen = desk.networks_ticket(**VPN), desk.networks_ticket(**VPN)
        desk.networks_ticket(**VPN, team_id=desk.cast.teams["Apps"])

        assert numbers(alike(desk, ticket, desk.cast.ana)) == [seen["number"]]

    def test_a_customer_own_ones(self, desk: ServiceDesk) -> None:
        ticket, own = desk.ticket(**VPN), desk.ticket(**VPN)
        desk.ticket(desk.cast.chris, **VPN)

        assert numbers(alike(desk, ticket, desk.cast.carol)) == [own["number"]]

    def test_another_tenant_nothing(self, desk: ServiceDesk) -> None:
        ticket, foreign = desk.ticket(**VPN), desk.ticket(desk.cast.mallory, **VPN)

        assert alike(desk, ticket) == []
        assert alike(desk, foreign, desk.cast.mallory) == []

    def test_to_a_hidden_ticket_none_is_told(self, desk: ServiceDesk) -> None:
        ticket = desk.ticket(**VPN)

        for who in (desk.cast.chris, desk.cast.ben, desk.cast.mallory):
            assert desk.as_(who).get(f"/v1/tickets/{ticket['id']}/similar").status == 404


def test_no_table_is_read_whole(desk: ServiceDesk, connections: Connections, database: Database) -> None:
    ticket = desk.ticket(**VPN)
    database.run(
        "INSERT INTO tickets (workspace_id, number, label, subject, description, requester_id, team_id) "
        "SELECT t.workspace_id, 1000 + n, 'T-' || n, 'Some thing', 'tunnel ' || n, t.requester_id, t.team_id "
        "FROM tickets t, generate_series(1, 1000) n"
    )
    database.run("ANALYZE tickets, search_documents")
    with recorded() as sent:
        alike(desk, ticket)
    (statement,) = [each for each in sent if "fn_similar" in each.sql]

    plan = plan_of(connections, desk.cast.dario, statement)

    assert "Function Scan on fn_similar" in plan
    assert "Seq Scan" not in plan


MANY = """
    INSERT INTO tickets (workspace_id, number, label, subject, description, requester_id, team_id)
    SELECT t.workspace_id, 1000 + n, 'T-' || n, (ARRAY['The vpn', 'It drops', 'A tunnel'])[n % 3 + 1],
        'office ' || n, t.requester_id, t.team_id
    FROM tickets t, generate_series(1, 20000) n WHERE t.id = :like
"""
# It goes on from one transaction to the next until the server collects it.
READ = """
    SELECT sum(seq_tup_read + idx_tup_fetch)::integer FROM pg_stat_xact_user_tables
    WHERE relname = 'search_documents'
"""


class TestOfManyThatSayTheSame:
    @pytest.fixture
    def tickets(self, desk: ServiceDesk, database: Database) -> dict[str, Any]:
        """Carol's old one with the rare word, Chris's 20,000 with one of the others, today's with all."""
        old = desk.ticket(subject="VPN", description="The Frankfurt tunnel drops.")
        database.run(MANY, like=desk.ticket(desk.cast.chris, subject="Coffee")["id"])
        database.run("ANALYZE tickets, search_documents")
        return {"old": old, "new": desk.ticket(subject="The VPN drops", description="Tunnel to Frankfurt")}

    def test_few_are_read_and_the_one_with_the_rare_word_comes_first(
        self, desk: ServiceDesk, database: Database, tickets: dict[str, Any]
    ) -> None:
        for who in (desk.cast.dario, desk.cast.carol):
            assert numbers(alike(desk, tickets["new"], who))[0] == tickets["old"]["number"]
        database.run("SELECT set_config('app.workspace_id', :w, false)", w=str(desk.cast.acme))
        read = {}
        looking = {
            "dario": {"staff": True},
            "ana": {"staff": True, "person": str(desk.cast.ana.id), "teams": [desk.cast.teams["Networks"]]},
            "chris": {"staff": False, "person": str(desk.cast.chris.id), "organisation": None},
        }
        for name, asked in looking.items():
            database.run("BEGIN")
            before = database.value(READ)
            database.rows(
                "SELECT * FROM fn_similar(CAST(:t AS uuid), CAST(:a AS jsonb), 10)",
                t=tickets["new"]["id"],
                a=json.dumps(asked, default=str),
            )
            read[name] = database.value(READ) - before
            database.run("ROLLBACK")

        # 2,000 of the newest, 3,000 by the index, and what is weighed of them once more.
        assert max(read.values()) < 10_000


def test_what_takes_too_long_is_none_and_no_error(desk: ServiceDesk, monkeypatch: pytest.MonkeyPatch) -> None:
    def sleep(tx: Transaction, *_: Any) -> Any:
        return tx.connection.execute(text("SELECT pg_sleep(5)")).all()

    monkeypatch.setattr(similar, "LONGEST", 20)
    monkeypatch.setattr(search_queries, "similar", sleep)

    assert alike(desk, desk.ticket(**VPN)) == []
