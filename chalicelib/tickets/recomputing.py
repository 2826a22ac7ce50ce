"""Recomputing: the promises by what the ticket has become, from where they began."""

from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime

from chalicelib.models.words import Metric, Status
from chalicelib.tickets import queries
from chalicelib.tickets.draft import Draft

WORKED_ON = (Status.NEW, Status.OPEN)

Idle = tuple[datetime, datetime | None]


def recompute(draft: Draft) -> None:
    """Chooses the policy anew. Where it is the first to promise a resolution, no target knows when the ticket
    waited or was finished: its timeline does."""
    policy, facts = draft.choose_policy(), draft.facts
    if policy and draft.clock.resolution() is None and policy.minutes(Metric.RESOLUTION, facts) is not None:
        taken_on = queries.statuses(draft.tx, draft.ticket.workspace_id, [draft.ticket.id])
        is_idle = draft.get("status") not in WORKED_ON
        facts = replace(facts, idle=idle_times(taken_on[draft.ticket.id], draft.now, is_idle))
    draft.clock.recomputed(draft.now, policy, facts)


def idle_times(taken_on: Iterable[tuple[datetime, Status]], now: datetime, is_idle: bool) -> tuple[Idle, ...]:
    """From when to when nobody worked on a ticket that took on these statuses: it waited, or was finished.
    What is not over yet has no end; what this transaction ends, which no statement shows yet, ends now."""
    idle: list[Idle] = []
    since: datetime | None = None
    for at, status in [*taken_on, *([] if is_idle else [(now, Status.OPEN)])]:
        if status not in WORKED_ON:
            since = since or at
        elif since is not None:
            if since < at:  # who waited for the lock may have begun before whom it waited for
                idle.append((since, at))
            since = None
    return (*idle, (since or now, None)) if is_idle else tuple(idle)
