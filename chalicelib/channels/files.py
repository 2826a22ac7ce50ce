"""The files of a mail on their way to a ticket: announced in the transaction that makes it, put into the
bucket after it, where they are received like any other (tickets/receiving.py). Their ids follow from the
message's, so that a second delivery puts what the first did not get to."""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID, uuid5

from chalicelib.channels import queries
from chalicelib.channels.inbound_mail import Attachment
from chalicelib.core import storage
from chalicelib.core.db import Transaction
from chalicelib.tickets import file_names
from chalicelib.tickets.file_links import BYTES, HARMLESS, object_key

# What the table of files takes.
MAX_BYTES = 26_214_400


@dataclass(frozen=True)
class Sent:
    """A file that is to be put into the bucket."""

    workspace_id: UUID
    id: UUID
    content_type: str
    content: bytes

    def put(self, bucket: str) -> None:
        """Writes the object unless it is there. Raises Unavailable."""
        kept = {
            "ContentType": self.content_type if self.content_type in HARMLESS else BYTES,
            "ContentDisposition": "attachment",
            "CacheControl": "private, no-store",
        }
        storage.put_once(bucket, object_key(self.workspace_id, self.id), self.content, headers=kept)


def is_taken(file: Attachment) -> bool:
    """Whether a ticket takes the file: no programs, nothing empty, nothing too large."""
    return 0 < len(file.content) <= MAX_BYTES and not file_names.is_executable(
        file_names.clean(file.filename)
    )


def attach(
    tx: Transaction,
    workspace_id: UUID,
    message_id: UUID,
    ticket_id: UUID,
    comment_id: UUID | None,
    user_id: UUID | None,
    files: Sequence[Attachment],
) -> list[Sent]:
    """Announces the files that the ticket takes; what is to be put into the bucket."""
    taken = _of(workspace_id, message_id, files)
    if not taken:
        return []
    rows = [
        (each.id, file_names.clean(file.filename), _type(file), len(each.content)) for each, file in taken
    ]
    there = queries.attach(tx, workspace_id, ticket_id, comment_id, user_id, rows)
    return [each for each, _ in taken if each.id in there]


def still_awaited(
    tx: Transaction, workspace_id: UUID, message_id: UUID, files: Sequence[Attachment]
) -> list[Sent]:
    """Those that were announced by an earlier delivery and are not in the bucket yet."""
    taken = [each for each, _ in _of(workspace_id, message_id, files)]
    there = queries.awaited(tx, workspace_id, [each.id for each in taken]) if taken else ()
    return [each for each in taken if each.id in there]


def _of(workspace_id: UUID, message_id: UUID, files: Sequence[Attachment]) -> list[tuple[Sent, Attachment]]:
    return [
        (Sent(workspace_id, uuid5(message_id, str(place)), _type(file), file.content), file)
        for place, file in enumerate(files)
        if is_taken(file)
    ]


def _type(file: Attachment) -> str:
    """As much of it as is kept."""
    return file.content_type if 3 <= len(file.content_type.encode()) <= 255 else BYTES
