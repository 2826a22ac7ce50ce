"""A sandbox: a fresh process imports a handler from the unpacked package, as Lambda does, and calls it."""

import json
import os
import subprocess
import sys
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

# Nothing is imported before the clock starts that the handler might want too. The time in which the process
# was ready but others had the CPU does not count: Linux tells it, and on an idle machine there is none.
PROGRAM = """
import time
def delayed():
    try:
        with open("/proc/self/schedstat") as told:
            return int(told.read().split()[1]) / 1e9
    except OSError:
        return 0.0
class Context:
    function_name, aws_request_id = "bench", "bench"
    def get_remaining_time_in_millis(self):
        return 300_000
def taken(work):
    delay, cpu, started = delayed(), time.process_time(), time.perf_counter()
    answer = work()
    spent = time.perf_counter() - started - (delayed() - delay)
    return spent * 1000, (time.process_time() - cpu) * 1000, answer
def pace():
    started = time.process_time()
    for _ in range(20_000):
        pass
    return (time.process_time() - started) * 1000
def first():
    global handler
    from {module} import {name} as handler
    return handler({event!r}, Context())
paces = [pace() for _ in range(5)]
runs = [taken(first)]
import json, sys
for event in json.load(sys.stdin):
    runs.append(taken(lambda: handler(event, Context())))
    paces += [pace(), pace()]
with open("/proc/self/status") as told:
    (peak,) = [int(line.split()[1]) * 1024 for line in told if line.startswith("VmHWM")]
print()
print(json.dumps([runs, peak, paces]))
"""


@dataclass(frozen=True)
class Run:
    """A call: its milliseconds by the clock, and those of the processor; and what it answered."""

    milliseconds: float
    processor: float
    answer: Any


@dataclass(frozen=True)
class Life:
    """Of a sandbox: its first call and those after it, how many bytes it ever held, and the milliseconds that
    the processor took for the same little loop time and again: longer, where others keep it busy."""

    first: Run
    others: Sequence[Run]
    peak: int
    paces: Sequence[float]


@dataclass(frozen=True)
class Sandbox:
    """A handler (`module.name`), the event it gets, and what its answer must fulfil."""

    handler: str
    event: Mapping[str, Any]
    fits: Callable[[Any], bool]
    task: Path
    environment: Mapping[str, str]

    def start(self) -> float:
        """Milliseconds from the first import to the first answer. The interpreter's start does not count."""
        return self.live(()).first.milliseconds

    def live(self, events: Sequence[Mapping[str, Any]]) -> Life:
        """The first call, and those of these events after it."""
        module, _, name = self.handler.rpartition(".")
        program = PROGRAM.format(module=module, name=name, event=dict(self.event))
        finished = subprocess.run(
            [sys.executable, "-S", "-c", program],
            cwd=self.task,
            env={
                **self.environment,
                "PYTHONPATH": os.pathsep.join(map(str, (self.task, self.task.with_name("runtime")))),
                "PYTHONDONTWRITEBYTECODE": "1",
                "_HANDLER": self.handler,
            },
            input=json.dumps(list(events)),
            capture_output=True,
            check=False,
            text=True,
            timeout=120,
        )
        if finished.returncode != 0:
            raise RuntimeError(f"{self.handler} failed:\n{finished.stderr}")
        told, peak, paces = json.loads(finished.stdout.splitlines()[-1])
        runs = [Run(*each) for each in told]
        for run in runs:
            if not self.fits(run.answer):
                raise RuntimeError(f"{self.handler} answered {run.answer}\n{finished.stderr[-2000:]}")
        return Life(runs[0], runs[1:], peak, paces)
