"""One local stack: a database, an emulated cloud and the packaged application deployed in it."""

import json
import os
import shutil
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path
from typing import Any

from local import processes
from local.deploy import BASE_PATH, DOMAIN, Cloud
from local.emulator import Emulator
from local.errors import StackError
from local.files import PROJECT, free_port, write_json
from local.keys import signing_key, webhook_secret
from local.logs import LogReader
from local.package import package
from local.postgres import APP, OWNER, Cluster
from local.seed import WORKSPACE, seed
from local.server import SUPERUSER
from local.smtp import HOST, MailListener

DATABASE = "mesa"
DEFAULT_PORT = 4566
DEFAULT_SMTP_PORT = 2525
MAIL_DOMAIN = "mail.mesa.example"
Step = Callable[[str], AbstractContextManager[None]]


@contextmanager
def silent(_: str) -> Iterator[None]:
    yield


class Stack:
    """A stack whose data lives in `path`; several run side by side on paths and ports of their own.

    `port` and `smtp_port` 0 take a free one. `endpoint` names an emulator that somebody else runs (a
    LocalStack) instead. `relay`: host:port of an SMTP server that gets what the desk sends.
    `durable=False`, `stage="test"` and a low `bcrypt_cost` are for tests. `demo` seeds the demo workspace.
    `influx_url`: what speaks like InfluxDB and takes points; none where it is empty.
    """

    def __init__(
        self,
        path: Path,
        port: int = 0,
        *,
        smtp_port: int = 0,
        relay: str = "",
        endpoint: str | None = None,
        durable: bool = True,
        stage: str = "local",
        bcrypt_cost: int = 12,
        rate_limit_factor: int = 20,
        demo: bool = True,
        influx_url: str = "",
        project: Path = PROJECT,
    ) -> None:
        self.path = Path(path).resolve()
        self.project = project
        self.stage = stage
        self.bcrypt_cost = bcrypt_cost
        self.rate_limit_factor = rate_limit_factor
        self.demo = demo
        self.influx_url = influx_url
        self.cluster = Cluster(self.path / "postgres", durable=durable)
        emulator = Emulator(self.path / "emulator", port or free_port(), relay)
        self.emulator = None if endpoint else emulator
        self.endpoint = endpoint or (self.emulator.endpoint if self.emulator else "")
        self.cloud = Cloud(self.endpoint)
        self.smtp = MailListener(self.path / "smtp", smtp_port or free_port())
        self.api_url = f"{self.endpoint.replace('localhost', DOMAIN)}/{BASE_PATH}"
        self.accounts: list[dict[str, str]] = []
        self.outputs: dict[str, str] = {}

    def up(self, *, bound: bool = False, step: Step = silent) -> None:
        """Starts everything and deploys; stops it all again where a step fails. StackError says why.

        `bound`: it all ends when this process does. `step` is entered around each step, for progress.
        """
        try:
            with step("AWS emulator"):
                if self.emulator:
                    self.emulator.start(bound=bound)
                else:
                    self.cloud.check()
            with step("PostgreSQL"):
                self.cluster.start(bound=bound)
                self.cluster.bootstrap(DATABASE)
                self.cluster.choose_password(APP)
            with step("Package"):
                package(self.path / "package", cache=PROJECT / ".local" / "build", project=self.project)
            with step("Migrations and deployment"):
                self.outputs = self.cloud.deploy(self.path / "package", self._parameters())
                self._wait_until_healthy()
            with step("Mail listener"):
                self.smtp.start(self.endpoint, self.outputs["IncomingMailName"], bound=bound)
            if self.demo:
                with step("Demo workspace"):
                    self.accounts = seed(self.api_url, self.path / "demo.json")
            write_json(self.path / "stack.json", self.facts())
        except BaseException:
            self.down()
            raise

    def down(self) -> None:
        """Stops what this stack runs; its data stays."""
        server = self.cluster.process()
        self.smtp.stop()
        if self.emulator:
            self.emulator.stop()
        elif server:
            self.cloud.remove()
        self.cluster.stop()
        if server:
            processes.await_end([server], seconds=5)  # gone for good, not only deaf
        (self.path / "stack.json").unlink(missing_ok=True)

    def running(self) -> bool:
        return self.cluster.running() or bool(self.emulator and self.emulator.running())

    def destroy(self) -> None:
        """Stops everything and forgets it: the data, the keys and the passwords."""
        self.down()
        self.cluster.destroy()
        for name in ("emulator", "package", "smtp"):
            shutil.rmtree(self.path / name, ignore_errors=True)
        for name in ("demo.json", "signing.json", "stack.json", "webhooks.json"):
            (self.path / name).unlink(missing_ok=True)

    def facts(self) -> dict[str, Any]:
        """What scripts need to find their way; also in the file stack.json while the stack is up."""
        return {
            "api_url": self.api_url,
            "aws_endpoint_url": self.endpoint,
            "database_url": self.cluster.url(APP, DATABASE, "postgresql"),
            "superuser_database_url": self.cluster.url(SUPERUSER, DATABASE, "postgresql"),
            "workspace": WORKSPACE,
            "smtp": f"{HOST}:{self.smtp.port}",
            "mail_domain": MAIL_DOMAIN,
            "accounts": self.accounts,
        }

    def _parameters(self) -> dict[str, str]:
        dsn, key = self.cluster.dsn(APP, DATABASE), signing_key(self.path / "signing.json")
        owner = self.cluster.dsn(OWNER, DATABASE)
        database = {
            "host": os.environ.get("MESA_DATABASE_HOST", dsn["host"]),
            "port": dsn["port"],
            "dbname": dsn["database"],
            "username": dsn["user"],
            "password": dsn["password"],
            "sslmode": "disable",
        }
        return {
            "Stage": self.stage,
            "Database": "embedded",
            "DatabaseSecretValue": json.dumps(database),
            "OwnerSecretValue": json.dumps({"username": owner["user"], "password": owner["password"]}),
            "SigningSecretValue": json.dumps(key.secret),
            "WebhookSecretValue": json.dumps(webhook_secret(self.path / "webhooks.json")),
            "TokenPublicKeys": json.dumps(key.public_keys),
            "MailFrom": "Mesa <desk@mesa.example>",
            "MailIdentity": "mesa.example",
            "MailDomain": MAIL_DOMAIN,
            "PublicUrl": self.api_url,
            "RateLimitFactor": str(self.rate_limit_factor),
            "BcryptCost": str(self.bcrypt_cost),
            # A provider or a webhook of this laptop may be called.
            "EgressLocalHosts": "127.0.0.1,localhost",
            **self._influx(),
        }

    def _influx(self) -> dict[str, str]:
        """Where points go: as MESA_INFLUX_URL and the like say, where nothing else does."""
        return {
            "InfluxUrl": self.influx_url or os.environ.get("MESA_INFLUX_URL", ""),
            "InfluxOrg": os.environ.get("MESA_INFLUX_ORG", ""),
            "InfluxBucket": os.environ.get("MESA_INFLUX_BUCKET", "mesa"),
            "InfluxSecretValue": json.dumps({"token": os.environ.get("MESA_INFLUX_TOKEN", "")}),
        }

    def _wait_until_healthy(self) -> None:
        deadline, answer = time.monotonic() + 30, "no answer"
        while time.monotonic() < deadline:
            try:
                with urllib.request.urlopen(f"{self.api_url}/health", timeout=30):
                    return
            except urllib.error.HTTPError as error:
                answer = f"{error.code} {error.read(500).decode(errors='replace')}"
            except OSError as error:
                answer = str(error)
            time.sleep(0.2)
        logged = "\n".join(LogReader(self.cloud, since=0).lines()[-20:])
        raise StackError(
            f"The deployed API is not healthy; {self.api_url}/health answers: {answer}\n{logged}"
        )
