"""Tickets with promises in the real database, and transactions as the app's own role beside each other."""

import json
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import replace
from datetime import datetime, timedelta
from threading import Barrier
from typing import Any
from uuid import UUID

from sqlalchemy import Engine, create_engine, text
from sqlalchemy.pool import QueuePool

from chalicelib.accounts.queries import enter
from chalicelib.core.connection import connect
from chalicelib.core.db import Transaction
from chalicelib.core.settings import DatabaseSettings
from chalicelib.core.wire import Connection
from chalicelib.models.words import Priority
from chalicelib.sla import queries
from chalicelib.sla.clock import Clock
from chalicelib.sla.facts import breach_meta
from chalicelib.sla.policies import Policy, TicketFacts
from tests.support.cast import Cast, Person
from tests.support.database import Database

TOLD = """
    SELECT workspace_id, ticket_id, sequence, action, actor_type, internal, created_at,
           meta ->> 'metric' AS metric, (meta ->> 'cycle')::integer AS cycle,
           (meta ->> 'percent')::integer AS percent,
           (meta ->> 'due_at')::timestamptz AS due_at, (meta ->> 'at')::timestamptz AS at,
           (meta ->> 'noticed_at')::timestamptz AS noticed_at
    FROM timeline_entries WHERE action IN ('sla_warned', 'sla_breached') ORDER BY ticket_id, sequence
"""

TELL = text(
    """
    WITH ticket AS (
        UPDATE tickets SET last_sequence = last_sequence + :count
        WHERE workspace_id = :w AND id = :t RETURNING last_sequence
    )
    INSERT INTO timeline_entries (workspace_id, ticket_id, sequence, action, actor_type, meta)
    SELECT :w, :t, last_sequence - :count + place, entry ->> 0, 'system', entry -> 1
    FROM ticket, jsonb_array_elements(CAST(:entries AS jsonb)) WITH ORDINALITY AS entries(entry, place)
    """
)


class Promised:
    """What the tests of the sweep arrange and ask. Engines have one connection each, like a sandbox."""

    def __init__(
        self, database: Database, cast: Cast, connect: Callable[[], Connection] | None = None
    ) -> None:
        self.database = database
        self.cast = cast
        self.connect = connect or app_connection
        self.engines: list[Engine] = []

    def engine(self) -> Engine:
        engine = create_engine(
            "postgresql+pg8000://",
            creator=self.connect,
            poolclass=QueuePool,
            pool_size=1,
            max_overflow=0,
        )
        self.engines.append(engine)
        return engine

    @contextmanager
    def transaction(
        self, workspace: UUID | None = None, engine: Engine | None = None
    ) -> Iterator[Transaction]:
        """As mesa_app, in a workspace or, as the schedule does, in none."""
        with (engine or self._own).begin() as connection:
            tx = Transaction(connection)
            if workspace:
                enter(tx, workspace, None)
            yield tx

    @property
    def _own(self) -> Engine:
        return self.engines[0] if self.engines else self.engine()

    def now(self) -> datetime:
        return self.database.value("SELECT clock_timestamp()")

    def ticket(self, requester: Person | None = None) -> UUID:
        person = requester or self.cast.carol
        return self.database.value(
            """
            INSERT INTO tickets (workspace_id, number, label, subject, description, requester_id, team_id)
            SELECT :w, l.number, l.label, 'VPN drops', 'Every hour.', :u,
                   (SELECT id FROM teams WHERE workspace_id = :w AND is_default)
            FROM fn_next_ticket_label(:w) l RETURNING id
            """,
            w=person.workspace_id,
            u=person.id,
        )

    def policy(self, tx: Transaction, workspace: UUID, **minutes: float) -> Policy:
        """The workspace's own, around the clock, with these minutes for every priority."""
        (policy,) = queries.policies(tx, workspace)
        return replace(policy, targets={metric: dict.fromkeys(Priority, m) for metric, m in minutes.items()})

    def late(self, by: timedelta, requester: Person | None = None, **minutes: float) -> UUID:
        """A ticket whose promises were given so long ago that the longest of them is late `by` now."""
        person = requester or self.cast.carol
        ticket, since = self.ticket(person), self.now() - by - timedelta(minutes=max(minutes.values()))
        with self.transaction(person.workspace_id) as tx:
            clock = Clock([], {})
            policy = self.policy(tx, person.workspace_id, **minutes)
            clock.start(policy, TicketFacts("incident", "high", ticket, None, ()), since)
            queries.save(tx, person.workspace_id, ticket, clock.targets)
        return ticket

    def change(
        self,
        ticket: UUID,
        change: Callable[[Clock, datetime], Any],
        engine: Engine | None = None,
        before: Callable[[], None] = lambda: None,
    ) -> Clock:
        """What a verb does to one of Acme's tickets: lock, load, decide, tell, save."""
        with self.transaction(self.cast.acme, engine) as tx:
            now = tx.connection.scalar(text("SELECT now()"))
            before()
            lock = text("SELECT FROM tickets WHERE workspace_id = :w AND id = :t FOR NO KEY UPDATE")
            tx.connection.execute(lock, {"w": self.cast.acme, "t": ticket})
            clock = Clock(*queries.load(tx, self.cast.acme, ticket))
            change(clock, now)
            entries = [["sla_breached", breach_meta(target)] for target in clock.breaches] + [["changed", {}]]
            values = {"w": self.cast.acme, "t": ticket, "entries": json.dumps(entries), "count": len(entries)}
            tx.connection.execute(TELL, values)
            queries.save(tx, self.cast.acme, ticket, clock.targets)
        return clock

    def sweep(self, limit: int = 500, engine: Engine | None = None) -> tuple[int, int]:
        with self.transaction(engine=engine) as tx:
            return queries.sweep(tx, limit)

    def told(self) -> list[dict[str, Any]]:
        """What was announced."""
        return self.database.rows(TOLD)

    def targets(self, ticket: UUID) -> list[dict[str, Any]]:
        return self.database.rows(
            "SELECT * FROM sla_targets WHERE ticket_id = :t ORDER BY metric, cycle", t=ticket
        )

    def close(self) -> None:
        for engine in self.engines:
            engine.dispose()


def app_connection() -> Connection:
    """As mesa_app, to the database of the tests."""
    return connect(DatabaseSettings.load())


def at_once(*calls: Callable[[], Any]) -> list[Any]:
    """Makes the calls in threads that start together. Their results in order; a failure is raised."""
    barrier = Barrier(len(calls))

    def together(call: Callable[[], Any]) -> Any:
        barrier.wait(10)
        return call()

    with ThreadPoolExecutor(len(calls)) as threads:
        return list(threads.map(together, calls))
