"""The SQL of webhooks: who wants to hear of what."""

from collections.abc import Collection, Mapping, Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import Row, bindparam, insert, text, update
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.types import Uuid

from chalicelib.accounts.queries import listed
from chalicelib.core.db import Transaction
from chalicelib.core.paging import Page
from chalicelib.models.webhooks import webhooks
from chalicelib.models.words import DisabledReason

# All but the secrets, which leave the database for signing alone.
_WEBHOOK = """
    h.id, h.name, h.url, h.template, h.events, h.types, h.priorities, h.include_internal,
    h.enabled_at IS NOT NULL AS enabled, h.disabled_at, h.disabled_reason, h.failing_since, h.failures,
    CASE WHEN h.previous_secret_expires_at > now() THEN h.previous_secret_expires_at END
        AS previous_secret_expires_at,
    h.team_ids, h.created_at, h.updated_at,
    (SELECT coalesce(jsonb_agg(jsonb_build_object('id', g.id, 'name', g.name) ORDER BY g.name, g.id), '[]')
     FROM teams g WHERE g.workspace_id = h.workspace_id AND g.id = ANY(h.team_ids)) AS teams
"""
_ONE = "h.workspace_id = :workspace_id AND h.id = :webhook_id"
WEBHOOK = text(f"SELECT {_WEBHOOK} FROM webhooks h WHERE {_ONE}")
LOCK = text(f"SELECT h.id FROM webhooks h WHERE {_ONE} FOR NO KEY UPDATE")
TO_CALL = text(
    "SELECT h.id, h.name, h.url, h.template, h.include_internal, h.secret, "
    "CASE WHEN h.previous_secret_expires_at > now() THEN h.previous_secret END AS previous_secret "
    f"FROM webhooks h WHERE {_ONE}"
)
COUNT = text("SELECT count(*) FROM webhooks h WHERE h.workspace_id = :workspace_id")
TEAMS = text(
    "SELECT count(*) FROM teams g WHERE g.workspace_id = :workspace_id AND g.deleted_at IS NULL "
    "AND g.id = ANY(:team_ids)"
).bindparams(bindparam("team_ids", type_=ARRAY(Uuid)))
ROTATE = text(
    """
    UPDATE webhooks h SET previous_secret = CASE WHEN :grace_seconds > 0 THEN h.secret END,
        previous_secret_expires_at = CASE WHEN :grace_seconds > 0
            THEN now() + make_interval(secs => :grace_seconds) END,
        secret = :secret, updated_at = now()
    WHERE h.workspace_id = :workspace_id AND h.id = :webhook_id
    """
)
SEALED_OTHERWISE = text("SELECT workspace_id, webhook_id FROM fn_sealed_otherwise(:mark, :limit)")
SECRETS = text(f"SELECT h.secret, h.previous_secret FROM webhooks h WHERE {_ONE} FOR NO KEY UPDATE")
RESEAL = text(f"UPDATE webhooks h SET secret = :secret, previous_secret = :previous_secret WHERE {_ONE}")
DELETE = text("DELETE FROM webhooks WHERE workspace_id = :workspace_id AND id = :webhook_id")
SORTS = {"name": "h.name", "created_at": "h.created_at"}
_FILTERS = {"enabled": "(h.enabled_at IS NOT NULL) = :enabled"}


def _keys(workspace_id: UUID, webhook_id: UUID) -> dict[str, Any]:
    return {"workspace_id": workspace_id, "webhook_id": webhook_id}


def webhook(tx: Transaction, workspace_id: UUID, webhook_id: UUID) -> Row[Any] | None:
    """A webhook, without its secrets."""
    return tx.connection.execute(WEBHOOK, _keys(workspace_id, webhook_id)).first()


def to_call(tx: Transaction, workspace_id: UUID, webhook_id: UUID) -> Row[Any] | None:
    """What calling it takes, with its sealed secrets."""
    return tx.connection.execute(TO_CALL, _keys(workspace_id, webhook_id)).first()


def lock(tx: Transaction, workspace_id: UUID, webhook_id: UUID) -> bool:
    """Holds it against who changes, claims or settles; False where there is none."""
    return tx.connection.execute(LOCK, _keys(workspace_id, webhook_id)).first() is not None


def list_webhooks(
    tx: Transaction,
    workspace_id: UUID,
    wanted: Mapping[str, Any],
    page: Page,
    sort: str,
    after: Sequence[Any] | None,
) -> Sequence[Row[Any]]:
    """`wanted`: any of enabled."""
    conditions = ["h.workspace_id = :workspace_id", *(_FILTERS[name] for name in wanted)]
    keys = {"workspace_id": workspace_id, **wanted}
    return listed(tx, _WEBHOOK, "webhooks h", conditions, keys, page, sort, SORTS, "h.id", after)


def count(tx: Transaction, workspace_id: UUID) -> int:
    return int(tx.connection.scalar(COUNT, {"workspace_id": workspace_id}) or 0)


def count_teams(tx: Transaction, workspace_id: UUID, team_ids: Collection[UUID]) -> int:
    """How many of these there are."""
    return int(tx.connection.scalar(TEAMS, {"workspace_id": workspace_id, "team_ids": list(team_ids)}) or 0)


def switched(off: DisabledReason | None) -> dict[str, Any]:
    """The columns of one that is switched off, or without a reason on: then it has a clean record."""
    if off is not None:
        return {"enabled_at": None, "disabled_at": text("now()"), "disabled_reason": off}
    clean = {"failing_since": None, "failures": 0}
    return {"enabled_at": text("now()"), "disabled_at": None, "disabled_reason": None, **clean}


def add(tx: Transaction, workspace_id: UUID, values: Mapping[str, Any]) -> None:
    tx.connection.execute(insert(webhooks).values(workspace_id=workspace_id, **values))


def change(tx: Transaction, workspace_id: UUID, webhook_id: UUID, values: Mapping[str, Any]) -> None:
    one = (webhooks.c.workspace_id == workspace_id, webhooks.c.id == webhook_id)
    tx.connection.execute(update(webhooks).where(*one).values(**values, updated_at=text("now()")))


def rotate(tx: Transaction, workspace_id: UUID, webhook_id: UUID, secret: bytes, grace_seconds: int) -> None:
    """The secret of now becomes the one before, which signs too for so long."""
    values = {"secret": secret, "grace_seconds": grace_seconds}
    tx.connection.execute(ROTATE, {**_keys(workspace_id, webhook_id), **values})


def delete(tx: Transaction, workspace_id: UUID, webhook_id: UUID) -> None:
    tx.connection.execute(DELETE, _keys(workspace_id, webhook_id))


def sealed_otherwise(tx: Transaction, mark: bytes, limit: int) -> Sequence[Row[Any]]:
    """`workspace_id webhook_id` of those whose secrets do not begin with the mark, of all workspaces."""
    return tx.connection.execute(SEALED_OTHERWISE, {"mark": mark, "limit": limit}).all()


def secrets(tx: Transaction, workspace_id: UUID, webhook_id: UUID) -> Row[Any] | None:
    """`secret previous_secret` as they are kept; the webhook is locked."""
    return tx.connection.execute(SECRETS, _keys(workspace_id, webhook_id)).first()


def reseal(
    tx: Transaction, workspace_id: UUID, webhook_id: UUID, secret: bytes, previous_secret: bytes | None
) -> None:
    """The same secrets, sealed anew."""
    values = {"secret": secret, "previous_secret": previous_secret}
    tx.connection.execute(RESEAL, {**_keys(workspace_id, webhook_id), **values})
