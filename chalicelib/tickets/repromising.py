"""Promising anew: the job that gives the tickets of a changed policy what it says now, in batches.

A ticket keeps its policy until it is changed itself; what that policy promises and announces holds for all
that are under it. What it promises or announces in addition, and is past by now, is told to nobody.
"""

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Row

from chalicelib.core.db import Transaction
from chalicelib.sla import queries as sla_queries
from chalicelib.sla.policies import TicketFacts
from chalicelib.tickets import lifecycle, queries, recount_queries
from chalicelib.tickets.recomputing import is_first_to_promise, with_life
from chalicelib.tickets.recounting import Run, Told, Work, go_through, keep, news


def repromise(run: Run, job: Row[Any], bucket: str, has_time: Callable[[], bool]) -> bool:
    """Goes on with the job of a changed policy; whether it has ended, else there was no more time."""
    return go_through(POLICIES, run, job, bucket, has_time)


def _count(tx: Transaction, job: Row[Any], ids: Sequence[UUID], now: datetime) -> None:
    policy = sla_queries.policy(tx, job.workspace_id, job.subject_id)
    if policy is None:  # deleted: what it promised stands
        return
    clocks = sla_queries.load_many(tx, job.workspace_id, ids)
    rows = recount_queries.facts(tx, job.workspace_id, job.subject_id, ids)
    # As recomputing.py does it for one.
    late = [row.id for row in rows if is_first_to_promise(clocks[row.id], policy, _facts(row))]
    lives = queries.statuses(tx, job.workspace_id, late) if late else {}
    told: Told = []
    for row in rows:
        clock, facts = clocks[row.id], _facts(row)
        clock.was_answered = row.was_answered
        if row.id in lives:
            facts = with_life(facts, lives[row.id], now, row.status)
        moved = clock.repromised(now, policy, facts)
        told += news(row.id, clock, moved, {"policy_id": job.subject_id})
    keep(tx, job.workspace_id, clocks, told)


def _facts(row: Any) -> TicketFacts:
    return TicketFacts(
        type=row.type,
        priority=row.priority,
        team_id=row.team_id,
        category=row.category,
        tags=tuple(row.tags),
        organisation_id=row.organisation_id,
        sla_minutes=row.sla_minutes,
        created_at=row.created_at,
        paused=row.status in lifecycle.PAUSED,
    )


POLICIES = Work(recount_queries.next_under, _count)
