"""Mails behind a ticket as they go out."""

from datetime import datetime
from typing import Literal
from uuid import UUID

from chalicelib.api.schemas.attachments import DownloadOut
from chalicelib.api.schemas.common import Out, PageQuery
from chalicelib.api.schemas.quarantine import MailboxRef, SenderOut


class TicketMailQuery(PageQuery):
    """Sort of a list of mails."""

    sort: Literal["received_at", "-received_at"] = "received_at"


class TicketMailOut(Out):
    """A mail that opened the ticket, or was the comment that `comment_id` names. `authenticated`: whether its
    sender's domain vouches for it; `automatic`: whether a machine wrote it."""

    id: UUID
    comment_id: UUID | None
    sender: SenderOut
    recipients: list[str]
    subject: str | None
    message_id: str | None
    size: int
    files: int
    automatic: bool
    authenticated: bool
    mailbox: MailboxRef | None
    received_at: datetime


class TicketMailDetail(TicketMailOut):
    """The same with all of its text, of which the comment may have less, and a link that fetches it as it
    came, for five minutes. Without that: a mail older than 90 days, one with links that let somebody in, one
    with files that are not known to be clean, one from before somebody was erased."""

    text: str | None
    raw: DownloadOut | None
