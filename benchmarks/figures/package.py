"""The size of the package: what each cold start of a new sandbox fetches first."""

from collections.abc import Iterator

from benchmarks.figure import Figure
from benchmarks.stage import Stage

MEGABYTE = 1_000_000


def measure(stage: Stage) -> Iterator[Figure]:
    """deployment.zip, as `make package` leaves it."""
    yield Figure("package: deployment.zip", stage.package.stat().st_size / MEGABYTE, 15, "MB")
