"""Reports of mail that did not arrive: whether a mail is one, and what it tells. Pure.

Sources: RFC 3464, 6533 (delivery reports), RFC 3463 (status codes), and what servers write that know neither.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from chalicelib.channels import automatic, decoding, fields, mailboxes, message_ids
from chalicelib.channels.fields import Fields
from chalicelib.channels.inbound_mail import Attachment, InboundMail
from chalicelib.channels.parts import Part

MAX_FAILURES = 100
MAX_REPORT = 65_536

_DAEMON = re.compile(r"\b(?:mailer-?daemon|postmaster|mail delivery (?:sub)?system)\b", re.IGNORECASE)
# Subjects end with 7 (RFC 3463 §3): so no version of a program, and no part of an IP address.
_STATUS = re.compile(r"(?<![\w.])([245])\.([0-7])\.(\d{1,3})(?!\.?\w)")
_REPLY_CODE = re.compile(r"\b([45])\d\d[ -]")
# Postfix, Exim, qmail and others, in text: the address on a line of its own or before a colon.
_IN_TEXT = re.compile(
    r"^\s{0,8}<?([^\s<>()@:;,\"]{1,64}@[a-z0-9.-]{1,253}[a-z0-9])>?\s{0,4}:?", re.IGNORECASE
)
# Those that say global are of addresses that are not in ASCII (RFC 6533); some servers say text.
_REPORTS = ("message/delivery-status", "message/global-delivery-status", "text/delivery-status")
_ORIGINALS = ("message/rfc822", "text/rfc822-headers", "message/global", "message/global-headers")
_SENT_BACK = re.compile(
    r"^-{2,}.{0,40}(?:copy of the message|original message|message header).{0,60}$", re.IGNORECASE
)


@dataclass(frozen=True, slots=True)
class Failure:
    """One address that was not reached. `status` as RFC 3463 writes it, or an empty text; `permanent`: trying
    again is of no use; `reason`: what the server said, one line."""

    address: str
    status: str
    permanent: bool
    reason: str


@dataclass(frozen=True, slots=True)
class Report:
    """What did not arrive, where, and the ids by which the mail that was sent can be found, its own first."""

    failures: tuple[Failure, ...]
    original_ids: tuple[str, ...]


def is_bounce(fields: Fields, root: Part) -> bool:
    """Whether this tells that a mail was not delivered, or not yet: a delivery report, or a mail that takes
    no answer and is not the answer of somebody's machine."""
    if root.content_type == "multipart/report":
        said = root.parameters.get("report-type", "").lower()
        return said == "delivery-status" or (not said and _has_report(root))
    is_of_a_server = _DAEMON.search(" ".join(fields.get("from", ()))) is not None
    if "x-failed-recipients" in fields or (is_of_a_server and _has_report(root)):
        return True
    if not any(value.strip() in ("", "<>") for value in fields.get("return-path", ())):
        return False
    # Answers of machines take none either; theirs say so, and come from people.
    return is_of_a_server or automatic.reason(fields) is None


def report(mail: InboundMail) -> Report:
    """What a bounce tells; of what is only delayed there is no failure. Anybody can write one: believe it
    where its ids are among those that were sent."""
    told = [each.content for each in mail.attachments if each.content_type in _REPORTS]
    failures = {each.address: each for content in told for each in _reported(content)}
    if not told and _is_of_a_server(mail):
        failures = {each.address: each for each in _written(mail)}
    return Report(tuple(failures.values())[:MAX_FAILURES], tuple(dict.fromkeys(_ids(mail))))


def _has_report(part: Part) -> bool:
    return part.content_type in _REPORTS or any(map(_has_report, part.children))


def _reported(content: bytes) -> Iterator[Failure]:
    """Of a delivery report, which has a block of fields a recipient (RFC 3464 §2.3). Where the mail was
    handed on to another address, it went to the original one."""
    here, content = 0, content[:MAX_REPORT]
    while here < len(content):
        block = fields.head(content, here, len(content), top=True)
        here = max(block.body, here + 1)
        action = block.first("action").split(" ")[0].lower()
        if action not in ("failed", ""):
            continue
        reason = decoding.line(block.first("diagnostic-code").partition(";")[2], 500)
        status = _status(block.first("status")) or _status(reason)
        for name in ("final-recipient", "original-recipient"):
            for found in mailboxes.mailboxes(block.first(name).rpartition(";")[2])[:1]:
                yield Failure(found.address, status, _is_permanent(status, reason), reason)


def _is_of_a_server(mail: InboundMail) -> bool:
    """What else takes no answer is a person's machine: it may well name an address and a number in 500."""
    said_from = " ".join(mail.headers.get("from", ()))
    return "x-failed-recipients" in mail.headers or _DAEMON.search(said_from) is not None


def _written(mail: InboundMail) -> Iterator[Failure]:
    """Of a bounce in words: addresses in its fields, else those that stand alone in its lines."""
    lines, _ = _parted(mail)
    named = mail.headers.get("x-failed-recipients", ())
    found = [each.address for value in named for each in mailboxes.mailboxes(value)]
    if not found:
        alone = (_IN_TEXT.match(line) for line in lines)
        found = [each.address for match in alone if match for each in mailboxes.mailboxes(match[1])]
    said = decoding.line(" ".join(lines), 4000)
    status = _status(said)
    for address in found:
        yield Failure(address, status, _is_permanent(status, said), said[:500].rstrip())


def _status(text: str) -> str:
    found = _STATUS.search(text)
    return found[0] if found else ""


def _is_permanent(status: str, reason: str) -> bool:
    """By the class of the status, else by the reply code of SMTP; what tells neither may pass."""
    if status:
        return status.startswith("5")
    code = _REPLY_CODE.search(f"{reason} ")
    return code is not None and code[1] == "5"


def _parted(mail: InboundMail) -> tuple[list[str], list[str]]:
    """The lines of the report, and those of the mail that it copied into its text."""
    lines = mail.text[:MAX_REPORT].split("\n")
    end = next((place for place, line in enumerate(lines) if _SENT_BACK.match(line[:200])), len(lines))
    return lines[:end], lines[end + 1 :]


def _ids(mail: InboundMail) -> Iterator[str]:
    """The ids of the mail that comes back: its own, as we gave it and as it was sent, then others."""
    copies = [each.content for each in filter(_is_original, mail.attachments)]
    for copy in (*copies, "\n".join(_parted(mail)[1]).encode()):
        head = fields.head(copy, 0, len(copy), top=True)
        for name in ("x-mesa-message-id", "message-id", "in-reply-to", "references"):
            for value in head.fields.get(name, ()):
                yield from message_ids.ids(value)
    yield from message_ids.candidates(mail)


def _is_original(attachment: Attachment) -> bool:
    return attachment.content_type in _ORIGINALS
