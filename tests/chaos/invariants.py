"""What holds once nothing is broken any more and nothing on its way, whatever happened before."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from email.message import EmailMessage
from typing import Protocol
from uuid import UUID

from chalicelib import schedules
from tests.analytics.roll_ups import counted, held
from tests.chaos.tally import Tally
from tests.support.database import Database
from tests.support.service_desk import ServiceDesk
from tests.support.stranger import Stranger
from tests.support.tenants import key_of, tenant_tables

# Where the mark of a write stands, once a write.
MARKS = """
    SELECT description AS mark FROM tickets UNION ALL SELECT body FROM comments
    UNION ALL SELECT note FROM time_entries UNION ALL SELECT name FROM categories
    UNION ALL SELECT meta ->> 'reason' FROM timeline_entries WHERE action <> 'commented'
"""
MESSAGE_ID = "X-Mesa-Message-ID"
# To whom a ticket is assigned already, and what it is, leaves no trace.
MAY_CHANGE_NOTHING = ("assign", "reclassify")
# Of each of these there is none: nothing is on its way,
ON_ITS_WAY = {
    "a key without its answer": "SELECT key FROM idempotency_keys WHERE status IS NULL",
    "an event that is not sent": "SELECT id FROM events WHERE sent_at IS NULL",
    "a mail that is neither sent nor given up": "SELECT user_id FROM notifications WHERE status = 'claimed'",
    "a delivery on its way": "SELECT id FROM webhook_deliveries WHERE status IN ('pending', 'sending')",
    "a job that has not ended": "SELECT id FROM jobs WHERE status IN ('queued', 'running')",
}
# and nothing is wrong.
WRONG = {
    "a ticket whose timeline has a hole": """
        SELECT t.id FROM tickets t LEFT JOIN timeline_entries e ON e.workspace_id = t.workspace_id
            AND e.ticket_id = t.id GROUP BY t.workspace_id, t.id, t.last_sequence
        HAVING count(e.sequence) <> t.last_sequence OR coalesce(max(e.sequence), 0) <> t.last_sequence
    """,
    "an event of a ticket that its timeline does not tell": """
        SELECT v.id FROM events v LEFT JOIN timeline_entries e ON e.workspace_id = v.workspace_id
            AND e.ticket_id = v.ticket_id AND e.sequence = v.sequence
        WHERE v.ticket_id IS NOT NULL AND v.sequence IS NOT NULL AND e.action IS NULL
    """,
    "an entry of a timeline that no event tells": """
        SELECT e.action FROM timeline_entries e LEFT JOIN events v ON e.workspace_id = v.workspace_id
            AND e.ticket_id = v.ticket_id AND e.sequence = v.sequence WHERE v.id IS NULL
    """,
    "an entry that two events tell": """
        SELECT ticket_id FROM events WHERE sequence IS NOT NULL
        GROUP BY workspace_id, ticket_id, sequence HAVING count(*) > 1
    """,
    "an announcement made twice": """
        SELECT ticket_id FROM timeline_entries WHERE action IN ('sla_warned', 'sla_breached', 'escalated')
        GROUP BY workspace_id, ticket_id, action, meta ->> 'metric', meta ->> 'cycle', meta ->> 'percent',
            meta ->> 'step' HAVING count(*) > 1
    """,
    "a number that is missing, or given twice": """
        SELECT workspace_id FROM tickets t JOIN ticket_counters c USING (workspace_id)
        GROUP BY workspace_id, c.last_number
        HAVING count(*) <> c.last_number OR max(number) <> c.last_number OR count(DISTINCT number) <> count(*)
    """,
    "two mails of one event to one person": """
        SELECT event_id FROM notifications GROUP BY workspace_id, event_id, user_id HAVING count(*) > 1
    """,
    "two deliveries of one event to one webhook": """
        SELECT event_id FROM webhook_deliveries GROUP BY workspace_id, webhook_id, event_id
        HAVING count(*) > 1
    """,
}


class Write(Protocol):
    """What somebody asked for, under a mark of its own. `outcome`: acknowledged, refused, or unknown, given
    up while nobody knew."""

    kind: str
    mark: str
    outcome: str


def hold(database: Database, desk: ServiceDesk) -> None:
    """Raises AssertionError for what does not."""
    none_of(database)
    for admin in (desk.cast.ada, desk.cast.mallory):
        reply = desk.as_(admin).get("/v1/audit-log/verify")
        assert reply.json["ok"] is True, reply.text
    _, mended, anew = schedules.repair_rollups(lambda: True)
    assert (mended, anew) == (0, 0), "figures that differ from the tickets"
    add_up(database, (desk.cast.acme, desk.cast.globex))


def none_of(database: Database) -> None:
    """The same, of rows alone."""
    for what, sql in (ON_ITS_WAY | WRONG).items():
        assert database.rows(sql) == [], what


def add_up(database: Database, workspaces: Iterable[UUID]) -> None:
    """The same, of figures."""
    for workspace in workspaces:
        assert held(database, workspace) == counted(database, workspace), "figures that nobody counted so"


def count_marks(database: Database, writes: Iterable[Write], told: Tally) -> None:
    """Acknowledged is there once, refused not at all, unknown whole or not at all."""
    found = Counter(row["mark"] for row in database.rows(MARKS))
    for write in writes:
        there = found[write.mark]
        is_done = write.outcome == "acknowledged" and write.kind not in MAY_CHANGE_NOTHING
        told.acknowledged += is_done
        told.lost += is_done and there == 0
        told.twice += there > 1
        assert not (write.outcome == "refused" and there), f"refused and done: {write}"


def count_strangers(database: Database, houses: Mapping[str, UUID], told: Tally) -> None:
    """Rows of one workspace that have the words of another."""
    for table in tenant_tables(database):
        sql = f"SELECT count(*) FROM {table} t WHERE {key_of(table)} = :w AND t::text LIKE :other"
        for house, workspace in houses.items():
            (other,) = (each for each in houses if each != house)
            told.foreign += database.value(sql, w=workspace, other=f"%{other}-%")


def count_effects(
    database: Database, mails: Sequence[EmailMessage], receiver: Stranger, webhook_id: str, told: Tally
) -> None:
    """Mails by their Message-ID and calls by their webhook-id: each that is said to be done was done, and is
    one thing, however often it was carried out."""
    rows = database.rows("SELECT message_id, user_id FROM notifications WHERE status = 'sent'")
    # SES replaces Message-ID by one of its own; ours stands beside it.
    sent = {str(mail[MESSAGE_ID]): mail["To"].addresses[0].addr_spec for mail in mails}
    people = {row["id"]: row for row in database.rows("SELECT id, email, workspace_id FROM users")}
    for row in rows:
        told.acknowledged += 1
        told.lost += row["message_id"] not in sent
        told.foreign += sent.get(row["message_id"], "") != people[row["user_id"]]["email"]
    heard = {asked.headers["webhook-id"] for asked in receiver.heard}
    made = database.rows(
        "SELECT id FROM webhook_deliveries WHERE webhook_id = :w AND status = 'succeeded'", w=UUID(webhook_id)
    )
    ids = {f"msg_{row['id'].hex}" for row in made}
    told.acknowledged += len(ids)
    told.lost += len(ids - heard)
    told.twice += len(heard - ids)
    told.foreign += sum(b"globex-" in asked.body for asked in receiver.heard)
