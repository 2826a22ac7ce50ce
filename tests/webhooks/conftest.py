"""The post office of Acme; see tests/support/post_office.py."""

from collections.abc import Iterator

import pytest

from tests.support.database import Database
from tests.support.post_office import PostOffice
from tests.support.service_desk import ServiceDesk


@pytest.fixture
def office(desk: ServiceDesk, database: Database, stage: dict[str, str]) -> Iterator[PostOffice]:
    office = PostOffice(desk, database, stage)
    yield office
    office.close()
