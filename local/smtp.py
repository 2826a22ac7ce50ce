"""The SMTP listener of a stack: any mail program can post a ticket to it."""

import socket
from pathlib import Path

from local.child import Child

HOST = "127.0.0.1"


class MailListener:
    """It keeps nothing: what it takes is in the bucket before it says so."""

    def __init__(self, path: Path, port: int) -> None:
        self.port = port
        self._child = Child(path, "smtp", "The mail listener", port, "MESA_SMTP_PORT")
        self.log = self._child.log

    def start(self, endpoint: str, bucket: str, *, bound: bool) -> None:
        """Starts it and waits until it listens. `bound`: it ends when this process does, even by kill -9."""
        self.stop()
        self._child.require_port()
        arguments = ["--port", str(self.port), "--endpoint", endpoint, "--bucket", bucket]
        self._child.start("local.smtp_process", arguments, self._listens, bound=bound, seconds=30)

    def stop(self) -> None:
        """Ends it; does nothing where it is not running."""
        self._child.stop()

    def running(self) -> bool:
        return self._child.running()

    def _listens(self) -> bool:
        try:
            with socket.create_connection((HOST, self.port), timeout=2):
                return True
        except OSError:
            return False
