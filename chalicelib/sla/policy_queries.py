"""The SQL of policies as a desk keeps them."""

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import Row, text, update

from chalicelib.accounts.queries import listed
from chalicelib.core.db import Transaction
from chalicelib.core.json_text import dumps
from chalicelib.core.paging import Page
from chalicelib.models.sla import sla_policies

_POLICY = """
    p.id, p.name, p.position, p.enabled, p.conditions, p.targets, p.warnings, p.escalations,
    p.created_at, p.updated_at,
    jsonb_build_object('id', c.id, 'name', c.name) AS calendar
"""
_FROM = "sla_policies p JOIN calendars c ON c.workspace_id = p.workspace_id AND c.id = p.calendar_id"
_ONE = "p.workspace_id = :workspace_id AND p.id = :policy_id AND p.deleted_at IS NULL"
_LIVING = "p.workspace_id = :workspace_id AND p.deleted_at IS NULL"
POLICY = text(f"SELECT {_POLICY} FROM {_FROM} WHERE {_ONE}")
# Whoever changes or deletes it waits here, and reads what the other left in its next statement.
LOCK = text(f"SELECT p.id FROM sla_policies p WHERE {_ONE} FOR NO KEY UPDATE")
LOCK_ALL = text(f"SELECT p.id FROM sla_policies p WHERE {_LIVING} ORDER BY p.id FOR NO KEY UPDATE")
# Whoever makes one waits for others who do, so that their number and the end of their order are right.
ONE_AT_A_TIME = text("SELECT pg_advisory_xact_lock(hashtextextended('policies ' || :workspace_id, 0))")
ADD = text(
    f"""
    INSERT INTO sla_policies (workspace_id, name, position, enabled, conditions, targets, warnings,
        escalations, calendar_id)
    SELECT :workspace_id, :name,
        coalesce(CAST(:position AS integer), least(coalesce(max(p.position), 0) + 1, 10000)), :enabled,
        CAST(:conditions AS jsonb), CAST(:targets AS jsonb), CAST(:warnings AS jsonb),
        CAST(:escalations AS jsonb), :calendar_id
    FROM sla_policies p WHERE {_LIVING}
    HAVING count(*) < :most
    RETURNING id
    """
)
DELETE = text(
    "UPDATE sla_policies SET deleted_at = now() WHERE workspace_id = :workspace_id AND id = :policy_id"
)
REORDER = text(
    """
    UPDATE sla_policies p SET position = o.place, updated_at = now()
    FROM unnest(CAST(:ids AS uuid[])) WITH ORDINALITY AS o(id, place)
    WHERE p.workspace_id = :workspace_id AND p.id = o.id AND p.position <> o.place
    """
)
# The calendar is held, so that nobody deletes it meanwhile.
HOLD_CALENDAR = text(
    "SELECT c.timezone, c.weekly, c.holidays FROM calendars c "
    "WHERE c.workspace_id = :workspace_id AND c.id = :calendar_id AND c.deleted_at IS NULL FOR SHARE"
)
UNKNOWN = text(
    """
    SELECT 'team' AS name, given AS id FROM unnest(CAST(:teams AS uuid[])) AS given
    WHERE NOT EXISTS (SELECT FROM teams m
                      WHERE m.workspace_id = :workspace_id AND m.id = given AND m.deleted_at IS NULL)
    UNION ALL
    SELECT 'organisation', given FROM unnest(CAST(:organisations AS uuid[])) AS given
    WHERE NOT EXISTS (SELECT FROM organisations o
                      WHERE o.workspace_id = :workspace_id AND o.id = given AND o.deleted_at IS NULL)
    UNION ALL
    SELECT 'staff', given FROM unnest(CAST(:staff AS uuid[])) AS given
    WHERE NOT EXISTS (SELECT FROM users u
                      WHERE u.workspace_id = :workspace_id AND u.id = given AND u.status = 'active'
                        AND u.role <> 'customer' AND u.deleted_at IS NULL)
    """
)
DOCUMENTS = ("conditions", "targets", "warnings", "escalations")
SORTS = {"position": "p.position", "name": "p.name"}


def policy(tx: Transaction, workspace_id: UUID, policy_id: UUID) -> Row[Any] | None:
    return tx.connection.execute(POLICY, {"workspace_id": workspace_id, "policy_id": policy_id}).first()


def lock(tx: Transaction, workspace_id: UUID, policy_id: UUID) -> bool:
    """Holds it against whoever else changes it; False where there is none."""
    keys = {"workspace_id": workspace_id, "policy_id": policy_id}
    return tx.connection.execute(LOCK, keys).first() is not None


def lock_all(tx: Transaction, workspace_id: UUID) -> set[UUID]:
    """Holds all of them."""
    return set(tx.connection.execute(LOCK_ALL, {"workspace_id": workspace_id}).scalars())


def list_policies(
    tx: Transaction,
    workspace_id: UUID,
    enabled: bool | None,
    page: Page,
    sort: str,
    after: Sequence[Any] | None,
) -> Sequence[Row[Any]]:
    conditions = [_LIVING, *(["p.enabled = :enabled"] if enabled is not None else [])]
    keys = {"workspace_id": workspace_id, **({"enabled": enabled} if enabled is not None else {})}
    return listed(tx, _POLICY, _FROM, conditions, keys, page, sort, SORTS, "p.id", after)


def add(tx: Transaction, workspace_id: UUID, facts: Mapping[str, Any], most: int) -> UUID | None:
    """`facts`: policy_setup.FACTS, a position of null is the end. None where there are as many as there may
    be."""
    tx.connection.execute(ONE_AT_A_TIME, {"workspace_id": str(workspace_id)})
    values = {**facts, **{name: dumps(facts[name]) for name in DOCUMENTS}}
    made: UUID | None = tx.connection.scalar(ADD, {"workspace_id": workspace_id, "most": most, **values})
    return made


def change(tx: Transaction, workspace_id: UUID, policy_id: UUID, values: Mapping[str, Any]) -> None:
    one = (sla_policies.c.workspace_id == workspace_id, sla_policies.c.id == policy_id)
    tx.connection.execute(update(sla_policies).where(*one).values(**values, updated_at=text("now()")))


def delete(tx: Transaction, workspace_id: UUID, policy_id: UUID) -> None:
    """Softly: targets go on counting by it."""
    tx.connection.execute(DELETE, {"workspace_id": workspace_id, "policy_id": policy_id})


def reorder(tx: Transaction, workspace_id: UUID, ids: Sequence[UUID]) -> None:
    tx.connection.execute(REORDER, {"workspace_id": workspace_id, "ids": list(ids)})


def hold_calendar(tx: Transaction, workspace_id: UUID, calendar_id: UUID) -> Row[Any] | None:
    """Its `timezone`, `weekly` and `holidays`; None where there is no such calendar."""
    keys = {"workspace_id": workspace_id, "calendar_id": calendar_id}
    return tx.connection.execute(HOLD_CALENDAR, keys).first()


def unknown(
    tx: Transaction,
    workspace_id: UUID,
    teams: Sequence[UUID],
    organisations: Sequence[UUID],
    staff: Sequence[UUID],
) -> Sequence[Row[Any]]:
    """`name id` of what is not there; of the staff, who is not active."""
    keys = {"workspace_id": workspace_id, "teams": list(teams), "organisations": list(organisations)}
    return tx.connection.execute(UNKNOWN, {**keys, "staff": list(staff)}).all()
