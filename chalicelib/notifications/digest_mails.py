"""Digests: who watches busy tickets has the mails about them in one, each hour or day as they wish, and each
hour where more than MOST_WATCHED would go out in one.

What is gathered is a row of notifications with its time (queries.CLAIM). Once it has come, the sweep makes an
event of all that waits for one person, and this mail is that event's: claimed, sent and settled as any other.
What may be told is decided then.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Any
from uuid import UUID

from chalicelib.accounts import principals
from chalicelib.accounts.actor import Workspace
from chalicelib.accounts.news import hear
from chalicelib.core.db import Transaction
from chalicelib.core.event import Event
from chalicelib.core.mail import Mail
from chalicelib.notifications import digest_queries, queries, threads
from chalicelib.notifications.digest_queries import Reader
from chalicelib.notifications.queries import Settlement
from chalicelib.notifications.rendering import DEFAULT_LANGUAGE, Language, environment, languages
from chalicelib.tickets import unsubscribing

DUE = "digest.due"
# As much of a comment as a line repeats.
EXCERPT = 280


@dataclass(frozen=True)
class Digest:
    """What this delivery is to send."""

    workspace: Workspace
    reader: Reader
    lines: Sequence[Any]
    message_id: str


def claim(tx: Transaction, event: Event, domain: str) -> Digest | None:
    """Claims the mail of a digest. None where there is nothing to tell any more.

    Raises ValueError for a payload that is not such an event's.
    """
    heard = hear(tx, event)
    if heard is None:
        return None
    system, payload = heard
    try:
        user_id = UUID(payload["user"]["id"])
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        raise ValueError(f"This payload is not a digest's: {error!r}") from error
    reader = digest_queries.reader(tx, event, user_id)
    digest_queries.drop(tx, event, user_id, reads=reader is not None)
    lines = digest_queries.gathered(tx, event, user_id) if reader else ()
    if reader is None or not lines:
        return None
    message_id = threads.message_id(event.id, user_id, domain)
    if not queries.claim(tx, event, None, {user_id: message_id}):
        return None
    return Digest(system.workspace, reader, lines, message_id)


def settle(tx: Transaction, event: Event, settlements: Sequence[Settlement]) -> None:
    """Marks the mail, and all that it told, as sent or failed for good."""
    if principals.enter_system(tx, event.workspace_id):
        queries.settle(tx, event, settlements)
        for settlement in settlements:
            digest_queries.settle(tx, event, settlement.user_id, settlement.status)


def compose(digest: Digest, sender: str, public_url: str) -> Mail:
    """The mail, in the workspace's language; its link ends all mails about watched tickets."""
    workspace, reader = digest.workspace, digest.reader
    code = workspace.language if workspace.language in languages() else DEFAULT_LANGUAGE
    leave = unsubscribing.address(public_url, reader.mail_key, workspace.id, reader.user_id)
    told = _told(digest, languages()[code], code, leave)
    text, html = (environment().get_template(f"digest.{kind}").render(told) for kind in ("txt", "html"))
    return Mail(
        sender=sender,
        sender_name=workspace.name,
        recipient=reader.email,
        recipient_name=reader.name,
        subject=told["subject"],
        text=text,
        html=html,
        language=code,
        message_id=digest.message_id,
        headers=unsubscribing.headers(leave),
    )


def _told(digest: Digest, words: Language, code: str, leave: str) -> dict[str, Any]:
    phrases, said = words["phrases"], words["digest"]
    first = digest.lines[0]
    of = "one" if first.of_all == 1 else "one_ticket" if first.tickets == 1 else "many"
    counts = {"count": first.of_all, "tickets": first.tickets, "label": first.label}
    tickets = list(_tickets(digest.lines, words))
    left_out = first.tickets - len(tickets)
    return {
        "language": code,
        "subject": said[f"subject_{of}"].format_map(counts),
        "greeting": phrases["greeting"].format(name=digest.reader.name.strip()),
        "lead": said["lead"].format(zone=digest.workspace.timezone),
        "tickets": tickets,
        "more_tickets": said["more_tickets"].format(count=left_out) if left_out else None,
        "footer": phrases["footer"].format(workspace=digest.workspace.name, reason=said["reason"]),
        "leave": (phrases["leave"], leave),
        "workspace": digest.workspace.name,
        "brand": digest.reader.brand,
    }


def _tickets(lines: Sequence[Any], words: Language) -> Iterator[Mapping[str, Any]]:
    for _, found in groupby(lines, key=lambda line: line.ticket_id):
        of_ticket = list(found)
        first, left_out = of_ticket[0], of_ticket[0].of_ticket - len(of_ticket)
        yield {
            "title": f"[{first.label}] {first.subject}",
            "status": words["status"][first.status],
            "lines": [_line(line, words) for line in of_ticket],
            "more": words["digest"]["more"].format(count=left_out) if left_out else None,
        }


def _line(line: Any, words: Language) -> Mapping[str, str | None]:
    """When it was, what happened, and the beginning of what was said."""
    known = words["digest_lines"]
    values = {
        "actor": line.actor or words["phrases"]["desk"],
        "requester": line.requester,
        "into": line.into_label or "—",
    }
    said = " ".join((line.said or "").split())
    return {
        "at": line.at,
        "told": known.get(line.occasion, known["changed"]).format_map(values),
        "said": (said if len(said) <= EXCERPT else f"{said[:EXCERPT].rstrip()}…") or None,
    }
