"""The SQL of the change feed: events in an order in which no late commit comes before what was already
read."""

from collections.abc import Collection, Mapping
from functools import lru_cache
from typing import Any
from uuid import UUID

from sqlalchemy import Row, TextClause, bindparam, text
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.types import Text

from chalicelib.core.db import Transaction

# How many events a page looks at: with filters that let few through it ends there, perhaps with nothing.
LOOKED_AT = 2_000

# Below this nothing will ever appear any more: see the default of events.xact_id.
HORIZON = "pg_snapshot_xmin(pg_current_snapshot())"
# What no transaction of this cluster can have written is from another one: a dump was restored.
FROM_ELSEWHERE = """coalesce((
        SELECT e.xact_id >= pg_snapshot_xmax(pg_current_snapshot()) FROM events e
        WHERE e.workspace_id = :workspace_id ORDER BY e.xact_id DESC, e.id DESC LIMIT 1), false)"""
NOW = f"""
    CAST(CAST({HORIZON} AS text) AS bigint) AS horizon,
    CAST(CAST(pg_snapshot_xmax(pg_current_snapshot()) AS text) AS bigint) AS newest,
    {FROM_ELSEWHERE} AS has_strangers
"""
PRESENT = text(f"SELECT {NOW}")
PLACE_ANEW = text("SELECT fn_place_events_anew(:workspace_id)")


@lru_cache(maxsize=32)
def _page(seen: str) -> TextClause:
    """`seen`: SQL for whether the event s is for the reader. A row at least, of nulls where there is none."""
    return text(
        f"""
        WITH looked_at AS MATERIALIZED (
            SELECT e.xact_id, e.id, e.type, e.ticket_id, e.created_at
            FROM events e
            WHERE e.workspace_id = :workspace_id
              AND (e.xact_id, e.id) > (CAST(CAST(:after_place AS text) AS xid8), :after_id)
              AND e.xact_id < {HORIZON}
            ORDER BY e.xact_id, e.id LIMIT :looked_at
        ), chosen AS MATERIALIZED (
            SELECT s.xact_id, s.id FROM looked_at s
            WHERE s.type = ANY(:types) AND {seen}
            ORDER BY s.xact_id, s.id LIMIT :take
        ), last AS (SELECT s.* FROM looked_at s ORDER BY s.xact_id DESC, s.id DESC LIMIT 1)
        SELECT {NOW}, (SELECT count(*) FROM looked_at) AS looked_at,
            CAST(CAST(last.xact_id AS text) AS bigint) AS last_place, last.id AS last_id,
            last.created_at AS last_at,
            CAST(CAST(e.xact_id AS text) AS bigint) AS place, e.id, e.type, e.ticket_id, e.sequence,
            e.internal, e.created_at, e.payload,
            (SELECT jsonb_build_object('id', c.id, 'body', c.body, 'visibility', c.visibility,
                'author_id', c.author_id,
                'created_at', to_char(c.created_at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"'))
             FROM comments c
             WHERE e.type IN ('ticket.commented', 'ticket.comment_edited')
               AND c.workspace_id = e.workspace_id AND c.deleted_at IS NULL
               AND c.id = CAST(e.payload #>> '{{meta,comment_id}}' AS uuid)) AS comment
        FROM (SELECT) AS always LEFT JOIN last ON true LEFT JOIN (
            chosen JOIN events e ON e.workspace_id = :workspace_id AND e.id = chosen.id) ON true
        ORDER BY e.xact_id, e.id
        """
    ).bindparams(bindparam("types", type_=ARRAY(Text)))


def page(
    tx: Transaction,
    workspace_id: UUID,
    after: tuple[int, int],
    types: Collection[str],
    take: int,
    of_tickets: tuple[str, Mapping[str, Any]] | None,
    *,
    others: bool,
) -> list[Row[Any]]:
    """Events behind a place, and in each row what else there is to know: `horizon`, `newest`,
    `has_strangers`, how many were looked at, and the last of these. A row of which `id` is null where none is
    for the reader.

    `of_tickets`: the condition on `tickets t` that these must meet, None where none. `others`: also what is
    no ticket's.
    """
    seen, values = "s.ticket_id IS NOT NULL", {}
    if of_tickets is not None:
        condition, values = of_tickets[0], dict(of_tickets[1])
        seen = (
            "EXISTS (SELECT FROM tickets t WHERE t.workspace_id = :workspace_id AND t.id = s.ticket_id "
            f"AND {condition})"
        )
    if others:
        seen = f"(s.ticket_id IS NULL OR {seen})"
    keys = {"workspace_id": workspace_id, "after_place": str(after[0]), "after_id": after[1]}
    values = {**values, **keys, "types": sorted(types), "take": take, "looked_at": LOOKED_AT}
    return list(tx.connection.execute(_page(seen), values))


def present(tx: Transaction, workspace_id: UUID) -> Row[Any]:
    """`horizon`: the place before which there is nothing new. `newest`: no place is beyond it.
    `has_strangers`: some are, and are from another cluster."""
    return tx.connection.execute(PRESENT, {"workspace_id": workspace_id}).one()


def place_anew(tx: Transaction, workspace_id: UUID) -> None:
    """Puts what is from another cluster behind all else, in its order."""
    tx.connection.execute(PLACE_ANEW, {"workspace_id": workspace_id})
