"""Receiving a mail: it becomes a ticket, a comment or an entry in quarantine, once, however often it is
delivered. One transaction a mailbox that it came to."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import Any
from uuid import UUID

from chalicelib.accounts import principals, reachability
from chalicelib.accounts.actor import Actor
from chalicelib.accounts.permissions import Role
from chalicelib.channels import answering, bouncing, files, opening, queries, threading
from chalicelib.channels.doubts import doubt_of
from chalicelib.channels.files import Sent
from chalicelib.channels.letter import Letter
from chalicelib.channels.outcome import Became
from chalicelib.channels.routing import Destination
from chalicelib.channels.threading import Thread
from chalicelib.channels.trust import Standing
from chalicelib.core.db import Transaction
from chalicelib.core.errors import HelpdeskError, Unavailable
from chalicelib.models.words import ActorType, Arrival, Doubt, MailTrouble


@dataclass(frozen=True)
class Received:
    """What is left to do once the transaction is over: files to put, news to send."""

    files: Sequence[Sent] = ()
    news: Sequence[dict[str, Any]] = field(default=(), repr=False)


def receive(tx: Transaction, letter: Letter, to: Destination, ours: frozenset[str]) -> Received:
    """Takes a mail in. `ours`: see routing.Route."""
    desk = principals.enter_system(tx, to.workspace_id)
    if desk is None:
        return Received()
    queries.hold(tx, to.workspace_id, letter.dedupe_key)
    message_id = queries.claim(tx, to.workspace_id, to.mailbox_id, letter.facts(), Arrival.KEPT)
    if message_id is None:
        return _again(tx, letter, to)
    found = queries.situation(tx, to.workspace_id, to.mailbox_id, letter.sender)
    came = Coming(tx, desk, letter, found, message_id, ours)
    became = came.decide()
    queries.settle(tx, to.workspace_id, message_id, came.settled(became))
    return Received(became.files, tuple(tx.events))


def _again(tx: Transaction, letter: Letter, to: Destination) -> Received:
    """A mail that is known: the same delivery once more, or another copy of it, which is kept as that."""
    known = queries.known(tx, to.workspace_id, to.mailbox_id, letter.facts())
    if known is None:
        return Received()
    if known.object_key != letter.object_key:
        facts = {**letter.facts(), "body": None}
        queries.claim(tx, to.workspace_id, to.mailbox_id, facts, Arrival.DUPLICATE)
        return Received()
    return Received(files.still_awaited(tx, to.workspace_id, known.id, letter.mail.attachments))


@dataclass
class Coming:
    """One mail on its way into one workspace."""

    tx: Transaction
    desk: Actor
    letter: Letter
    found: Any
    message_id: UUID
    ours: frozenset[str]

    def decide(self) -> Became:
        """What becomes of it. What the desk's own rules refuse is for the staff to look at."""
        if self.letter.mail.is_bounce and not self.letter.envelope.failed and self.found.enabled:
            return bouncing.take_back(self.tx, self.desk, self.letter)
        thread = self._thread()
        if doubt := self._doubt(thread):
            return Became(Arrival.QUARANTINED, reason=doubt, keeps_body=True)
        try:
            with self.tx.attempt():
                return self._act(thread)
        except Unavailable:
            raise
        except HelpdeskError:
            return Became(Arrival.QUARANTINED, reason=Doubt.REFUSED, keeps_body=True)

    def _doubt(self, thread: Thread) -> Doubt | None:
        workspace_id = self.desk.workspace.id
        return doubt_of(self.tx, workspace_id, self.letter, self.found, thread, self.ours)

    def trusted(self) -> Became:
        """The same where somebody has looked at it: a machine's mail does nothing on a ticket all the same.
        Raises what the desk's own rules refuse."""
        if self.letter.mail.is_bounce:
            became = bouncing.take_back(self.tx, self.desk, self.letter)
            if became.arrival is not Arrival.QUARANTINED:
                return became
        thread = self._thread()
        if self.letter.mail.auto_submitted and thread.ticket is not None:
            return answering.keep(self.tx, self.desk, thread.ticket, self.letter)
        if thread.standing is Standing.UNPROVEN:
            thread = replace(thread, standing=Standing.AS_STAFF)
        return self._answer_or_open(thread)

    def _thread(self) -> Thread:
        return threading.find(
            self.tx,
            self.desk.workspace.id,
            self.found,
            self.letter.mail,
            is_staff=self._is_staff,
            proven=self.letter.is_proven,
        )

    def settled(self, became: Became) -> dict[str, Any]:
        return {
            "outcome": became.arrival,
            "reason": became.reason,
            "user_id": became.user_id or self.found.user_id,
            "ticket_id": became.ticket_id,
            "comment_id": became.comment_id,
            "keeps_body": became.keeps_body,
        }

    def _act(self, thread: Thread) -> Became:
        if self.letter.mail.auto_submitted:
            return answering.keep(self.tx, self.desk, thread.ticket, self.letter)
        return self._answer_or_open(thread)

    def _answer_or_open(self, thread: Thread) -> Became:
        ticket = thread.ticket
        if ticket is None or (thread.standing is Standing.AS_COPIED and ticket.merged_into):
            # Whoever was copied in on a ticket says nothing on the one that it was merged into.
            became = self._open(thread.guessed or (ticket and ticket.id))
        else:
            actor = self._actor(thread.standing)
            became = answering.answer(self.tx, self._voice, actor, thread, self.letter, self.found, self.ours)
        return self._with_files(became)

    def _open(self, named: UUID | None) -> Became:
        became = opening.open_by_mail(
            self.tx,
            self._voice,
            self._stranger(),
            self.letter,
            self.found,
            self.ours,
            by_staff=self._is_staff and self.letter.is_proven,
        )
        if named is not None:
            opening.relate(self.tx, self.desk.workspace.id, became, named)
        return became

    def _with_files(self, became: Became) -> Became:
        if became.ticket_id is None:
            return became
        sent = files.attach(
            self.tx,
            self.desk.workspace.id,
            self.message_id,
            became.ticket_id,
            became.comment_id,
            became.user_id,
            self.letter.mail.attachments,
        )
        left_out = len(self.letter.mail.attachments) - len(sent)
        if left_out and not self._is_staff:
            listener = f"{self.found.mailbox_id} {self.letter.sender}"
            answering.tell_left_out(self.tx, self._voice, became.ticket_id, left_out, listener)
        if self._reads_mail:
            reachability.restore(self.tx, self.desk.workspace.id, [self.found.user_id])
        return replace(became, files=sent)

    @property
    def _reads_mail(self) -> bool:
        """Whether this shows that an address is read that gets no mail. Who complained of spam has to have
        written it for sure."""
        was = self.found.email_bad_reason
        return was is not None and (was != MailTrouble.COMPLAINED or self.letter.is_proven)

    @property
    def _voice(self) -> Actor:
        """The desk as it speaks to those who come by this mailbox."""
        workspace = self.desk.workspace
        language = self.found.language or workspace.language
        return replace(self.desk, workspace=replace(workspace, language=language))

    @property
    def _is_staff(self) -> bool:
        return bool(self.found.is_staff)

    def _stranger(self) -> Actor:
        return replace(self.desk, type=ActorType.CONTACT, name="", role=Role.CUSTOMER)

    def _actor(self, standing: Standing) -> Actor:
        """The sender, who is known here or was sent a mail of the ticket."""
        if standing is Standing.AS_STAFF:
            return principals.enter(self.tx, self.desk.workspace.id, self.found.user_id)
        return opening.known(self.tx, self._stranger(), self.letter)
