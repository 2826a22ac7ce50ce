"""Large desks: calls at 10,000, 100,000 and 1,000,000 tickets over 20 workspaces, one of them with half."""

import os
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, redirect_stdout
from statistics import median
from unittest.mock import patch

from benchmarks.desk_calls import COUNTS, INSIGHT, READS, WRITES, Call
from benchmarks.desks import SERVER, Desks
from benchmarks.figure import Figure, progress
from benchmarks.open_desk import OpenDesk
from benchmarks.sampling import timed
from benchmarks.stage import Stage
from local.postgres import Cluster

SMALL, MIDDLE, LARGE = SIZES = (10_000, 100_000, 1_000_000)
ROUNDS, WARM_UP = 40, 4
COSTS, WRITES_GROW, COUNTED, SEEN = 3, 1.2, 15, 25


def measure(stage: Stage) -> Iterator[Figure]:
    """Each call at each size in turn, so that whatever else the machine does hits all of them; at the largest
    also its SQL alone, through pg8000."""
    assert stage.environment
    cluster = Cluster(stage.folder / "desks", durable=False, settings=SERVER)
    with ExitStack() as ending:
        ending.callback(cluster.destroy)
        desks = _loaded(cluster)
        opened = {size: OpenDesk(desks, size) for size in SIZES}
        for desk in opened.values():
            ending.callback(desk.close)
        ending.enter_context(redirect_stdout(ending.enter_context(open(os.devnull, "w"))))
        ending.enter_context(patch("chalicelib.core.events.send_committed"))
        ending.enter_context(patch.dict(os.environ, {"MESA_LOG_LEVEL": "ERROR"}))
        yield from _figures(opened)


def _loaded(cluster: Cluster) -> Desks:
    """Loads with nothing safe, and starts anew as production runs: each COMMIT waits for the disk."""
    cluster.start()
    desks = Desks(cluster)
    for size in SIZES:
        desks.load(size)
    cluster.execute_as_superuser("CHECKPOINT")
    cluster.stop()
    cluster.durable = True
    cluster.start()
    return desks


def _figures(desks: dict[int, OpenDesk]) -> Iterator[Figure]:
    middle, plain = [], []
    for call in READS:
        took, bare = _medians(desks, call, bare=True)
        yield Figure(f"{LARGE:,}: {call.name} (floor: {SMALL:,})", took[LARGE], call.grows, "ms", took[SMALL])
        middle.append(
            Figure(
                f"{MIDDLE:,}: the worst, {call.name} (floor: {SMALL:,})",
                took[MIDDLE],
                call.grows,
                "ms",
                took[SMALL],
            )
        )
        plain.append(
            Figure(f"{LARGE:,}: the worst, {call.name} (floor: its SQL)", took[LARGE], COSTS, "ms", bare)
        )
    yield from (max(each, key=lambda figure: figure.ratio or 0) for each in (middle, plain))
    for call in COUNTS:
        took, _ = _medians(desks, call)
        yield Figure(f"{LARGE:,}: {call.name}", took[LARGE], COUNTED, "ms")
    for call in INSIGHT:
        took, _ = _medians(desks, call)
        yield Figure(f"{LARGE:,}: {call.name}", took[LARGE], SEEN, "ms")
        yield Figure(f"{LARGE:,}: {call.name} (floor: {SMALL:,})", took[LARGE], call.grows, "ms", took[SMALL])
    for call in WRITES:
        took, _ = _medians(desks, call, rounds=3 * ROUNDS)
        for size in (MIDDLE, LARGE):
            yield Figure(
                f"{size:,}: {call.name} (floor: {SMALL:,})", took[size], WRITES_GROW, "ms", took[SMALL]
            )


def _medians(
    desks: dict[int, OpenDesk], call: Call, *, rounds: int = ROUNDS, bare: bool = False
) -> tuple[dict[int, float], float]:
    """The median of each size, and of the same SQL at the largest."""
    progress(f"{call.name}, {rounds} rounds at each size")
    samples: dict[int, Callable[[], float]] = {size: _sample(desk, call) for size, desk in desks.items()}
    if bare:
        statements = desks[LARGE].recorded(call)
        samples[0] = lambda: desks[LARGE].bare.run(statements)
    times: dict[int, list[float]] = {key: [] for key in samples}
    for number in range(WARM_UP + rounds):
        for key in _turned(list(samples), number):
            spent = samples[key]()
            if number >= WARM_UP:
                times[key].append(spent)
    return {key: median(each) for key, each in times.items()}, median(times.get(0, [0.0]))


def _sample(desk: OpenDesk, call: Call) -> Callable[[], float]:
    def taken() -> float:
        event = call.event(desk)
        return timed(lambda: desk.serve(event))

    return taken


def _turned(keys: Sequence[int], by: int) -> Sequence[int]:
    """None comes always first."""
    place = by % len(keys)
    return [*keys[place:], *keys[:place]]
