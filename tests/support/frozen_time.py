"""The database's clock, set by hand: for tests whose tickets live through days of June."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime

from chalicelib.core.db import engine
from tests.support.database import Database

PATH = "frozen, pg_catalog, public"
FREEZE = f"""
    CREATE SCHEMA frozen;
    CREATE TABLE frozen.clock AS SELECT pg_catalog.now() AS at;
    CREATE FUNCTION frozen.now() RETURNS timestamptz LANGUAGE sql STABLE SECURITY DEFINER
        AS 'SELECT at FROM frozen.clock';
    GRANT USAGE ON SCHEMA frozen TO PUBLIC;
    ALTER ROLE mesa_app SET search_path = {PATH};
"""
# Functions that cross tenants name their own path; ROUTINE is a function or a procedure.
FIXED = """
    SELECT oid::regprocedure::text AS name FROM pg_proc
    WHERE pronamespace = 'public'::regnamespace AND proconfig::text LIKE '%search_path%'
"""
DEFAULTED = """
    SELECT d.adrelid::regclass::text AS "table", a.attname AS "column" FROM pg_attrdef d
    JOIN pg_attribute a ON a.attrelid = d.adrelid AND a.attnum = d.adnum
    JOIN pg_class c ON c.oid = d.adrelid AND c.relnamespace = 'public'::regnamespace
    WHERE pg_get_expr(d.adbin, d.adrelid) = 'now()'
"""


class FrozenTime:
    """What `now()` says to the app and to this session from here on, until it is set again."""

    def __init__(self, database: Database) -> None:
        self.database = database

    def set(self, moment: datetime) -> None:
        self.database.run("UPDATE frozen.clock SET at = :at", at=moment)
        self.database.run(f"SET search_path = {PATH}")


@contextmanager
def frozen_time(database: Database) -> Iterator[FrozenTime]:
    """An unqualified `now()` is looked up in the path, where ours stands before PostgreSQL's; the defaults of
    columns, looked up when they were made, are made anew."""
    routines = [row["name"] for row in database.rows(FIXED)]
    columns = [(row["table"], row["column"]) for row in database.rows(DEFAULTED)]
    database.run(FREEZE + _looking_in(routines, f"{PATH}, pg_temp") + _defaulting(columns, "frozen.now()"))
    engine().dispose()
    try:
        yield FrozenTime(database)
    finally:
        database.refresh()
        thaw = "ALTER ROLE mesa_app RESET search_path; DROP SCHEMA frozen CASCADE;"
        path = "pg_catalog, public, pg_temp"
        database.run(_looking_in(routines, path) + _defaulting(columns, "pg_catalog.now()") + thaw)
        engine().dispose()


def _looking_in(routines: list[str], path: str) -> str:
    return "".join(f"ALTER ROUTINE {routine} SET search_path = {path};" for routine in routines)


def _defaulting(columns: list[tuple[str, str]], value: str) -> str:
    return "".join(
        f"ALTER TABLE {table} ALTER COLUMN {column} SET DEFAULT {value};" for table, column in columns
    )
