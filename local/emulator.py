"""The AWS emulator, MiniStack, on a loopback port; or the LocalStack that the environment points to."""

import os
import shutil
import subprocess
import sys
import time
import urllib.request
from pathlib import Path
from urllib.parse import urlsplit

import psutil

from local import processes
from local.errors import StackError
from local.files import PROJECT, port_is_free, read_json, write_json

REGION = "us-east-1"


def external_endpoint() -> str | None:
    """The address of a LocalStack that somebody else runs, if the environment names one."""
    if url := os.environ.get("AWS_ENDPOINT_URL", "").strip():
        return url.rstrip("/")
    if host := os.environ.get("LOCALSTACK_HOST", "").strip():
        return f"http://{host if ':' in host else f'{host}:4566'}"
    return None


class Emulator:
    """MiniStack. It keeps nothing: each start is an empty cloud, filled by the deployment that follows."""

    def __init__(self, path: Path, port: int, relay: str = "") -> None:
        """`relay`: host:port of an SMTP server that gets what SES sends as well."""
        self.path = path
        self.port = port
        self.relay = relay
        self.log = path / "emulator.log"
        self._process_file = path / "emulator.json"
        self._child: subprocess.Popen[bytes] | None = None

    @property
    def endpoint(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def start(self, *, bound: bool) -> None:
        """Starts it and waits until it answers. `bound`: it ends when this process does, even by kill -9."""
        self.stop()
        if not port_is_free(self.port):
            raise StackError(
                f"Port {self.port} is in use by another program: stop that one, or set MESA_PORT to another."
            )
        self.path.mkdir(parents=True, exist_ok=True)
        self._temporary.mkdir(mode=0o700)
        command = [sys.executable, "-m", "local.emulator_process", *(["--bound"] if bound else [])]
        with self.log.open("wb") as log:
            self._child = subprocess.Popen(
                command, cwd=PROJECT, env=self._environment(), stdout=log, stderr=log, start_new_session=True,
                stdin=subprocess.PIPE if bound else subprocess.DEVNULL,
            )  # fmt: skip
        write_json(self._process_file, processes.identity(self._child.pid))
        self._wait_until_it_answers()

    def stop(self) -> None:
        """Ends it and every Lambda that it runs; does nothing where it is not running."""
        processes.stop(self._process())
        if self._child is not None:
            self._child.wait()
            if self._child.stdin:
                self._child.stdin.close()
            self._child = None
        self._process_file.unlink(missing_ok=True)
        shutil.rmtree(self._temporary, ignore_errors=True)

    def running(self) -> bool:
        return self._process() is not None

    @property
    def _temporary(self) -> Path:
        return self.path / "tmp"

    def _process(self) -> psutil.Process | None:
        return processes.find(read_json(self._process_file))

    def _environment(self) -> dict[str, str]:
        # The Lambdas inherit this: nothing of the person's own settings, credentials or proxies is in it.
        temporary = str(self._temporary)
        return {
            "PATH": os.environ.get("PATH", os.defpath),
            "HOME": temporary,
            "TMPDIR": temporary,
            "LANG": "C.UTF-8",
            "TZ": "UTC",
            "PYTHONDONTWRITEBYTECODE": "1",
            "AWS_ACCESS_KEY_ID": "test",
            "AWS_SECRET_ACCESS_KEY": "test",
            "MINISTACK_REGION": REGION,
            "BIND_HOST": "127.0.0.1",
            "GATEWAY_PORT": str(self.port),
            "LOG_LEVEL": "WARNING",
            "STATE_DIR": f"{temporary}/state",
            "S3_DATA_DIR": f"{temporary}/s3",
            "IOT_MTLS_ENABLED": "0",
            "SFTP_ENABLED": "0",
            **({"SMTP_HOST": self.relay} if self.relay else {}),
        }

    def _wait_until_it_answers(self) -> None:
        deadline = time.monotonic() + 60
        while time.monotonic() < deadline:
            if self._child is not None and self._child.poll() is not None:
                raise StackError(f"The AWS emulator ended at once; {self.log} says why.")
            try:
                with urllib.request.urlopen(f"{self.endpoint}/_ministack/health", timeout=2):
                    return
            except OSError:
                time.sleep(0.05)
        raise StackError(f"The AWS emulator did not answer within a minute; {self.log} may say why.")


def port_of(endpoint: str) -> int:
    parts = urlsplit(endpoint)
    return parts.port or (443 if parts.scheme == "https" else 80)
