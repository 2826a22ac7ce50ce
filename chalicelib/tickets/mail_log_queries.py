"""The SQL of the list of mails."""

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import Row

from chalicelib.accounts.actor import Actor
from chalicelib.accounts.queries import listed
from chalicelib.core.db import Transaction
from chalicelib.core.paging import Page
from chalicelib.tickets.visibility import visible_to

_COLUMNS = """
    n.id, n.kind, n.occasion, n.part, n.status, n.provider_id, n.created_at, n.due_at, n.sent_at,
    n.digest_id IS NOT NULL OR n.status = 'gathered' AS in_digest, n.user_id, u.name AS user_name,
    u.email AS user_email, t.id AS ticket_id, t.label
"""
_FROM = """notifications n
    JOIN users u ON u.workspace_id = n.workspace_id AND u.id = n.user_id
    LEFT JOIN tickets t ON t.workspace_id = n.workspace_id AND t.id = n.ticket_id AND {sees}"""
CONDITIONS = {
    "user": "n.user_id = :user",
    "ticket": "t.id = :ticket",
    "status": "n.status = :status",
    "created_after": "n.created_at > :created_after",
    "created_before": "n.created_at < :created_before",
}
SORTS = {"created_at": "n.created_at"}


def listed_mails(
    tx: Transaction,
    actor: Actor,
    filters: Mapping[str, Any],
    page: Page,
    sort: str,
    after: Sequence[Any] | None,
) -> Sequence[Row[Any]]:
    """A page of the workspace's mails that these conditions hold for; those that are None do not count."""
    sees, values = visible_to(actor)
    given = {name: value for name, value in filters.items() if value is not None}
    conditions = ["n.workspace_id = :workspace_id", *(CONDITIONS[name] for name in given)]
    keys = {"workspace_id": actor.workspace.id, **values, **given}
    source = _FROM.format(sees=f"({sees})")
    return listed(tx, _COLUMNS, source, conditions, keys, page, sort, SORTS, "n.id", after)
