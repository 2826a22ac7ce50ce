"""What tests of exports share."""

import pytest

from tests.support.exports import Exports
from tests.support.jobs import Workshop
from tests.support.service_desk import ServiceDesk


@pytest.fixture
def exports(desk: ServiceDesk, workshop: Workshop) -> Exports:
    return Exports(desk, workshop)
