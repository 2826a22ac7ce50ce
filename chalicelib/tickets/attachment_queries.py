"""The SQL of files: announce, receive, judge, discard; list and show."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from functools import lru_cache
from typing import Any
from uuid import UUID

from sqlalchemy import TextClause, text

from chalicelib.accounts.actor import Actor
from chalicelib.accounts.permissions import Permission
from chalicelib.core.db import Transaction
from chalicelib.core.json_text import dumps
from chalicelib.core.paging import Page
from chalicelib.models.words import ActorType, Scan
from chalicelib.tickets.views import TIME
from chalicelib.tickets.visibility import visible_to

MAX_A_TICKET = 50

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

# One that is only announced is nobody's business but its uploader's; those of notes are the staff's.
# Files of what was merged into the ticket show on it; to customers, of what they see anyway.
VISIBLE = """
    f.workspace_id = :workspace_id AND f.ticket_id = ANY(ARRAY(
        SELECT CAST(:ticket_id AS uuid)
        UNION ALL SELECT t.id FROM tickets t
        WHERE t.workspace_id = :workspace_id AND t.merged_into = :ticket_id AND (:internal OR ({0}))))
    AND (f.state = 'uploaded' OR f.uploaded_by = :caller OR f.api_key_id = :caller)
    AND (f.comment_id IS NULL
         OR (c.id IS NOT NULL AND c.deleted_at IS NULL AND (:internal OR c.visibility = 'public')))
    AND EXISTS (SELECT FROM tickets t WHERE t.workspace_id = :workspace_id AND t.id = :ticket_id AND ({0}))
"""
# Joined, not asked for by EXISTS: within an OR that could become a scan of all comments.
WITH_COMMENTS = """
    FROM attachments f LEFT JOIN comments c ON c.workspace_id = f.workspace_id AND c.id = f.comment_id
"""


def _reader(actor: Actor, ticket_id: UUID) -> dict[str, Any]:
    return {
        "workspace_id": actor.workspace.id,
        "ticket_id": ticket_id,
        "caller": actor.id,
        "internal": actor.may(Permission.TICKETS_READ_INTERNAL),
    }


@lru_cache(maxsize=16)
def _page(condition: str, after: bool) -> TextClause:
    return text(
        f"""
        SELECT {ATTACHMENT} AS item, f.created_at, f.id {WITH_COMMENTS}
        WHERE {VISIBLE.format(condition)}
          {"AND (f.created_at, f.id) > (:after_time, :after_id)" if after else ""}
        ORDER BY f.created_at, f.id LIMIT :take OFFSET :skip
        """
    )


def page_of(tx: Transaction, actor: Actor, ticket_id: UUID, page: Page) -> list[Any]:
    """A page of a ticket's files that the actor may know of, oldest first; `item` is the file as JSON."""
    after = page.after("created_at", (datetime, UUID))
    condition, values = visible_to(actor)
    values |= {**_reader(actor, ticket_id), "take": page.take, "skip": page.skip}
    values |= {"after_time": after[0], "after_id": after[1]} if after else {}
    return list(tx.connection.execute(_page(condition, after is not None), values).all())


@lru_cache(maxsize=8)
def _one(condition: str) -> TextClause:
    return text(
        f"""
        SELECT {ATTACHMENT} AS item, f.id, f.comment_id, f.file_name, f.content_type, f.size,
            f.state, f.scan, f.object_version, f.uploaded_by, f.api_key_id, f.created_at,
            coalesce(c.visibility = 'internal', false) AS internal {WITH_COMMENTS}
        WHERE {VISIBLE.format(condition)} AND f.id = :id
        """
    )


def one(tx: Transaction, actor: Actor, ticket_id: UUID, attachment_id: UUID) -> Any:
    """A file that the actor may know of, by its columns and as JSON (`item`); None where there is none."""
    condition, values = visible_to(actor)
    values |= {**_reader(actor, ticket_id), "id": attachment_id}
    return tx.connection.execute(_one(condition), values).first()


COMMENT = text(
    """
    SELECT c.author_id, c.api_key_id FROM comments c
    WHERE c.workspace_id = :workspace_id AND c.ticket_id = :ticket_id AND c.id = :id
      AND c.deleted_at IS NULL AND (:internal OR c.visibility = 'public')
    """
)


def author_of(tx: Transaction, actor: Actor, ticket_id: UUID, comment_id: UUID) -> Any:
    """Who wrote a comment of this ticket that the actor may read; None where there is none."""
    return tx.connection.execute(COMMENT, {**_reader(actor, ticket_id), "id": comment_id}).first()


# The ticket is locked: nobody else counts at the same time.
INSERT = text(
    f"""
    WITH f AS (
        INSERT INTO attachments
            (workspace_id, ticket_id, comment_id, uploaded_by, api_key_id, file_name, content_type, size)
        SELECT :workspace_id, :ticket_id, CAST(:comment_id AS uuid), CAST(:uploaded_by AS uuid),
            CAST(:api_key_id AS uuid), :file_name, :content_type, :size
        WHERE (SELECT count(*) FROM attachments a
               WHERE a.workspace_id = :workspace_id AND a.ticket_id = :ticket_id) < {MAX_A_TICKET}
        RETURNING *
    )
    SELECT {ATTACHMENT} AS item, f.id FROM f
    """
)


def insert(
    tx: Transaction, actor: Actor, ticket_id: UUID, comment_id: UUID | None, file: Mapping[str, Any]
) -> Any:
    """Announces a file: `file_name content_type size`. None where the ticket has as many as it can have."""
    return tx.connection.execute(
        INSERT,
        {
            "workspace_id": actor.workspace.id,
            "ticket_id": ticket_id,
            "comment_id": comment_id,
            "uploaded_by": actor.user_id,
            "api_key_id": actor.id if actor.type is ActorType.API_KEY else None,
            **file,
        },
    ).first()


# Named twice, `given` is made once: the ids of the rows are those that are answered.
INSERT_ALL = text(
    """
    WITH given AS (
        SELECT item.ordinality AS place, uuidv7() AS id, item.value ->> 'file_name' AS file_name,
            item.value ->> 'content_type' AS content_type, (item.value ->> 'size')::bigint AS size
        FROM jsonb_array_elements(CAST(:files AS jsonb)) WITH ORDINALITY AS item
    ), f AS (
        INSERT INTO attachments (workspace_id, ticket_id, id, uploaded_by, file_name, content_type, size)
        SELECT :workspace_id, :ticket_id, id, CAST(:uploaded_by AS uuid), file_name, content_type, size
        FROM given ORDER BY place
    )
    SELECT id FROM given ORDER BY place
    """
)


def insert_all(
    tx: Transaction, actor: Actor, ticket_id: UUID, files: Sequence[Mapping[str, Any]]
) -> list[UUID]:
    """Announces the files of a new ticket, each as `insert` does; their ids in order."""
    keys = {"workspace_id": actor.workspace.id, "ticket_id": ticket_id, "uploaded_by": actor.user_id}
    return list(tx.connection.scalars(INSERT_ALL, {**keys, "files": dumps(files)}))


AWAITED = text(
    """
    SELECT f.id, f.file_name, f.content_type, f.size, f.state,
        f.state = 'awaiting' AND t.deleted_at IS NULL AND t.archived_at IS NULL AND t.merged_into IS NULL
            AND t.status NOT IN ('closed', 'cancelled') AS awaited
    FROM attachments f JOIN tickets t ON t.workspace_id = f.workspace_id AND t.id = f.ticket_id
    WHERE f.workspace_id = :workspace_id AND f.id = ANY(CAST(:ids AS uuid[]))
    """
)


def awaited(tx: Transaction, workspace_id: UUID, ids: Sequence[UUID]) -> dict[UUID, Any]:
    """Files by their ids, `file_name content_type size state`, and whether a ticket of a customer still takes
    each (`awaited`)."""
    rows = tx.connection.execute(AWAITED, {"workspace_id": workspace_id, "ids": list(ids)})
    return {row.id: row for row in rows}


DELETE = text("DELETE FROM attachments WHERE workspace_id = :workspace_id AND id = :id")


def delete(tx: Transaction, actor: Actor, attachment_id: UUID) -> None:
    """Takes the row away; its object is written down to go too (fn_discard_file)."""
    tx.connection.execute(DELETE, {"workspace_id": actor.workspace.id, "id": attachment_id})


FIND = text(
    """
    SELECT f.ticket_id, f.comment_id, f.uploaded_by, f.api_key_id,
        coalesce(c.visibility = 'internal' OR c.deleted_at IS NOT NULL, false) AS internal
    FROM attachments f
    LEFT JOIN comments c ON c.workspace_id = f.workspace_id AND c.id = f.comment_id
    WHERE f.workspace_id = :workspace_id AND f.id = :id
    """
)


def find(tx: Transaction, workspace_id: UUID, attachment_id: UUID) -> Any:
    """Whose a file is, where it hangs, and whether only the staff knows of it; None where there is none."""
    return tx.connection.execute(FIND, {"workspace_id": workspace_id, "id": attachment_id}).first()


# A result of the scanner may have come first, and named the version that counts.
RECEIVE = text(
    """
    WITH received AS (
        UPDATE attachments SET
            state = 'uploaded',
            uploaded_at = now(),
            size = :size,
            object_version = :version,
            scan = CASE WHEN object_version IS NULL THEN :scan ELSE scan END
        WHERE workspace_id = :workspace_id AND id = :id AND state = 'awaiting'
          AND coalesce(object_version, :version) = :version
        RETURNING object_version
    )
    SELECT received.object_version AS version, true AS first FROM received
    UNION ALL
    SELECT a.object_version, false FROM attachments a
    WHERE a.workspace_id = :workspace_id AND a.id = :id AND NOT EXISTS (SELECT FROM received)
    """
)


def receive(
    tx: Transaction, workspace_id: UUID, attachment_id: UUID, *, version: str, size: int, scan: Scan
) -> Any:
    """Marks a file as there, once. Answers the version that counts, and whether it is new (`first`); None
    where the row is gone."""
    return tx.connection.execute(
        RECEIVE,
        {"workspace_id": workspace_id, "id": attachment_id, "version": version, "size": size, "scan": scan},
    ).first()


# What was found infected stays so, whatever a later scan says.
JUDGE = text(
    """
    UPDATE attachments SET scan = :scan, object_version = :version
    WHERE workspace_id = :workspace_id AND id = :id AND scan NOT IN ('infected', :scan)
      AND coalesce(object_version, :version) = :version
    """
)


def judge(tx: Transaction, workspace_id: UUID, attachment_id: UUID, version: str, scan: Scan) -> bool:
    """Keeps what a scanner found in one version of a file; False where nothing changed by it."""
    values = {"workspace_id": workspace_id, "id": attachment_id, "version": version, "scan": scan}
    return bool(tx.connection.execute(JUDGE, values).rowcount)


LEASE = text("SELECT workspace_id, id, object_key FROM fn_lease_discarded_files(:limit, :lease)")
GONE = text("SELECT fn_files_are_gone(CAST(:ids AS uuid[]))")


def lease_discarded(tx: Transaction, limit: int, seconds: int) -> Sequence[Any]:
    """The oldest objects to delete, `workspace_id id object_key`, this caller's for so many seconds."""
    return tx.connection.execute(LEASE, {"limit": limit, "lease": seconds}).all()


def are_gone(tx: Transaction, ids: Sequence[UUID]) -> None:
    """These objects are deleted; nobody needs to try again."""
    tx.connection.execute(GONE, {"ids": list(ids)})
