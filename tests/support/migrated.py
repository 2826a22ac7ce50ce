"""A migrated PostgreSQL for each worker: the first makes one, and each takes a copy of its files."""

import os
import subprocess
from pathlib import Path

import pytest

from local.files import read_json, write_json
from local.postgres import Cluster
from tests.support.turns import first_alone

MODEL = "postgres-model"


def migrated(factory: pytest.TempPathFactory, database: str) -> Cluster:
    """It runs, with a database of this name, and is the caller's to destroy."""
    cluster = Cluster(Path(factory.mktemp("postgres")), durable=False)
    if "PYTEST_XDIST_WORKER" in os.environ:
        _copy(_model(factory.getbasetemp().parent, database), cluster)
        cluster.start()
    else:
        _make(cluster, database)
    return cluster


def destroy_model(config: pytest.Config) -> None:
    """What the workers had their copies of; they have ended."""
    folder = config._tmp_path_factory.getbasetemp() / MODEL  # type: ignore[attr-defined]
    if folder.exists():
        Cluster(folder, durable=False).destroy()


def _model(place: Path, database: str) -> Cluster:
    """One that is migrated and was stopped, made by whoever comes first."""
    model = Cluster(place / MODEL, durable=False)
    with first_alone(place, MODEL) as is_first:
        if is_first:
            _make(model, database)
            model.stop()
    return model


def _make(cluster: Cluster, database: str) -> None:
    cluster.start()
    cluster.bootstrap(database)
    cluster.migrate(database)
    cluster.set_app_password()


def _copy(model: Cluster, cluster: Cluster) -> None:
    """With its owners, for PostgreSQL may run as somebody else than this process; on a port of its own."""
    cluster.data.parent.mkdir(parents=True, exist_ok=True)
    subprocess.run(["cp", "-a", str(model.data), str(cluster.data)], check=True)
    facts = read_json(model.path / "cluster.json")
    write_json(cluster.path / "cluster.json", {"passwords": facts["passwords"]})
