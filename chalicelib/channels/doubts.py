"""Why a mail goes to quarantine instead of to a ticket: what is wrong with it, its sender or its claim."""

from collections.abc import Collection
from typing import Any
from uuid import UUID

from chalicelib.channels import queries
from chalicelib.channels.letter import Letter
from chalicelib.channels.threading import Thread
from chalicelib.channels.trust import Standing
from chalicelib.core import signed_ids, throttle
from chalicelib.core.db import Transaction
from chalicelib.core.throttle import Limit
from chalicelib.models.words import Doubt, UnknownSenders, UserStatus

# Of one sender to one mailbox: what is more is no person, or a loop.
MAILS = Limit("mail-in", 60, 3600)


def doubt_of(
    tx: Transaction,
    workspace_id: UUID,
    letter: Letter,
    situation: Any,
    thread: Thread,
    ours: Collection[str],
) -> Doubt | None:
    """`situation`: see queries.situation. `ours`: addresses of desks, whose mails are their own come back."""
    found = _of_mail(letter, ours) or _of_sender(letter, situation, thread)
    if found is None and _was_sent(tx, workspace_id, letter.mail.message_id):
        return Doubt.LOOP
    if found is None and not throttle.hit(tx, MAILS, f"{situation.mailbox_id} {letter.sender}").allowed:
        return Doubt.TOO_MANY
    return found


def _of_mail(letter: Letter, ours: Collection[str]) -> Doubt | None:
    if letter.envelope.failed:
        return Doubt.VIRUS if "virus" in letter.envelope.failed else Doubt.SPAM
    if letter.sender in ours or letter.envelope.names_us:
        return Doubt.LOOP
    return Doubt.NO_SENDER if letter.sender is None else None


def _was_sent(tx: Transaction, workspace_id: UUID, message_id: str) -> bool:
    """Whether a mail of ours has this very id: whoever hands it back may have changed all else."""
    if not signed_ids.may_be_ours(message_id):
        return False
    ids = [message_id]
    return bool(queries.sent(tx, workspace_id, ids, signed_ids.of_provider_among(ids)))


def _of_sender(letter: Letter, situation: Any, thread: Thread) -> Doubt | None:
    if not situation.enabled:
        return Doubt.MAILBOX_DISABLED
    if situation.status == UserStatus.DEACTIVATED:
        return Doubt.DEACTIVATED_SENDER
    # Anybody can write a label, and the name of a member of the staff.
    is_guess = thread.standing is Standing.UNPROVEN and thread.ticket.by_label
    if letter.mail.auto_submitted and (thread.ticket is None or is_guess):
        return Doubt.AUTOMATIC
    if thread.standing is Standing.UNPROVEN and not letter.mail.auto_submitted:
        return Doubt.UNPROVEN_STAFF
    is_stranger = situation.user_id is None and thread.ticket is None
    if is_stranger and situation.unknown_senders == UnknownSenders.QUARANTINE:
        return Doubt.UNKNOWN_SENDER
    return None
