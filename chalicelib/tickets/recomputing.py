"""Recomputing: the promises by what the ticket has become, from where they began."""

from collections.abc import Collection, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from datetime import datetime

from chalicelib.models.words import Metric, Status
from chalicelib.sla.clock import Clock
from chalicelib.sla.policies import Policy, TicketFacts
from chalicelib.tickets import queries
from chalicelib.tickets.draft import Draft
from chalicelib.tickets.lifecycle import ACTIVE

WORKED_ON = (Status.NEW, Status.OPEN)
# What counts from the ticket's beginning, whenever it is promised.
FROM_THE_BEGINNING = (Metric.FIRST_RESPONSE, Metric.RESOLUTION)

Idle = tuple[datetime, datetime | None]
Life = Sequence[tuple[datetime, Status]]


@contextmanager
def together(draft: Draft) -> Iterator[None]:
    """Changes made in here are one to the promises, for what lies between them was promised to nobody: an
    urgent ticket with minutes of its own was never late by those of all urgent ones."""
    draft.recompute_later = False
    yield
    changed, draft.recompute_later = draft.recompute_later, None
    if changed:
        recompute(draft)


def recompute(draft: Draft) -> None:
    """Chooses the policy anew, after all the changes that are made together. Where it is the first to promise
    something from the beginning, no target knows when the ticket waited or was over: its timeline does."""
    if draft.recompute_later is not None:
        draft.recompute_later = True
        return
    policy, facts = draft.choose_policy(), draft.facts
    if policy and is_first_to_promise(draft.clock, policy, facts):
        lives = queries.statuses(draft.tx, draft.ticket.workspace_id, [draft.ticket.id])
        facts = with_life(facts, lives[draft.ticket.id], draft.now, draft.get("status"))
    draft.clock.recomputed(draft.now, policy, facts)


def is_first_to_promise(clock: Clock, policy: Policy, facts: TicketFacts) -> bool:
    """Whether the policy promises what counts from the beginning, and nothing has promised so far."""
    return any(
        clock.lacks(metric) and policy.minutes(metric, facts) is not None for metric in FROM_THE_BEGINNING
    )


def with_life(facts: TicketFacts, life: Life, now: datetime, status: Status) -> TicketFacts:
    """The facts with the times in which nobody worked on the ticket, and in which it was over."""
    return replace(
        facts,
        idle=times_outside(WORKED_ON, life, now, status),
        over=times_outside(ACTIVE, life, now, status),
    )


def times_outside(states: Collection[Status], life: Life, now: datetime, status: Status) -> tuple[Idle, ...]:
    """From when to when a ticket that took on these statuses was in none of the states. What is not over yet
    has no end; what this transaction ends, which no statement shows yet, ends now."""
    outside: list[Idle] = []
    since: datetime | None = None
    is_outside = status not in states
    for at, taken_on in [*life, *([] if is_outside else [(now, status)])]:
        if taken_on not in states:
            since = since or at
        elif since is not None:
            if since < at:  # who waited for the lock may have begun before whom it waited for
                outside.append((since, at))
            since = None
    return (*outside, (since or now, None)) if is_outside else tuple(outside)
