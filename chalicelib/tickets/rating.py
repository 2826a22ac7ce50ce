"""Rating: the requester says how the help was, once for each time that the work on a ticket ended.

Signed in, or by the link of the mail that asks. It can be given and changed for 30 days, until the ticket is
reopened; the next end of the work is asked about anew. The latest counts.
"""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any
from uuid import UUID

from chalicelib.accounts import principals
from chalicelib.accounts.actor import Actor
from chalicelib.accounts.permissions import Permission
from chalicelib.core.db import Transaction
from chalicelib.core.errors import Conflict, Forbidden, Gone, HelpdeskError, NotFound
from chalicelib.core.tokens import opaque_digest
from chalicelib.models.words import ActorType
from chalicelib.tickets import queries, rating_queries
from chalicelib.tickets.draft import Draft, open_draft
from chalicelib.tickets.lifecycle import ACTIVE
from chalicelib.tickets.rating_queries import RATING_DAYS

OVER = "This question is over."
BRANDING = {"color": "brand_color", "logo_url": "brand_logo_url", "footer": "brand_footer"}


def show(tx: Transaction, actor: Actor, ticket_id: UUID) -> dict[str, Any]:
    """The ratings of a visible ticket, and whether one can be given now. Raises NotFound; Forbidden for
    customers other than the requester."""
    row = rating_queries.standing(tx, actor, ticket_id)
    if row is None:
        raise NotFound("There is no such ticket.")
    if actor.id is None or row.requester_id != actor.id:
        actor.require(Permission.RATINGS_READ, "A rating is between the requester and the desk.")
    return _shape(row, actor)


def rate(
    tx: Transaction, actor: Actor, ticket_id: UUID, score: int, said: Mapping[str, str | None]
) -> tuple[dict[str, Any], bool]:
    """What `show` answers afterwards, and whether this end of the work had no rating before. `said`: the
    `comment`, where it is to change; null takes it away.

    Raises NotFound, Forbidden for who did not ask for the ticket, Conflict where there is nothing to rate.
    """
    actor.require(Permission.RATINGS_GIVE, "Your role rates no tickets.")
    draft = open_draft(tx, actor, ticket_id)
    if not draft.is_requester:
        raise Forbidden("Only the requester rates the work on a ticket.")
    row = rating_queries.standing_of_any(tx, actor.workspace.id, ticket_id)
    if why_not := _why_not(row, actor):
        raise why_not
    _write(draft, row, score, said)
    return show(tx, actor, ticket_id), row.score is None


def question(tx: Transaction, token: str) -> dict[str, Any]:
    """What the link of a mail asks, and what was answered so far. Raises NotFound for what is no link, Gone
    where the question is over."""
    desk, ticket_id, digest = _bearer(tx, token)
    return _asked(_open_question(tx, desk, ticket_id, digest))


def answer(
    tx: Transaction, token: str, score: int, said: Mapping[str, str | None]
) -> tuple[dict[str, Any], bool]:
    """Rates by the link of a mail, as `rate` does. Raises as `question` does."""
    desk, ticket_id, digest = _bearer(tx, token)
    ticket = queries.lock(tx, desk, ticket_id)
    if ticket is None:
        raise Gone(OVER)
    row = _open_question(tx, desk, ticket_id, digest)
    requester = replace(desk, type=ActorType.USER, id=row.requester_id, name=row.requester, role=None)
    _write(Draft(tx, requester, ticket), row, score, said, by_link=True)
    return _asked(_open_question(tx, desk, ticket_id, digest)), row.score is None


def _write(
    draft: Draft, row: Any, score: int, said: Mapping[str, str | None], *, by_link: bool | None = None
) -> None:
    """What is said already is not said again. The words stand in the rating alone: nobody's timeline repeats
    them, and they can be taken away."""
    comment = said.get("comment", row.comment)
    if (score, comment) == (row.score, row.comment):
        return
    rating_queries.rate(draft.tx, draft.ticket.workspace_id, row, score, comment)
    changes = {} if score == row.score else {"score": {"from": row.score, "to": score}}
    meta = {"cycle": row.cycle, "commented": comment is not None, "by_link": by_link}
    draft.tell("rated", changes, internal=True, **meta)
    draft.save(counts=False)


def _why_not(row: Any, actor: Actor) -> HelpdeskError | None:
    """Why the ticket cannot be rated now, whoever asks."""
    if not row.ratings_enabled:
        return Forbidden("This desk asks for no ratings.")
    if row.requester_id == row.assignee_id:
        return Forbidden("Nobody rates their own work.")
    if row.merged:
        return Conflict("The ticket was merged into another one. That one is rated, once it is finished.")
    if row.archived:
        return Conflict("The ticket is archived, so it can only be read.")
    if row.ended_at is None:
        return Conflict(
            f"The ticket is {row.status}: it can be rated once it is resolved or closed."
            if row.status in ACTIVE
            else "The ticket was cancelled: there is nothing to rate."
        )
    if row.open_until <= actor.now:
        return Conflict(f"The ticket was finished more than {RATING_DAYS} days ago: it is rated no more.")
    return None


def _bearer(tx: Transaction, token: str) -> tuple[Actor, UUID, bytes]:
    """Enters the workspace of a link: its automation, the ticket, the link's digest."""
    digest = opaque_digest(token)
    link = rating_queries.of_link(tx, digest) if digest else None
    desk = principals.enter_system(tx, link.workspace_id) if link else None
    if digest is None or desk is None or link is None:
        raise NotFound("There is no such link. Copy all of it, or take the one of the newest mail.")
    return desk, link.ticket_id, digest


def _open_question(tx: Transaction, desk: Actor, ticket_id: UUID, digest: bytes) -> Any:
    """Raises Gone unless this very link asks about the ticket as it stands, and its reader is there."""
    row = rating_queries.standing_of_any(tx, desk.workspace.id, ticket_id)
    if row is None or not (row.requester_stays and row.same_mailbox):
        raise Gone(OVER)
    if why_not := _why_not(row, desk):
        raise Gone(f"{OVER} {why_not}")
    if row.digest != digest:
        raise Gone(f"{OVER} The ticket was reopened since: a later mail asks about it as it is now.")
    return row


def _shape(row: Any, actor: Actor) -> dict[str, Any]:
    can_be_rated = _why_not(row, actor) is None
    return {
        "rating": row.given[0] if row.given else None,
        "former": row.given[1:],
        "question": {"asked_at": row.asked_at, "open_until": row.open_until} if can_be_rated else None,
    }


def _asked(row: Any) -> dict[str, Any]:
    return {
        "workspace": {
            "name": row.workspace,
            "language": row.language,
            "branding": {part: getattr(row, column) for part, column in BRANDING.items()},
        },
        "label": row.label,
        "subject": row.subject,
        "score": row.score,
        "comment": row.comment,
        "rated_at": row.rated_at,
        "open_until": row.open_until,
    }
