"""When nobody worked on a ticket, as its timeline tells it."""

from datetime import UTC, datetime

import pytest

from chalicelib.models.words import Status
from chalicelib.tickets.recomputing import idle_times


def at(minute: int) -> datetime:
    return datetime(2026, 6, 5, 10, minute, tzinfo=UTC)


@pytest.mark.parametrize(
    ("taken_on", "is_idle", "idle"),
    [
        ([], False, []),
        ([], True, [(30, None)]),
        ([(1, "open"), (2, "pending"), (5, "open")], False, [(2, 5)]),
        ([(2, "pending"), (3, "on_hold"), (5, "open")], False, [(2, 5)]),
        ([(2, "pending"), (4, "closed"), (9, "open"), (10, "on_hold"), (11, "open")], False,
         [(2, 9), (10, 11)]),
        ([(2, "pending"), (5, "open"), (7, "on_hold")], True, [(2, 5), (7, None)]),
        ([(2, "resolved")], False, [(2, 30)]),
        ([(5, "pending"), (5, "open")], False, []),
        ([(5, "pending"), (4, "open")], False, []),
    ],
    ids=[
        "never", "from now on", "once", "whomever it waits for", "waiting, then done", "still",
        "reopened just now", "for no time", "resumed by who began before the pause",
    ],
)  # fmt: skip
def test_idle_times(
    taken_on: list[tuple[int, str]], is_idle: bool, idle: list[tuple[int, int | None]]
) -> None:
    statuses = [(at(minute), Status(status)) for minute, status in taken_on]

    found = idle_times(statuses, at(30), is_idle)

    assert found == tuple((at(since), None if until is None else at(until)) for since, until in idle)
