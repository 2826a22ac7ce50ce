"""What the desk notes on a ticket by itself, for the staff: nobody is mailed about it."""

from uuid import UUID

from chalicelib.models.words import Source, Visibility
from chalicelib.tickets.commenting import add_comment
from chalicelib.tickets.draft import Draft


def note(draft: Draft, text: str) -> UUID | None:
    """Writes a note; on an archived or merged ticket none."""
    if draft.ticket.archived_at is not None or draft.ticket.merged_into is not None:
        return None
    made = add_comment(draft, text, Visibility.INTERNAL, Source.EMAIL, automatic=True)
    draft.save(counts=False)
    return made.id
