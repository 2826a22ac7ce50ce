"""News: a change becomes an event row in the transaction that makes it, and goes to the queues after it.

Whoever committed it sends it at once (best effort), else the scheduled relay does: at least once, and never
without its change.
"""

import logging
import time
from collections import Counter, defaultdict
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import text

from chalicelib.core import metrics, sqs
from chalicelib.core.db import Transaction, in_transaction
from chalicelib.core.errors import Unavailable
from chalicelib.core.event import Event
from chalicelib.core.json_text import dumps

# Shorter than the minute between two passes: what one could not send the next one finds free.
LEASE_SECONDS = 45
# A queue that does not answer is asked again within the pass, so that what waits goes out soon after it is
# back, not a minute later.
PAUSE_SECONDS = 4.0
TRIES = 6
# Events of these types are work for one queue; all others are news for every queue.
JOBS = "job."
# Of what is too large for a queue, so many characters of a part are carried all the same.
MOST_OF_A_PART, MOST_OF_A_CHANGE = 10_000, 200

RECORD = text(
    """
    INSERT INTO events (workspace_id, ticket_id, sequence, type, internal, payload)
    VALUES (:workspace_id, :ticket_id, :sequence, :type, :internal, CAST(:payload AS jsonb))
    RETURNING id, created_at
    """
)
RECORD_FOR_LATER = text(
    """
    INSERT INTO events (workspace_id, type, internal, payload, leased_until)
    VALUES (:workspace_id, :type, true, CAST(:payload AS jsonb), now() + make_interval(secs => :seconds))
    """
)
PAYLOAD = text("SELECT payload FROM events WHERE workspace_id = :workspace_id AND id = :id")
LEASE = text("SELECT * FROM fn_lease_unsent_events(:limit, :lease) ORDER BY id")
SENT = text("SELECT fn_events_sent(CAST(:ids AS bigint[]))")
OLDEST = text("SELECT fn_oldest_unsent_event_age()")

# What each queue has of a pass already, by its URL.
Had = defaultdict[str, set[int]]

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
    """An event as queues carry it, ids and times still as themselves."""
    return {
        "id": id,
        "type": type,
        "workspace_id": workspace_id,
        "ticket_id": ticket_id,
        "sequence": sequence,
        "internal": internal,
        "created_at": created_at,
        "payload": payload,
    }


def record(
    tx: Transaction, workspace_id: UUID, type: str, payload: dict[str, Any], *, internal: bool = False
) -> None:
    """Writes an event that is not a ticket's. Those of tickets are written with their timeline entry."""
    row = tx.connection.execute(
        RECORD,
        {
            "workspace_id": workspace_id,
            "ticket_id": None,
            "sequence": None,
            "type": type,
            "internal": internal,
            "payload": dumps(payload),
        },
    ).one()
    tx.events.append(
        message(
            row.id, row.created_at, workspace_id=workspace_id, type=type, payload=payload, internal=internal
        )
    )


def record_for_later(
    tx: Transaction, workspace_id: UUID, type: str, payload: Mapping[str, Any], seconds: int
) -> None:
    """Writes an event that goes out so many seconds from now: the scheduled relay sends it, nobody else."""
    values = {"workspace_id": workspace_id, "type": type, "payload": dumps(payload), "seconds": seconds}
    tx.connection.execute(RECORD_FOR_LATER, values)


def payload_of(tx: Transaction, event: Event) -> Mapping[str, Any] | None:
    """What the event says, read from its row where no queue could carry it. None once the event is purged.

    The transaction must have entered the event's workspace.
    """
    if event.payload is not None:
        return event.payload
    found: Mapping[str, Any] | None = tx.connection.execute(
        PAYLOAD, {"workspace_id": event.workspace_id, "id": event.id}
    ).scalar_one_or_none()
    return found


def send_committed(
    events: Sequence[dict[str, Any]], queue_urls: Sequence[str], job_queue_url: str | None = None
) -> None:
    """Best effort right after the commit: what fails here is sent by the scheduled relay."""
    if not events or not queue_urls:
        return
    try:
        sent = _send(events, queue_urls, job_queue_url, "hasty", defaultdict(set)).taken
        _mark(sent)
    except Exception:
        log.warning("events left to the relay", exc_info=True)
        return
    if left := [event["id"] for event in events if event["id"] not in sent]:
        log.warning("events left to the relay", extra={"event_ids": left})


def relay(queue_urls: Sequence[str], job_queue_url: str | None = None, *, limit: int = 200) -> int:
    """One pass: leases what is unsent, commits, sends, marks. Returns how many were sent.

    Raises Unavailable where a queue does not answer; what was sent by then is marked.
    """
    return _pass(queue_urls, job_queue_url, limit, lambda _: False)[1]


def drain(
    queue_urls: Sequence[str],
    has_time: Callable[[], bool],
    job_queue_url: str | None = None,
    *,
    limit: int = 200,
) -> int:
    """Passes until nothing is left or no more time, and asks a queue that does not answer again as long as
    there is some. Returns how many were sent. Raises as `relay` does."""

    def again(tries: int) -> bool:
        if tries >= TRIES or not has_time():
            return False
        time.sleep(PAUSE_SECONDS)
        return has_time()

    total = 0
    while has_time():
        leased, sent = _pass(queue_urls, job_queue_url, limit, again)
        total += sent
        if leased < limit:
            break
    return total


def oldest_unsent_seconds() -> float:
    """How long the oldest event waits by now; 0 where none does."""
    return float(in_transaction(lambda tx: tx.connection.execute(OLDEST).scalar_one(), repeatable=True))


def check_queues(queue_urls: Sequence[str]) -> None:
    """Raises where a queue does not answer."""
    for url in queue_urls:
        sqs.check(url)


def _pass(
    queue_urls: Sequence[str], job_queue_url: str | None, limit: int, again: Callable[[int], bool]
) -> tuple[int, int]:
    """How many were leased, and sent. What a queue refuses stays unsent, and holds up no other. `again`:
    whether to try once more where one did not answer, told how often that was done."""
    lease = {"limit": limit, "lease": LEASE_SECONDS}
    rows = in_transaction(lambda tx: tx.connection.execute(LEASE, lease).all(), repeatable=True)
    left = [message(**row._mapping) for row in rows]
    sent, tries = 0, 1
    had: Had = defaultdict(set)
    while True:
        outcome = _send(left, queue_urls, job_queue_url, "patient", had)
        _mark(outcome.taken)
        sent += len(outcome.taken)
        if outcome.answered:
            return len(rows), sent
        left = [each for each in left if each["id"] not in outcome.taken]
        if not again(tries):
            raise Unavailable(f"A queue does not answer: {len(left)} events wait.")
        tries += 1


def _mark(ids: set[int]) -> None:
    if ids:
        in_transaction(lambda tx: tx.connection.execute(SENT, {"ids": sorted(ids)}), repeatable=True)


def _send(
    events: Sequence[dict[str, Any]],
    queue_urls: Sequence[str],
    job_queue_url: str | None,
    patience: sqs.Patience,
    had: Had,
) -> sqs.Outcome:
    """What every queue has taken that it is for. Jobs stay unsent where their queue is not named."""
    sent = _sent_to_those_it_is_for(events, queue_urls, job_queue_url, patience, had)
    for type, number in Counter(event["type"] for event in events if event["id"] in sent.taken).items():
        metrics.emit({"EventsSent": (number, "Count")}, Type=type)
    return sent


def _sent_to_those_it_is_for(
    events: Sequence[dict[str, Any]],
    queue_urls: Sequence[str],
    job_queue_url: str | None,
    patience: sqs.Patience,
    had: Had,
) -> sqs.Outcome:
    jobs = {event["id"]: _body(event) for event in events if event["type"].startswith(JOBS)}
    news = {event["id"]: _body(event) for event in events if event["id"] not in jobs}
    sent = _send_to_all(news, queue_urls, patience, had)
    if not jobs or job_queue_url is None:
        return sent
    asked = _send_to_all(jobs, [job_queue_url], patience, had)
    return sqs.Outcome(sent.taken | asked.taken, sent.answered and asked.answered)


def _send_to_all(
    bodies: Mapping[int, str], queue_urls: Sequence[str], patience: sqs.Patience, had: Had
) -> sqs.Outcome:
    """What every queue has taken. All are asked at once, for whoever commits waits for their answers."""
    new = {url: {key: body for key, body in bodies.items() if key not in had[url]} for url in queue_urls}
    outcomes = sqs.send_to_each(new, patience)
    for url, outcome in outcomes.items():
        had[url] |= outcome.taken
    everywhere = set(bodies).intersection(*(had[url] for url in queue_urls))
    return sqs.Outcome(everywhere, all(outcome.answered for outcome in outcomes.values()))


def _body(event: Mapping[str, Any]) -> str:
    """In ASCII, for SQS refuses some characters; of what is too large the gist alone: see `payload_of`."""
    body = dumps(event, ascii_only=True)
    if len(body) <= sqs.MAX_MESSAGE_BYTES:
        return body
    return dumps({**event, "payload": None, "gist": _gist(event["payload"])}, ascii_only=True)


def _gist(payload: Mapping[str, Any]) -> dict[str, Any]:
    """A payload without its long parts; of the changes, those between short values."""
    parts = {name: part for name, part in payload.items() if name != "changes"}
    changes = payload.get("changes", {})
    return {**_short(parts, MOST_OF_A_PART), "changes": _short(changes, MOST_OF_A_CHANGE)}


def _short(parts: Mapping[str, Any], most: int) -> dict[str, Any]:
    return {name: part for name, part in parts.items() if len(dumps(part, ascii_only=True)) <= most}
