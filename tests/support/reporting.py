"""The login for reports of a workspace, as `make reporting-role` makes it, and what it sees."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from local import reporting_role
from local.postgres import OWNER, Cluster
from tests.support.database import Database


class Readers:
    """Logins on the tests' cluster; roles are the server's, so what was made is to be taken away again."""

    def __init__(self, cluster: Cluster, dbname: str) -> None:
        self.cluster, self.dbname = cluster, dbname
        self.owner = cluster.dsn(OWNER, dbname)
        self._open: list[Database] = []

    def of(self, slug: str) -> Database:
        """A connection as the login of a workspace, which is made or gets a new password."""
        return self.sign_in(reporting_role.make(self.owner, slug))

    def sign_in(self, login: dict[str, str]) -> Database:
        database = Database({**self.cluster.dsn("", self.dbname), **login})
        self._open.append(database)
        return database

    def logins(self) -> list[str]:
        rows = self.cluster.execute_as_superuser(
            "SELECT rolname FROM pg_roles WHERE rolname LIKE 'mesa\\_report\\_%'"
        )
        return [str(name) for (name,) in rows]

    def clear(self) -> None:
        for database in self._open:
            database.close()
        for name in self.logins():
            self.cluster.execute_as_superuser(f"DROP ROLE {name}")


@contextmanager
def readers(cluster: Cluster, dbname: str) -> Iterator[Readers]:
    found = Readers(cluster, dbname)
    try:
        yield found
    finally:
        found.clear()


def views(database: Database) -> list[str]:
    """The views of reports."""
    rows: list[dict[str, Any]] = database.rows(
        "SELECT relname FROM pg_class WHERE relnamespace = 'reporting'::regnamespace AND relkind = 'v' "
        "ORDER BY 1"
    )
    return [row["relname"] for row in rows]
