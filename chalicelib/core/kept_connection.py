"""One connection a sandbox in autocommit, for a function of one statement: no engine, no transaction.
pg8000 and the standard library only: the public look-up loads this."""

import logging
import time
from collections.abc import Callable, Sequence
from typing import Any

import pg8000.dbapi

from chalicelib.core.connection import BUSY, is_lost, sqlstate_of
from chalicelib.core.errors import Unavailable
from chalicelib.core.secrets import SecretUnavailable

# A connection cut while the sandbox slept tells at once. A time-out is not repeated: two outlast the Lambda.
QUICK_SECONDS = 3.0

log = logging.getLogger(__name__)


class KeptConnection:
    """Opens with `connect` when first asked, and again after a loss."""

    def __init__(self, connect: Callable[[], pg8000.dbapi.Connection]) -> None:
        self._connect = connect
        self._connection: pg8000.dbapi.Connection | None = None

    def ask(self, statement: str, values: Sequence[object]) -> list[Any]:
        """The rows of one statement, which must bear being run twice: a connection lost is opened anew once.

        Raises Unavailable where the database cannot be had.
        """
        started = time.monotonic()
        try:
            return self._execute(statement, values)
        except Exception as error:
            if not is_lost(error) or time.monotonic() - started > QUICK_SECONDS:
                raise _told(error) from error
            log.warning("connection lost, asking once more", extra={"error": repr(error)[:200]})
        try:
            return self._execute(statement, values)
        except Exception as error:
            raise _told(error) from error

    def drop(self) -> None:
        """Forgets the connection, without a word to a peer that may not listen."""
        connection, self._connection = self._connection, None
        if connection is not None:
            try:
                connection._usock.close()
            except (AttributeError, OSError):
                log.debug("connection was closed before")

    def _execute(self, statement: str, values: Sequence[object]) -> list[Any]:
        try:
            if self._connection is None:
                self._connection = self._connect()
                self._connection.autocommit = True
            cursor = self._connection.cursor()
            cursor.execute(statement, values)
            rows: list[Any] = cursor.fetchall()
        except Exception as error:
            # Only what the server itself refused leaves the protocol in step.
            if is_lost(error) or not isinstance(error, pg8000.dbapi.DatabaseError):
                self.drop()
            raise
        return rows


def _told(error: Exception) -> Exception:
    if is_lost(error) or sqlstate_of(error) in BUSY or isinstance(error, SecretUnavailable):
        return Unavailable(
            "The desk is busy or its database is out of reach. Try again in a moment.", retry_after=1
        )
    return error
