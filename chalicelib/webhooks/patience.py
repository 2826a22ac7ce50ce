"""When a call that failed is made again: ten times within 75 hours, further and further apart. Pure.

Source: the schedule that Standard Webhooks recommends; RFC 9110 §10.2.3 for Retry-After.
"""

from datetime import timedelta

# Seconds after the first try, the second and so on.
INTERVALS = (30, 300, 1800, 7200, 18_000, 36_000, 50_400, 72_000, 79_200)
TRIES = len(INTERVALS) + 1
# So that what failed together does not come again together. A tenth sooner, never later: see the sum.
JITTER = 0.1
# What a receiver may ask for.
MOST_RETRY_AFTER = 86_400
# Who has answered nothing well for so long is called no more.
PATIENCE = timedelta(days=5)


def wait(tries_left: int, spread: float, retry_after: int | None = None) -> timedelta | None:
    """How long to wait before the next try; None where there is none. `spread`: 0 to 1, drawn by who asks."""
    if tries_left <= 0:
        return None
    seconds = INTERVALS[min(TRIES - tries_left, len(INTERVALS)) - 1] * (1 - JITTER * spread)
    return timedelta(seconds=max(seconds, min(retry_after or 0, MOST_RETRY_AFTER)))
