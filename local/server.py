"""One PostgreSQL server process on loopback TCP and the folder of its data, whatever ended the last one."""

import contextlib
import os
import shutil
import subprocess
from collections.abc import Mapping
from pathlib import Path
from typing import IO, Any

import psutil

from local import processes
from local.account import server_account
from local.binaries import SHARED_PLACE, programs, shared_folder
from local.errors import StackError
from local.files import free_port, new_password, port_is_free, read_json, write_json, write_private

SUPERUSER = "postgres"

SETTINGS = {
    "listen_addresses": "127.0.0.1",
    "unix_socket_directories": "",  # a socket's path may be 107 bytes long, a project's folder longer
    "max_connections": "100",
    "shared_buffers": "64MB",
    "timezone": "UTC",
    "log_timezone": "UTC",
    "log_line_prefix": "%m [%p] %u@%d ",
}
# For tests: nothing survives a power cut, and everything is faster.
VOLATILE = {
    "fsync": "off",
    "synchronous_commit": "off",
    "full_page_writes": "off",
    "wal_level": "minimal",
    "max_wal_senders": "0",
}


class Server:
    """The server of one folder: its data, log, port and passwords live in `path`.

    `durable=False` trades safety after a power cut for speed, for tests. `settings` go before SETTINGS.
    """

    def __init__(
        self, path: Path, *, durable: bool = True, settings: Mapping[str, str] | None = None
    ) -> None:
        self.path = Path(path).resolve()
        self.durable = durable
        self.settings = dict(settings or {})
        self.log = self.path / "server.log"
        self._facts_file = self.path / "cluster.json"
        self._account = server_account()
        self._programs = programs(self._account)
        self._watch: subprocess.Popen[bytes] | None = None
        self.data = self._data_folder()

    def start(self, *, bound: bool = True) -> None:
        """Starts the server, making the cluster at first; one left behind by a killed run is restarted.

        `bound`: it ends when this process does, even by kill -9.
        """
        self.path.mkdir(parents=True, exist_ok=True)
        self._forget_foreign_data()
        if not (self.data / "PG_VERSION").exists():
            self._initialise()
        self.stop()
        self._drop_stale_pid_file()
        port = self._facts().get("port")
        if not isinstance(port, int) or not port_is_free(port):
            port = free_port()
            self._remember(port=port)
        volatile = {} if self.durable else VOLATILE
        options = {**SETTINGS, **volatile, **self.settings, "port": str(port)}
        flags = " ".join(f"-c {name}='{value}'" for name, value in options.items())
        with self.log.open("wb") as log:
            # The server inherits this log; a pipe here would stay open as long as it runs.
            wait = ("-w", "-t", "120")
            result = self._run("pg_ctl", "start", *wait, "-D", str(self.data), "-o", flags, out=log)
        if result.returncode != 0:
            raise StackError(f"PostgreSQL did not start; its log says: {self._last_log_line()}")
        if bound:
            self._end_with_this_process()

    def stop(self) -> None:
        """Stops the server, cutting its connections; does nothing where it is not running."""
        self._stop_watching()
        if not self.running():
            return
        result = self._run("pg_ctl", "stop", "-w", "-t", "60", "-m", "fast", "-D", str(self.data))
        if result.returncode != 0 and self.running():
            self._run("pg_ctl", "stop", "-w", "-t", "10", "-m", "immediate", "-D", str(self.data))

    def destroy(self) -> None:
        """Stops the server and removes everything it ever stored."""
        self.stop()
        shutil.rmtree(self.data, ignore_errors=True)
        if self.data.is_relative_to(SHARED_PLACE):
            shutil.rmtree(self.data.parent, ignore_errors=True)
        shutil.rmtree(self.path, ignore_errors=True)

    def running(self) -> bool:
        return self.process() is not None

    def process(self) -> psutil.Process | None:
        """The running server of this very folder."""
        try:
            pid = int((self.data / "postmaster.pid").read_text().split("\n", 1)[0])
            process = psutil.Process(pid)
            ours = process.status() != psutil.STATUS_ZOMBIE and str(self.data) in process.cmdline()
        except (OSError, ValueError, psutil.Error):
            return None
        return process if ours else None

    def _forget_foreign_data(self) -> None:
        # In the shared place may be the data of an earlier clone of this folder: its passwords went with it.
        if (self.data / "PG_VERSION").exists() and SUPERUSER not in self._facts().get("passwords", {}):
            if not self.data.is_relative_to(SHARED_PLACE):
                raise StackError(
                    f"{self._facts_file} is missing, and with it the passwords: `make reset` starts anew."
                )
            self.stop()
            shutil.rmtree(self.data)

    def _initialise(self) -> None:
        # Only a cluster that was never finished can be here: PG_VERSION is among the first files written,
        # so the new one is made aside and moved into place when it is whole.
        fresh = self.data.with_name(f"{self.data.name}.new")
        shutil.rmtree(fresh, ignore_errors=True)
        fresh.mkdir(parents=True, mode=0o700)
        password, password_file = new_password(), self.data.with_name("password.new")
        write_private(password_file, password)
        if self._account:
            os.chown(fresh, self._account.uid, self._account.gid)
            os.chown(password_file, self._account.uid, self._account.gid)
        try:
            result = self._run(
                "initdb", "-D", str(fresh), "-U", SUPERUSER, f"--pwfile={password_file}",
                "--auth=scram-sha-256", "--encoding=UTF8", "--locale=C",
                "--locale-provider=builtin", "--builtin-locale=C.UTF-8", "--no-instructions",
                *([] if self.durable else ["--no-sync"]),
            )  # fmt: skip
        finally:
            password_file.unlink(missing_ok=True)
        if result.returncode != 0:
            shutil.rmtree(fresh, ignore_errors=True)
            reason = result.stderr.decode(errors="replace").strip() or "no reason given"
            raise StackError(f"PostgreSQL could not make its data folder: {reason.splitlines()[-1]}")
        self._remember(passwords={SUPERUSER: password})
        shutil.rmtree(self.data, ignore_errors=True)
        fresh.rename(self.data)

    def _run(self, program: str, *arguments: str, out: IO[bytes] | int = subprocess.PIPE) -> Any:
        who: dict[str, Any] = {}
        if self._account:
            who = {"user": self._account.uid, "group": self._account.gid, "extra_groups": []}
        foreign = ("PG", "LC_", "LANG")
        plain = {name: value for name, value in os.environ.items() if not name.startswith(foreign)}
        command = [str(self._programs / program), *arguments]
        return subprocess.run(
            command, check=False, stdin=subprocess.DEVNULL, stdout=out,
            stderr=subprocess.STDOUT if out is not subprocess.PIPE else subprocess.PIPE,
            cwd="/", env={**plain, "LC_ALL": "C"}, **who,
        )  # fmt: skip

    def _end_with_this_process(self) -> None:
        # The shell waits for the end of its input, which comes when nobody is left who could write to it.
        server = self.process()
        if server:
            command = ["/bin/sh", "-c", f"read line; kill -INT {server.pid}"]
            self._watch = subprocess.Popen(command, stdin=subprocess.PIPE, start_new_session=True)

    def _stop_watching(self) -> None:
        if self._watch:
            self._watch.kill()
            self._watch.communicate()
            self._watch = None

    def _drop_stale_pid_file(self) -> None:
        # After a power cut the pid may belong to a stranger, after kill -9 to a process that nobody has
        # reaped: PostgreSQL would not dare to start. What it dreads is one that still writes to the data.
        pid_file = self.data / "postmaster.pid"
        if not pid_file.exists():
            return
        left = processes.await_end(self._orphans(), seconds=10)
        for orphan in left:
            with contextlib.suppress(psutil.Error):
                orphan.kill()
        if not self.running():
            pid_file.unlink(missing_ok=True)

    def _orphans(self) -> list[psutil.Process]:
        """Processes of a server that died without them; they notice, and end by themselves."""
        found = []
        for process in psutil.process_iter():
            with contextlib.suppress(psutil.Error):
                if process.name() == "postgres" and process.cwd() == str(self.data):
                    found.append(process)
        return found

    def _data_folder(self) -> Path:
        if self._account is None or self._account.can_reach(self.path / "data"):
            return self.path / "data"
        return shared_folder(self.path) / "data"

    def _last_log_line(self) -> str:
        with contextlib.suppress(OSError):
            lines = [line for line in self.log.read_text(errors="replace").splitlines() if "FATAL" in line]
            if lines:
                return lines[-1]
        return f"nothing ({self.log})"

    def _facts(self) -> dict[str, Any]:
        return read_json(self._facts_file)

    def _remember(self, **facts: Any) -> None:
        write_json(self._facts_file, {**self._facts(), **facts})
