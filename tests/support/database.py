"""The superuser's view of the test database: for arranging and for asserting past row-level security."""

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from socket import IPPROTO_TCP, TCP_NODELAY
from typing import Any, TypeVar

import pg8000.exceptions
import pg8000.native

T = TypeVar("T")
# DISCARD ALL, but for temporary functions and the plans of all, which most tests begin with.
AS_NEW = """
    ROLLBACK; CLOSE ALL; SET SESSION AUTHORIZATION DEFAULT; RESET ALL; DEALLOCATE ALL; UNLISTEN *;
    SELECT pg_advisory_unlock_all(); DISCARD SEQUENCES
"""


class Database:
    """A connection of its own, in autocommit."""

    def __init__(self, dsn: Mapping[str, Any], timeout: float = 30) -> None:
        self.dsn = dict(dsn)
        self.timeout = timeout
        self.connection = self._connect()
        self._aside: Aside | None = None

    def rows(self, sql: str, **values: Any) -> list[dict[str, Any]]:
        """The rows as dictionaries."""
        return named(self.connection.run(sql, **values), self.connection.columns)

    def value(self, sql: str, **values: Any) -> Any:
        """The only value of the only row."""
        (row,) = self.rows(sql, **values)
        (value,) = row.values()
        return value

    def run(self, sql: str, **values: Any) -> None:
        self.connection.run(sql, **values)

    def empty(self) -> None:
        """Forgets every tenant and every count. Deleting beats truncating small tables by far."""
        self._by_the_other(Aside.empty)

    def rows_again(self, sql: str, **values: Any) -> list[dict[str, Any]]:
        """The same as `rows`, planned once and for all: for what takes longer to plan than to find."""
        return self._by_the_other(lambda aside: aside.rows(sql, values))

    @contextmanager
    def past_triggers(self) -> Iterator[None]:
        """Rows as a test wants them: no trigger looks at them, none follows them, and no key is checked."""
        self.run("SET session_replication_role = replica")
        try:
            yield
        finally:
            self.run("RESET session_replication_role")

    @contextmanager
    def another(self) -> Iterator["Database"]:
        """A second connection, for what must run beside the first."""
        database = Database(self.dsn)
        try:
            yield database
        finally:
            database.close()

    def refresh(self) -> None:
        """As if newly connected, whatever the last test did to the session or to the server."""
        try:
            self.connection.run(AS_NEW)
        except Exception:
            self.connection = self._connect()

    def close(self) -> None:
        self.connection.close()
        if self._aside:
            self._aside.connection.close()

    def _by_the_other(self, what: Callable[["Aside"], T]) -> T:
        try:
            self._aside = self._aside or Aside(self._connect())
            return what(self._aside)
        except (pg8000.exceptions.Error, OSError):  # the server went away since, or has other tables
            self._aside = Aside(self._connect())
            return what(self._aside)

    def _connect(self) -> pg8000.native.Connection:
        connection = pg8000.native.Connection(**self.dsn, timeout=self.timeout)
        connection._usock.setsockopt(IPPROTO_TCP, TCP_NODELAY, 1)  # else long statements wait for an ACK
        return connection


class Aside:
    """Deletes everything, and keeps plans. On a connection of its own: switching triggers, which it
    has off, has all that is prepared planned anew, and what a test does to its session ends with it."""

    def __init__(self, connection: pg8000.native.Connection) -> None:
        self.connection = connection
        connection.run("SET session_replication_role = replica")
        tables = connection.run(
            "SELECT relname FROM pg_class WHERE relnamespace = 'public'::regnamespace AND relkind = 'r' "
            "AND relname <> 'alembic_version'"
        )
        each = "; ".join(f"DELETE FROM public.{table}" for (table,) in tables)
        emptying = "CREATE FUNCTION pg_temp.empty() RETURNS void LANGUAGE plpgsql"
        connection.run(f"{emptying} AS 'BEGIN {each}; END'")
        self._empty = connection.prepare("SELECT pg_temp.empty()")
        self._prepared: dict[str, pg8000.native.PreparedStatement] = {}

    def empty(self) -> None:
        self._empty.run()

    def rows(self, sql: str, values: Mapping[str, Any]) -> list[dict[str, Any]]:
        if sql not in self._prepared:
            self._prepared[sql] = self.connection.prepare(sql)
        prepared = self._prepared[sql]
        return named(prepared.run(**values), prepared.columns)


def named(rows: list[list[Any]] | None, columns: list[dict[str, Any]] | None) -> list[dict[str, Any]]:
    names = [column["name"] for column in columns or []]
    return [dict(zip(names, row, strict=True)) for row in rows or []]
