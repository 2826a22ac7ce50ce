"""Cold starts of every function: from a fresh process's first import to its first answer, floors and
functions turn by turn."""

import json
from collections import defaultdict
from collections.abc import Iterator
from statistics import median

from benchmarks.figure import Figure, progress
from benchmarks.functions import Function, Functions
from benchmarks.sandbox import Sandbox
from benchmarks.stage import Stage

STARTS = 9
# What each floor is: see benchmarks/floors. And how much more a function of Mesa may take.
FLOORS = {
    "authorizer": ("floors.authorizer.authorizer", "Chalice, PyJWT", 1.3),
    "public_status": ("floors.public_status.handler", "pg8000", 1.5),
    "api": ("floors.api.app", "Chalice, SQLAlchemy, pydantic", 1.8),
    "database": ("floors.database.handler", "Chalice, SQLAlchemy", 1.8),
    # Each consumer has all rooms behind its door, and nobody waits for its first answer.
    "consumer": ("floors.database.handler", "Chalice, SQLAlchemy", 2.3),
    "storing": ("floors.storing.handler", "Chalice, SQLAlchemy, boto3", 2),
    "plain": ("floors.plain.handler", "Chalice, http.client", 2),
    "sending": ("floors.sending.handler", "Chalice, http.client, boto3", 1.5),
}


def measure(stage: Stage) -> Iterator[Figure]:
    """Each against the least that anybody would write for the job with the same libraries."""
    every = stage.functions.all()
    for floor, (handler, libraries, limit) in FLOORS.items():
        held = {name: each for name, each in every.items() if each.floor == floor}
        yield from _figures(stage.functions, held, handler, libraries, limit)


def _figures(
    functions: Functions, held: dict[str, Function], handler: str, libraries: str, limit: float
) -> Iterator[Figure]:
    progress(f"cold starts: {', '.join(held)}")
    any_of = next(iter(held.values()))
    sandboxes = {name: sandbox(functions, each) for name, each in held.items()}
    bare = Sandbox(handler, any_of.small, lambda _: True, functions.stage.task, _environment(functions))
    times: dict[str, list[float]] = defaultdict(list)
    for _ in range(STARTS):
        for name, each in {"": bare, **sandboxes}.items():
            times[name].append(each.start())
    floor = median(times.pop(""))
    for name, taken in times.items():
        yield Figure(f"cold start: {name} (floor: {libraries})", median(taken), limit, "ms", floor)


def sandbox(functions: Functions, function: Function) -> Sandbox:
    """A fresh one of this function."""
    return Sandbox(
        function.handler, function.small, function.fits, functions.stage.task, _environment(functions)
    )


def _environment(functions: Functions) -> dict[str, str]:
    bare = json.dumps({**functions.stage.dsn, "ssl_context": False})
    return {**functions.environment, "FLOOR_DATABASE": bare}
