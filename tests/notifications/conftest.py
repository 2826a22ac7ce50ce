"""What tests of notifications share: an arranged desk, and the mails that went out."""

import pytest

from tests.support.cast import Cast
from tests.support.database import Database
from tests.support.desk import Desk
from tests.support.mailbox import Mailbox


@pytest.fixture
def desk(database: Database, cast: Cast) -> Desk:
    return Desk(database, cast)


@pytest.fixture
def mailbox(database: Database) -> Mailbox:
    """Empty at first."""
    mailbox = Mailbox()
    mailbox.empty()
    return mailbox
