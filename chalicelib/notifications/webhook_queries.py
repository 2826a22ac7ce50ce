"""The SQL of mails about webhooks: who administers the desk."""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import bindparam, text
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.types import Text

from chalicelib.accounts.permissions import MATRIX, Permission
from chalicelib.core.db import Transaction
from chalicelib.notifications.facts import Brand

# Its name as it is now, and nobody where it is on again, or gone.
OFF = text(
    "SELECT h.name, w.brand_color, w.brand_logo_url, w.brand_footer FROM webhooks h "
    "JOIN workspaces w ON w.id = h.workspace_id "
    "WHERE h.workspace_id = :workspace_id AND h.id = :webhook_id AND h.enabled_at IS NULL"
)
KEEPERS = text(
    "SELECT u.id AS user_id, u.name, u.email FROM users u "
    "WHERE u.workspace_id = :workspace_id AND u.role = ANY(:roles) AND u.status = 'active' "
    "AND u.deleted_at IS NULL AND u.email_bad_at IS NULL ORDER BY u.id"
).bindparams(bindparam("roles", type_=ARRAY(Text)))
_ROLES = sorted(role.value for role, held in MATRIX.items() if Permission.WEBHOOKS_MANAGE in held)


@dataclass(frozen=True)
class Keeper:
    """Somebody who sees to webhooks."""

    user_id: UUID
    name: str
    email: str


def off(tx: Transaction, workspace_id: UUID, webhook_id: UUID) -> tuple[str, Brand] | None:
    """The name of a webhook that is off, and how the workspace's mails look."""
    keys = {"workspace_id": workspace_id, "webhook_id": webhook_id}
    row = tx.connection.execute(OFF, keys).first()
    return None if row is None else (row.name, Brand(row.brand_color, row.brand_logo_url, row.brand_footer))


def keepers(tx: Transaction, workspace_id: UUID) -> Sequence[Keeper]:
    rows = tx.connection.execute(KEEPERS, {"workspace_id": workspace_id, "roles": _ROLES})
    return [Keeper(row.user_id, row.name, row.email) for row in rows]
