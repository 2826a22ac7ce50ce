"""The SQL of webhooks in."""

from collections.abc import Collection, Mapping, Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import Row, text, update

from chalicelib.accounts.queries import listed
from chalicelib.core.db import Transaction
from chalicelib.core.paging import Page
from chalicelib.models.integrations import integrations

_INTEGRATION = """
    i.id, i.name, i.kind, i.mapping, i.defaults, i.enabled, i.last_received_at, i.created_at, i.updated_at,
    i.requester_id, r.name AS requester_name, r.email AS requester_email, m.id AS team_id, m.name AS team_name
"""
_FROM = """integrations i
    LEFT JOIN users r ON r.workspace_id = i.workspace_id AND r.id = i.requester_id
    LEFT JOIN teams m ON m.workspace_id = i.workspace_id AND m.id = i.team_id AND m.deleted_at IS NULL"""
_ONE = "i.workspace_id = :workspace_id AND i.id = :integration_id"
INTEGRATION = text(f"SELECT {_INTEGRATION} FROM {_FROM} WHERE {_ONE}")
# Whoever changes or deletes it waits here, and reads what the other left in its next statement.
LOCK = text(f"SELECT i.id FROM integrations i WHERE {_ONE} FOR NO KEY UPDATE")
ADD = text(
    """
    INSERT INTO integrations
        (workspace_id, id, name, key, kind, mapping, defaults, team_id, requester_id, enabled, secret)
    SELECT :workspace_id, :id, :name, :key, :kind, CAST(:mapping AS jsonb), CAST(:defaults AS jsonb),
        :team_id, :requester_id, :enabled, :secret
    FROM integrations i WHERE i.workspace_id = :workspace_id
    HAVING count(*) < :most
    """
)
DELETE = text(f"DELETE FROM integrations i WHERE {_ONE}")
FOUND = text(
    """
    SELECT
        EXISTS (SELECT FROM teams WHERE workspace_id = :workspace_id AND id = :team_id
                AND deleted_at IS NULL) AS team,
        EXISTS (SELECT FROM users WHERE workspace_id = :workspace_id AND id = :requester_id
                AND deleted_at IS NULL AND status IN ('active', 'contact')) AS requester
    """
)
ROTATE = text(
    f"""
    UPDATE integrations i SET secret = :secret, previous_secret = i.secret,
        previous_until = now() + make_interval(hours => :hours), updated_at = now()
    WHERE {_ONE} RETURNING previous_until
    """
)
WORKSPACE = text("SELECT fn_integration_workspace(:integration_id)")
SECRETS = text(
    f"""
    SELECT {_INTEGRATION}, i.secret,
        CASE WHEN i.previous_until > now() THEN i.previous_secret END AS previous_secret
    FROM {_FROM} WHERE {_ONE} AND i.enabled
    """
)
# One that comes at the same time waits for this one's end here, and is then the second.
RECEIVE = text(
    """
    WITH one AS (
        INSERT INTO integration_calls (workspace_id, integration_id, message_id)
        VALUES (:workspace_id, :integration_id, :message_id) ON CONFLICT DO NOTHING RETURNING received_at
    )
    UPDATE integrations i SET last_received_at = one.received_at FROM one
    WHERE i.workspace_id = :workspace_id AND i.id = :integration_id
    RETURNING i.id
    """
)
# Calls of one external id go one after the other, also where there is no ticket to lock yet.
HOLD = text(
    "SELECT pg_advisory_xact_lock(hashtextextended(CAST(:integration_id AS text) || ' ' || :external_id, 0))"
)
STANDS_FOR = text(
    """
    SELECT t.id, t.label, t.status, t.merged_into, t.requester_id, k.firing, u.email AS requester_email,
        t.archived_at IS NULL AND t.deleted_at IS NULL AND t.status NOT IN ('closed', 'cancelled')
            AND (t.status <> 'resolved' OR t.resolved_at + make_interval(days => :window_days) >= now())
            OR t.merged_into IS NOT NULL AS goes_on
    FROM integration_tickets k
    JOIN tickets t ON t.workspace_id = k.workspace_id AND t.id = k.ticket_id
    JOIN users u ON u.workspace_id = t.workspace_id AND u.id = t.requester_id
    WHERE k.workspace_id = :workspace_id AND k.integration_id = :integration_id
        AND k.external_key = sha256(convert_to(:external_id, 'UTF8'))
    """
)
STAND_FOR = text(
    """
    INSERT INTO integration_tickets (workspace_id, integration_id, external_key, ticket_id, firing)
    VALUES (:workspace_id, :integration_id, sha256(convert_to(:external_id, 'UTF8')), :ticket_id, :firing)
    ON CONFLICT (workspace_id, integration_id, external_key)
    DO UPDATE SET ticket_id = excluded.ticket_id, firing = excluded.firing, updated_at = now()
    """
)
SHOWN = text("SELECT id, label, status FROM tickets WHERE workspace_id = :workspace_id AND id = :ticket_id")


def integration(tx: Transaction, workspace_id: UUID, integration_id: UUID) -> Row[Any] | None:
    return tx.connection.execute(INTEGRATION, _keys(workspace_id, integration_id)).first()


def lock(tx: Transaction, workspace_id: UUID, integration_id: UUID) -> bool:
    """Holds it against whoever else changes it; False where there is none."""
    return tx.connection.execute(LOCK, _keys(workspace_id, integration_id)).first() is not None


def list_integrations(
    tx: Transaction, workspace_id: UUID, page: Page, after: Sequence[Any] | None
) -> Sequence[Row[Any]]:
    conditions, keys = ["i.workspace_id = :workspace_id"], {"workspace_id": workspace_id}
    return listed(tx, _INTEGRATION, _FROM, conditions, keys, page, "name", {"name": "i.name"}, "i.id", after)


def add(tx: Transaction, workspace_id: UUID, values: Mapping[str, Any], most: int) -> bool:
    """Whether there was room for one more."""
    made = tx.connection.execute(ADD, {"workspace_id": workspace_id, "most": most, **values})
    return made.rowcount == 1


def change(tx: Transaction, workspace_id: UUID, integration_id: UUID, values: Mapping[str, Any]) -> None:
    one = (integrations.c.workspace_id == workspace_id, integrations.c.id == integration_id)
    tx.connection.execute(update(integrations).where(*one).values(**values, updated_at=text("now()")))


def delete(tx: Transaction, workspace_id: UUID, integration_id: UUID) -> None:
    tx.connection.execute(DELETE, _keys(workspace_id, integration_id))


def found(tx: Transaction, workspace_id: UUID, team_id: UUID | None, requester_id: UUID | None) -> Row[Any]:
    """`team requester`: whether they are there."""
    keys = {"workspace_id": workspace_id, "team_id": team_id, "requester_id": requester_id}
    return tx.connection.execute(FOUND, keys).one()


def rotate(tx: Transaction, workspace_id: UUID, integration_id: UUID, secret: bytes, hours: int) -> Any:
    """Until when the secret before is good."""
    keys = {**_keys(workspace_id, integration_id), "secret": secret, "hours": hours}
    return tx.connection.scalar(ROTATE, keys)


def workspace_of(tx: Transaction, integration_id: UUID) -> UUID | None:
    """Whose it is, before anybody has entered a workspace; None where there is none, or it is off."""
    found: UUID | None = tx.connection.scalar(WORKSPACE, {"integration_id": integration_id})
    return found


def with_secrets(tx: Transaction, workspace_id: UUID, integration_id: UUID) -> Row[Any] | None:
    """The integration with `secret previous_secret`, sealed; the latter null once it is good no more."""
    return tx.connection.execute(SECRETS, _keys(workspace_id, integration_id)).first()


def receive(tx: Transaction, workspace_id: UUID, integration_id: UUID, message_id: str) -> bool:
    """False where a message of this id was received before."""
    keys = {**_keys(workspace_id, integration_id), "message_id": message_id}
    return tx.connection.execute(RECEIVE, keys).first() is not None


def stands_for(
    tx: Transaction, workspace_id: UUID, integration_id: UUID, external_id: str, window_days: int
) -> Row[Any] | None:
    """The ticket that an external id stands for, which is held until the transaction ends; `goes_on`: whether
    it takes changes still."""
    keys = {**_keys(workspace_id, integration_id), "external_id": external_id}
    tx.connection.execute(HOLD, {"integration_id": str(integration_id), "external_id": external_id})
    return tx.connection.execute(STANDS_FOR, {**keys, "window_days": window_days}).first()


def stand_for(
    tx: Transaction,
    workspace_id: UUID,
    integration_id: UUID,
    external_id: str,
    ticket_id: UUID,
    firing: Collection[str],
) -> None:
    keys = {**_keys(workspace_id, integration_id), "external_id": external_id}
    tx.connection.execute(STAND_FOR, {**keys, "ticket_id": ticket_id, "firing": sorted(firing)})


def shown(tx: Transaction, workspace_id: UUID, ticket_id: UUID) -> dict[str, Any]:
    """`id label status` of a ticket."""
    row = tx.connection.execute(SHOWN, {"workspace_id": workspace_id, "ticket_id": ticket_id}).one()
    return dict(row._mapping)


def _keys(workspace_id: UUID, integration_id: UUID) -> dict[str, Any]:
    return {"workspace_id": workspace_id, "integration_id": integration_id}
