"""The embedded PostgreSQL 18: a cluster in a folder, its databases, and its roles with their passwords."""

import os
import subprocess
import sys
from typing import Any
from urllib.parse import quote

import pg8000.native

from local.errors import StackError
from local.files import PROJECT, new_password, write_private
from local.server import SUPERUSER, Server

OWNER, APP = "mesa_owner", "mesa_app"


class Cluster(Server):
    """A server with the roles of the application."""

    @property
    def port(self) -> int:
        port = self._facts().get("port")
        if not isinstance(port, int):
            raise StackError(f"The database cluster in {self.path} was never started.")
        return port

    def dsn(self, user: str, dbname: str) -> dict[str, Any]:
        """What pg8000.connect takes: host, port, user, password (None where the role has none), database."""
        return {
            "host": "127.0.0.1",
            "port": self.port,
            "user": user,
            "password": self._facts().get("passwords", {}).get(user),
            "database": dbname,
        }

    def url(self, user: str, dbname: str, driver: str = "postgresql+pg8000") -> str:
        password = self.dsn(user, dbname)["password"]
        secret = f":{quote(password, safe='')}" if password else ""
        return f"{driver}://{user}{secret}@127.0.0.1:{self.port}/{dbname}"

    def execute_as_superuser(self, sql: str, dbname: str = "postgres") -> list[list[Any]]:
        """Runs the statements outside any transaction and returns the rows of the last one."""
        dsn = self.dsn(SUPERUSER, dbname)
        connection = pg8000.native.Connection(**dsn, timeout=60)
        try:
            rows: list[list[Any]] | None = connection.run(sql)
        finally:
            connection.close()
        return rows or []

    def bootstrap(self, dbname: str) -> None:
        """Makes mesa_owner, the power RDS gives its master and no more, and a database that it owns."""
        self._set_password(OWNER, "LOGIN CREATEROLE NOSUPERUSER NOBYPASSRLS")
        if not self.has(dbname):
            self.execute_as_superuser(f'CREATE DATABASE "{dbname}" OWNER {OWNER}')

    def has(self, dbname: str) -> bool:
        return bool(self.execute_as_superuser(f"SELECT 1 FROM pg_database WHERE datname = '{dbname}'"))

    def prepare(self, dbname: str) -> None:
        """Starts, with this database as the newest migrations leave it and passwords for both roles."""
        self.start()
        self.bootstrap(dbname)
        self.migrate(dbname)
        self.set_app_password()

    def migrate(self, dbname: str, revision: str = "head") -> None:
        """Runs the Alembic migrations as mesa_owner."""
        ini = PROJECT / "migrations" / "alembic.ini"
        command = [sys.executable, "-m", "alembic", "-c", str(ini), "upgrade", revision]
        environment = {**os.environ, "MESA_MIGRATION_URL": self.url(OWNER, dbname)}
        result = subprocess.run(
            command, cwd=PROJECT, env=environment, check=False, capture_output=True, text=True
        )
        if result.returncode != 0:
            write_private(self.path / "migration.log", result.stdout + result.stderr)
            last = (result.stderr.strip() or result.stdout.strip() or "no reason given").splitlines()[-1]
            raise StackError(f"The migrations failed ({self.path / 'migration.log'} has it all): {last}")

    def set_app_password(self) -> str:
        """Gives mesa_app, made by the migrations without one, a random password; kept from then on."""
        return self._set_password(APP, "LOGIN")

    def choose_password(self, role: str) -> str:
        """The password that this role has, or is to be given; random, and kept from then on."""
        passwords = self._facts().get("passwords", {})
        password: str = passwords.get(role) or new_password()
        if passwords.get(role) != password:
            self._remember(passwords={**passwords, role: password})
        return password

    def _set_password(self, role: str, attributes: str) -> str:
        password = self.choose_password(role)
        exists = self.execute_as_superuser(f"SELECT 1 FROM pg_roles WHERE rolname = '{role}'")
        verb = "ALTER" if exists else "CREATE"
        self.execute_as_superuser(f"{verb} ROLE {role} {attributes} PASSWORD '{password}'")
        return password
