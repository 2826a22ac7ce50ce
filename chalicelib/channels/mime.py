"""A mail as it came over the wire, read into an InboundMail. Pure: no bytes make it raise, take it longer
than their length does, or need more memory than some times their size."""

from collections.abc import Iterable
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

from chalicelib.channels import automatic, bodies, bounces, decoding, mailboxes, message_ids, parts
from chalicelib.channels.fields import Fields, Head
from chalicelib.channels.inbound_mail import Attachment, InboundMail
from chalicelib.channels.mailboxes import Mailbox
from chalicelib.channels.parts import Part

__all__ = ["Attachment", "InboundMail", "parse"]

MAX_SUBJECT = 1000
# What the sender wrote, and no server on the way.
_WRITTEN = ("from", "sender", "to", "cc", "date", "subject", "in-reply-to", "references")


def parse(raw: bytes) -> InboundMail:
    """Reads a mail (RFC 5322, MIME). Whatever is broken in it is read as far as it can be."""
    if b"\n" not in raw:
        raw = raw.replace(b"\r", b"\n")
    root, cut = parts.take_apart(raw)
    head, found = root.head, bodies.read(raw, root)
    senders, to, cc = (_all(head, name) for name in (("from", "sender", "return-path"), ("to",), ("cc",)))
    answered = [each for value in head.fields.get("in-reply-to", ()) for each in message_ids.ids(value)]
    is_bounce = bounces.is_bounce(head.fields, root)
    return InboundMail(
        message_id=_message_id(raw, root),
        in_reply_to=answered[0] if answered else None,
        references=message_ids.references((*head.fields.get("references", ()), " ".join(answered[1:]))),
        from_name=senders[0].name if senders else "",
        from_address=senders[0].address if senders else None,
        to=tuple(each.address for each in to),
        cc=tuple(each.address for each in cc),
        reply_to=next((each.address for each in _all(head, ("reply-to",))), None),
        subject=decoding.line(decoding.words(head.first("subject")), MAX_SUBJECT),
        text=found.text,
        html=found.html,
        date=date_of(head.first("date")),
        attachments=tuple(found.attachments),
        auto_submitted=is_bounce or automatic.reason(head.fields) is not None,
        is_bounce=is_bounce,
        names={each.address: each.name for each in (*cc, *to, *senders[:1]) if each.name},
        headers=head.fields,
        incomplete=cut or found.cut,
    )


def date_of(value: str) -> datetime | None:
    """The moment in UTC; what tells no zone is taken for UTC. None for what is no date."""
    try:
        moment = parsedate_to_datetime(value[:100])
        return (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).astimezone(UTC)
    except (ValueError, TypeError, IndexError, OverflowError):
        return None


def _all(head: Head, names: Iterable[str]) -> tuple[Mailbox, ...]:
    """The addresses of these fields, each once, those of the first name first."""
    found: dict[str, Mailbox] = {}
    for name in names:
        for value in head.fields.get(name, ())[:20]:
            for mailbox in mailboxes.mailboxes(value):
                found.setdefault(mailbox.address, mailbox)
    return tuple(found.values())[: mailboxes.MAX_ADDRESSES]


def _message_id(raw: bytes, root: Part) -> str:
    for value in root.head.fields.get("message-id", ()):
        for each in message_ids.ids(value):
            return each
    return message_ids.stand_in(_written(root.head.fields), memoryview(raw)[root.head.body :])


def _written(fields: Fields) -> Iterable[str]:
    return (f"{name}:{value}" for name in _WRITTEN for value in fields.get(name, ()))
