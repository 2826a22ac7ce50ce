"""The floor of warm calls: the SQL that the app sends, sent again through pg8000 and nothing else."""

import re
import time
from collections.abc import Collection, Mapping, Sequence
from typing import Any
from uuid import UUID, uuid4

import pg8000.dbapi

from tests.support.statements import Statement

AN_ID = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}")


class BareSql:
    """A connection of the app's own role, used as pg8000's manual shows it."""

    def __init__(self, dsn: Mapping[str, Any]) -> None:
        self.connection = pg8000.dbapi.connect(**dsn)

    def run(self, statements: Sequence[Statement], fresh: Collection[str] = (), ticket: str = "") -> float:
        """Milliseconds of the statements with BEGIN and COMMIT, their rows fetched.

        `fresh` are ids that the app had just made: each run takes others in their place, and for `ticket` the
        id that its own INSERT gives.
        """
        others = {name: str(uuid4()) for name in fresh}
        spent = 0.0
        for statement in statements:
            values = [_renamed(value, others) for value in statement.values]
            started = time.perf_counter()
            cursor = self.connection.cursor()
            cursor.execute(statement.sql, values)
            rows: Sequence[Any] = cursor.fetchall() if cursor.description else ()
            spent += time.perf_counter() - started
            if ticket and "INSERT INTO tickets" in statement.sql:
                others[ticket] = str(rows[0][[column[0] for column in cursor.description].index("id")])
        started = time.perf_counter()
        self.connection.commit()
        return (spent + time.perf_counter() - started) * 1000

    def close(self) -> None:
        self.connection.close()


def ids(statements: Sequence[Statement]) -> set[str]:
    """Every id in the values, those inside of texts too."""
    values = [str(value) for statement in statements for value in statement.values]
    return {found for value in values for found in AN_ID.findall(value)}


def _renamed(value: Any, others: Mapping[str, str]) -> Any:
    if not others or not isinstance(value, str | UUID):
        return value
    text = AN_ID.sub(lambda found: others.get(found[0], found[0]), str(value))
    return UUID(text) if isinstance(value, UUID) else text
