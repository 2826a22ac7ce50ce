"""Where a mail goes: the mailboxes that it was sent to, one a workspace."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import Row

from chalicelib.accounts.emails import without_tag
from chalicelib.channels import queries
from chalicelib.channels.letter import Letter
from chalicelib.core.db import Transaction


class NobodysMail(Exception):
    """No mailbox has any of the addresses that the mail was sent to."""


@dataclass(frozen=True)
class Destination:
    """A mailbox that a mail came to."""

    workspace_id: UUID
    mailbox_id: UUID


@dataclass(frozen=True)
class Route:
    """Where a mail goes. `ours`: those of its addresses, the sender's too, that are desks'."""

    destinations: Sequence[Destination]
    ours: frozenset[str]


def route(tx: Transaction, letter: Letter, sends_from: str, domain: str) -> Route:
    """Where a mail goes: one mailbox a workspace, the same for each of its copies. `sends_from`: the address
    of the desk's own mails; `domain`: that of its mailboxes.

    Raises NobodysMail: such a mail is no workspace's to see, and goes to the dead-letter queue.
    """
    addresses = letter.addresses()
    sender = [without_tag(letter.sender), letter.sender] if letter.sender else []
    rows = queries.find_mailboxes(tx, [*addresses, *sender], domain)
    found: dict[UUID, list[Row[Any]]] = {}
    for row in sorted(rows, key=lambda row: [*addresses, *sender].index(row.address)):
        if row.address in addresses:
            found.setdefault(row.workspace_id, []).append(row)
    if not found:
        raise NobodysMail("No mailbox has an address that this mail was sent to.")
    destinations = tuple(_of_workspace(letter, each) for each in found.values())
    return Route(destinations, _ours(letter, (row.address for row in rows), sends_from))


def _of_workspace(letter: Letter, rows: Sequence[Row[Any]]) -> Destination:
    """Its mailbox, of those that have an address of the mail. The envelope knows better than the headers
    where they leave it out, as of blind copies; else each mailbox gets a copy, and the first that the sender
    named and that takes mail has the ticket, whichever copy is the first to come."""
    named = letter.named()
    if any(row.address not in named for row in rows):
        chosen = next(row for row in rows if row.address not in named)
    else:
        ordered = sorted(rows, key=lambda row: named.index(row.address))
        chosen = next((row for row in ordered if row.enabled), ordered[0])
    return Destination(chosen.workspace_id, chosen.mailbox_id)


def ours_of(tx: Transaction, letter: Letter, sends_from: str, domain: str) -> frozenset[str]:
    """Those of a mail's addresses that are desks'."""
    rows = queries.find_mailboxes(tx, letter.addresses(), domain)
    return _ours(letter, (row.address for row in rows), sends_from)


def _ours(letter: Letter, mailboxes: Iterable[str], sends_from: str) -> frozenset[str]:
    ours = {*mailboxes, sends_from}
    named = (*letter.recipients, *([letter.sender] if letter.sender else []))
    return frozenset(ours | {each for each in named if without_tag(each) in ours})
