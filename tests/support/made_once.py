"""Tests that only look: what they look at is made once for all of their class."""

import pytest

from tests.support.api import Api
from tests.support.cast import Cast, make_cast
from tests.support.database import Database
from tests.support.played_aws import empty_queues
from tests.support.service_desk import ServiceDesk


class MadeOnce:
    """The fixtures of these names, for a class whose tests change nothing; its own arrangement is a fixture
    of the class as well."""

    @pytest.fixture(scope="class")
    @classmethod
    def database(cls, superuser: Database) -> Database:
        return emptied(superuser)

    @pytest.fixture(scope="class")
    @classmethod
    def api(cls, database: Database) -> Api:
        return the_app()

    @pytest.fixture(scope="class")
    @classmethod
    def cast(cls, database: Database) -> Cast:
        return make_cast(database)

    @pytest.fixture(scope="class")
    @classmethod
    def desk(cls, api: Api, cast: Cast) -> ServiceDesk:
        return ServiceDesk(api, cast)


def emptied(superuser: Database) -> Database:
    """Without a row and a session as new, and no message in any queue."""
    superuser.refresh()
    superuser.empty()
    empty_queues()
    return superuser


def the_app() -> Api:
    from app import app

    return Api(app)
