"""Makes the login with which a Grafana reads a workspace's figures, or gives it a new password: `make
reporting-role WORKSPACE=demo`; with DROP=1 takes it away.

Works on the stack that is up here, or, where MESA_MIGRATION_URL names a database and its owner, on that.
Prints lines for a shell: `eval "$(make -s reporting-role WORKSPACE=demo)"` sets what Grafana reads.
"""

import argparse
import hashlib
import hmac
import os
import secrets
import ssl
import sys
from base64 import b64encode
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pg8000.native
from sqlalchemy import make_url

from local.errors import StackError
from local.files import PROJECT, new_password
from local.postgres import OWNER, Cluster
from local.stack import DATABASE

ITERATIONS = 4096


def make(owner: Mapping[str, Any], slug: str) -> dict[str, str]:
    """Makes the login or changes its password; user and password. `owner`: what pg8000 connects with.

    StackError where there is no such workspace.
    """
    password = new_password()
    role = _call(owner, "fn_make_reporting_role(:slug, :password)", slug=slug, password=verifier(password))
    if role is None:
        raise StackError(f"There is no workspace {slug}.")
    return {"user": role, "password": password}


def drop(owner: Mapping[str, Any], slug: str) -> str:
    """Takes the login away; its name. StackError where there is none."""
    role = _call(owner, "fn_drop_reporting_role(:slug)", slug=slug)
    if role is None:
        raise StackError(f"No workspace {slug} has a login for reports.")
    return role


def verifier(password: str) -> str:
    """What PostgreSQL keeps of a password (RFC 5803), made here so that it never travels or is logged."""
    salt = secrets.token_bytes(16)
    salted = hashlib.pbkdf2_hmac("sha256", password.encode(), salt, ITERATIONS)
    stored = hashlib.sha256(hmac.digest(salted, b"Client Key", "sha256")).digest()
    server = hmac.digest(salted, b"Server Key", "sha256")
    kept, first, second = (b64encode(each).decode() for each in (salt, stored, server))
    return f"SCRAM-SHA-256${ITERATIONS}:{kept}${first}:{second}"


def _call(owner: Mapping[str, Any], call: str, **values: str) -> str | None:
    connection = pg8000.native.Connection(**owner, timeout=60)
    try:
        ((answer,),) = connection.run(f"SELECT {call}", **values)
    finally:
        connection.close()
    return None if answer is None else str(answer)


def owner_of(environment: Mapping[str, str]) -> dict[str, Any]:
    """How to connect as the owner: MESA_MIGRATION_URL, over TLS unless it is on this machine, or the stack
    that is up here. StackError where there is neither."""
    if named := environment.get("MESA_MIGRATION_URL"):
        url = make_url(named)
        here = url.host in ("127.0.0.1", "localhost")
        tls = None if here else ssl.create_default_context(cafile=environment.get("PGSSLROOTCERT"))
        login = {"host": url.host, "port": url.port or 5432, "user": url.username, "password": url.password}
        return {**login, "database": url.database, "ssl_context": tls}
    cluster = Cluster(Path(environment.get("MESA_DATA_DIR") or PROJECT / ".local") / "postgres")
    if not cluster.running():
        raise StackError(
            "No stack is up here: `make up` starts one; MESA_MIGRATION_URL names another database."
        )
    return cluster.dsn(OWNER, DATABASE)


def settings(owner: Mapping[str, Any], login: Mapping[str, str]) -> dict[str, str]:
    """What grafana/provisioning/datasources reads from the environment."""
    return {
        "MESA_POSTGRES_HOST": f"{owner['host']}:{owner['port']}",
        "MESA_POSTGRES_DATABASE": owner["database"],
        "MESA_POSTGRES_USER": login["user"],
        "MESA_POSTGRES_PASSWORD": login["password"],
        "MESA_POSTGRES_SSLMODE": "verify-full" if owner.get("ssl_context") else "disable",
    }


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m local.reporting_role", description=__doc__)
    parser.add_argument("workspace", help="the slug of the workspace")
    parser.add_argument("--drop", action="store_true", help="take the login away")
    options = parser.parse_args()
    try:
        owner = owner_of(os.environ)
        if options.drop:
            print(f"The login {drop(owner, options.workspace)} is gone.", file=sys.stderr)
            return
        for name, value in settings(owner, make(owner, options.workspace)).items():
            print(f"export {name}='{value}'")
        print("The password is shown this once; the same command makes a new one.", file=sys.stderr)
    except StackError as error:
        raise SystemExit(str(error)) from None


if __name__ == "__main__":
    main()
