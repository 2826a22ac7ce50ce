"""A desk of desks.py as the app sees it: people who call, and a connection of its own."""

from collections.abc import Mapping, Sequence
from functools import cached_property
from typing import TYPE_CHECKING, Any
from unittest.mock import patch
from uuid import UUID

from sqlalchemy import QueuePool, create_engine, event

from benchmarks.bare import BareSql
from benchmarks.desks import Desks, name
from chalicelib.core.wire import Connection
from tests.support.cast import Person
from tests.support.statements import Statement

if TYPE_CHECKING:
    from benchmarks.desk_calls import Call

PERSON = """
    SELECT u.workspace_id, u.id, u.name, u.email, u.role
    FROM users u JOIN workspaces w ON w.id = u.workspace_id WHERE w.slug = :slug AND u.email = :email
"""


class OpenDesk:
    """What calls are made with at one size."""

    def __init__(self, desks: Desks, size: int) -> None:
        dsn = desks.cluster.dsn("mesa_app", name(size))
        self.size = size
        self.database = desks.database(size)
        self.bare = BareSql(dsn)
        self.engine = create_engine(
            "postgresql+pg8000://",
            creator=lambda: Connection(**dsn, timeout=15, ssl_context=False),
            poolclass=QueuePool,
            pool_size=1,
            max_overflow=0,
        )
        self._known: dict[Any, Any] = {}

    def close(self) -> None:
        self.database.close()
        self.bare.close()
        self.engine.dispose()

    def serve(self, request: Mapping[str, Any]) -> Mapping[str, Any]:
        """The app's answer, from this desk's database."""
        from app import app

        with patch("chalicelib.core.db.engine", lambda: self.engine):
            answer: Mapping[str, Any] = app(request, None)
        assert answer["statusCode"] < 300, answer["body"]
        return answer

    def recorded(self, call: "Call") -> Sequence[Statement]:
        """What a call sends."""
        sent: list[Statement] = []

        def note(_connection: Any, _cursor: Any, sql: str, values: Any, _context: Any, _many: bool) -> None:
            sent.append(Statement(sql, tuple(values)))

        event.listen(self.engine, "before_cursor_execute", note)
        try:
            self.serve(call.event(self))
        finally:
            event.remove(self.engine, "before_cursor_execute", note)
        return sent

    def value(self, sql: str, **values: Any) -> Any:
        """The one value of a statement, asked once."""
        key = (sql, *sorted(values.items()))
        if key not in self._known:
            self._known[key] = self.database.value(sql, **values)
        return self._known[key]

    def person(self, email: str, desk: int = 1) -> Person:
        """Somebody of the desk in this place: the first is the large one."""
        if (email, desk) not in self._known:
            (row,) = self.database.rows(PERSON, slug=f"desk-{desk}", email=email)
            self._known[email, desk] = Person(**row, token="")
        person: Person = self._known[email, desk]
        return person

    @cached_property
    def workspace(self) -> UUID:
        return self.person("agent1@desk.example").workspace_id
