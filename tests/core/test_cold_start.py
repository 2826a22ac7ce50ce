"""What callers wait for imports without collecting garbage, and serves with it; elsewhere nothing changes."""

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from chalicelib.core.cold_start import CALLING_OVER

ROOT = Path(__file__).parents[2]
KEYS = {"test-1": "eJigokN5GVXDAsxG4kgmONfXHLdWAJtX1YMGK7s1Idc"}
PROGRAM = """
import gc, importlib, json, sys
collections = []
gc.callbacks.append(lambda phase, _: collections.append(phase))
import chalicelib.core.cold_start
before = len(collections)
importlib.import_module(sys.argv[1])
print(json.dumps([gc.isenabled(), gc.get_freeze_count(), len(collections) - before]))
"""


def started(module: str, handler: str = "") -> Any:
    """Of a new process that has imported a module: whether it collects, how much it keeps, how often it has
    collected meanwhile."""
    environment = {"MESA_STAGE": "test", "MESA_TOKEN_PUBLIC_KEYS": json.dumps(KEYS), "_HANDLER": handler}
    finished = subprocess.run(
        [sys.executable, "-c", PROGRAM, module],
        cwd=ROOT,
        env=environment,
        capture_output=True,
        check=True,
        text=True,
        timeout=60,
    )
    return json.loads(finished.stdout)


@pytest.mark.parametrize("module", CALLING_OVER)
def test_a_sandbox_collects_no_garbage_while_it_starts_and_does_from_then_on(module: str) -> None:
    collects, kept, collections = started(module, f"{module}.handler")

    assert collects
    assert kept > 5_000
    assert collections == 0


@pytest.mark.parametrize("handler", ["", "chalicelib.queues.notifications"])
def test_elsewhere_it_collects_as_ever(handler: str) -> None:
    collects, kept, collections = started("app", handler)

    assert collects
    assert kept == 0
    assert collections > 0
