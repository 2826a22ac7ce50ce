"""The rotations of docs/runbook.md, step by step, as whoever follows it meets them: nobody is shut out but
who is meant to be."""

import json
import os
import secrets
from base64 import urlsafe_b64encode
from collections.abc import Callable, Iterator
from typing import Any

import boto3
import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from chalicelib.accounts.keyring import keyring
from chalicelib.api.authorizer import verifier
from chalicelib.core import secrets as fetched
from chalicelib.core.db import engine
from tests.support.api import Api
from tests.support.cast import Cast
from tests.support.database import Database

Change = Callable[..., None]


def text(raw: bytes) -> str:
    return urlsafe_b64encode(raw).rstrip(b"=").decode()


def new_sandboxes() -> None:
    """As after a deployment: nobody has read anything yet."""
    verifier.cache_clear()
    keyring.cache_clear()
    fetched.empty_cache()


class Vault:
    """Secrets Manager, with what it held before the test."""

    def __init__(self, endpoint: str) -> None:
        self.manager = boto3.client("secretsmanager", endpoint_url=endpoint)
        self.before: dict[str, str] = {}

    def read(self, variable: str) -> dict[str, Any]:
        held: dict[str, Any] = json.loads(
            self.manager.get_secret_value(SecretId=os.environ[variable])["SecretString"]
        )
        return held

    def change(self, variable: str, **values: str) -> None:
        held = self.read(variable)
        self.before.setdefault(variable, json.dumps(held))
        self.manager.put_secret_value(
            SecretId=os.environ[variable], SecretString=json.dumps({**held, **values})
        )

    def restore(self) -> None:
        for variable, held in self.before.items():
            self.manager.put_secret_value(SecretId=os.environ[variable], SecretString=held)


@pytest.fixture
def vault(api: Api, aws: str) -> Iterator[Vault]:
    found = Vault(aws)
    yield found
    found.restore()
    new_sandboxes()


class TestTheSigningKey:
    @pytest.fixture
    def pair(self) -> tuple[str, str]:
        """A new key: seed and public key, as secrets and parameters have them."""
        key = Ed25519PrivateKey.generate()
        return text(key.private_bytes_raw()), text(key.public_key().public_bytes_raw())

    def test_nobody_is_shut_out_until_the_old_one_goes(
        self, vault: Vault, api: Api, cast: Cast, pair: tuple[str, str], monkeypatch: pytest.MonkeyPatch
    ) -> None:
        seed, public = pair
        known = json.loads(os.environ["MESA_TOKEN_PUBLIC_KEYS"])
        before = signed_in(api, cast)
        as_before = api.with_token(before["access_token"])
        body = {"name": "a program", "role": "agent", "scopes": ["read"]}
        program = api.with_token(as_before.post("/v1/api-keys", body).json["key"])

        monkeypatch.setenv("MESA_TOKEN_PUBLIC_KEYS", json.dumps({**known, "second": public}))
        new_sandboxes()
        assert [each.get("/v1/teams").status for each in (as_before, program)] == [200, 200]

        vault.change("MESA_SIGNING_SECRET_ARN", kid="second", private_key=seed)
        new_sandboxes()
        after = api.with_token(signed_in(api, cast)["access_token"])
        assert [each.get("/v1/teams").status for each in (as_before, program, after)] == [200, 200, 200]

        monkeypatch.setenv("MESA_TOKEN_PUBLIC_KEYS", json.dumps({"second": public}))
        new_sandboxes()
        assert [each.get("/v1/teams").status for each in (as_before, program, after)] == [401, 401, 200]
        refreshed = api.post("/v1/auth/refresh", {"refresh_token": before["refresh_token"]})
        assert api.with_token(refreshed.json["access_token"]).get("/v1/teams").status == 200


class TestTheDatabasePassword:
    @pytest.fixture
    def password(self, database: Database, vault: Vault) -> Iterator[str]:
        """A new one, which the role has from the test's word on."""
        yield secrets.token_urlsafe(24)
        database.run(f"ALTER ROLE mesa_app PASSWORD '{vault.read('MESA_DATABASE_SECRET_ARN')['password']}'")
        engine().dispose()

    def test_a_sandbox_that_runs_reads_the_new_one_by_itself(
        self, vault: Vault, api: Api, cast: Cast, database: Database, password: str
    ) -> None:
        was = fetched.get_secret(os.environ["MESA_DATABASE_SECRET_ARN"])["password"]
        ada = api.with_token(cast.ada.token)
        assert ada.get("/v1/teams").status == 200

        database.run(f"ALTER ROLE mesa_app PASSWORD '{password}'")
        assert ada.get("/v1/teams").status == 200  # whoever is connected stays so

        vault.change("MESA_DATABASE_SECRET_ARN", password=password)
        engine().dispose()
        grown_old()
        assert ada.get("/v1/teams").status == 200

        database.run(f"ALTER ROLE mesa_app PASSWORD '{was}'")
        vault.change("MESA_DATABASE_SECRET_ARN", password=was)


def signed_in(api: Api, cast: Cast) -> dict[str, Any]:
    reply = api.post("/v1/auth/login", {"email": cast.ada.email, "password": cast.ada.password})
    answer: dict[str, Any] = reply.json
    return answer


def grown_old() -> None:
    """What sandboxes have read, they have read a while ago."""
    arn = os.environ["MESA_DATABASE_SECRET_ARN"]
    moment, held = fetched._cache[arn]
    fetched._cache[arn] = moment - 60, held
