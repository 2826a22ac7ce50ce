"""The foundation: tenants, people, tickets, promises, events; row-level security on every tenant table."""

from pathlib import Path

from alembic import op

from migrations.tenancy import secure

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

APP_RIGHTS = {
    "workspaces": "SELECT, INSERT, UPDATE",
    "users": "SELECT, INSERT, UPDATE",
    "teams": "SELECT, INSERT, UPDATE",
    "team_members": "SELECT, INSERT, DELETE",
    "api_keys": "SELECT, INSERT, UPDATE (last_used_at, revoked_at)",
    "api_key_teams": "SELECT, INSERT",
    "refresh_tokens": "SELECT, INSERT, UPDATE",
    "invitations": "SELECT, INSERT, UPDATE",
    "sign_ups": "SELECT, INSERT, UPDATE",
    "one_time_tokens": "SELECT, INSERT, UPDATE",
    "calendars": "SELECT, INSERT, UPDATE",
    "sla_policies": "SELECT, INSERT, UPDATE",
    "ticket_counters": "SELECT, INSERT, UPDATE",
    "tickets": "SELECT, INSERT, UPDATE",
    "ticket_watchers": "SELECT, INSERT, DELETE",
    "ticket_links": "SELECT, INSERT, DELETE",
    "comments": "SELECT, INSERT, UPDATE",
    "timeline_entries": "SELECT, INSERT",
    "sla_targets": "SELECT, INSERT, UPDATE",
    "sla_steps": "SELECT, INSERT, UPDATE, DELETE",
    "events": "SELECT, INSERT",
    "idempotency_keys": "SELECT, INSERT, UPDATE",
    "notifications": "SELECT, INSERT, UPDATE",
    # Written through fn_audit alone, which only ever appends.
    "audit_log": "SELECT",
    "audit_heads": "SELECT",
}
# Who deletes also has UPDATE: locking a row to skip it where another holds it asks for that.
DEFINER_RIGHTS = {
    "workspaces": "SELECT",
    "users": "SELECT",
    "teams": "SELECT",
    "refresh_tokens": "SELECT, UPDATE, DELETE",
    "sign_ups": "SELECT, UPDATE, DELETE",
    "one_time_tokens": "SELECT, UPDATE, DELETE",
    "tickets": "SELECT, UPDATE",
    "timeline_entries": "INSERT",
    "sla_targets": "SELECT, UPDATE",
    "sla_steps": "SELECT, UPDATE",
    "events": "SELECT, INSERT, UPDATE, DELETE",
    "idempotency_keys": "SELECT, UPDATE, DELETE",
    "rate_limits": "SELECT, INSERT, UPDATE, DELETE",
    "audit_log": "SELECT, INSERT, UPDATE (salt, address, before, after)",
    "audit_heads": "SELECT, INSERT, UPDATE",
}
# Time-outs nest: lock < statement < socket < Lambda. They belong to the role, so no connection pays for
# setting them.
APP_TIMEOUTS = {
    "lock_timeout": "5s",
    "statement_timeout": "10s",
    "idle_in_transaction_session_timeout": "20s",
}


def upgrade() -> None:
    make_roles()
    op.execute(Path(__file__).with_suffix(".sql").read_text("utf-8"))
    for table, rights in APP_RIGHTS.items():
        secure(table, app=rights)
    for table, rights in DEFINER_RIGHTS.items():
        op.execute(f"GRANT {rights} ON {table} TO mesa_definer")
    guard_status_edges()


def downgrade() -> None:
    op.execute("DROP TABLE " + ", ".join([*APP_RIGHTS, "rate_limits"]) + " CASCADE")
    op.execute(
        """
        DO $$
        DECLARE routine regprocedure;
        BEGIN
            FOR routine IN
                SELECT oid FROM pg_proc
                WHERE pronamespace = 'public'::regnamespace AND (proname LIKE 'fn\\_%' OR proname LIKE
                    'sp\\_%')
            LOOP
                EXECUTE 'DROP ROUTINE ' || routine || ' CASCADE';
            END LOOP;
        END $$
        """
    )
    op.execute("REVOKE ALL ON SCHEMA public FROM mesa_app, mesa_definer")
    op.execute("GRANT USAGE ON SCHEMA public TO PUBLIC")


def make_roles() -> None:
    """Roles are the cluster's, so another database of it may have made them already; they keep their
    passwords."""
    op.execute(
        """
        DO $$
        BEGIN
            IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'mesa_definer') THEN
                CREATE ROLE mesa_definer NOLOGIN;
                GRANT mesa_definer TO CURRENT_USER WITH INHERIT TRUE, SET TRUE;
            END IF;
            IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'mesa_app') THEN
                CREATE ROLE mesa_app LOGIN;
            END IF;
        END $$
        """
    )
    for setting, value in APP_TIMEOUTS.items():
        op.execute(f"ALTER ROLE mesa_app SET {setting} = '{value}'")
    op.execute("ALTER ROLE mesa_app SET timezone = 'UTC'")
    op.execute("REVOKE ALL ON SCHEMA public FROM PUBLIC")
    op.execute("GRANT USAGE ON SCHEMA public TO mesa_app")
    op.execute("GRANT USAGE, CREATE ON SCHEMA public TO mesa_definer")


def guard_status_edges() -> None:
    """The database refuses an illegal status edge too; the functions themselves are in migrations/sql."""
    op.execute(
        """
        CREATE FUNCTION fn_guard_ticket_status() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RETURN NEW; END
            $$;
        CREATE TRIGGER guard_status BEFORE INSERT OR UPDATE OF status ON tickets
            FOR EACH ROW EXECUTE FUNCTION fn_guard_ticket_status();
        """
    )
