"""Asking how the help was: in the mail that tells of the end of the work, or in one of its own some time
after.

As with one-time tokens, whoever sends the mail makes its link, in the transaction that claims it: no event,
queue or log ever holds one, and the table its digest alone.
"""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any
from uuid import UUID

from chalicelib.core.db import Transaction
from chalicelib.core.event import Event
from chalicelib.core.tokens import new_opaque_token
from chalicelib.notifications import asking_queries
from chalicelib.notifications.facts import Facts, Question
from chalicelib.notifications.queries import Settlement, settle
from chalicelib.notifications.recipients import RATED, Occasion
from chalicelib.tickets import markdown

# What can be the end of a ticket's work. The row says whether it was: a resolved one is closed too.
ENDS = frozenset({Occasion.RESOLVED, Occasion.CLOSED})


def ask(
    tx: Transaction, event: Event, occasion: Occasion, meta: Mapping[str, Any], requester_id: UUID | None
) -> Question | None:
    """The question that goes into the requester's mail of this event, None where there is nothing to ask: a
    mail that was to ask and no more is then written down as superseded.

    `requester_id`: to whom this delivery writes, where it writes to the requester at all. Where the workspace
    waits, the question is put off, whoever is told of the end itself.
    """
    made = new_opaque_token()
    until = None
    if occasion in ENDS:
        asking_queries.ask_later(tx, event)
        until = asking_queries.ask(tx, event, made.digest) if requester_id else None
    elif occasion is Occasion.RATING_DUE and requester_id:
        until = asking_queries.ask_now(tx, event, int(meta["cycle"]), made.digest)
        if until is None:
            settle(tx, event, [Settlement(requester_id, "superseded")])
    return Question(made.token, until) if until else None


def with_rating(tx: Transaction, event: Event, facts: Facts | None) -> Facts | None:
    """The facts, of a rating with what the requester says now; None where a later event tells of it."""
    if facts is None or event.type != RATED:
        return facts
    row = asking_queries.told(tx, event)
    if row is None:
        return None
    # What is written beside a number is no Markdown.
    html = markdown.as_written(row.comment) if row.comment else None
    return replace(facts, score=row.score, comment=row.comment, comment_html=html, author=facts.requester)
