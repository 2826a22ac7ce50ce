"""A sandbox of the API imports without collecting garbage, and serves with it."""

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[2]
PROGRAM = """
import gc, json
collections = []
gc.callbacks.append(lambda phase, _: collections.append(phase))
import chalicelib.core.cold_start
before = len(collections)
import app
print(json.dumps([gc.isenabled(), gc.get_freeze_count(), len(collections) - before]))
"""


def test_the_api_collects_no_garbage_while_it_imports_and_does_from_then_on() -> None:
    finished = subprocess.run(
        [sys.executable, "-c", PROGRAM], cwd=ROOT, capture_output=True, check=True, text=True, timeout=60
    )
    told: list[Any] = json.loads(finished.stdout)
    collects, kept, collections = told

    assert collects
    assert kept > 10_000
    assert collections == 0
