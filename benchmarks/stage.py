"""What figures are measured on; each part is made when the first figure asks for it."""

import importlib.util
import json
import logging
import os
import secrets
import zipfile
from base64 import urlsafe_b64encode
from collections.abc import Mapping
from contextlib import ExitStack
from functools import cached_property
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from benchmarks.figure import progress
from local.files import PROJECT
from local.package import package
from local.postgres import Cluster
from local.vendor import compile_module
from tests.support.cast import Cast, make_cast, renewed
from tests.support.database import Database

if TYPE_CHECKING:
    from benchmarks.functions import Functions

DATABASE = "mesa_bench"
TICKETS = 1_000
# The fewest that a small instance has; figures/sandboxes.py fills them.
CONNECTIONS = 60
# What Lambda's own Python has beside the package.
RUNTIME = "runtime"
OF_THE_RUNTIME = ("boto3", "botocore", "s3transfer", "jmespath", "urllib3", "dateutil", "six")


class Stage:
    """A database server of its own with a desk in it, AWS played by moto, the package unpacked as on Lambda.

    Everything lives in a temporary folder and ends with `close`.
    """

    def __init__(self) -> None:
        self._ending = ExitStack()

    def close(self) -> None:
        self._ending.close()

    @cached_property
    def folder(self) -> Path:
        return Path(self._ending.enter_context(TemporaryDirectory(prefix="mesa-bench-")))

    @cached_property
    def cluster(self) -> Cluster:
        """PostgreSQL as production runs it: every COMMIT waits for the disk."""
        progress("starting PostgreSQL")
        cluster = Cluster(self.folder / "postgres", settings={"max_connections": str(CONNECTIONS)})
        self._ending.callback(cluster.destroy)
        cluster.prepare(DATABASE)
        return cluster

    @cached_property
    def dsn(self) -> dict[str, Any]:
        """How the app's role connects."""
        return self.cluster.dsn("mesa_app", DATABASE)

    @cached_property
    def database(self) -> Database:
        """The superuser's view."""
        database = Database(self.cluster.dsn("postgres", DATABASE))
        self._ending.callback(database.close)
        return database

    @cached_property
    def environment(self) -> dict[str, str]:
        """The environment of every Lambda, with the secrets that it names in moto; also this process's."""
        os.environ.update(_aws_of(self._moto()))
        seed, pepper = Ed25519PrivateKey.generate(), secrets.token_bytes(32)
        signing = {"kid": "bench-1", "private_key": _text(seed.private_bytes_raw()), "pepper": _text(pepper)}
        environment = {
            "MESA_STAGE": "test",
            "MESA_DATABASE_SECRET_ARN": self.database_secret("database", self.dsn),
            "MESA_SIGNING_SECRET_ARN": _secret("signing", signing),
            "MESA_WEBHOOK_SECRET_ARN": _secret("webhooks", {"key": _text(secrets.token_bytes(32))}),
            "MESA_TOKEN_PUBLIC_KEYS": json.dumps({"bench-1": _text(seed.public_key().public_bytes_raw())}),
            "MESA_EVENT_QUEUE_URLS": "http://127.0.0.1:9/nowhere",
            "MESA_PUBLIC_URL": "http://127.0.0.1:4566/api",
            "MESA_JOB_QUEUE_URL": "http://127.0.0.1:9/nowhere",
            "MESA_AUDIT_BUCKET": "nowhere",
            "MESA_ATTACHMENTS_BUCKET": "nowhere",
            "MESA_MAIL_BUCKET": "nowhere",
            "MESA_EGRESS_FUNCTION": "nowhere",
            "MESA_EXPORT_BUCKET": "nowhere",
            "MESA_RATE_LIMIT_FACTOR": "10000",
            "MESA_BCRYPT_COST": "4",
        }
        os.environ.update(environment)
        return {**environment, **{name: os.environ[name] for name in _aws_of("")}}

    def database_secret(self, name: str, dsn: Mapping[str, Any]) -> str:
        """The ARN of a secret that leads to this database."""
        database = {"dbname": dsn["database"], "username": dsn["user"], "sslmode": "disable"}
        return _secret(name, database | {each: dsn[each] for each in ("host", "port", "password")})

    @property
    def postgresql(self) -> str | None:
        """The server's version, where one was started."""
        if "cluster" not in self.__dict__:
            return None
        return str(self.cluster.execute_as_superuser("SHOW server_version")[0][0]).split()[0]

    @property
    def cast(self) -> Cast:
        """The people of the tests at a desk that has worked for a while, with tokens of this moment: a whole
        run takes longer than one is good for."""
        return renewed(self._cast)

    @cached_property
    def _cast(self) -> Cast:
        from benchmarks.data import fill

        assert self.environment
        cast = make_cast(self.database)
        fill(self.database, cast, TICKETS)
        return cast

    @cached_property
    def functions(self) -> "Functions":
        """Every Lambda function, and what calls it."""
        from benchmarks.functions import Functions

        functions = Functions(self)
        self._ending.callback(functions.close)
        return functions

    @cached_property
    def package(self) -> Path:
        """The deployment package."""
        progress("making the package")
        out = self.folder / "package"
        package(out, cache=PROJECT / ".local" / "build", stage="prod")
        return out / "deployment.zip"

    @cached_property
    def task(self) -> Path:
        """The package unpacked, and the floors, as bytecode likewise: Lambda may not write any. Beside it is
        what Lambda has of its own."""
        with zipfile.ZipFile(self.package) as archive:
            archive.extractall(self.folder / "task")
        for source in sorted((PROJECT / "benchmarks" / "floors").glob("*.py")):
            name, compiled = compile_module(source.name, source.read_bytes())
            target = self.folder / "task" / "floors" / name
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_bytes(compiled)
        runtime = self.folder / RUNTIME
        runtime.mkdir()
        for library in OF_THE_RUNTIME:
            origin = importlib.util.find_spec(library).origin  # type: ignore[union-attr]
            found = Path(str(origin))
            whole = found.parent if found.name == "__init__.py" else found
            (runtime / whole.name).symlink_to(whole)
        return self.folder / "task"

    def _moto(self) -> str:
        progress("starting moto")
        from moto.server import ThreadedMotoServer

        logging.getLogger("werkzeug").setLevel(logging.ERROR)
        server = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
        server.start()
        self._ending.callback(server.stop)
        host, port = server.get_host_and_port()
        return f"http://{host}:{port}"


def _aws_of(endpoint: str) -> dict[str, str]:
    return {
        "AWS_ENDPOINT_URL": endpoint,
        "AWS_ACCESS_KEY_ID": "testing",
        "AWS_SECRET_ACCESS_KEY": "testing",
        "AWS_DEFAULT_REGION": "us-east-1",
        "AWS_REGION": "us-east-1",
    }


def _secret(name: str, content: dict[str, Any]) -> str:
    import boto3

    manager = boto3.client("secretsmanager")
    return str(manager.create_secret(Name=name, SecretString=json.dumps(content))["ARN"])


def _text(raw: bytes) -> str:
    return urlsafe_b64encode(raw).rstrip(b"=").decode()
