"""Counting: tickets of which events tell are counted anew, many at a time; see docs/insight.md."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from uuid import UUID

from chalicelib.analytics import rollup_queries
from chalicelib.core.db import Transaction
from chalicelib.core.event import Event

# What tickets tell of themselves; of all else nothing is counted.
NEWS = "ticket."


def is_counted(event: Event) -> bool:
    """Whether what an event tells of may change a figure."""
    return event.ticket_id is not None and event.type.startswith(NEWS)


def tickets_of(news: Iterable[Event]) -> Mapping[UUID, set[UUID]]:
    """The tickets that are to be counted, by workspace."""
    found: dict[UUID, set[UUID]] = defaultdict(set)
    for event in news:
        if event.ticket_id is not None and is_counted(event):
            found[event.workspace_id].add(event.ticket_id)
    return found


def count(tx: Transaction, workspace_id: UUID, tickets: Iterable[UUID]) -> None:
    """Counts them as they are now. It may be done again, in any order."""
    rollup_queries.refresh(tx, workspace_id, tickets)
