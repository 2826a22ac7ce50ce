"""What a mail says once it is read. Pure data: all text can be written as UTF-8 and kept by PostgreSQL."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime


@dataclass(frozen=True, slots=True)
class Attachment:
    """A file in the mail. `filename` is one safe segment and need not be unique; `content_id` stands without
    its angle brackets; `inline`: the HTML shows it, or it was sent to be shown."""

    filename: str
    content_type: str
    content: bytes = field(repr=False)
    content_id: str | None = None
    inline: bool = False


@dataclass(frozen=True, slots=True)
class InboundMail:
    """One mail.

    Message ids stand in their angle brackets; `message_id` is a hash of the content where the mail has none.
    Addresses are spelled as accounts are (lower case, domains in IDNA); None, or left out, where there is no
    valid one. `from_address` falls back on Sender, then Return-Path. `subject` is one line, decoded, may be
    empty. `text` is the plain text, made of the HTML where there is only that; `html` is as it was sent:
    never show it unclean. `date` is aware and in UTC. `headers` has every field by its name in lower case, in
    the order in which they stand, unfolded but with encoded words as they are. `incomplete`: some of it was
    beyond what is read (the raw mail has all).
    """

    message_id: str
    in_reply_to: str | None
    references: tuple[str, ...]
    from_name: str
    from_address: str | None
    to: tuple[str, ...]
    cc: tuple[str, ...]
    reply_to: str | None
    subject: str
    text: str
    html: str | None
    date: datetime | None
    attachments: tuple[Attachment, ...]
    auto_submitted: bool
    is_bounce: bool
    names: Mapping[str, str] = field(default_factory=dict)
    headers: Mapping[str, tuple[str, ...]] = field(default_factory=dict, repr=False)
    incomplete: bool = False

    def header(self, name: str) -> str:
        """The topmost field of this name (in lower case), or an empty text."""
        return self.headers.get(name, ("",))[0]
