"""Runs the migrations: one transaction each, behind an advisory lock, with short lock time-outs; then
installs the functions of migrations/sql, so that what the database runs is always what the repository
shows."""

import os
from pathlib import Path

from alembic import context
from sqlalchemy import Connection, create_engine, text

from migrations.tables import metadata

ADVISORY_LOCK = 7_355_608


def install_functions(connection: Connection) -> None:
    """Creates or replaces every function and procedure, in the order of their file names."""
    for path in sorted((Path(__file__).parent / "sql").glob("*.sql")):
        connection.exec_driver_sql(path.read_text("utf-8"))


def migrate(connection: Connection) -> None:
    connection.execute(text("SET lock_timeout = '5s'"))
    connection.execute(text("SET check_function_bodies = off"))
    connection.execute(text("SELECT pg_advisory_lock(:key)"), {"key": ADVISORY_LOCK})
    connection.commit()
    context.configure(connection=connection, target_metadata=metadata, transaction_per_migration=True)
    with context.begin_transaction():
        context.run_migrations()
    if connection.scalar(text("SELECT to_regclass('workspaces') IS NOT NULL")):
        install_functions(connection)
    connection.commit()
    connection.execute(text("SELECT pg_advisory_unlock(:key)"), {"key": ADVISORY_LOCK})
    connection.commit()


if given := context.config.attributes.get("connection"):
    migrate(given)
else:
    engine = create_engine(os.environ["MESA_MIGRATION_URL"])
    with engine.connect() as connection:
        migrate(connection)
    engine.dispose()
