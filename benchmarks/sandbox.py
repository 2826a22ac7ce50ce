"""A cold start: a fresh process imports a handler from the unpacked package, as Lambda does, and calls it."""

import json
import subprocess
import sys
from collections.abc import Callable, Mapping
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
delay, started = delayed(), time.perf_counter()
from {module} import {name} as handler
answer = handler({event!r}, None)
spent = time.perf_counter() - started - (delayed() - delay)
import json
print()
print(json.dumps([spent * 1000, answer]))
"""


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
        module, _, name = self.handler.rpartition(".")
        program = PROGRAM.format(module=module, name=name, event=dict(self.event))
        finished = subprocess.run(
            [sys.executable, "-S", "-c", program],
            cwd=self.task,
            env={
                **self.environment,
                "PYTHONPATH": str(self.task),
                "PYTHONDONTWRITEBYTECODE": "1",
                "_HANDLER": self.handler,
            },
            capture_output=True,
            check=False,
            text=True,
            timeout=60,
        )
        if finished.returncode != 0:
            raise RuntimeError(f"{self.handler} failed:\n{finished.stderr}")
        spent, answer = json.loads(finished.stdout.splitlines()[-1])
        if not self.fits(answer):
            raise RuntimeError(f"{self.handler} answered {answer}\n{finished.stderr}")
        return float(spent)
