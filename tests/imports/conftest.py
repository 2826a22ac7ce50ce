"""Ada, who imports into Acme."""

import pytest

from tests.support.api import Api
from tests.support.cast import Cast
from tests.support.imports import Importer
from tests.support.jobs import Workshop


@pytest.fixture
def importer(api: Api, cast: Cast, workshop: Workshop) -> Importer:
    return Importer(api.with_token(cast.ada.token), workshop)
