"""From what the API does to the mails that come of it: the queue, its consumer, and SES, in process."""

import re
from collections.abc import Mapping
from email.message import EmailMessage
from typing import Any

from tests.conftest import Queue
from tests.support.mailbox import Mailbox, deliver, text_of

TOKEN = re.compile(r"[A-Za-z0-9_-]{43}")


class Post:
    """The mails of a test. `arrive` first lets the notification Lambda do what waits in the queue."""

    def __init__(self, queue: Queue, mailbox: Mailbox) -> None:
        self.queue = queue
        self.mailbox = mailbox
        self.told: list[Mapping[str, Any]] = []

    def arrive(self) -> list[EmailMessage]:
        """All mails so far, those of what has just happened among them."""
        told = self.queue.take()
        self.told += told
        assert deliver(*told) == []
        return self.mailbox.mails

    def last(self, address: str) -> EmailMessage:
        """The newest mail to an address."""
        return [mail for mail in self.arrive() if mail["To"].addresses[0].addr_spec == address][-1]

    def token(self, address: str) -> str:
        """The token of the newest mail to an address."""
        return token_of(self.last(address))


def token_of(mail: EmailMessage) -> str:
    """The token that stands by itself in a mail's text."""
    (token,) = filter(TOKEN.fullmatch, text_of(mail).splitlines())
    return token
