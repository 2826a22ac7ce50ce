"""Message ids: the same mail always has the same one, and all mails of a ticket refer to one root.

SES puts an id of its own in the place of ours but leaves References alone: so a thread hangs on its root,
which no mail ever had as its id. The ids of mails about tickets are signed, for replies to them are read: see
core/signed_ids.py.
"""

import re
from uuid import UUID

from chalicelib.core import signed_ids

# An id as another system may have made it: not one that stands in for a missing or a long one (RFC 2606).
_THEIRS = re.compile(r"<(?![^>]*\.invalid>)[!-;=?-~]{3,250}>")


def message_id(event_id: int, user_id: UUID, domain: str) -> str:
    """The mail that tells this event to this user, however often it is sent (RFC 5322 §3.6.4); of no ticket,
    so unsigned."""
    return f"<{event_id}.{user_id.hex}@{domain}>"


def root(ticket_id: UUID, domain: str) -> str:
    """What every mail of the ticket refers to."""
    return f"<ticket.{ticket_id.hex}@{domain}>"


def references(ticket_id: UUID, opened_by: str | None, own: str, domain: str) -> tuple[str, ...]:
    """From the root to the mail itself. Between them the mail that opened the ticket, if one did: beside it
    its sender's program shows ours."""
    is_theirs = opened_by and _THEIRS.fullmatch(opened_by) and not signed_ids.tickets_among([opened_by])
    return (root(ticket_id, domain), *([opened_by] if opened_by and is_theirs else []), own)
