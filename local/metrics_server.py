"""Servers of points, for tests: VictoriaMetrics, which takes them as InfluxDB does, and an InfluxDB.

`make metrics-server` finds them on PATH, or has Debian's packages fetched and unpacked into .local, which
takes no rights. Whoever does not have Debian installs them by hand. Source: docs.victoriametrics.com,
docs.influxdata.com/influxdb/v1.
"""

import os
import shutil
import subprocess
import sys
import time
import urllib.request
from collections.abc import Mapping
from pathlib import Path
from typing import ClassVar
from urllib.error import URLError

from local import debian
from local.errors import StackError
from local.files import PROJECT, free_port

HOST = "127.0.0.1"


class PointServer:
    """One with its data in `path`, on loopback."""

    package: ClassVar[str]
    names: ClassVar[tuple[str, ...]]
    # What makes it tell its version, and where it says that it is there.
    version: ClassVar[str]
    health: ClassVar[str]

    def __init__(self, path: Path) -> None:
        self.path = path
        self.url = f"http://{HOST}:{free_port()}"
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def arguments(self) -> tuple[str, ...]:
        raise NotImplementedError

    @property
    def settings(self) -> Mapping[str, str]:
        """What its environment says beside ours."""
        return {}

    @classmethod
    def unpacked(cls) -> Path:
        return PROJECT / ".local" / "debian" / cls.package

    @classmethod
    def program(cls) -> Path:
        """Raises StackError where there is none."""
        places = os.pathsep.join([os.environ.get("PATH", ""), str(cls.unpacked() / "usr" / "bin")])
        for name in cls.names:
            if found := shutil.which(name, path=places):
                return Path(found)
        raise StackError(
            f"There is no {cls.package}: `make metrics-server` fetches it, where Debian's packages are."
        )

    def start(self) -> None:
        """Starts it and waits until it answers. Raises StackError."""
        self.path.mkdir(parents=True, exist_ok=True)
        log = self.path / "log"
        with log.open("wb") as out:
            self._process = subprocess.Popen(
                [str(self.program()), *self.arguments],
                stdout=out, stderr=out, stdin=subprocess.DEVNULL, env={**os.environ, **self.settings},
            )  # fmt: skip
        deadline = time.monotonic() + 20
        while self._process.poll() is None and time.monotonic() < deadline:
            if self._answers():
                return
            time.sleep(0.05)
        said = log.read_text("utf-8", "replace")[-500:]
        self.stop()
        raise StackError(f"{self.package} did not start: {said}")

    def stop(self) -> None:
        """Ends it; does nothing where it is not running."""
        if self._process is not None:
            self._process.kill()
            self._process.wait()
            self._process = None

    def _answers(self) -> bool:
        try:
            with urllib.request.urlopen(f"{self.url}{self.health}", timeout=2):
                return True
        except (URLError, OSError):
            return False


class MetricsServer(PointServer):
    """VictoriaMetrics. A point that is written twice is there once."""

    package, names = "victoria-metrics", ("victoria-metrics", "victoria-metrics-prod")
    version, health = "-version", "/health"

    @property
    def arguments(self) -> tuple[str, ...]:
        return (
            f"-httpListenAddr={self.url.removeprefix('http://')}",
            f"-storageDataPath={self.path / 'data'}",
            *("-retentionPeriod=100y", "-dedup.minScrapeInterval=1ms", "-memory.allowedBytes=128MB"),
        )


class InfluxServer(PointServer):
    """InfluxDB as Debian has it, without accounts."""

    package, names = "influxdb", ("influxd",)
    version, health = "version", "/ping"

    @property
    def arguments(self) -> tuple[str, ...]:
        return "run", "-config", os.devnull

    @property
    def settings(self) -> Mapping[str, str]:
        return {
            "INFLUXDB_REPORTING_DISABLED": "true",
            "INFLUXDB_BIND_ADDRESS": f"{HOST}:{free_port()}",
            "INFLUXDB_META_DIR": str(self.path / "meta"),
            "INFLUXDB_DATA_DIR": str(self.path / "data"),
            "INFLUXDB_DATA_WAL_DIR": str(self.path / "wal"),
            "INFLUXDB_HTTP_BIND_ADDRESS": self.url.removeprefix("http://"),
            "INFLUXDB_MONITOR_STORE_ENABLED": "false",
        }


def have(server: type[PointServer]) -> None:
    """Has it there. Without it the tests that need it are left out, but in CI, which fails."""
    package = server.package
    try:
        server.program()
        return
    except StackError:
        print(f"Fetching {package}, which the tests of points ask.")
    try:
        debian.fetch(server.unpacked(), package)
        subprocess.run([server.program(), server.version], check=True, capture_output=True)
    except (StackError, OSError, subprocess.SubprocessError) as error:
        if os.environ.get("CI"):
            sys.exit(f"{package} cannot be had, and CI tests with it: {error}")
        print(f"{package} cannot be had, so the tests of points that need it are left out: {error}")


def main() -> None:
    for server in (MetricsServer, InfluxServer):
        have(server)


if __name__ == "__main__":
    main()
