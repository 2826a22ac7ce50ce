"""Desks of any size in databases of their own: loaded without indexes, which are made after, two tables at a
time."""

import time
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import partial

from benchmarks import desk_rows, promise_rows
from benchmarks.figure import progress
from chalicelib.tickets import markdown
from local.postgres import Cluster
from tests.support.database import Database

TEMPLATE = "desk_template"
# As much memory as a small instance has; plans as on SSDs, which desks are kept on.
SERVER = {
    "shared_buffers": "1GB",
    "random_page_cost": "1.1",
    "max_wal_size": "4GB",
    "checkpoint_timeout": "1h",
    "autovacuum": "off",
}
# What each needs is made before it; what stands in one line is made at the same time.
STAGES: Sequence[Sequence[tuple[str, ...]]] = (
    (("tickets",),),
    (("comments",), ("timeline_entries", "sla_targets", "ticket_watchers")),
    (("search_documents",), ("ticket_tags", "sla_steps", "ticket_field_values", "events")),
)
ROWS = {
    "tickets": desk_rows.TICKETS,
    "comments": desk_rows.COMMENTS,
    "timeline_entries": desk_rows.TIMELINE,
    "sla_targets": desk_rows.TARGETS,
    "search_documents": desk_rows.DOCUMENTS,
    "sla_steps": desk_rows.STEPS,
    "events": desk_rows.EVENTS,
    "ticket_tags": desk_rows.TAGS,
    "ticket_field_values": desk_rows.FIELDS,
    "ticket_watchers": desk_rows.WATCHERS,
}


class Desks:
    """A database a size on a server, and one that they are made of."""

    def __init__(self, cluster: Cluster) -> None:
        self.cluster = cluster
        if not cluster.has(TEMPLATE):
            cluster.bootstrap(TEMPLATE)
            cluster.migrate(TEMPLATE)
            cluster.set_app_password()

    def database(self, size: int) -> Database:
        """The superuser's view of a desk."""
        return Database(self.cluster.dsn("postgres", name(size)), timeout=1800)

    def load(self, size: int, *, rolled_up: bool = True) -> None:
        """Fills the desk of this size. `rolled_up`: with the figures of its days."""
        started = time.monotonic()
        self.begin(
            size,
            *(
                _sized(statement, size)
                for statement in (
                    desk_rows.CHANCE,
                    desk_rows.PLACES,
                    desk_rows.STAFF,
                    desk_rows.PEOPLE,
                    desk_rows.PHRASES,
                    desk_rows.VECTORS,
                    desk_rows.NUMBERS,
                )
            ),
        )
        with ThreadPoolExecutor(2) as threads:
            for stage in STAGES:
                for done in [threads.submit(partial(self._fill, size), tables) for tables in stage]:
                    done.result()
        if rolled_up:
            self._count(size)
        self.end(size, started)

    def load_promises(self, size: int) -> None:
        """Fills the desk of this size with open promises and nothing else."""
        started = time.monotonic()
        self.begin(size, promise_rows.PLACE)
        for table, rows in promise_rows.ROWS.items():
            self._fill_table(size, table, rows)
        self.end(size, started)

    def begin(self, size: int, *statements: str) -> None:
        """A new desk, with what all its rows hang on."""
        owner = f"CREATE DATABASE {name(size)} TEMPLATE {TEMPLATE} OWNER mesa_owner"
        self.cluster.execute_as_superuser(owner)
        self._run(size, "CREATE SCHEMA bench", *statements, "ANALYZE")

    def end(self, size: int, started: float) -> None:
        """As a desk is that has stood for a while."""
        self._run(size, "DROP SCHEMA bench CASCADE", "VACUUM ANALYZE")
        took, bytes_ = time.monotonic() - started, self._bytes(size)
        progress(f"{size:,} tickets loaded in {took:.0f} s: {bytes_ / 1e9:.1f} GB")

    def drop(self, size: int) -> None:
        """Removes the desk, and what desks are made of."""
        for database in (name(size), TEMPLATE):
            self.cluster.execute_as_superuser(f"DROP DATABASE {database} WITH (FORCE)")

    def _count(self, size: int) -> None:
        """Rolls up the desk with half of the tickets, whose figures are asked for."""
        began, database = time.monotonic(), self.database(size)
        try:
            workspace = database.value("SELECT workspace_id FROM bench.shapes WHERE place = 1")
            database.run("CALL sp_rollup_rebuild(:w)", w=workspace)
        finally:
            database.close()
        progress(f"{time.monotonic() - began:5.1f} s  rolled up")

    def _fill(self, size: int, tables: Sequence[str]) -> None:
        for table in tables:
            self._fill_table(size, table, ROWS[table])

    def _fill_table(self, size: int, table: str, rows: str) -> None:
        # Truncated in the same transaction, nothing goes through the log; nobody reads the catalogue yet.
        self._run(
            size,
            "BEGIN",
            f"TRUNCATE {table} CASCADE",
            "UPDATE pg_index SET indisready = false, indisvalid = false "
            f"WHERE indrelid = '{table}'::regclass",
            _sized(rows, size),
            f"REINDEX TABLE {table}",
            "COMMIT",
            f"ANALYZE {table}",
        )

    def _run(self, size: int, *statements: str) -> None:
        database = self.database(size)
        try:
            # No ticket may begin as closed, but for this.
            for statement in (
                "SET session_replication_role = replica",
                "SET work_mem = '256MB'",
                "SET maintenance_work_mem = '512MB'",
                "SET enable_mergejoin = off",
                "SET jit = off",
                *statements,
            ):
                started = time.monotonic()
                database.run(statement)
                if (took := time.monotonic() - started) > 2:
                    progress(f"{took:5.1f} s  {' '.join(statement.split())[:80]}")
        finally:
            database.close()

    def _bytes(self, size: int) -> int:
        (row,) = self.cluster.execute_as_superuser(f"SELECT pg_database_size('{name(size)}')")
        return int(row[0])


def name(size: int) -> str:
    return f"desk_{size}"


def _sized(statement: str, size: int) -> str:
    return statement.format(
        tickets=size,
        workspaces=desk_rows.WORKSPACES,
        teams=desk_rows.TEAMS,
        agents=desk_rows.AGENTS,
        organisations=desk_rows.ORGANISATIONS,
        life=desk_rows.LIFE,
        allowed=desk_rows.ALLOWED,
        html=markdown.VERSION,
        words=desk_rows.WORDS.strip(),
        count=len(desk_rows.WORDS.split()),
    )
