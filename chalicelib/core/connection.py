"""A PostgreSQL connection with the credentials of the database secret. pg8000 and the standard library only:
the public look-up opens its own with this."""

import os
import random
import ssl
from collections.abc import Iterator
from time import sleep
from typing import Any, Literal

import pg8000.dbapi

from chalicelib.core.credentials import DatabaseSecret
from chalicelib.core.secrets import forget_secret, get_secret, pending_secret
from chalicelib.core.settings import DatabaseSettings
from chalicelib.core.wire import Connection

SOCKET_TIMEOUT_SECONDS = 15.0
WRONG_PASSWORD = ("28P01", "28000")
# The connection is gone or could not be had; the server is too busy to go on.
LOST = {"08000", "08001", "08003", "08004", "08006", "57P01", "57P02", "57P03", "57P05", "25P03", "53300"}
TOO_MANY = "53300"
# Where all are taken, one is given back soon (see is_scarce): asked again after up to so many seconds each.
PAUSES = (0.05, 0.1, 0.2)
# The part of the server's connections that sandboxes keep.
KEPT = 0.75
TAKEN = """
    SELECT pg_backend_pid(), sum(numbackends),
        current_setting('max_connections')::int - current_setting('superuser_reserved_connections')::int
    FROM pg_stat_database
"""
BUSY = {"55P03", "57014"}
# Amazon's certificate authorities, where the package carries them.
CA_BUNDLE = os.path.join(os.environ.get("LAMBDA_TASK_ROOT", ""), "rds-ca-bundle.pem")


def connect(settings: DatabaseSettings) -> Connection:
    """Opens a connection. Where the password is refused, it may have been rotated, or be rotated just now;
    where all connections are taken, a moment is waited for one."""
    for pause in PAUSES:
        try:
            return _connect_with(settings)
        except pg8000.dbapi.DatabaseError as error:
            if sqlstate_of(error) != TOO_MANY:
                raise
        sleep(pause * random.random())  # noqa: S311  # so that not all come again together
    return _connect_with(settings)


def is_scarce(connection: Connection) -> bool:
    """Whether this is one of the server's last, to be given back after use: a sandbox that sleeps keeps its
    own for minutes, and whoever has none would get none.

    Through a proxy that hands out connections by the transaction none is kept anyway: there the session's
    process is another than the one that the client was told of.
    """
    cursor = connection.cursor()
    connection.autocommit = True
    cursor.execute(TAKEN)
    connection.autocommit = False
    ((process, taken, most),) = cursor.fetchall()
    told = int.from_bytes(connection._backend_key_data[:4])
    return bool(process == told and taken > KEPT * most)


def _connect_with(settings: DatabaseSettings) -> Connection:
    for secret in _secrets(settings.database_secret_arn):
        try:
            opened: Connection = log_in(_login(settings, secret))
            return opened
        except pg8000.dbapi.DatabaseError as error:
            if sqlstate_of(error) not in WRONG_PASSWORD:
                raise
            refused = error
    raise refused


def _secrets(arn: str) -> Iterator[dict[str, Any]]:
    """One after another: the copy at hand, the secret as it is now, and what a rotation puts in its place."""
    tried = [get_secret(arn)]
    yield tried[0]
    forget_secret(arn)
    tried.append(get_secret(arn))
    if tried[1] != tried[0]:
        yield tried[1]
    pending = pending_secret(arn)
    if pending is not None and pending not in tried:
        yield pending


def _login(settings: DatabaseSettings, secret: dict[str, Any]) -> DatabaseSecret:
    there = {"host": settings.database_host} if settings.database_host else {}
    return DatabaseSecret.parse({**secret, **there})


def sqlstate_of(error: BaseException | None) -> str | None:
    """The five-character SQLSTATE of a pg8000 error, where it has one."""
    return server_fields(error).get("C")


def is_lost(error: BaseException | None) -> bool:
    """Whether the connection is gone, so that the next try needs a new one."""
    # Raw socket errors escape pg8000 at times.
    return isinstance(error, OSError | pg8000.dbapi.InterfaceError) or sqlstate_of(error) in LOST


def server_fields(error: BaseException | None) -> dict[str, str]:
    """What the server said of an error, by the letters of PostgreSQL's protocol (C: SQLSTATE, n:
    constraint)."""
    if isinstance(error, pg8000.dbapi.Error) and error.args and isinstance(error.args[0], dict):
        return error.args[0]
    return {}


def log_in(
    secret: DatabaseSecret,
    seconds: float = SOCKET_TIMEOUT_SECONDS,
    kind: type[pg8000.dbapi.Connection] | None = None,
) -> Any:
    """A connection of this kind. `seconds`: how long the server may say nothing."""
    return (kind or Connection)(
        user=secret.username,
        password=secret.password,
        host=secret.host,
        port=secret.port,
        database=secret.dbname,
        timeout=seconds,
        tcp_keepalive=True,
        application_name="mesa",
        ssl_context=_ssl_context(secret),
    )


def _ssl_context(secret: DatabaseSecret) -> ssl.SSLContext | Literal[False]:
    if secret.sslmode == "disable":
        return False  # None would ask for TLS, unverified, and load the certificates of half the world for it
    # A proxy of RDS has a certificate that any client knows; the database itself has one of Amazon's own.
    own = os.path.exists(CA_BUNDLE) and ".proxy-" not in secret.host
    context = ssl.create_default_context(cafile=CA_BUNDLE if own else None)
    # Said here, for some systems' OpenSSL would take less.
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    if secret.sslmode == "require":
        context.check_hostname = False
        context.verify_mode = ssl.CERT_NONE
    return context
