"""The links that end mails about watched tickets: signed with the workspace's key, so that they need no row,
never end, and say nothing to who has another.

A token is base64url, unpadded, of the workspace's, the user's and the ticket's id, 16 bytes each, and 160
bits of an HMAC. Without a ticket (zeros) it is of all that the user watches.
"""

import binascii
import hmac
from base64 import b64decode, urlsafe_b64encode
from dataclasses import dataclass
from hashlib import sha256
from uuid import UUID

_SIGNATURE_BYTES = 20
_BYTES = 3 * 16 + _SIGNATURE_BYTES
LENGTH = (_BYTES * 4 + 2) // 3


@dataclass(frozen=True)
class Link:
    """What a token names, and the signature that is still to be checked."""

    workspace_id: UUID
    user_id: UUID
    ticket_id: UUID | None
    signature: bytes

    def is_genuine(self, key: bytes) -> bool:
        """Whether this workspace has made it. `key`: the workspace's."""
        ours = _signature(key, self.workspace_id, self.user_id, self.ticket_id)
        return bool(key) and hmac.compare_digest(self.signature, ours)


def token(key: bytes, workspace_id: UUID, user_id: UUID, ticket_id: UUID | None = None) -> str:
    """The token that ends the mails of this ticket to this user, or of all that they watch."""
    ids = workspace_id.bytes + user_id.bytes + (ticket_id.bytes if ticket_id else bytes(16))
    whole = ids + _signature(key, workspace_id, user_id, ticket_id)
    return urlsafe_b64encode(whole).rstrip(b"=").decode()


def read(token: str) -> Link | None:
    """What it names; None for what is no token, or another spelling of one."""
    if len(token) != LENGTH or not token.isascii():
        return None
    try:
        whole = b64decode(token + "=" * (-LENGTH % 4), altchars=b"-_", validate=True)
    except binascii.Error:
        return None
    if urlsafe_b64encode(whole).rstrip(b"=").decode() != token:
        return None
    workspace_id, user_id, ticket_id = (UUID(bytes=whole[at : at + 16]) for at in (0, 16, 32))
    return Link(workspace_id, user_id, ticket_id if ticket_id.int else None, whole[48:])


def _signature(key: bytes, workspace_id: UUID, user_id: UUID, ticket_id: UUID | None) -> bytes:
    what = f"unsubscribe {workspace_id.hex} {user_id.hex} {ticket_id.hex if ticket_id else ''}"
    return hmac.new(key, what.encode(), sha256).digest()[:_SIGNATURE_BYTES]
