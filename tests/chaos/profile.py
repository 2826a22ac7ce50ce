"""How far experiments go: a few seconds of each in `make test`, all of it in `make chaos`."""

import os
from random import Random
from typing import TypeVar

T = TypeVar("T")

IS_LONG = "MESA_CHAOS_LONG" in os.environ
# Of `make chaos SEED=…`: the same seed makes the same histories, and the same faults at the same points.
SEED = int(os.environ.get("MESA_CHAOS_SEED", "1"))


def short_or_long(short: T, long: T) -> T:
    return long if IS_LONG else short


def dice(name: str, number: int = 0) -> Random:
    """What an experiment draws its history and its faults with."""
    return Random(f"{SEED}.{name}.{number}")
