"""The SQL that the app sends, seen at SQLAlchemy's cursor: what a budget counts and what a floor repeats."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from sqlalchemy import event

from chalicelib.core.db import engine


@dataclass(frozen=True)
class Statement:
    """One statement as the driver gets it, with its values in order."""

    sql: str
    values: Sequence[Any]


@contextmanager
def recorded() -> Iterator[list[Statement]]:
    """Lists what this process sends meanwhile. BEGIN and COMMIT are the driver's own and not among it."""
    sent: list[Statement] = []

    def note(_connection: Any, _cursor: Any, sql: str, values: Any, _context: Any, _many: bool) -> None:
        sent.append(Statement(sql, tuple(values)))

    event.listen(engine(), "before_cursor_execute", note)
    try:
        yield sent
    finally:
        event.remove(engine(), "before_cursor_execute", note)
