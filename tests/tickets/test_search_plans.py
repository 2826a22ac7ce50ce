"""How a search is run: by the index of words for what is rare, from the newest on for what is everywhere, and
never over a whole table."""

import json
from itertools import product
from typing import Any

import pytest

from chalicelib.accounts import principals
from chalicelib.tickets import searching
from tests.support.cast import Person
from tests.support.connections import Connections
from tests.support.database import Database
from tests.support.for_each import for_each
from tests.support.made_once import MadeOnce
from tests.support.plans import plan_of
from tests.support.service_desk import ServiceDesk
from tests.support.statements import recorded

WORDS = "search_documents_vector_idx"
NEWEST_FIRST = "Scan Backward using tickets_"
MANY = """
    INSERT INTO tickets (workspace_id, number, label, subject, description, requester_id, team_id)
    SELECT t.workspace_id, 1000 + n, 'TKT-2026-' || 1000 + n,
        'Everywhere ' || CASE WHEN n % 500 = 0 THEN 'rarely' ELSE 'often' END, 'word' || n, :requester,
        t.team_id
    FROM tickets t, generate_series(1, 4000) n WHERE t.number = 1 AND t.workspace_id = :workspace
"""


@pytest.fixture(scope="class")
def many(desk: ServiceDesk, database: Database) -> None:
    """Two workspaces with 4,001 tickets each, of which Chris and Mallory asked for nearly all: so many that
    to read them all is never the cheapest, however tightly the rows lie."""
    for first, other in ((desk.cast.carol, desk.cast.chris), (desk.cast.mallory, desk.cast.mallory)):
        desk.ticket(first)
        database.run(MANY, requester=other.id, workspace=first.workspace_id)
    database.run("ANALYZE tickets, search_documents, comments")


def inner_plans(
    connections: Connections, database: Database, who: Person, typed: str, newest: int | None = None
) -> list[str]:
    """How fn_search would look for the words, with the rights and the settings that it has: for tickets,
    and for their ranks. `newest`: among so many."""
    actor = connections.run(lambda tx: principals.enter(tx, who.workspace_id, who.id))
    asked = json.loads(searching.asked(actor, typed, {"not_archived": None}))
    settings = database.value("SELECT proconfig FROM pg_proc WHERE proname = 'fn_search'")
    database.run("BEGIN")
    try:
        database.run("SET LOCAL ROLE mesa_definer")
        for setting in settings:
            name, value = setting.split("=")
            database.run(f"SET LOCAL {name} = {value}")
        statements = [
            database.value(
                "SELECT fn_search_statement(:w, CAST(:a AS jsonb), "
                "fn_search_query(:w, 'en', :typed, :staff), NULL, CAST(:newest AS integer))",
                w=who.workspace_id,
                a=json.dumps({**asked, "ranked": ranked}),
                typed=typed,
                staff=asked["staff"],
                newest=newest,
            )
            for ranked in (False, True)
        ]
        plans = [database.rows(f"EXPLAIN {statement}") for statement in statements]
        return ["\n".join(row["QUERY PLAN"] for row in plan) for plan in plans]
    finally:
        database.run("ROLLBACK")


@pytest.mark.usefixtures("many")
class TestPlans(MadeOnce):
    @pytest.mark.parametrize("typed", ["word77", "rarely", "everywhere rarely", "word7", '"often word77"'])
    def test_what_is_rare_by_the_index_of_words(
        self, desk: ServiceDesk, connections: Connections, database: Database, typed: str
    ) -> None:
        for plan in inner_plans(connections, database, desk.cast.dario, typed):
            assert WORDS in plan
            assert "Seq Scan" not in plan
            # Nothing else is read to find out whose it is.
            assert "BitmapAnd" not in plan

    def test_what_is_everywhere_from_the_newest_on(
        self, desk: ServiceDesk, connections: Connections, database: Database
    ) -> None:
        for plan in inner_plans(connections, database, desk.cast.dario, "everywhere often", newest=30_000):
            assert NEWEST_FIRST in plan
            assert "Seq Scan" not in plan

    def test_among_the_few_of_a_customer_from_those(
        self, desk: ServiceDesk, connections: Connections, database: Database
    ) -> None:
        for plan in inner_plans(connections, database, desk.cast.carol, "everywhere often"):
            assert "tickets_workspace_id_requester_id_idx" in plan
            assert "Seq Scan" not in plan

    @pytest.mark.parametrize("more", ["", "&sort=relevance", "&status=new&sort=-priority"])
    @pytest.mark.parametrize("who", ["dario", "ana", "carol"])
    def test_the_list_itself_under_row_level_security(
        self, desk: ServiceDesk, connections: Connections, who: str, more: str
    ) -> None:
        person: Person = getattr(desk.cast, who)
        with recorded() as sent:
            assert desk.as_(person).get(f"/v1/tickets?query=rarely{more}").status == 200
        (statement,) = [each for each in sent if "fn_search(" in each.sql]

        plan = plan_of(connections, person, statement)

        assert "Function Scan on fn_search" in plan
        # Once, not for each ticket.
        assert "relevance" in more or "InitPlan" in plan
        # The promises of these few tickets may lie on one page, which is read whole.
        for table in ("tickets t", "search_documents", "comments"):
            assert f"Seq Scan on {table}" not in plan

    def test_no_neighbours_words_are_read(self, desk: ServiceDesk, database: Database) -> None:
        keys: list[Any] = database.rows(
            "SELECT DISTINCT d.workspace_id, left(w.lexeme, 9) AS key "
            "FROM search_documents d, unnest(d.vector) w"
        )

        assert {(row["workspace_id"], row["key"]) for row in keys} == {
            (workspace, f"{str(workspace)[-8:]}:") for workspace in (desk.cast.acme, desk.cast.globex)
        }


@pytest.fixture
def six_and_six(desk: ServiceDesk, database: Database) -> None:
    """Printers are of former times: of the newest 6 tickets none speaks of one."""
    for number in range(1, 13):
        desk.ticket(subject="A printer" if number <= 6 else "A scanner")
    database.run("ANALYZE search_documents")


@for_each("newest, ranked", product([3, 6, 8, 12, 100], [False, True]))
def test_among_the_newest_or_by_the_index_the_same_is_found(
    desk: ServiceDesk, database: Database, six_and_six: None, newest: int, ranked: bool
) -> None:
    asked = {"words": "printer", "staff": True, "only": {}, "most": 2, "often": 0, "ranked": ranked}
    database.run("SELECT set_config('app.workspace_id', :w, false)", w=str(desk.cast.acme))

    found = database.rows(
        "SELECT t.number, f.rank > 0 AS ranked FROM fn_search(CAST(:a AS jsonb)) f "
        "JOIN tickets t ON t.id = f.ticket_id ORDER BY t.number",
        a=json.dumps({**asked, "newest": newest}),
    )

    assert found == [{"number": number, "ranked": ranked} for number in (5, 6)]
