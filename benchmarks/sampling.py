"""Timing two things turn by turn, so that whatever else the machine does hits both."""

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from statistics import median

Sample = Callable[[], float]


@dataclass(frozen=True)
class Pair:
    """Milliseconds of each round."""

    measured: Sequence[float]
    floor: Sequence[float]

    @property
    def medians(self) -> tuple[float, float]:
        return median(self.measured), median(self.floor)


def interleaved(rounds: int, measured: Sample, floor: Sample) -> Pair:
    """Takes both in every round, first the one, then the other. A Sample answers the milliseconds it took."""
    taken: tuple[list[float], list[float]] = ([], [])
    for number in range(rounds):
        turns = [(taken[0], measured), (taken[1], floor)]
        for times, sample in turns if number % 2 else reversed(turns):
            times.append(sample())
    return Pair(*taken)


def timed(action: Callable[[], object]) -> float:
    """The milliseconds that an action takes."""
    started = time.perf_counter()
    action()
    return (time.perf_counter() - started) * 1000
