"""The deployed stage: the packaged application in the emulated cloud, on ports and data of its own."""

import email
import email.policy
import inspect
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from email.message import EmailMessage
from pathlib import Path
from typing import Any

import pytest
from aiosmtpd.controller import Controller

from local.files import free_port
from local.postgres import OWNER
from local.stack import DATABASE, Stack
from tests.e2e.http import Http
from tests.support.database import Database
from tests.support.metrics_server import Points, metrics_server_if_any
from tests.support.stranger import Stranger


def pytest_collection_modifyitems(items: list[pytest.Function]) -> None:
    """What waits for the stack's clock is judged last."""
    items.sort(key=lambda item: item.get_closest_marker("waits") is not None)


class Outbox:
    """aiosmtpd's handler: keeps what SES hands on, headers and all."""

    def __init__(self) -> None:
        self.mails: list[EmailMessage] = []

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:
        self.mails.append(email.message_from_bytes(envelope.content, policy=email.policy.default))
        return "250 OK"

    def to(self, address: str) -> list[EmailMessage]:
        return [mail for mail in self.mails if address in str(mail["To"])]


@pytest.fixture(scope="session")
def relay() -> Iterator[tuple[str, Outbox]]:
    """An SMTP server that SES hands its mail on to, and what it has got."""
    outbox = Outbox()
    controller = Controller(outbox, hostname="127.0.0.1", port=free_port())
    controller.start()
    yield f"127.0.0.1:{controller.port}", outbox
    controller.stop()


@pytest.fixture(scope="session")
def outbox(relay: tuple[str, Outbox]) -> Outbox:
    """What the desk has sent, as it arrives."""
    return relay[1]


@pytest.fixture(scope="session")
def points(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Points]:
    """The server that the stack writes points to, where this machine has one."""
    yield from metrics_server_if_any(Path(tmp_path_factory.mktemp("points")))


@pytest.fixture(scope="session")
def stack(
    tmp_path_factory: pytest.TempPathFactory, relay: tuple[str, Outbox], points: Points
) -> Iterator[Stack]:
    """A whole stack, deployed once for the run; nothing of it stays."""
    stack = Stack(
        Path(tmp_path_factory.mktemp("stack")),
        relay=relay[0],
        durable=False,
        stage="test",
        bcrypt_cost=4,
        demo=False,
        influx_url=points.url,
    )
    stack.up(bound=True)
    yield stack
    stack.destroy()


@pytest.fixture(scope="session")
def http(stack: Stack) -> Http:
    """The API over real HTTP, through the gateway and its authorizer."""
    return Http(stack.api_url)


@pytest.fixture(scope="session")
def mail(stack: Stack) -> "Mailbox":
    """What SES has sent."""
    return Mailbox(stack.endpoint)


@pytest.fixture(scope="session")
def database(stack: Stack) -> Iterator[Database]:
    """As who owns the tables, and sees one workspace at a time as everybody does."""
    database = Database(stack.cluster.dsn(OWNER, DATABASE))
    yield database
    database.close()


@pytest.fixture(scope="session")
def receivers() -> Iterator[Callable[[], Stranger]]:
    """Makes somebody whom webhooks call, at `/hook`."""
    made: list[Stranger] = []

    def receiver() -> Stranger:
        made.append(Stranger())
        made[-1].says("/hook", b"thank you")
        return made[-1]

    yield receiver
    for each in made:
        each.stop()


@pytest.fixture(scope="session", autouse=True)
def underway(request: pytest.FixtureRequest, stack: Stack) -> Iterator[None]:
    """Begins the tests marked `waits`, each on a thread of its own; what each comes to is told in its turn,
    after the others. Their fixtures are the session's."""
    pool = ThreadPoolExecutor(max_workers=32, thread_name_prefix="waits")
    for item in request.session.items:
        if isinstance(item, pytest.Function) and item.get_closest_marker("waits"):
            names = inspect.signature(item.obj).parameters
            begun = pool.submit(item.obj, **{name: request.getfixturevalue(name) for name in names})
            item.obj = _outcome_of(begun)
    yield
    pool.shutdown(wait=False)  # what an interruption leaves going fails as soon as the stack is gone


def _outcome_of(begun: "Future[None]") -> Any:
    return lambda **_: begun.result()


class Mailbox:
    """The emulated SES's sent mail."""

    def __init__(self, endpoint: str) -> None:
        self.inspection = Http(endpoint)

    def to(self, address: str) -> list[dict[str, str]]:
        """The messages to an address, oldest first: Subject, BodyText, BodyHtml, Source."""
        accounts = self.inspection.get("/_ministack/ses/messages").json["messages"]
        sent = [message for messages in accounts.values() for message in messages]
        return [message for message in sent if any(address in to for to in message["To"])]
