"""The SQL of deliveries: an event for each webhook that wants it, taken up, sent, settled, sent again."""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import Row, bindparam, func, text, update
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.types import Text

from chalicelib.accounts.queries import listed
from chalicelib.core.db import Transaction
from chalicelib.core.paging import Page
from chalicelib.models.webhooks import webhook_deliveries, webhooks
from chalicelib.models.words import DeliveryStatus

# Whether the webhook h wants the event e. Filters speak of tickets as they are now; what is no ticket's
# passes none of them.
WANTED = """
    (h.events = '{*}' OR e.type = ANY(h.events)) AND (h.include_internal OR NOT e.internal)
    AND ((h.team_ids = '{}' AND h.types = '{}' AND h.priorities = '{}') OR EXISTS (
        SELECT FROM tickets t WHERE t.workspace_id = e.workspace_id AND t.id = e.ticket_id
          AND (h.team_ids = '{}' OR t.team_id = ANY(h.team_ids))
          AND (h.types = '{}' OR t.type = ANY(h.types))
          AND (h.priorities = '{}' OR t.priority = ANY(h.priorities))))
"""
# The event's second delivery finds the rows of the first.
FAN_OUT = text(
    f"""
    INSERT INTO webhook_deliveries (workspace_id, webhook_id, event_id, type, ticket_id)
    SELECT e.workspace_id, h.id, e.id, e.type, e.ticket_id
    FROM events e JOIN webhooks h ON h.workspace_id = e.workspace_id
    WHERE e.workspace_id = :workspace_id AND e.id = :event_id AND h.enabled_at <= e.created_at AND {WANTED}
    ORDER BY h.id
    ON CONFLICT (workspace_id, webhook_id, event_id) DO NOTHING
    """
)
CLAIM = text("SELECT * FROM fn_claim_deliveries(:workspace_id, :webhook_id, :limit, :lease)")
# What no queue took is due again, and was no try.
PUT_BACK = text(
    """
    UPDATE webhook_deliveries SET status = 'pending', tries_left = tries_left + 1,
        next_attempt_at = now() + make_interval(secs => :seconds)
    WHERE workspace_id = :workspace_id AND id = :id AND attempts = :attempt AND status = 'sending'
    """
)
# The webhook first, as whoever claims.
HOLD = text(
    """
    SELECT h.id, h.name, h.url, h.enabled_at, h.failing_since, now() AS now FROM webhooks h
    WHERE h.workspace_id = :workspace_id AND h.id = (
        SELECT d.webhook_id FROM webhook_deliveries d WHERE d.workspace_id = :workspace_id AND d.id = :id)
    FOR NO KEY UPDATE
    """
)
DELIVERY = text(
    "SELECT d.status, d.attempts, d.tries_left FROM webhook_deliveries d "
    "WHERE d.workspace_id = :workspace_id AND d.id = :id"
)
CANCEL = text(
    "UPDATE webhook_deliveries SET status = 'cancelled', next_attempt_at = NULL, finished_at = now() "
    "WHERE workspace_id = :workspace_id AND webhook_id = :webhook_id AND next_attempt_at IS NOT NULL"
)
_DELIVERY = """
    d.id, d.event_id, d.type, d.ticket_id, d.status, d.attempts, d.next_attempt_at, d.last_attempt_at,
    d.finished_at, d.status_code, d.error, d.answer, d.duration_ms, d.created_at
"""
_ONE = "d.workspace_id = :workspace_id AND d.webhook_id = :webhook_id AND d.id = :delivery_id"
ONE = text(f"SELECT {_DELIVERY} FROM webhook_deliveries d WHERE {_ONE}")
_AGAIN = "status = 'pending', tries_left = :tries, next_attempt_at = now(), finished_at = NULL"
SEND_AGAIN = text(f"UPDATE webhook_deliveries d SET {_AGAIN} WHERE {_ONE} AND d.next_attempt_at IS NULL")
# What came through stays as it is, unless it is asked for too.
SEND_PERIOD_AGAIN = text(
    f"""
    WITH chosen AS (
        SELECT e.workspace_id, h.id AS webhook_id, e.id AS event_id, e.type, e.ticket_id
        FROM events e JOIN webhooks h ON h.workspace_id = e.workspace_id AND h.id = :webhook_id
        WHERE e.workspace_id = :workspace_id AND e.created_at >= :from AND e.created_at < :to
          AND e.type = ANY(:known) AND {WANTED}
          AND (:with_succeeded OR NOT EXISTS (
              SELECT FROM webhook_deliveries d WHERE d.workspace_id = e.workspace_id
                AND d.webhook_id = h.id AND d.event_id = e.id AND d.status = 'succeeded'))
          AND NOT EXISTS (
              SELECT FROM webhook_deliveries d WHERE d.workspace_id = e.workspace_id
                AND d.webhook_id = h.id AND d.event_id = e.id AND d.next_attempt_at IS NOT NULL)
        ORDER BY e.id LIMIT :most + 1
    ), counted AS (SELECT count(*) AS n FROM chosen), again AS (
        INSERT INTO webhook_deliveries AS d (workspace_id, webhook_id, event_id, type, ticket_id, tries_left)
        SELECT c.workspace_id, c.webhook_id, c.event_id, c.type, c.ticket_id, :tries
        FROM chosen c, counted WHERE counted.n <= :most
        ON CONFLICT (workspace_id, webhook_id, event_id) DO UPDATE SET {_AGAIN}
    )
    SELECT n FROM counted
    """
).bindparams(bindparam("known", type_=ARRAY(Text)))
SORTS = {"created_at": "d.created_at"}
_FILTERS = {
    "status": "d.status = :status",
    "type": "d.type = :type",
    "ticket": "d.ticket_id = :ticket",
    "created_after": "d.created_at >= :created_after",
    "created_before": "d.created_at < :created_before",
}


def fan_out(tx: Transaction, workspace_id: UUID, event_id: int) -> int:
    """A delivery for each webhook that wants the event; how many are new."""
    return tx.connection.execute(FAN_OUT, {"workspace_id": workspace_id, "event_id": event_id}).rowcount


def claim(
    tx: Transaction, workspace_id: UUID | None, webhook_id: UUID | None, limit: int, lease: int
) -> Sequence[Row[Any]]:
    """See fn_claim_deliveries.sql; without a workspace, of all."""
    keys = {"workspace_id": workspace_id, "webhook_id": webhook_id, "limit": limit, "lease": lease}
    return tx.connection.execute(CLAIM, keys).all()


def put_back(tx: Transaction, workspace_id: UUID, delivery_id: UUID, attempt: int, seconds: int) -> None:
    """The transaction must have entered the workspace."""
    keys = {"workspace_id": workspace_id, "id": delivery_id, "attempt": attempt, "seconds": seconds}
    tx.connection.execute(PUT_BACK, keys)


def hold(tx: Transaction, workspace_id: UUID, delivery_id: UUID) -> tuple[Row[Any], Row[Any]] | None:
    """A delivery's webhook, locked, and the delivery as it is then. None where they are gone."""
    keys = {"workspace_id": workspace_id, "id": delivery_id}
    held = tx.connection.execute(HOLD, keys).first()
    found = tx.connection.execute(DELIVERY, keys).first() if held else None
    return (held, found) if held is not None and found is not None else None


def settle(
    tx: Transaction,
    workspace_id: UUID,
    delivery_id: UUID,
    status: DeliveryStatus,
    wait: timedelta | None,
    values: Mapping[str, Any],
) -> None:
    """What it is now, and when it is tried again; without that it is over. `values`: of the last attempt."""
    one = (webhook_deliveries.c.workspace_id == workspace_id, webhook_deliveries.c.id == delivery_id)
    times: dict[str, Any] = {"next_attempt_at": None, "finished_at": func.now()}
    if wait is not None:
        times = {"next_attempt_at": func.now() + wait, "finished_at": None}
    tx.connection.execute(update(webhook_deliveries).where(*one).values(status=status, **times, **values))


def works_again(tx: Transaction, workspace_id: UUID, webhook_id: UUID) -> None:
    one = (webhooks.c.workspace_id == workspace_id, webhooks.c.id == webhook_id)
    tx.connection.execute(update(webhooks).where(*one).values(failing_since=None, failures=0))


def has_failed(tx: Transaction, workspace_id: UUID, webhook_id: UUID) -> None:
    one = (webhooks.c.workspace_id == workspace_id, webhooks.c.id == webhook_id)
    since = text("coalesce(failing_since, now())")
    tx.connection.execute(
        update(webhooks).where(*one).values(failing_since=since, failures=webhooks.c.failures + 1)
    )


def cancel(tx: Transaction, workspace_id: UUID, webhook_id: UUID) -> None:
    """What is open of a webhook is not sent any more."""
    tx.connection.execute(CANCEL, {"workspace_id": workspace_id, "webhook_id": webhook_id})


def delivery(tx: Transaction, workspace_id: UUID, webhook_id: UUID, delivery_id: UUID) -> Row[Any] | None:
    keys = {"workspace_id": workspace_id, "webhook_id": webhook_id, "delivery_id": delivery_id}
    return tx.connection.execute(ONE, keys).first()


def list_deliveries(
    tx: Transaction,
    workspace_id: UUID,
    webhook_id: UUID,
    wanted: Mapping[str, Any],
    page: Page,
    sort: str,
    after: Sequence[Any] | None,
) -> Sequence[Row[Any]]:
    """`wanted`: any of status, type, ticket, created_after, created_before."""
    conditions = ["d.workspace_id = :workspace_id", "d.webhook_id = :webhook_id"]
    conditions += [_FILTERS[name] for name in wanted]
    keys = {"workspace_id": workspace_id, "webhook_id": webhook_id, **wanted}
    return listed(tx, _DELIVERY, "webhook_deliveries d", conditions, keys, page, sort, SORTS, "d.id", after)


def send_again(tx: Transaction, workspace_id: UUID, webhook_id: UUID, delivery_id: UUID, tries: int) -> None:
    """From the first try on, where it is over; one that is open stays as it is."""
    keys = {"workspace_id": workspace_id, "webhook_id": webhook_id, "delivery_id": delivery_id}
    tx.connection.execute(SEND_AGAIN, {**keys, "tries": tries})


def send_period_again(
    tx: Transaction,
    workspace_id: UUID,
    webhook_id: UUID,
    period: tuple[datetime, datetime],
    known: Collection[str],
    *,
    with_succeeded: bool,
    most: int,
    tries: int,
) -> int:
    """Whatever of a period the webhook wants. How many those are; where there are more than `most`, none is
    sent."""
    keys = {"workspace_id": workspace_id, "webhook_id": webhook_id, "from": period[0], "to": period[1]}
    values = {"known": sorted(known), "with_succeeded": with_succeeded, "most": most, "tries": tries}
    return int(tx.connection.scalar(SEND_PERIOD_AGAIN, {**keys, **values}) or 0)
