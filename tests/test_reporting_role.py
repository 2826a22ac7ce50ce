"""The login for reports: one workspace's figures, and nothing else, whatever SQL is sent."""

import re
import ssl
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pg8000.native
import pytest

from chalicelib.analytics import report_queries
from chalicelib.core.db import in_transaction
from local import reporting_role
from local.errors import StackError
from local.files import PROJECT
from local.postgres import OWNER, Cluster
from tests.conftest import DATABASE
from tests.support.cast import Cast
from tests.support.database import Database
from tests.support.for_each import for_each
from tests.support.reporting import Readers, readers, views
from tests.support.tenants import furnish, tenant_tables

DENIED = "42501"
READ_ONLY = "25006"
OPEN_LOGINS = r"SELECT FROM pg_stat_activity WHERE usename LIKE 'mesa\_report\_%'"
# What nobody should read in a picture on a wall: texts, addresses, secrets, and who asked.
KEPT_BACK = {
    *("subject", "description", "body", "body_html", "comment", "note", "changes", "meta", "payload"),
    *("email", "phone", "document_id", "company", "password_hash", "requester_id", "custom_fields"),
    *("source_ip", "digest", "mailbox", "mail_key", "secret", "token_id"),
}


@pytest.fixture
def logins(cluster: Cluster, database: Database) -> Iterator[Readers]:
    with readers(cluster, DATABASE) as found:
        yield found


@pytest.fixture
def furnished(database: Database, cast: Cast) -> None:
    """One of everything in both workspaces."""
    furnish(database, cast.acme, requester=cast.carol.id, colleague=cast.dario.id, assignee=cast.ana.id)
    furnish(database, cast.globex, requester=cast.mallory.id, colleague=cast.mallory.id)
    database.run("DELETE FROM reporting_roles")
    database.run('UPDATE timeline_entries SET changes = \'{"status": {"from": "new", "to": "open"}}\'')


@pytest.fixture
def reader(logins: Readers, furnished: None) -> Database:
    """Acme's login."""
    return logins.of("acme")


def refused(reader: Database, sql: str, **values: Any) -> str:
    with pytest.raises(pg8000.native.DatabaseError) as error:
        reader.run(sql, **values)
    reader.run("ROLLBACK")
    return str(error.value.args[0]["C"])


def ended(seconds: float) -> int:
    return in_transaction(lambda tx: report_queries.end_long(tx, seconds), repeatable=True)


class TestWhatItSees:
    def test_rows_of_its_workspace_in_every_view_and_no_other(
        self, reader: Database, database: Database, logins: Readers, cast: Cast
    ) -> None:
        for view in views(database):
            everything = database.rows(f"SELECT * FROM reporting.{view}")
            own, others = (login.rows(f"SELECT * FROM {view}") for login in (reader, logins.of("globex")))
            assert own, view
            assert others, view
            assert all(row in everything for row in own + others), view
            assert [row for row in own if row in others] == [], view

    def test_people_are_the_staff_alone(self, reader: Database) -> None:
        assert {row["name"] for row in reader.rows("SELECT name FROM agents")} == {
            "Ada",
            "Dario",
            "Ana",
            "Ben",
        }

    def test_what_is_deleted_is_in_no_view(self, reader: Database, database: Database) -> None:
        database.run("UPDATE tickets SET deleted_at = now()")

        for view in ("ratings", "status_changes", "targets", "tickets", "time_entries"):
            assert reader.rows(f"SELECT * FROM {view}") == [], view

    def test_no_view_has_a_text_an_address_or_a_secret(self, reader: Database, database: Database) -> None:
        granted = database.rows(
            "SELECT c.relname, a.attname FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid "
            "WHERE a.attnum > 0 AND c.relkind IN ('r', 'v') "
            "AND c.relnamespace IN ('public'::regnamespace, 'reporting'::regnamespace) "
            "AND NOT a.attisdropped AND has_column_privilege('mesa_reporting', c.oid, a.attnum, 'SELECT')"
        )
        assert len(granted) > 100
        assert [row for row in granted if row["attname"] in KEPT_BACK] == []

    def test_a_change_of_status_shows_without_the_texts_beside_it(self, reader: Database) -> None:
        (change,) = reader.rows("SELECT status_from, status_to FROM status_changes")
        assert change == {"status_from": "new", "status_to": "open"}

    def test_every_view_reads_with_the_rights_of_who_asks(self, database: Database) -> None:
        bare = database.rows(
            "SELECT relname FROM pg_class WHERE relnamespace = 'reporting'::regnamespace "
            "AND NOT coalesce('security_invoker=true' = ANY(reloptions), false)"
        )
        assert bare == []


class TestItsWorkspace:
    """Nothing that the login can say changes whose rows it sees."""

    @pytest.mark.parametrize(
        "trick",
        [
            "SELECT set_config('app.workspace_id', '{globex}', false)",
            "SET app.workspace_id = '{globex}'",
            "SET search_path = public, reporting",
            "SET row_security = on",
            "SET default_transaction_read_only = off",
            "SET application_name = 'mesa_app'",
        ],
    )
    def test_a_setting_changes_nothing(self, reader: Database, cast: Cast, trick: str) -> None:
        before = reader.rows("SELECT * FROM reporting.tickets ORDER BY id")

        reader.run(trick.format(globex=cast.globex))

        assert reader.rows("SELECT * FROM reporting.tickets ORDER BY id") == before != []

    def test_row_security_is_not_turned_off(self, reader: Database) -> None:
        reader.run("SET row_security = off")
        assert refused(reader, "SELECT * FROM reporting.tickets") == DENIED

    @for_each("role", ["mesa_app", "mesa_definer", "mesa_owner", "mesa_reporting", "postgres"])
    def test_it_becomes_nobody_else(self, reader: Database, role: str) -> None:
        assert refused(reader, f"SET ROLE {role}") == DENIED
        assert refused(reader, f"SET SESSION AUTHORIZATION {role}") == DENIED

    def test_another_workspaces_login_is_no_role_to_take(self, reader: Database, logins: Readers) -> None:
        other = reporting_role.make(logins.owner, "globex")["user"]
        assert refused(reader, f"SET ROLE {other}") == DENIED
        reader.run("SET default_transaction_read_only = off")
        assert refused(reader, f"ALTER ROLE {other} PASSWORD 'x'") == DENIED
        assert refused(reader, f"GRANT {other} TO CURRENT_USER") == DENIED

    def test_an_own_function_of_the_same_name_is_not_believed(self, reader: Database) -> None:
        reader.run("SET default_transaction_read_only = off")
        body = "RETURNS uuid LANGUAGE sql AS $$ SELECT NULL::uuid $$"
        for schema in ("public", "reporting", "pg_temp"):
            assert refused(reader, f"CREATE FUNCTION {schema}.fn_reporting_workspace() {body}") == DENIED

    def test_a_condition_that_leaks_is_not_asked_of_foreign_rows(self, reader: Database) -> None:
        """An error in a condition would tell of what the row holds: the policies are asked before it."""
        division = "SELECT 1 FROM tickets WHERE 1 / (number - 901) > 7 AND label = 'none'"
        with pytest.raises(pg8000.native.DatabaseError):  # an own one
            reader.rows("SELECT 1 FROM tickets WHERE 1 / (number - 901) > 7")
        assert reader.rows(division.replace("901", "77")) == []

    def test_statistics_tell_nothing_of_values(self, reader: Database, database: Database) -> None:
        database.run("ANALYZE tickets; ANALYZE teams; ANALYZE workspaces")
        assert reader.rows("SELECT * FROM pg_stats WHERE schemaname = 'public'") == []

    def test_names_of_logins_name_no_workspace(self, logins: Readers, database: Database, cast: Cast) -> None:
        user = reporting_role.make(logins.owner, "acme")["user"]
        assert "acme" not in user
        assert str(cast.acme).replace("-", "")[:8] not in user


class TestWhatItMayNotDo:
    def test_it_names_no_table(self, reader: Database, database: Database) -> None:
        for table in [*tenant_tables(database), "rate_limits", "alembic_version"]:
            assert refused(reader, f"SELECT * FROM public.{table}") == DENIED, table

    def test_it_writes_nothing(self, reader: Database, database: Database) -> None:
        assert refused(reader, "SELECT lo_create(0)") == READ_ONLY
        reader.run("SET default_transaction_read_only = off")
        for view in views(database):
            assert refused(reader, f"DELETE FROM reporting.{view}") in (DENIED, "55000"), view
        assert refused(reader, "UPDATE reporting.teams SET name = 'x'") == DENIED
        assert refused(reader, "INSERT INTO reporting.workspace (slug) VALUES ('x')") == DENIED

    def test_it_makes_nothing(self, reader: Database) -> None:
        reader.run("SET default_transaction_read_only = off")
        assert refused(reader, "CREATE TEMPORARY TABLE mine (x int)") == DENIED
        assert refused(reader, "CREATE TABLE public.mine (x int)") == DENIED
        assert refused(reader, "CREATE TABLE reporting.mine (x int)") == DENIED
        assert refused(reader, "CREATE VIEW reporting.mine AS SELECT 1") == DENIED
        assert refused(reader, "CREATE SCHEMA mine") == DENIED

    def test_it_calls_no_routine_of_ours(self, reader: Database, database: Database) -> None:
        routines = database.rows(
            "SELECT proname, prokind::text AS kind FROM pg_proc WHERE pronamespace = 'public'::regnamespace "
            "AND prorettype <> 'trigger'::regtype"
        )
        assert len(routines) > 50
        for routine in routines:
            verb = "CALL" if routine["kind"] == "p" else "SELECT"
            assert refused(reader, f"{verb} public.{routine['proname']}()") == DENIED, routine

    def test_of_definers_it_may_run_the_one_of_its_policies(self, database: Database) -> None:
        rows = database.rows(
            "SELECT proname FROM pg_proc WHERE prosecdef "
            "AND has_function_privilege('mesa_reporting', oid, 'EXECUTE')"
        )
        assert [row["proname"] for row in rows] == ["fn_reporting_workspace"]

    def test_it_reads_no_statement_of_others(self, reader: Database, database: Database) -> None:
        with database.another() as other:
            other.run("SELECT 'a canary sings'")
            shown = reader.rows("SELECT query, usename FROM pg_stat_activity WHERE usename <> session_user")
        assert shown
        assert {row["query"] for row in shown} <= {"<insufficient privilege>", None, ""}

    def test_it_reads_no_file_and_ends_no_session(self, reader: Database, database: Database) -> None:
        pid = database.value("SELECT pg_backend_pid()")
        assert refused(reader, "SELECT pg_read_file('PG_VERSION')") == DENIED
        assert refused(reader, "COPY (SELECT 1) TO PROGRAM 'true'") in (DENIED, READ_ONLY)
        assert refused(reader, "SELECT pg_terminate_backend(:p)", p=pid) == DENIED

    def test_the_role_of_all_cannot_sign_in_and_has_no_power(self, database: Database) -> None:
        (role,) = database.rows(
            "SELECT rolsuper, rolbypassrls, rolcreaterole, rolcreatedb, rolcanlogin, rolreplication "
            "FROM pg_roles WHERE rolname = 'mesa_reporting'"
        )
        assert [name for name, value in role.items() if value] == []
        member = "SELECT roleid FROM pg_auth_members WHERE member = 'mesa_reporting'::regrole"
        assert database.rows(member) == []


class TestTheLogin:
    def test_it_is_kept_from_harm_by_its_settings(self, reader: Database) -> None:
        shown = {
            name: reader.value(f"SELECT current_setting('{name}')")
            for name in ("default_transaction_read_only", "statement_timeout", "search_path", "TimeZone")
        }
        assert shown == {
            "default_transaction_read_only": "on",
            "statement_timeout": "15s",
            "search_path": "reporting",
            "TimeZone": "UTC",
        }
        assert reader.value("SELECT rolconnlimit FROM pg_roles WHERE rolname = session_user") == 10

    def test_what_it_holds_open_is_ended_within_minutes_whatever_it_sets(
        self, reader: Database, logins: Readers, database: Database, stage: dict[str, str]
    ) -> None:
        """Or the feeds of all workspaces would wait for it: it has drawn a transaction's number."""
        calm = logins.of("globex")
        calm.run("BEGIN; SELECT 1")
        reader.run("SET idle_in_transaction_session_timeout = 0; SET statement_timeout = 0")
        drawn = reader.value("BEGIN; SELECT pg_current_xact_id()::text::bigint")
        horizon = "SELECT pg_snapshot_xmin(pg_current_snapshot())::text::bigint"
        assert database.value(horizon) <= drawn

        assert [ended(seconds) for seconds in (60, 0)] == [0, 2]

        while database.value(horizon) <= drawn or database.rows(OPEN_LOGINS):
            pass

    def test_a_lock_that_it_keeps_is_taken_from_it(
        self, reader: Database, database: Database, stage: dict[str, str]
    ) -> None:
        """Or it could stand in the way of whoever takes the same: pg_locks shows everybody's."""
        reader.run("SELECT pg_advisory_lock(7)")

        assert ended(60) == 1

        database.run("SELECT pg_advisory_lock(7)")

    def test_made_again_it_is_the_same_with_another_password(self, logins: Readers, cast: Cast) -> None:
        first, second = (reporting_role.make(logins.owner, "acme") for _ in range(2))

        assert first["user"] == second["user"]
        with pytest.raises(pg8000.native.DatabaseError):
            logins.sign_in(first)
        assert logins.sign_in(second).value("SELECT slug FROM workspace") == "acme"

    def test_it_stays_where_the_workspace_changes_its_slug(
        self, logins: Readers, database: Database, cast: Cast
    ) -> None:
        login = reporting_role.make(logins.owner, "acme")
        database.run("UPDATE workspaces SET slug = 'apex' WHERE slug = 'acme'")
        database.run("UPDATE workspaces SET slug = 'acme' WHERE slug = 'globex'")

        assert logins.sign_in(login).value("SELECT slug FROM workspace") == "apex"
        assert reporting_role.make(logins.owner, "apex")["user"] == login["user"]
        assert reporting_role.make(logins.owner, "acme")["user"] != login["user"]

    def test_dropped_it_is_gone_and_who_is_connected_sees_nothing(
        self, reader: Database, logins: Readers
    ) -> None:
        name = reporting_role.drop(logins.owner, "acme")

        assert name not in logins.logins()
        with pytest.raises(pg8000.native.DatabaseError):
            reader.rows("SELECT * FROM tickets")
        with pytest.raises(StackError, match="No workspace acme has a login"):
            reporting_role.drop(logins.owner, "acme")

    def test_a_login_that_is_nobodys_any_more_sees_nothing(
        self, reader: Database, database: Database
    ) -> None:
        database.run("DELETE FROM reporting_roles")
        assert [view for view in views(database) if reader.rows(f"SELECT * FROM {view}")] == []

    def test_from_a_backup_on_another_server_it_is_made_again(self, logins: Readers, cast: Cast) -> None:
        name = reporting_role.make(logins.owner, "acme")["user"]
        logins.clear()

        assert reporting_role.make(logins.owner, "acme")["user"] == name

    def test_an_unknown_workspace_has_none(self, logins: Readers) -> None:
        with pytest.raises(StackError, match="There is no workspace nowhere"):
            reporting_role.make(logins.owner, "nowhere")
        assert logins.logins() == []

    def test_a_password_is_taken_only_as_it_is_kept(self, logins: Readers, cast: Cast) -> None:
        """What is sent in the clear could stand in a log."""
        owner = Database(logins.owner)
        for password in (
            "secret",
            "",
            "md5d41d8cd98f00b204e9800998ecf8427e",
            "SCRAM-SHA-256$4096:a$b:c'; --",
            None,
        ):
            with pytest.raises(pg8000.native.DatabaseError, match="not a SCRAM-SHA-256 verifier"):
                owner.run("SELECT fn_make_reporting_role('acme', CAST(:p AS text))", p=password)
        owner.close()

    def test_the_owner_alone_makes_and_drops_it(self, database: Database) -> None:
        for routine in ("fn_make_reporting_role(text,text)", "fn_drop_reporting_role(text)"):
            for role in ("public", "mesa_app", "mesa_definer", "mesa_reporting"):
                allowed = database.value(
                    "SELECT has_function_privilege(:r, :f, 'EXECUTE')", r=role, f=f"public.{routine}"
                )
                assert allowed is False, (routine, role)
            assert database.value(
                "SELECT has_function_privilege(:r, :f, 'EXECUTE')", r=OWNER, f=f"public.{routine}"
            )

    def test_the_workspaces_administrators_read_of_it_in_the_audit_log(
        self, logins: Readers, database: Database, cast: Cast
    ) -> None:
        name = reporting_role.make(logins.owner, "acme")["user"]
        reporting_role.make(logins.owner, "acme")
        reporting_role.drop(logins.owner, "acme")

        told = database.rows(
            "SELECT action, actor_type, target_id, after FROM audit_log WHERE workspace_id = :w "
            "ORDER BY sequence",
            w=cast.acme,
        )
        assert [row["action"].partition(".")[2] for row in told] == ["made", "renewed", "dropped"]
        assert {(row["actor_type"], row["target_id"], row["after"]["role"]) for row in told} == {
            ("system", cast.acme, name)
        }


class TestTheCommand:
    """`make reporting-role`, with an owner's address as it is given for another database than the stack's."""

    @pytest.fixture
    def run(
        self, cluster: Cluster, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
    ) -> Callable[..., str]:
        def run(*arguments: str) -> str:
            monkeypatch.setenv("MESA_MIGRATION_URL", cluster.url(OWNER, DATABASE))
            monkeypatch.setattr("sys.argv", ["reporting_role", *arguments])
            reporting_role.main()
            return capsys.readouterr().out

        return run

    def test_what_it_prints_sets_what_grafana_is_provisioned_by(
        self, run: Callable[..., str], logins: Readers, cast: Cast
    ) -> None:
        set_by_it = dict(re.findall(r"^export (\w+)='(.+)'$", run("acme"), re.MULTILINE))

        login = {name: set_by_it[f"MESA_POSTGRES_{name.upper()}"] for name in ("user", "password")}
        assert logins.sign_in(login).value("SELECT slug FROM workspace") == "acme"
        assert set_by_it["MESA_POSTGRES_HOST"] == f"127.0.0.1:{logins.cluster.port}"
        assert set_by_it["MESA_POSTGRES_SSLMODE"] == "disable"
        asked = (PROJECT / "grafana/provisioning/datasources/mesa.yaml").read_text("utf-8")
        assert all(f"${{{name}}}" in asked for name in set_by_it)

    def test_it_takes_the_login_away(self, run: Callable[..., str], logins: Readers, cast: Cast) -> None:
        run("acme")
        run("acme", "--drop")
        assert logins.logins() == []

    def test_what_is_wrong_is_said_in_a_sentence(self, run: Callable[..., str], cast: Cast) -> None:
        with pytest.raises(SystemExit, match="There is no workspace nowhere"):
            run("nowhere")

    def test_without_a_stack_it_says_how_to_name_a_database(self, tmp_path: Path) -> None:
        with pytest.raises(StackError, match="make up"):
            reporting_role.owner_of({"MESA_DATA_DIR": str(tmp_path)})

    def test_elsewhere_it_speaks_over_tls(self) -> None:
        named = {"MESA_MIGRATION_URL": "postgresql+pg8000://mesa_owner:p%40ss@db.example/mesa"}
        owner = reporting_role.owner_of(named)

        context = owner.pop("ssl_context")
        assert context.verify_mode == ssl.CERT_REQUIRED
        assert context.check_hostname
        assert owner == {
            "host": "db.example",
            "port": 5432,
            "user": "mesa_owner",
            "password": "p@ss",
            "database": "mesa",
        }
