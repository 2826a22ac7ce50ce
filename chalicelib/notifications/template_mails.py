"""Mails about texts of a desk's own that could not be filled in: to whoever sees to them, once a version."""

from collections.abc import Sequence
from typing import Final
from uuid import UUID

from chalicelib.accounts.actor import Actor
from chalicelib.accounts.news import hear
from chalicelib.core import events
from chalicelib.core.db import Transaction
from chalicelib.core.event import Event
from chalicelib.notifications import staff_mails, template_queries, webhook_queries
from chalicelib.notifications.staff_mails import StaffClaim, StaffLetter
from chalicelib.notifications.texts import Failure

FAILED: Final = "mail_template.failed"


def tell(tx: Transaction, desk: Actor, failures: Sequence[Failure]) -> None:
    """Writes down what failed; the first time of each version is news."""
    who = {"type": desk.type, "id": None, "name": desk.name}
    for failure in {each.text.id: each for each in failures}.values():
        text = failure.text
        if template_queries.failed(tx, desk.workspace.id, failure):
            told = {"id": text.id, "version": text.version, "kind": text.kind, "language": text.language}
            payload = {"template": {**told, "reason": failure.reason}, "actor": who}
            events.record(tx, desk.workspace.id, FAILED, payload, internal=True)


def claim(tx: Transaction, event: Event, domain: str) -> StaffClaim | None:
    """Claims the mails about a text. None where it was changed since, or is gone.

    Raises ValueError for a payload that is not such an event's.
    """
    heard = hear(tx, event)
    if heard is None:
        return None
    system, payload = heard
    try:
        told = payload["template"]
        template_id, version = UUID(told["id"]), int(told["version"])
        values = {"kind": str(told["kind"]), "language": str(told["language"])}
    except (KeyError, TypeError, AttributeError) as error:
        raise ValueError(f"This payload is not a mail template's: {error!r}") from error
    found = template_queries.failing(tx, event.workspace_id, template_id, version)
    if found is None:
        return None
    values["why"], brand = found
    said = staff_mails.words_of(system.workspace)["template"]
    subject = said["subject"].format_map(values)
    lead = f"{said['lead'].format_map(values)} {said['again']}"
    letters = [
        StaffLetter(person.user_id, person.name, person.email, subject, lead, said["reason"])
        for person in webhook_queries.keepers(tx, event.workspace_id)
    ]
    return staff_mails.claim(tx, event, domain, system.workspace, brand, letters)
