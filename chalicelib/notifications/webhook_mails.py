"""Mails about webhooks that were switched off by themselves: to whoever sees to them."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from chalicelib.accounts import principals
from chalicelib.accounts.actor import Workspace
from chalicelib.core import events
from chalicelib.core.db import Transaction
from chalicelib.core.event import Event
from chalicelib.core.mail import Mail
from chalicelib.notifications import threads, webhook_queries
from chalicelib.notifications.facts import Brand
from chalicelib.notifications.queries import claim as claim_mails
from chalicelib.notifications.queries import sent_elsewhere
from chalicelib.notifications.rendering import DEFAULT_LANGUAGE, environment, languages
from chalicelib.notifications.webhook_queries import Keeper

DISABLED = "webhook.disabled"


@dataclass(frozen=True)
class WebhookLetter:
    """A mail that this delivery is to send."""

    person: Keeper
    message_id: str


@dataclass(frozen=True)
class WebhookClaim:
    """What to send; `elsewhere`: mails that another delivery of the event may be sending."""

    workspace: Workspace
    name: str
    reason: str
    brand: Brand
    letters: Sequence[WebhookLetter]
    elsewhere: int


def claim(tx: Transaction, event: Event, domain: str) -> WebhookClaim | None:
    """Claims the mails about a webhook. None where it is on again, or gone.

    Raises ValueError for a payload that is not such an event's.
    """
    system = principals.enter_system(tx, event.workspace_id)
    payload = events.payload_of(tx, event) if system else None
    if system is None or payload is None:
        return None
    try:
        webhook_id, reason = UUID(payload["webhook"]["id"]), str(payload["webhook"]["reason"])
    except (KeyError, TypeError, AttributeError) as error:
        raise ValueError(f"This payload is not a webhook's: {error!r}") from error
    found = webhook_queries.off(tx, event.workspace_id, webhook_id)
    people = webhook_queries.keepers(tx, event.workspace_id) if found else ()
    if found is None or not people:
        return None
    ids = {person.user_id: threads.message_id(event.id, person.user_id, domain) for person in people}
    mine = claim_mails(tx, event, None, ids)
    others = [user_id for user_id in ids if user_id not in mine]
    elsewhere = sent_elsewhere(tx, event, others) if others else 0
    letters = [WebhookLetter(person, ids[person.user_id]) for person in people if person.user_id in mine]
    name, brand = found
    return WebhookClaim(system.workspace, name, reason, brand, letters, elsewhere)


def compose(claim: WebhookClaim, letter: WebhookLetter, sender: str) -> Mail:
    """The mail of one letter, in the workspace's language."""
    told = _told(claim, letter.person)
    text, html = (environment().get_template(f"mail.{kind}").render(told) for kind in ("txt", "html"))
    return Mail(
        sender=sender,
        sender_name=claim.workspace.name,
        recipient=letter.person.email,
        recipient_name=letter.person.name,
        subject=told["subject"],
        text=text,
        html=html,
        language=told["language"],
        message_id=letter.message_id,
    )


def _told(claim: WebhookClaim, person: Keeper) -> dict[str, Any]:
    """What the templates of mails about tickets ask for, without a ticket."""
    workspace = claim.workspace
    code = workspace.language if workspace.language in languages() else DEFAULT_LANGUAGE
    words = languages()[code]
    phrases, said = words["phrases"], words["webhook"]
    why = said["gone" if claim.reason == "gone" else "failing"].format(name=claim.name)
    return {
        "language": code,
        "subject": said["subject"].format(name=claim.name),
        "greeting": phrases["greeting"].format(name=person.name.strip()),
        "lead": f"{why} {said['again']}",
        "quoted": None,
        "quoted_by": "",
        "question": None,
        "facts": [],
        "footer": phrases["footer"].format(workspace=workspace.name, reason=said["reason"]),
        "workspace": workspace.name,
        "brand": claim.brand,
    }
