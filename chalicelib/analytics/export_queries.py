"""The SQL of exports: the lines of a file, made by the database, a page of them at a time.

A page looks at the next so many rows by their ids, whatever is asked of them, and makes lines of those that
are wanted: each statement does as much as any other, however few there are to be found. Ids never change, so
no row comes twice, and none is left out that was there from beginning to end.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from typing import Any
from uuid import UUID

from sqlalchemy import TextClause, text

from chalicelib.accounts.queries import USER_FILTERS
from chalicelib.analytics.column_queries import Column, columns
from chalicelib.core.db import Transaction
from chalicelib.tickets import listing

# How many rows a page looks at, and how many bytes of texts it makes lines of.
ROWS, BYTES = 5_000, 2_000_000
BEFORE_ALL = UUID(int=0)
# A concat takes a hundred arguments at most.
TOGETHER = 30

_TICKET = "LEFT JOIN tickets t ON t.workspace_id = x.workspace_id AND t.id = x.ticket_id"
_OF_PERSON = "LEFT JOIN users u ON u.workspace_id = x.workspace_id AND u.id = x.{}"
_ORGANISATION = """LEFT JOIN organisations o
    ON o.workspace_id = {0}.workspace_id AND o.id = {0}.organisation_id AND o.deleted_at IS NULL"""
_PROMISE = """LEFT JOIN LATERAL (
        SELECT g.* FROM sla_targets g
        WHERE g.workspace_id = t.workspace_id AND g.ticket_id = t.id AND g.metric = 'resolution'
        ORDER BY g.cycle DESC LIMIT 1) AS p ON true"""


@dataclass(frozen=True)
class _Source:
    """Where the rows of a resource are: the table and its alias, what of a row is looked at, what is joined
    to look, how many bytes its texts take, and what is joined to make a line."""

    table: str
    alias: str
    looked_at: str
    looking: str
    bytes: str
    making: tuple[str, ...]


_SOURCES = {
    "tickets": _Source(
        "tickets",
        "t",
        "",
        "",
        "octet_length(t.description) + octet_length(t.custom_fields::text)",
        (
            "LEFT JOIN users r ON r.workspace_id = t.workspace_id AND r.id = t.requester_id",
            "LEFT JOIN users a ON a.workspace_id = t.workspace_id AND a.id = t.assignee_id",
            "LEFT JOIN teams m ON m.workspace_id = t.workspace_id AND m.id = t.team_id",
            "LEFT JOIN sla_policies s ON s.workspace_id = t.workspace_id AND s.id = t.sla_policy_id",
            _ORGANISATION.format("t"),
            _PROMISE,
        ),
    ),
    "comments": _Source(
        "comments",
        "x",
        "x.workspace_id, x.id, x.ticket_id, x.created_at, octet_length(x.body) AS bytes",
        _TICKET,
        "x.bytes",
        (_TICKET, _OF_PERSON.format("author_id")),
    ),
    "timeline": _Source(
        "timeline_entries",
        "x",
        "x.workspace_id, x.id, x.ticket_id, x.created_at, "
        "octet_length(x.changes::text) + octet_length(x.meta::text) AS bytes",
        _TICKET,
        "x.bytes",
        (_TICKET, _OF_PERSON.format("actor_id")),
    ),
    "users": _Source("users", "u", "", "", "0", (_ORGANISATION.format("u"),)),
}
MADE = {"since": "x.created_at >= :since", "until": "x.created_at < :until"}
# What is found once, not asked of each row.
FOUND_ONCE = "query"
# An erasure that is not through, and one that has ended since a moment.
ERASING = text(
    """
    SELECT EXISTS (SELECT FROM erasures e JOIN jobs j ON j.workspace_id = e.workspace_id AND j.id = e.job_id
                   WHERE e.workspace_id = :workspace_id AND e.completed_at IS NULL
                     AND j.status IN ('queued', 'running')) AS is_open,
        EXISTS (SELECT FROM erasures e
                WHERE e.workspace_id = :workspace_id AND e.completed_at >= :since) AS has_ended
    """
)


@dataclass(frozen=True)
class Wanted:
    """What is taken out: the conditions on `tickets t` by which the asker sees and asks (for users those on
    `users u`), with what each needs."""

    resource: str
    conditions: tuple[str, ...]
    narrowed: tuple[str, ...]
    values: Mapping[str, Any]


@dataclass(frozen=True)
class Page:
    """The lines of some rows, how many, and the id to go on after; None at the end."""

    lines: str
    rows: int
    last: UUID | None


def of_tickets(
    resource: str,
    visible: tuple[str, Mapping[str, Any]],
    conditions: Mapping[str, Any],
    times: Mapping[str, datetime],
) -> Wanted:
    """`visible` as visibility.visible_to gives it, `conditions` as filtering.conditions; `times`: since when,
    and until when comments and entries were made."""
    condition, seen = visible
    once = (FOUND_ONCE,) if resource == "tickets" and FOUND_ONCE in conditions else ()
    each = [listing.CONDITIONS[name] for name in sorted(conditions) if name not in once]
    values = {**seen, **listing.bound(conditions), **times}
    asked = (condition, *each, *(MADE[name] for name in sorted(times)))
    return Wanted(resource, asked, tuple(listing.CONDITIONS[name] for name in once), values)


def of_users(wanted: Mapping[str, Any]) -> Wanted:
    """`wanted` as queries.list_users has it."""
    conditions = ("u.deleted_at IS NULL", *(USER_FILTERS[name] for name in sorted(wanted)))
    return Wanted("users", conditions, (), wanted)


def newest(tx: Transaction, workspace_id: UUID, resource: str) -> UUID | None:
    """The greatest id that there is."""
    found: UUID | None = tx.connection.scalar(_newest(resource), {"workspace_id": workspace_id})
    return found


def page(
    tx: Transaction,
    workspace_id: UUID,
    wanted: Wanted,
    names: Sequence[str],
    *,
    csv: bool,
    after: UUID | None,
    until: UUID,
    began: datetime,
) -> Page:
    """The next lines, of rows after one id and up to another; promises are told as of `began`."""
    statement = _page(wanted.resource, wanted.conditions, wanted.narrowed, tuple(names), csv)
    keys = {"workspace_id": workspace_id, "after_id": after or BEFORE_ALL, "until_id": until, "began": began}
    bounds = {"looked_at": ROWS, "bytes": BYTES}
    row = tx.connection.execute(statement, {**wanted.values, **keys, **bounds}).one()
    return Page(row.lines or "", row.rows, row.last)


def erasures(tx: Transaction, workspace_id: UUID, since: datetime) -> tuple[bool, bool]:
    """Whether somebody is being erased from the workspace, and whether somebody was since then."""
    row = tx.connection.execute(ERASING, {"workspace_id": workspace_id, "since": since}).one()
    return row.is_open, row.has_ended


@lru_cache(maxsize=8)
def _newest(resource: str) -> TextClause:
    table = _SOURCES[resource].table
    return text(f"SELECT x.id FROM {table} x WHERE x.workspace_id = :workspace_id ORDER BY x.id DESC LIMIT 1")


@lru_cache(maxsize=32)
def _page(
    resource: str, conditions: tuple[str, ...], narrowed: tuple[str, ...], names: tuple[str, ...], csv: bool
) -> TextClause:
    source, chosen = _SOURCES[resource], columns(resource, names)
    line = _cells(chosen) if csv else _object(chosen)
    needs_promise = any("p." in f" {column.json}" for column in chosen)
    making = " ".join(join for join in source.making if join != _PROMISE or needs_promise)
    return text(
        f"""
        WITH looked_at AS MATERIALIZED ({_looked_at(source, conditions, narrowed)}), page AS MATERIALIZED (
            SELECT l.id, l.is_wanted FROM (
                SELECT k.*, sum(CASE WHEN k.is_wanted THEN k.bytes ELSE 0 END)
                    OVER (ORDER BY k.id ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING) AS before
                FROM looked_at k) AS l
            WHERE coalesce(l.before, 0) <= :bytes
        ), made AS (
            SELECT page.id, {line} AS line
            FROM page JOIN {source.table} {source.alias}
                ON {source.alias}.workspace_id = :workspace_id AND {source.alias}.id = page.id
            {making}
            WHERE page.is_wanted
        )
        SELECT (SELECT page.id FROM page ORDER BY page.id DESC LIMIT 1) AS last, count(*) AS rows,
            string_agg(made.line, '' ORDER BY made.id) AS lines
        FROM made
        """
    )


def _looked_at(source: _Source, conditions: tuple[str, ...], narrowed: tuple[str, ...]) -> str:
    """The next rows: their ids, whether each is wanted, and how many bytes it takes."""
    alias, wanted = source.alias, " AND ".join(f"({condition})" for condition in conditions)
    between = f"{alias}.workspace_id = :workspace_id AND {alias}.id > :after_id AND {alias}.id <= :until_id"
    where = " AND ".join([between, *narrowed])
    next_rows = f"FROM {source.table} {alias} WHERE {where} ORDER BY {alias}.id LIMIT :looked_at"
    facts = f"{alias}.id, ({wanted}) AS is_wanted, {source.bytes} + 1 AS bytes"
    if not source.looking:
        return f"SELECT {facts} {next_rows}"
    # Cut before it is joined, so that no plan looks at more.
    return f"SELECT {facts} FROM (SELECT {source.looked_at} {next_rows}) AS {alias} {source.looking}"


def _cells(chosen: Sequence[Column]) -> str:
    """A line of CSV, its end with it."""
    cells = [f"{column.csv}, ','" for column in chosen]
    cells[-1] = f"{chosen[-1].csv}, chr(13) || chr(10)"
    parts = [cells[start : start + TOGETHER] for start in range(0, len(cells), TOGETHER)]
    return " || ".join(f"concat({', '.join(part)})" for part in parts)


def _object(chosen: Sequence[Column]) -> str:
    """A line of JSON, its end with it; parts of an object stand in it."""
    groups: dict[str, list[Column]] = {}
    for column in chosen:
        groups.setdefault(column.group, []).append(column)
    fields = ", ".join(f'{_value(group)} AS "{name}"' for name, group in groups.items())
    return f"(SELECT row_to_json(f)::text FROM (SELECT {fields}) AS f) || chr(10)"


def _value(group: Sequence[Column]) -> str:
    if not group[0].part:
        return group[0].json
    parts = ", ".join(f"'{column.part}', {column.json}" for column in group)
    made = f"json_build_object({parts})"
    return made if group[0].there == "true" else f"CASE WHEN {group[0].there} THEN {made} END"
