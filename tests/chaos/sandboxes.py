"""The sandboxes of a deployed stack: the emulator has a process of each, as Lambda has a machine."""

import time
from collections.abc import Sequence
from contextlib import suppress
from random import Random
from typing import Literal

import psutil

from local.stack import Stack

# One that dies at its start takes all others of its function along, in the emulator alone.
STARTING_SECONDS = 6.0


def kill_one(
    stack: Stack, functions: Sequence[str], dice: Random, seconds: float = STARTING_SECONDS
) -> Literal["", "at work", "idle"]:
    """Kills a sandbox of these functions that is older than that, with -9: one that has something in hand, if
    there is one within two seconds. What it was doing; nothing where there was none."""
    deadline, busy, found = time.monotonic() + 2, list[psutil.Process](), list[psutil.Process]()
    while not busy and time.monotonic() < deadline:
        found = [each for function in functions for each in sandboxes(stack, function, seconds)]
        before = {each.pid: spent(each) for each in found}
        time.sleep(0.02)  # how long one has to be at work to be seen
        busy = [each for each in found if spent(each) > before[each.pid]]
    if not found:
        return ""
    with suppress(psutil.NoSuchProcess):
        dice.choice(busy or found).kill()
    return "at work" if busy else "idle"


def sandboxes(stack: Stack, function: str, seconds: float) -> list[psutil.Process]:
    """Those that are older than that."""
    own = [each for each in psutil.Process().children() if "local.emulator_process" in command(each)]
    started = time.time() - seconds
    mark = f"{stack.path}/emulator/tmp/ministack-lambda-{function}-"
    found = [each for emulator in own for each in emulator.children() if mark in command(each)]
    return [each for each in found if each.create_time() < started]


def command(process: psutil.Process) -> str:
    try:
        return " ".join(process.cmdline())
    except psutil.Error:
        return ""


def spent(process: psutil.Process) -> float:
    """CPU seconds."""
    try:
        times = process.cpu_times()
    except psutil.Error:
        return 0.0
    return float(times.user + times.system)
