"""Rate limits: fixed windows counted in the database, per address and per account, so that every sandbox
agrees."""

import hashlib
from dataclasses import dataclass

from sqlalchemy import text

from chalicelib.core.db import Transaction

HIT = text("SELECT allowed, remaining, reset_seconds FROM fn_throttle(:bucket, :limit, :window)")
LEFT = text("SELECT allowed, remaining, reset_seconds FROM fn_throttle_left(:bucket, :limit)")


@dataclass(frozen=True)
class Limit:
    """At most `hits` in `seconds`, for each subject (an address, an account) of a `scope` (a door)."""

    scope: str
    hits: int
    seconds: int


@dataclass(frozen=True)
class Count:
    """What is left of a limit: the numbers of the RateLimit-* header fields."""

    allowed: bool
    limit: int
    remaining: int
    reset: int


def bucket(scope: str, subject: str) -> str:
    """The counter's name: a digest, since an address or email is nobody's business here."""
    return f"{scope}:{hashlib.sha256(subject.encode()).hexdigest()[:32]}"


def hit(tx: Transaction, limit: Limit, subject: str, *, factor: int = 1) -> Count:
    """Counts one more of `subject` and says whether it may go on. `factor` multiplies the limit (local
    stacks)."""
    allowed_hits = limit.hits * factor
    row = tx.connection.execute(
        HIT, {"bucket": bucket(limit.scope, subject), "limit": allowed_hits, "window": limit.seconds}
    ).one()
    return Count(row.allowed, allowed_hits, row.remaining, row.reset_seconds)


def left(tx: Transaction, limit: Limit, subject: str, *, factor: int = 1) -> Count:
    """What is left to `subject`, without counting: for limits that count failures only."""
    allowed_hits = limit.hits * factor
    row = tx.connection.execute(LEFT, {"bucket": bucket(limit.scope, subject), "limit": allowed_hits}).first()
    if row is None:
        return Count(True, allowed_hits, allowed_hits, limit.seconds)
    return Count(row.allowed, allowed_hits, row.remaining, row.reset_seconds)
