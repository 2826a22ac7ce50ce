"""What there is to tell of a ticket: what queries.py reads and rendering.py writes."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from uuid import UUID


@dataclass(frozen=True)
class Brand:
    """How a workspace's mails look, where it says so."""

    color: str | None = None
    logo_url: str | None = None
    footer: str | None = None


PLAIN = Brand()


@dataclass(frozen=True)
class Question:
    """How the help was: the token of the link that answers it, and the last day that it can, in the
    workspace's zone."""

    token: str = field(repr=False)
    until: str


@dataclass(frozen=True)
class Facts:
    """What a mail may tell of a ticket, as it is now. `due` is in the workspace's zone.

    `comment`: the event's own, or the public one of the same change; `mentions`: whom it mentions now.
    `later_actions`: of the same change too. `score`: of the event's rating, whose comment it is
    then. `comment_html`: the comment's, which can do nothing. `mail_key` signs the ids of its mails;
    `mailbox`: the address that it came to by mail, None for the workspace's own; `language`: in which that
    writes to customers, None for the workspace's; `opened_by`: the id of the mail that opened it.
    """

    label: str
    subject: str
    description: str
    status: str
    priority: str
    type: str
    source: str
    requester_id: UUID
    requester: str
    team: str
    actor: str | None
    actor_role: str | None
    comment: str | None
    visibility: str | None
    author: str | None
    due: str | None
    later_actions: Sequence[str]
    brand: Brand = PLAIN
    mentions: Sequence[UUID] = ()
    score: int | None = None
    mail_key: bytes = field(default=b"", repr=False)
    mailbox: str | None = None
    language: str | None = None
    opened_by: str | None = None
    comment_html: str | None = field(default=None, repr=False)
