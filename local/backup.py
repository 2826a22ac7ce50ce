"""Backs the database up: `make backup FILE=desk.dump`. Beside the dump comes `desk.dump.json`, which says
what is in it, so that a restore can prove that all of it came back.

Works on the stack that is up here, or, where MESA_MIGRATION_URL names a database and its owner, on that.
Keys, passwords of the database and files in buckets are not in it: see docs/backup.md.
"""

import argparse
import hashlib
import os
import subprocess
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pg8000.native

from local.binaries import programs
from local.database_facts import facts
from local.errors import StackError
from local.files import PROJECT, read_json, write_json
from local.reporting_role import owner_of

FORMAT = 1
SECONDS = 24 * 3600


def back_up(owner: Mapping[str, Any], file: Path) -> dict[str, Any]:
    """Writes the dump and what is in it; the latter. `owner`: what pg8000 connects with. Raises StackError.

    Both are of one snapshot, whatever is written meanwhile.
    """
    file.parent.mkdir(parents=True, exist_ok=True)
    fresh = file.with_name(f"{file.name}.new")
    with connected(owner) as connection:
        connection.run("BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY")
        ((snapshot,),) = connection.run("SELECT pg_export_snapshot()")
        fresh.unlink(missing_ok=True)
        os.close(os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600))
        # The owner is filtered by row-level security too, by a policy that lets it see everything.
        run(
            owner, "pg_dump", "--format=custom", "--enable-row-security", f"--snapshot={snapshot}",
            "--no-unlogged-table-data", "--lock-wait-timeout=10s", f"--file={fresh}",
        )  # fmt: skip
        held = facts(connection)
    made = {
        "format": FORMAT,
        "made_at": datetime.now(UTC).isoformat(timespec="seconds"),
        "bytes": fresh.stat().st_size,
        "sha256": digest(fresh),
        **held,
    }
    fresh.replace(file)
    write_json(beside(file), made)
    return made


def described(file: Path) -> dict[str, Any]:
    """What is in a dump, once it is the one that was made. Raises StackError."""
    if not file.is_file():
        raise StackError(f"There is no file {file}.")
    made = read_json(beside(file))
    if made.get("format") != FORMAT:
        raise StackError(f"{beside(file)} is missing or cut short: without it nobody can tell what was lost.")
    if digest(file) != made["sha256"]:
        raise StackError(f"{file} is not the file that was written: it was cut short or changed.")
    return made


def beside(file: Path) -> Path:
    return file.with_name(f"{file.name}.json")


def digest(file: Path) -> str:
    with file.open("rb") as opened:
        return hashlib.file_digest(opened, "sha256").hexdigest()


@contextmanager
def connected(login: Mapping[str, Any]) -> Iterator[pg8000.native.Connection]:
    connection = pg8000.native.Connection(**login, timeout=SECONDS, application_name="mesa-backup")
    try:
        yield connection
    finally:
        connection.close()


def run(login: Mapping[str, Any], program: str, *arguments: str) -> None:
    """One of PostgreSQL's programs on a database. Raises StackError with its last words."""
    plain = {name: value for name, value in os.environ.items() if not name.startswith("PG")}
    tls = login.get("ssl_context")
    where = {
        "PGHOST": str(login["host"]),
        "PGPORT": str(login["port"]),
        "PGUSER": str(login["user"]),
        "PGPASSWORD": str(login["password"]),
        "PGDATABASE": str(login["database"]),
        "PGSSLMODE": "verify-full" if tls else "prefer",
        "PGSSLROOTCERT": os.environ.get("PGSSLROOTCERT", "system") if tls else "",
        "PGTZ": "UTC",
        "LC_ALL": "C",
    }
    told = subprocess.run(
        [str(programs(None) / program), *arguments], check=False, stdin=subprocess.DEVNULL,
        capture_output=True, text=True, timeout=SECONDS,
        env={**plain, **{name: value for name, value in where.items() if value}},
    )  # fmt: skip
    if told.returncode != 0:
        words = (told.stderr.strip() or "it says nothing").splitlines()
        said = next((line for line in words if "error:" in line), words[-1])
        raise StackError(f"{program} failed: {said}")


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m local.backup", description=__doc__)
    parser.add_argument("file", nargs="?", type=Path, help="where to; else into .local/backups")
    options = parser.parse_args()
    now = datetime.now(UTC).strftime("%Y%m%dT%H%M%SZ")
    file = options.file or PROJECT / ".local" / "backups" / f"mesa-{now}.dump"
    try:
        made = back_up(owner_of(os.environ), file)
    except StackError as error:
        raise SystemExit(str(error)) from None
    rows = sum(table["rows"] for table in made["tables"].values())
    print(f"{file}: {len(made['tables'])} tables, {rows:,} rows, {made['bytes'] / 1e6:.1f} MB.")


if __name__ == "__main__":
    main()
