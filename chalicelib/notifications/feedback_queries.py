"""The SQL of mails that SES tells of: who has the address, and which ticket the mail was about."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import Row, text

from chalicelib.core.db import Transaction

# What was claimed has our id at once, the provider's only once it is settled; SES names its own without a
# domain, emulators with one.
ADDRESSEES = text(
    """
    SELECT u.id AS user_id, u.email, (
        SELECT n.ticket_id FROM notifications n
        JOIN tickets t ON t.workspace_id = n.workspace_id AND t.id = n.ticket_id AND t.deleted_at IS NULL
        WHERE n.workspace_id = u.workspace_id AND n.user_id = u.id
          AND (n.message_id = ANY(CAST(:ids AS text[])) OR n.provider_id = ANY(CAST(:ids AS text[])))
        ORDER BY n.id LIMIT 1) AS ticket_id
    FROM users u
    WHERE u.workspace_id = :workspace_id AND u.email = ANY(CAST(:emails AS text[])) AND u.deleted_at IS NULL
    ORDER BY u.id
    """
)


def addressees(
    tx: Transaction, workspace_id: UUID, emails: Sequence[str], ids: Sequence[str]
) -> Sequence[Row[Any]]:
    """Who has these addresses now: `user_id email`, and the `ticket_id` that a mail with one of the ids told
    them of, null for none."""
    values = {"workspace_id": workspace_id, "emails": list(emails), "ids": list(ids)}
    return tx.connection.execute(ADDRESSEES, values).all()
