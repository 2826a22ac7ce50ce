"""What experiments share: a network that loses answers, servers that may be brought down, and the table at
the end."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack

import pytest

from local.postgres import Cluster
from tests.chaos.profile import IS_LONG, SEED
from tests.chaos.tally import table, tallies
from tests.conftest import DATABASE
from tests.support.database import Database
from tests.support.lossy_proxy import LossyProxy, lossy_proxy
from tests.support.migrated import migrated

# Kept through a crash, though not through a power cut.
LASTING = {"synchronous_commit": "on", "full_page_writes": "on"}


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """What was done and found, once all of it was."""
    if IS_LONG and tallies:
        terminalreporter.section(f"faults (seed {SEED})")
        for line in table():
            terminalreporter.write_line(line)


@pytest.fixture
def proxy(database: Database) -> Iterator[LossyProxy]:
    """The app reaches its database through it."""
    with lossy_proxy(int(database.dsn["port"])) as proxy:
        yield proxy


@pytest.fixture(scope="module")
def frail(
    tmp_path_factory: pytest.TempPathFactory, stage: dict[str, str]
) -> Iterator[Callable[..., Cluster]]:
    """Makes servers, each of its own settings, that a test may bring down. What they have committed, they
    keep."""
    with ExitStack() as ending:

        def made(**settings: str) -> Cluster:
            cluster = migrated(tmp_path_factory, DATABASE, {**LASTING, **settings})
            ending.callback(cluster.destroy)
            return cluster

        yield made
