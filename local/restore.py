"""Brings a backup back: `make restore FILE=desk.dump`, into the stack that is up here.

It is restored beside what is there, held to what the backup says is in it, brought to the schema of this
code, and only then takes its place; what was there stays as the database `mesa_before` until the next time.
"""

import argparse
import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from local.backup import connected, described, run
from local.database_facts import broken_logs, differences, facts
from local.errors import StackError
from local.files import PROJECT
from local.postgres import OWNER, Cluster
from local.stack import DATABASE

BEFORE = "_before"


class NotTheSame(StackError):
    """What came back is not what went in."""


def restore(cluster: Cluster, file: Path, name: str) -> dict[str, Any]:
    """Makes the database `name`, which must not be there, of a dump; what is in it. Raises StackError, and
    NotTheSame where it is not all there; the database stays then, to be looked at.
    """
    made = described(file)
    make_roles(cluster, name)
    cluster.execute_as_superuser(f'CREATE DATABASE "{name}" OWNER {OWNER}')
    owner = cluster.dsn(OWNER, name)
    # Functions become the definer's long before pg_restore comes to the rights of schemas.
    with connected(owner) as connection:
        connection.run("GRANT USAGE, CREATE ON SCHEMA public TO mesa_definer")
    run(owner, "pg_restore", "--exit-on-error", "--single-transaction", f"--dbname={name}", str(file))
    prove(owner, made)
    with connected(owner) as connection:
        connection.run("ANALYZE")
    cluster.migrate(name)
    cluster.set_app_password()
    return made


def prove(owner: Mapping[str, Any], made: dict[str, Any]) -> None:
    """Holds a database to what a backup of it says. Raises NotTheSame."""
    with connected(owner) as connection:
        connection.run("BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY")
        found = differences(made, facts(connection)) + broken_logs(connection, made["audit"])
    if found:
        raise NotTheSame("\n".join(["What was restored is not what was backed up.", *found]))


def make_roles(cluster: Cluster, name: str) -> None:
    """A dump has no roles, for they are the server's: on a new one the migrations make them."""
    cluster.bootstrap("postgres")
    known = cluster.execute_as_superuser("SELECT FROM pg_roles WHERE rolname = 'mesa_reporting'")
    if not known:
        scratch = f"{name}_roles"
        cluster.bootstrap(scratch)
        cluster.migrate(scratch)
        cluster.execute_as_superuser(f'DROP DATABASE "{scratch}"')


def take_place(cluster: Cluster, name: str, of: str) -> str:
    """Gives a database the name of another, which keeps its rows under the name that this answers."""
    before = f"{of}{BEFORE}"
    cluster.execute_as_superuser(f'DROP DATABASE IF EXISTS "{before}" WITH (FORCE)')
    if cluster.execute_as_superuser(f"SELECT FROM pg_database WHERE datname = '{of}'"):
        # Nobody connects anew between the cutting and the renaming.
        cluster.execute_as_superuser(f'ALTER DATABASE "{of}" ALLOW_CONNECTIONS false')
        cluster.execute_as_superuser(
            f"SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '{of}'"
        )
        cluster.execute_as_superuser(f'ALTER DATABASE "{of}" RENAME TO "{before}"')
        cluster.execute_as_superuser(f'ALTER DATABASE "{before}" ALLOW_CONNECTIONS true')
    cluster.execute_as_superuser(f'ALTER DATABASE "{name}" RENAME TO "{of}"')
    return before


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m local.restore", description=__doc__)
    parser.add_argument("file", type=Path)
    options = parser.parse_args()
    cluster = Cluster(Path(os.environ.get("MESA_DATA_DIR") or PROJECT / ".local") / "postgres")
    try:
        if not cluster.running():
            raise StackError("No stack is up here: `make up` starts one.")
        fresh = f"{DATABASE}_restored"
        cluster.execute_as_superuser(f'DROP DATABASE IF EXISTS "{fresh}" WITH (FORCE)')
        made = restore(cluster, options.file, fresh)
        before = take_place(cluster, fresh, DATABASE)
    except StackError as error:
        raise SystemExit(str(error)) from None
    rows = sum(table["rows"] for table in made["tables"].values())
    print(f"{rows:,} rows of {made['made_at']} are back, all of them; what was here is in {before}.")


if __name__ == "__main__":
    main()
