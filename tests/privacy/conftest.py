"""Personal data: people with canaries for facts, the jobs that export and erase them."""

import pytest

from tests.support.database import Database
from tests.support.jobs import Workshop


@pytest.fixture
def workshop(stage: dict[str, str], aws: str, database: Database) -> Workshop:
    return Workshop(stage, aws, database)
