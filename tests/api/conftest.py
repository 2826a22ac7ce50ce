"""A world for the modules that only ever are refused."""

import os
from collections.abc import Iterator

import pytest

from local.postgres import Cluster
from tests.conftest import DATABASE, Queue
from tests.support.api import Api
from tests.support.cast import Cast
from tests.support.database import Database
from tests.support.forged_provider import Provider, specimen_of_a_provider
from tests.support.invoking import Lambda
from tests.support.mailbox import Mailbox
from tests.support.oidc_desk import OidcDesk
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


@pytest.fixture(scope="session", autouse=True)
def specimen_provider(stage: dict[str, str]) -> Iterator[None]:
    """An OpenID provider at the specimens' address, so that a route that calls it does what it should."""
    function = Lambda()
    function.script = specimen_of_a_provider
    os.environ["AWS_ENDPOINT_URL_LAMBDA"] = function.url
    yield
    del os.environ["AWS_ENDPOINT_URL_LAMBDA"]
    function.stop()


@pytest.fixture
def egress_function(stage: dict[str, str], monkeypatch: pytest.MonkeyPatch) -> Iterator[Lambda]:
    """The egress function, invoked as Lambda's API has it invoked."""
    function = Lambda()
    monkeypatch.setenv("AWS_ENDPOINT_URL_LAMBDA", function.url)
    yield function
    function.stop()


@pytest.fixture
def provider() -> Iterator[Provider]:
    """An OpenID provider that a test may make lie."""
    provider = Provider()
    yield provider
    provider.stop()


@pytest.fixture
def oidc(api: Api, cast: Cast, database: Database, provider: Provider, egress_function: Lambda) -> OidcDesk:
    """Acme with that provider, not set up yet."""
    return OidcDesk(api, cast, database, provider)
