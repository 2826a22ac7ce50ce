"""Promises: how fast due times are reckoned, what a sweep costs that finds nothing, or ten thousand, and how
fast a changed calendar's targets are counted anew."""

import os
import random
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, redirect_stdout
from datetime import UTC, date, datetime, timedelta
from datetime import time as clock_time
from math import ceil
from statistics import median
from typing import Any
from unittest.mock import patch
from uuid import UUID
from zoneinfo import available_timezones

import psutil

from benchmarks import promise_rows
from benchmarks.desks import SERVER, Desks
from benchmarks.figure import Figure, progress
from benchmarks.open_desk import OpenDesk
from benchmarks.sampling import interleaved, timed
from benchmarks.stage import Stage
from chalicelib import schedules
from chalicelib.accounts.principals import enter_system
from chalicelib.core import jobs
from chalicelib.core.db import Transaction, in_transaction
from chalicelib.sla import queries
from chalicelib.sla.calendar_setup import KIND
from chalicelib.sla.hours import Calendar, due_at
from chalicelib.tickets import recounting
from local.postgres import Cluster

SMALL, LARGE = 10_000, 1_000_000
DUE = 10_000
CALENDARS, CALLS = 20, 20_000
ROUNDS, WARM_UP, RECOUNTS = 300, 20, 3
WORKING_DAY, WORKING_DAYS = 420, 250
MEGABYTE = 1_000_000

OFFICE = '{{"0": [["{opens}", "17:00"]], "2": [["{opens}", "17:00"]], "4": [["{opens}", "17:00"]]}}'


def measure(stage: Stage) -> Iterator[Figure]:
    """The engine by itself; then sweeps and recounts as their Lambdas run them, each COMMIT on the disk."""
    yield from _due_times()
    assert stage.environment
    cluster = Cluster(stage.folder / "promises", durable=False, settings=SERVER)
    with ExitStack() as ending:
        ending.callback(cluster.destroy)
        desks = _loaded(cluster)
        large, small = OpenDesk(desks, LARGE), OpenDesk(desks, SMALL)
        for desk in (large, small):
            ending.callback(desk.close)
        ending.enter_context(redirect_stdout(ending.enter_context(open(os.devnull, "w"))))
        ending.enter_context(patch("chalicelib.core.events.send_committed"))
        yield from _nothing_due(large, small)
        yield from _due_at_once(large)
        yield _recounted(small)


def _loaded(cluster: Cluster) -> Desks:
    cluster.start()
    desks = Desks(cluster)
    for size in (SMALL, LARGE):
        desks.load_promises(size)
    cluster.execute_as_superuser("CHECKPOINT")
    cluster.stop()
    cluster.durable = True
    cluster.start()
    return desks


def _due_times() -> Iterator[Figure]:
    progress(f"due times, {CALLS:,} of each")
    chance = random.Random(5)
    zones = chance.sample(sorted(available_timezones()), CALENDARS)
    holidays = [date(2026, 1, 7) + timedelta(days=18 * n) for n in range(30)]
    hours = [(clock_time(9), clock_time(12)), (clock_time(13), clock_time(17))]
    calendars = [Calendar(zone, dict.fromkeys(range(5), hours), holidays) for zone in zones]
    for name, minutes, limit in (
        ("within a week", 4 * WORKING_DAY, 30),
        ("a year away, 30 holidays", WORKING_DAYS * WORKING_DAY, 200),
    ):
        spent = []
        for number in range(CALLS):
            calendar = calendars[number % CALENDARS]
            start = datetime(2026, 1, 1, tzinfo=UTC) + timedelta(minutes=chance.randrange(525_600))
            began = time.perf_counter_ns()
            due = due_at(start, minutes, calendar)
            spent.append(time.perf_counter_ns() - began)
            assert due > start
        yield Figure(
            f"due_at: {name}, the median of {CALENDARS} calendars", median(spent) / 1000, limit, "µs"
        )


def _as_app(desk: OpenDesk, unit: Callable[[], float]) -> float:
    with patch("chalicelib.core.db.engine", lambda: desk.engine):
        return unit()


def _nothing_due(large: OpenDesk, small: OpenDesk) -> Iterator[Figure]:
    progress(f"sweeps with nothing due, {ROUNDS} rounds")

    def sample(desk: OpenDesk) -> Callable[[], float]:
        def swept() -> float:
            return timed(lambda: in_transaction(lambda tx: queries.sweep(tx, 500), repeatable=True))

        return lambda: _as_app(desk, swept)

    ours, floor = sample(large), sample(small)
    interleaved(WARM_UP, ours, floor)
    took, at_small = interleaved(ROUNDS, ours, floor).medians
    what = f"{LARGE:,} open targets: a sweep with nothing due"
    yield Figure(what, took, 3, "ms")
    yield Figure(f"{what} (floor: {SMALL:,})", took, 1.2, "ms", at_small)


def _due_at_once(desk: OpenDesk) -> Iterator[Figure]:
    progress(f"{DUE:,} due at once")
    desk.database.run(promise_rows.FALL_DUE.format(due=DUE))
    desk.database.run("VACUUM ANALYZE sla_steps")
    held: list[list[int]] = []

    def has_time() -> bool:
        held.append([_private(os.getpid()), _private(backend)])
        return True

    def swept() -> float:
        return timed(lambda: schedules.sweep(has_time))

    with desk.engine.connect() as connection:
        backend = connection.exec_driver_sql("SELECT pg_backend_pid()").scalar_one()
    spent = _as_app(desk, swept)
    assert desk.database.value("SELECT count(*) FROM events WHERE type = 'ticket.sla_breached'") == DUE
    assert len(held) == ceil((DUE + 1) / schedules.SWEEP_LIMIT), "batches of another size"
    yield Figure(f"{DUE:,} due at once among {LARGE:,}: all events written", spent / 1000, 10, "s")
    # Measured before each batch: the first still makes its plans and caches.
    for which, name in enumerate(("the process", "its backend")):
        grown = max(batch[which] for batch in held[2:]) - held[1][which]
        yield Figure(f"{DUE:,} due at once: {name} grew by", max(grown, 0) / MEGABYTE, 4, "MB")


def _private(pid: int) -> int:
    """Bytes of the process's own: shared buffers are everybody's, whoever touched them first."""
    memory = psutil.Process(pid).memory_info()
    return int(memory.rss - memory.shared)


def _recounted(desk: OpenDesk) -> Figure:
    progress(f"{SMALL:,} targets counted anew, {RECOUNTS} times")
    (calendar,) = desk.database.rows("SELECT workspace_id, id FROM calendars")
    spent = []
    for hour in range(RECOUNTS):
        weekly = OFFICE.format(opens=f"{8 + hour:02}:00")
        desk.database.run(
            "UPDATE calendars SET timezone = 'Europe/Berlin', weekly = CAST(:w AS jsonb)", w=weekly
        )
        desk.database.run("VACUUM ANALYZE")
        spent.append(_as_app(desk, lambda: _recount(calendar["workspace_id"], calendar["id"])))
        told = "SELECT count(*) FROM timeline_entries WHERE action = 'sla_recounted'"
        assert desk.database.value(told) == (hour + 1) * SMALL
    each = median(spent) / SMALL
    return Figure(f"{SMALL:,} targets of a changed calendar counted anew: each", each, 1000 / 2000, "ms")


def _recount(workspace_id: UUID, calendar_id: UUID) -> float:
    def run(unit: Callable[..., Any]) -> Any:
        return in_transaction(unit, repeatable=False)

    def ask(tx: Transaction) -> Any:
        enter_system(tx, workspace_id)
        return jobs.ask(tx, workspace_id, KIND, calendar_id, None)

    job = run(ask)
    return timed(lambda: recounting.recount(run, job, "", lambda: True))
