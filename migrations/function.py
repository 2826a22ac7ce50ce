"""Door: the custom resource that brings the database to the code's revision before any function is replaced.
Invoked by hand without a ResponseURL, it does the same and returns what came of it."""

import logging
import time
from threading import Timer
from typing import Any

import pg8000.dbapi
from sqlalchemy.exc import DBAPIError

from chalicelib.core import logs
from chalicelib.core.connection import BUSY, is_lost, server_fields, sqlstate_of
from chalicelib.core.credentials import DatabaseSecret
from chalicelib.core.secrets import get_secret
from chalicelib.core.settings import OwnerSettings
from migrations import owner
from migrations.answering import Answer
from migrations.applying import Applied, apply

# What CloudFormation must hear before Lambda ends all this.
SPARE_SECONDS = 20.0
PAUSE_SECONDS = 2.0

log = logging.getLogger(__name__)


class OutOfTime(Exception):
    """The database did not come to the revision before the function's time was up."""


def migrate(event: dict[str, Any], context: Any) -> dict[str, Any]:
    """Create and Update migrate; Delete leaves the database as it is. Whatever happens, CloudFormation hears
    of it before the function's time is up, or it would wait an hour."""
    answer = Answer(event)
    seconds = context.get_remaining_time_in_millis() / 1000 - SPARE_SECONDS
    clock = Timer(seconds, answer.failed, ["The migrations were not done in the function's time."])
    clock.daemon = True
    clock.start()
    try:
        outcome = {} if event.get("RequestType") == "Delete" else _migrate(seconds)
        answer.succeeded(outcome)
    except Exception as error:
        log.exception("the database was not migrated")
        answer.failed(f"The database was not migrated: {_words(error)}")
        if "ResponseURL" not in event:
            raise
    finally:
        clock.cancel()
    return answer.told or {}


def _migrate(seconds: float) -> dict[str, Any]:
    settings = OwnerSettings.load()
    logs.configure(settings.log_level)
    deadline = time.monotonic() + seconds
    applied = _until(deadline, lambda left: apply(lambda: owner.connect(settings, left)))
    given = _until(deadline, lambda left: _let_in(settings, left))
    log.info(
        "database is ahead, nothing was done" if applied.ahead else "database migrated",
        extra={"revision": applied.revision, "head": applied.head, "password_given": given},
    )
    return _data(applied)


def _data(applied: Applied) -> dict[str, Any]:
    return {"Revision": applied.revision, "Head": applied.head, "Ahead": str(applied.ahead).lower()}


def _let_in(settings: OwnerSettings, seconds: float) -> bool:
    """Gives the application's login the password of its secret, unless that is its password already."""
    login = DatabaseSecret.parse(get_secret(settings.database_secret_arn))
    if login.username == owner.owner(settings).username or owner.is_let_in(login):
        return False
    connection = owner.connect(settings, seconds)
    try:
        owner.set_password(connection, login)
    finally:
        connection.close()
    return True


def _until(deadline: float, unit: Any) -> Any:
    """What the unit gives; tried again while the database is not there yet, or others hold the locks."""
    while True:
        left = deadline - time.monotonic()
        try:
            return unit(max(left, 1.0))
        except (DBAPIError, pg8000.dbapi.Error, OSError) as error:
            cause = error.orig if isinstance(error, DBAPIError) else error
            passing = is_lost(cause) or sqlstate_of(cause) in BUSY
            if not passing:
                raise
            if time.monotonic() + PAUSE_SECONDS >= deadline:
                raise OutOfTime(_words(error)) from error
            log.warning("database is busy or away, trying again", extra={"reason": _words(error)})
        time.sleep(PAUSE_SECONDS)


def _words(error: BaseException) -> str:
    """A reason without rows or parameters: what PostgreSQL says in its message, or the kind of error."""
    cause = error.orig if isinstance(error, DBAPIError) else error
    said = server_fields(cause)
    return f"{said['C']}: {said['M']}" if said else f"{type(error).__name__}: {str(error)[:500]}"
