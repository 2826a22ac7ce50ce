"""One worker of a long run; no test_ file, for only `make fuzz` runs it."""

import json
import os
from pathlib import Path
from random import Random

import pytest

from tests.fuzz.desk import Desk
from tests.fuzz.tally import Tally
from tests.fuzz.visiting import operations, visit

# Schemathesis warns of what is its own.
pytestmark = pytest.mark.filterwarnings("ignore")
# An operation is left after so long, whatever schemathesis is at.
SECONDS = 120
# What a visit makes at least: less is not worth its preparing.
FEWEST = 40


def test_its_share(desk: Desk) -> None:
    seed, calls = int(os.environ["MESA_FUZZ_SEED"]), int(os.environ["MESA_FUZZ_CALLS"])
    part, parts = map(int, os.environ["MESA_FUZZ_PART"].split("/"))
    known = operations(desk)
    names = [os.environ["MESA_FUZZ_ONLY"]] if os.environ["MESA_FUZZ_ONLY"] else sorted(known)
    Random(seed).shuffle(names)
    mine = names[part::parts] or names
    tally = Tally()
    turn = 0
    while tally.calls < calls:
        before = tally.calls
        for place, name in enumerate(mine):
            # What some have not used, for they have few cases, is the others'.
            share = max((calls - tally.calls) // (len(mine) - place), FEWEST)
            visit(desk, tally, known[name], share, seed + 1_000 * turn + part, SECONDS)
            keep(tally)
            if tally.calls >= calls:
                break
        assert tally.calls > before, "nothing is left to be called"
        turn += 1


def keep(tally: Tally) -> None:
    place = Path(os.environ["MESA_FUZZ_TALLY"])
    half = place.with_suffix(".part")
    half.write_text(json.dumps(tally.as_json()), "utf-8")
    half.replace(place)
