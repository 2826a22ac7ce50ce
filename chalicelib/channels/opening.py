"""Opening a ticket by mail. Whoever writes for the first time becomes a customer, as at the public door."""

from collections.abc import Collection, Sequence
from typing import Any
from uuid import UUID

from chalicelib.accounts.actor import Actor
from chalicelib.accounts.contacts import known_as
from chalicelib.accounts.emails import valid_address
from chalicelib.channels import forwarding, queries, quoting, subjects
from chalicelib.channels.letter import Letter, fitting, others
from chalicelib.channels.outcome import Became
from chalicelib.core.db import Transaction
from chalicelib.core.errors import Conflict, NotFound
from chalicelib.models.words import Arrival, Priority, Source, TicketType
from chalicelib.tickets.creating import NewTicket, create
from chalicelib.tickets.draft import open_draft
from chalicelib.tickets.linking import MOST as MOST_LINKS
from chalicelib.tickets.watching import apply_watch

NO_SUBJECT = {"en": "(no subject)", "es": "(sin asunto)"}
NO_TEXT = {"en": "(no text)", "es": "(sin texto)"}
# Of one mail; who copies in more is no colleague's colleague.
MOST_COPIED = 10


def open_by_mail(
    tx: Transaction,
    desk: Actor,
    stranger: Actor,
    letter: Letter,
    situation: Any,
    ours: Collection[str],
    *,
    by_staff: bool,
) -> Became:
    """The ticket, as the mailbox says, with its sender as the requester; where staff forwards a mail, with
    the author of that. `by_staff`: the sender is of the staff, and proven."""
    forwarded = forwarding.original(letter.mail) if by_staff else None
    text = letter.text
    if forwarded is not None and forwarded.address not in ours:
        actor = known_as(tx, stranger, _contact(forwarded.address, forwarded.name))
        subject = subjects.bare(letter.mail.subject) or forwarded.subject
        if forwarded.is_attached:
            text = f"{text.strip()}\n\n{quoting.without_own_links(forwarded.text)}"
    else:
        actor = known(tx, stranger, letter)
        subject = letter.mail.subject
    new = NewTicket(
        subject=subjects.title(subject, in_words(NO_SUBJECT, desk)),
        description=fitting(text) or in_words(NO_TEXT, desk),
        type=TicketType(situation.type),
        priority=Priority(situation.priority),
    )
    ticket = create(tx, actor, new, team_id=situation.team_id, source=Source.EMAIL)
    if situation.add_cc_as_watchers:
        watch(tx, desk, stranger, ticket.id, letter, others(letter, ours))
    return Became(Arrival.TICKET, ticket.id, user_id=actor.id)


def known(tx: Transaction, stranger: Actor, letter: Letter) -> Actor:
    """The stranger as whom the mail is from, made a customer where nobody has the address."""
    return known_as(tx, stranger, _contact(letter.sender or "", letter.name))


def relate(tx: Transaction, workspace_id: UUID, became: Became, other_id: UUID) -> None:
    """For the staff to see: the new ticket names another one without the right to say anything there."""
    if became.ticket_id is not None:
        queries.relate(tx, workspace_id, became.ticket_id, other_id, MOST_LINKS)


def watch(
    tx: Transaction, desk: Actor, stranger: Actor, ticket_id: UUID, letter: Letter, addresses: Sequence[str]
) -> None:
    """Has people watch whom the mail was sent to as well, as far as the ticket takes watchers."""
    draft = open_draft(tx, desk, ticket_id)
    for address in addresses[:MOST_COPIED]:
        name = " ".join(letter.mail.names.get(address, "").split())[:150]
        try:
            with tx.attempt():
                person = known_as(tx, stranger, _contact(address, name or address.partition("@")[0]))
                if person.id is not None and person.id != draft.ticket.requester_id:
                    apply_watch(draft, person.id)
        except (Conflict, NotFound):
            continue
    draft.save(counts=False)


def in_words(words: dict[str, str], desk: Actor) -> str:
    return words.get(desk.workspace.language, words["en"])


def _contact(address: str, name: str) -> dict[str, Any]:
    unsaid = dict.fromkeys(("document_id", "phone", "has_whatsapp", "company"))
    return {"email": valid_address(address), "name": name or address, **unsaid}
