"""The in-process stage: the embedded PostgreSQL with the app's own role, AWS played by moto over HTTP, the
app itself."""

import gc
import json
import os
import secrets
from base64 import urlsafe_b64encode
from collections.abc import Generator, Iterator

import boto3
import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from hypothesis import HealthCheck, settings
from sqlalchemy import create_engine

from chalicelib.core.connection import connect
from chalicelib.core.db import engine
from chalicelib.core.settings import DatabaseSettings
from local.postgres import Cluster
from tests.support import roles
from tests.support.api import Api
from tests.support.cast import Cast, make_cast
from tests.support.connections import Connections
from tests.support.database import Database
from tests.support.jobs import Workshop
from tests.support.letterbox import Letterbox
from tests.support.made_once import emptied, the_app
from tests.support.migrated import destroy_model, migrated
from tests.support.played_aws import PlayedAws, client, taken
from tests.support.rule_book import RuleBook
from tests.support.service_desk import ServiceDesk
from tests.support.turns import first_alone

DATABASE = "mesa_test"

# How long an example takes tells of the machine, which others use too.
patient = settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.register_profile("default", patient)
# `pytest --hypothesis-profile=nightly`: new examples each time, and as many as a night has room for.
settings.register_profile("nightly", patient, derandomize=False)


# There is little garbage in what is collected, and looking for it takes a tenth of the time.
gc.disable()


@pytest.hookimpl(wrapper=True)
def pytest_collection(session: pytest.Session) -> Generator[None, object, object]:
    """What one worker has compiled need not be compiled by the others."""
    if not hasattr(session.config, "workerinput"):
        return (yield)  # who only hands tests out imports none
    place = session.config._tmp_path_factory.getbasetemp().parent  # type: ignore[attr-defined]
    with first_alone(place, "collected"):
        return (yield)


def pytest_collection_finish() -> None:
    """What is there by now stays to the end, so it is never looked through for garbage; the rest seldom."""
    gc.freeze()
    gc.set_threshold(20_000, 20, 50)
    gc.enable()


def pytest_sessionfinish(session: pytest.Session) -> None:
    if not hasattr(session.config, "workerinput"):
        destroy_model(session.config)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_call() -> Generator[None, object, object]:
    """What a role refuses fails the test, whatever the code makes of it."""
    try:
        result = yield
    finally:
        refused = roles.what_was_refused()
    assert refused == []
    return result


@pytest.fixture(scope="session")
def cluster(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Cluster]:
    """One PostgreSQL server for the run (and one a worker), migrated as mesa_owner."""
    cluster = migrated(tmp_path_factory, DATABASE)
    yield cluster
    if engine.cache_info().currsize:
        engine().dispose()
    cluster.destroy()


@pytest.fixture(scope="session")
def aws() -> Iterator[str]:
    """The address where moto plays AWS."""
    played = PlayedAws()
    os.environ.update(
        AWS_ENDPOINT_URL=played.endpoint,
        AWS_ACCESS_KEY_ID="testing",
        AWS_SECRET_ACCESS_KEY="testing",
        AWS_DEFAULT_REGION="us-east-1",
        AWS_REGION="us-east-1",
    )
    with roles.enforced():
        yield played.endpoint
    played.stop()


@pytest.fixture(scope="session")
def stage(cluster: Cluster, aws: str) -> dict[str, str]:
    """The environment of every Lambda at once, with the secrets and queues it names made in moto."""
    key = Ed25519PrivateKey.generate()
    seed = key.private_bytes(
        serialization.Encoding.Raw, serialization.PrivateFormat.Raw, serialization.NoEncryption()
    )
    public = key.public_key().public_bytes(serialization.Encoding.Raw, serialization.PublicFormat.Raw)
    dsn = cluster.dsn("mesa_app", DATABASE)
    database = {
        "host": dsn["host"],
        "port": dsn["port"],
        "dbname": dsn["database"],
        "username": dsn["user"],
        "password": dsn["password"],
        "sslmode": "disable",
    }
    signing = {"kid": "test-1", "private_key": encode(seed), "pepper": encode(secrets.token_bytes(32))}
    sealing = {"key": encode(secrets.token_bytes(32))}
    services = ("secretsmanager", "sqs", "ses", "s3")
    manager, sqs, ses, s3 = (boto3.client(name, endpoint_url=aws) for name in services)
    for bucket in ("mesa-attachments", "mesa-audit", "mesa-exports", "mesa-mail"):
        s3.create_bucket(Bucket=bucket)
    s3.put_bucket_versioning(Bucket="mesa-attachments", VersioningConfiguration={"Status": "Enabled"})
    ses.verify_email_identity(EmailAddress="desk@mesa.example")
    environment = {
        "MESA_STAGE": "test",
        "MESA_LOG_LEVEL": "INFO",
        "MESA_DATABASE_SECRET_ARN": manager.create_secret(Name="database", SecretString=json.dumps(database))[
            "ARN"
        ],
        "MESA_SIGNING_SECRET_ARN": manager.create_secret(Name="signing", SecretString=json.dumps(signing))[
            "ARN"
        ],
        "MESA_WEBHOOK_SECRET_ARN": manager.create_secret(Name="webhooks", SecretString=json.dumps(sealing))[
            "ARN"
        ],
        "MESA_TOKEN_PUBLIC_KEYS": json.dumps({"test-1": encode(public)}),
        "MESA_EVENT_QUEUE_URLS": sqs.create_queue(QueueName="mesa-notifications")["QueueUrl"],
        "MESA_JOB_QUEUE_URL": sqs.create_queue(QueueName="mesa-jobs")["QueueUrl"],
        "MESA_DELIVERY_QUEUE_URL": sqs.create_queue(QueueName="mesa-deliveries")["QueueUrl"],
        "MESA_DELIVERY_RESULT_QUEUE_URL": sqs.create_queue(QueueName="mesa-delivery-results")["QueueUrl"],
        "MESA_AUDIT_BUCKET": "mesa-audit",
        "MESA_ATTACHMENTS_BUCKET": "mesa-attachments",
        "MESA_EGRESS_FUNCTION": "mesa-egress",
        "MESA_EGRESS_LOCAL_HOSTS": "127.0.0.1,localhost",
        "MESA_EXPORT_BUCKET": "mesa-exports",
        "MESA_MAIL_BUCKET": "mesa-mail",
        "MESA_MAIL_DOMAIN": "mail.mesa.example",
        "MESA_MAIL_FROM": "desk@mesa.example",
        "MESA_PUBLIC_URL": "http://127.0.0.1:4566/api",
        "MESA_RATE_LIMIT_FACTOR": "1",
        "MESA_BCRYPT_COST": "4",
    }
    os.environ.update(environment)
    return environment


def encode(raw: bytes) -> str:
    return urlsafe_b64encode(raw).rstrip(b"=").decode()


@pytest.fixture(scope="session")
def superuser(cluster: Cluster, stage: dict[str, str]) -> Iterator[Database]:
    """The one connection that every test arranges and asserts through: making one takes longer than most
    tests."""
    database = Database(cluster.dsn("postgres", DATABASE))
    yield database
    database.close()


@pytest.fixture(scope="module")
def quiet_server(superuser: Database) -> Iterator[None]:
    """Nobody writes but the test: the server's own housekeeping does, and holds the change feed up."""
    superuser.run("ALTER SYSTEM SET autovacuum = off")
    superuser.run("SELECT pg_reload_conf()")
    yield
    superuser.refresh()
    superuser.run("ALTER SYSTEM RESET autovacuum")
    superuser.run("SELECT pg_reload_conf()")


@pytest.fixture
def database(superuser: Database) -> Database:
    """An empty database, and no message in any queue, seen with the superuser's eyes, for arranging and
    asserting past the app."""
    return emptied(superuser)


@pytest.fixture
def api(database: Database) -> Api:
    """The app behind a gateway: the authorizer, the route table, the views, in process."""
    return the_app()


@pytest.fixture
def cast(database: Database) -> Cast:
    """Everybody of the tests, in their workspaces and teams; see tests/support/cast.py."""
    return make_cast(database)


@pytest.fixture
def desk(api: Api, cast: Cast) -> ServiceDesk:
    """The API with the cast at it."""
    return ServiceDesk(api, cast)


@pytest.fixture
def book(desk: ServiceDesk, database: Database) -> RuleBook:
    """The rules of Acme, and what runs them; see tests/support/rule_book.py."""
    return RuleBook(desk, database)


@pytest.fixture
def letterbox(database: Database, cast: Cast) -> Letterbox:
    """Where mail comes in; see tests/support/letterbox.py."""
    return Letterbox(database)


@pytest.fixture
def connections(database: Database) -> Iterator[Connections]:
    """As many connections of the app's role as a test wants; what it has used, it uses again."""
    settings = DatabaseSettings.load()
    engine = create_engine(
        "postgresql+pg8000://", creator=lambda: connect(settings), pool_size=20, max_overflow=-1
    )
    yield Connections(engine)
    engine.dispose()


@pytest.fixture
def queue(stage: dict[str, str], aws: str) -> "Queue":
    """The notifications queue, emptied."""
    queue = Queue(stage["MESA_EVENT_QUEUE_URLS"], aws)
    queue.take()
    return queue


@pytest.fixture
def workshop(stage: dict[str, str], aws: str, database: Database) -> Workshop:
    """The queue of jobs, emptied, and the Lambda that works them off."""
    return Workshop(stage, aws, database)


class Queue:
    """A queue of moto's, seen by its messages."""

    def __init__(self, url: str, endpoint: str) -> None:
        self.url = url
        self.client = client("sqs", endpoint)

    def take(self) -> list[dict[str, object]]:
        """Receives and deletes all there is, as the parsed bodies."""
        return taken(self.url)
