"""Settling: writes down which claimed mails went out, in a transaction of its own after they did."""

from collections.abc import Sequence

from chalicelib.accounts import principals
from chalicelib.core.db import Transaction
from chalicelib.core.event import Event
from chalicelib.notifications import queries
from chalicelib.notifications.queries import Settlement


def settle(tx: Transaction, event: Event, settlements: Sequence[Settlement]) -> None:
    """Marks mails as sent, or failed for good. Until then they go out again after the lease."""
    if principals.enter_system(tx, event.workspace_id):
        queries.settle(tx, event, settlements)
