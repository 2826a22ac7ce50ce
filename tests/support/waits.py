"""Tickets that wait, in process: time that passes for them, the sweep, and what comes of it."""

from typing import Any
from uuid import UUID

from chalicelib.core.db import in_transaction
from chalicelib.tickets import waiting_queries
from tests.support.cast import Person
from tests.support.database import Database
from tests.support.rule_book import RuleBook
from tests.support.service_desk import ServiceDesk


class Waits:
    """What waits at Acme, and what its clock does about it."""

    def __init__(self, book: RuleBook) -> None:
        self.book = book
        self.desk: ServiceDesk = book.desk
        self.database: Database = book.database

    def set(self, who: Person | None = None, **settings: Any) -> None:
        reply = self.desk.as_(who or self.desk.cast.ada).patch("/v1/workspace", settings)
        assert reply.status == 200, reply.text

    def pass_by(self, ticket: dict[str, Any], time: str) -> None:
        """So much time passes for a ticket that waits; `time` as PostgreSQL reads an interval, days being 24
        hours."""
        keys = {"t": UUID(ticket["id"]), "i": time}
        self.database.run("SET TIME ZONE 'UTC'")
        self.database.run(
            "UPDATE tickets SET resolved_at = resolved_at - CAST(:i AS interval) "
            "WHERE id = :t AND status = 'resolved'",
            **keys,
        )
        self.database.run(
            "UPDATE ticket_waits SET since = since - CAST(:i AS interval), "
            "reminded_at = reminded_at - CAST(:i AS interval), wakes_at = wakes_at - CAST(:i AS interval) "
            "WHERE ticket_id = :t AND status = 'pending'",
            **keys,
        )

    def sweep(self, limit: int = 500) -> int:
        """How many were handed over."""
        return sum(self.pass_(limit)[1:])

    def pass_(self, limit: int = 500, batch: int = 500) -> tuple[int, int]:
        """One pass: how many were reckoned anew, and handed over."""
        return in_transaction(lambda tx: waiting_queries.sweep(tx, limit, batch), repeatable=False)

    def tick(self) -> int:
        """The sweep, and all that comes of it; how many were handed over."""
        self.book.forget()
        handed_over = self.sweep()
        self.book.run()
        return handed_over

    def row(self, ticket: dict[str, Any]) -> dict[str, Any] | None:
        rows = self.database.rows("SELECT * FROM ticket_waits WHERE ticket_id = :t", t=UUID(ticket["id"]))
        return rows[0] if rows else None

    def look(self, ticket: dict[str, Any]) -> dict[str, Any]:
        return self.desk.detail(self.desk.cast.ada, ticket)

    def done(self, ticket: dict[str, Any]) -> list[str]:
        """What the clock did, by the timeline."""
        entries = self.look(ticket)["timeline"]
        by_time = [each for each in entries if each["actor"]["type"] == "system"]
        return [each["action"] for each in by_time if each["action"] in ("reminded", "resolved", "closed")]
