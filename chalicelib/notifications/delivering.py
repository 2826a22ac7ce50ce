"""Delivering: sends the mails of a claim one by one and says what became of each. No transaction is open."""

import logging
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from functools import partial
from uuid import UUID

from chalicelib.core import mail
from chalicelib.core.mail import Mail, MailRefused, MailRejected, Tracking
from chalicelib.notifications import threads
from chalicelib.notifications.claiming import Claim, Letter
from chalicelib.notifications.queries import Settlement
from chalicelib.notifications.recipients import Part, Recipient
from chalicelib.notifications.rendering import render
from chalicelib.tickets import unsubscribing

# Whose mail it is, and how it is made.
Draft = tuple[UUID, Callable[[], Mail]]

log = logging.getLogger(__name__)


@dataclass
class Delivery:
    """What became of a claim: what to settle, and whether some of it is still to be sent."""

    settlements: list[Settlement] = field(default_factory=list)
    unsent: int = 0


def deliver(
    claim: Claim,
    ticket_id: UUID,
    sender: str,
    public_url: str,
    has_time: Callable[[], bool],
    tracking: Tracking,
    mail_domain: str = "",
) -> Delivery:
    """Sends what was claimed. One address that cannot be reached keeps no other from being told.
    `mail_domain`: where workspaces get their mail, if anywhere.

    Once the provider fails, or time is over, the rest is left claimed: the event comes again.
    """
    return deliver_each(
        [
            (
                letter.recipient.person.id,
                partial(compose, claim, letter, ticket_id, sender, public_url, mail_domain),
            )
            for letter in claim.letters
        ],
        has_time,
        tracking,
    )


def deliver_each(drafts: Sequence[Draft], has_time: Callable[[], bool], tracking: Tracking) -> Delivery:
    """The same for mails of any kind, each composed when its turn comes."""
    delivery = Delivery()
    for place, (user_id, draft) in enumerate(drafts):
        if not has_time():
            delivery.unsent += len(drafts) - place
            break
        try:
            provider_id = mail.send(draft(), tracking)
        except MailRefused as error:
            log.error("mail refused", extra={"user_id": user_id, "reason": str(error)})
            delivery.settlements.append(Settlement(user_id, "failed"))
        except MailRejected as error:
            log.warning("mail not taken", extra={"user_id": user_id, "reason": str(error)})
            delivery.unsent += 1
        except Exception:
            log.warning("mail provider does not answer", exc_info=True)
            delivery.unsent += len(drafts) - place
            break
        else:
            delivery.settlements.append(Settlement(user_id, "sent", provider_id))
    return delivery


def compose(
    claim: Claim, letter: Letter, ticket_id: UUID, sender: str, public_url: str, mail_domain: str = ""
) -> Mail:
    """The mail of one letter. It names itself in its References too, where SES leaves it. Who watches is told
    how to end it."""
    own = f"{claim.workspace.slug}@{mail_domain}" if mail_domain else None
    leave = None
    if letter.recipient.audience is Part.WATCHER:
        leave = unsubscribing.address(
            public_url, claim.facts.mail_key, claim.workspace.id, letter.recipient.person.id, ticket_id
        )
    rendered = render(_spoken(claim, letter.recipient), letter.recipient, public_url, leave)
    return Mail(
        sender=sender,
        sender_name=claim.workspace.name,
        recipient=letter.recipient.person.email,
        recipient_name=letter.recipient.person.name,
        subject=rendered.subject,
        text=rendered.text,
        html=rendered.html,
        language=rendered.language,
        message_id=letter.message_id,
        references=threads.references(
            ticket_id, claim.facts.opened_by, letter.message_id, mail.domain_of(sender)
        ),
        reply_to=claim.facts.mailbox or own,
        headers=unsubscribing.headers(leave) if leave else {},
    )


def _spoken(claim: Claim, recipient: Recipient) -> Claim:
    """What the recipient is told in: a customer in the language of the mailbox that the ticket came by."""
    language = claim.facts.language
    if language is None or recipient.person.role.is_staff:
        return claim
    workspace = replace(claim.workspace, language=language)
    return replace(claim, workspace=workspace, texts=claim.texts_to_customers)
