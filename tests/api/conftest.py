"""A world for the modules that only ever are refused."""

from collections.abc import Iterator

import pytest

from local.postgres import Cluster
from tests.conftest import DATABASE, Queue
from tests.support.api import Api
from tests.support.database import Database
from tests.support.mailbox import Mailbox
from tests.support.post import Post
from tests.support.world import World, make_world


@pytest.fixture(scope="module")
def shared_world(cluster: Cluster, stage: dict[str, str]) -> Iterator[World]:
    """Made once a module, whose tests all leave it as it is. No fixture beside it may empty the database."""
    from app import app

    database = Database(cluster.dsn("postgres", DATABASE))
    database.empty()
    yield make_world(Api(app), database)
    database.close()


@pytest.fixture
def world(api: Api, database: Database) -> World:
    """One that a test may change."""
    return make_world(api, database)


@pytest.fixture
def post(database: Database, queue: Queue) -> Post:
    """What is mailed, nothing at first."""
    mailbox = Mailbox()
    mailbox.empty()
    return Post(queue, mailbox)
