"""A desk with a history, and the login that a Grafana has there."""

from collections.abc import Iterator

import pytest

from local.postgres import Cluster
from tests.conftest import DATABASE
from tests.grafana import history
from tests.support.cast import Cast, make_cast
from tests.support.database import Database
from tests.support.reporting import Readers, readers


@pytest.fixture(scope="module")
def acme(superuser: Database) -> Cast:
    """Written once a module: nothing here changes it."""
    superuser.refresh()
    superuser.empty()
    cast = make_cast(superuser)
    history.write(superuser, cast)
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
