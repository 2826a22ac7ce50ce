"""What every table shares: one metadata, tenant-scoped keys, text with a closed set of values."""

from typing import Any

from sqlalchemy import CheckConstraint, Column, DateTime, ForeignKeyConstraint, MetaData, Text, Uuid, text

metadata = MetaData(
    naming_convention={
        "pk": "%(table_name)s_pkey",
        "uq": "%(table_name)s_%(column_0_N_name)s_key",
        "ix": "%(table_name)s_%(column_0_N_name)s_idx",
        "fk": "%(table_name)s_%(column_0_N_name)s_fkey",
        "ck": "%(table_name)s_%(constraint_name)s_check",
    }
)

NOW = text("now()")


def workspace_key() -> Column[Any]:
    """The tenant: first column of every primary key."""
    return Column("workspace_id", Uuid, primary_key=True)


def row_id() -> Column[Any]:
    """A time-ordered UUID (RFC 9562 §5.7) made by the database."""
    return Column("id", Uuid, primary_key=True, server_default=text("uuidv7()"))


def timestamp(name: str, *, now: bool = False, nullable: bool = True) -> Column[Any]:
    """An instant; `now` makes it default to the transaction's time, which is never null."""
    if now:
        return Column(name, DateTime(timezone=True), nullable=False, server_default=NOW)
    return Column(name, DateTime(timezone=True), nullable=nullable)


def words(name: str, default: str | None = None, *, nullable: bool = False) -> Column[Any]:
    """A text column."""
    return Column(name, Text, nullable=nullable, server_default=default)


def one_of(column: str, values: tuple[str, ...]) -> CheckConstraint:
    """A column that holds one of these values."""
    listed = ", ".join(f"'{value}'" for value in values)
    return CheckConstraint(f"{column} IN ({listed})", name=column)


def belongs_to(
    table: str, column: str, *, on_delete: str | None = None, deferrable: bool | None = None
) -> ForeignKeyConstraint:
    """A reference that can never leave its workspace."""
    return ForeignKeyConstraint(
        ["workspace_id", column],
        [f"{table}.workspace_id", f"{table}.id"],
        ondelete=on_delete,
        deferrable=deferrable,
    )


def of_workspace() -> ForeignKeyConstraint:
    """The row goes with its workspace."""
    return ForeignKeyConstraint(["workspace_id"], ["workspaces.id"], ondelete="CASCADE")
