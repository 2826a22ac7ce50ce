"""Ids of messages (RFC 5322 §3.6.4): those in headers, and what stands in for a missing one. Pure."""

import re
from collections.abc import Iterable
from hashlib import sha256
from uuid import UUID

from chalicelib.channels import decoding
from chalicelib.channels.inbound_mail import InboundMail

# Longer ones are kept as their hash: an index takes no more.
MAX_LENGTH = 500
MAX_REFERENCES = 100
CHUNK = 1_048_576

_ID = re.compile(r"<([^<>]+)>")
_SPACE = re.compile(r"\s+")
_TICKET = re.compile(r"<ticket\.([0-9a-f]{32})@([^<>@\s]+)>")


def ids(value: str) -> tuple[str, ...]:
    """Every id of a field, each once and in its angle brackets; one without them counts where it is alone.
    Encoded words count too: Python's library writes ids so that are longer than a line, as SES's are."""
    if "=?" in value:
        value = decoding.line(decoding.words(value), len(value))
    found = [_SPACE.sub("", match) for match in _ID.findall(value)]
    if not found and "@" in value and "<" not in value:
        found = [each for each in value.replace(">", " ").split() if "@" in each][:1]
    return tuple(dict.fromkeys(_bounded(each) for each in found if each))


def references(values: Iterable[str]) -> tuple[str, ...]:
    """The ids of the References fields; of very many the first, which is the thread's, and the last ones."""
    found = tuple(dict.fromkeys(each for value in values for each in ids(value)))
    return found if len(found) <= MAX_REFERENCES else (found[0], *found[1 - MAX_REFERENCES :])


def stand_in(said: Iterable[str], body: bytes | memoryview) -> str:
    """An id made of what the sender wrote, so that the same mail has the same one however it came here."""
    digest = sha256("\0".join(said).encode())
    digest.update(b"\0")
    for start in range(0, len(body), CHUNK):  # in pieces: a copy of the whole could be as large as the mail
        digest.update(bytes(body[start : start + CHUNK]).replace(b"\r", b""))
    return f"<{digest.hexdigest()[:40]}@content.invalid>"


def candidates(mail: InboundMail) -> tuple[str, ...]:
    """The ids that this mail may answer, nearest first: In-Reply-To, then References from the last one."""
    answered = (mail.in_reply_to,) if mail.in_reply_to else ()
    return tuple(dict.fromkeys((*answered, *reversed(mail.references))))


def tickets(candidates: Iterable[str], domain: str) -> tuple[UUID, ...]:
    """The tickets whose roots are among these ids; `domain` is that of the ids we send."""
    roots = (_TICKET.fullmatch(each) for each in candidates)
    return tuple(dict.fromkeys(UUID(root[1]) for root in roots if root and root[2].lower() == domain.lower()))


def _bounded(bare: str) -> str:
    if len(bare) <= MAX_LENGTH:
        return f"<{bare}>"
    return f"<{sha256(bare.encode()).hexdigest()[:40]}@long.invalid>"
