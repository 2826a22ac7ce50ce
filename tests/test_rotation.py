"""A new password of the application's login, while it is at work: nobody who calls notices."""

import json
import os
from collections.abc import Iterator
from itertools import count
from queue import Queue
from threading import Event, Thread
from typing import Any
from uuid import uuid4

import boto3
import pytest

from chalicelib.core import secrets
from chalicelib.core.db import engine
from chalicelib.core.secrets import empty_cache
from local.postgres import APP, OWNER, Cluster
from migrations import rotation
from tests.conftest import DATABASE
from tests.support.api import Api
from tests.support.cast import Cast
from tests.support.database import Database

STEPS = ("createSecret", "setSecret", "testSecret", "finishSecret")


@pytest.fixture
def arn(
    cluster: Cluster, stage: dict[str, str], database: Database, monkeypatch: pytest.MonkeyPatch
) -> Iterator[str]:
    """A secret of its own that the API reads; the login is as it was, afterwards."""
    manager = boto3.client("secretsmanager")
    held = manager.get_secret_value(SecretId=os.environ["MESA_DATABASE_SECRET_ARN"])["SecretString"]
    master = {"username": OWNER, "password": cluster.dsn(OWNER, DATABASE)["password"]}
    made = {"MESA_DATABASE_SECRET_ARN": held, "MESA_OWNER_SECRET_ARN": json.dumps(master)}
    verifier = database.value("SELECT rolpassword FROM pg_authid WHERE rolname = :app", app=APP)
    for variable, value in made.items():
        secret = manager.create_secret(Name=f"rotated/{variable}", SecretString=value)
        monkeypatch.setenv(variable, secret["ARN"])
    rotation._manager.cache_clear()
    begin_anew()
    yield os.environ["MESA_DATABASE_SECRET_ARN"]
    database.run(f"ALTER ROLE {APP} PASSWORD '{verifier}'")
    for variable in made:
        manager.delete_secret(SecretId=os.environ[variable], ForceDeleteWithoutRecovery=True)
    begin_anew()


def begin_anew() -> None:
    """As a new sandbox does."""
    engine().dispose()
    engine.cache_clear()
    empty_cache()


@pytest.fixture
def version() -> str:
    return str(uuid4())


def take(arn: str, version: str, *steps: str) -> None:
    for step in steps:
        rotation.rotate({"SecretId": arn, "ClientRequestToken": version, "Step": step}, None)


def unlabel(arn: str, version: str) -> None:
    """AWS moves a label to the next version that gets it; moto would have it on both."""
    manager = boto3.client("secretsmanager")
    manager.update_secret_version_stage(SecretId=arn, VersionStage="AWSPENDING", RemoveFromVersionId=version)


def password(arn: str) -> str:
    return str(content(arn)["password"])


def content(arn: str) -> dict[str, Any]:
    held = boto3.client("secretsmanager").get_secret_value(SecretId=arn, VersionStage="AWSCURRENT")
    found: dict[str, Any] = json.loads(held["SecretString"])
    return found


class TestUnderLoad:
    def test_rotations_lose_no_request(
        self, api: Api, cast: Cast, arn: str, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """Each request is a sandbox of its own: it logs in anew, half of them with a copy of the secret."""
        # Three months in a second: else a copy of two passwords ago would count as just read.
        monkeypatch.setattr(secrets, "_REFETCH_SECONDS", 0)
        ada, over = api.with_token(cast.ada.token), Event()
        answered: Queue[int] = Queue()

        def work() -> None:
            for turn in count():
                engine().dispose()
                if turn % 2:
                    empty_cache()
                answered.put(ada.get("/v1/auth/me").status)
                if over.is_set():
                    return

        before, worker = password(arn), Thread(target=work)
        worker.start()
        statuses = []
        for version in (str(uuid4()) for _ in range(3)):
            for step in STEPS:
                take(arn, version, step)
                if step == "finishSecret":
                    unlabel(arn, version)
                statuses += [answered.get(timeout=60) for _ in range(3)]
        over.set()
        worker.join()

        assert set(statuses) == {200}
        assert password(arn) != before


class TestSteps:
    def test_in_the_middle_a_new_sandbox_takes_the_password_in_the_making(
        self, api: Api, cast: Cast, arn: str, version: str
    ) -> None:
        take(arn, version, "createSecret", "setSecret")
        engine().dispose()
        empty_cache()

        assert api.with_token(cast.ada.token).get("/v1/auth/me").status == 200
        take(arn, version, "testSecret", "finishSecret")

    def test_a_copy_of_moments_ago_does_not_stand_in_the_way_when_all_is_over(
        self, api: Api, cast: Cast, arn: str, version: str
    ) -> None:
        engine().dispose()
        assert secrets.get_secret(arn)["password"] == password(arn)
        take(arn, version, *STEPS)

        assert api.with_token(cast.ada.token).get("/v1/auth/me").status == 200

    def test_each_step_may_come_twice(self, arn: str, version: str) -> None:
        take(arn, version, *(step for step in STEPS for _ in range(2)))
        rotated = password(arn)
        take(arn, version, *STEPS)

        assert password(arn) == rotated

    def test_what_the_database_refuses_is_not_put_in_use(
        self, monkeypatch: pytest.MonkeyPatch, arn: str, version: str
    ) -> None:
        before = password(arn)
        take(arn, version, "createSecret")

        with pytest.raises(rotation.NotRotated):
            take(arn, version, "testSecret")
        assert password(arn) == before

    def test_the_secret_keeps_where_the_database_is(self, arn: str, version: str) -> None:
        old = content(arn)
        take(arn, version, *STEPS)
        new = content(arn)

        assert {**new, "password": old["password"]} == old
        assert len(new["password"]) >= 40
