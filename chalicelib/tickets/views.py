"""Reading tickets for answers: one, or the columns of a page of them; conversation.py reads what was said."""

from functools import lru_cache
from typing import Any
from uuid import UUID

from sqlalchemy import TextClause, text

from chalicelib.accounts.actor import Actor
from chalicelib.core.db import Transaction
from chalicelib.core.errors import NotFound
from chalicelib.sla.queries import TARGETS_JSON, promised_now
from chalicelib.tickets.visibility import EVERYTHING, visible_to

LISTED = f"""
    t.workspace_id, t.id, t.number, t.label, t.subject, t.type, t.priority, t.status, t.category,
    t.subcategory, t.tags, t.custom_fields, t.source, t.version, t.created_at, t.updated_at,
    t.resolved_at, t.closed_at, t.archived_at, t.merged_into, t.due_at AS sort_due_at,
    host(t.source_ip) AS source_ip,
    r.id AS requester_id, r.name AS requester_name, r.email AS requester_email,
    r.document_id AS requester_document_id, r.phone AS requester_phone,
    r.has_whatsapp AS requester_has_whatsapp, r.company AS requester_company,
    a.id AS assignee_id, a.name AS assignee_name, a.email AS assignee_email,
    m.id AS team_id, m.name AS team_name, p.id AS policy_id, p.name AS policy_name,
    {promised_now("p")} AS promised_now,
    (SELECT CASE WHEN count(*) > 0 THEN
         coalesce(array_agg(f.key) FILTER (WHERE f.visible_to_customers), '{{}}') END
     FROM custom_fields f WHERE f.workspace_id = :workspace_id) AS shown_fields
"""
JOINS = """
    JOIN users r ON r.workspace_id = t.workspace_id AND r.id = t.requester_id
    JOIN teams m ON m.workspace_id = t.workspace_id AND m.id = t.team_id
    LEFT JOIN users a ON a.workspace_id = t.workspace_id AND a.id = t.assignee_id
    LEFT JOIN sla_policies p ON p.workspace_id = t.workspace_id AND p.id = t.sla_policy_id
"""
TIME = """to_char({} AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"')"""


# Where a comment on a merged ticket lands, as lifecycle.takes_comments asks; null for one that is not merged.
# A subquery, for joined it would be looked for among all tickets.
LANDING = """
    (SELECT (
        SELECT jsonb_build_object('status', t.status, 'archived', t.archived_at IS NOT NULL,
            'deleted', t.deleted_at IS NOT NULL, 'unseen', NOT ({visible}))
        FROM tickets t WHERE t.workspace_id = :workspace_id AND t.id = into_it.id)
     FROM (SELECT t.merged_into AS id) into_it) AS landing
"""


@lru_cache(maxsize=8)
def _one(visible: str, *, seen_only: bool) -> TextClause:
    """`seen`: whether the actor may know of it; `seen_only`: else it is not there."""
    return text(
        f"SELECT {LISTED}, t.description, {TARGETS_JSON} AS targets, ({visible}) AS seen, "
        f"{LANDING.format(visible=visible)} FROM tickets t {JOINS} "
        f"WHERE t.workspace_id = :workspace_id AND t.id = :id AND {visible if seen_only else EVERYTHING}"
    )


def show(tx: Transaction, actor: Actor, ticket_id: UUID) -> Any:
    """The row of one visible ticket. Raises NotFound."""
    condition, values = visible_to(actor)
    row = tx.connection.execute(
        _one(condition, seen_only=True), {"workspace_id": actor.workspace.id, "id": ticket_id, **values}
    ).first()
    if row is None:
        raise NotFound("There is no such ticket.")
    return row


def show_changed(tx: Transaction, actor: Actor, ticket_id: UUID) -> Any:
    """The row of a ticket that the actor has just made or moved, even where it is out of its sight now."""
    condition, values = visible_to(actor)
    return tx.connection.execute(
        _one(condition, seen_only=False), {"workspace_id": actor.workspace.id, "id": ticket_id, **values}
    ).one()
