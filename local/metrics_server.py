"""Servers of points, for tests: VictoriaMetrics, which takes them as InfluxDB does, and an InfluxDB.

`make metrics-server` finds them on PATH, or has Debian's packages fetched and unpacked into .local, which
takes no rights. Whoever does not have Debian installs them by hand. Source: docs.victoriametrics.com,
docs.influxdata.com/influxdb/v1, and apt-get(8).
"""

import os
import shutil
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Mapping
from pathlib import Path
from typing import ClassVar
from urllib.error import URLError

from local.errors import StackError
from local.files import PROJECT, free_port

HOST = "127.0.0.1"
APT_SECONDS = 300


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


def fetch(into: Path, package: str) -> None:
    """Debian's package, unpacked. Raises StackError with what apt says."""
    if not (shutil.which("apt-get") and shutil.which("dpkg-deb")):
        raise StackError(f"This is no Debian: install {package} by hand, so that it is found on PATH.")
    into.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=into.parent, prefix="debian-") as scratch:
        folder = Path(scratch)
        archive = _downloaded(package, folder)
        _run(["dpkg-deb", "--extract", str(archive), str(folder / "unpacked")], folder)
        shutil.rmtree(into, ignore_errors=True)
        (folder / "unpacked").replace(into)


def _downloaded(package: str, folder: Path) -> Path:
    """With the system's lists of packages where it has any, else with lists of our own."""
    try:
        _run(["apt-get", "download", package], folder)
    except StackError:
        for name in ("state/lists/partial", "cache/archives/partial"):
            (folder / name).mkdir(parents=True)
        own = [f"Dir::State={folder / 'state'}", f"Dir::State::lists={folder / 'state' / 'lists'}"]
        own += [f"Dir::Cache={folder / 'cache'}"]
        own += ["Dir::State::status=/var/lib/dpkg/status", "APT::Sandbox::User=", "Acquire::Retries=2"]
        options = [part for each in own for part in ("-o", each)]
        _run(["apt-get", *options, "-qq", "update"], folder)
        _run(["apt-get", *options, "-qq", "download", package], folder)
    found = sorted(folder.glob("*.deb"))
    if not found:
        raise StackError(f"apt-get said nothing and brought no {package}.")
    return found[0]


def _run(command: list[str], folder: Path) -> None:
    try:
        done = subprocess.run(
            command, cwd=folder, check=False, capture_output=True, text=True, timeout=APT_SECONDS,
            env={**os.environ, "DEBIAN_FRONTEND": "noninteractive"},
        )  # fmt: skip
    except subprocess.TimeoutExpired:
        raise StackError(f"{command[0]} took longer than {APT_SECONDS} s.") from None
    if done.returncode != 0:
        words = (done.stderr.strip() or done.stdout.strip() or "it says nothing").splitlines()
        raise StackError(f"{command[0]} failed: {words[-1]}")


def have(server: type[PointServer]) -> None:
    """Has it there. Without it the tests that need it are left out, but in CI, which fails."""
    package = server.package
    try:
        server.program()
        return
    except StackError:
        print(f"Fetching {package}, which the tests of points ask.")
    try:
        fetch(server.unpacked(), package)
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
