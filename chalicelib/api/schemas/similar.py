"""Similar tickets as they go out."""

from datetime import datetime
from typing import Annotated
from uuid import UUID

from pydantic import Field

from chalicelib.api.schemas.common import In, Out
from chalicelib.models.words import Priority, Status, TicketType


class SimilarQuery(In):
    """How many at most."""

    limit: Annotated[int, Field(ge=1, le=20)] = 10


class SimilarTicketOut(Out):
    id: UUID
    number: int
    label: str
    subject: str
    type: TicketType
    priority: Priority
    status: Status
    category: str | None
    created_at: datetime
    resolved_at: datetime | None
    closed_at: datetime | None
    archived_at: datetime | None
    merged_into: UUID | None


class SimilarOut(Out):
    """A ticket, and how much of the words that matter it shares: from 0 to 1, which is all of them."""

    score: float
    ticket: SimilarTicketOut


class SimilarList(Out):
    """The most similar first."""

    items: list[SimilarOut]
