"""Attaching files to a ticket or to an own comment, and taking them off again. The file itself goes from the
caller to the bucket: see file_links.py for the way there and receiving.py for its arrival."""

from collections.abc import Sequence
from dataclasses import asdict, replace
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from chalicelib.accounts.actor import Actor
from chalicelib.accounts.auditing import audit
from chalicelib.accounts.permissions import Permission
from chalicelib.core.db import Transaction
from chalicelib.core.errors import Conflict, FieldProblem, Forbidden, NotFound, ValidationFailed
from chalicelib.models.words import ActorType, Upload
from chalicelib.tickets import attachment_queries, file_names
from chalicelib.tickets.attachment_queries import MAX_A_TICKET
from chalicelib.tickets.draft import Draft, open_draft
from chalicelib.tickets.file_names import NewFile
from chalicelib.tickets.lifecycle import FINISHED
from chalicelib.tickets.ticket import Ticket

WINDOW = timedelta(minutes=15)
PROGRAM = "Programs are not taken. Put it into an archive if it must be sent."


def announce(
    tx: Transaction, actor: Actor, ticket_id: UUID, file: NewFile, comment_id: UUID | None = None
) -> Any:
    """A row for a file that is to come: its `id`, and the file as answers show it (`item`).

    Raises NotFound for a comment that is not one of this ticket, Forbidden for somebody else's, Conflict
    where the ticket takes no files, or no more.
    """
    draft = open_draft(tx, actor, ticket_id)
    actor.require(Permission.ATTACHMENTS_WRITE, "You may not attach files.")
    if comment_id is not None:
        _require_author(tx, actor, ticket_id, comment_id)
    _require_open(draft)
    file = replace(file, file_name=file_names.clean(file.file_name))
    if file_names.is_executable(file.file_name):
        raise ValidationFailed.of("file_name", PROGRAM)
    row = attachment_queries.insert(tx, actor, ticket_id, comment_id, asdict(file))
    if row is None:
        raise Conflict(f"The ticket has {MAX_A_TICKET} files, and takes no more.")
    return row


def cleaned(files: Sequence[NewFile], field: str) -> list[NewFile]:
    """The files of a ticket that is not there yet, under names that can be kept. Raises ValidationFailed for
    each that is not taken, as `field.2.file_name`."""
    kept = [replace(file, file_name=file_names.clean(file.file_name)) for file in files]
    problems = [
        FieldProblem(f"{field}.{place}.file_name", "VALIDATION_ERROR", PROGRAM)
        for place, file in enumerate(kept)
        if file_names.is_executable(file.file_name)
    ]
    if problems:
        raise ValidationFailed(f"{problems[0].field}: {PROGRAM}", errors=problems)
    return kept


def announce_with(tx: Transaction, actor: Actor, ticket: Ticket, files: Sequence[NewFile]) -> list[UUID]:
    """Rows for files, cleaned, that come with a ticket which this transaction has opened; their ids in
    order."""
    return attachment_queries.insert_all(tx, actor, ticket.id, list(map(asdict, files))) if files else []


def detach(tx: Transaction, actor: Actor, ticket_id: UUID, attachment_id: UUID) -> None:
    """Takes a file off; its object is deleted soon after. Raises NotFound, Forbidden or Conflict."""
    draft = open_draft(tx, actor, ticket_id)
    file = attachment_queries.one(tx, actor, ticket_id, attachment_id)
    if file is None:
        raise NotFound("There is no such attachment.")
    if not actor.may(Permission.ATTACHMENTS_DELETE):
        if not _is_own(actor, file.uploaded_by, file.api_key_id):
            raise Forbidden("Only whoever attached a file takes it off, or a dispatcher.")
        _require_time(file.created_at + WINDOW, actor.now)
    if draft.ticket.archived_at is not None:
        raise Conflict("The ticket is archived, so its files stay as they are.")
    attachment_queries.delete(tx, actor, attachment_id)
    if file.state == Upload.UPLOADED:
        meta = {"attachment_id": attachment_id, "comment_id": file.comment_id}
        draft.tell("detached", internal=file.internal, **meta)
        draft.save(counts=False)
    facts = {"ticket_id": ticket_id, "content_type": file.content_type, "size": file.size}
    audit(tx, actor, "attachment.deleted", ("attachment", attachment_id), before=facts)


def _require_author(tx: Transaction, actor: Actor, ticket_id: UUID, comment_id: UUID) -> None:
    comment = attachment_queries.author_of(tx, actor, ticket_id, comment_id)
    if comment is None:
        raise NotFound("There is no such comment.")
    if not _is_own(actor, comment.author_id, comment.api_key_id):
        raise Forbidden("Only its author attaches files to a comment.")


def _is_own(actor: Actor, user_id: UUID | None, api_key_id: UUID | None) -> bool:
    owner = api_key_id if actor.type is ActorType.API_KEY else user_id
    return owner is not None and owner == actor.id


def _require_time(until: datetime, now: datetime) -> None:
    if now > until:
        raise Conflict(
            f"A file can be taken off for 15 minutes: this one until {until:%Y-%m-%dT%H:%M:%SZ}. "
            "Ask a dispatcher."
        )


def _require_open(draft: Draft) -> None:
    ticket = draft.ticket
    if ticket.archived_at is not None:
        raise Conflict("The ticket is archived, so it takes no files. Open a new one.")
    if ticket.merged_into is not None:
        raise Conflict("The ticket was merged into another one: attach the file there.")
    if ticket.status in FINISHED and not draft.actor.may(Permission.COMMENTS_ANSWER):
        raise Conflict(
            f"The ticket is {ticket.status}. Comment on it to open a follow-up, and attach the file there."
        )
