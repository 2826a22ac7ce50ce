"""Mails to several of the staff about what is no single ticket: claimed a person, written with the templates
of mails about tickets."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from uuid import UUID

from chalicelib.accounts.actor import Workspace
from chalicelib.core.db import Transaction
from chalicelib.core.event import Event
from chalicelib.core.mail import Mail
from chalicelib.notifications import threads
from chalicelib.notifications.facts import Brand
from chalicelib.notifications.queries import claim as claim_mails
from chalicelib.notifications.rendering import DEFAULT_LANGUAGE, Language, environment, languages


@dataclass(frozen=True)
class StaffLetter:
    """What one person is told; `facts` stand where those of a ticket do, `reason` says why to them."""

    user_id: UUID
    name: str
    email: str
    subject: str
    lead: str
    reason: str
    facts: Sequence[tuple[str, str]] = ()


@dataclass(frozen=True)
class StaffClaim:
    """What this delivery is to send, each with its Message-ID."""

    workspace: Workspace
    brand: Brand
    letters: Sequence[tuple[StaffLetter, str]]


def words_of(workspace: Workspace) -> Language:
    """What there is to say, in the workspace's language."""
    return languages()[_language(workspace)]


def claim(
    tx: Transaction,
    event: Event,
    domain: str,
    workspace: Workspace,
    brand: Brand,
    letters: Iterable[StaffLetter],
) -> StaffClaim | None:
    """Claims the mails of an event, None where there are none."""
    by_id = {letter.user_id: letter for letter in letters}
    if not by_id:
        return None
    ids = {user_id: threads.message_id(event.id, user_id, domain) for user_id in by_id}
    mine = claim_mails(tx, event, None, ids)
    to_send = [(letter, ids[user_id]) for user_id, letter in by_id.items() if user_id in mine]
    return StaffClaim(workspace, brand, to_send)


def compose(claim: StaffClaim, letter: StaffLetter, message_id: str, sender: str) -> Mail:
    """The mail of one letter."""
    workspace, phrases = claim.workspace, words_of(claim.workspace)["phrases"]
    told = {
        "language": _language(workspace),
        "subject": letter.subject,
        "greeting": phrases["greeting"].format(name=letter.name.strip()),
        "lead": letter.lead,
        "quoted": None,
        "quoted_by": "",
        "question": None,
        "facts": list(letter.facts),
        "footer": phrases["footer"].format(workspace=workspace.name, reason=letter.reason),
        "workspace": workspace.name,
        "brand": claim.brand,
    }
    text, html = (environment().get_template(f"mail.{kind}").render(told) for kind in ("txt", "html"))
    return Mail(
        sender=sender,
        sender_name=workspace.name,
        recipient=letter.email,
        recipient_name=letter.name,
        subject=letter.subject,
        text=text,
        html=html,
        language=_language(workspace),
        message_id=message_id,
    )


def _language(workspace: Workspace) -> str:
    return workspace.language if workspace.language in languages() else DEFAULT_LANGUAGE
