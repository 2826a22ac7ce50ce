"""What the tests of promises share."""

from collections.abc import Iterator

import pytest

from tests.sla.promised import Promised
from tests.support.cast import Cast
from tests.support.database import Database


@pytest.fixture
def promised(database: Database, cast: Cast) -> Iterator[Promised]:
    """Tickets with promises in the database, and the app's role to change them."""
    promised = Promised(database, cast)
    yield promised
    promised.close()
