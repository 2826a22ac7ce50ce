"""The public look-up's shapes, for the document: its own Lambda reads and answers by hand."""

from datetime import datetime
from typing import Annotated

from pydantic import StringConstraints

from chalicelib.api.schemas.common import In, Out
from chalicelib.models.words import Priority, Status, TicketType


class LookUpIn(In):
    """The ticket's label and its requester's email: both must fit."""

    label: Annotated[str, StringConstraints(min_length=1, max_length=40)]
    email: Annotated[str, StringConstraints(min_length=1, max_length=254)]


class LookUpOut(Out):
    """How far a ticket is. No conversation, nobody's name but the desk's."""

    label: str
    subject: str
    status: Status
    type: TicketType
    priority: Priority
    category: str | None
    desk: str
    created_at: datetime
    updated_at: datetime
    resolved_at: datetime | None
    closed_at: datetime | None
    due_at: datetime | None
    breached: bool
