"""Counting what a filter finds: to 10,000, and not for longer than people wait."""

import time
from collections.abc import Mapping, Sequence
from typing import Any

from chalicelib.accounts.actor import Actor
from chalicelib.core.db import Transaction, in_time
from chalicelib.tickets import listing

Conditions = Mapping[str, Any]
# Milliseconds: for all at once; for each alone, where that was too long; and for these together.
ALL, EACH, EACH_IN_ALL = 1_000, 250, 2_000


def count(tx: Transaction, actor: Actor, conditions: Conditions | None) -> dict[str, Any]:
    """`count` and whether it `count_is_exact`: 10,000 stands for more, null for what cannot be counted in
    time. `conditions` as filtering.conditions gives them, None for those that nothing can meet."""
    return counts(tx, actor, [conditions])[0]


def counts(tx: Transaction, actor: Actor, wanted: Sequence[Conditions | None]) -> list[dict[str, Any]]:
    """The same of several filters: in one statement, or where that takes too long in one each."""
    asked = [conditions for conditions in wanted if conditions is not None]
    found = iter(_found(tx, actor, asked))
    return [_told(0) if conditions is None else _told(next(found)) for conditions in wanted]


def _found(tx: Transaction, actor: Actor, asked: Sequence[Conditions]) -> Sequence[int | None]:
    if not asked:
        return ()
    all_at_once = in_time(tx, ALL, lambda: listing.counts_of(tx, actor, asked))
    if all_at_once is not None or len(asked) == 1:
        return all_at_once or (None,)
    end = time.monotonic() + EACH_IN_ALL / 1000
    return [_one(tx, actor, conditions) if time.monotonic() < end else None for conditions in asked]


def _one(tx: Transaction, actor: Actor, conditions: Conditions) -> int | None:
    found = in_time(tx, EACH, lambda: listing.counts_of(tx, actor, [conditions]))
    return found[0] if found else None


def _told(found: int | None) -> dict[str, Any]:
    if found is None:
        return {"count": None, "count_is_exact": False}
    return {"count": min(found, listing.COUNTED), "count_is_exact": found <= listing.COUNTED}
