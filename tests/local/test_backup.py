"""A backup brings everything back, on a server that never knew the desk: rows, rights, the audit log, and a
desk that goes on. What is not as it was is found."""

import json
import os
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import boto3
import pg8000.native
import pytest

from chalicelib.core.db import engine
from local.backup import back_up, beside
from local.database_facts import broken_logs, differences, facts
from local.errors import StackError
from local.postgres import APP, OWNER, Cluster
from local.restore import NotTheSame, prove, restore, take_place
from tests.conftest import DATABASE
from tests.e2e.http import awaited
from tests.support.api import Api
from tests.support.cast import Cast, make_cast
from tests.support.database import Database
from tests.support.tenants import furnish, tenant_tables

RESTORED = "mesa_restored"
DENIED = "42501"
Tampered = Callable[[str], list[str]]


@dataclass
class Recovery:
    """A desk, its backup, and the server where it was restored."""

    cast: Cast
    file: Path
    made: dict[str, Any]
    cluster: Cluster
    original: Database
    database: Database

    @property
    def owner(self) -> dict[str, Any]:
        return self.cluster.dsn(OWNER, RESTORED)


@pytest.fixture(scope="module")
def recovery(
    cluster: Cluster, superuser: Database, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Recovery]:
    """One of everything in two workspaces, backed up here, restored there."""
    superuser.refresh()
    superuser.empty()
    cast = make_cast(superuser)
    for workspace, who in ((cast.acme, cast.carol), (cast.globex, cast.mallory)):
        furnish(superuser, workspace, requester=who.id, colleague=who.id)
    folder = tmp_path_factory.mktemp("recovery")
    file = folder / "desk.dump"
    made = back_up(cluster.dsn(OWNER, DATABASE), file)
    fresh = Cluster(folder / "postgres", durable=False)
    fresh.start()
    restore(fresh, file, RESTORED)
    restored = Database(fresh.dsn("postgres", RESTORED))
    yield Recovery(cast, file, made, fresh, superuser, restored)
    restored.close()
    fresh.destroy()


@pytest.fixture
def app(recovery: Recovery) -> Iterator[pg8000.native.Connection]:
    """What a Lambda is to the restored database."""
    connection = pg8000.native.Connection(**recovery.cluster.dsn(APP, RESTORED), timeout=30)
    yield connection
    connection.close()


@pytest.fixture
def api(recovery: Recovery, aws: str, monkeypatch: pytest.MonkeyPatch) -> Iterator[Api]:
    """The app, on the restored database."""
    dsn = recovery.cluster.dsn(APP, RESTORED)
    secret = {
        **{"host": dsn["host"], "port": dsn["port"], "dbname": dsn["database"]},
        **{"username": dsn["user"], "password": dsn["password"], "sslmode": "disable"},
    }
    manager = boto3.client("secretsmanager", endpoint_url=aws)
    arn = manager.create_secret(Name="restored", SecretString=json.dumps(secret))["ARN"]
    monkeypatch.setitem(os.environ, "MESA_DATABASE_SECRET_ARN", arn)
    forget_engine()
    from app import app

    yield Api(app)
    forget_engine()
    manager.delete_secret(SecretId=arn, ForceDeleteWithoutRecovery=True)


def forget_engine() -> None:
    if engine.cache_info().currsize:
        engine().dispose()
    engine.cache_clear()


def counts(database: Database) -> dict[str, int]:
    return {name: database.value(f"SELECT count(*) FROM {name}") for name in tenant_tables(database)}


class TestWhatComesBack:
    def test_every_row_of_every_table(self, recovery: Recovery) -> None:
        then, now = counts(recovery.original), counts(recovery.database)

        assert now == then
        assert {name for name, count in now.items() if not count} == set()

    def test_the_app_sees_one_workspace_and_without_one_nothing(
        self, recovery: Recovery, app: pg8000.native.Connection
    ) -> None:
        assert app.run("SELECT count(*) FROM tickets") == [[0]]

        app.run("BEGIN")
        app.run("SELECT set_config('app.workspace_id', :w, true)", w=str(recovery.cast.acme))

        assert app.run("SELECT DISTINCT workspace_id FROM tickets") == [[recovery.cast.acme]]
        app.run("ROLLBACK")

    @pytest.mark.parametrize("statement", ["DELETE FROM audit_log", "CREATE TABLE t (n int)"])
    def test_the_app_has_the_rights_that_it_had_and_no_more(
        self, app: pg8000.native.Connection, statement: str
    ) -> None:
        with pytest.raises(pg8000.native.DatabaseError) as error:
            app.run(statement)
        assert error.value.args[0]["C"] == DENIED

    def test_the_roles_are_as_the_migrations_make_them(self, recovery: Recovery) -> None:
        roles = (
            "SELECT rolname, rolcanlogin, rolsuper, rolbypassrls, rolconfig FROM pg_roles "
            "WHERE rolname LIKE 'mesa\\_%' AND rolname NOT LIKE 'mesa\\_report\\_%' ORDER BY rolname"
        )
        assert recovery.database.rows(roles) == recovery.original.rows(roles)

    def test_numbers_go_on_where_they_were(self, recovery: Recovery) -> None:
        last = recovery.original.value("SELECT max(id) FROM events")

        assert recovery.database.value("SELECT nextval(pg_get_serial_sequence('events', 'id'))") > last

    def test_a_person_signs_in_makes_a_ticket_and_finds_the_audit_log_whole(
        self, recovery: Recovery, api: Api
    ) -> None:
        ada = recovery.cast.ada
        signed_in = api.post("/v1/auth/login", {"email": ada.email, "password": ada.password})
        assert signed_in.status == 200
        with_ada = api.with_token(signed_in.json["access_token"])

        made = with_ada.post("/v1/tickets", {"subject": "After the fire", "description": "It goes on."})
        whole = with_ada.get("/v1/audit-log/verify")

        assert made.status == 201
        # Written elsewhere, read here: this server's count of transactions is far behind that one's. The feed
        # tells of nothing while an older transaction runs, and autovacuum looks at what was restored.
        written = recovery.database.value(
            "SELECT count(*) FROM events WHERE workspace_id = :w", w=recovery.cast.acme
        )
        awaited(
            "the feed", lambda: len(with_ada.get("/v1/events?limit=100").json["items"]) == written or None
        )
        assert whole.json["ok"] is True
        assert whole.json["checked"] > 0


class TestWhatIsFound:
    """By whoever holds a restored database to its backup."""

    @pytest.fixture
    def tampered(self, recovery: Recovery) -> Iterator[Tampered]:
        """What is told once a statement was run on the restored database; undone in the end."""
        connection = pg8000.native.Connection(**recovery.cluster.dsn("postgres", RESTORED), timeout=30)
        connection.run("BEGIN")
        before = facts(connection)

        def tampered(statement: str) -> list[str]:
            connection.run("SET LOCAL session_replication_role = replica")
            connection.run(statement)
            return differences(before, facts(connection)) + broken_logs(connection, before["audit"])

        yield tampered
        connection.run("ROLLBACK")
        connection.close()

    def test_nothing_where_nothing_was_done(self, tampered: Tampered) -> None:
        assert tampered("SELECT 1") == []

    @pytest.mark.parametrize(
        ("statement", "told"),
        [
            ("UPDATE organisations SET name = 'x'", "organisations has as many rows as before, and not the"),
            (
                "DELETE FROM comments WHERE id = (SELECT id FROM comments LIMIT 1)",
                "comments has 1 rows and",
            ),
            ("ALTER TABLE tickets NO FORCE ROW LEVEL SECURITY", "What is said of each table"),
            ("DROP POLICY tenant ON tickets", "What is said of each policy"),
            ("GRANT DELETE ON audit_log TO mesa_app", "What is said of each table"),
            ("GRANT UPDATE (slug) ON workspaces TO mesa_reporting", "What is said of each column"),
            ("GRANT EXECUTE ON FUNCTION fn_reporting_workspace() TO PUBLIC", "What is said of each routine"),
            ("ALTER TABLE tickets DISABLE TRIGGER guard_status", "What is said of each trigger"),
            ("DROP INDEX events_unsent_idx", "What is said of each index"),
            ("ALTER TABLE jobs DROP CONSTRAINT jobs_status_check", "What is said of each constraint"),
            ("SELECT setval('events_id_seq', 1)", "events_id_seq would give numbers again"),
            ("UPDATE alembic_version SET version_num = '0001'", "The schema is that of 0001"),
            ("DROP TABLE muted_mails", "The table muted_mails is not there"),
        ],
    )
    def test_what_was_done(self, tampered: Tampered, statement: str, told: str) -> None:
        assert told in " ".join(tampered(statement))

    def test_an_entry_of_the_audit_log_is_named(self, tampered: Tampered) -> None:
        told = tampered("UPDATE audit_log SET action = 'nothing.happened' WHERE sequence = 1")

        assert "is broken at entry 1: edited." in " ".join(told)

    def test_a_restore_that_is_not_whole_is_refused(self, recovery: Recovery) -> None:
        more = {**recovery.made["tables"], "teams": {"rows": 99, "digest": "0"}}

        with pytest.raises(NotTheSame, match=r"The table teams has .* rows and had 99"):
            prove(recovery.owner, {**recovery.made, "tables": more})

    def test_a_dump_that_was_changed_is_not_restored(self, recovery: Recovery, tmp_path: Path) -> None:
        file = tmp_path / "desk.dump"
        file.write_bytes(recovery.file.read_bytes()[:-1])
        beside(file).write_bytes(beside(recovery.file).read_bytes())

        with pytest.raises(StackError, match="cut short or changed"):
            restore(recovery.cluster, file, "never")

    def test_nor_one_that_nobody_can_check(self, recovery: Recovery, tmp_path: Path) -> None:
        file = tmp_path / "desk.dump"
        file.write_bytes(recovery.file.read_bytes())

        with pytest.raises(StackError, match=r"desk\.dump\.json is missing"):
            restore(recovery.cluster, file, "never")


def test_a_dump_is_for_its_owner_alone_and_has_no_password(recovery: Recovery) -> None:
    assert recovery.file.stat().st_mode & 0o077 == 0
    assert beside(recovery.file).stat().st_mode & 0o077 == 0
    assert recovery.cluster.dsn(APP, RESTORED)["password"].encode() not in recovery.file.read_bytes()


def test_what_was_there_stays_under_another_name(recovery: Recovery) -> None:
    for name in ("desk", "desk_restored"):
        recovery.cluster.execute_as_superuser(f"CREATE DATABASE {name}")
    recovery.cluster.execute_as_superuser("CREATE TABLE new (n int)", "desk_restored")
    busy = Database(recovery.cluster.dsn("postgres", "desk"))

    before = take_place(recovery.cluster, "desk_restored", of="desk")

    assert before == "desk_before"
    assert recovery.cluster.execute_as_superuser("SELECT count(*) FROM new", "desk") == [[0]]
    assert recovery.cluster.execute_as_superuser("SELECT to_regclass('new')", before) == [[None]]
    with pytest.raises(Exception, match=r"terminating|closed|network"):
        busy.value("SELECT 1")
    with suppress(Exception):  # its end is told to nobody, and then it is closed
        busy.close()
