"""The SQL of tags: those in use, with how many tickets have them."""

from collections.abc import Sequence
from functools import lru_cache
from typing import Any

from sqlalchemy import Row, TextClause, text

from chalicelib.accounts.actor import Actor
from chalicelib.core.db import Transaction
from chalicelib.core.paging import Page
from chalicelib.tickets.visibility import visible_to

# Counts stop here.
MOST_COUNTED = 10_000
# The last sign that there is: what begins with a prefix stands before the prefix and this.
LAST = "\U0010ffff"


@lru_cache(maxsize=8)
def _in_use(visible: str, direction: str) -> TextClause:
    """One step of the index a tag, however many tickets have it."""
    beyond = ">" if direction == "ASC" else "<"
    within = "g.workspace_id = :workspace_id AND g.tag >= :first AND g.tag < :last"
    one = f"ORDER BY g.tag {direction} LIMIT 1"
    return text(
        f"""
        WITH RECURSIVE names AS (
            SELECT (SELECT g.tag FROM ticket_tags g
                    WHERE {within} AND (CAST(:after AS text) IS NULL OR g.tag {beyond} :after) {one}) AS tag
            UNION ALL
            SELECT (SELECT g.tag FROM ticket_tags g WHERE {within} AND g.tag {beyond} n.tag {one})
            FROM names n WHERE n.tag IS NOT NULL
        )
        SELECT n.tag AS name, used.count
        FROM names n CROSS JOIN LATERAL (
            SELECT count(*) FROM (
                SELECT FROM ticket_tags g
                JOIN tickets t ON t.workspace_id = g.workspace_id AND t.id = g.ticket_id
                WHERE g.workspace_id = :workspace_id AND g.tag = n.tag AND t.archived_at IS NULL
                  AND {visible}
                LIMIT {MOST_COUNTED}
            ) AS each
        ) AS used
        WHERE n.tag IS NOT NULL AND used.count > 0
        LIMIT :take OFFSET :skip
        """
    )


def in_use(
    tx: Transaction, actor: Actor, prefix: str, page: Page, sort: str, after: Sequence[Any] | None
) -> Sequence[Row[Any]]:
    """`name count` of the tags that begin with the prefix and stand on a ticket that the actor sees and that
    is not archived, in the order of their signs; a page and one more."""
    visible, values = visible_to(actor)
    statement = _in_use(visible, "DESC" if sort.startswith("-") else "ASC")
    keys = {
        "workspace_id": actor.workspace.id,
        "first": prefix,
        "last": prefix + LAST,
        "after": after[0] if after else None,
        "take": page.take,
        "skip": page.skip,
    }
    return tx.connection.execute(statement, {**keys, **values}).all()
