"""Goes round the operations of the document."""

import zlib
from itertools import islice
from random import Random

from schemathesis import GenerationMode
from schemathesis.core.result import Ok
from schemathesis.schemas import APIOperation

from tests.fuzz.desk import Desk
from tests.fuzz.drawing import Clock, OutOfTime, bounds, drawn, examples, sample
from tests.fuzz.judging import Judge
from tests.fuzz.tally import Tally

# Of how many of an operation's bounds the last one is taken; past the first ones they are breaches.
GLANCED = 12
# After so many requests the desk is made anew: by then some have closed, erased and deleted what they could.
ANEW_AFTER = 50


def operations(desk: Desk) -> dict[str, APIOperation]:
    """By the operation's id."""
    found = [each.ok() for each in desk.schema.get_all_operations() if isinstance(each, Ok)]
    return {each.definition.raw["operationId"]: each for each in found}


def glance(desk: Desk, tally: Tally, known: dict[str, APIOperation], seed: int) -> None:
    """Two requests to every operation: one that fits the document, and one that does not."""
    judge = Judge(desk, tally, Random(seed), Clock())
    for place, operation in enumerate(known.values()):
        if place % ANEW_AFTER == 0:
            desk.furnish()
        cases = list(islice(bounds(operation), GLANCED))
        judge.use(cases[0], people=1)
        judge.use(cases[-1], people=1)


def visit(desk: Desk, tally: Tally, operation: APIOperation, calls: int, seed: int, seconds: float) -> None:
    """About so many calls of one operation, most of them at its bounds, within the time."""
    name = operation.definition.raw["operationId"]
    number = zlib.crc32(f"{seed} {name}".encode())
    random = Random(number)
    clock = Clock()
    judge = Judge(desk, tally, random, clock)
    desk.furnish()
    requests = max(calls // len(desk.people), 1)
    end = tally.calls + calls
    try:
        with clock.limit(seconds):
            for case in examples(operation):
                judge.use(case)
            for place, case in enumerate(sample(bounds(operation), requests // 2, seconds / 4, random)):
                if place % ANEW_AFTER == ANEW_AFTER - 1:
                    desk.furnish()
                judge.use(case)
            for mode, share in ((GenerationMode.POSITIVE, 2), (GenerationMode.NEGATIVE, 1)):
                left = max(end - tally.calls, 0) // len(desk.people) // share
                if left:
                    drawn(operation, mode, left, number, judge.use)
    except OutOfTime:
        tally.slow[name] += 1
