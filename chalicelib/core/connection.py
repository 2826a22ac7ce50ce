"""A PostgreSQL connection with the credentials of the database secret. pg8000 and the standard library only:
the public look-up opens its own with this."""

import os
import ssl
from typing import Literal

import pg8000.dbapi

from chalicelib.core.credentials import DatabaseSecret
from chalicelib.core.secrets import forget_secret, get_secret
from chalicelib.core.settings import DatabaseSettings
from chalicelib.core.wire import Connection

SOCKET_TIMEOUT_SECONDS = 15.0
WRONG_PASSWORD = ("28P01", "28000")
# The connection is gone or could not be had; the server is too busy to go on.
LOST = {"08000", "08001", "08003", "08004", "08006", "57P01", "57P02", "57P03", "25P03", "53300"}
BUSY = {"55P03", "57014"}
# Amazon's certificate authorities, where the package carries them.
CA_BUNDLE = os.path.join(os.environ.get("LAMBDA_TASK_ROOT", ""), "rds-ca-bundle.pem")


def connect(settings: DatabaseSettings) -> Connection:
    """Opens a connection; where the password was refused, the secret is read again, for it may have been
    rotated."""
    arn = settings.database_secret_arn
    try:
        return _connect(DatabaseSecret.parse(get_secret(arn)))
    except pg8000.dbapi.DatabaseError as error:
        if sqlstate_of(error) not in WRONG_PASSWORD:
            raise
        forget_secret(arn)
    return _connect(DatabaseSecret.parse(get_secret(arn)))


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


def _connect(secret: DatabaseSecret) -> Connection:
    return Connection(
        user=secret.username,
        password=secret.password,
        host=secret.host,
        port=secret.port,
        database=secret.dbname,
        timeout=SOCKET_TIMEOUT_SECONDS,
        tcp_keepalive=True,
        application_name="mesa",
        ssl_context=_ssl_context(secret.sslmode),
    )


def _ssl_context(sslmode: str) -> ssl.SSLContext | Literal[False]:
    if sslmode == "disable":
        return False  # None would ask for TLS, unverified, and load the certificates of half the world for it
    context = ssl.create_default_context(cafile=CA_BUNDLE if os.path.exists(CA_BUNDLE) else None)
    # Said here, for some systems' OpenSSL would take less.
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    if sslmode == "require":
        context.check_hostname = False
        context.verify_mode = ssl.CERT_NONE
    return context
