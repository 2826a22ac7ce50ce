"""The SMTP listener of a stack: any mail program can post a ticket to it."""

import socket
import subprocess
import sys
import time
from pathlib import Path

import psutil

from local import processes
from local.errors import StackError
from local.files import PROJECT, port_is_free, read_json, write_json

HOST = "127.0.0.1"


class MailListener:
    """It keeps nothing: what it takes is in the bucket before it says so."""

    def __init__(self, path: Path, port: int) -> None:
        self.path = path
        self.port = port
        self.log = path / "smtp.log"
        self._process_file = path / "smtp.json"
        self._child: subprocess.Popen[bytes] | None = None

    def start(self, endpoint: str, bucket: str, *, bound: bool) -> None:
        """Starts it and waits until it listens. `bound`: it ends when this process does, even by kill -9."""
        self.stop()
        if not port_is_free(self.port):
            raise StackError(
                f"Port {self.port} is in use by another program: stop that one, or set MESA_SMTP_PORT to "
                "another."
            )
        self.path.mkdir(parents=True, exist_ok=True)
        command = [
            *(sys.executable, "-m", "local.smtp_process", "--port", str(self.port)),
            *("--endpoint", endpoint, "--bucket", bucket, *(["--bound"] if bound else [])),
        ]
        with self.log.open("wb") as log:
            self._child = subprocess.Popen(
                command, cwd=PROJECT, stdout=log, stderr=log, start_new_session=True,
                stdin=subprocess.PIPE if bound else subprocess.DEVNULL,
            )  # fmt: skip
        write_json(self._process_file, processes.identity(self._child.pid))
        self._wait_until_it_listens()

    def stop(self) -> None:
        """Ends it; does nothing where it is not running."""
        processes.stop(self._process())
        if self._child is not None:
            self._child.wait()
            if self._child.stdin:
                self._child.stdin.close()
            self._child = None
        self._process_file.unlink(missing_ok=True)

    def running(self) -> bool:
        return self._process() is not None

    def _process(self) -> psutil.Process | None:
        return processes.find(read_json(self._process_file))

    def _wait_until_it_listens(self) -> None:
        deadline = time.monotonic() + 30
        while time.monotonic() < deadline:
            if self._child is not None and self._child.poll() is not None:
                raise StackError(f"The mail listener ended at once; {self.log} says why.")
            try:
                with socket.create_connection((HOST, self.port), timeout=2):
                    return
            except OSError:
                time.sleep(0.05)
        raise StackError(f"The mail listener did not listen within 30 s; {self.log} may say why.")
