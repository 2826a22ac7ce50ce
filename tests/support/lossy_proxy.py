"""A network that loses what it should carry."""

import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from unittest.mock import patch

from chalicelib.core import connection as connecting
from chalicelib.core.db import engine

COMMITTED = b"COMMIT\0"  # the tag of CommandComplete


class LossyProxy:
    """A TCP proxy to PostgreSQL that can pass a COMMIT on and swallow its answer, cutting both ends."""

    def __init__(self, port: int) -> None:
        self.port = port
        self.armed = False
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.address = self.listener.getsockname()[1]
        threading.Thread(target=self._accept, daemon=True).start()

    def _accept(self) -> None:
        while True:
            try:
                client, _ = self.listener.accept()
            except OSError:
                return
            server = socket.create_connection(("127.0.0.1", self.port))
            for ends in ((client, server), (server, client)):
                threading.Thread(target=self._pump, args=ends, daemon=True).start()

    def _pump(self, source: socket.socket, target: socket.socket) -> None:
        try:
            while data := source.recv(65536):
                if self.armed and COMMITTED in data:
                    self.armed = False
                    break
                target.sendall(data)
        except OSError:
            pass
        for end in (source, target):
            with suppress(OSError):
                end.shutdown(socket.SHUT_RDWR)  # closed alone, it stays open for who is reading from it
            end.close()

    def close(self) -> None:
        self.listener.close()


@contextmanager
def lossy_proxy(port: int) -> Iterator[LossyProxy]:
    """The app reaches its database through the proxy."""
    proxy = LossyProxy(port)
    plain = connecting.DatabaseSecret.parse
    through = patch.object(
        connecting.DatabaseSecret, "parse", lambda secret: plain({**secret, "port": proxy.address})
    )
    engine().dispose()
    with through:
        yield proxy
        engine().dispose()
    proxy.close()
