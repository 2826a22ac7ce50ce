"""What became of a call: it came through, comes again later, or never; and whether its webhook goes on."""

import random
from collections.abc import Sequence
from datetime import timedelta
from typing import Any

from sqlalchemy import Row

from chalicelib.accounts import principals
from chalicelib.accounts.actor import Actor
from chalicelib.accounts.auditing import audit
from chalicelib.core import events
from chalicelib.core.db import Transaction
from chalicelib.core.deliveries import Result
from chalicelib.models.words import DeliveryStatus, DisabledReason
from chalicelib.webhooks import delivery_queries, dispatching, patience, queries

DISABLED = "webhook.disabled"
GONE = 410
# With these a receiver says when it wants to be called again.
BUSY = (429, 503)


def settle(tx: Transaction, result: Result) -> Sequence[Row[Any]]:
    """Writes it down, once however often it is told, and claims what the webhook has waiting."""
    desk = principals.enter_system(tx, result.workspace_id)
    found = delivery_queries.hold(tx, result.workspace_id, result.id) if desk else None
    if desk is None or found is None:
        return ()
    webhook, delivery = found
    if not _counts(delivery, result):
        return ()
    values: dict[str, Any] = {
        "status_code": result.status,
        "error": result.error,
        "answer": result.answer,
        "duration_ms": result.milliseconds,
    }
    if result.is_success:
        delivery_queries.settle(tx, result.workspace_id, result.id, DeliveryStatus.SUCCEEDED, None, values)
        if webhook.failing_since is not None:
            delivery_queries.works_again(tx, result.workspace_id, webhook.id)
    else:
        wait = _wait(delivery, result)
        status = DeliveryStatus.FAILED if wait is None else DeliveryStatus.PENDING
        delivery_queries.settle(tx, result.workspace_id, result.id, status, wait, values)
        delivery_queries.has_failed(tx, result.workspace_id, webhook.id)
        if webhook.enabled_at is not None and (reason := _gives_up(webhook, result)):
            disable(tx, desk, webhook, reason)
            return ()
    return dispatching.claim(tx, result.workspace_id, webhook.id)


def _counts(delivery: Row[Any], result: Result) -> bool:
    """Whether it is news: of the attempt that is being waited for, or a success of one given up on."""
    if result.is_success and delivery.status in (DeliveryStatus.PENDING, DeliveryStatus.SENDING):
        return result.attempt <= int(delivery.attempts)
    return bool(delivery.status == DeliveryStatus.SENDING and result.attempt == delivery.attempts)


def _wait(delivery: Row[Any], result: Result) -> timedelta | None:
    """How long until the next try; None where there is none."""
    if result.status == GONE:
        return None
    asked = result.retry_after if result.status in BUSY else None
    spread = random.random()  # noqa: S311 (spreads retries)
    return patience.wait(delivery.tries_left, spread, asked)


def _gives_up(webhook: Row[Any], result: Result) -> DisabledReason | None:
    if result.status == GONE:
        return DisabledReason.GONE
    since = webhook.failing_since
    if since is not None and webhook.now - since >= patience.PATIENCE:
        return DisabledReason.FAILING
    return None


def disable(tx: Transaction, desk: Actor, webhook: Row[Any], reason: DisabledReason) -> None:
    """Switches a webhook off by itself: what is open of it is cancelled, and its administrators are told."""
    workspace_id = desk.workspace.id
    queries.change(tx, workspace_id, webhook.id, queries.switched(reason))
    delivery_queries.cancel(tx, workspace_id, webhook.id)
    told = {"id": webhook.id, "name": webhook.name, "reason": reason}
    who = {"type": desk.type, "id": None, "name": desk.name}
    events.record(tx, workspace_id, DISABLED, {"webhook": told, "actor": who}, internal=True)
    audit(
        tx, desk, DISABLED, ("webhook", webhook.id), {"enabled": True}, {"enabled": False, "reason": reason}
    )
