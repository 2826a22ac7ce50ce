"""Door: Secrets Manager's four steps to a new password of the application's login in the database.

PostgreSQL keeps one password a role, so from the second step to the fourth the secret in use is refused; who
is refused then takes the one in the making (core/connection.py). Source: AWS Secrets Manager User Guide,
"Lambda rotation functions".
"""

import json
import logging
import secrets
from collections.abc import Callable
from functools import lru_cache
from typing import Any

import pg8000.dbapi

from chalicelib.core import logs
from chalicelib.core.credentials import DatabaseSecret
from chalicelib.core.settings import OwnerSettings
from migrations import owner

PASSWORD_BYTES = 30
SECONDS = 15.0

log = logging.getLogger(__name__)


class NotRotated(Exception):
    """A step cannot be taken. Holds no value of the secret."""


def rotate(event: dict[str, Any], _context: object) -> None:
    """One step, which may come twice. Raises where it cannot be taken: Secrets Manager tries again."""
    settings = OwnerSettings.load()
    logs.configure(settings.log_level)
    arn, version, step = event["SecretId"], event["ClientRequestToken"], event["Step"]
    stages = _manager().describe_secret(SecretId=arn)["VersionIdsToStages"]
    if "AWSCURRENT" in stages.get(version, []):
        log.info("password is in use already", extra={"step": step})
        return
    STEPS[step](settings, arn, version)
    log.info("password rotates", extra={"step": step})


def _create(_settings: OwnerSettings, arn: str, version: str) -> None:
    faults = _manager().exceptions
    try:
        _read(arn, version)
    except (faults.ResourceNotFoundException, faults.InvalidRequestException):
        held = _manager().get_secret_value(SecretId=arn, VersionStage="AWSCURRENT")
        current = json.loads(held["SecretString"])
        new = json.dumps({**current, "password": secrets.token_urlsafe(PASSWORD_BYTES)})
        _manager().put_secret_value(
            SecretId=arn, ClientRequestToken=version, SecretString=new, VersionStages=["AWSPENDING"]
        )


def _set(settings: OwnerSettings, arn: str, version: str) -> None:
    login = DatabaseSecret.parse(_read(arn, version))
    if owner.is_let_in(login, SECONDS):
        return
    connection: pg8000.dbapi.Connection = owner.connect(settings, SECONDS)
    try:
        owner.set_password(connection, login)
    finally:
        connection.close()


def _test(_settings: OwnerSettings, arn: str, version: str) -> None:
    if not owner.is_let_in(DatabaseSecret.parse(_read(arn, version)), SECONDS):
        raise NotRotated("The database refuses the new password.")


def _finish(_settings: OwnerSettings, arn: str, version: str) -> None:
    # AWSPENDING stays on the version that becomes AWSCURRENT: so Secrets Manager knows that it is over.
    stages = _manager().describe_secret(SecretId=arn)["VersionIdsToStages"]
    (current,) = [each for each, labels in stages.items() if "AWSCURRENT" in labels]
    _manager().update_secret_version_stage(
        SecretId=arn, VersionStage="AWSCURRENT", MoveToVersionId=version, RemoveFromVersionId=current
    )


STEPS: dict[str, Callable[[OwnerSettings, str, str], None]] = {
    "createSecret": _create,
    "setSecret": _set,
    "testSecret": _test,
    "finishSecret": _finish,
}


def _read(arn: str, version: str) -> dict[str, Any]:
    found = _manager().get_secret_value(SecretId=arn, VersionId=version, VersionStage="AWSPENDING")
    read: dict[str, Any] = json.loads(found["SecretString"])
    return read


@lru_cache(maxsize=1)
def _manager() -> Any:
    import boto3

    return boto3.client("secretsmanager")
