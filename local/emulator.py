"""The AWS emulator, MiniStack, on a loopback port; or the LocalStack that the environment points to."""

import os
import shutil
import urllib.request
from pathlib import Path
from urllib.parse import urlsplit

from local.child import Child

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
        self.port = port
        self.relay = relay
        self._child = Child(path, "emulator", "The AWS emulator", port, "MESA_PORT")
        self._temporary = path / "tmp"
        self.log = self._child.log

    @property
    def endpoint(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def start(self, *, bound: bool) -> None:
        """Starts it and waits until it answers. `bound`: it ends when this process does, even by kill -9."""
        self.stop()
        self._child.require_port()
        self._temporary.mkdir(mode=0o700, parents=True)
        self._child.start(
            "local.emulator_process",
            [],
            self._answers,
            bound=bound,
            seconds=60,
            environment=self._environment(),
        )

    def stop(self) -> None:
        """Ends it and every Lambda that it runs; does nothing where it is not running."""
        self._child.stop()
        shutil.rmtree(self._temporary, ignore_errors=True)

    def running(self) -> bool:
        return self._child.running()

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

    def _answers(self) -> bool:
        try:
            with urllib.request.urlopen(f"{self.endpoint}/_ministack/health", timeout=2):
                return True
        except OSError:
            return False


def port_of(endpoint: str) -> int:
    parts = urlsplit(endpoint)
    return parts.port or (443 if parts.scheme == "https" else 80)
