"""Mails about webhooks that were switched off by themselves: to whoever sees to them."""

from uuid import UUID

from chalicelib.accounts.news import hear
from chalicelib.core.db import Transaction
from chalicelib.core.event import Event
from chalicelib.notifications import staff_mails, webhook_queries
from chalicelib.notifications.staff_mails import StaffClaim, StaffLetter

DISABLED = "webhook.disabled"


def claim(tx: Transaction, event: Event, domain: str) -> StaffClaim | None:
    """Claims the mails about a webhook. None where it is on again, or gone.

    Raises ValueError for a payload that is not such an event's.
    """
    heard = hear(tx, event)
    if heard is None:
        return None
    system, payload = heard
    try:
        webhook_id, why = UUID(payload["webhook"]["id"]), str(payload["webhook"]["reason"])
    except (KeyError, TypeError, AttributeError) as error:
        raise ValueError(f"This payload is not a webhook's: {error!r}") from error
    found = webhook_queries.off(tx, event.workspace_id, webhook_id)
    if found is None:
        return None
    name, brand = found
    said = staff_mails.words_of(system.workspace)["webhook"]
    subject = said["subject"].format(name=name)
    lead = f"{said['gone' if why == 'gone' else 'failing'].format(name=name)} {said['again']}"
    letters = [
        StaffLetter(person.user_id, person.name, person.email, subject, lead, said["reason"])
        for person in webhook_queries.keepers(tx, event.workspace_id)
    ]
    return staff_mails.claim(tx, event, domain, system.workspace, brand, letters)
