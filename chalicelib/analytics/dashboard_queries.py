"""The SQL of the dashboard: what is at work, and the tickets that need attention."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from functools import lru_cache
from typing import Any

from sqlalchemy import Row, TextClause, text

from chalicelib.accounts.actor import Actor
from chalicelib.core.db import Transaction
from chalicelib.sla.queries import TARGETS_JSON
from chalicelib.tickets.views import JOINS, LISTED
from chalicelib.tickets.visibility import (
    ASKED,
    ASSIGNED,
    OF_ORGANISATION,
    OF_TEAMS,
    WATCHED,
    reasons_of,
    visible_to,
)

# What fn_at_work calls the reasons.
REASONS = {
    OF_TEAMS: "teams",
    ASSIGNED: "assigned",
    ASKED: "asked",
    WATCHED: "watched",
    OF_ORGANISATION: "organisation",
}
AT_WORK = text(
    """
    SELECT fn_dashboard(:workspace_id, CAST(:reasons AS text[]), CAST(:actor_id AS uuid),
        CAST(:own_teams AS uuid[]), CAST(:own_organisation AS uuid), :since, :until, :limit, :most)
    """
)


def sight(actor: Actor) -> dict[str, Any]:
    """Who looks, as fn_at_work asks."""
    reasons, values = reasons_of(actor)
    nobody: dict[str, Any] = {"actor_id": None, "own_teams": [], "own_organisation": None}
    return {
        **nobody,
        **values,
        "workspace_id": actor.workspace.id,
        "reasons": [REASONS[reason] for reason in reasons] or None,
    }


def at_work(
    tx: Transaction, actor: Actor, since: datetime, until: datetime, limit: int, most: int
) -> Mapping[str, Any]:
    """`groups`, `pressing`, `teams` and `attention`, as fn_dashboard has them. `since`, `until`: of today;
    `limit`: of what needs attention; `most`: of what is looked at."""
    asked = {**sight(actor), "since": since, "until": until, "limit": limit, "most": most}
    found: Mapping[str, Any] = tx.connection.execute(AT_WORK, asked).scalar_one()
    return found


def tickets(tx: Transaction, actor: Actor, ids: Sequence[str]) -> Sequence[Row[Any]]:
    """Rows as lists have them, of those of these tickets that the actor sees."""
    visible, values = visible_to(actor)
    keys = {"workspace_id": actor.workspace.id, "ids": list(ids), **values}
    return tx.connection.execute(_tickets(visible), keys).all()


@lru_cache(maxsize=8)
def _tickets(visible: str) -> TextClause:
    return text(
        f"""
        SELECT {LISTED}, {TARGETS_JSON} AS targets FROM tickets t {JOINS}
        WHERE t.workspace_id = :workspace_id AND t.id = ANY(CAST(:ids AS uuid[])) AND {visible}
        """
    )
