"""Waiting: what is resolved closes once its requester may not reopen it any more; what is pending on its
customer is reminded of, and then resolved, as the workspace has it.

The sweep hands over a ticket whose time has come, with `waiting.due`. What there is to do is asked under the
ticket's lock: so however often an event comes, and whoever was faster, it is done once, or not at all.
"""

from typing import Any
from uuid import UUID

from sqlalchemy import Row

from chalicelib.accounts import principals
from chalicelib.core.db import Transaction
from chalicelib.core.errors import NotFound
from chalicelib.core.event import Event
from chalicelib.tickets import waiting_queries
from chalicelib.tickets.closing import apply_close
from chalicelib.tickets.commenting import add_comment
from chalicelib.tickets.draft import Draft, open_draft
from chalicelib.tickets.resolving import apply_resolve
from chalicelib.tickets.waiting_words import BY_TIME, resolution

DUE = "waiting.due"


def go_on(tx: Transaction, event: Event) -> list[dict[str, Any]]:
    """Does what the clock has come to, if it still has; the news of it."""
    actor = principals.enter_system(tx, event.workspace_id)
    if actor is None or event.ticket_id is None:
        return []
    try:
        draft = open_draft(tx, actor, event.ticket_id)
    except NotFound:
        return []
    due = waiting_queries.take(tx, actor.workspace.id, event.ticket_id)
    if due is not None:
        _do(draft, due)
    return list(tx.events)


def _do(draft: Draft, due: Row[Any]) -> None:
    match due.step:
        case "close":
            apply_close(draft, cause=BY_TIME, days=due.days)
        case "resolve":
            add_comment(draft, due.resolve_text or resolution(draft.actor.workspace.language))
            apply_resolve(draft, cause=BY_TIME, days=due.days)
        case "remind":
            _remind(draft, due.days, due.left_days, due.comment_id)
    draft.save(counts=bool(draft.values))


def _remind(draft: Draft, days: int, left_days: int | None, answers_id: UUID | None) -> None:
    """`left_days`: where this is the last one, from now to the resolving. `answers_id`: the comment that
    waits for an answer."""
    draft.tell("reminded", days=days, left_days=left_days, answers_id=answers_id)
