"""Handing deliveries to what calls strangers: claimed and committed, then signed and sent to its queue.

Whatever happens between the two, a delivery comes again: its lease ends. One that no queue took is put back
at once. So it is at least once to the receiver, always under the same `webhook-id`.
"""

import logging
import time
from collections.abc import Callable, Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import Row

from chalicelib.accounts import principals
from chalicelib.core import sqs, standard_webhooks
from chalicelib.core.db import Transaction
from chalicelib.core.deliveries import Outgoing
from chalicelib.webhooks import delivery_queries, payloads
from chalicelib.webhooks.payloads import Told
from chalicelib.webhooks.sealed import Keys, Unsealable, unsealed

LIMIT = 50
# How long nothing may be heard of an attempt: what is in the queue must be made sooner, or is too old.
LEASE_SECONDS = 240
MADE_WITHIN_SECONDS = 180
PUT_BACK_SECONDS = 30
CONTENT_TYPE = "application/json"

Run = Callable[[Callable[[Transaction], Any]], Any]

log = logging.getLogger(__name__)


def claim(
    tx: Transaction, workspace_id: UUID | None = None, webhook_id: UUID | None = None
) -> Sequence[Row[Any]]:
    """What is to be handed over once this is committed: of a webhook, a workspace, or all."""
    return delivery_queries.claim(tx, workspace_id, webhook_id, LIMIT, LEASE_SECONDS)


def hand_over(run: Run, claimed: Sequence[Row[Any]], keys: Keys, queue_url: str) -> int:
    """Signs and sends what was claimed; how many the queue took. Outside of any transaction."""
    messages: dict[int, str] = {}
    for place, row in enumerate(claimed):
        try:
            messages[place] = message(row, keys, time.time()).text()
        except Unsealable:
            # It was sealed with another key: nobody can sign it until the secret is rotated.
            log.error("webhook cannot be signed", extra={"webhook_id": str(row.webhook_id)})
    outcome = sqs.send(queue_url, messages, "patient")
    for place in messages.keys() - outcome.taken:
        run(_putting_back(claimed[place]))
    return len(outcome.taken)


def message(row: Row[Any], keys: Keys, now: float) -> Outgoing:
    """One attempt, signed for this moment with each secret that is valid in it. Raises Unsealable."""
    told = Told(
        workspace_id=row.workspace_id,
        type=row.type,
        ticket_id=row.ticket_id,
        sequence=row.sequence,
        created_at=row.created_at,
        payload=row.payload,
        comment=row.comment,
        language=row.language,
        include_internal=row.include_internal,
    )
    body = payloads.body(told, row.template)
    return Outgoing(
        workspace_id=str(row.workspace_id),
        delivery_id=str(row.delivery_id),
        attempt=row.attempt,
        url=row.url,
        headers=header_fields(row, f"msg_{row.delivery_id.hex}", keys, body, now),
        body=body,
        not_after=now + MADE_WITHIN_SECONDS,
    )


def header_fields(row: Any, message_id: str, keys: Keys, body: str, now: float) -> dict[str, str]:
    """Of a webhook's call: `row` has its `workspace_id webhook_id secret previous_secret`."""
    kept = [secret for secret in (row.secret, row.previous_secret) if secret is not None]
    secrets = [unsealed(keys, row.workspace_id, row.webhook_id, secret) for secret in kept]
    return {"content-type": CONTENT_TYPE, **standard_webhooks.headers(message_id, int(now), body, secrets)}


def _putting_back(row: Row[Any]) -> Callable[[Transaction], None]:
    def put_back(tx: Transaction) -> None:
        if principals.enter_system(tx, row.workspace_id):
            delivery_queries.put_back(tx, row.workspace_id, row.delivery_id, row.attempt, PUT_BACK_SECONDS)

    return put_back
