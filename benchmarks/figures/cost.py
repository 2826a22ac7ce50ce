"""What a million requests cost on AWS, by the last measurement of functions: see docs/cost.md."""

from collections.abc import Iterator

from benchmarks import cost, needs
from benchmarks.figure import Figure
from benchmarks.stage import Stage

# Dollars: what API Gateway asks is 3.50 of it, and a mail of every eighth request 12.50.
A_MILLION, STANDING = 40, 100


def measure(_: Stage) -> Iterator[Figure]:
    """By part, then each size of a desk by the month; none is held to a limit but the sums."""
    measured = needs.recorded()
    yield Figure("cost: a million requests", sum(cost.a_million(measured).values()), A_MILLION, "USD")
    yield Figure(
        "cost: a month in which nobody calls", sum(cost.standing(measured).values()), STANDING, "USD"
    )
