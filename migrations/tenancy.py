"""What makes a table a tenant's: row-level security, and who may do what to it."""

from alembic import op


def secure(table: str, *, app: str | None = None, definer: str | None = None) -> None:
    """A tenant sees its own rows only; the definer role, which owns the few functions that cross tenants,
    sees all.

    `app`, `definer`: the rights to grant to mesa_app and mesa_definer, as in "SELECT, INSERT".
    """
    key = "id" if table == "workspaces" else "workspace_id"
    own = f"{key} = (SELECT nullif(current_setting('app.workspace_id', true), '')::uuid)"
    op.execute(f"ALTER TABLE {table} ENABLE ROW LEVEL SECURITY")
    op.execute(f"ALTER TABLE {table} FORCE ROW LEVEL SECURITY")
    op.execute(f"CREATE POLICY tenant ON {table} TO mesa_app USING ({own}) WITH CHECK ({own})")
    op.execute(f"CREATE POLICY definer ON {table} TO mesa_definer USING (true) WITH CHECK (true)")
    if app:
        op.execute(f"GRANT {app} ON {table} TO mesa_app")
    if definer:
        op.execute(f"GRANT {definer} ON {table} TO mesa_definer")


def report(table: str, columns: str, *, only: str = "") -> None:
    """Lets the logins for reports read some columns of their own workspace's rows, through the views of the
    schema `reporting`.

    `only`: which rows, as SQL of the table's columns; all unless said.
    """
    key = "id" if table == "workspaces" else "workspace_id"
    own = f"{key} = (SELECT fn_reporting_workspace())"
    rows = f"{own} AND ({only})" if only else own
    op.execute(f"CREATE POLICY reporting ON {table} FOR SELECT TO mesa_reporting USING ({rows})")
    op.execute(f"GRANT SELECT ({columns}) ON {table} TO mesa_reporting")
