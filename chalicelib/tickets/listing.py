"""Listing: a page of the tickets that an actor may see, filtered and sorted, by keyset or offset. One
statement."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import lru_cache
from itertools import product
from typing import Any
from uuid import UUID

from sqlalchemy import TextClause, text

from chalicelib.accounts.actor import Actor
from chalicelib.core.db import Transaction
from chalicelib.core.paging import Page
from chalicelib.sla.queries import TARGETS_JSON
from chalicelib.tickets.views import JOINS, LISTED
from chalicelib.tickets.visibility import EVERYTHING, OF_TEAMS, reasons_beside, visible_to

# As the indexes have them: of what is not leakproof none would be used under row-level security, and a
# coalesce counts as such.
RANK = "CASE t.priority WHEN 'low' THEN 1 WHEN 'medium' THEN 2 WHEN 'high' THEN 3 ELSE 4 END"
DUE = "CASE WHEN t.due_at IS NULL THEN 'infinity' ELSE t.due_at END"
# column, its value in a row, its type in a cursor
SORTS: dict[str, tuple[str, str, Any]] = {
    "created_at": ("t.created_at", "created_at", datetime),
    "updated_at": ("t.updated_at", "updated_at", datetime),
    "due_at": (DUE, "sort_due_at", datetime | None),
    "priority": (RANK, "priority", int),
    # Of what a search found.
    "rank": ("t.rank", "rank", int),
}
FOUND = """(SELECT t.*, f.rank
    FROM fn_search(CAST(:query AS jsonb) || jsonb_build_object('ranked', true)) AS f
    JOIN tickets t ON t.workspace_id = :workspace_id AND t.id = f.ticket_id) AS t"""
RELEVANCE = "-rank"
HIGHLIGHTS = "fn_search_highlights(t.id, CAST(:query AS jsonb)) AS highlights"
# So many teams of an agent are looked through one by one, more all at once.
TEAMS_APART = 5
PRIORITIES = ("low", "medium", "high", "urgent")
# Due tickets keep the time of their running promise, and whoever ends one late marks it as breached.
OVERDUE = f"{DUE} < now()"
BREACHED = """EXISTS (SELECT FROM sla_targets g WHERE g.workspace_id = t.workspace_id AND g.ticket_id = t.id
    AND g.metric = 'resolution' AND g.breached_at IS NOT NULL)"""
CONDITIONS = {
    "status": "t.status = ANY(CAST(:status AS text[]))",
    "priority": f"{RANK} = ANY(CAST(:priority AS integer[]))",
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
    "without_organisation": """(t.organisation_id IS NULL OR t.organisation_id = ANY(ARRAY(
        SELECT o.id FROM organisations o
        WHERE o.workspace_id = :workspace_id AND o.deleted_at IS NOT NULL)))""",
    "tag": """EXISTS (SELECT FROM ticket_tags g
        WHERE g.workspace_id = t.workspace_id AND g.ticket_id = t.id AND g.tag = :tag)""",
    **{
        f"field_{place}": f"""EXISTS (SELECT FROM ticket_field_values v
        WHERE v.workspace_id = t.workspace_id AND v.ticket_id = t.id
          AND v.digest = fn_field_digest(CAST(:field_{place} AS jsonb)))"""
        for place in range(5)
    },
    "breached": f"({OVERDUE} OR {BREACHED})",
    "not_breached": f"NOT {OVERDUE} AND NOT {BREACHED}",
    "active": "t.status IN ('new', 'open', 'pending', 'on_hold')",
    "overdue": OVERDUE,
    "archived": "t.archived_at IS NOT NULL",
    "not_archived": "t.archived_at IS NULL",
    "created_after": "t.created_at > :created_after",
    "created_before": "t.created_at < :created_before",
    "updated_after": "t.updated_at > :updated_after",
    "updated_before": "t.updated_at < :updated_before",
    "due_before": f"{DUE} < :due_before",
    "query": "t.id = ANY(ARRAY(SELECT f.ticket_id FROM fn_search(CAST(:query AS jsonb)) AS f))",
}


# A parameter of a condition's own, and the conditions that have any.
VALUE = re.compile(r"(?<!:):(?!workspace_id\b)(\w+)")
OWN_VALUES = frozenset(part for part in CONDITIONS.values() if VALUE.search(part))
# Where counting ends.
COUNTED = 10_000
AS_MANY = f"jsonb_build_object('most', {COUNTED + 1})"
# Conditions of which each part has an index in the order of a list, and all together have none.
APART = {"breached": (OVERDUE, BREACHED)}


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


@dataclass(frozen=True)
class Sight:
    """Conditions on what the actor may know of: one that always holds, and reasons of which one must."""

    always: str
    reasons: tuple[str, ...] = ()


def _where(visible: str, conditions: tuple[str, ...]) -> list[str]:
    return ["t.workspace_id = :workspace_id", visible, *(CONDITIONS[name] for name in conditions)]


def _ways(sight: Sight, conditions: tuple[str, ...]) -> tuple[tuple[str, ...], Sequence[tuple[str, ...]]]:
    """The conditions that always hold, and the ways in which the others may: one of them must. None where
    there is nothing to choose from."""
    if "query" in conditions:
        return conditions, ()
    choices: list[tuple[str, ...]] = [APART[name] for name in conditions if name in APART]
    choices += [sight.reasons] if sight.reasons else []
    others = tuple(name for name in conditions if name not in APART)
    return others, tuple(product(*choices)) if choices else ()


def _in_order(sort: str, key: str = "", id: str = "t.id") -> str:
    column, direction = SORTS[sort.removeprefix("-")][0], "DESC" if sort.startswith("-") else "ASC"
    return f"ORDER BY {key or column} {direction}, {id} {direction}"


def _part(sight: Sight, conditions: tuple[str, ...], sort: str, columns: str, start: str = "true") -> str:
    """The first :take tickets after :skip. What may hold for one reason or another is looked for one by one:
    for each there is an index in this order, for all together there is none."""
    column, in_order = SORTS[sort.removeprefix("-")][0], _in_order(sort)
    others, ways = _ways(sight, conditions)
    if not ways:
        ranked = sort == RELEVANCE
        others = tuple(name for name in others if not (ranked and name == "query"))
        all_of = " AND ".join([*_where(sight.always, others), start])
        tickets = FOUND if ranked else "tickets t"
        return f"SELECT {columns} FROM {tickets} WHERE {all_of} {in_order} LIMIT :take OFFSET :skip"
    where = [*_where(sight.always, others), start]
    each = " UNION ALL ".join(
        f"""(SELECT {column} AS key, t.id FROM tickets t WHERE {" AND ".join([*where, *way])}
             {in_order} LIMIT CAST(:take AS bigint) + CAST(:skip AS bigint))"""
        for way in ways
    )
    return f"""SELECT {columns} FROM tickets t
        WHERE t.workspace_id = :workspace_id AND t.id = ANY(ARRAY(
            SELECT f.id FROM ({each}) AS f GROUP BY f.key, f.id {_in_order(sort, "f.key", "f.id")}
            LIMIT :take OFFSET :skip)) {in_order}"""


@lru_cache(maxsize=512)
def _page(sight: Sight, conditions: tuple[str, ...], sort: str, after: bool) -> TextClause:
    column, beyond = SORTS[sort.removeprefix("-")][0], "<" if sort.startswith("-") else ">"
    start = f"({column}, t.id) {beyond} (:after_value, :after_id)" if after else "true"
    # The page first, so that only what is shown is joined.
    shown = _part(sight, conditions, sort, "t.*", start)
    columns = f"{LISTED}, {TARGETS_JSON} AS targets"
    if "query" in conditions:
        columns += f", {HIGHLIGHTS}{', t.rank' if sort == RELEVANCE else ''}"
    return text(f"SELECT {columns} FROM ({shown}) AS t {JOINS} {_in_order(sort)}")


@lru_cache(maxsize=128)
def _ids(sight: Sight, conditions: tuple[str, ...], sort: str) -> TextClause:
    return text(_part(sight, conditions, sort, "t.id"))


def _sight(actor: Actor, wanted: Filter) -> tuple[Sight, dict[str, Any]]:
    """Of what a search found, all is looked through at once. The index of teams is by time, one team after
    the other: so in this order each of a few teams is a reason."""
    if "query" in wanted.conditions:
        visible, values = visible_to(actor)
        return Sight(visible), values
    reasons, values = reasons_beside(actor, wanted.conditions)
    teams, by_time = len(actor.team_ids), wanted.sort.removeprefix("-") == "created_at"
    if OF_TEAMS in reasons and (teams == 1 or (by_time and 1 < teams <= TEAMS_APART)):
        others = tuple(reason for reason in reasons if reason != OF_TEAMS)
        reasons = (*(f"t.team_id = (CAST(:own_teams AS uuid[]))[{1 + n}]" for n in range(teams)), *others)
    return Sight(EVERYTHING, reasons), values


def _sight_of_count(actor: Actor, conditions: Mapping[str, Any]) -> tuple[Sight, dict[str, Any]]:
    """Where nothing is asked but that, the indexes of the reasons tell how many there are; else those of what
    is asked are the narrower, and a ticket that they give is looked at once."""
    if conditions.keys() <= {"archived", "not_archived", "breached"}:
        return _sight(actor, Filter(conditions))
    reasons, values = reasons_beside(actor, conditions)
    return Sight(f"{EVERYTHING} AND ({' OR '.join(reasons)})" if reasons else EVERYTHING), values


def bound(conditions: Mapping[str, Any]) -> dict[str, Any]:
    """What the conditions need, as the database takes it."""
    given = {name: value for name, value in conditions.items() if value is not None}
    if "priority" in given:
        given["priority"] = [PRIORITIES.index(priority) + 1 for priority in given["priority"]]
    return given


@lru_cache(maxsize=64)
def _counts(wanted: tuple[tuple[Sight, tuple[str, ...]], ...]) -> TextClause:
    each = [f"(SELECT count(*) FROM ({_some(*one, place)}) AS found)" for place, one in enumerate(wanted)]
    return text(f"SELECT ARRAY[{', '.join(each)}]")


def _some(sight: Sight, conditions: tuple[str, ...], place: int) -> str:
    """So many of the tickets of a filter as are counted. Where there are ways to be one of them, so many of
    each: all together are as many as there are, or too many."""
    others, ways = _ways(sight, conditions)
    where = " AND ".join([_apart(part, place) for part in _where(sight.always, others)])
    where = where.replace(f"CAST(:query_{place} AS jsonb)", f"CAST(:query_{place} AS jsonb) || {AS_MANY}")
    if not ways:
        return f"SELECT FROM tickets t WHERE {where} LIMIT {COUNTED + 1}"
    each = " UNION ".join(
        f"(SELECT t.id FROM tickets t WHERE {' AND '.join([where, *way])} LIMIT {COUNTED + 1})"
        for way in ways
    )
    return f"SELECT FROM ({each}) AS f LIMIT {COUNTED + 1}"


def _apart(part: str, place: int) -> str:
    """A condition whose own parameters are those of the filter in this place."""
    return VALUE.sub(lambda found: f":{found[1]}_{place}", part) if part in OWN_VALUES else part


def page_of(tx: Transaction, actor: Actor, wanted: Filter, page: Page) -> list[Any]:
    """The rows of a page, and one more where there is a next."""
    _, _, kind = SORTS[wanted.sort.removeprefix("-")]
    after = page.after(wanted.cursor_sort, (kind, UUID))
    sight, values = _sight(actor, wanted)
    values |= {"workspace_id": actor.workspace.id, "take": page.take, "skip": page.skip}
    if after:
        values |= {"after_value": "infinity" if after[0] is None else after[0], "after_id": after[1]}
    statement = _page(sight, tuple(sorted(wanted.conditions)), wanted.sort, after is not None)
    return list(tx.connection.execute(statement, {**values, **bound(wanted.conditions)}).all())


def ids_of(tx: Transaction, actor: Actor, wanted: Filter, most: int) -> list[UUID]:
    """The ids of the first `most` tickets, in order."""
    sight, values = _sight(actor, wanted)
    values |= {"workspace_id": actor.workspace.id, "take": most, "skip": 0}
    statement = _ids(sight, tuple(sorted(wanted.conditions)), wanted.sort)
    return list(tx.connection.scalars(statement, {**values, **bound(wanted.conditions)}))


def counts_of(tx: Transaction, actor: Actor, wanted: Sequence[Mapping[str, Any]]) -> list[int]:
    """How many tickets there are by the conditions of each filter, counted to COUNTED and one more."""
    keys: dict[str, Any] = {"workspace_id": actor.workspace.id}
    asked = []
    for place, conditions in enumerate(wanted):
        sight, values = _sight_of_count(actor, conditions)
        asked.append((sight, tuple(sorted(conditions))))
        keys |= values | {f"{name}_{place}": value for name, value in bound(conditions).items()}
    statement = _counts(tuple(asked))
    found: list[int] = tx.connection.scalar(statement, keys)
    return found


def sort_key(row: Any, sort: str) -> tuple[Any, UUID]:
    """What a cursor after this row holds."""
    name = sort.removeprefix("-")
    value = getattr(row, SORTS[name][1])
    return (PRIORITIES.index(value) + 1 if name == "priority" else value, row.id)
