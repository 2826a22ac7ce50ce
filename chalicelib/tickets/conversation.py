"""Reading what was said on a ticket and what happened to it: with the ticket, or page by page.

The staff sees where a comment was taken back, though not what it said; customers see as if it had never been.
"""

import json
from collections.abc import Iterable
from datetime import datetime
from functools import lru_cache
from typing import Any
from uuid import UUID

from sqlalchemy import TextClause, text

from chalicelib.accounts.actor import Actor
from chalicelib.accounts.permissions import Permission
from chalicelib.core import paging
from chalicelib.core.db import Transaction
from chalicelib.core.paging import Page
from chalicelib.tickets import markdown
from chalicelib.tickets.attachment_queries import ATTACHMENT
from chalicelib.tickets.views import TIME, show
from chalicelib.tickets.visibility import visible_to

# A conversation's half in bytes, such that both with their ticket fit Lambda's 6 MB however they are escaped.
MAX_BYTES = 750_000
SHORT = 1000
# Whom a comment mentions and who took it back is the staff's to know. HTML of another version does not count.
COMMENT = f"""
    jsonb_build_object(
        'id', c.id, 'ticket_id', c.ticket_id, 'visibility', c.visibility, 'source', c.source,
        'from_desk', coalesce(u.role <> 'customer', true),
        'body', CASE WHEN c.deleted_at IS NULL THEN c.body END,
        'body_html', CASE WHEN c.deleted_at IS NULL AND c.html_version = {markdown.VERSION}
            THEN c.body_html END,
        'created_at', {TIME.format("c.created_at")}, 'edited_at', {TIME.format("c.edited_at")},
        'deleted_at', {TIME.format("c.deleted_at")},
        'attachments', (SELECT coalesce(jsonb_agg({ATTACHMENT} ORDER BY f.created_at, f.id), '[]')
            FROM attachments f WHERE f.workspace_id = c.workspace_id AND f.comment_id = c.id
              AND f.state = 'uploaded' AND c.deleted_at IS NULL),
        'author', CASE
            WHEN u.id IS NOT NULL THEN jsonb_build_object('id', u.id, 'name', u.name, 'email', u.email)
            WHEN c.api_key_id IS NOT NULL THEN (
                SELECT jsonb_build_object('id', k.id, 'name', k.name, 'email', NULL) FROM api_keys k
                WHERE k.workspace_id = c.workspace_id AND k.id = c.api_key_id) END)
    || CASE WHEN :internal THEN jsonb_build_object(
        'mentions', CASE WHEN c.mentions = '{{}}' OR c.deleted_at IS NOT NULL THEN '[]'::jsonb ELSE (
            SELECT coalesce(
                jsonb_agg(jsonb_build_object('id', n.id, 'name', n.name) ORDER BY n.name, n.id), '[]')
            FROM users n WHERE n.workspace_id = c.workspace_id AND n.id = ANY(c.mentions)) END,
        'deleted_by', CASE WHEN c.deleted_by IS NOT NULL THEN (
            SELECT jsonb_build_object('id', d.id, 'name', d.name) FROM users d
            WHERE d.workspace_id = c.workspace_id AND d.id = c.deleted_by) END,
        'mail_id', CASE WHEN c.source = 'email' AND c.deleted_at IS NULL THEN (
            SELECT i.id FROM inbound_messages i
            WHERE i.workspace_id = c.workspace_id AND i.comment_id = c.id
            ORDER BY i.received_at, i.id LIMIT 1) END)
        ELSE '{{}}'::jsonb END
"""
# The comments of a ticket `:id` and of those that were merged into it: of each as many as could be asked for,
# by its index. Customers see those of tickets that they see anyway.
SAID = """(SELECT CAST(:id AS uuid) AS id UNION ALL
                SELECT t.id FROM tickets t
                WHERE t.workspace_id = :workspace_id AND t.merged_into = :id AND {visible}) AS told
            CROSS JOIN LATERAL (
                SELECT c.* FROM comments c
                WHERE c.workspace_id = :workspace_id AND c.ticket_id = told.id
                  AND (:internal OR (c.visibility = 'public' AND c.deleted_at IS NULL)) {after}
                ORDER BY c.created_at {order}, c.id {order} LIMIT {most}) AS c"""
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
def _conversation(visible: str) -> TextClause:
    said = SAID.format(visible=visible, after="", order="DESC", most=":last")
    return text(
        f"""
    SELECT
        (SELECT coalesce(jsonb_agg(comment ORDER BY at, id), '[]') FROM (
            SELECT *, sum(octet_length(comment::text)) OVER (ORDER BY at DESC, id DESC) AS bytes FROM (
            SELECT {COMMENT} AS comment, c.created_at AS at, c.id
            FROM {said}
            LEFT JOIN users u ON u.workspace_id = c.workspace_id AND u.id = c.author_id
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


def conversation(
    tx: Transaction, actor: Actor, ticket_id: UUID, last: int = 100
) -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
    """The last comments and timeline entries that the actor may see, oldest first, as JSON: as many as
    MAX_BYTES each hold."""
    visible, values = _merged_visible_to(actor)
    values |= {**_whose(actor, ticket_id), "last": last}
    row = tx.connection.execute(_conversation(visible), values).one()
    if not _render_late(reversed(row.comments)):
        return row.comments, row.timeline
    room, kept = MAX_BYTES, len(row.comments)
    while kept and (room := room - len(json.dumps(row.comments[kept - 1]))) >= 0:
        kept -= 1
    return row.comments[min(kept, len(row.comments) - 1) :], row.timeline


# A page is cut where paging would cut it anyway, before long texts are read for nothing.
@lru_cache(maxsize=16)
def _comments(visible: str, after: bool) -> TextClause:
    said = SAID.format(
        visible=visible,
        after="AND (c.created_at, c.id) > (:after_time, :after_id)" if after else "",
        order="",
        most="CAST(:take AS bigint) + CAST(:skip AS bigint)",
    )
    return text(
        f"""
        SELECT {COMMENT} AS item, c.created_at, c.id
        FROM (
            SELECT *, sum(octet_length(body) + coalesce(octet_length(body_html), 0))
                OVER (ORDER BY created_at, id ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING) AS before
            FROM (
                SELECT c.* FROM {said}
                ORDER BY c.created_at, c.id LIMIT :take OFFSET :skip) AS part) AS c
        LEFT JOIN users u ON u.workspace_id = c.workspace_id AND u.id = c.author_id
        WHERE coalesce(c.before, 0) <= {paging.MAX_BYTES}
        ORDER BY c.created_at, c.id
        """
    )


def comments(tx: Transaction, actor: Actor, ticket_id: UUID, page: Page) -> list[Any]:
    """A page of a visible ticket's comments, oldest first. Raises NotFound."""
    show(tx, actor, ticket_id)
    after = page.after("created_at", (datetime, UUID))
    values = {**_whose(actor, ticket_id), "take": page.take, "skip": page.skip}
    values |= {"after_time": after[0], "after_id": after[1]} if after else {}
    visible, seen = _merged_visible_to(actor)
    rows = list(tx.connection.execute(_comments(visible, after is not None), {**values, **seen}).all())
    _render_late(row.item for row in rows)
    return rows


ONE_COMMENT = text(
    f"""
    SELECT {COMMENT} AS item
    FROM comments c LEFT JOIN users u ON u.workspace_id = c.workspace_id AND u.id = c.author_id
    WHERE c.workspace_id = :workspace_id AND c.id = :comment_id
    """
)


def comment(tx: Transaction, actor: Actor, ticket_id: UUID, comment_id: UUID) -> dict[str, Any]:
    """One comment as JSON, for the one who has just written it."""
    item: dict[str, Any] = tx.connection.scalar(
        ONE_COMMENT, {**_whose(actor, ticket_id), "comment_id": comment_id}
    )
    _render_late([item])
    return item


def _merged_visible_to(actor: Actor) -> tuple[str, dict[str, Any]]:
    """Which of the tickets that were merged into one show on it: to staff all of them."""
    return ("true", {}) if actor.may(Permission.TICKETS_READ_INTERNAL) else visible_to(actor)


def _whose(actor: Actor, ticket_id: UUID) -> dict[str, Any]:
    internal = actor.may(Permission.TICKETS_READ_INTERNAL)
    return {"workspace_id": actor.workspace.id, "id": ticket_id, "internal": internal}


def _render_late(items: Iterable[dict[str, Any]]) -> bool:
    """Renders what has no HTML of this version; whether there was any."""
    stale = [item for item in items if item["body"] is not None and item["body_html"] is None]
    for item, html in zip(stale, markdown.rendered_late(item["body"] for item in stale), strict=True):
        item["body_html"] = html
    return bool(stale)


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
    values = {**_whose(actor, ticket_id), "take": page.take, "skip": page.skip}
    return list(tx.connection.execute(TIMELINE, {**values, "after": after[0] if after else 0}).all())
