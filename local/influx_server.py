"""InfluxDB, as Debian has it: the server that the queries of Grafana's panels are run on.

Source: docs.influxdata.com/influxdb/v1, configuration by environment.
"""

import os
import shutil
import subprocess
import sys
import time
import urllib.request
from pathlib import Path
from urllib.error import URLError

from local.errors import StackError
from local.files import PROJECT, free_port
from local.metrics_server import HOST, fetch

PACKAGE, NAME = "influxdb", "influxd"
UNPACKED = PROJECT / ".local" / "debian-influxdb"


def program() -> Path:
    """The server's program. Raises StackError where there is none."""
    places = os.pathsep.join([os.environ.get("PATH", ""), str(UNPACKED / "usr" / "bin")])
    if found := shutil.which(NAME, path=places):
        return Path(found)
    raise StackError(f"There is no {NAME}: `make metrics-server` fetches it, where Debian's packages are.")


class InfluxServer:
    """One with its data in `path`, on loopback, without accounts."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.url = f"http://{HOST}:{free_port()}"
        self._process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        """Starts it and waits until it answers. Raises StackError."""
        self.path.mkdir(parents=True, exist_ok=True)
        settings = {
            "INFLUXDB_REPORTING_DISABLED": "true",
            "INFLUXDB_BIND_ADDRESS": f"{HOST}:{free_port()}",
            "INFLUXDB_META_DIR": str(self.path / "meta"),
            "INFLUXDB_DATA_DIR": str(self.path / "data"),
            "INFLUXDB_DATA_WAL_DIR": str(self.path / "wal"),
            "INFLUXDB_HTTP_BIND_ADDRESS": self.url.removeprefix("http://"),
            "INFLUXDB_MONITOR_STORE_ENABLED": "false",
        }
        log = self.path / "log"
        with log.open("wb") as out:
            self._process = subprocess.Popen(
                [str(program()), "run", "-config", os.devnull],
                stdout=out, stderr=out, stdin=subprocess.DEVNULL, env={**os.environ, **settings},
            )  # fmt: skip
        deadline = time.monotonic() + 20
        while self._process.poll() is None and time.monotonic() < deadline:
            if self._answers():
                return
            time.sleep(0.05)
        said = log.read_text("utf-8", "replace")[-500:]
        self.stop()
        raise StackError(f"{NAME} did not start: {said}")

    def stop(self) -> None:
        """Ends it; does nothing where it is not running."""
        if self._process is not None:
            self._process.kill()
            self._process.wait()
            self._process = None

    def _answers(self) -> bool:
        try:
            with urllib.request.urlopen(f"{self.url}/ping", timeout=2):
                return True
        except (URLError, OSError):
            return False


def main() -> None:
    """Has it there. Without it the tests that need it are left out, but in CI, which fails."""
    try:
        program()
        return
    except StackError:
        print(f"Fetching {PACKAGE}, which the queries of Grafana's panels are run on.")
    try:
        fetch(UNPACKED, PACKAGE)
        subprocess.run([program(), "version"], check=True, capture_output=True)
    except (StackError, OSError, subprocess.SubprocessError) as error:
        if os.environ.get("CI"):
            sys.exit(f"{PACKAGE} cannot be had, and CI tests with it: {error}")
        print(f"{PACKAGE} cannot be had, so the tests on a real one are left out: {error}")


if __name__ == "__main__":
    main()
