"""Every list of a large desk reads an index: each condition in each order for everybody who lists, under
row-level security. And it finds what there is. A new condition or order is among them by itself. So it is
with the pages of files, and with one ticket."""

import json
from collections.abc import Iterator, Mapping
from itertools import product
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import Engine, text

from benchmarks.desks import Desks
from chalicelib.accounts.actor import Actor
from chalicelib.analytics import export_columns, export_queries
from chalicelib.core.db import Transaction
from chalicelib.core.paging import Page, encode
from chalicelib.tickets import listing, searching, views
from chalicelib.tickets.listing import CONDITIONS, SORTS, VALUE, Filter
from chalicelib.tickets.visibility import visible_to
from local.postgres import Cluster
from tests.support.large_desk import PEOPLE, TICKETS, engine_of, enter, loaded

# Rows that a list of 26 may look at, of 10,000 that the workspace has.
MOST = 3_000
# As many as a page reads anyway, however large the desk is.
SMALL = 1_000

ORDERS = [f"{sign}{sort}" for sort, sign in product(SORTS, ("", "-")) if sort != "rank"]


@pytest.fixture(scope="module")
def desks(cluster: Cluster) -> Iterator[Desks]:
    with loaded(cluster, rolled_up=False) as desks:
        yield desks


@pytest.fixture(scope="module")
def engine(desks: Desks) -> Iterator[Engine]:
    with engine_of(desks) as engine:
        yield engine


@pytest.fixture(scope="module")
def large(desks: Desks) -> set[str]:
    """The tables of which no list may read all."""
    database = desks.database(TICKETS)
    found = database.rows(
        "SELECT relname FROM pg_class WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace "
        "AND reltuples > :most",
        most=SMALL,
    )
    database.close()
    names = {row["relname"] for row in found}
    assert {"tickets", "ticket_tags", "sla_targets", "ticket_field_values", "users"} <= names
    return names


def values(tx: Transaction, actor: Actor, condition: str) -> dict[str, Any]:
    """What each condition is asked with: what few tickets have, and what many have."""
    one = {
        "organisation": "SELECT organisation_id FROM users WHERE email = 'customer1@customers.example'",
        "team": "SELECT team_id FROM tickets ORDER BY created_at LIMIT 1",
        "requester": "SELECT id FROM users WHERE email = 'customer2@customers.example'",
        "assignee": "SELECT id FROM users WHERE email = 'agent13@desk.example'",
        "at": "SELECT created_at FROM tickets ORDER BY created_at DESC OFFSET 200 LIMIT 1",
        "room": "SELECT custom_fields ->> 'room' FROM tickets WHERE custom_fields ? 'room' LIMIT 1",
    }

    def found(what: str) -> Any:
        return tx.connection.scalar(text(one[what]))

    if condition.startswith("field_"):
        return {condition: json.dumps(["room", found("room")])}
    if condition in ("team", "organisation", "requester", "assignee"):
        return {condition: found(condition)}
    if condition.endswith(("_after", "_before")):
        return {condition: found("at")}
    known: Mapping[str, Any] = {
        "status": ["pending", "on_hold"],
        "priority": ["urgent"],
        "type": ["incident"],
        "teams": list(actor.team_ids),
        "tag": "rare",
        "query": searching.asked(actor, "zeppelin", {"not_archived": None}),
    }
    assert condition in known, f"Say here what {condition} is asked with."
    return {condition: known[condition]}


def looked_at(plan: Mapping[str, Any], large: set[str]) -> Iterator[tuple[str, int]]:
    """What each part of a plan reads, and how many rows of it."""
    if relation := plan.get("Relation Name"):
        assert plan["Node Type"] != "Seq Scan" or relation not in large, f"reads all of {relation}"
        rows = (plan["Actual Rows"] + plan.get("Rows Removed by Filter", 0)) * plan["Actual Loops"]
        # An index alone is read at a tenth of what rows cost.
        share = 10 if plan["Node Type"] == "Index Only Scan" else 1
        yield plan.get("Index Name", relation), round(rows / share)
    for part in plan.get("Plans", ()):
        yield from looked_at(part, large)


def read_by(tx: Transaction, sql: str, values: Mapping[str, Any], large: set[str]) -> dict[str, int]:
    """How many rows a statement looks at, by table or index."""
    plan = tx.connection.scalar(text(f"EXPLAIN (ANALYZE, TIMING OFF, FORMAT JSON) {sql}"), values)
    return dict(looked_at(plan[0]["Plan"], large))


def filters(tx: Transaction, actor: Actor) -> Iterator[tuple[str, dict[str, Any]]]:
    """Each condition by its name, with what it is asked with, beside what all lists ask."""
    for condition in CONDITIONS:
        asks = VALUE.search(CONDITIONS[condition]) is not None
        conditions = values(tx, actor, condition) if asks else {condition: None}
        yield condition, conditions if "archived" in condition else {**conditions, "not_archived": None}


@pytest.mark.parametrize("sort", ORDERS)
@pytest.mark.parametrize("who", PEOPLE)
def test_a_list_reads_little_in_every_order(
    desks: Desks, engine: Engine, large: set[str], who: str, sort: str
) -> None:
    too_much = {}
    with engine.begin() as connection:
        tx = Transaction(connection)
        actor = enter(desks, tx, who)
        for condition, conditions in filters(tx, actor):
            sight, seen = listing._sight(actor, Filter(conditions, sort))
            statement = listing._page(sight, tuple(sorted(conditions)), sort, False)
            keys = {"workspace_id": actor.workspace.id, "take": 26, "skip": 0}
            read = read_by(tx, statement.text, {**keys, **seen, **listing.bound(conditions)}, large)
            if max(read.values()) > MOST:
                too_much[condition] = read

    assert too_much == {}


@pytest.mark.parametrize("sort", ["-created_at", "due_at"])
@pytest.mark.parametrize("who", PEOPLE)
def test_what_is_looked_for_reason_by_reason_is_what_any_of_them_shows(
    desks: Desks, engine: Engine, who: str, sort: str
) -> None:
    with engine.begin() as connection:
        tx = Transaction(connection)
        actor = enter(desks, tx, who)
        visible, seen = visible_to(actor)
        for condition, conditions in filters(tx, actor):
            where = " AND ".join(listing._where(visible, tuple(sorted(conditions))))
            order = listing._in_order(sort)
            expected = connection.scalars(
                text(f"SELECT t.id FROM tickets t WHERE {where} {order} LIMIT 50"),
                {"workspace_id": actor.workspace.id, **seen, **listing.bound(conditions)},
            ).all()

            wanted = Filter(conditions, sort)
            first = listing.page_of(tx, actor, wanted, Page(25))
            found = [row.id for row in first[:25]]
            if len(first) > 25:
                cursor = encode(sort, listing.sort_key(first[24], sort))
                found += [row.id for row in listing.page_of(tx, actor, wanted, Page(25, cursor))[:25]]

            assert found == expected, condition


@pytest.mark.parametrize("resource", ["tickets", "comments", "timeline"])
@pytest.mark.parametrize("who", ["admin", "agent of three teams"])
def test_a_page_of_a_file_reads_as_little_whatever_is_asked(
    desks: Desks, engine: Engine, large: set[str], who: str, resource: str
) -> None:
    """Each condition, also where next to nothing is meant by it."""
    too_much = {}
    with engine.begin() as connection:
        tx = Transaction(connection)
        actor = enter(desks, tx, who)
        for condition, conditions in filters(tx, actor):
            wanted = export_queries.of_tickets(resource, visible_to(actor), conditions, {})
            names = export_columns.chosen(resource, None, ["room"], csv=True)
            statement = export_queries._page(resource, wanted.conditions, wanted.narrowed, names, True)
            bounds = {"after_id": export_queries.BEFORE_ALL, "until_id": UUID(int=2**128 - 1)}
            bounds |= {"looked_at": 200, "bytes": export_queries.BYTES, "began": actor.now}
            keys = {"workspace_id": actor.workspace.id, **bounds, **wanted.values}
            read = read_by(tx, statement.text, keys, large)
            if max(read.values()) > MOST:
                too_much[condition] = read

    assert too_much == {}


@pytest.mark.parametrize("who", PEOPLE)
def test_one_ticket_is_shown_without_a_look_at_others(
    desks: Desks, engine: Engine, large: set[str], who: str
) -> None:
    with engine.begin() as connection:
        tx = Transaction(connection)
        actor = enter(desks, tx, who)
        visible, seen = visible_to(actor)
        one = listing.page_of(tx, actor, Filter({}, "-created_at"), Page(1))[0].id
        keys = {"workspace_id": actor.workspace.id, "id": one, **seen}
        assert max(read_by(tx, views._one(visible, seen_only=True).text, keys, large).values()) <= 100
