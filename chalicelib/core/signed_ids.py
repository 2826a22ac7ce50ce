"""The ids of mails that went out: signed, so that a reply shows that it answers a mail that was sent to its
sender.

SES puts an id of its own in the place of ours but leaves References alone. So a mail names there the root of
its ticket, which no mail ever had as its id, and behind it itself. Ids are short: what folds headers breaks
words that are longer than a line.
"""

import hmac
import re
from base64 import b32encode
from collections.abc import Iterable
from hashlib import sha256
from uuid import UUID

# 130 bits of the HMAC, in the letters of base 32.
_LENGTH = 26
_SIGNED = re.compile(r"<([0-9]{1,19})\.([a-z2-7]{26})@[^<>@\s]+>")
_ROOT = re.compile(r"<ticket\.([0-9a-f]{32})@[^<>@\s]+>")
_OF_SES = re.compile(r"<([0-9A-Za-z-]{10,100})@(?:[a-z0-9-]+\.)?amazonses\.com>")


def message_id(key: bytes, event_id: int, user_id: UUID, domain: str) -> str:
    """The id of the mail that tells this event to this user, however often it is sent (RFC 5322 §3.6.4).
    `key`: the workspace's."""
    return f"<{event_id}.{_signature(key, event_id, user_id)}@{domain}>"


def sent_to(key: bytes, user_id: UUID | None, ids: Iterable[str]) -> list[str]:
    """Those that this workspace has made for mails to this user. The domain does not matter: it may
    change."""
    return [
        text
        for text in ids
        if user_id is not None
        and (match := _SIGNED.fullmatch(text))
        and hmac.compare_digest(match[2], _signature(key, int(match[1]), user_id))
    ]


def tickets_among(ids: Iterable[str]) -> list[UUID]:
    """The tickets whose roots are named."""
    return [UUID(match[1]) for text in ids if (match := _ROOT.fullmatch(text))]


def may_be_ours(text: str) -> bool:
    """Whether an id looks as if this desk, or SES for it, had made it; only who keeps them can say more."""
    return bool(_SIGNED.fullmatch(text) or _OF_SES.fullmatch(text))


def of_provider_among(ids: Iterable[str]) -> list[str]:
    """What SES calls those that it has sent: its API leaves out the domain, emulators keep it."""
    found = [match[0].strip("<>") for text in ids if (match := _OF_SES.fullmatch(text))]
    return [name for text in found for name in (text.partition("@")[0], text)]


def _signature(key: bytes, event_id: int, user_id: UUID) -> str:
    digest = hmac.new(key, f"mail {event_id} {user_id.hex}".encode(), sha256).digest()
    return b32encode(digest).decode().lower()[:_LENGTH]
