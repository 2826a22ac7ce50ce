"""Migrations go both ways and leave nothing behind, and what they make is what the models say."""

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from datetime import timedelta
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from sqlalchemy import NullPool, create_engine
from sqlalchemy.dialects.postgresql.base import ischema_names

from chalicelib.models import plumbing
from local.postgres import Cluster
from migrations.tables import metadata
from tests.support.database import Database

ROOT = Path(__file__).parents[1]

# Whatever a migration can leave in a database: its own name for each, and how it is defined.
LEFT_BEHIND = """
    SELECT 'relation ' || relname AS name, '' AS definition FROM pg_class
    WHERE relnamespace = 'public'::regnamespace AND relname NOT LIKE 'alembic_version%'
    UNION ALL SELECT 'routine ' || oid::regprocedure, '' FROM pg_proc
        WHERE pronamespace = 'public'::regnamespace
    UNION ALL SELECT 'type ' || typname, '' FROM pg_type
        WHERE typnamespace = 'public'::regnamespace AND typname !~ '^_?alembic_version'
    UNION ALL SELECT 'schema ' || nspname, coalesce((SELECT string_agg(acl, ' ' ORDER BY acl)
        FROM unnest(nspacl::text[]) AS acl), '') FROM pg_namespace WHERE nspname !~ '^pg_'
    UNION ALL SELECT 'extension ' || extname, '' FROM pg_extension
    UNION ALL SELECT 'default rights ' || defaclrole::regrole, defaclacl::text FROM pg_default_acl
    UNION ALL SELECT 'event trigger ' || evtname, '' FROM pg_event_trigger
    ORDER BY 1
"""
# How tables are defined, in PostgreSQL's own words, whoever wrote the statement.
COLUMNS = """
    SELECT c.relname || '.' || a.attname AS name,
           concat_ws(' ', format_type(a.atttypid, a.atttypmod), CASE WHEN a.attnotnull THEN 'NOT NULL' END,
                     'DEFAULT ' || pg_get_expr(d.adbin, d.adrelid),
                     nullif(a.attidentity, ''), nullif(a.attgenerated, '')) AS definition
    FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
    LEFT JOIN pg_attrdef d ON d.adrelid = c.oid AND d.adnum = a.attnum
    WHERE c.relnamespace = 'public'::regnamespace AND c.relkind = 'r' AND c.relname <> 'alembic_version'
"""
CONSTRAINTS = """
    SELECT conrelid::regclass || ' ' || conname AS name, pg_get_constraintdef(oid) AS definition
    FROM pg_constraint WHERE connamespace = 'public'::regnamespace AND contype <> 'n'
      AND conrelid <> 'alembic_version'::regclass
"""
INDEXES = """
    SELECT indexname AS name, indexdef AS definition FROM pg_indexes
    WHERE schemaname = 'public' AND tablename <> 'alembic_version'
"""
PERSISTENCE = """
    SELECT relname AS name, relpersistence::text AS definition FROM pg_class
    WHERE relnamespace = 'public'::regnamespace AND relkind = 'r'
"""


def alembic(cluster: Cluster, dbname: str, *arguments: str) -> str:
    """As from the command line, but for the start of Python; whatever it prints."""
    printed = StringIO()
    config = Config(str(ROOT / "migrations" / "alembic.ini"), stdout=printed)
    engine = create_engine(cluster.url("mesa_owner", dbname), poolclass=NullPool)
    with engine.connect() as connection:
        config.attributes["connection"] = connection
        getattr(command, arguments[0])(config, *arguments[1:])
    return printed.getvalue()


class Scratch:
    """A database of its own on the tests' cluster."""

    def __init__(self, cluster: Cluster, name: str) -> None:
        self.cluster, self.name = cluster, name
        cluster.bootstrap(name)
        self.database = Database(cluster.dsn("postgres", name))

    def facts(self, sql: str) -> dict[str, str]:
        return {row["name"]: row["definition"] for row in self.database.rows(sql)}

    def drop(self) -> None:
        self.database.close()
        self.cluster.execute_as_superuser(f"DROP DATABASE {self.name} WITH (FORCE)")


@pytest.fixture
def scratch(cluster: Cluster) -> Iterator[Scratch]:
    """Nothing in it yet."""
    scratch = Scratch(cluster, "mesa_scratch")
    yield scratch
    scratch.drop()


@pytest.fixture(scope="module")
def migrated(cluster: Cluster) -> Iterator[Scratch]:
    """Made by the migrations, from the command line."""
    scratch = Scratch(cluster, "mesa_migrated")
    subprocess.run(
        [sys.executable, "-m", "alembic", "-c", str(ROOT / "migrations" / "alembic.ini"), "upgrade", "head"],
        cwd=ROOT,
        env={**os.environ, "MESA_MIGRATION_URL": cluster.url("mesa_owner", scratch.name)},
        check=True,
        timeout=120,
    )
    yield scratch
    scratch.drop()


@pytest.fixture(scope="module")
def modelled(cluster: Cluster) -> Iterator[Scratch]:
    """Made by the models."""
    scratch = Scratch(cluster, "mesa_modelled")
    scratch.database.run("CREATE TABLE alembic_version (version_num text)")
    engine = create_engine(cluster.url("mesa_owner", scratch.name))
    metadata.create_all(engine)
    engine.dispose()
    yield scratch
    scratch.drop()


class TestBothWays:
    def test_down_leaves_nothing_behind_and_up_again_makes_the_same(self, scratch: Scratch) -> None:
        before = scratch.facts(LEFT_BEHIND)
        alembic(scratch.cluster, scratch.name, "upgrade", "head")
        first = [scratch.facts(sql) for sql in (LEFT_BEHIND, COLUMNS, CONSTRAINTS, INDEXES)]

        alembic(scratch.cluster, scratch.name, "downgrade", "base")
        assert scratch.facts(LEFT_BEHIND) == before

        alembic(scratch.cluster, scratch.name, "upgrade", "head")
        assert [scratch.facts(sql) for sql in (LEFT_BEHIND, COLUMNS, CONSTRAINTS, INDEXES)] == first

    def test_back_to_the_foundation_and_on_again_makes_the_same(self, scratch: Scratch) -> None:
        """The functions of today are installed on the way back too: what comes up again finds them there."""
        alembic(scratch.cluster, scratch.name, "upgrade", "head")
        first = [scratch.facts(sql) for sql in (LEFT_BEHIND, COLUMNS, CONSTRAINTS, INDEXES)]

        alembic(scratch.cluster, scratch.name, "downgrade", "0001")
        alembic(scratch.cluster, scratch.name, "upgrade", "head")

        assert [scratch.facts(sql) for sql in (LEFT_BEHIND, COLUMNS, CONSTRAINTS, INDEXES)] == first

    def test_what_is_there_before_is_taken_along(self, scratch: Scratch) -> None:
        """Of whatever workspace: the owner who migrates is no superuser, and row-level security is forced."""
        alembic(scratch.cluster, scratch.name, "upgrade", "0005")
        database = scratch.database
        database.run("SET session_replication_role = replica")  # the functions are of today
        workspace = database.value("SELECT workspace_id FROM fn_make_workspace('acme', 'Acme')")
        database.run(
            "INSERT INTO tickets (workspace_id, number, label, subject, description, requester_id, team_id, "
            "status, tags, custom_fields) SELECT :w, 1, 'T-1', 's', 'd', uuidv7(), t.id, 'cancelled', "
            '\'{vpn}\', \'{"room": 1.50, "systems": ["a", "b"], "none": null}\' '
            "FROM teams t WHERE t.workspace_id = :w",
            w=workspace,
        )
        database.run(
            "INSERT INTO tickets (workspace_id, number, label, subject, description, requester_id, team_id, "
            "status, resolved_at, created_at, updated_at) "
            "SELECT :w, n, 'T-' || n, 's', 'd', uuidv7(), t.id, of.status, of.resolved_at, :at, :at "
            "FROM teams t, (VALUES (2, 'resolved', CAST(:at AS timestamptz)), (3, 'pending', NULL), "
            "(4, 'pending', NULL), (5, 'open', NULL)) AS of(n, status, resolved_at) "
            "WHERE t.workspace_id = :w",
            w=workspace,
            at="2026-01-01T00:00:00Z",
        )
        database.run(
            "INSERT INTO timeline_entries (workspace_id, ticket_id, sequence, action, actor_type, changes, "
            "created_at) SELECT workspace_id, id, 1, 'paused', 'system', "
            '\'{"status": {"from": "open", "to": "pending"}}\', \'2026-01-02T00:00:00Z\' '
            "FROM tickets WHERE label = 'T-4'"
        )

        alembic(scratch.cluster, scratch.name, "upgrade", "head")

        assert database.value("SELECT finished_at IS NOT NULL FROM tickets WHERE label = 'T-1'")
        waits = database.rows(
            "SELECT t.label, w.status, to_char(w.since AT TIME ZONE 'UTC', 'MM-DD') AS since, "
            "w.wakes_at - w.since AS sleeps FROM ticket_waits w JOIN tickets t ON t.id = w.ticket_id "
            "ORDER BY t.label"
        )
        assert [tuple(row.values()) for row in waits] == [
            ("T-2", "resolved", "01-01", timedelta(days=7)),
            ("T-3", "pending", "01-01", None),
            ("T-4", "pending", "01-02", None),
        ]
        assert database.value("SELECT array_agg(tag) FROM ticket_tags") == ["vpn"]
        kept = database.value("SELECT array_agg(encode(digest, 'hex')) FROM ticket_field_values")
        sought = ('["room", 1.5]', '["systems", "a"]', '["systems", "b"]')
        assert set(kept) == {
            database.value("SELECT encode(fn_field_digest(CAST(:p AS jsonb)), 'hex')", p=pair)
            for pair in sought
        }

    def test_what_had_finished_before_keeps_what_it_used_by_the_calendars_of_then(
        self, scratch: Scratch
    ) -> None:
        """Around the clock in one statement, business hours by the engine; pauses left out either way."""
        alembic(scratch.cluster, scratch.name, "upgrade", "0020")
        database = scratch.database
        database.run("SET session_replication_role = replica")
        workspace = database.value("SELECT workspace_id FROM fn_make_workspace('acme', 'Acme')")
        office = database.value(
            "INSERT INTO calendars (workspace_id, name, timezone, weekly) VALUES "
            "(:w, 'Office', 'Europe/Berlin', CAST(:weekly AS jsonb)) RETURNING id",
            w=workspace,
            weekly='{"4": [["09:00", "17:00"]], "0": [["09:00", "17:00"]]}',
        )
        always = database.value("SELECT id FROM calendars WHERE id <> :office", office=office)
        friday, monday = "2026-06-05 15:00+02", "2026-06-08 11:00+02"
        for calendar, fulfilled, ended, paused, pauses in (
            (always, monday, None, None, [["2026-06-05T14:00:00+02:00", "2026-06-05T16:00:00+02:00"]]),
            (office, monday, None, None, [["2026-06-05T14:00:00+02:00", "2026-06-05T16:00:00+02:00"]]),
            (always, None, monday, "2026-06-08 10:59+02", []),
            (office, None, monday, "2026-06-08 10:59+02", []),
            (always, None, None, None, []),
            (office, None, None, None, []),
            (office, monday, None, None, [["2026-06-08T10:00:00+02:00", "2026-06-08T09:00:00+02:00"]]),
        ):
            database.run(
                "INSERT INTO sla_targets (workspace_id, ticket_id, metric, calendar_id, minutes, started_at, "
                "fulfilled_at, ended_at, paused_at, paused_intervals) VALUES (:w, uuidv7(), 'resolution', "
                ":c, 480, CAST(:s AS timestamptz), CAST(:f AS timestamptz), CAST(:e AS timestamptz), "
                "CAST(:p AS timestamptz), CAST(:i AS jsonb))",
                w=workspace,
                c=calendar,
                s=friday,
                f=fulfilled,
                e=ended,
                p=paused,
                i=json.dumps(pauses),
            )

        alembic(scratch.cluster, scratch.name, "upgrade", "0021")

        used = database.value("SELECT array_agg(used_minutes ORDER BY id) FROM sla_targets")
        assert used == [68 * 60 - 60, 60 + 120, 68 * 60 - 1, 120 + 119, None, None, None]

    def test_promises_of_before_are_the_teams_that_had_them_when_they_were_decided(
        self, scratch: Scratch
    ) -> None:
        """The timeline knows who had the ticket until somebody else got it, and how urgent it was."""
        alembic(scratch.cluster, scratch.name, "upgrade", "0021")
        database = scratch.database
        database.run("SET session_replication_role = replica")
        workspace = database.value("SELECT workspace_id FROM fn_make_workspace('acme', 'Acme')")
        (desk,) = (row["id"] for row in database.rows("SELECT id FROM teams"))
        apps = database.value(
            "INSERT INTO teams (workspace_id, name) VALUES (:w, 'Apps') RETURNING id", w=workspace
        )
        ticket = database.value(
            "INSERT INTO tickets (workspace_id, number, label, subject, description, requester_id, team_id, "
            "priority) VALUES (:w, 1, 'T-1', 's', 'd', uuidv7(), :apps, 'urgent') RETURNING id",
            w=workspace,
            apps=apps,
        )
        database.run(
            "INSERT INTO timeline_entries (workspace_id, ticket_id, sequence, action, actor_type, changes, "
            "created_at) VALUES "
            "(:w, :t, 1, 'transferred', 'user', CAST(:team AS jsonb), '2026-06-05 12:00Z'), "
            "(:w, :t, 2, 'reclassified', 'user', CAST(:priority AS jsonb), '2026-06-05 14:00Z')",
            w=workspace,
            t=ticket,
            team=json.dumps({"team_id": {"from": str(desk), "to": str(apps)}}),
            priority=json.dumps({"priority": {"from": "low", "to": "urgent"}}),
        )
        for cycle, (metric, started, ending) in enumerate(
            (
                ("first_response", 10, "fulfilled_at = '2026-06-05 11:00Z'"),
                ("next_response", 10, "fulfilled_at = '2026-06-05 13:00Z'"),
                ("resolution", 10, "breached_at = '2026-06-05 15:00Z'"),
                ("team_resolution", 10, "ended_at = '2026-06-05 12:00Z'"),
                ("team_resolution", 12, "fulfilled_at = '2026-06-05 13:00Z'"),
                ("resolution", 10, "due_at = NULL"),
            )
        ):
            database.run(
                "INSERT INTO sla_targets (workspace_id, ticket_id, metric, cycle, calendar_id, minutes, "
                "started_at, due_at) SELECT :w, :t, :m, :c, id, 60, CAST(:s AS timestamptz), "
                "'2026-06-05 18:00Z' FROM calendars",
                w=workspace,
                t=ticket,
                m=metric,
                c=cycle,
                s=f"2026-06-05 {started}:00Z",
            )
            database.run(f"UPDATE sla_targets SET {ending} WHERE cycle = :c", c=cycle)

        alembic(scratch.cluster, scratch.name, "upgrade", "0024")

        found = database.rows("SELECT team_id, priority FROM sla_targets ORDER BY cycle")
        assert [(row["team_id"], row["priority"]) for row in found] == [
            (desk, "low"),
            (apps, "low"),
            (apps, "urgent"),
            (desk, "low"),
            (apps, "low"),
            (apps, "urgent"),
        ]

    def test_what_was_withdrawn_before_knows_since_when_its_ticket_is_over(self, scratch: Scratch) -> None:
        """And ends for good where a team has handed it on, or the customer got an answer."""
        alembic(scratch.cluster, scratch.name, "upgrade", "0028")
        database = scratch.database
        database.run("SET session_replication_role = replica")
        workspace = database.value("SELECT workspace_id FROM fn_make_workspace('acme', 'Acme')")
        to = {name: {"status": {"to": name}} for name in ("open", "resolved", "closed", "cancelled")}
        stories: dict[str, list[tuple[str, Any, int]]] = {
            "cancelled": [("cancelled", to["cancelled"], 12)],
            "back": [
                *(("resolved", to["resolved"], 12), ("closed", to["closed"], 13), ("deleted", {}, 14)),
                *(("restored", {}, 15), ("reopened", to["open"], 16)),
            ],
            "deleted": [("paused", {"status": {"to": "pending"}}, 11), ("deleted", {}, 14)],
            "handed on": [("transferred", {"team_id": {"to": "another"}}, 12)],
            "answered": [("resolved", to["resolved"], 8), ("reopened", to["open"], 9)],
            "waiting": [("paused", {"status": {"to": "pending"}}, 11)],
        }
        for number, (label, story) in enumerate(stories.items(), 1):
            ticket = database.value(
                "INSERT INTO tickets (workspace_id, number, label, subject, description, requester_id, "
                "team_id) SELECT :w, :n, :l, 's', 'd', uuidv7(), id FROM teams RETURNING id",
                w=workspace,
                n=number,
                l=label,
            )
            for metric in ("first_response", "next_response", "resolution", "team_resolution"):
                database.run(
                    "INSERT INTO sla_targets (workspace_id, ticket_id, metric, calendar_id, team_id, "
                    "priority, minutes, started_at, ended_at) SELECT :w, :t, :m, c.id, t.id, 'high', 60, "
                    "'2026-06-05 09:30Z', '2026-06-05 10:00Z' FROM calendars c, teams t",
                    w=workspace,
                    t=ticket,
                    m=metric,
                )
            for sequence, (action, changes, hour) in enumerate(story, 1):
                database.run(
                    "INSERT INTO timeline_entries (workspace_id, ticket_id, sequence, action, actor_type, "
                    "changes, created_at) VALUES (:w, :t, :s, :a, 'user', CAST(:c AS jsonb), "
                    "CAST(:at AS timestamptz))",
                    w=workspace,
                    t=ticket,
                    s=sequence,
                    a=action,
                    c=json.dumps(changes),
                    at=f"2026-06-05 {hour}:00Z",
                )
        dario = database.value(
            "INSERT INTO users (workspace_id, email, name, role) VALUES (:w, 'd@acme.test', 'Dario', "
            "'dispatcher') RETURNING id",
            w=workspace,
        )
        database.run(
            "INSERT INTO comments (workspace_id, ticket_id, author_id, body, created_at) "
            "SELECT workspace_id, id, :u, 'On it.', '2026-06-05 10:30Z' FROM tickets "
            "WHERE label = 'answered'",
            u=dario,
        )
        database.run(
            "INSERT INTO ticket_waits (workspace_id, ticket_id, status, since) "
            "SELECT workspace_id, id, 'pending', '2026-06-05 09:00Z' FROM tickets "
            "WHERE label IN ('answered', 'waiting')"
        )

        alembic(scratch.cluster, scratch.name, "upgrade", "0029")

        found = database.rows(
            "SELECT t.label, left(g.metric, 4) AS metric, g.due_at = g.ended_at AS over, "
            "extract(hour FROM g.paused_at AT TIME ZONE 'UTC')::integer AS paused, g.paused_intervals "
            "FROM sla_targets g JOIN tickets t ON t.id = g.ticket_id"
        )
        told = {(row["label"], row["metric"]): row for row in found}
        assert {key for key, row in told.items() if row["over"]} == {
            *((label, metric) for label in ("cancelled", "back", "deleted") for metric in ("next", "team")),
            ("handed on", "team"),
            ("answered", "next"),
        }
        assert {key: row["paused"] for key, row in told.items() if row["paused"]} == {
            (label, metric): hour
            for label, hour in (("cancelled", 12), ("deleted", 14))
            for metric in ("firs", "reso")
        }
        pauses = {key: row["paused_intervals"] for key, row in told.items() if row["paused_intervals"]}
        assert pauses.keys() == {("back", "firs"), ("back", "reso")}
        assert [[at[11:13] for at in pause] for pause in pauses["back", "reso"]] == [
            ["12", "13"],
            ["13", "16"],
            ["14", "15"],
        ]
        waits = database.rows(
            "SELECT t.label, extract(hour FROM w.since AT TIME ZONE 'UTC')::integer AS since "
            "FROM ticket_waits w JOIN tickets t ON t.id = w.ticket_id ORDER BY t.label"
        )
        assert [(row["label"], row["since"]) for row in waits] == [("answered", 10), ("waiting", 9)]
        assert database.value("SELECT waits_stale_since IS NOT NULL FROM workspaces")

    def test_calendars_of_a_zone_that_has_no_name_are_utcs(self, scratch: Scratch) -> None:
        alembic(scratch.cluster, scratch.name, "upgrade", "0028")
        database = scratch.database
        workspace = database.value("SELECT workspace_id FROM fn_make_workspace('acme', 'Acme')")
        for zone in ("localtime", "Factory", "US/Eastern"):
            database.run(
                "INSERT INTO calendars (workspace_id, name, timezone, weekly) VALUES (:w, :z, :z, '{}')",
                w=workspace,
                z=zone,
            )

        alembic(scratch.cluster, scratch.name, "upgrade", "0030")

        zones = database.rows("SELECT name, timezone FROM calendars WHERE weekly = '{}'")
        assert {row["name"]: row["timezone"] for row in zones} == {
            "localtime": "UTC",
            "Factory": "UTC",
            "US/Eastern": "US/Eastern",
        }

    def test_up_twice_is_up_once(self, migrated: Scratch) -> None:
        """Deployments run it every time; the functions are put in again, as the repository has them."""
        first = migrated.facts(LEFT_BEHIND)
        migrated.database.run("DROP FUNCTION fn_free_slug(text)")

        alembic(migrated.cluster, migrated.name, "upgrade", "head")

        assert migrated.facts(LEFT_BEHIND) == first

    def test_there_is_one_head(self, migrated: Scratch) -> None:
        heads = alembic(migrated.cluster, migrated.name, "heads").split("\n")

        assert len([head for head in heads if head.strip()]) == 1

    def test_migrations_are_dated_in_their_names(self) -> None:
        names = sorted(path.name for path in (ROOT / "migrations" / "versions").glob("*.py"))

        assert names
        assert [name for name in names if not name[:16].replace("_", "").isdigit()] == []


class TestAgreement:
    def test_alembic_finds_no_difference(self, migrated: Scratch, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setitem(ischema_names, "xid8", plumbing.TransactionId)
        engine = create_engine(migrated.cluster.url("mesa_owner", migrated.name))
        options: dict[str, Any] = {"compare_type": True, "compare_server_default": False}
        with engine.connect() as connection:
            differences = compare_metadata(MigrationContext.configure(connection, opts=options), metadata)
        engine.dispose()

        assert differences == []

    @pytest.mark.parametrize(
        "sql",
        [COLUMNS, CONSTRAINTS, INDEXES, PERSISTENCE],
        ids=[
            "columns and defaults",
            "constraints and their checks",
            "indexes and their predicates",
            "logged or not",
        ],
    )
    def test_postgresql_finds_no_difference(self, migrated: Scratch, modelled: Scratch, sql: str) -> None:
        made, meant = migrated.facts(sql), modelled.facts(sql)

        assert len(meant) >= 18
        assert made == meant
