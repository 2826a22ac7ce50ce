"""What the tests of promises share."""

from collections.abc import Iterator

import pytest

from tests.sla.office_desk import OfficeDesk
from tests.sla.promised import Promised
from tests.support.cast import Cast
from tests.support.database import Database
from tests.support.frozen_time import FrozenTime, frozen_time
from tests.support.service_desk import ServiceDesk


@pytest.fixture
def promised(database: Database, cast: Cast) -> Iterator[Promised]:
    """Tickets with promises in the database, and the app's role to change them."""
    promised = Promised(database, cast)
    yield promised
    promised.close()


@pytest.fixture(scope="module")
def frozen(superuser: Database) -> Iterator[FrozenTime]:
    """The database's clock, set by hand for a module's tests."""
    with frozen_time(superuser) as frozen:
        yield frozen


@pytest.fixture
def office(desk: ServiceDesk, frozen: FrozenTime) -> OfficeDesk:
    """On Friday, 5 June 2026, at ten."""
    return OfficeDesk(desk, frozen)
