"""When a ticket was not worked on, or over, as its timeline tells it."""

from datetime import UTC, datetime

import pytest

from chalicelib.models.words import Status
from chalicelib.tickets.lifecycle import ACTIVE
from chalicelib.tickets.recomputing import WORKED_ON, times_outside


def at(minute: int) -> datetime:
    return datetime(2026, 6, 5, 10, minute, tzinfo=UTC)


@pytest.mark.parametrize(
    ("life", "status", "idle", "over"),
    [
        ([], "new", [], []),
        ([], "pending", [(30, None)], []),
        ([(1, "open"), (2, "pending"), (5, "open")], "open", [(2, 5)], []),
        ([(2, "pending"), (3, "on_hold"), (5, "open")], "open", [(2, 5)], []),
        ([(2, "pending"), (4, "closed"), (9, "open"), (10, "on_hold"), (11, "open")], "open",
         [(2, 9), (10, 11)], [(4, 9)]),
        ([(2, "pending"), (5, "open"), (7, "on_hold")], "on_hold", [(2, 5), (7, None)], []),
        ([(2, "resolved")], "open", [(2, 30)], [(2, 30)]),
        ([(5, "pending"), (5, "open")], "open", [], []),
        ([(5, "pending"), (4, "open")], "open", [], []),
    ],
    ids=[
        "never", "from now on", "once", "whomever it waits for", "waiting, then done", "still",
        "reopened just now", "for no time", "resumed by who began before the pause",
    ],
)  # fmt: skip
def test_times_without_work(
    life: list[tuple[int, str]],
    status: str,
    idle: list[tuple[int, int | None]],
    over: list[tuple[int, int | None]],
) -> None:
    statuses = [(at(minute), Status(each)) for minute, each in life]

    for states, wanted in ((WORKED_ON, idle), (ACTIVE, over)):
        found = times_outside(states, statuses, at(30), Status(status))

        assert found == tuple((at(since), None if until is None else at(until)) for since, until in wanted)
