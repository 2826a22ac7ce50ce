"""Creates of one workspace at the same time, called at the room, against what its numbers alone cost."""

import json
import os
import subprocess
import sys
import time
from collections.abc import Iterator
from typing import Any

from benchmarks.figure import Figure, progress
from benchmarks.stage import DATABASE, Stage

PROCESSES, EACH = 8, 125
ROUNDS = 7
PER_SECOND = 300
CREATES = "1,000 parallel creates in one workspace: each"


def measure(stage: Stage) -> Iterator[Figure]:
    """1,000 creates over eight processes, each with its own connection, every one committed to the disk.
    Their numbers come out of one row, so they follow one another: the floor is that row and its COMMIT
    alone, through pg8000, by as many processes. The quickest round of both, for others use the machine too:
    whoever holds the row and is not let run holds up the other seven."""
    workspace, carol = str(stage.cast.acme), str(stage.cast.carol.id)
    dsn = stage.cluster.dsn("postgres", DATABASE)
    progress(f"{PROCESSES * EACH} creates in {PROCESSES} processes, {ROUNDS} rounds")
    ours, counted = [], []
    for _ in range(ROUNDS):
        counted.append(_each(stage, {"workspace": workspace, "dsn": dsn})[0])
        spent, labels = _each(stage, {"workspace": workspace, "user": carol})
        ours.append(spent)
        assert _without_gaps(labels), "a number was given twice, or left out"
    each = min(ours)
    yield Figure(CREATES, each, 1000 / PER_SECOND, "ms")
    yield Figure(f"{CREATES} (floor: a number and its COMMIT)", each, 9, "ms", min(counted))


def _each(stage: Stage, order: dict[str, Any]) -> tuple[float, list[str]]:
    """Milliseconds of the clock for each, and the labels."""
    command = [sys.executable, "-m", "benchmarks.creator", json.dumps({**order, "times": EACH})]
    environment = {**os.environ, **stage.environment, "MESA_LOG_LEVEL": "ERROR"}
    pipes: dict[str, Any] = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "text": True}
    running = [subprocess.Popen(command, env=environment, **pipes) for _ in range(PROCESSES)]
    for process in running:
        assert process.stdout.readline() == "ready\n", "a creator did not begin"
    started = time.monotonic()
    for process in running:
        process.stdin.write("go\n")
        process.stdin.flush()
    done = [json.loads(process.communicate(timeout=300)[0]) for process in running]
    spent = max(finished for finished, _ in done) - started
    return spent * 1000 / (PROCESSES * EACH), [label for _, labels in done for label in labels]


def _without_gaps(labels: list[str]) -> bool:
    numbers = sorted(int(label.rpartition("-")[2]) for label in labels)
    return numbers == list(range(numbers[0], numbers[0] + len(labels)))
