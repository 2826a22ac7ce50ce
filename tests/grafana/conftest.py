"""The demo's history, and the login that a Grafana has there."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import NullPool, create_engine

from chalicelib.core.db import Transaction
from local.demo_data import DAYS, fill
from local.postgres import APP, Cluster
from tests.conftest import DATABASE
from tests.support.cast import Cast, make_cast
from tests.support.database import Database
from tests.support.reporting import Readers, readers


@pytest.fixture(scope="module")
def acme(cluster: Cluster, superuser: Database) -> Cast:
    """The demo's ninety days, at two desks; written once a module, for nothing here changes them. They end
    three days ago: whatever the hour, promises have run late since."""
    superuser.refresh()
    superuser.empty()
    cast = make_cast(superuser)
    end = datetime.now(UTC) - timedelta(days=3)
    engine = create_engine(cluster.url(APP, DATABASE), poolclass=NullPool)
    for workspace, tickets in ((cast.acme, 900), (cast.globex, 60)):
        with engine.begin() as connection:
            fill(Transaction(connection), workspace, days=DAYS, tickets=tickets, now=end)
    engine.dispose()
    superuser.run("ANALYZE")
    return cast


@pytest.fixture(scope="module")
def logins(cluster: Cluster) -> Iterator[Readers]:
    with readers(cluster, DATABASE) as found:
        yield found


@pytest.fixture(scope="module")
def reader(logins: Readers, acme: Cast) -> Database:
    """Acme's login for reports."""
    return logins.of("acme")


@pytest.fixture(scope="module")
def foreigner(logins: Readers, acme: Cast) -> Database:
    """Globex's."""
    return logins.of("globex")
