"""The SQL of ratings: what can be rated of a ticket, and what was; see notifications/asking_queries.py."""

from functools import lru_cache
from typing import Any
from uuid import UUID

from sqlalchemy import TextClause, text

from chalicelib.accounts.actor import Actor
from chalicelib.core.db import Transaction
from chalicelib.tickets.views import TIME
from chalicelib.tickets.visibility import EVERYTHING, visible_to

RATING_DAYS = 30
# As many as a ticket's answer shows; nobody was asked more often.
MOST = 20

# The end of the work that can be rated now: a ticket that was reopened has none.
ENDED_AT = "CASE WHEN t.status IN ('resolved', 'closed') THEN coalesce(t.resolved_at, t.closed_at) END"
CYCLE = """(SELECT 1 + count(*)::integer FROM timeline_entries e
    WHERE e.workspace_id = t.workspace_id AND e.ticket_id = t.id AND e.action = 'reopened')"""
OPEN_UNTIL = f"(({ENDED_AT}) + make_interval(days => {RATING_DAYS}))"
MAILBOX = "sha256(convert_to(u.email, 'UTF8'))"
GIVEN = f"""
    (SELECT coalesce(jsonb_agg(jsonb_build_object(
            'cycle', g.cycle, 'score', g.score, 'comment', g.comment,
            'rated_at', {TIME.format("g.rated_at")}, 'changed_at', {TIME.format("g.changed_at")},
            'assignee', CASE WHEN a.id IS NOT NULL THEN jsonb_build_object('id', a.id, 'name', a.name) END,
            'team', jsonb_build_object('id', m.id, 'name', m.name)) ORDER BY g.cycle DESC), '[]')
     FROM (SELECT * FROM ratings x
           WHERE x.workspace_id = t.workspace_id AND x.ticket_id = t.id AND x.score IS NOT NULL
           ORDER BY x.cycle DESC LIMIT {MOST}) AS g
     JOIN teams m ON m.workspace_id = g.workspace_id AND m.id = g.team_id
     LEFT JOIN users a ON a.workspace_id = g.workspace_id AND a.id = g.assignee_id)
"""


@lru_cache(maxsize=8)
def _standing(condition: str) -> TextClause:
    return text(
        f"""
        SELECT t.id, t.label, t.subject, t.status, t.requester_id, t.assignee_id, t.team_id,
            t.merged_into IS NOT NULL AS merged, t.archived_at IS NOT NULL AS archived,
            u.name AS requester, u.status <> 'deactivated' AND u.deleted_at IS NULL AS requester_stays,
            {ENDED_AT} AS ended_at, {OPEN_UNTIL} AS open_until, {CYCLE} AS cycle, {GIVEN} AS given,
            w.ratings_enabled, w.name AS workspace, w.language, w.brand_color, w.brand_logo_url,
            w.brand_footer, r.score, r.comment, r.rated_at, r.changed_at, r.asked_at, r.digest,
            coalesce(r.mailbox = {MAILBOX}, true) AS same_mailbox
        FROM tickets t
        JOIN workspaces w ON w.id = t.workspace_id
        JOIN users u ON u.workspace_id = t.workspace_id AND u.id = t.requester_id
        LEFT JOIN ratings r ON r.workspace_id = t.workspace_id AND r.ticket_id = t.id
            AND r.ended_at = {ENDED_AT}
        WHERE t.workspace_id = :workspace_id AND t.id = :id AND ({condition})
        """
    )


def standing(tx: Transaction, actor: Actor, ticket_id: UUID) -> Any:
    """How it stands with the rating of a visible ticket: whether it can be rated, what was said of this end
    of its work, and in `given` of all of them. None where the ticket may not be known."""
    condition, values = visible_to(actor)
    values |= {"workspace_id": actor.workspace.id, "id": ticket_id}
    return tx.connection.execute(_standing(condition), values).first()


def standing_of_any(tx: Transaction, workspace_id: UUID, ticket_id: UUID) -> Any:
    """The same of any ticket that is not deleted."""
    values = {"workspace_id": workspace_id, "id": ticket_id}
    return tx.connection.execute(_standing(EVERYTHING), values).first()


LINK = text("SELECT workspace_id, ticket_id FROM fn_rating_of_link(:digest)")
# Whoever rates holds the ticket; whoever asks does not, and may have made the row by now.
RATE = text(
    """
    INSERT INTO ratings AS r (workspace_id, ticket_id, cycle, ended_at, user_id, assignee_id, team_id,
        score, comment, rated_at)
    VALUES (:workspace_id, :ticket_id, :cycle, :ended_at, :user_id, :assignee_id, :team_id,
        :score, :comment, now())
    ON CONFLICT (workspace_id, ticket_id, cycle) DO UPDATE SET
        score = excluded.score, comment = excluded.comment, due_at = NULL,
        rated_at = coalesce(r.rated_at, now()), changed_at = CASE WHEN r.rated_at IS NOT NULL THEN now() END
    """
)


def of_link(tx: Transaction, digest: bytes) -> Any:
    """`workspace_id ticket_id` of a link, whatever its state; None for one that never was."""
    return tx.connection.execute(LINK, {"digest": digest}).first()


def rate(tx: Transaction, workspace_id: UUID, standing: Any, score: int, comment: str | None) -> None:
    """Writes down what the requester says of this end of the work, in place of what was said of it before."""
    tx.connection.execute(
        RATE,
        {
            "workspace_id": workspace_id,
            "ticket_id": standing.id,
            "cycle": standing.cycle,
            "ended_at": standing.ended_at,
            "user_id": standing.requester_id,
            "assignee_id": standing.assignee_id,
            "team_id": standing.team_id,
            "score": score,
            "comment": comment,
        },
    )
