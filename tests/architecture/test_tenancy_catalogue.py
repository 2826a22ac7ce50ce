"""Rule 8 (hostile case 26): what the database itself says of tenancy, for every table that there is."""

import re

import pytest

from tests.support.database import Database

# The tables that are no tenant's, and why.
SHARED = {
    "alembic_version": "the schema's own revision",
    "rate_limits": "counted before anyone knows whose door it is; subjects are digests",
}
# The tenant itself: its key is what `workspace_id` names elsewhere, its slug is unique among all.
TENANT = "workspaces"
OWN = (
    "({} = ( SELECT (NULLIF(current_setting('app.workspace_id'::text, true), ''::text))::uuid AS \"nullif\"))"
)
# What logins for reports read of their own workspace through views; of people, the staff alone.
REPORTED = {
    **dict.fromkeys(
        (
            "organisations",
            "ratings",
            "rollup_generations",
            "sla_policies",
            "sla_targets",
            "teams",
            "ticket_rollups",
            "tickets",
            "time_entries",
            "timeline_entries",
            "users",
            "workspaces",
        ),
        "({} = ( SELECT fn_reporting_workspace() AS fn_reporting_workspace))",
    ),
    "users": "((workspace_id = ( SELECT fn_reporting_workspace() AS fn_reporting_workspace)) "
    "AND (role <> 'customer'::text))",
}
# A definer's routine that is not the app's.
OF_REPORTS = {"fn_reporting_workspace"}

TABLES = """
    SELECT c.relname AS name, c.relrowsecurity AS enabled, c.relforcerowsecurity AS forced,
           pg_get_userbyid(c.relowner) AS owner
    FROM pg_class c WHERE c.relnamespace = 'public'::regnamespace AND c.relkind IN ('r', 'p')
"""
POLICIES = """
    SELECT tablename AS table, policyname AS name, permissive, roles::text[] AS roles, cmd, qual, with_check
    FROM pg_policies WHERE schemaname = 'public'
"""
# The columns of every primary key, unique constraint, unique index and foreign key, in their order.
KEYS = """
    SELECT t.relname AS table, i.relname AS name, x.indisprimary AS primary,
           ARRAY(SELECT pg_get_indexdef(x.indexrelid, n, true)
                 FROM generate_series(1, x.indnkeyatts) AS n) AS columns
    FROM pg_index x JOIN pg_class i ON i.oid = x.indexrelid JOIN pg_class t ON t.oid = x.indrelid
    WHERE x.indisunique AND t.relnamespace = 'public'::regnamespace
    UNION ALL
    SELECT t.relname, c.conname, false,
           ARRAY(SELECT a.attname FROM unnest(c.conkey) WITH ORDINALITY AS k (n, place)
                 JOIN pg_attribute a ON a.attrelid = c.conrelid AND a.attnum = k.n ORDER BY k.place)::text[]
    FROM pg_constraint c JOIN pg_class t ON t.oid = c.conrelid
    WHERE c.contype = 'f' AND c.connamespace = 'public'::regnamespace
"""
ROUTINES = """
    SELECT p.proname AS name, p.prosecdef AS definer, pg_get_userbyid(p.proowner) AS owner,
           p.proconfig AS settings, p.prosrc AS source,
           has_function_privilege('public', p.oid, 'EXECUTE') AS everybody,
           has_function_privilege('mesa_app', p.oid, 'EXECUTE') AS app
    FROM pg_proc p WHERE p.pronamespace = 'public'::regnamespace
"""


@pytest.fixture
def tenant_tables(database: Database) -> set[str]:
    return {row["name"] for row in database.rows(TABLES)} - SHARED.keys()


class TestTables:
    def test_26_every_table_is_a_tenants_or_declared_shared(
        self, database: Database, tenant_tables: set[str]
    ) -> None:
        scoped = {
            row["table_name"]
            for row in database.rows(
                "SELECT table_name FROM information_schema.columns WHERE table_schema = 'public' "
                "AND column_name = 'workspace_id' AND is_nullable = 'NO' AND data_type = 'uuid'"
            )
        }
        assert tenant_tables == scoped | {TENANT}
        assert len(tenant_tables) >= 18

    def test_26_row_level_security_is_enabled_and_forced(
        self, database: Database, tenant_tables: set[str]
    ) -> None:
        secured = {row["name"] for row in database.rows(TABLES) if row["enabled"] and row["forced"]}

        assert secured == tenant_tables

    def test_26_each_has_the_policy_of_its_tenant_and_that_of_the_definer_and_no_other(
        self, database: Database, tenant_tables: set[str]
    ) -> None:
        found = {
            (
                row["table"],
                row["name"],
                row["permissive"],
                tuple(row["roles"]),
                row["cmd"],
                row["qual"],
                row["with_check"],
            )
            for row in database.rows(POLICIES)
        }
        expected = set()
        for table in tenant_tables:
            own = OWN.format("id" if table == TENANT else "workspace_id")
            expected.add((table, "tenant", "PERMISSIVE", ("mesa_app",), "ALL", own, own))
            expected.add((table, "definer", "PERMISSIVE", ("mesa_definer",), "ALL", "true", "true"))
            if table in REPORTED:
                own = REPORTED[table].format("id" if table == TENANT else "workspace_id")
                expected.add((table, "reporting", "PERMISSIVE", ("mesa_reporting",), "SELECT", own, None))
        assert found == expected

    def test_26_the_workspace_comes_first_in_every_key(
        self, database: Database, tenant_tables: set[str]
    ) -> None:
        keys = [key for key in database.rows(KEYS) if key["table"] in tenant_tables - {TENANT}]

        assert {key["name"] for key in keys if key["columns"][0] != "workspace_id"} == set()
        assert {key["table"] for key in keys if key["primary"]} == tenant_tables - {TENANT}

    def test_26_a_foreign_key_never_leaves_the_workspace(self, database: Database) -> None:
        """It names the other's workspace with its own, and where it empties itself it keeps the workspace."""
        keys = database.rows(
            "SELECT conname AS name, pg_get_constraintdef(oid) AS definition FROM pg_constraint "
            "WHERE contype = 'f' AND connamespace = 'public'::regnamespace"
        )
        tied = re.compile(
            r"FOREIGN KEY \(workspace_id(, \w+)*\) REFERENCES "
            r"(workspaces\(id\)|\w+\(workspace_id(, \w+)+\))"
            r"( ON DELETE (CASCADE|SET NULL \((?!workspace_id)\w+\)))?( DEFERRABLE( INITIALLY DEFERRED)?)?"
        )
        assert len(keys) >= 20
        assert {key["name"] for key in keys if not tied.fullmatch(key["definition"])} == set()

    def test_26_a_natural_key_that_can_be_deleted_is_free_again(self, database: Database) -> None:
        """Unique names and emails count among what is not deleted only."""
        partial = {
            row["name"]: row["predicate"]
            for row in database.rows(
                """
                SELECT i.relname AS name, pg_get_expr(x.indpred, x.indrelid) AS predicate
                FROM pg_index x JOIN pg_class i ON i.oid = x.indexrelid
                WHERE x.indisunique AND NOT x.indisprimary AND i.relnamespace = 'public'::regnamespace
                  AND EXISTS (SELECT FROM pg_attribute a
                              WHERE a.attrelid = x.indrelid AND a.attname = 'deleted_at')
                  AND EXISTS (SELECT FROM pg_attribute a WHERE a.attrelid = x.indrelid
                              AND a.attnum = ANY(x.indkey::int2[]) AND a.attname IN ('name', 'email', 'slug'))
                """
            )
        }
        assert partial.keys() >= {"users_workspace_id_email_key", "teams_workspace_id_name_key"}
        assert set(partial.values()) == {"(deleted_at IS NULL)"}


class TestRoles:
    def test_26_the_app_is_a_plain_role(self, database: Database) -> None:
        (role,) = database.rows(
            "SELECT rolsuper, rolbypassrls, rolcreaterole, rolcreatedb, rolreplication, rolcanlogin "
            "FROM pg_roles WHERE rolname = 'mesa_app'"
        )
        assert [name for name, value in role.items() if value] == ["rolcanlogin"]

    def test_26_the_app_is_a_member_of_nothing(self, database: Database) -> None:
        assert database.rows("SELECT roleid FROM pg_auth_members WHERE member = 'mesa_app'::regrole") == []

    def test_26_the_app_owns_nothing(self, database: Database) -> None:
        assert (
            database.rows(
                "SELECT objid FROM pg_shdepend WHERE refobjid = 'mesa_app'::regrole AND deptype = 'o'"
            )
            == []
        )

    def test_26_the_app_makes_nothing_and_shortens_nothing(
        self, database: Database, tenant_tables: set[str]
    ) -> None:
        granted = database.rows(
            "SELECT table_name, privilege_type FROM information_schema.role_table_grants "
            "WHERE grantee IN ('mesa_app', 'PUBLIC') AND table_schema = 'public' "
            "AND privilege_type NOT IN ('SELECT', 'INSERT', 'UPDATE', 'DELETE')"
        )
        assert granted == []
        assert database.value("SELECT has_schema_privilege('mesa_app', 'public', 'CREATE')") is False

    def test_26_what_is_shared_is_reached_through_functions_only(self, database: Database) -> None:
        for table in SHARED:
            assert (
                database.value("SELECT has_table_privilege('mesa_app', :t, 'SELECT')", t=f"public.{table}")
                is False
            )

    def test_26_history_is_written_once(self, database: Database) -> None:
        """What happened is never changed by the app: the timeline, the events, the audit log."""
        for table in ("timeline_entries", "events", "audit_log", "audit_heads"):
            for privilege in ("UPDATE", "DELETE"):
                assert (
                    database.value("SELECT has_table_privilege('mesa_app', :t, :p)", t=table, p=privilege)
                    is False
                )

    def test_26_the_definer_cannot_sign_in_and_passes_no_policy_by(self, database: Database) -> None:
        (role,) = database.rows(
            "SELECT rolsuper, rolbypassrls, rolcreaterole, rolcreatedb, rolcanlogin FROM pg_roles "
            "WHERE rolname = 'mesa_definer'"
        )
        assert [name for name, value in role.items() if value] == []
        owned = database.rows(
            "SELECT classid::regclass::text AS kind FROM pg_shdepend "
            "WHERE refobjid = 'mesa_definer'::regrole AND deptype = 'o' "
            "AND dbid = (SELECT oid FROM pg_database WHERE datname = current_database())"
        )
        assert {row["kind"] for row in owned} == {"pg_proc"}

    def test_26_the_owner_is_no_superuser_as_on_rds(self, database: Database) -> None:
        owners = {row["owner"] for row in database.rows(TABLES)}
        rows = database.rows(
            "SELECT rolname FROM pg_roles WHERE rolname = ANY(:owners) AND (rolsuper OR rolbypassrls)",
            owners=list(owners),
        )
        assert owners == {"mesa_owner"}
        assert rows == []


class TestRoutines:
    def test_26_what_crosses_tenants_is_owned_by_the_definer_with_a_fixed_search_path(
        self, database: Database
    ) -> None:
        definers = [row for row in database.rows(ROUTINES) if row["definer"]]

        assert len(definers) >= 8
        assert {row["owner"] for row in definers} == {"mesa_definer"}
        path = "search_path=pg_catalog, public, pg_temp"
        assert {row["name"] for row in definers if path not in (row["settings"] or ())} == set()

    def test_26_no_definer_routine_is_for_everybody(self, database: Database) -> None:
        definers = [row for row in database.rows(ROUTINES) if row["definer"]]

        assert {row["name"] for row in definers if row["everybody"]} == set()
        assert {row["name"] for row in definers if not row["app"]} == OF_REPORTS

    def test_26_a_definer_routine_names_the_schema_of_its_tables(
        self, database: Database, tenant_tables: set[str]
    ) -> None:
        """The search path ends with pg_temp, but a name that says its schema needs no search at all."""
        tables = tenant_tables | SHARED.keys()
        bare = re.compile(rf"\b(FROM|JOIN|INTO|UPDATE)\s+({'|'.join(sorted(tables))})\b", re.IGNORECASE)
        definers = [row for row in database.rows(ROUTINES) if row["definer"]]

        assert {row["name"] for row in definers if bare.search(row["source"])} == set()

    def test_26_every_other_routine_runs_with_the_rights_of_its_caller(self, database: Database) -> None:
        others = [row for row in database.rows(ROUTINES) if not row["definer"]]

        assert {row["owner"] for row in others} == {"mesa_owner"}

    def test_26_no_view_passes_the_policies_by(self, database: Database) -> None:
        """A view reads with its owner's rights unless it says otherwise; there is none yet."""
        views = database.rows(
            "SELECT relname FROM pg_class WHERE relnamespace = 'public'::regnamespace "
            "AND relkind IN ('v', 'm') AND NOT coalesce('security_invoker=true' = ANY(reloptions), false)"
        )
        assert views == []
