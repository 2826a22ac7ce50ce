"""Mails in quarantine as they go out."""

from datetime import datetime
from typing import Literal
from uuid import UUID

from chalicelib.api.schemas.common import Out, PageQuery
from chalicelib.models.words import Doubt


class QuarantineQuery(PageQuery):
    """Filter and sort of a list of mails in quarantine."""

    reason: Doubt | None = None
    sort: Literal["received_at", "-received_at"] = "-received_at"


class SenderOut(Out):
    """Whom a mail claims to be from."""

    name: str | None
    email: str | None


class MailboxRef(Out):
    id: UUID
    name: str


class QuarantinedOut(Out):
    """A mail that became nothing, and the `reason`. `authenticated`: whether its sender's domain vouches for
    it; `automatic`: whether a machine wrote it. Once it is released, `ticket_id` and `comment_id` say what it
    became."""

    id: UUID
    reason: Doubt
    sender: SenderOut
    subject: str | None
    size: int
    files: int
    automatic: bool
    authenticated: bool
    mailbox: MailboxRef | None
    state: Literal["waiting", "releasing", "released", "dropped"]
    received_at: datetime
    decided_at: datetime | None
    ticket_id: UUID | None
    comment_id: UUID | None


class QuarantinedDetail(QuarantinedOut):
    """The same with its text, its recipients and its Message-ID."""

    body: str | None
    recipients: list[str]
    message_id: str | None
