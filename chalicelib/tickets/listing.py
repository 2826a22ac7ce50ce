"""Listing: a page of the tickets that an actor may see, filtered and sorted, by keyset or offset. One
statement."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import lru_cache
from typing import Any
from uuid import UUID

from sqlalchemy import TextClause, text

from chalicelib.accounts.actor import Actor
from chalicelib.core.db import Transaction
from chalicelib.core.paging import Page
from chalicelib.sla.queries import TARGETS_JSON
from chalicelib.tickets.views import JOINS, LISTED
from chalicelib.tickets.visibility import visible_to

RANK = "array_position(ARRAY['low', 'medium', 'high', 'urgent'], t.priority)"
# column, its value in a row, its type in a cursor
SORTS: dict[str, tuple[str, str, Any]] = {
    "created_at": ("t.created_at", "created_at", datetime),
    "updated_at": ("t.updated_at", "updated_at", datetime),
    "due_at": ("coalesce(t.due_at, 'infinity')", "sort_due_at", datetime | None),
    "priority": (RANK, "priority", int),
    # Of what a search found.
    "rank": ("t.rank", "rank", int),
}
FOUND = """(SELECT t.*, f.rank
    FROM fn_search(CAST(:query AS jsonb) || jsonb_build_object('ranked', true)) AS f
    JOIN tickets t ON t.workspace_id = :workspace_id AND t.id = f.ticket_id) AS t"""
RELEVANCE = "-rank"
HIGHLIGHTS = "fn_search_highlights(t.id, CAST(:query AS jsonb)) AS highlights"
PRIORITIES = ("low", "medium", "high", "urgent")
LATE = """EXISTS (SELECT FROM sla_targets g WHERE g.workspace_id = t.workspace_id AND g.ticket_id = t.id
    AND g.metric = 'resolution' AND (g.breached_at IS NOT NULL
        OR g.due_at < coalesce(g.fulfilled_at, g.ended_at, now())))"""
CONDITIONS = {
    "status": "t.status = ANY(CAST(:status AS text[]))",
    "priority": "t.priority = ANY(CAST(:priority AS text[]))",
    "type": "t.type = ANY(CAST(:type AS text[]))",
    "assignee": "t.assignee_id = :assignee",
    "unassigned": "t.assignee_id IS NULL",
    "team": "t.team_id = :team",
    "teams": "t.team_id = ANY(CAST(:teams AS uuid[]))",
    "requester": "t.requester_id = :requester",
    # A deleted one is none, though its tickets keep its id.
    "organisation": """t.organisation_id = :organisation AND EXISTS (
        SELECT FROM organisations o
        WHERE o.workspace_id = :workspace_id AND o.id = :organisation AND o.deleted_at IS NULL)""",
    "without_organisation": """(t.organisation_id IS NULL OR EXISTS (
        SELECT FROM organisations o
        WHERE o.workspace_id = t.workspace_id AND o.id = t.organisation_id AND o.deleted_at IS NOT NULL))""",
    "tag": """EXISTS (SELECT FROM ticket_tags g
        WHERE g.workspace_id = t.workspace_id AND g.ticket_id = t.id AND g.tag = :tag)""",
    **{
        f"field_{place}": f"""EXISTS (SELECT FROM ticket_field_values v
        WHERE v.workspace_id = t.workspace_id AND v.ticket_id = t.id
          AND v.digest = fn_field_digest(CAST(:field_{place} AS jsonb)))"""
        for place in range(5)
    },
    "breached": LATE,
    "not_breached": f"NOT {LATE}",
    "active": "t.status IN ('new', 'open', 'pending', 'on_hold')",
    "overdue": "t.due_at < now()",
    "archived": "t.archived_at IS NOT NULL",
    "not_archived": "t.archived_at IS NULL",
    "created_after": "t.created_at > :created_after",
    "created_before": "t.created_at < :created_before",
    "updated_after": "t.updated_at > :updated_after",
    "updated_before": "t.updated_at < :updated_before",
    "due_before": "t.due_at < :due_before",
    "query": "t.id = ANY(ARRAY(SELECT f.ticket_id FROM fn_search(CAST(:query AS jsonb)) AS f))",
}


# A parameter of a condition's own, and the conditions that have any.
VALUE = re.compile(r"(?<!:):(?!workspace_id\b)(\w+)")
OWN_VALUES = frozenset(part for part in CONDITIONS.values() if VALUE.search(part))
# Where counting ends.
COUNTED = 10_000
AS_MANY = f"jsonb_build_object('most', {COUNTED + 1})"


@dataclass(frozen=True)
class Filter:
    """What to list: names of CONDITIONS with the value that each needs (None where it needs none), and the
    sort. `mark` tells lists apart whose cursors must not be taken for each other's; see filtering.mark."""

    conditions: Mapping[str, Any] = field(default_factory=dict)
    sort: str = "-created_at"
    mark: str = ""

    @property
    def cursor_sort(self) -> str:
        """What its cursors are of: see core/paging.py."""
        return self.sort + self.mark


def _where(visible: str, conditions: tuple[str, ...]) -> list[str]:
    return ["t.workspace_id = :workspace_id", visible, *(CONDITIONS[name] for name in conditions)]


def _in_order(sort: str) -> str:
    column, direction = SORTS[sort.removeprefix("-")][0], "DESC" if sort.startswith("-") else "ASC"
    return f"ORDER BY {column} {direction}, t.id {direction}"


@lru_cache(maxsize=512)
def _page(visible: str, conditions: tuple[str, ...], sort: str, after: bool) -> TextClause:
    column = SORTS[sort.removeprefix("-")][0]
    descending = sort.startswith("-")
    ranked = sort == RELEVANCE
    where = _where(visible, tuple(name for name in conditions if not (ranked and name == "query")))
    if after:
        where.append(f"({column}, t.id) {'<' if descending else '>'} (:after_value, :after_id)")
    in_order = _in_order(sort)
    # The page first, so that only what is shown is joined.
    tickets = FOUND if ranked else "tickets t"
    shown = f"SELECT t.* FROM {tickets} WHERE {' AND '.join(where)} {in_order} LIMIT :take OFFSET :skip"
    columns = f"{LISTED}, {TARGETS_JSON} AS targets"
    if "query" in conditions:
        columns += f", {HIGHLIGHTS}{', t.rank' if ranked else ''}"
    return text(f"SELECT {columns} FROM ({shown}) AS t {JOINS} {in_order}")


@lru_cache(maxsize=128)
def _ids(visible: str, conditions: tuple[str, ...], sort: str) -> TextClause:
    where = " AND ".join(_where(visible, conditions))
    return text(f"SELECT t.id FROM tickets t WHERE {where} {_in_order(sort)} LIMIT :most")


@lru_cache(maxsize=64)
def _counts(visible: str, wanted: tuple[tuple[str, ...], ...]) -> TextClause:
    each = []
    for place, conditions in enumerate(wanted):
        where = " AND ".join([_apart(part, place) for part in _where(visible, conditions)])
        where = where.replace(f"CAST(:query_{place} AS jsonb)", f"CAST(:query_{place} AS jsonb) || {AS_MANY}")
        some = f"SELECT FROM tickets t WHERE {where} LIMIT {COUNTED + 1}"
        each.append(f"(SELECT count(*) FROM ({some}) AS found)")
    return text(f"SELECT ARRAY[{', '.join(each)}]")


def _apart(part: str, place: int) -> str:
    """A condition whose own parameters are those of the filter in this place."""
    return VALUE.sub(lambda found: f":{found[1]}_{place}", part) if part in OWN_VALUES else part


def page_of(tx: Transaction, actor: Actor, wanted: Filter, page: Page) -> list[Any]:
    """The rows of a page, and one more where there is a next."""
    _, _, kind = SORTS[wanted.sort.removeprefix("-")]
    after = page.after(wanted.cursor_sort, (kind, UUID))
    visible, values = visible_to(actor)
    if after:
        infinity = after[0] is None
        values = {**values, "after_value": "infinity" if infinity else after[0], "after_id": after[1]}
    statement = _page(visible, tuple(sorted(wanted.conditions)), wanted.sort, after is not None)
    given = {name: value for name, value in wanted.conditions.items() if value is not None}
    return list(
        tx.connection.execute(
            statement,
            {"workspace_id": actor.workspace.id, "take": page.take, "skip": page.skip, **values, **given},
        ).all()
    )


def ids_of(tx: Transaction, actor: Actor, wanted: Filter, most: int) -> list[UUID]:
    """The ids of the first `most` tickets, in order."""
    visible, values = visible_to(actor)
    statement = _ids(visible, tuple(sorted(wanted.conditions)), wanted.sort)
    given = {name: value for name, value in wanted.conditions.items() if value is not None}
    keys = {"workspace_id": actor.workspace.id, "most": most, **values, **given}
    return list(tx.connection.scalars(statement, keys))


def counts_of(tx: Transaction, actor: Actor, wanted: Sequence[Mapping[str, Any]]) -> list[int]:
    """How many tickets there are by the conditions of each filter, counted to COUNTED and one more."""
    visible, values = visible_to(actor)
    given = {
        f"{name}_{place}": value
        for place, conditions in enumerate(wanted)
        for name, value in conditions.items()
        if value is not None
    }
    statement = _counts(visible, tuple(tuple(sorted(conditions)) for conditions in wanted))
    keys = {"workspace_id": actor.workspace.id, **values, **given}
    found: list[int] = tx.connection.scalar(statement, keys)
    return found


def sort_key(row: Any, sort: str) -> tuple[Any, UUID]:
    """What a cursor after this row holds."""
    name = sort.removeprefix("-")
    value = getattr(row, SORTS[name][1])
    return (PRIORITIES.index(value) + 1 if name == "priority" else value, row.id)
