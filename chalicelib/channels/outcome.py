"""What became of a mail."""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from chalicelib.channels.files import Sent
from chalicelib.models.words import Arrival, Doubt


@dataclass(frozen=True)
class Became:
    """`user_id`: who sent it. `keeps_body`: whether its whole text is written down beside what was made of
    it."""

    arrival: Arrival
    ticket_id: UUID | None = None
    comment_id: UUID | None = None
    user_id: UUID | None = None
    reason: Doubt | None = None
    keeps_body: bool = False
    files: Sequence[Sent] = ()
