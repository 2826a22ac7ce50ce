"""Processes that outlive the command that started them: found again by id and start time."""

import contextlib
from typing import Any

import psutil


def identity(pid: int) -> dict[str, Any]:
    """What finds this process again and never a stranger that was given its id later."""
    return {"pid": pid, "started": psutil.Process(pid).create_time()}


def find(known: dict[str, Any] | None) -> psutil.Process | None:
    """The process that `identity` spoke of, while it runs."""
    if not known:
        return None
    with contextlib.suppress(psutil.Error, KeyError, TypeError):
        process = psutil.Process(known["pid"])
        same = abs(process.create_time() - known["started"]) < 0.05
        if same and process.status() != psutil.STATUS_ZOMBIE:
            return process
    return None


def stop(process: psutil.Process | None, *, patience: float = 10.0) -> None:
    """Asks the process to end, then makes it and all its children end; returns when none is left."""
    if process is None:
        return
    family = [process]
    with contextlib.suppress(psutil.Error):
        family += process.children(recursive=True)
    with contextlib.suppress(psutil.Error):
        process.terminate()
    psutil.wait_procs([process], timeout=patience)
    _, left = psutil.wait_procs(family, timeout=1.0)
    for survivor in left:
        with contextlib.suppress(psutil.Error):
            survivor.kill()
    psutil.wait_procs(left, timeout=5.0)
