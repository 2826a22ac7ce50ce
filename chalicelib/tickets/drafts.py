"""Many tickets being changed in one transaction: all of them are locked before the first is changed."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from chalicelib.accounts.actor import Actor
from chalicelib.core.db import Transaction, in_time
from chalicelib.core.errors import Conflict, HelpdeskError, NotFound
from chalicelib.sla.policies import Policy
from chalicelib.tickets import queries
from chalicelib.tickets.draft import Draft

# For all locks of one statement together: each may be waited for almost as long as a lock may be.
LOCKING_MS = 5_000
HELD = "Somebody else is changing this ticket. Try again in a moment."


def open_drafts(
    tx: Transaction, actor: Actor, ticket_ids: Sequence[UUID], policies: list[Policy]
) -> dict[UUID, Draft | HelpdeskError]:
    """By id, the ticket as open_draft has it, or why there is none, with `label` and `version` of one that is
    seen.

    They are locked in the order of their ids. Where others hold some of them for too long in all, those that
    are free are locked, and the rest are Conflict: who holds some and waits for more may wait in a circle.
    `policies`: the workspace's, where they are known already.
    """
    others: dict[UUID, Any] = {}
    found = in_time(tx, LOCKING_MS, lambda: queries.lock_many(tx, actor, ticket_ids))
    if found is None:
        found = queries.lock_many(tx, actor, ticket_ids, waits=False)
        others = queries.visible_among(tx, actor, ticket_ids)
    drafts: dict[UUID, Draft | HelpdeskError] = {}
    for ticket_id in ticket_ids:
        if ticket := found.get(ticket_id):
            drafts[ticket_id] = Draft(tx, actor, ticket, policies=policies)
        elif other := others.get(ticket_id):
            drafts[ticket_id] = Conflict(HELD, label=other.label, version=other.version)
        else:
            drafts[ticket_id] = NotFound("There is no such ticket.")
    return drafts
