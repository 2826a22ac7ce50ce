"""A mail as the desk takes it in: what it says, what the receiving server says of it, and where it is kept.
Pure."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property
from hashlib import sha256
from typing import Any, Self

from chalicelib.accounts.emails import without_tag
from chalicelib.channels import decoding, envelope, quoting
from chalicelib.channels.envelope import Envelope
from chalicelib.channels.inbound_mail import InboundMail
from chalicelib.channels.mime import parse

MAX_TEXT_BYTES = 65_536
MAX_SUBJECT = 200
MAX_NAME = 150
MAX_RECIPIENTS = 100


@dataclass(frozen=True)
class Letter:
    """A mail and its envelope. `object_key`: of the mail as it came."""

    object_key: str
    size: int
    mail: InboundMail
    envelope: Envelope

    @classmethod
    def read(cls, object_key: str, raw: bytes) -> Self:
        return cls(object_key, len(raw), parse(raw), envelope.read(raw))

    @property
    def sender(self) -> str | None:
        """Whom it claims to be from; None where it says nobody."""
        return self.mail.from_address

    @cached_property
    def text(self) -> str:
        """All of it, without the links of ours that let in whoever has them."""
        return quoting.without_own_links(self.mail.text)

    @cached_property
    def said(self) -> str:
        """What is new in it, without the mail that it answers."""
        return quoting.stripped(self.text)

    @property
    def is_proven(self) -> bool:
        """Whether the sender's domain vouches for it."""
        return self.sender is not None and self.envelope.proves(self.sender)

    @property
    def name(self) -> str:
        """The sender's, as it may be kept of a person."""
        shown = " ".join(self.mail.from_name.split())[:MAX_NAME]
        if decoding.is_seen(shown):
            return shown
        return (self.sender or "").partition("@")[0][:MAX_NAME]

    @property
    def recipients(self) -> list[str]:
        """Who got it beside: To and Cc."""
        return list(dict.fromkeys((*self.mail.to, *self.mail.cc)))[:MAX_RECIPIENTS]

    def addresses(self) -> list[str]:
        """Where it may have come to: the envelope's recipient first, then what the headers say."""
        envelope = [self.envelope.recipient] if self.envelope.recipient else []
        return list(dict.fromkeys([*_and_without_tags(envelope), *self.named()]))

    def named(self) -> list[str]:
        """Where the headers say that it goes to."""
        return _and_without_tags(self.recipients)

    def facts(self) -> Mapping[str, Any]:
        """What is written down of it."""
        return {
            "object_key": self.object_key,
            "size": self.size,
            "dedupe_key": self.dedupe_key,
            "message_id": self.mail.message_id,
            "from_address": self.sender,
            "from_name": self.name or None,
            "subject": self.mail.subject[:MAX_SUBJECT],
            "body": fitting(self.text) or None,
            "recipients": self.recipients,
            "automatic": self.mail.auto_submitted,
            "authenticated": self.is_proven,
            "files": len(self.mail.attachments),
            "holds_links": quoting.holds_own_links(self.mail.text)
            or quoting.holds_own_links(self.mail.html or ""),
        }

    @property
    def dedupe_key(self) -> str:
        """Of the same mail the same one, and another for who sends something else under its id."""
        said = f"{self.mail.message_id}\n{self.sender or ''}"
        return sha256(said.encode("utf-8", "replace")).hexdigest()


def _and_without_tags(addresses: Iterable[str]) -> list[str]:
    return list(dict.fromkeys(plain for each in addresses for plain in (each, without_tag(each))))


def fitting(text: str) -> str:
    """As much of a text as a description or a comment can hold."""
    trimmed = text.strip() if decoding.is_seen(text) else ""
    if len(trimmed.encode("utf-8", "replace")) <= MAX_TEXT_BYTES:
        return trimmed
    return trimmed.encode("utf-8", "replace")[: MAX_TEXT_BYTES - 4].decode("utf-8", "ignore").rstrip() + "\n…"


def others(letter: Letter, ours: Iterable[str]) -> list[str]:
    """Whom it was sent to beside the desk."""
    known = {*ours, letter.sender}
    return [each for each in letter.recipients if each not in known]
