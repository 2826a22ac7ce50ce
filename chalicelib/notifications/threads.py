"""Message ids: the same mail always has the same one, and all mails of a ticket refer to one root.

SES puts an id of its own in the place of ours but leaves References alone: so a thread hangs on its root,
which no mail ever had as its id. The ids of mails about tickets are signed, for replies to them are read: see
core/signed_ids.py.
"""

from uuid import UUID


def message_id(event_id: int, user_id: UUID, domain: str) -> str:
    """The mail that tells this event to this user, however often it is sent (RFC 5322 §3.6.4); of no ticket,
    so unsigned."""
    return f"<{event_id}.{user_id.hex}@{domain}>"


def root(ticket_id: UUID, domain: str) -> str:
    """What every mail of the ticket refers to."""
    return f"<ticket.{ticket_id.hex}@{domain}>"
