"""Trying a policy on a ticket: whether it would match and why, and what it would promise. Writes nothing."""

from typing import Any
from uuid import UUID

from chalicelib.accounts.actor import Actor
from chalicelib.core.db import Transaction
from chalicelib.core.errors import NotFound
from chalicelib.models.words import Metric
from chalicelib.sla import queries as sla_queries
from chalicelib.sla.explaining import step_facts
from chalicelib.sla.policies import choose
from chalicelib.sla.policy_setup import no_such_policy, require_admin
from chalicelib.sla.promises import Promises
from chalicelib.tickets import queries
from chalicelib.tickets.draft import Draft


def try_policy(tx: Transaction, actor: Actor, policy_id: UUID, ticket_id: UUID) -> dict[str, Any]:
    """`matches`; `conditions` with what the policy asks for, what the ticket has and whether that holds;
    `chosen`, which policy the ticket gets by their order; `targets` as this one would promise them at the
    ticket's creation, with what it would announce of them, whether or not it matches. Raises NotFound,
    Forbidden."""
    require_admin(actor)
    policy = sla_queries.policy(tx, actor.workspace.id, policy_id)
    if policy is None:
        raise no_such_policy()
    ticket = queries.read(tx, actor, ticket_id)
    if ticket is None:
        raise NotFound("There is no such ticket.")
    facts = Draft(tx, actor, ticket).facts
    chosen = choose(sla_queries.policies(tx, actor.workspace.id), facts)
    verdicts = policy.verdicts(facts)
    promises = Promises([], {})
    would_be = (promises.promise(metric, policy, facts, facts.created_at or actor.now) for metric in Metric)
    return {
        "matches": all(holds for *_, holds in verdicts),
        "conditions": [
            {"name": name, "wanted": wanted, "actual": actual, "holds": holds}
            for name, wanted, actual, holds in verdicts
        ],
        "chosen": {"id": chosen.id, "name": chosen.name} if chosen else None,
        "targets": [
            {
                "metric": target.metric,
                "minutes": target.minutes,
                "due_at": target.due_at,
                "steps": [step_facts(step) for step in target.in_order()],
            }
            for target in would_be
            if target is not None
        ],
    }
