"""Going on with a ticket by mail: what a customer or the staff says becomes a comment with all that comments
do; what a machine says is only kept."""

from collections.abc import Collection
from typing import Any
from uuid import UUID

from chalicelib.accounts.actor import Actor
from chalicelib.channels.letter import Letter, fitting, others
from chalicelib.channels.opening import NO_TEXT, in_words, watch
from chalicelib.channels.outcome import Became
from chalicelib.channels.threading import Thread
from chalicelib.channels.trust import Standing
from chalicelib.core import throttle
from chalicelib.core.db import Transaction
from chalicelib.core.throttle import Limit
from chalicelib.models.words import Arrival, Source, Visibility
from chalicelib.tickets import commenting, noting
from chalicelib.tickets.draft import open_draft

NOTICES = Limit("mail-notice", 10, 3600)
LEFT_OUT = {
    "en": "Files of the mail that came in were not taken ({count}): too many, too large, empty or programs. "
    "Please send what is needed in another way.",
    "es": "No se tomaron archivos del correo recibido ({count}): demasiados, demasiado grandes, vacíos o "
    "programas. Envíe lo necesario de otra manera, por favor.",
}


def answer(
    tx: Transaction,
    desk: Actor,
    actor: Actor,
    thread: Thread,
    letter: Letter,
    situation: Any,
    ours: Collection[str],
) -> Became:
    """The comment, without what it quotes; on a finished ticket a follow-up. Raises as commenting does.
    `ours`: of its addresses those of desks."""
    ticket, is_copied = thread.ticket, thread.standing is Standing.AS_COPIED
    body = fitting(letter.said) or in_words(NO_TEXT, desk)
    # Null where nothing proves that a mail of ours is answered, and somebody released it all the same.
    internal = thread.standing is Standing.AS_STAFF and ticket.answers_internal is not False
    made = commenting.comment(
        tx,
        actor,
        ticket.id,
        body,
        Visibility.INTERNAL if internal else Visibility.PUBLIC,
        Source.EMAIL,
        eyes=desk if is_copied else None,
    )
    keeps_body = body != letter.text.strip()
    ticket_id = made.ticket_id if made.follow_up is None else made.follow_up.id
    if situation.add_cc_as_watchers and thread.standing is not Standing.AS_STAFF:
        # Anybody can guess a label and write under anybody's name: that makes nobody read along.
        copied = others(letter, ours) if letter.is_proven else []
        itself = [letter.sender or ""] if is_copied and ticket.was_copied_for_sure else []
        watch(tx, desk, actor, ticket_id, letter, [*itself, *copied])
    if made.follow_up is not None:
        return Became(Arrival.FOLLOW_UP, ticket_id, user_id=actor.id, keeps_body=keeps_body)
    return Became(Arrival.COMMENT, made.ticket_id, made.id, actor.id, keeps_body=keeps_body)


def keep(tx: Transaction, desk: Actor, ticket: Any, letter: Letter) -> Became:
    """Writes an automatic answer down as a note of the desk, of which nobody is told: nothing is reopened,
    answered or counted. On an archived or merged ticket it is kept beside it alone."""
    return note(tx, desk, ticket.id, f"{letter.sender}: {letter.mail.subject}\n\n{letter.said}")


def note(tx: Transaction, desk: Actor, ticket_id: UUID, text: str) -> Became:
    """A note of the desk, of which nobody is told; on an archived or merged ticket none."""
    comment_id = noting.note(open_draft(tx, desk, ticket_id), fitting(text))
    return Became(Arrival.KEPT, ticket_id, comment_id, keeps_body=True)


def tell_left_out(tx: Transaction, desk: Actor, ticket_id: UUID, count: int, listener: str) -> None:
    """Tells whoever wrote that not all of their mail was taken, in public and under the desk's name.
    `listener`: who hears it, ten times an hour at most, for a machine may answer each time."""
    if not throttle.hit(tx, NOTICES, listener).allowed:
        return
    draft = open_draft(tx, desk, ticket_id)
    if draft.ticket.archived_at is None and draft.ticket.merged_into is None:
        told = in_words(LEFT_OUT, desk).format(count=count)
        commenting.add_comment(draft, told, Visibility.PUBLIC, Source.EMAIL)
        draft.save(counts=False)
