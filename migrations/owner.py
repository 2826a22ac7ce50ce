"""The schema's owner: how it logs in, and how it gives the application's login a password.

Source: RFC 5802 and PostgreSQL's manual, "pg_authid": SCRAM-SHA-256$<iterations>:<salt>$<stored>:<server>.
"""

import hashlib
import hmac
import secrets
from base64 import b64encode

import pg8000.dbapi

from chalicelib.core.connection import WRONG_PASSWORD, log_in, sqlstate_of
from chalicelib.core.credentials import DatabaseSecret
from chalicelib.core.secrets import forget_secret, get_secret
from chalicelib.core.settings import OwnerSettings

ITERATIONS = 4096


def connect(settings: OwnerSettings, seconds: float) -> pg8000.dbapi.Connection:
    """A connection as the owner. Its password may be rotated at any time, so a refused one is read again."""
    try:
        return log_in(owner(settings), seconds, pg8000.dbapi.Connection)
    except pg8000.dbapi.DatabaseError as error:
        if sqlstate_of(error) not in WRONG_PASSWORD:
            raise
        forget_secret(settings.owner_secret_arn)
    return log_in(owner(settings), seconds, pg8000.dbapi.Connection)


def owner(settings: OwnerSettings) -> DatabaseSecret:
    """RDS keeps a name and a password of its master alone; where it is, the application's secret says. That
    is the database itself: a proxy would lend the connection to others between two statements."""
    return DatabaseSecret.parse(
        {**get_secret(settings.database_secret_arn), **get_secret(settings.owner_secret_arn)}
    )


def is_let_in(login: DatabaseSecret, seconds: float = 15) -> bool:
    """Whether the database takes this name and password. Raises where it cannot be asked."""
    try:
        log_in(login, seconds, pg8000.dbapi.Connection).close()
    except pg8000.dbapi.DatabaseError as error:
        if sqlstate_of(error) in WRONG_PASSWORD:
            return False
        raise
    return True


def set_password(connection: pg8000.dbapi.Connection, login: DatabaseSecret) -> None:
    """Gives the role this password, and commits. The server is told the verifier alone, as psql's \\password
    does, so no log of statements holds a password."""
    cursor = connection.cursor()
    template = "ALTER ROLE %I LOGIN PASSWORD %L"
    cursor.execute(
        "SELECT format(%s::text, %s::text, %s::text)", (template, login.username, verifier(login.password))
    )
    ((statement,),) = cursor.fetchall()
    cursor.execute(statement)
    connection.commit()


def verifier(password: str, salt: bytes | None = None) -> str:
    """What PostgreSQL keeps of a password under scram-sha-256."""
    salt = salt or secrets.token_bytes(16)
    salted = hashlib.pbkdf2_hmac("sha256", password.encode("ascii"), salt, ITERATIONS)
    stored = hashlib.sha256(hmac.digest(salted, b"Client Key", "sha256")).digest()
    server = hmac.digest(salted, b"Server Key", "sha256")
    salt64, stored64, server64 = (b64encode(each).decode() for each in (salt, stored, server))
    return f"SCRAM-SHA-256${ITERATIONS}:{salt64}${stored64}:{server64}"
