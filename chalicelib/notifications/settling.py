"""Settling: writes down which claimed mails went out, in a transaction of its own after they did."""

from collections.abc import Sequence

from chalicelib.accounts import principals
from chalicelib.core.db import Transaction
from chalicelib.core.event import Event
from chalicelib.notifications import queries, template_mails
from chalicelib.notifications.queries import Settlement
from chalicelib.notifications.texts import Failure


def settle(
    tx: Transaction, event: Event, settlements: Sequence[Settlement], failures: Sequence[Failure] = ()
) -> None:
    """Marks mails as sent, or failed for good. Until then they go out again after the lease. `failures`: of
    texts of the desk's own while the mails were written."""
    desk = principals.enter_system(tx, event.workspace_id)
    if desk is None:
        return
    queries.settle(tx, event, settlements)
    template_mails.tell(tx, desk, failures)
