"""What was promised on a ticket, explained to the staff that sees it."""

from typing import Any
from uuid import UUID

from chalicelib.accounts.actor import Actor
from chalicelib.accounts.permissions import Permission
from chalicelib.core.db import Transaction
from chalicelib.sla import queries as sla_queries
from chalicelib.sla.explaining import explain
from chalicelib.tickets import views


def explained(tx: Transaction, actor: Actor, ticket_id: UUID) -> dict[str, Any]:
    """`{policy, now, targets}`, as sla/explaining.py tells them. Raises NotFound or Forbidden."""
    ticket = views.show(tx, actor, ticket_id)
    actor.require(Permission.TICKETS_READ_INTERNAL, "How promises are counted is between colleagues.")
    targets, calendars = sla_queries.promised(tx, actor.workspace.id, ticket_id)
    return {
        "policy": {"id": ticket.policy_id, "name": ticket.policy_name} if ticket.policy_id else None,
        "now": actor.now,
        "targets": explain(targets, calendars, actor.now),
    }
