"""Processes that outlive the command that started them: found again by id and start time."""

import contextlib
import time
from collections.abc import Iterable
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
        if same and runs(process):
            return process
    return None


def runs(process: psutil.Process) -> bool:
    """Whether it does. One that has ended and that nobody has asked for yet does not: its new parent may take
    seconds to ask."""
    with contextlib.suppress(psutil.NoSuchProcess):
        return bool(process.is_running() and process.status() != psutil.STATUS_ZOMBIE)
    return False


def await_end(processes: Iterable[psutil.Process], *, seconds: float) -> list[psutil.Process]:
    """Waits until none of them runs, and answers which do after so long."""
    until, left = time.monotonic() + seconds, list(processes)
    while (left := [process for process in left if runs(process)]) and time.monotonic() < until:
        time.sleep(0.02)
    return left


def stop(process: psutil.Process | None, *, patience: float = 10.0) -> None:
    """Asks the process to end, then makes it and all its children end; returns when none is left."""
    if process is None:
        return
    family = [process]
    with contextlib.suppress(psutil.Error):
        family += process.children(recursive=True)
    with contextlib.suppress(psutil.Error):
        process.terminate()
    await_end([process], seconds=patience)
    left = await_end(family, seconds=1.0)
    for survivor in left:
        with contextlib.suppress(psutil.Error):
            survivor.kill()
    await_end(left, seconds=5.0)
