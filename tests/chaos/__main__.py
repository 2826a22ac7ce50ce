"""Injects faults and tells what came of it: `python -m tests.chaos --seed 7 --only crashes`.

Prints what it does test by test and, at the end, how many faults of each kind there were. The same seed makes
the same histories and the same faults in them; ends with 1 where an invariant does not hold.
"""

import argparse
import os
import sys
import time
from pathlib import Path

import pytest

HERE = Path(__file__).parent
# What others' tests try of the same: part of every long run.
BESIDE = (
    "tests/core/test_faults.py",
    "tests/sla/test_sweep_faults.py",
    "tests/sla/test_sweep_races.py",
    "tests/notifications/test_faults.py",
    "tests/webhooks/test_races.py",
    "tests/tickets/test_parallel_creates.py",
)


def experiments() -> dict[str, Path]:
    """Each by its name; the last two are no test_ files, for a short run leaves them out."""
    files = {path.stem.removeprefix("test_"): path for path in sorted(HERE.glob("test_*.py"))}
    return {**files, "crashes": HERE / "crashes.py", "deployed": HERE / "deployed.py"}


def main() -> int:
    known = experiments()
    parser = argparse.ArgumentParser(prog="python -m tests.chaos", description=__doc__)
    parser.add_argument("--seed", type=int, default=int(time.time()) % 1_000_000)
    parser.add_argument("--only", choices=known, action="append", help="try this; may be repeated")
    asked = parser.parse_args()
    os.environ |= {"MESA_CHAOS_LONG": "1", "MESA_CHAOS_SEED": str(asked.seed)}
    chosen = [str(known[name]) for name in asked.only or known]
    print(f"seed {asked.seed}: `make chaos SEED={asked.seed}` tries the same again", flush=True)
    beside = [] if asked.only else [name for name in BESIDE if Path(name).exists()]
    return int(pytest.main(["-v", "--no-header", "-p", "no:cacheprovider", *chosen, *beside]))


if __name__ == "__main__":
    sys.exit(main())
