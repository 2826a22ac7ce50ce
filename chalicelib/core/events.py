"""News: a change becomes an event row in the transaction that makes it, and goes to the queues once that has committed."""

import json
import logging
from collections.abc import Iterable, Sequence
from datetime import datetime
from functools import lru_cache
from typing import Any
from uuid import UUID

from sqlalchemy import text

from chalicelib.core.db import Transaction, in_transaction

BATCH = 10  # what SendMessageBatch takes
LEASE_SECONDS = 60

RECORD = text(
    """
    INSERT INTO events (workspace_id, ticket_id, sequence, type, internal, payload)
    VALUES (:workspace_id, :ticket_id, :sequence, :type, :internal, CAST(:payload AS jsonb))
    RETURNING id, created_at
    """
)
LEASE = text("SELECT * FROM fn_lease_unsent_events(:limit, :lease) ORDER BY id")
SENT = text("SELECT fn_events_sent(CAST(:ids AS bigint[]))")

log = logging.getLogger(__name__)


def message(
    id: int,
    created_at: datetime,
    *,
    workspace_id: UUID,
    type: str,
    payload: Any,
    ticket_id: UUID | None = None,
    sequence: int | None = None,
    internal: bool = False,
) -> dict[str, Any]:
    """An event as queues carry it. Consumers know it by `id`, and order those of one ticket by `sequence`."""
    return {
        "id": id,
        "type": type,
        "workspace_id": str(workspace_id),
        "ticket_id": str(ticket_id) if ticket_id else None,
        "sequence": sequence,
        "internal": internal,
        "created_at": created_at.isoformat(),
        "payload": payload,
    }


def record(tx: Transaction, workspace_id: UUID, type: str, payload: dict[str, Any], *, internal: bool = False) -> None:
    """Writes an event that is not a ticket's. Those of tickets are written with their timeline entry."""
    facts = {"workspace_id": workspace_id, "type": type, "internal": internal}
    row = tx.connection.execute(
        RECORD, {**facts, "ticket_id": None, "sequence": None, "payload": json.dumps(payload, default=str)}
    ).one()
    tx.events.append(message(row.id, row.created_at, payload=payload, **facts))


def send_committed(events: Sequence[dict[str, Any]], queue_urls: Sequence[str]) -> None:
    """Best effort right after the commit: what fails here is sent by the scheduled relay."""
    if not events or not queue_urls:
        return
    try:
        _mark(_send(events, queue_urls))
    except Exception:
        log.warning("events left to the relay", exc_info=True, extra={"events": [event["id"] for event in events]})


def relay(queue_urls: Sequence[str], *, limit: int = 200) -> int:
    """One pass: leases what is unsent, commits, sends, marks. Returns how many were sent; raises where none could be."""
    rows = in_transaction(
        lambda tx: tx.connection.execute(LEASE, {"limit": limit, "lease": LEASE_SECONDS}).all(), repeatable=True
    )
    if not rows:
        return 0
    sent = _send([message(**row._mapping) for row in rows], queue_urls)
    _mark(sent)
    if not sent:
        raise RuntimeError(f"none of {len(rows)} events could be sent")
    return len(sent)


def check_queues(queue_urls: Sequence[str]) -> None:
    """Raises where a queue does not answer."""
    for url in queue_urls:
        _sqs().get_queue_attributes(QueueUrl=url, AttributeNames=["QueueArn"])


def _mark(ids: Sequence[int]) -> None:
    if ids:
        in_transaction(lambda tx: tx.connection.execute(SENT, {"ids": list(ids)}), repeatable=True)


def _send(events: Sequence[dict[str, Any]], queue_urls: Sequence[str]) -> list[int]:
    """The ids that every queue has taken."""
    taken = {event["id"] for event in events}
    for url in queue_urls:
        taken &= set(_send_to(url, events))
    return sorted(taken)


def _send_to(url: str, events: Sequence[dict[str, Any]]) -> Iterable[int]:
    for start in range(0, len(events), BATCH):
        batch = events[start : start + BATCH]
        entries = [{"Id": str(event["id"]), "MessageBody": json.dumps(event, default=str)} for event in batch]
        answer = _sqs().send_message_batch(QueueUrl=url, Entries=entries)
        for failed in answer.get("Failed", ()):
            log.error("queue refused an event", extra={"event": failed["Id"], "reason": failed.get("Code")})
        yield from (int(done["Id"]) for done in answer.get("Successful", ()))


@lru_cache(maxsize=1)
def _sqs() -> Any:
    # Imported when first sent: it costs a cold start 140 ms that a read never pays.
    import boto3
    from botocore.config import Config

    return boto3.client("sqs", config=Config(connect_timeout=2, read_timeout=4, retries={"total_max_attempts": 2}))
