"""A desk of the benchmarks, large enough that a bad plan shows; its people, and the app's way to it."""

from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy import Engine, NullPool, create_engine

from benchmarks.desks import Desks, name
from chalicelib.accounts import principals
from chalicelib.accounts.actor import Actor
from chalicelib.core.db import Transaction
from chalicelib.core.wire import Connection
from local.postgres import Cluster

TICKETS = 20_000
# Who is tried, of the workspace that has half of them.
PEOPLE = {
    "admin": "agent1@desk.example",
    "agent of one team": "agent13@desk.example",
    "agent of three teams": "agent14@desk.example",
    "customer": "customer2@customers.example",
    "customer of an enormous organisation": "customer0@customers.example",
}


@contextmanager
def loaded(cluster: Cluster, *, rolled_up: bool) -> Iterator[Desks]:
    """There as long as the block lasts."""
    desks = Desks(cluster)
    desks.load(TICKETS, rolled_up=rolled_up)
    yield desks
    desks.drop(TICKETS)


@contextmanager
def engine_of(desks: Desks) -> Iterator[Engine]:
    dsn = desks.cluster.dsn("mesa_app", name(TICKETS))
    engine = create_engine(
        "postgresql+pg8000://",
        creator=lambda: Connection(**dsn, timeout=30, ssl_context=False),
        poolclass=NullPool,  # what one has read is counted by its connection
    )
    yield engine
    engine.dispose()


def enter(desks: Desks, tx: Transaction, who: str) -> Actor:
    """Somebody of PEOPLE begins a transaction."""
    database = desks.database(TICKETS)
    (person,) = database.rows(
        "SELECT u.workspace_id, u.id FROM users u JOIN workspaces w ON w.id = u.workspace_id "
        "WHERE w.slug = 'desk-1' AND u.email = :email",
        email=PEOPLE[who],
    )
    database.close()
    tx.connection.exec_driver_sql("SET LOCAL random_page_cost = 1.1")  # as on SSDs, which desks are kept on
    return principals.enter(tx, person["workspace_id"], person["id"])
