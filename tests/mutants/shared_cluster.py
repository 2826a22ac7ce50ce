"""A plugin of pytest: the tests use the PostgreSQL that runs already, migrated, in MESA_MUTANTS_CLUSTER."""

import os
from pathlib import Path
from typing import Any

import pytest


@pytest.hookimpl(tryfirst=True)
def pytest_fixture_setup(fixturedef: Any, request: Any) -> Any:
    """In the place of the fixture `cluster`, which starts one of its own."""
    if fixturedef.argname != "cluster" or "MESA_MUTANTS_CLUSTER" not in os.environ:
        return None
    from local.postgres import Cluster

    cluster = Cluster(Path(os.environ["MESA_MUTANTS_CLUSTER"]), durable=False)
    fixturedef.cached_result = (cluster, fixturedef.cache_key(request), None)
    return cluster
