"""Row-level security by itself (case 24): whatever the app's SQL forgets, no row of another's passes."""

import json
import random
from collections.abc import Iterator
from typing import Any
from uuid import UUID, uuid4

import pg8000.native
import pytest

from local.postgres import Cluster
from tests.conftest import DATABASE
from tests.support.cast import Cast
from tests.support.database import Database
from tests.support.tenants import furnish, key_of, tenant_tables

# table → workspace → row
Rows = dict[str, dict[UUID, dict[str, Any]]]

SWITCHES = 10_000
INSUFFICIENT_PRIVILEGE = "42501"
ROLL_UPS = ("rollup_generations", "ticket_facts", "ticket_rollups", "rollup_histograms", "ticket_stocks")
# The app may insert nothing into these, whosever it is.
WRITTEN_BY_FUNCTIONS = {
    *("audit_log", "audit_heads", "discarded_files", "reporting_roles", "rule_dues"),
    *ROLL_UPS,
}

# PostgreSQL computes these, and takes no value for them.
COMPUTED = {
    ("sla_targets", "decided_at"),
    ("timeline_entries", "status_from"),
    ("timeline_entries", "status_to"),
}


@pytest.fixture
def app(cluster: Cluster, database: Database) -> Iterator[pg8000.native.Connection]:
    """A connection as the Lambdas have it: the plain role mesa_app, on the database that everybody shares."""
    connection = pg8000.native.Connection(**cluster.dsn("mesa_app", DATABASE), timeout=60)
    yield connection
    connection.close()


@pytest.fixture
def everything(database: Database, cast: Cast) -> Rows:
    """A row of each workspace in each tenant table, as the superuser put it there: table, workspace, row."""
    furnish(database, cast.acme, requester=cast.carol.id, colleague=cast.dario.id)
    furnish(database, cast.globex, requester=cast.mallory.id, colleague=cast.mallory.id)
    rows: Rows = {}
    for table in tenant_tables(database):
        key = key_of(table)
        rows[table] = {row[key]: row for row in database.rows(f"SELECT * FROM {table} ORDER BY {key}")}
    assert all(set(found) == {cast.acme, cast.globex} for found in rows.values()), rows
    return rows


def enter(app: pg8000.native.Connection, workspace: UUID) -> None:
    """Begins a transaction as a request does."""
    app.run("BEGIN")
    app.run("SELECT workspace_id FROM fn_enter(:w, NULL)", w=workspace)


def seen(app: pg8000.native.Connection, table: str) -> set[UUID]:
    """The workspaces whose rows the app sees in a table."""
    key = key_of(table)
    return {row[0] for row in app.run(f"SELECT {key} FROM {table}")}


class TestSwitching:
    def test_24_ten_thousand_switches_show_no_foreign_row(
        self, app: pg8000.native.Connection, everything: Rows, cast: Cast
    ) -> None:
        """On one connection, as a sandbox keeps it, with its prepared statements, committing or not."""
        choose = random.Random(24)
        statements = [app.prepare(f"SELECT {key_of(table)} FROM {table}") for table in everything]
        begin, end = app.prepare("BEGIN"), [app.prepare("COMMIT"), app.prepare("ROLLBACK")]
        start = app.prepare("SELECT workspace_id FROM fn_enter(:w, NULL)")
        wrong = []
        for switch in range(SWITCHES):
            workspace = (cast.acme, cast.globex)[switch % 2]
            begin.run()
            start.run(w=workspace)
            rows = {row[0] for row in choose.choice(statements).run()}
            if rows != {workspace}:
                wrong.append((switch, rows))
            choose.choice(end).run()
        assert wrong == []

    def test_24_after_a_transaction_nothing_is_seen_and_nothing_fails(
        self, app: pg8000.native.Connection, everything: Rows, cast: Cast
    ) -> None:
        """The setting is then an empty text, not absent: a policy that cast it as it is would raise."""
        for end in ("COMMIT", "ROLLBACK"):
            enter(app, cast.acme)
            app.run(end)

            assert app.run("SELECT current_setting('app.workspace_id', true)") == [[""]]
            assert {table for table in everything if seen(app, table)} == set()

    def test_24_a_fresh_connection_sees_nothing(
        self, app: pg8000.native.Connection, everything: Rows
    ) -> None:
        assert {table for table in everything if seen(app, table)} == set()

    def test_24_an_unknown_workspace_is_an_empty_one(
        self, app: pg8000.native.Connection, everything: Rows
    ) -> None:
        app.run("BEGIN")
        app.run("SELECT set_config('app.workspace_id', :w, true)", w=str(uuid4()))
        assert {table for table in everything if seen(app, table)} == set()
        app.run("ROLLBACK")


def writable(app: pg8000.native.Connection, table: str, privilege: str) -> bool:
    ((allowed,),) = app.run("SELECT has_table_privilege(:t, :p)", t=table, p=privilege)
    return bool(allowed)


class TestPolicies:
    """Each table refuses what is another's, whatever the statement says of the workspace."""

    def test_a_read_that_names_the_other_workspace_finds_nothing(
        self, app: pg8000.native.Connection, everything: Rows, cast: Cast
    ) -> None:
        enter(app, cast.acme)
        for table in everything:
            key = key_of(table)
            assert app.run(f"SELECT * FROM {table} WHERE {key} = :w", w=cast.globex) == [], table
            assert len(app.run(f"SELECT * FROM {table} WHERE {key} = :w", w=cast.acme)) >= 1, table
        app.run("ROLLBACK")

    def test_a_row_of_the_other_workspace_is_neither_changed_nor_deleted(
        self, app: pg8000.native.Connection, database: Database, everything: Rows, cast: Cast
    ) -> None:
        enter(app, cast.acme)
        for table in everything:
            key = key_of(table)
            if writable(app, table, "UPDATE"):
                app.run(f"UPDATE {table} SET {key} = {key} WHERE {key} = :w", w=cast.globex)
                assert app.row_count == 0, table
            if writable(app, table, "DELETE"):
                app.run(f"DELETE FROM {table} WHERE {key} = :w", w=cast.globex)
                assert app.row_count == 0, table
        app.run("COMMIT")
        assert database.value("SELECT count(*) FROM tickets WHERE workspace_id = :w", w=cast.globex) == 2

    def test_a_row_for_the_other_workspace_is_not_written(
        self, app: pg8000.native.Connection, everything: Rows, cast: Cast
    ) -> None:
        """The policy refuses before any key or check does: the row is a copy of one that is there."""
        for table in everything:
            enter(app, cast.acme)
            with pytest.raises(pg8000.native.DatabaseError) as refused:
                insert(app, table, everything[table][cast.globex])
            assert refused.value.args[0]["C"] == INSUFFICIENT_PRIVILEGE, table
            if table not in WRITTEN_BY_FUNCTIONS:
                assert "row-level security" in refused.value.args[0]["M"], table
            app.run("ROLLBACK")

    def test_an_own_row_is_not_handed_to_the_other_workspace(
        self, app: pg8000.native.Connection, everything: Rows, cast: Cast
    ) -> None:
        tried = []
        for table in everything:
            key = key_of(table)
            enter(app, cast.acme)
            if writable(app, table, "UPDATE"):
                with pytest.raises(pg8000.native.DatabaseError) as refused:
                    app.run(f"UPDATE {table} SET {key} = :other", other=cast.globex)
                assert refused.value.args[0]["C"] == INSUFFICIENT_PRIVILEGE, table
                tried.append(table)
            app.run("ROLLBACK")
        assert len(tried) >= 10

    def test_a_foreign_key_does_not_reach_into_the_other_workspace(
        self, app: pg8000.native.Connection, everything: Rows, cast: Cast
    ) -> None:
        """Keys are checked past the policies, so they carry the workspace themselves."""
        ticket = everything["tickets"][cast.globex]["id"]
        enter(app, cast.acme)
        with pytest.raises(pg8000.native.DatabaseError) as refused:
            app.run(
                "INSERT INTO comments (workspace_id, ticket_id, body) VALUES (:w, :t, 'hi')",
                w=cast.acme,
                t=ticket,
            )
        assert refused.value.args[0]["n"] == "comments_workspace_id_ticket_id_fkey"
        app.run("ROLLBACK")


def insert(app: pg8000.native.Connection, table: str, row: dict[str, Any]) -> None:
    """A copy of a row."""
    document = json.dumps(
        row, default=lambda value: f"\\x{value.hex()}" if isinstance(value, bytes) else str(value)
    )
    generated = " OVERRIDING SYSTEM VALUE" if table == "events" else ""
    columns = ", ".join(name for name in row if (table, name) not in COMPUTED)
    app.run(
        f"INSERT INTO {table} ({columns}){generated} "
        f"SELECT {columns} FROM jsonb_populate_record(NULL::{table}, CAST(:row AS jsonb))",
        row=document,
    )
