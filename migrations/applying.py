"""Brings a database to the revision of this code. A database that is ahead of it is left as it is, for
migrations expand first: the code before them goes on."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from alembic.util import CommandError
from sqlalchemy import Connection, NullPool, create_engine, text

FOLDER = Path(__file__).parent
ADVISORY_LOCK = 7_355_608


@dataclass(frozen=True, slots=True)
class Applied:
    """Where the database stands now, what this code asks for, and whether it was ahead and left alone."""

    revision: str
    head: str
    ahead: bool


def apply(connect: Callable[[], object]) -> Applied:
    """Upgrades over a connection that `connect` opens, a DB-API one of the schema's owner.

    Two at once come one after another: the second waits 5 s for the lock, then fails with 55P03.
    """
    engine = create_engine("postgresql+pg8000://", creator=connect, poolclass=NullPool)
    with engine.connect() as connection:
        connection.execute(text("SET lock_timeout = '5s'"))
        connection.execute(text("SELECT pg_advisory_lock(:key)"), {"key": ADVISORY_LOCK})
        connection.commit()
        return _apply(connection)


def head() -> str:
    """The newest revision that this code knows."""
    return str(ScriptDirectory.from_config(_config()).get_current_head())


def _apply(connection: Connection) -> Applied:
    config = _config()
    script = ScriptDirectory.from_config(config)
    before = _revision(connection)
    if before and not _knows(script, before):
        return Applied(before, str(script.get_current_head()), ahead=True)
    config.attributes["connection"] = connection
    command.upgrade(config, "head")
    return Applied(_revision(connection), str(script.get_current_head()), ahead=False)


def _config() -> Config:
    return Config(str(FOLDER / "alembic.ini"))


def _revision(connection: Connection) -> str:
    current = MigrationContext.configure(connection).get_current_revision() or ""
    connection.commit()
    return current


def _knows(script: ScriptDirectory, revision: str) -> bool:
    try:
        return script.get_revision(revision) is not None
    except CommandError:
        return False
