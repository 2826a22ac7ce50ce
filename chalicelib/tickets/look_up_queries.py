"""The SQL of looking a ticket up without an account: see fn_public_ticket_status.sql."""

from collections.abc import Mapping
from typing import Any

from sqlalchemy import Row, text

from chalicelib.core.db import Transaction

STATUS = text(
    """
    SELECT allowed, hit_limit, remaining, reset_seconds, CAST(answer AS json) AS answer
    FROM fn_public_ticket_status(:slug, :label, :email, :address_bucket, :address_hits, :address_seconds,
        :account_bucket, :account_hits, :account_seconds)
    """
)


def status(tx: Transaction, asked: Mapping[str, Any]) -> Row[Any]:
    """What a stranger learns who knows label and email (`answer`, else null), and whether it was asked too
    often."""
    return tx.connection.execute(STATUS, asked).one()
