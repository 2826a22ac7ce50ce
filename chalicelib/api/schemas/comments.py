"""Comments and watchers as they come in and go out."""

from datetime import datetime
from typing import Any, NotRequired
from uuid import UUID

from chalicelib.api.schemas.attachments import AttachmentOut
from chalicelib.api.schemas.common import In, LongText, Out, PersonRef
from chalicelib.models.words import Visibility


class CommentIn(In):
    """In Markdown. The staff mentions colleagues by `@` and a name that is theirs alone: the email, the whole
    name (`@Ana Diaz`, `@[Ana Diaz]`), what stands before the email's `@`, the first name."""

    body: LongText
    visibility: Visibility = Visibility.PUBLIC


class CommentEditIn(In):
    """The whole text anew."""

    body: LongText


class MentionOut(Out):
    id: UUID
    name: str


class CommentOut(Out):
    """A comment: its Markdown as it was written, and HTML that is safe to show. `from_desk` tells the desk's
    from a customer's.

    `follow_up` is the ticket that a customer's comment on a finished one opened instead; `id` is null then.
    One that was taken back is shown to the staff alone, without its text. So are `mentions`,
    `deleted_by`, and `mail_id`: the mail that it was, among those of its ticket.
    """

    id: UUID | None
    ticket_id: UUID
    author: PersonRef | None
    from_desk: bool
    visibility: Visibility
    body: str | None
    body_html: str | None
    source: str
    created_at: datetime
    edited_at: datetime | None
    deleted_at: datetime | None
    attachments: list[AttachmentOut]
    deleted_by: NotRequired[MentionOut | None]
    mentions: NotRequired[list[MentionOut] | None]
    mail_id: NotRequired[UUID | None]
    follow_up: NotRequired[dict[str, Any] | None]


class WatcherIn(In):
    """Who is to watch; you, where it is left out."""

    user_id: UUID | None = None


class WatcherOut(Out):
    """Who watches, and since when."""

    id: UUID
    name: str
    email: str
    role: str
    created_at: datetime
