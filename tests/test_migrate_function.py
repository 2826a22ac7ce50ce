"""The function that migrates: whatever the database is like, CloudFormation hears what came of it, once."""

import json
import os
from collections.abc import Iterator
from contextlib import closing
from http.server import BaseHTTPRequestHandler, HTTPServer
from threading import Event, Thread
from typing import Any
from urllib.parse import urlsplit

import boto3
import pg8000.dbapi
import pytest

from chalicelib.core.secrets import empty_cache
from local.postgres import APP, OWNER, Cluster
from migrations import applying, function, owner
from tests.conftest import DATABASE
from tests.support.database import Database

CHOSEN = "mesa_chosen_7f3kQ9xLpT2mNcRv"


class CloudFormation:
    """An address that an answer is put to, and what was put there. `answers`: statuses, 200 when used up."""

    def __init__(self) -> None:
        self.heard: list[dict[str, Any]] = []
        self.answers: list[int] = []
        self.types: list[str | None] = []
        self.told = Event()
        told = self

        class Handler(BaseHTTPRequestHandler):
            def do_PUT(self) -> None:
                body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
                told.types.append(self.headers["Content-Type"])
                status = told.answers.pop(0) if told.answers else 200
                if status == 200:
                    told.heard.append({**body, "at": urlsplit(self.path).path})
                self.send_response(status)
                self.end_headers()
                told.told.set()

            def log_message(self, *args: object) -> None:
                """Quiet."""

        self.server = HTTPServer(("127.0.0.1", 0), Handler)
        self.thread = Thread(target=self.server.serve_forever, kwargs={"poll_interval": 0.01})
        self.thread.start()

    def asks(self, kind: str, **more: str) -> dict[str, Any]:
        """An event of a custom resource."""
        return {
            "RequestType": kind,
            "ResponseURL": f"http://127.0.0.1:{self.server.server_port}/signed?for=this",
            "StackId": "arn:aws:cloudformation:eu-west-1:123456789012:stack/mesa/1",
            "RequestId": "7",
            "LogicalResourceId": "Migration",
            **more,
        }

    def stop(self) -> None:
        self.server.shutdown()
        self.thread.join()
        self.server.server_close()


class Patience:
    """Lambda's context."""

    def __init__(self, seconds: float = 120) -> None:
        self.seconds = seconds

    def get_remaining_time_in_millis(self) -> int:
        return int(self.seconds * 1000)


@pytest.fixture
def cloudformation() -> Iterator[CloudFormation]:
    heard = CloudFormation()
    yield heard
    heard.stop()


@pytest.fixture
def environment(cluster: Cluster, aws: str, monkeypatch: pytest.MonkeyPatch) -> Iterator[dict[str, Any]]:
    """The function's, for the tests' own database; what the secret of the application holds."""
    manager = boto3.client("secretsmanager", endpoint_url=aws)
    there, master = cluster.dsn(APP, DATABASE), cluster.dsn(OWNER, DATABASE)
    login = {
        "host": there["host"],
        "port": there["port"],
        "dbname": DATABASE,
        "username": APP,
        "password": there["password"],
        "sslmode": "disable",
    }
    # As RDS keeps its master: a name and a password, and no word of where.
    kept = {"mesa/migrated": login, "rds!db-1": {"username": OWNER, "password": master["password"]}}
    arns = [
        manager.create_secret(Name=name, SecretString=json.dumps(secret))["ARN"]
        for name, secret in kept.items()
    ]
    monkeypatch.setenv("MESA_STAGE", "test")
    monkeypatch.setenv("MESA_DATABASE_SECRET_ARN", arns[0])
    monkeypatch.setenv("MESA_OWNER_SECRET_ARN", arns[1])
    monkeypatch.setattr(function, "PAUSE_SECONDS", 0.05)
    empty_cache()
    yield login
    for arn in arns:
        manager.delete_secret(SecretId=arn, ForceDeleteWithoutRecovery=True)
    empty_cache()


def rewrite(login: dict[str, Any], **changes: Any) -> None:
    """Puts another login into the application's secret."""
    manager = boto3.client("secretsmanager")
    arn = os.environ["MESA_DATABASE_SECRET_ARN"]
    manager.put_secret_value(SecretId=arn, SecretString=json.dumps({**login, **changes}))
    empty_cache()


@pytest.mark.usefixtures("environment")
class TestMigrating:
    def test_from_nothing_it_makes_the_schema_and_the_login_and_again_changes_nothing(
        self, cluster: Cluster, environment: dict[str, Any], cloudformation: CloudFormation
    ) -> None:
        cluster.bootstrap("mesa_deployed")
        rewrite(environment, dbname="mesa_deployed")

        for kind in ("Create", "Update"):
            function.migrate(cloudformation.asks(kind, PhysicalResourceId="Migration"), Patience())

        database = Database(cluster.dsn("postgres", "mesa_deployed"))
        revision = database.value("SELECT version_num FROM alembic_version")
        routines = database.value("SELECT count(*) FROM pg_proc WHERE proname LIKE 'fn\\_%'")
        database.close()
        cluster.execute_as_superuser("DROP DATABASE mesa_deployed WITH (FORCE)")
        made = {"Revision": applying.head(), "Head": applying.head(), "Ahead": "false"}
        assert (revision, routines > 50) == (applying.head(), True)
        assert [(told["Status"], told["Data"]) for told in cloudformation.heard] == [("SUCCESS", made)] * 2
        assert {told["PhysicalResourceId"] for told in cloudformation.heard} == {"Migration"}

    def test_a_database_ahead_of_this_code_is_left_as_it_is(
        self, database: Database, cloudformation: CloudFormation
    ) -> None:
        database.run("UPDATE alembic_version SET version_num = '9999_of_the_future'")
        try:
            function.migrate(cloudformation.asks("Update"), Patience())
            kept = database.value("SELECT version_num FROM alembic_version")
        finally:
            database.run("UPDATE alembic_version SET version_num = :head", head=applying.head())

        (told,) = cloudformation.heard
        assert kept == "9999_of_the_future"
        assert (told["Status"], told["Data"]["Ahead"]) == ("SUCCESS", "true")

    def test_a_second_one_at_the_same_time_waits_for_the_first(
        self, cluster: Cluster, cloudformation: CloudFormation
    ) -> None:
        first = pg8000.dbapi.connect(**cluster.dsn(OWNER, DATABASE))
        first.cursor().execute("SELECT pg_advisory_lock(%s)", (applying.ADVISORY_LOCK,))
        second = Thread(target=function.migrate, args=(cloudformation.asks("Update"), Patience()))
        second.start()
        waiting = Database(cluster.dsn("postgres", DATABASE))
        asked = "SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND NOT granted"
        while not waiting.value(asked):
            waiting.run("SELECT pg_sleep(0.02)")
        waiting.close()
        before = list(cloudformation.heard)
        first.close()
        second.join()

        assert before == []
        assert [told["Status"] for told in cloudformation.heard] == ["SUCCESS"]

    def test_deleting_the_stack_leaves_the_database(
        self, monkeypatch: pytest.MonkeyPatch, cloudformation: CloudFormation
    ) -> None:
        monkeypatch.setattr(function, "apply", lambda _: pytest.fail("it migrated"))

        function.migrate(cloudformation.asks("Delete", PhysicalResourceId="Migration"), Patience())

        assert [told["Status"] for told in cloudformation.heard] == ["SUCCESS"]

    def test_a_failure_is_told_in_the_databases_words(
        self, monkeypatch: pytest.MonkeyPatch, cloudformation: CloudFormation
    ) -> None:
        def fail(connect: Any) -> Any:
            with closing(connect()) as connection:
                connection.cursor().execute("SELECT 1 / 0")

        monkeypatch.setattr(function, "apply", fail)

        function.migrate(cloudformation.asks("Create"), Patience())

        (told,) = cloudformation.heard
        assert (told["Status"], told["PhysicalResourceId"]) == ("FAILED", "Migration")
        assert told["Reason"] == "The database was not migrated: 22012: division by zero"

    def test_what_takes_too_long_is_told_before_the_functions_time_is_up(
        self, monkeypatch: pytest.MonkeyPatch, cloudformation: CloudFormation
    ) -> None:
        def wait(_: Any) -> Any:
            assert cloudformation.told.wait(60)
            raise ValueError("too late")

        monkeypatch.setattr(function, "apply", wait)

        function.migrate(cloudformation.asks("Update"), Patience(function.SPARE_SECONDS + 0.1))

        (told,) = cloudformation.heard
        assert (told["Status"], "function's time" in told["Reason"]) == ("FAILED", True)

    def test_a_database_that_is_not_there_yet_is_waited_for(
        self, monkeypatch: pytest.MonkeyPatch, cloudformation: CloudFormation
    ) -> None:
        tried = iter([ConnectionRefusedError("not yet"), None])
        apply = function.apply

        def once_away(connect: Any) -> Any:
            if error := next(tried):
                raise error
            return apply(connect)

        monkeypatch.setattr(function, "apply", once_away)

        function.migrate(cloudformation.asks("Create"), Patience())

        assert [told["Status"] for told in cloudformation.heard] == ["SUCCESS"]

    def test_by_hand_it_says_what_came_of_it(self) -> None:
        assert function.migrate({}, Patience())["Data"]["Revision"] == applying.head()


class TestTelling:
    def test_cloudformation_is_told_again_where_it_did_not_hear(
        self, monkeypatch: pytest.MonkeyPatch, cloudformation: CloudFormation
    ) -> None:
        monkeypatch.setattr("migrations.answering.time.sleep", lambda _: None)
        cloudformation.answers = [503, 500]

        function.migrate(cloudformation.asks("Delete"), Patience())

        assert [told["Status"] for told in cloudformation.heard] == ["SUCCESS"]
        assert {*cloudformation.types} == {""}, "the address is signed without a type"


class TestLogin:
    def test_the_login_gets_the_password_of_its_secret(
        self, cluster: Cluster, environment: dict[str, Any], database: Database
    ) -> None:
        rewrite(environment, password=CHOSEN)
        before = database.value("SELECT rolpassword FROM pg_authid WHERE rolname = 'mesa_app'")
        try:
            function.migrate({}, Patience())
            pg8000.dbapi.connect(**{**cluster.dsn(APP, DATABASE), "password": CHOSEN}).close()
        finally:
            database.run(f"ALTER ROLE mesa_app PASSWORD '{before}'")

    def test_what_the_server_is_told_is_no_password(self) -> None:
        told = owner.verifier("pencil", b"sixteen-bytes-of")

        assert told.startswith("SCRAM-SHA-256$4096:c2l4dGVlbi1ieXRlcy1vZg==$")
        assert "pencil" not in told
