"""The SQL of what is reported of mails, and of the addresses that get none any more."""

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import text

from chalicelib.core.db import Transaction
from chalicelib.models.words import MailTrouble

# A full mailbox or a server that is down fails each mail of a busy hour: days count, not mails.
FAILING_DAYS = 3
WITHIN_DAYS = 14

# The user is held: what judges counts the reports that others have committed.
NOTE = text(
    """
    WITH person AS (
        SELECT id FROM users
        WHERE workspace_id = :workspace_id AND id = :user_id AND deleted_at IS NULL
          AND coalesce(email_good_at <= least(CAST(:happened_at AS timestamptz), now()), true)
        FOR NO KEY UPDATE
    )
    INSERT INTO mail_reports (workspace_id, user_id, message_id, kind, happened_at)
    SELECT :workspace_id, person.id, :message_id, :kind, least(CAST(:happened_at AS timestamptz), now())
    FROM person
    ON CONFLICT DO NOTHING
    """
)
# A complaint outweighs what servers say, and for good outweighs perhaps.
JUDGE = text(
    f"""
    UPDATE users u SET email_bad_at = coalesce(email_bad_at, now()), email_bad_reason = :trouble,
        email_bad_detail = :detail
    WHERE workspace_id = :workspace_id AND id = :user_id
      AND coalesce(array_position(ARRAY['failing', 'bounced', 'complained'], email_bad_reason)
                   < array_position(ARRAY['failing', 'bounced', 'complained'], CAST(:trouble AS text)), true)
      AND (:trouble <> 'failing' OR {FAILING_DAYS} <= (
          SELECT count(DISTINCT CAST(r.happened_at AT TIME ZONE 'UTC' AS date)) FROM mail_reports r
          WHERE r.workspace_id = :workspace_id AND r.user_id = u.id AND r.kind = 'failing'
            AND r.happened_at > now() - interval '{WITHIN_DAYS} days'
            AND coalesce(r.happened_at >= u.email_good_at, true)))
    """
)
RESTORE = text(
    """
    UPDATE users SET email_bad_at = NULL, email_bad_reason = NULL, email_bad_detail = NULL,
        email_good_at = now()
    WHERE workspace_id = :workspace_id AND id = ANY(CAST(:ids AS uuid[])) AND email_bad_at IS NOT NULL
    """
)


def note(tx: Transaction, values: Mapping[str, Any]) -> bool:
    """`values`: workspace_id, user_id, message_id, kind, happened_at. Whether it is news."""
    return tx.connection.execute(NOTE, values).rowcount == 1


def judge(
    tx: Transaction, workspace_id: UUID, user_id: UUID, trouble: MailTrouble, detail: str | None
) -> None:
    """Marks the address where what was reported is enough, and worse than what it is marked for."""
    keys = {"workspace_id": workspace_id, "user_id": user_id}
    tx.connection.execute(JUDGE, {**keys, "trouble": trouble, "detail": detail})


def restore(tx: Transaction, workspace_id: UUID, user_ids: Sequence[UUID]) -> None:
    tx.connection.execute(RESTORE, {"workspace_id": workspace_id, "ids": list(user_ids)})
