"""What must hold of every ticket's promises once nothing moves any more, however it came there."""

from typing import Any
from uuid import UUID

from tests.support.api import Api
from tests.support.database import Database

Json = dict[str, Any]

ENTRIES = """
    SELECT ticket_id, sequence, action, meta ->> 'metric' AS metric, (meta ->> 'cycle')::integer AS cycle,
           (meta ->> 'percent')::integer AS percent
    FROM timeline_entries ORDER BY ticket_id, sequence
"""
NEWS = "SELECT ticket_id, sequence, type FROM events WHERE ticket_id IS NOT NULL ORDER BY ticket_id, sequence"


class Ledger:
    """The database as it is now, ticket by ticket."""

    def __init__(self, database: Database) -> None:
        self.entries: dict[UUID, list[Json]] = {}
        for entry in database.rows(ENTRIES):
            self.entries.setdefault(entry["ticket_id"], []).append(entry)
        self.news = [(one["ticket_id"], one["sequence"], one["type"]) for one in database.rows(NEWS)]
        self.tickets = database.rows("SELECT id, last_sequence, status FROM tickets")
        self.targets = database.rows("SELECT * FROM sla_targets")
        self.steps = database.rows("SELECT * FROM sla_steps")
        self.running = {
            target["id"] for target in self.targets if not (target["fulfilled_at"] or target["ended_at"])
        }

    @property
    def late(self) -> set[UUID]:
        """The tickets whose resolution was late."""
        return {
            target["ticket_id"]
            for target in self.targets
            if target["metric"] == "resolution" and target["breached_at"]
        }

    def assert_legal(self) -> None:
        for ticket in self.tickets:
            self._assert_one_history(ticket, self.entries.get(ticket["id"], []))
        for target in self.targets:
            self._assert_breached_as_told(target)
        for step in self.steps:
            assert step["fired_at"] or step["at"] is None or step["target_id"] in self.running
        # Whatever was said was sent, once.
        assert len(set(self.news)) == len(self.news)
        said = {
            (entry["ticket_id"], entry["sequence"], f"ticket.{entry['action']}")
            for entries in self.entries.values()
            for entry in entries
            if entry["action"].startswith("sla_")
        }
        assert said == {one for one in self.news if one[2].startswith("ticket.sla_")}

    @staticmethod
    def _assert_one_history(ticket: Json, entries: list[Json]) -> None:
        assert [entry["sequence"] for entry in entries] == list(range(1, ticket["last_sequence"] + 1))
        told = [entry for entry in entries if entry["action"].startswith("sla_")]
        steps = [(entry["action"], entry["metric"], entry["cycle"], entry["percent"]) for entry in told]
        assert len(set(steps)) == len(steps)
        if ticket["status"] == "resolved":  # nothing is announced after it
            (resolved,) = (entry for entry in entries if entry["action"] == "resolved")
            assert all(entry["sequence"] < resolved["sequence"] for entry in told)

    def _assert_breached_as_told(self, target: Json) -> None:
        breaches = [
            entry
            for entry in self.entries.get(target["ticket_id"], [])
            if (entry["action"], entry["metric"], entry["cycle"])
            == ("sla_breached", target["metric"], target["cycle"])
        ]
        finished = target["fulfilled_at"] or target["ended_at"]
        late = bool(finished and finished > target["due_at"])
        assert len(breaches) == (1 if target["breached_at"] else 0)
        assert target["breached_at"] in (None, target["due_at"])
        assert bool(target["breached_at"]) == late or not finished


def listed_as_breached(ada: Api) -> set[UUID]:
    """What the list says, page by page."""
    found: set[UUID] = set()
    cursor = ""
    while True:
        page = ada.get(f"/v1/tickets?breached=true&limit=100{cursor}").json
        found |= {UUID(item["id"]) for item in page["items"]}
        if page["next_cursor"] is None:
            return found
        cursor = f"&cursor={page['next_cursor']}"
