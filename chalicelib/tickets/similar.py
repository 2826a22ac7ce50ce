"""Similar tickets: those whose texts have the rarest words of a ticket's own."""

from typing import Any
from uuid import UUID

from chalicelib.accounts.actor import Actor
from chalicelib.core.db import Transaction, in_time
from chalicelib.tickets import search_queries, searching
from chalicelib.tickets.views import show

# Milliseconds. It stands beside a ticket that is read: better none than an error.
LONGEST = 2_000
SHOWN = (
    *("id", "number", "label", "subject", "type", "priority", "status", "category"),
    *("created_at", "resolved_at", "closed_at", "archived_at", "merged_into"),
)


def similar(tx: Transaction, actor: Actor, ticket_id: UUID, limit: int) -> dict[str, Any]:
    """`items` of `{score, ticket}`, the most similar first, of what the actor may see; none where they
    are not found in time. Raises NotFound."""
    show(tx, actor, ticket_id)
    asked = searching.looking(actor)
    rows = in_time(tx, LONGEST, lambda: search_queries.similar(tx, actor, ticket_id, asked, limit)) or ()
    return {
        "items": [
            {"score": round(row.score, 3), "ticket": {name: getattr(row, name) for name in SHOWN}}
            for row in rows
        ]
    }
