"""Migrated PostgreSQL servers: the first worker makes one, and each takes copies of its files."""

import os
import subprocess
from collections.abc import Mapping
from pathlib import Path

import pytest

from benchmarks.desks import TEMPLATE
from local.files import read_json, write_json
from local.postgres import OWNER, Cluster
from tests.support.turns import first_alone

MODEL = "postgres-model"


def migrated(
    factory: pytest.TempPathFactory, database: str, settings: Mapping[str, str] | None = None
) -> Cluster:
    """It runs, with a database of this name and with these settings, and is the caller's to destroy."""
    cluster = Cluster(Path(factory.mktemp("postgres")), durable=False, settings=settings)
    if "PYTEST_XDIST_WORKER" in os.environ:
        _copy(_model(factory.getbasetemp().parent, database), cluster)
        cluster.start()
    else:
        cluster.prepare(database)
    return cluster


def destroy_model(config: pytest.Config) -> None:
    """What the workers had their copies of; they have ended."""
    folder = config._tmp_path_factory.getbasetemp() / MODEL  # type: ignore[attr-defined]
    if folder.exists():
        Cluster(folder, durable=False).destroy()


def _model(place: Path, database: str) -> Cluster:
    """Migrated, stopped, with what large desks are made of; whoever comes first makes it."""
    model = Cluster(place / MODEL, durable=False)
    with first_alone(place, MODEL) as is_first:
        if is_first:
            model.prepare(database)
            model.execute_as_superuser(f'CREATE DATABASE "{TEMPLATE}" TEMPLATE "{database}" OWNER {OWNER}')
            model.stop()
    return model


def _copy(model: Cluster, cluster: Cluster) -> None:
    """With its owners, for PostgreSQL may run as somebody else than this process; on a port of its own."""
    cluster.data.parent.mkdir(parents=True, exist_ok=True)
    subprocess.run(["cp", "-a", str(model.data), str(cluster.data)], check=True)
    facts = read_json(model.path / "cluster.json")
    write_json(cluster.path / "cluster.json", {"passwords": facts["passwords"]})
