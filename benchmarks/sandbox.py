"""A cold start: a fresh process imports a handler from the unpacked package, as Lambda does, and calls it."""

import json
import subprocess
import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

# Nothing is imported before the clock starts that the handler might want too.
PROGRAM = """
import time
started = time.perf_counter()
from {module} import {name} as handler
answer = handler({event!r}, None)
spent = (time.perf_counter() - started) * 1000
import json
print()
print(json.dumps([spent, answer]))
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
