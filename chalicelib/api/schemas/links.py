"""Links between tickets as they come in and go out."""

from datetime import datetime
from typing import Literal
from uuid import UUID

from chalicelib.api.schemas.common import In, Out
from chalicelib.models.words import Priority, Status


class LinkIn(In):
    """What this ticket is to the other one: this `blocks` that; this is the `parent` of that."""

    type: Literal["relates", "duplicates", "duplicated_by", "blocks", "blocked_by", "parent", "child"]
    ticket_id: UUID


class LinkedTicketOut(Out):
    id: UUID
    label: str
    subject: str
    status: Status
    priority: Priority


class LinkAuthorOut(Out):
    id: UUID
    name: str


class LinkOut(Out):
    """What the ticket is to the other one (`parent`: the other is its child). `created_by` is the staff's to
    know, and null for programs."""

    id: UUID
    type: Literal[
        "relates",
        "duplicates",
        "duplicated_by",
        "blocks",
        "blocked_by",
        "parent",
        "child",
        "follow_up_of",
        "followed_up_by",
        "split_from",
        "split_into",
    ]
    ticket: LinkedTicketOut
    created_by: LinkAuthorOut | None
    created_at: datetime
