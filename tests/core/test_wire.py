"""The quicker pg8000: fewer waits, the same answers, a protocol that stays in step whatever goes wrong."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta, timezone
from socket import IPPROTO_TCP, TCP_NODELAY
from typing import Any

import pg8000.dbapi
import pytest
from pg8000.converters import timestamptz_in

from chalicelib.core import wire
from chalicelib.core.wire import Connection, moment, numbered
from local.postgres import Cluster
from tests.conftest import DATABASE


@pytest.fixture
def connection(cluster: Cluster) -> Iterator[Connection]:
    """One in a transaction that is never committed, but where a test says so."""
    connection = Connection(**cluster.dsn("postgres", DATABASE), timeout=10)
    yield connection
    connection.close()


@pytest.fixture
def waits(connection: Connection, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """What the connection waited for the server's answer to."""
    waited: list[str] = []
    answered = connection.handle_messages

    def waiting(context: Any) -> None:
        waited.append(context.statement.split()[0].upper())
        answered(context)

    monkeypatch.setattr(connection, "handle_messages", waiting)
    return waited


def rows(connection: Connection, sql: str, *values: object) -> list[list[Any]]:
    cursor = connection.cursor()
    cursor.execute(sql, values)
    return list(cursor.fetchall()) if cursor.description else []


class TestWaiting:
    def test_once_for_each_statement_and_for_commit(self, connection: Connection, waits: list[str]) -> None:
        rows(connection, "SELECT %s::int", 1)
        rows(connection, "VALUES (%s::int)", 2)
        connection.commit()

        assert waits == ["SELECT", "VALUES", "COMMIT"]

    def test_no_part_of_a_long_statement_waits_for_the_acknowledgement_of_another(
        self, connection: Connection
    ) -> None:
        assert connection._usock.getsockopt(IPPROTO_TCP, TCP_NODELAY)

    def test_in_autocommit_no_transaction_begins(self, connection: Connection, waits: list[str]) -> None:
        connection.autocommit = True

        rows(connection, "SELECT %s::int", 1)

        assert waits == ["SELECT"]
        assert not connection._in_transaction


class TestTransactions:
    def test_the_first_statement_begins_one(self, connection: Connection) -> None:
        (first,), (second,) = (rows(connection, "SELECT now(), %s::int", 1) for _ in range(2))

        assert connection._in_transaction
        assert first == second

    def test_a_rolled_back_one_leaves_nothing(self, connection: Connection) -> None:
        rows(connection, "SELECT set_config('app.workspace_id', %s, true)", "somewhere")
        connection.rollback()

        assert rows(connection, "SELECT current_setting('app.workspace_id', %s)", True) in ([[None]], [[""]])

    def test_what_fails_first_fails_inside_of_one(self, connection: Connection) -> None:
        with pytest.raises(pg8000.dbapi.DatabaseError, match="22012"):
            rows(connection, "SELECT 1 / %s::int", 0)
        with pytest.raises(pg8000.dbapi.DatabaseError, match="25P02"):
            rows(connection, "SELECT %s::int", 1)
        connection.rollback()

        assert rows(connection, "SELECT %s::int", 1) == [[1]]

    def test_without_its_begin_a_statement_does_not_run(
        self, connection: Connection, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        rows(connection, "CREATE TEMPORARY TABLE seen AS SELECT %s::int AS n", 1)
        connection.commit()
        nonsense = wire._parsed("BEGIN NONSENSE", (), "ascii") + wire._bound((), "ascii") + wire.EXECUTE_MSG
        with monkeypatch.context() as broken:
            broken.setitem(wire.BEGIN, False, nonsense)
            with pytest.raises(pg8000.dbapi.DatabaseError, match="42601"):
                rows(connection, "INSERT INTO seen VALUES (%s)", 2)

        assert rows(connection, "SELECT n FROM seen WHERE n >= %s", 1) == [[1]]

    @pytest.mark.parametrize("values", [(), (0,)], ids=["without values", "with values"])
    @pytest.mark.parametrize("of_one_moment", [True, False])
    def test_its_statements_see_one_moment_where_asked_and_else_each_its_own(
        self, connection: Connection, cluster: Cluster, of_one_moment: bool, values: tuple[int, ...]
    ) -> None:
        rows(connection, "CREATE TABLE seen_meanwhile AS SELECT %s::int AS n", 1)
        connection.commit()
        connection.of_one_moment = of_one_moment
        seen = f"SELECT n FROM seen_meanwhile WHERE n > {'%s' if values else '0'} ORDER BY n"
        with Connection(**cluster.dsn("postgres", DATABASE)) as another:
            first = rows(connection, seen, *values)
            rows(another, "INSERT INTO seen_meanwhile VALUES (%s)", 2)
            another.commit()
            second = rows(connection, seen, *values)
            connection.commit()
            rows(another, "DROP TABLE seen_meanwhile")
            another.commit()

        assert (first, second) == ([[1]], [[1]] if of_one_moment else [[1], [2]])


class TestStayingInStep:
    @pytest.mark.parametrize(
        ("sql", "value", "error"),
        [
            ("SELEC %s", 1, pg8000.dbapi.DatabaseError),
            ("SELECT nothing FROM nowhere WHERE n = %s", 1, pg8000.dbapi.DatabaseError),
            ("SELECT %s::int", "no number", pg8000.dbapi.DatabaseError),
            ("SELECT 1 / %s::int", 0, pg8000.dbapi.DatabaseError),
            ("SELECT %s::text", "\ud800", UnicodeEncodeError),
            ("SELECT '\ud800', %s::text", "a", UnicodeEncodeError),
        ],
    )
    def test_after_what_fails(
        self, connection: Connection, sql: str, value: Any, error: type[Exception]
    ) -> None:
        with pytest.raises(error):
            rows(connection, sql, value)
        connection.rollback()

        assert rows(connection, "SELECT %s::int", 7) == [[7]]

    def test_with_values_and_rows_larger_than_any_buffer(self, connection: Connection) -> None:
        text = "größer " * 300_000

        assert rows(connection, "SELECT n, %s::text FROM generate_series(1, 3) AS n", text) == [
            [1, text],
            [2, text],
            [3, text],
        ]

    def test_a_closed_connection_says_so(self, cluster: Cluster) -> None:
        connection = Connection(**cluster.dsn("postgres", DATABASE))
        cursor = connection.cursor()
        connection.close()

        with pytest.raises(pg8000.dbapi.InterfaceError, match="connection is closed"):
            cursor.execute("SELECT %s::int", (1,))


class TestAnswers:
    def test_are_those_of_pg8000(self, connection: Connection, cluster: Cluster) -> None:
        sql = """
            SELECT %s::int, %s::text, %s::uuid, %s::jsonb, %s::text[], %s::boolean, %s::text,
                now() - now(), '%%s', 'it''s %s', %s::timestamptz, 7 %% 4
        """
        uuid = "01932d4e-0000-7000-8000-000000000001"
        values = (1, "a'%s", uuid, '{"a": [1]}', ["x", None], True, None, "2026-03-01T09:30:00.5+01:00")
        plain = pg8000.dbapi.connect(**cluster.dsn("postgres", DATABASE))
        expected = plain.cursor()
        expected.execute(sql, values)

        assert rows(connection, sql, *values) == list(expected.fetchall())
        plain.close()

    def test_a_statement_without_rows_tells_their_number(self, connection: Connection) -> None:
        cursor = connection.cursor()
        cursor.execute(
            "CREATE TEMPORARY TABLE counted AS SELECT n FROM generate_series(1, %s::int) AS n", (5,)
        )
        cursor.execute("DELETE FROM counted WHERE n > %s", (2,))

        assert (cursor.rowcount, cursor.description) == (3, None)

    def test_a_statement_is_converted_once(self) -> None:
        numbered.cache_clear()

        assert [numbered("SELECT %s, '%s', %s") for _ in range(3)] == ["SELECT $1, '%s', $2"] * 3
        assert numbered.cache_info().misses == 1


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("2026-11-20 19:15:42+00", datetime(2026, 11, 20, 19, 15, 42, tzinfo=UTC)),
        ("2026-11-20 19:15:42.5+00", datetime(2026, 11, 20, 19, 15, 42, 500_000, tzinfo=UTC)),
        ("2026-11-20 19:15:42.655021-05", datetime(2026, 11, 21, 0, 15, 42, 655_021, tzinfo=UTC)),
        ("2026-11-20 19:15:42+05:45", datetime(2026, 11, 20, 13, 30, 42, tzinfo=UTC)),
        ("1890-01-01 00:00:00-04:56:16", datetime(1890, 1, 1, 4, 56, 16, tzinfo=UTC)),
        ("0001-01-01 00:00:00+00", datetime(1, 1, 1, tzinfo=UTC)),
        ("9999-12-31 23:59:59.999999+00", datetime(9999, 12, 31, 23, 59, 59, 999_999, tzinfo=UTC)),
    ],
)
def test_a_time_as_postgresql_writes_it(text: str, expected: datetime) -> None:
    found = moment(text)

    assert found == expected
    assert isinstance(found, datetime)
    assert found.tzinfo is not None


@pytest.mark.parametrize(
    "text", ["infinity", "-infinity", "10000-01-01 00:00:00+00", "0044-03-15 12:00:00+00 BC"]
)
def test_a_time_that_python_cannot_hold_is_what_pg8000_makes_of_it(text: str) -> None:
    assert moment(text) == timestamptz_in(text)


def test_a_time_of_the_server_has_its_offset(connection: Connection) -> None:
    rows(connection, "SELECT set_config('timezone', %s, true)", "Asia/Kathmandu")
    ((found,),) = rows(connection, "SELECT %s::timestamptz", "2026-11-20T12:00:00Z")

    assert found == datetime(2026, 11, 20, 12, tzinfo=UTC)
    assert found.utcoffset() == timezone(timedelta(hours=5, minutes=45)).utcoffset(None)
