"""A network that loses what it should carry."""

import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from unittest.mock import patch

from chalicelib.core import connection as connecting
from chalicelib.core.db import engine

COMMITTED = b"COMMIT\0"  # the tag of CommandComplete


class Proxy:
    """A TCP proxy to a port of this machine."""

    def __init__(self, port: int) -> None:
        self.port = port
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.address = self.listener.getsockname()[1]
        threading.Thread(target=self._accept, daemon=True).start()

    def passed_on(self, data: bytes, *, is_answer: bool) -> bytes:
        """What of it goes on; ConnectionAbortedError cuts both ends."""
        return data

    def _accept(self) -> None:
        while True:
            try:
                client, _ = self.listener.accept()
            except OSError:
                return
            server = socket.create_connection(("127.0.0.1", self.port))
            for ends in ((client, server, False), (server, client, True)):
                threading.Thread(target=self._pump, args=ends, daemon=True).start()

    def _pump(self, source: socket.socket, target: socket.socket, is_answer: bool) -> None:
        try:
            while data := source.recv(65536):
                target.sendall(self.passed_on(data, is_answer=is_answer))
        except OSError:
            pass
        for end in (source, target):
            with suppress(OSError):
                end.shutdown(socket.SHUT_RDWR)  # closed alone, it stays open for who is reading from it
            end.close()

    def close(self) -> None:
        self.listener.close()


class LossyProxy(Proxy):
    """To PostgreSQL. `armed`, it passes the next COMMIT on and swallows its answer, cutting both ends."""

    def __init__(self, port: int) -> None:
        super().__init__(port)
        self.armed = False

    def passed_on(self, data: bytes, *, is_answer: bool) -> bytes:
        if self.armed and COMMITTED in data:
            self.armed = False
            raise ConnectionAbortedError
        return data


class MoodyProxy(Proxy):
    """To a service. In the mood `refusing` it hangs up, `silent` it lets nothing through, `losing` it passes
    on what is asked and hangs up instead of answering. `struck`: how many calls met with that."""

    def __init__(self, port: int) -> None:
        super().__init__(port)
        self.mood = "open"
        self.struck = 0

    def passed_on(self, data: bytes, *, is_answer: bool) -> bytes:
        if self.mood == "open" or is_answer != (self.mood == "losing"):
            return data
        self.struck += 1
        if self.mood == "silent":
            return b""
        raise ConnectionAbortedError


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
