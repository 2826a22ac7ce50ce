"""An event, for each webhook that wants it."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Row

from chalicelib.accounts import principals
from chalicelib.core.db import Transaction
from chalicelib.core.event import Event
from chalicelib.webhooks import delivery_queries, dispatching
from chalicelib.webhooks.catalogue import KINDS
from chalicelib.webhooks.redelivering import REQUESTED


def fan_out(tx: Transaction, event: Event) -> Sequence[Row[Any]]:
    """Writes its deliveries, once however often it comes, and claims what is due of the workspace."""
    is_news = event.type in KINDS
    if not is_news and event.type != REQUESTED:
        return ()
    if principals.enter_system(tx, event.workspace_id) is None:
        return ()
    if is_news and not delivery_queries.fan_out(tx, event.workspace_id, event.id):
        return ()
    return dispatching.claim(tx, event.workspace_id)
