"""Who reads reports by SQL: the database's login of a workspace."""

from sqlalchemy import Column, Table, Text

from chalicelib.models.base import metadata, of_workspace, timestamp, workspace_key

# Written by fn_make_reporting_role and fn_drop_reporting_role alone; fn_reporting_workspace believes it.
reporting_roles = Table(
    "reporting_roles",
    metadata,
    workspace_key(),
    Column("role_name", Text, nullable=False),
    timestamp("created_at", now=True),
    of_workspace(),
)
