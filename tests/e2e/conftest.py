"""The deployed stage: the packaged application in the emulated cloud, on ports and data of its own."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from local.stack import Stack
from tests.e2e.http import Http


@pytest.fixture(scope="session")
def stack(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stack]:
    """A whole stack, deployed once for the run; nothing of it stays."""
    stack = Stack(
        Path(tmp_path_factory.mktemp("stack")), durable=False, stage="test", bcrypt_cost=4, demo=False
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


class Mailbox:
    """The emulated SES's sent mail."""

    def __init__(self, endpoint: str) -> None:
        self.inspection = Http(endpoint)

    def to(self, address: str) -> list[dict[str, str]]:
        """The messages to an address, oldest first: Subject, BodyText, BodyHtml, Source."""
        accounts = self.inspection.get("/_ministack/ses/messages").json["messages"]
        sent = [message for messages in accounts.values() for message in messages]
        return [message for message in sent if any(address in to for to in message["To"])]
