"""Mails about bulk changes: whoever of the staff would hear of many tickets hears of all of them at once,
when the change is over. Customers hear of each of theirs, as ever."""

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
from chalicelib.notifications import bulk_queries, threads
from chalicelib.notifications.bulk_queries import Share
from chalicelib.notifications.facts import Brand
from chalicelib.notifications.queries import claim as claim_mails
from chalicelib.notifications.queries import sent_elsewhere
from chalicelib.notifications.rendering import DEFAULT_LANGUAGE, environment, languages
from chalicelib.tickets.bulk import ENDED

__all__ = ("ENDED", "claim", "compose")


@dataclass(frozen=True)
class BulkLetter:
    """A mail that this delivery is to send."""

    share: Share
    message_id: str


@dataclass(frozen=True)
class BulkClaim:
    """What to send; `elsewhere`: mails that another delivery of the event may be sending."""

    workspace: Workspace
    actor: str | None
    brand: Brand
    letters: Sequence[BulkLetter]
    elsewhere: int


def claim(tx: Transaction, event: Event, domain: str) -> BulkClaim | None:
    """Claims the mails of the end of a bulk change. None where there is nothing to tell.

    Raises ValueError for a payload that is not such an event's.
    """
    system = principals.enter_system(tx, event.workspace_id)
    payload = events.payload_of(tx, event) if system else None
    if system is None or payload is None:
        return None
    try:
        bulk_id, who = str(UUID(payload["bulk"]["id"])), payload["actor"]["id"]
        ticket_ids = [UUID(each) for each in payload["ticket_ids"]]
    except (KeyError, TypeError, AttributeError) as error:
        raise ValueError(f"This payload is not a bulk change's: {error!r}") from error
    actor_id = UUID(who) if who else None
    shares = bulk_queries.shares(tx, event, bulk_id, actor_id, ticket_ids)
    if not shares:
        return None
    ids = {share.user_id: threads.message_id(event.id, share.user_id, domain) for share in shares}
    mine = claim_mails(tx, event, None, ids)
    others = [user_id for user_id in ids if user_id not in mine]
    elsewhere = sent_elsewhere(tx, event, others) if others else 0
    letters = [BulkLetter(share, ids[share.user_id]) for share in shares if share.user_id in mine]
    return BulkClaim(
        system.workspace, *bulk_queries.desk(tx, event.workspace_id, actor_id), letters, elsewhere
    )


def compose(claim: BulkClaim, letter: BulkLetter, sender: str) -> Mail:
    """The mail of one letter, in the workspace's language."""
    told = _told(claim, letter.share)
    text, html = (environment().get_template(f"mail.{kind}").render(told) for kind in ("txt", "html"))
    return Mail(
        sender=sender,
        sender_name=claim.workspace.name,
        recipient=letter.share.email,
        recipient_name=letter.share.name,
        subject=told["subject"],
        text=text,
        html=html,
        language=told["language"],
        message_id=letter.message_id,
    )


def _told(claim: BulkClaim, share: Share) -> dict[str, Any]:
    """What the templates of mails about tickets ask for: the tickets stand where the facts of one do."""
    workspace = claim.workspace
    code = workspace.language if workspace.language in languages() else DEFAULT_LANGUAGE
    words = languages()[code]
    phrases, bulk = words["phrases"], words["bulk"]
    shown = len(share.tickets)
    values = {"actor": claim.actor or phrases["desk"], "count": share.count, "shown": shown}
    one = "_one" if share.count == 1 else ""
    lead = bulk[f"lead{one}"].format_map(values)
    return {
        "language": code,
        "subject": bulk[f"subject{one}"].format_map(values),
        "greeting": phrases["greeting"].format(name=share.name.strip()),
        "lead": f"{lead} {bulk['first'].format_map(values)}" if share.count > shown else lead,
        "quoted": None,
        "quoted_by": "",
        "question": None,
        "facts": list(share.tickets),
        "footer": phrases["footer"].format(workspace=workspace.name, reason=bulk["reason"]),
        "workspace": workspace.name,
        "brand": claim.brand,
    }
