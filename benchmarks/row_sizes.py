"""What a ticket takes on disk, and what partitioning the timeline takes: `python -m benchmarks.row_sizes`.

Prints docs/capacity.md's figures, from a desk of the same shape as those of `make bench ONLY=scale`.
"""

import argparse
import sys
import time
from pathlib import Path
from tempfile import TemporaryDirectory

from benchmarks.desks import SERVER, Desks
from local.postgres import Cluster
from tests.support.database import Database

# How old `bench` tables are of no interest; what all tickets of a desk need, once each.
SIZES = """
    SELECT c.relname AS name, greatest(c.reltuples, 0)::bigint AS rows, pg_table_size(c.oid) AS data,
           pg_indexes_size(c.oid) AS indexes
    FROM pg_class c WHERE c.relnamespace = 'public'::regnamespace AND c.relkind = 'r' AND c.reltuples > 0
    ORDER BY pg_total_relation_size(c.oid) DESC
"""
# A ticket's id says when it was made (RFC 9562 §5.7), so that it says in which part its rows are, too.
PARTITIONING: tuple[tuple[str, str], ...] = (
    (
        "a key with the ticket in it, concurrently",
        "CREATE UNIQUE INDEX CONCURRENTLY timeline_entries_new_pkey "
        "ON timeline_entries (workspace_id, ticket_id, id)",
    ),
    (
        "a bound, not yet held to what is there",
        "ALTER TABLE timeline_entries ADD CONSTRAINT until CHECK (ticket_id < '{bound}') NOT VALID",
    ),
    (
        "holding what is there to it, beside all writers",
        "ALTER TABLE timeline_entries VALIDATE CONSTRAINT until",
    ),
    (
        "the exchange, under one short lock",
        """
        BEGIN;
        ALTER TABLE timeline_entries DROP CONSTRAINT timeline_entries_pkey;
        ALTER TABLE timeline_entries ADD CONSTRAINT timeline_entries_pkey
            PRIMARY KEY USING INDEX timeline_entries_new_pkey;
        ALTER TABLE timeline_entries RENAME TO timeline_entries_first;
        CREATE TABLE timeline_entries (LIKE timeline_entries_first INCLUDING ALL EXCLUDING CONSTRAINTS)
            PARTITION BY RANGE (ticket_id);
        ALTER TABLE timeline_entries ADD FOREIGN KEY (workspace_id, ticket_id)
            REFERENCES tickets (workspace_id, id) ON DELETE CASCADE;
        ALTER TABLE timeline_entries OWNER TO mesa_owner;
        ALTER TABLE timeline_entries ENABLE ROW LEVEL SECURITY;
        ALTER TABLE timeline_entries FORCE ROW LEVEL SECURITY;
        CREATE POLICY tenant ON timeline_entries TO mesa_app
            USING (workspace_id = (SELECT nullif(current_setting('app.workspace_id', true), '')::uuid))
            WITH CHECK (workspace_id = (SELECT nullif(current_setting('app.workspace_id', true), '')::uuid));
        GRANT SELECT, INSERT ON timeline_entries TO mesa_app;
        ALTER TABLE timeline_entries ATTACH PARTITION timeline_entries_first
            FOR VALUES FROM (MINVALUE) TO ('{bound}');
        CREATE TABLE timeline_entries_next PARTITION OF timeline_entries
            FOR VALUES FROM ('{bound}') TO (MAXVALUE);
        COMMIT
        """,
    ),
)
READ = """
    EXPLAIN (COSTS off) SELECT * FROM timeline_entries
    WHERE workspace_id = '{workspace}' AND ticket_id = '{ticket}' ORDER BY sequence DESC LIMIT 100
"""


def print_sizes(database: Database, tickets: int) -> None:
    rows = database.rows(SIZES)
    print(f"{'table':24} {'rows a ticket':>13} {'bytes a row':>11} {'data a ticket':>13} {'indexes':>8}")
    for row in rows:
        each = (row["rows"] / tickets, (row["data"] + row["indexes"]) / row["rows"])
        print(
            f"{row['name']:24} {each[0]:13.2f} {each[1]:11.0f} {row['data'] / tickets:13.0f} "
            f"{row['indexes'] / tickets:8.0f}"
        )
    data, indexes = (sum(row[name] for row in rows) / tickets for name in ("data", "indexes"))
    print(f"{'all of a ticket':24} {'':13} {'':11} {data:13.0f} {indexes:8.0f}  = {data + indexes:.0f} bytes")


def try_partitioning(database: Database) -> None:
    bound = database.value("SELECT uuidv7(interval '1 day')")
    for what, statement in PARTITIONING:
        took = timed(database, statement.format(bound=bound))
        print(f"{what:50} {took * 1000:8.0f} ms")
    ticket = database.rows("SELECT workspace_id, id FROM tickets LIMIT 1")[0]
    plan = database.rows(READ.format(workspace=ticket["workspace_id"], ticket=ticket["id"]))
    print(*(row["QUERY PLAN"] for row in plan), sep="\n")


def timed(database: Database, statement: str) -> float:
    started = time.monotonic()
    database.run(statement)
    return time.monotonic() - started


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.row_sizes", description=__doc__)
    parser.add_argument("--tickets", type=int, default=20_000)
    size = parser.parse_args().tickets
    with TemporaryDirectory(prefix="mesa-sizes-") as folder:
        cluster = Cluster(Path(folder) / "postgres", durable=False, settings=SERVER)
        cluster.start()
        try:
            desks = Desks(cluster)
            desks.load(size)
            database = desks.database(size)
            database.run("ANALYZE")
            print_sizes(database, size)
            try_partitioning(database)
            database.close()
        finally:
            cluster.destroy()


if __name__ == "__main__":
    sys.exit(main())
