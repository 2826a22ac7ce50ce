"""Roll-ups hold what the tickets say, whatever was done to them, in whichever order they were counted."""

from collections.abc import Sequence
from functools import partial
from random import Random
from typing import Any

import pytest
from sqlalchemy import text

from chalicelib.core.db import Transaction
from tests.analytics.roll_ups import counted, held, rebuilt, refreshed
from tests.support.cast import Cast, person
from tests.support.connections import Connections
from tests.support.database import Database
from tests.support.desk import Desk
from tests.support.service_desk import ServiceDesk
from tests.support.walker import MOST_TICKETS, PEOPLE, WHAT, Step, Walker

REFRESH = text("CALL sp_rollup_refresh(:w, CAST(:t AS uuid[]))")
# Half an hour off UTC, and where midnight is skipped and repeated.
ZONES = ("Asia/Kolkata", "America/Havana")
OLDER = """
    UPDATE {table} SET {column} = {column} - make_interval(hours => :h) WHERE {ticket} = :t
    AND {column} IS NOT NULL
"""
TIMES = (
    *(("tickets", column, "id") for column in ("created_at", "resolved_at", "closed_at", "finished_at")),
    ("timeline_entries", "created_at", "ticket_id"),
    *(("sla_targets", column, "ticket_id") for column in ("started_at", "fulfilled_at", "breached_at")),
    ("comments", "created_at", "ticket_id"),
    ("ratings", "rated_at", "ticket_id"),
)


@pytest.fixture
def rows(database: Database, cast: Cast) -> Desk:
    return Desk(database, cast)


def test_a_ticket_counts_for_its_creation(database: Database, cast: Cast, rows: Desk) -> None:
    ticket = rows.ticket(cast.carol)

    refreshed(database, cast.acme, [ticket])

    (figures,) = database.rows(
        "SELECT * FROM fn_insight_figures(:w, current_date - 1, current_date + 1)", w=cast.acme
    )
    assert (figures["created"], figures["resolved"], figures["previous"]) == (1, 0, False)
    assert_right(database, cast)


@pytest.mark.parametrize("seed", range(4))
def test_whatever_people_do_the_sums_are_those_counted_one_by_one(
    database: Database, cast: Cast, desk: ServiceDesk, seed: int
) -> None:
    """Counted now and then, some tickets twice and some not at all, and at last all that was touched."""
    dice = Random(seed)
    walker = Walker(desk, database, person(database, cast.acme, "Cleo", "customer", "customers.example"))
    for number in range(70):
        walker.take(step(dice))
        if number % 7 == 0:
            card = dice.choice(walker.model.cards)
            into_the_past(database, card.id, dice.choice([1, 5, 30, 24 * 60]))
            rated(database, card.id, dice.randrange(1, 6))
            ids = [card.id for card in walker.model.cards]
            refreshed(database, cast.acme, dice.choices(ids, k=dice.randrange(1, len(ids) + 2)))
    ids = [card.id for card in walker.model.cards]
    dice.shuffle(ids)

    for ticket in ids:
        refreshed(database, cast.acme, [ticket])

    assert_right(database, cast)
    before = held(database, cast.acme)
    rebuilt(database, cast.acme)
    assert held(database, cast.acme) == before


def test_who_counts_while_another_one_does_looks_once_that_is_done(
    database: Database, cast: Cast, rows: Desk, connections: Connections
) -> None:
    ticket = rows.ticket(cast.carol)
    refreshed(database, cast.acme, [ticket])
    values = {"w": cast.acme, "t": [str(ticket)]}

    def change_and_count(tx: Transaction) -> None:
        tx.connection.exec_driver_sql(f"SELECT set_config('app.workspace_id', '{cast.acme}', true)")
        tx.connection.exec_driver_sql(f"UPDATE tickets SET priority = 'urgent' WHERE id = '{ticket}'")
        tx.connection.execute(REFRESH, values)

    connections.behind(change_and_count, lambda tx: tx.connection.execute(REFRESH, values))

    assert_right(database, cast)


def test_many_who_count_at_once_count_each_ticket_once(
    database: Database, cast: Cast, rows: Desk, connections: Connections
) -> None:
    dice = Random(7)
    tickets = [rows.ticket(cast.carol, assignee=dice.choice([cast.ana, cast.ben])) for _ in range(6)]
    refreshed(database, cast.acme, tickets)

    def refresh(tx: Transaction, some: Sequence[Any]) -> None:
        tx.connection.execute(REFRESH, {"w": cast.acme, "t": [str(each) for each in some]})

    def change(tx: Transaction, ticket: Any) -> None:
        tx.connection.exec_driver_sql(f"SELECT set_config('app.workspace_id', '{cast.acme}', true)")
        tx.connection.exec_driver_sql(
            "UPDATE tickets SET priority = CASE priority WHEN 'low' THEN 'high' ELSE 'low' END "
            f"WHERE id = '{ticket}'"
        )

    def queue() -> list[Any]:
        units: list[Any] = []
        for _ in range(15):
            some = dice.sample(tickets, 5)
            units += [partial(change, ticket=some[0]), partial(refresh, some=some)]
        return units

    given = connections.side_by_side([queue() for _ in range(4)])

    assert [each for results in given for each in results if each is not None] == []
    assert_right(database, cast)


def test_a_deleted_ticket_counts_for_nothing_until_it_is_restored(
    database: Database, cast: Cast, desk: ServiceDesk
) -> None:
    ticket = desk.in_status("resolved")
    refreshed(database, cast.acme, [ticket["id"]])
    whole = held(database, cast.acme)
    desk.as_(cast.ada).delete(f"/v1/tickets/{ticket['id']}")

    refreshed(database, cast.acme, [ticket["id"]])

    assert held(database, cast.acme).days == {}
    assert held(database, cast.acme).stocks == {}
    assert database.value("SELECT count(*) FROM ticket_rollups WHERE workspace_id = :w", w=cast.acme) == 0
    desk.do(cast.ada, ticket, "restore")
    refreshed(database, cast.acme, [ticket["id"]])
    assert held(database, cast.acme) == whole


def test_a_purged_ticket_takes_with_it_what_it_counted_for(
    database: Database, cast: Cast, rows: Desk
) -> None:
    gone, stays = rows.ticket(cast.carol, status="closed"), rows.ticket(cast.carol)
    rows.ticket(cast.carol, status="closed")
    database.run("UPDATE workspaces SET retention_days = 30 WHERE id = :w", w=cast.acme)
    rebuilt(database, cast.acme)
    database.run("UPDATE tickets SET finished_at = now() - interval '40 days' WHERE id = :t", t=gone)

    database.run("CALL sp_purge_tickets(10)")

    assert database.value("SELECT count(*) FROM tickets WHERE id = :t", t=gone) == 0
    assert database.value("SELECT count(*) FROM tickets WHERE id = :t", t=stays) == 1
    assert_right(database, cast)


@pytest.mark.parametrize("zone", ZONES)
def test_other_clocks_count_all_days_anew(database: Database, cast: Cast, rows: Desk, zone: str) -> None:
    """Small desks at once; until that is done, days are those of the old clocks."""
    tickets = [rows.ticket(cast.carol, status="resolved") for _ in range(30)]
    for number, ticket in enumerate(tickets):
        into_the_past(database, str(ticket), number)
    rebuilt(database, cast.acme)
    before = held(database, cast.acme)
    database.run("UPDATE workspaces SET timezone = :z WHERE id = :w", z=zone, w=cast.acme)
    assert held(database, cast.acme) == before

    refreshed(database, cast.acme, [])

    assert held(database, cast.acme).days != before.days
    assert_right(database, cast)


def test_a_ticket_from_long_ago_is_counted_and_holds_up_no_other(
    database: Database, cast: Cast, rows: Desk
) -> None:
    """Seconds end at those of 68 years."""
    old, other = rows.ticket(cast.carol, status="resolved"), rows.ticket(cast.carol)
    database.run("UPDATE tickets SET created_at = '1900-01-01T00:00:00Z' WHERE id = :t", t=old)

    refreshed(database, cast.acme, [old, other])

    assert held(database, cast.acme).stocks == counted(database, cast.acme).stocks
    figures = "SELECT resolution_seconds FROM fn_insight_figures(:w, current_date - 1, current_date + 1)"
    assert database.value(figures, w=cast.acme) == 2**31 - 1


def test_an_event_of_a_workspace_that_is_none_is_no_matter(database: Database) -> None:
    refreshed(database, database.value("SELECT uuidv7()"), [database.value("SELECT uuidv7()")])

    assert database.value("SELECT count(*) FROM rollup_generations") == 0


def test_a_ticket_of_another_workspace_counts_there_alone(database: Database, cast: Cast, rows: Desk) -> None:
    ticket = rows.ticket(cast.carol)

    refreshed(database, cast.globex, [ticket])

    assert database.value("SELECT count(*) FROM ticket_facts") == 0


def step(dice: Random) -> Step:
    numbers = (dice.randrange(12), dice.randrange(12), dice.randrange(12))
    who, what, ticket = dice.choice([*PEOPLE]), dice.choice(WHAT), dice.randrange(MOST_TICKETS)
    return Step(who, what, ticket, numbers, "none", dice.random() < 0.9)


def into_the_past(database: Database, ticket: str, hours: int) -> None:
    for table, column, key in TIMES:
        database.run(OLDER.format(table=table, column=column, ticket=key), h=hours, t=ticket)


def rated(database: Database, ticket: str, score: int) -> None:
    database.run(
        "INSERT INTO ratings (workspace_id, ticket_id, cycle, ended_at, user_id, team_id, score, rated_at) "
        "SELECT workspace_id, id, 1 + (SELECT count(*) FROM ratings r WHERE r.ticket_id = t.id), now(), "
        "requester_id, team_id, :s, now() FROM tickets t WHERE id = :t",
        t=ticket,
        s=score,
    )


def assert_right(database: Database, cast: Cast) -> None:
    found, meant = held(database, cast.acme), counted(database, cast.acme)
    assert found.stocks == meant.stocks
    assert found.days == meant.days
    assert found.times == meant.times
    assert found.hours == meant.hours
