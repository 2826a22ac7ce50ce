"""The SQL of erasing people: what is known of them, the receipt, and the batches; see fn_erasure.sql."""

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import Row, text

from chalicelib.core.db import Transaction
from chalicelib.core.json_text import dumps
from chalicelib.models.accounts import users

# Columns of a user that say nothing of the person, or are given a new value.
KEPT_COLUMNS = frozenset({"deactivated_at", "deleted_at"})

# The queue delivers a message five times, half an hour apart: a job that nobody takes up for longer is lost.
STALLED_HOURS = 6

# What the person was called before, as the audit log knows it, and at sign-ups, which anybody can have made.
FORMER = text(
    """
    SELECT f.key AS kind, f.value FROM audit_log e
    CROSS JOIN LATERAL (VALUES (e.before), (e.after)) AS v (facts)
    CROSS JOIN LATERAL jsonb_each_text(v.facts) AS f
    WHERE e.workspace_id = :workspace_id AND e.target_id = :user_id AND e.target_type = 'user'
      AND f.key IN ('email', 'name', 'phone', 'document_id') AND f.value IS NOT NULL
    UNION
    SELECT 'claimed_name', s.name FROM sign_ups s
    WHERE s.workspace_id = :workspace_id AND s.user_id = :user_id
    LIMIT 500
    """
)
SHARED = text(
    """
    SELECT DISTINCT lower(v.value) FROM users u
    CROSS JOIN LATERAL (VALUES (u.name), (u.phone), (u.document_id)) AS v (value)
    WHERE u.workspace_id = :workspace_id AND u.id <> :user_id AND u.deleted_at IS NULL
      AND lower(v.value) = ANY(CAST(:values AS text[]))
    """
)
ADD = text(
    """
    INSERT INTO erasures (workspace_id, user_id, job_id, pseudonym, reason, patterns)
    VALUES (:workspace_id, :user_id, :job_id, :pseudonym, :reason, CAST(:patterns AS jsonb))
    """
)
RECEIPT = text(
    """
    SELECT e.id, e.user_id, e.pseudonym, e.reason, e.counts, e.erased_at, e.completed_at, e.job_id,
        CASE WHEN e.completed_at IS NOT NULL THEN 'complete'
             WHEN j.id IS NULL OR j.status = 'failed'
               OR j.leased_until < now() - make_interval(hours => :hours) THEN 'failed'
             ELSE 'running' END AS status,
        (SELECT a.sequence FROM audit_log a
         WHERE a.workspace_id = e.workspace_id AND a.target_id = e.user_id AND a.action = 'user.erased'
         ORDER BY a.sequence LIMIT 1) AS audit_sequence
    FROM erasures e LEFT JOIN jobs j ON j.workspace_id = e.workspace_id AND j.id = e.job_id
    WHERE e.workspace_id = :workspace_id AND e.user_id = :user_id
    """
)
TRY_AGAIN = text(
    "UPDATE erasures SET job_id = :job_id WHERE workspace_id = :workspace_id AND user_id = :user_id"
)
COUNT = text(
    """
    UPDATE erasures e SET counts = e.counts || (
        SELECT jsonb_object_agg(c.key, c.value::integer + coalesce((e.counts ->> c.key)::integer, 0))
        FROM jsonb_each_text(CAST(:counts AS jsonb)) AS c)
    WHERE e.workspace_id = :workspace_id AND e.user_id = :user_id
    """
)
COMPLETE = text(
    """
    UPDATE erasures SET completed_at = now(), patterns = NULL
    WHERE workspace_id = :workspace_id AND user_id = :user_id AND completed_at IS NULL
    """
)

PLACES = text("SELECT place FROM fn_erasure_places()")
OWNED = text("SELECT fn_erase_owned(:user_id, :limit)")
BATCH = text(
    "SELECT last, seen, changed FROM fn_erase_batch(:user_id, :place, CAST(:after AS text[]), :limit)"
)
AUDIT = text(
    """
    SELECT f.last, f.seen, f.changed FROM erasures e
    CROSS JOIN LATERAL fn_audit_forget(e.user_id, e.patterns ->> 'everywhere', :after, :limit) AS f
    WHERE e.workspace_id = :workspace_id AND e.user_id = :user_id
    """
)
ADDRESSES = text(
    """
    UPDATE tickets SET source_ip = NULL
    WHERE workspace_id = :workspace_id AND id IN (
        SELECT t.id FROM tickets t
        WHERE t.workspace_id = :workspace_id AND t.requester_id = :user_id AND t.source_ip IS NOT NULL
        LIMIT :limit)
    """
)
RATINGS = text(
    """
    UPDATE ratings SET comment = NULL, digest = NULL, mailbox = NULL
    WHERE workspace_id = :workspace_id AND id IN (
        SELECT r.id FROM ratings r
        WHERE r.workspace_id = :workspace_id AND r.user_id = :user_id
          AND (r.comment IS NOT NULL OR r.digest IS NOT NULL)
        LIMIT :limit)
    """
)
HOLD = text(
    """
    SELECT id FROM users WHERE workspace_id = :workspace_id AND id = :user_id AND deleted_at IS NULL
    FOR SHARE
    """
)


def former_facts(tx: Transaction, workspace_id: UUID, user_id: UUID) -> list[tuple[str, str]]:
    """(kind, value) of what the workspace remembers about the person, of today or before."""
    rows = tx.connection.execute(FORMER, {"workspace_id": workspace_id, "user_id": user_id})
    return [(row.kind, row.value) for row in rows]


def shared(tx: Transaction, workspace_id: UUID, user_id: UUID, values: Sequence[str]) -> set[str]:
    """Which of the values somebody else has too, in lower case."""
    keys = {"workspace_id": workspace_id, "user_id": user_id, "values": [value.lower() for value in values]}
    return set(tx.connection.scalars(SHARED, keys))


def cleared() -> dict[str, Any]:
    """Every column of a user that can be empty, emptied: those of later capabilities too."""
    return {column.name: None for column in users.c if column.nullable and column.name not in KEPT_COLUMNS}


def add(
    tx: Transaction,
    workspace_id: UUID,
    user_id: UUID,
    job_id: UUID,
    pseudonym: str,
    reason: str,
    patterns: Mapping[str, Any],
) -> None:
    values = {"job_id": job_id, "pseudonym": pseudonym, "reason": reason, "patterns": dumps(patterns)}
    tx.connection.execute(ADD, {"workspace_id": workspace_id, "user_id": user_id, **values})


def receipt(tx: Transaction, workspace_id: UUID, user_id: UUID) -> Row[Any] | None:
    keys = {"workspace_id": workspace_id, "user_id": user_id, "hours": STALLED_HOURS}
    return tx.connection.execute(RECEIPT, keys).first()


def try_again(tx: Transaction, workspace_id: UUID, user_id: UUID, job_id: UUID) -> None:
    tx.connection.execute(TRY_AGAIN, {"workspace_id": workspace_id, "user_id": user_id, "job_id": job_id})


def count(tx: Transaction, workspace_id: UUID, user_id: UUID, counts: Mapping[str, int]) -> None:
    """Adds to the receipt's counts."""
    counted = {name: n for name, n in counts.items() if n}
    if counted:
        keys = {"workspace_id": workspace_id, "user_id": user_id}
        tx.connection.execute(COUNT, {**keys, "counts": dumps(counted)})


def complete(tx: Transaction, workspace_id: UUID, user_id: UUID) -> None:
    """Nothing is left to look for: what was looked for is forgotten too."""
    tx.connection.execute(COMPLETE, {"workspace_id": workspace_id, "user_id": user_id})


def places(tx: Transaction) -> list[str]:
    """The tables whose texts are searched, in their order."""
    return list(tx.connection.scalars(PLACES))


def erase_owned(tx: Transaction, user_id: UUID, limit: int) -> Mapping[str, int]:
    """Deletes at most `limit` rows of each table that go with the user; how many of each."""
    gone: Mapping[str, int] = tx.connection.execute(OWNED, {"user_id": user_id, "limit": limit}).scalar_one()
    return gone


def erase_batch(
    tx: Transaction, user_id: UUID, place: str, after: Sequence[str] | None, limit: int
) -> Row[Any]:
    """`last seen changed` of the next rows of a table after a key."""
    values = {"place": place, "after": None if after is None else list(after), "limit": limit}
    return tx.connection.execute(BATCH, {"user_id": user_id, **values}).one()


def erase_audit(tx: Transaction, workspace_id: UUID, user_id: UUID, after: int, limit: int) -> Row[Any]:
    """The same for the audit log, by its sequence."""
    keys = {"workspace_id": workspace_id, "user_id": user_id, "after": after, "limit": limit}
    return tx.connection.execute(AUDIT, keys).one()


def erase_addresses(tx: Transaction, workspace_id: UUID, user_id: UUID, limit: int) -> int:
    """Forgets where at most `limit` of the person's tickets came from; how many."""
    keys = {"workspace_id": workspace_id, "user_id": user_id, "limit": limit}
    return tx.connection.execute(ADDRESSES, keys).rowcount


def erase_ratings(tx: Transaction, workspace_id: UUID, user_id: UUID, limit: int) -> int:
    """Takes the words out of at most `limit` of the person's ratings, and ends their links; how many. The
    scores stay, as the tickets do."""
    keys = {"workspace_id": workspace_id, "user_id": user_id, "limit": limit}
    return tx.connection.execute(RATINGS, keys).rowcount


def hold(tx: Transaction, workspace_id: UUID, user_id: UUID) -> bool:
    """Whether the person is still there, and stays until the end of the transaction."""
    keys = {"workspace_id": workspace_id, "user_id": user_id}
    return tx.connection.scalar(HOLD, keys) is not None
