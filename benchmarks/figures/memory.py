"""How much memory each function needs: what it holds at most, and what it needs of a processor, of which
Lambda gives a share by the memory. Writes benchmarks/recorded/functions.json, which docs/cost.md is made
of."""

import json
from collections.abc import Iterator, Sequence
from datetime import date
from math import ceil
from statistics import median

from benchmarks.figure import Figure, progress
from benchmarks.figures.cold import sandbox
from benchmarks.functions import Function, Functions
from benchmarks.needs import RECORDED, ROOM, Measured, configured, needed
from benchmarks.sandbox import Life, Run
from benchmarks.stage import Stage

ROUNDS = 3
ALL_SENT = "UPDATE events SET sent_at = now() WHERE sent_at IS NULL"
MEGABYTE = 1_000_000


def measure(stage: Stage) -> Iterator[Figure]:
    """Each function in fresh processes: its first call, the least one again, and the largest that it gets.
    What it takes of a processor is put as if nobody else used the machine, by a loop beside it."""
    # What other figures left to be sent would be the relay's first call.
    stage.database.run(ALL_SENT)
    lives = {name: _lives(stage.functions, name, each) for name, each in stage.functions.all().items()}
    undisturbed = min(pace for each in lives.values() for life in each for pace in life.paces)
    found = {name: _measured(each, undisturbed) for name, each in lives.items()}
    record = {"date": date.today().isoformat(), "functions": {name: vars(it) for name, it in found.items()}}
    RECORDED.parent.mkdir(exist_ok=True)
    RECORDED.write_text(json.dumps(record, indent=2) + "\n", "utf-8")
    for name, measured in found.items():
        yield Figure(f"memory: {name}, at most", measured.megabytes, configured(name) / ROOM, "MB")
        need = needed(name, measured)
        yield Figure(f"memory: {name}, what it needs of what it has", need, configured(name), "MB")


def _lives(functions: Functions, name: str, function: Function) -> list[Life]:
    """The last is of the largest."""
    progress(f"memory of {name}")
    small = [sandbox(functions, function).live(function.again) for _ in range(ROUNDS)]
    return [*small, sandbox(functions, function).live(function.large)]


def _measured(lives: Sequence[Life], undisturbed: float) -> Measured:
    *small, large = lives

    def alone(life: Life, run: Run) -> float:
        return run.processor * undisturbed / median(life.paces)

    again = [(alone(life, run), run) for life in small for run in life.others]
    return Measured(
        megabytes=ceil(max(life.peak for life in lives) / MEGABYTE),
        cold_processor_ms=round(median(alone(life, life.first) for life in small), 1),
        processor_ms=round(median(spent for spent, _ in again), 2),
        milliseconds=round(median(run.milliseconds for _, run in again), 2),
        large_processor_ms=round(max(alone(large, run) for run in large.others), 1),
    )
