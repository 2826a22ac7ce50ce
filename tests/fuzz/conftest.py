"""A desk for schemathesis: nothing is refused for coming too often, and what it calls is the specimens'
OpenID provider."""

from collections.abc import Iterator
from typing import TYPE_CHECKING

import pytest

from chalicelib.api.resource import api_settings
from tests.support.database import Database
from tests.support.forged_provider import specimen_of_a_provider
from tests.support.invoking import Lambda

if TYPE_CHECKING:
    from tests.fuzz.desk import Desk


@pytest.fixture
def desk(database: Database, monkeypatch: pytest.MonkeyPatch) -> Iterator["Desk"]:
    # Here, for schemathesis takes its time to load, and nobody else needs it.
    from tests.fuzz.desk import Desk

    function = Lambda()
    function.script = specimen_of_a_provider
    monkeypatch.setenv("AWS_ENDPOINT_URL_LAMBDA", function.url)
    monkeypatch.setenv("MESA_RATE_LIMIT_FACTOR", "10000")
    api_settings.cache_clear()
    yield Desk(database)
    api_settings.cache_clear()
    function.stop()
