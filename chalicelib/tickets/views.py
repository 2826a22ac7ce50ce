"""Reading tickets for answers: one with its conversation, or a page of a list. Each a single statement."""

from datetime import datetime
from functools import lru_cache
from typing import Any
from uuid import UUID

from sqlalchemy import TextClause, text

from chalicelib.accounts.actor import Actor
from chalicelib.accounts.permissions import Permission
from chalicelib.core.db import Transaction
from chalicelib.core.errors import NotFound
from chalicelib.core.paging import Page
from chalicelib.sla.queries import TARGETS_JSON
from chalicelib.tickets.visibility import EVERYTHING, visible_to

# A conversation's half in bytes, such that both with their ticket fit Lambda's 6 MB however they are escaped.
MAX_BYTES = 750_000
SHORT = 1000
LISTED = """
    t.workspace_id, t.id, t.number, t.label, t.subject, t.type, t.priority, t.status, t.category,
    t.subcategory, t.tags, t.custom_fields, t.source, t.version, t.created_at, t.updated_at,
    t.resolved_at, t.closed_at, t.archived_at, t.merged_into, t.due_at AS sort_due_at,
    host(t.source_ip) AS source_ip,
    r.id AS requester_id, r.name AS requester_name, r.email AS requester_email,
    r.document_id AS requester_document_id, r.phone AS requester_phone,
    r.has_whatsapp AS requester_has_whatsapp, r.company AS requester_company,
    a.id AS assignee_id, a.name AS assignee_name, a.email AS assignee_email,
    m.id AS team_id, m.name AS team_name, p.id AS policy_id, p.name AS policy_name
"""
JOINS = """
    JOIN users r ON r.workspace_id = t.workspace_id AND r.id = t.requester_id
    JOIN teams m ON m.workspace_id = t.workspace_id AND m.id = t.team_id
    LEFT JOIN users a ON a.workspace_id = t.workspace_id AND a.id = t.assignee_id
    LEFT JOIN sla_policies p ON p.workspace_id = t.workspace_id AND p.id = t.sla_policy_id
"""
TIME = """to_char({} AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"')"""
# Without anybody's right to it: whoever reads a comment reads its files.
ATTACHMENT = f"""
    jsonb_build_object(
        'id', f.id, 'ticket_id', f.ticket_id, 'comment_id', f.comment_id, 'file_name', f.file_name,
        'content_type', f.content_type, 'size', f.size, 'state', f.state, 'scan', f.scan,
        'created_at', {TIME.format("f.created_at")}, 'uploaded_at', {TIME.format("f.uploaded_at")},
        'uploaded_by', CASE
            WHEN f.uploaded_by IS NOT NULL THEN (
                SELECT jsonb_build_object('id', o.id, 'name', o.name, 'email', o.email) FROM users o
                WHERE o.workspace_id = f.workspace_id AND o.id = f.uploaded_by)
            WHEN f.api_key_id IS NOT NULL THEN (
                SELECT jsonb_build_object('id', k.id, 'name', k.name, 'email', NULL) FROM api_keys k
                WHERE k.workspace_id = f.workspace_id AND k.id = f.api_key_id) END)
"""
COMMENT = f"""
    jsonb_build_object(
        'id', c.id, 'ticket_id', c.ticket_id, 'visibility', c.visibility, 'body', c.body, 'source', c.source,
        'created_at', {TIME.format("c.created_at")}, 'edited_at', {TIME.format("c.edited_at")},
        'attachments', (SELECT coalesce(jsonb_agg({ATTACHMENT} ORDER BY f.created_at, f.id), '[]')
            FROM attachments f
            WHERE f.workspace_id = c.workspace_id AND f.comment_id = c.id AND f.state = 'uploaded'),
        'author', CASE
            WHEN u.id IS NOT NULL THEN jsonb_build_object('id', u.id, 'name', u.name, 'email', u.email)
            WHEN c.api_key_id IS NOT NULL THEN (
                SELECT jsonb_build_object('id', k.id, 'name', k.name, 'email', NULL) FROM api_keys k
                WHERE k.workspace_id = c.workspace_id AND k.id = c.api_key_id) END)
"""
# Texts of a change as answers carry them: whole descriptions, before and after, are no timeline.
CHANGES = f"""
    CASE WHEN octet_length(e.changes::text) <= {SHORT} THEN e.changes ELSE (
        SELECT jsonb_object_agg(change.key, (
            SELECT jsonb_object_agg(side.key, CASE WHEN char_length(side.value #>> '{{}}') > {SHORT}
                    AND jsonb_typeof(side.value) = 'string'
                THEN to_jsonb(left(side.value #>> '{{}}', {SHORT}) || '… ('
                    || char_length(side.value #>> '{{}}') || ' characters)')
                ELSE side.value END)
            FROM jsonb_each(change.value) side))
        FROM jsonb_each(e.changes) change) END
"""
ENTRY = f"""
    jsonb_build_object(
        'id', e.id, 'sequence', e.sequence, 'action', e.action, 'changes', {CHANGES}, 'meta', e.meta,
        'created_at', {TIME.format("e.created_at")},
        'actor', jsonb_build_object('type', e.actor_type, 'id', e.actor_id,
            'name', CASE e.actor_type WHEN 'system' THEN 'Mesa' WHEN 'api_key' THEN (
                SELECT k.name FROM api_keys k WHERE k.workspace_id = e.workspace_id AND k.id = e.actor_id)
                ELSE u.name END))
"""


@lru_cache(maxsize=8)
def _one(condition: str) -> TextClause:
    return text(
        f"SELECT {LISTED}, t.description, {TARGETS_JSON} AS targets FROM tickets t {JOINS} "
        f"WHERE t.workspace_id = :workspace_id AND t.id = :id AND {condition}"
    )


def show(tx: Transaction, actor: Actor, ticket_id: UUID) -> Any:
    """The row of one visible ticket. Raises NotFound."""
    condition, values = visible_to(actor)
    row = tx.connection.execute(
        _one(condition), {"workspace_id": actor.workspace.id, "id": ticket_id, **values}
    ).first()
    if row is None:
        raise NotFound("There is no such ticket.")
    return row


def show_changed(tx: Transaction, actor: Actor, ticket_id: UUID) -> Any:
    """The row of a ticket that the actor has just made or moved, even where it is out of its sight now."""
    return tx.connection.execute(
        _one(EVERYTHING), {"workspace_id": actor.workspace.id, "id": ticket_id}
    ).one()


CONVERSATION = text(
    f"""
    SELECT
        (SELECT coalesce(jsonb_agg(comment ORDER BY at, id), '[]') FROM (
            SELECT *, sum(octet_length(comment::text)) OVER (ORDER BY at DESC, id DESC) AS bytes FROM (
            SELECT {COMMENT} AS comment, c.created_at AS at, c.id
            FROM comments c LEFT JOIN users u ON u.workspace_id = c.workspace_id AND u.id = c.author_id
            WHERE c.workspace_id = :workspace_id AND c.ticket_id = :id AND c.deleted_at IS NULL
              AND (:internal OR c.visibility = 'public')
            ORDER BY c.created_at DESC, c.id DESC LIMIT :last) AS newest) AS summed
         WHERE bytes <= {MAX_BYTES}) AS comments,
        (SELECT coalesce(jsonb_agg(entry ORDER BY sequence), '[]') FROM (
            SELECT *, sum(octet_length(entry::text)) OVER (ORDER BY sequence DESC) AS bytes FROM (
            SELECT {ENTRY} AS entry, e.sequence
            FROM timeline_entries e LEFT JOIN users u ON u.workspace_id = e.workspace_id AND u.id = e.actor_id
            WHERE e.workspace_id = :workspace_id AND e.ticket_id = :id AND (:internal OR NOT e.internal)
            ORDER BY e.sequence DESC LIMIT :last) AS newest) AS summed
         WHERE bytes <= {MAX_BYTES}) AS timeline
    """
)


def conversation(tx: Transaction, actor: Actor, ticket_id: UUID, last: int = 100) -> Any:
    """The last comments and timeline entries that the actor may see, oldest first, as JSON: as many as
    MAX_BYTES each hold."""
    internal = actor.may(Permission.TICKETS_READ_INTERNAL)
    return tx.connection.execute(
        CONVERSATION,
        {"workspace_id": actor.workspace.id, "id": ticket_id, "internal": internal, "last": last},
    ).one()


@lru_cache(maxsize=16)
def _comments(condition: str, after: bool) -> TextClause:
    return text(
        f"""
        SELECT {COMMENT} AS item, c.created_at, c.id
        FROM comments c LEFT JOIN users u ON u.workspace_id = c.workspace_id AND u.id = c.author_id
        WHERE c.workspace_id = :workspace_id AND c.ticket_id = :id AND c.deleted_at IS NULL
          AND (:internal OR c.visibility = 'public')
          AND EXISTS (
              SELECT FROM tickets t WHERE t.workspace_id = :workspace_id AND t.id = :id AND {condition})
          {"AND (c.created_at, c.id) > (:after_time, :after_id)" if after else ""}
        ORDER BY c.created_at, c.id LIMIT :take OFFSET :skip
        """
    )


def _part(actor: Actor, ticket_id: UUID, page: Page) -> dict[str, Any]:
    whose = {"workspace_id": actor.workspace.id, "id": ticket_id, "take": page.take, "skip": page.skip}
    return {**whose, "internal": actor.may(Permission.TICKETS_READ_INTERNAL)}


def comments(tx: Transaction, actor: Actor, ticket_id: UUID, page: Page) -> list[Any]:
    """A page of a visible ticket's comments, oldest first. Raises NotFound."""
    show(tx, actor, ticket_id)
    after = page.after("created_at", (datetime, UUID))
    condition, values = visible_to(actor)
    values |= {"after_time": after[0], "after_id": after[1]} if after else {}
    return list(
        tx.connection.execute(
            _comments(condition, after is not None),
            {**_part(actor, ticket_id, page), **values},
        ).all()
    )


TIMELINE = text(
    f"""
    SELECT {ENTRY} AS item, e.sequence
    FROM timeline_entries e LEFT JOIN users u ON u.workspace_id = e.workspace_id AND u.id = e.actor_id
    WHERE e.workspace_id = :workspace_id AND e.ticket_id = :id AND e.sequence > :after
      AND (:internal OR NOT e.internal)
    ORDER BY e.sequence LIMIT :take OFFSET :skip
    """
)


def timeline(tx: Transaction, actor: Actor, ticket_id: UUID, page: Page) -> list[Any]:
    """A page of a visible ticket's timeline, oldest first. Raises NotFound."""
    show(tx, actor, ticket_id)
    after = page.after("sequence", (int,))
    return list(
        tx.connection.execute(
            TIMELINE,
            {**_part(actor, ticket_id, page), "after": after[0] if after else 0},
        ).all()
    )


ONE_COMMENT = text(
    f"""
    SELECT {COMMENT} AS item
    FROM comments c LEFT JOIN users u ON u.workspace_id = c.workspace_id AND u.id = c.author_id
    WHERE c.workspace_id = :workspace_id AND c.id = :id
    """
)


def comment(tx: Transaction, actor: Actor, comment_id: UUID) -> Any:
    """One comment as JSON, for the one who has just written it."""
    return tx.connection.scalar(ONE_COMMENT, {"workspace_id": actor.workspace.id, "id": comment_id})
