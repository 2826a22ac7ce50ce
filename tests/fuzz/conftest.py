"""A desk for schemathesis: nothing is refused for coming too often."""

from collections.abc import Iterator
from typing import TYPE_CHECKING

import pytest

from chalicelib.api.resource import api_settings
from tests.api.conftest import specimen_provider
from tests.support.database import Database

if TYPE_CHECKING:
    from tests.fuzz.desk import Desk

__all__ = ["specimen_provider"]


@pytest.fixture
def desk(database: Database, monkeypatch: pytest.MonkeyPatch) -> Iterator["Desk"]:
    # Here, for schemathesis takes its time to load, and nobody else needs it.
    from tests.fuzz.desk import Desk

    monkeypatch.setenv("MESA_RATE_LIMIT_FACTOR", "10000")
    api_settings.cache_clear()
    yield Desk(database)
    api_settings.cache_clear()
