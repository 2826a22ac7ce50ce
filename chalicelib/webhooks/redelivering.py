"""The log of deliveries, and sending again: one, or whatever of a period did not come through."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Row

from chalicelib.accounts.actor import Actor
from chalicelib.accounts.auditing import audit
from chalicelib.core import events
from chalicelib.core.db import Transaction
from chalicelib.core.errors import Conflict, NotFound, ValidationFailed
from chalicelib.core.paging import Page, answer
from chalicelib.webhooks import delivery_queries, queries
from chalicelib.webhooks.catalogue import KINDS
from chalicelib.webhooks.patience import TRIES
from chalicelib.webhooks.subscribing import held, no_such_webhook, require_right

REQUESTED = "webhook.redelivery_requested"
MOST = 10_000
OFF = "The webhook is off. Enable it first."


def shape(row: Row[Any]) -> dict[str, Any]:
    """A delivery as answers show it; what is known by its `message_id` at the receiver."""
    return {**row._mapping, "message_id": f"msg_{row.id.hex}"}


def listing(
    tx: Transaction, actor: Actor, webhook_id: UUID, wanted: Mapping[str, Any], page: Page, sort: str
) -> dict[str, Any]:
    """A page of the deliveries of the last 30 days. Raises Forbidden, NotFound."""
    require_right(actor)
    after = page.after(sort, (datetime, UUID))
    rows = delivery_queries.list_deliveries(tx, actor.workspace.id, webhook_id, wanted, page, sort, after)
    if not rows and queries.webhook(tx, actor.workspace.id, webhook_id) is None:
        raise no_such_webhook()
    return answer(rows, page, sort, lambda row: (row.created_at, row.id), shape)


def send_again(tx: Transaction, actor: Actor, webhook_id: UUID, delivery_id: UUID) -> dict[str, Any]:
    """Sends one again, under the id that it had, from the first try on; one that is on its way stays as it
    is. Raises Forbidden, NotFound, Conflict where the webhook is off."""
    _on(tx, actor, webhook_id)
    workspace_id = actor.workspace.id
    if delivery_queries.delivery(tx, workspace_id, webhook_id, delivery_id) is None:
        raise NotFound("There is no such delivery.")
    delivery_queries.send_again(tx, workspace_id, webhook_id, delivery_id, TRIES)
    _ask(tx, actor, webhook_id, {"delivery_id": str(delivery_id)})
    row = delivery_queries.delivery(tx, workspace_id, webhook_id, delivery_id)
    if row is None:
        raise NotFound("There is no such delivery.")
    return shape(row)


def send_period_again(
    tx: Transaction,
    actor: Actor,
    webhook_id: UUID,
    period: tuple[datetime, datetime],
    *,
    with_succeeded: bool,
) -> dict[str, int]:
    """Sends whatever the webhook wants of a period and has not had, events too that it was off for.

    Answers how many. Raises Forbidden, NotFound, Conflict where it is off, ValidationFailed for a period that
    ends before it begins, or has too many.
    """
    _on(tx, actor, webhook_id)
    if period[0] >= period[1]:
        raise ValidationFailed.of("to", "The period ends before it begins.")
    count = delivery_queries.send_period_again(
        tx,
        actor.workspace.id,
        webhook_id,
        period,
        KINDS,
        with_succeeded=with_succeeded,
        most=MOST,
        tries=TRIES,
    )
    if count > MOST:
        raise ValidationFailed.of("to", f"There are more than {MOST} events in it. Choose a shorter period.")
    if count:
        told = {"from": period[0], "to": period[1], "with_succeeded": with_succeeded, "deliveries": count}
        _ask(tx, actor, webhook_id, told)
    return {"deliveries": count}


def _on(tx: Transaction, actor: Actor, webhook_id: UUID) -> None:
    if not held(tx, actor, webhook_id).enabled:
        raise Conflict(OFF)


def _ask(tx: Transaction, actor: Actor, webhook_id: UUID, told: Mapping[str, Any]) -> None:
    """So that it begins at once: else the sweep would, within a minute."""
    events.record(tx, actor.workspace.id, REQUESTED, {"webhook": {"id": webhook_id}}, internal=True)
    audit(tx, actor, "webhook.redelivered", ("webhook", webhook_id), after=told)
