"""The SQL of analytics: how promises were kept, by what they are grouped by and by bucket of time."""

from collections.abc import Mapping, Sequence
from functools import lru_cache
from typing import Any
from uuid import UUID

from sqlalchemy import Row, TextClause, text

from chalicelib.core.db import Transaction

# What figures can be grouped and filtered by: the column, and how a list of values is read.
DIMENSIONS = {
    "metric": ("metric", "text[]"),
    "policy": ("policy_id", "uuid[]"),
    "team": ("team_id", "uuid[]"),
    "priority": ("priority", "text[]"),
}
# Groups times buckets, at the most.
MOST_ROWS = 10_000

NAMES = text(
    """
    SELECT 'team' AS kind, id, name, deleted_at IS NOT NULL AS deleted FROM teams
    WHERE workspace_id = :workspace_id
    UNION ALL
    SELECT 'policy', id, name, deleted_at IS NOT NULL FROM sla_policies WHERE workspace_id = :workspace_id
    """
)
BUCKET = "width_bucket({}, CAST(:bounds AS timestamptz[]))"
# Sorted as bytes, which is a good deal faster.
COLUMNS = """g.metric COLLATE "C" AS metric, g.policy_id, g.team_id, g.priority COLLATE "C" AS priority,
        g.ticket_id"""
TOOK = "date_part('epoch', g.fulfilled_at - g.started_at) / 60"
# Three reads, each of an index. What was kept or broken, by when that was decided; how long it took that was
# fulfilled too late, by when it was; what is open now, where that which ran late counts as broken though no
# sweep has come by.
FACTS = f"""
    SELECT {BUCKET.format("g.decided_at")} AS bucket, {COLUMNS},
        g.breached_at IS NULL AS met, g.breached_at IS NOT NULL AS breached, false AS running,
        CASE WHEN g.breached_at IS NULL THEN g.used_minutes END AS business,
        CASE WHEN g.breached_at IS NULL THEN {TOOK} END AS calendar
    FROM sla_targets g
    WHERE g.workspace_id = :workspace_id AND g.decided_at >= :since AND g.decided_at < :until{{only}}
    UNION ALL
    SELECT {BUCKET.format("g.fulfilled_at")}, {COLUMNS}, false, false, false, g.used_minutes, {TOOK}
    FROM sla_targets g
    WHERE g.workspace_id = :workspace_id AND g.breached_at IS NOT NULL
        AND g.fulfilled_at >= :since AND g.fulfilled_at < :until{{only}}
    UNION ALL
    SELECT CASE WHEN g.due_at < now() THEN {BUCKET.format("g.due_at")} END, {COLUMNS},
        false, coalesce(g.due_at < now(), false), coalesce(g.due_at >= now(), true), NULL, NULL
    FROM sla_targets g
    WHERE g.workspace_id = :workspace_id AND g.fulfilled_at IS NULL AND g.ended_at IS NULL
        AND g.breached_at IS NULL
        AND (g.due_at IS NULL OR g.due_at >= now() OR (g.due_at >= :since AND g.due_at < :until)){{only}}
"""
COUNTED = ("met", "breached", "running")
COUNTS = ", ".join(f"count(*) FILTER (WHERE f.{name}) AS {name}" for name in COUNTED)
# Collected by group and sorted there, minutes alone: that takes half as long as to sort all rows by group.
COLLECTED = ", ".join(
    f"avg(f.{time}) AS {time}_average, array_agg(f.{time}) FILTER (WHERE f.{time} IS NOT NULL) AS {time}"
    for time in ("business", "calendar")
)
TIMES = ", ".join(
    f"""c.{time}_average, coalesce(cardinality(c.{time}), 0) AS {time}_count, (
            SELECT percentile_cont(ARRAY[0.5, 0.9, 0.95]) WITHIN GROUP (ORDER BY each)
            FROM unnest(c.{time}) AS each) AS {time}_percentiles"""
    for time in ("business", "calendar")
)


@lru_cache(maxsize=64)
def _attainment(
    filters: frozenset[str], groups: tuple[str, ...], *, series: bool, times: bool, totals: bool
) -> TextClause:
    only = "".join(
        f" AND g.{column} = ANY(CAST(:only_{name} AS {array}))"
        for name, (column, array) in DIMENSIONS.items()
        if name in filters
    )
    columns = [DIMENSIONS[name][0] for name in groups]
    keys = ", ".join(f"f.{column}" for column in columns)
    spans = ["f.previous", "f.bucket"] if series else ["f.previous"]
    sets = [f"({span}, {keys})" for span in spans]
    sets += [f"({span})" for span in spans] if totals else []
    told = ", ".join(f"c.{name}" for name in (*columns, "is_total", "previous", "bucket", *COUNTED))
    return text(
        f"""
        SELECT {told}{", " + TIMES if times else ""}
        FROM (
            SELECT {keys}, GROUPING({keys}) > 0 AS is_total, f.previous,
                {"f.bucket" if series else "NULL AS bucket"}, {COUNTS}{", " + COLLECTED if times else ""}
            FROM (
                SELECT *, coalesce(bucket = 0, false) AS previous FROM ({FACTS.format(only=only)}) AS each
            ) AS f
            WHERE NOT EXISTS (
                SELECT FROM tickets d
                WHERE d.workspace_id = :workspace_id AND d.id = f.ticket_id AND d.deleted_at IS NOT NULL)
            GROUP BY GROUPING SETS ({", ".join(sets)})
            LIMIT {MOST_ROWS + 1}
        ) AS c
        """
    )


def names(tx: Transaction, workspace_id: UUID) -> list[Row[Any]]:
    """`kind` (team, policy), `id`, `name`, `deleted` of all teams and policies that there ever were."""
    return list(tx.connection.execute(NAMES, {"workspace_id": workspace_id}))


def attainment(
    tx: Transaction,
    workspace_id: UUID,
    bounds: Sequence[Any],
    since: Any,
    groups: Sequence[str],
    filters: Mapping[str, Sequence[Any]],
    *,
    times: bool,
    totals: bool,
) -> list[Row[Any]]:
    """A row for each group that there is, of the period (`previous` false) and from `since` to its beginning
    (true); and for each group and bucket (`previous` null), where `bounds` hold more than one.

    `bounds`: where buckets begin, and at last where the period ends. `groups`, `filters`: names of
    DIMENSIONS. `times`: with count, average and percentiles of minutes. `totals`: `is_total` rows too.
    """
    series = len(bounds) > 2
    statement = _attainment(frozenset(filters), tuple(groups), series=series, times=times, totals=totals)
    only = {f"only_{name}": list(values) for name, values in filters.items()}
    values = {"workspace_id": workspace_id, "bounds": list(bounds), "since": since, "until": bounds[-1]}
    return list(tx.connection.execute(statement, {**values, **only}))
