"""Unsubscribing: whoever has the link of a mail about a watched ticket ends these mails, without signing in.

The link is the right, and all that it is good for: it can take mails away from one person, and who wants them
back watches again.
"""

from dataclasses import dataclass
from uuid import UUID

from chalicelib.accounts import preference_queries, principals
from chalicelib.accounts.actor import Actor
from chalicelib.core import signed_links
from chalicelib.core.db import Transaction
from chalicelib.core.errors import NotFound
from chalicelib.core.signed_links import Link
from chalicelib.models.words import Preference
from chalicelib.tickets import unsubscribe_queries, watching

PATH = "/unsubscribe"
NO_LINK = "There is no such link. Copy all of it, or take the one of a newer mail."


@dataclass(frozen=True)
class Standing:
    """What the page of a link may show. `label`: the ticket's, None for a link of all that one watches."""

    workspace: str
    language: str
    label: str | None
    watches: bool
    muted: bool


def headers(address: str) -> dict[str, str]:
    """What lets a mail program end these mails at one press of a button (RFC 2369 §3.2, RFC 8058 §3.1)."""
    return {"List-Unsubscribe": f"<{address}>", "List-Unsubscribe-Post": "List-Unsubscribe=One-Click"}


def address(
    public_url: str, key: bytes, workspace_id: UUID, user_id: UUID, ticket_id: UUID | None = None
) -> str:
    """Where the mails of a ticket to a user are ended, or those of all that they watch."""
    token = signed_links.token(key, workspace_id, user_id, ticket_id)
    return f"{public_url.rstrip('/')}{PATH}?token={token}"


def look(tx: Transaction, token: str) -> Standing:
    """How things stand; nothing changes. Raises NotFound for what is no link of ours."""
    return _bearer(tx, token)[2]


def unsubscribe(tx: Transaction, token: str, *, everything: bool = False) -> Standing:
    """Ends the mails of the link's ticket, or of all that its owner watches. Twice is once. Raises as `look`
    does."""
    desk, link, standing = _bearer(tx, token)
    if everything or link.ticket_id is None:
        if not standing.muted:
            preference_queries.mute(
                tx, link.workspace_id, link.user_id, off=[Preference.WATCHED.value], on=[]
            )
    elif standing.watches:
        watching.stop(tx, desk, link.ticket_id, link.user_id)
    return look(tx, token)


def _bearer(tx: Transaction, token: str) -> tuple[Actor, Link, Standing]:
    """Enters the workspace of a link. An owner who is gone gets no mails: all is done."""
    link = signed_links.read(token)
    desk = principals.enter_system(tx, link.workspace_id) if link else None
    if link is None or desk is None:
        raise NotFound(NO_LINK)
    row = unsubscribe_queries.standing(tx, link)
    if not link.is_genuine(row.mail_key):
        raise NotFound(NO_LINK)
    gone = not row.is_here
    return desk, link, Standing(row.workspace, row.language, row.label, row.watches, row.muted or gone)
