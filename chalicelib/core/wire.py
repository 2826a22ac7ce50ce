"""pg8000 with less waiting: a statement takes one round trip, its BEGIN included, and is converted only once.

pg8000 waits for the server after BEGIN and three times a statement (Parse, Describe, Execute). Here they
go out together before one Sync, as libpq sends them; after an error the server skips what is left, so that
nothing runs without its BEGIN. Source: PostgreSQL's manual, "Message Flow": Extended Query, Pipelining.
"""

from collections.abc import Sequence
from datetime import datetime
from functools import lru_cache
from socket import IPPROTO_TCP, TCP_NODELAY
from typing import Any

import pg8000.dbapi
from pg8000.converters import TIMESTAMPTZ, make_params, timestamptz_in
from pg8000.core import (
    BIND,
    DESCRIBE,
    EXECUTE_MSG,
    NULL_BYTE,
    PARSE,
    PORTAL,
    SYNC_MSG,
    Context,
    _flush,
    _write,
)

STATEMENTS_KEPT = 1024


class Connection(pg8000.dbapi.Connection):  # type: ignore[misc]
    """A DB-API connection (PEP 249) that takes what pg8000's own takes.

    `of_one_moment`: whether all statements of a transaction that begins see what the first saw, PostgreSQL's
    REPEATABLE READ; otherwise each sees what is committed when it starts.
    """

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.of_one_moment = False
        # What is longer than Python's buffer leaves in parts; the last would wait 40 ms for a delayed ACK.
        self._usock.setsockopt(IPPROTO_TCP, TCP_NODELAY, 1)
        self.register_in_adapter(TIMESTAMPTZ, moment)

    def cursor(self) -> "Cursor":
        return Cursor(self)

    def execute_unnamed(
        self, statement: str, vals: Sequence[Any] = (), oids: Sequence[int] = (), stream: Any = None
    ) -> Context:
        """Runs a statement with `$1`-style parameters; pg8000 itself comes here for COMMIT and ROLLBACK."""
        if stream is not None:
            return super().execute_unnamed(statement, vals, oids, stream)
        return self.ask(statement, vals, oids)

    def ask(
        self, statement: str, values: Sequence[Any], oids: Sequence[int] = (), *, begins: bool = False
    ) -> Context:
        """The same; `begins`: in a transaction that begins here."""
        # All is encoded before anything is sent: what cannot be leaves the protocol in step.
        parsed = _parsed(statement, oids, self._client_encoding)
        bound = _bound(make_params(self.py_types, values), self._client_encoding)
        before = BEGIN[self.of_one_moment] if begins else b""
        sent = before + parsed + bound + DESCRIBED + EXECUTE_MSG + SYNC_MSG
        context = Context(statement)
        try:
            _write(self._sock, sent)
            _flush(self._sock)
        except (AttributeError, ValueError) as error:
            raise pg8000.dbapi.InterfaceError("connection is closed") from error
        self.handle_messages(context)
        return context


class Cursor(pg8000.dbapi.Cursor):  # type: ignore[misc]
    """A cursor (PEP 249, paramstyle `format`) of such a connection."""

    def execute(self, operation: str, args: Sequence[Any] = (), stream: Any = None) -> None:
        connection = self._c
        begins = connection is not None and not (connection.autocommit or connection._in_transaction)
        if not args or stream is not None or connection is None:
            if begins:
                connection.execute_simple(BEGINS[connection.of_one_moment])
            super().execute(operation, args, stream)
            return
        self._context = connection.ask(numbered(operation), args, self._input_oids, begins=begins)
        self._row_iter = None if self._context.rows is None else iter(self._context.rows)
        self._input_oids: Sequence[int] = ()


@lru_cache(maxsize=STATEMENTS_KEPT)
def numbered(operation: str) -> str:
    """A statement with `$1` for its first `%s`, and so on. pg8000 walks through the text sign by sign."""
    statement: str = pg8000.dbapi.convert_paramstyle("format", operation, ())[0]
    return statement


def moment(text: str) -> datetime | str:
    """A timestamptz as PostgreSQL writes it, or its text where Python has no such time. pg8000's is slow."""
    try:
        return datetime.fromisoformat(text)
    except ValueError:
        told: datetime | str = timestamptz_in(text)  # infinity, years before 1 or after 9999
        return told


def _message(code: bytes, body: bytes) -> bytes:
    return code + (len(body) + 4).to_bytes(4) + body


def _parsed(statement: str, oids: Sequence[int], encoding: str) -> bytes:
    types = b"".join(max(oid, 0).to_bytes(4) for oid in oids)
    return _message(PARSE, NULL_BYTE + statement.encode(encoding) + NULL_BYTE + len(oids).to_bytes(2) + types)


def _bound(texts: Sequence[str | None], encoding: str) -> bytes:
    values = bytearray()
    for text in texts:
        if text is None:
            values += b"\xff\xff\xff\xff"
        else:
            raw = text.encode(encoding)
            values += len(raw).to_bytes(4) + raw
    # The unnamed portal of the unnamed statement; all values in text, and all results.
    return _message(BIND, bytes(4) + len(texts).to_bytes(2) + values + bytes(2))


DESCRIBED = _message(DESCRIBE, PORTAL + NULL_BYTE)
BEGINS = {False: "BEGIN", True: "BEGIN ISOLATION LEVEL REPEATABLE READ"}
BEGIN = {
    each: _parsed(statement, (), "ascii") + _bound((), "ascii") + EXECUTE_MSG
    for each, statement in BEGINS.items()
}
