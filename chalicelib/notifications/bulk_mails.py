"""Mails about bulk changes: whoever of the staff would hear of many tickets hears of all of them at once,
when the change is over. Customers hear of each of theirs, as ever."""

from uuid import UUID

from chalicelib.accounts.news import hear
from chalicelib.core.db import Transaction
from chalicelib.core.event import Event
from chalicelib.notifications import bulk_queries, staff_mails
from chalicelib.notifications.bulk_queries import Share
from chalicelib.notifications.rendering import Language
from chalicelib.notifications.staff_mails import StaffClaim, StaffLetter
from chalicelib.tickets.bulk import ENDED

__all__ = ("ENDED", "claim")


def claim(tx: Transaction, event: Event, domain: str) -> StaffClaim | None:
    """Claims the mails of the end of a bulk change. None where there is nothing to tell.

    Raises ValueError for a payload that is not such an event's.
    """
    heard = hear(tx, event)
    if heard is None:
        return None
    system, payload = heard
    try:
        bulk_id, who = str(UUID(payload["bulk"]["id"])), payload["actor"]["id"]
        ticket_ids = [UUID(each) for each in payload["ticket_ids"]]
    except (KeyError, TypeError, AttributeError) as error:
        raise ValueError(f"This payload is not a bulk change's: {error!r}") from error
    actor_id = UUID(who) if who else None
    shares = bulk_queries.shares(tx, event, bulk_id, actor_id, ticket_ids)
    if not shares:
        return None
    actor, brand = bulk_queries.desk(tx, event.workspace_id, actor_id)
    words = staff_mails.words_of(system.workspace)
    letters = [_letter(share, actor, words) for share in shares]
    return staff_mails.claim(tx, event, domain, system.workspace, brand, letters)


def _letter(share: Share, actor: str | None, words: Language) -> StaffLetter:
    """The tickets stand where the facts of one do."""
    bulk, shown = words["bulk"], len(share.tickets)
    values = {"actor": actor or words["phrases"]["desk"], "count": share.count, "shown": shown}
    one = "_one" if share.count == 1 else ""
    lead = bulk[f"lead{one}"].format_map(values)
    if share.count > shown:
        lead = f"{lead} {bulk['first'].format_map(values)}"
    subject = bulk[f"subject{one}"].format_map(values)
    return StaffLetter(share.user_id, share.name, share.email, subject, lead, bulk["reason"], share.tickets)
