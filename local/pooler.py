"""PgBouncer in transaction mode before a PostgreSQL, as RDS Proxy stands before one on AWS: for figures.

Found on PATH, or fetched from Debian's packages and unpacked into .local, which takes no rights. Whoever does
not have Debian installs it by hand. Source: pgbouncer.org/config.html.
"""

import os
import pwd
import shutil
import subprocess
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pg8000.native

from local import debian
from local.account import server_account
from local.binaries import shared_folder
from local.errors import StackError
from local.files import PROJECT, free_port, write_private

UNPACKED = PROJECT / ".local" / "debian" / "pgbouncer"
HOST = "127.0.0.1"
STARTING_SECONDS = 20
# What a client waits for a connection: RDS Proxy calls it ConnectionBorrowTimeout.
WAIT_SECONDS = 5
SETTINGS = """\
[databases]
{database} = host={host} port={port}
[pgbouncer]
listen_addr = {listens}
listen_port = {at}
unix_socket_dir =
auth_type = scram-sha-256
auth_file = {users}
pool_mode = transaction
default_pool_size = {size}
max_client_conn = 1000
query_wait_timeout = {wait}
server_round_robin = 1
log_connections = 0
log_disconnections = 0
"""


class Pooler:
    """One for a database and the role of `dsn`, with `size` connections to it; its files are in `path`."""

    def __init__(self, path: Path, dsn: Mapping[str, Any], size: int) -> None:
        self._account = server_account()
        reachable = self._account is None or self._account.can_reach(path / "log")
        self.path = path if reachable else shared_folder(path)
        self.size = size
        self._behind = dsn
        self._port = free_port()
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def dsn(self) -> dict[str, Any]:
        """As one connects through it."""
        return {**self._behind, "host": HOST, "port": self._port}

    def start(self) -> None:
        """Starts it and waits until it leads to the database. Raises StackError."""
        program = had()
        users, settings = self.path / "users.txt", self.path / "pgbouncer.ini"
        write_private(users, f'"{self._behind["user"]}" "{self._behind["password"]}"\n')
        words = SETTINGS.format(
            **{name: self._behind[name] for name in ("database", "host", "port")},
            listens=HOST, at=self._port, users=users, size=self.size, wait=WAIT_SECONDS,
        )  # fmt: skip
        write_private(settings, words)
        command = [str(program), str(settings)]
        if self._account:  # it does not run as root, and reads both when it has become somebody else
            for path in (self.path, users, settings):
                os.chown(path, self._account.uid, self._account.gid)
            command += ["--user", pwd.getpwuid(self._account.uid).pw_name]
        with (self.path / "log").open("wb") as log:
            self._process = subprocess.Popen(
                command, stdin=subprocess.DEVNULL, stdout=log, stderr=log, cwd="/", env=_environment()
            )
        self._await()

    def stop(self) -> None:
        """Ends it; does nothing where it is not running."""
        if self._process is not None:
            self._process.kill()
            self._process.wait()
            self._process = None

    def _await(self) -> None:
        deadline = time.monotonic() + STARTING_SECONDS
        while self._process and self._process.poll() is None and time.monotonic() < deadline:
            try:
                pg8000.native.Connection(**self.dsn, timeout=5).close()
            except (pg8000.native.InterfaceError, OSError):
                time.sleep(0.05)
            else:
                return
        said = (self.path / "log").read_text("utf-8", "replace")[-500:]
        self.stop()
        raise StackError(f"PgBouncer did not start: {said}")


def had() -> Path:
    """The program, fetched where it is not there. Raises StackError with what apt says."""
    if found := _found():
        return found
    debian.fetch(UNPACKED, "pgbouncer", whole=True)
    if found := _found():
        return found
    raise StackError("Debian's pgbouncer has no pgbouncer in it.")


def _found() -> Path | None:
    places = os.pathsep.join([os.environ.get("PATH", ""), "/usr/sbin", str(UNPACKED / "usr" / "sbin")])
    found = shutil.which("pgbouncer", path=places)
    return Path(found) if found else None


def _environment() -> dict[str, str]:
    """With the libraries that came along."""
    folders = {str(library.parent) for library in UNPACKED.glob("**/lib*.so*")}
    return {**os.environ, "LD_LIBRARY_PATH": os.pathsep.join(sorted(folders))} if folders else {**os.environ}
