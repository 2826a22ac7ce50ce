"""Measures, prints one table, and ends with 1 where a limit is missed: `python -m benchmarks --only warm`."""

import argparse
import importlib
import pkgutil
import sys
import time
from collections.abc import Iterator

from benchmarks import figures
from benchmarks.figure import Figure, machine, progress, table
from benchmarks.stage import Stage


def main() -> int:
    subjects = sorted(module.name for module in pkgutil.iter_modules(figures.__path__))
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument("--only", choices=subjects, action="append", help="measure this; may be repeated")
    wanted = parser.parse_args().only or subjects
    started = time.monotonic()
    stage = Stage()
    measured: list[Figure] = []
    try:
        measured.extend(_measure(stage, wanted))
    finally:  # what was measured is told, whatever came then
        print(f"{machine(stage.postgresql)}\n\n{table(measured)}")
        stage.close()
    missed = [figure.name for figure in measured if not figure.ok]
    progress(f"done in {time.monotonic() - started:.0f} s")
    if missed:
        print(f"\nMissed: {', '.join(missed)}.")
    return 1 if missed else 0


def _measure(stage: Stage, subjects: list[str]) -> Iterator[Figure]:
    for subject in subjects:
        yield from importlib.import_module(f"benchmarks.figures.{subject}").measure(stage)


if __name__ == "__main__":
    sys.exit(main())
