"""The SQL of the audit log; see fn_audit.sql and fn_audit_verify.sql."""

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import Row, and_, func, or_, select, text

from chalicelib.core.db import Transaction
from chalicelib.core.json_text import dumps
from chalicelib.core.paging import Page
from chalicelib.models.accounts import users
from chalicelib.models.api_keys import api_keys
from chalicelib.models.audit import audit_log

APPEND = text("SELECT fn_audit(:address, :request_id, CAST(:entries AS jsonb))")
APPEND_FAILED_SIGN_IN = text("SELECT fn_audit_failed_sign_in(:email, :slug, :address, :request_id)")
VERIFY = text("SELECT * FROM fn_audit_verify(:workspace_id, :from, :limit, :anchor_sequence, :anchor_hash)")
UNANCHORED = text("SELECT workspace_id, sequence, hash FROM fn_audit_unanchored(:after, :limit)")
ANCHORED = text("SELECT fn_audit_anchored(:sequence)")
HASH_OF = text("SELECT hash FROM audit_log WHERE workspace_id = :workspace_id AND sequence = :sequence")


def append(tx: Transaction) -> None:
    """Writes the transaction's entries and holds the head of the chain to the end."""
    values = {"address": tx.origin.address, "request_id": tx.origin.request_id, "entries": dumps(tx.audited)}
    tx.connection.execute(APPEND, values)


def append_failed_sign_in(tx: Transaction, email: str, slug: str | None) -> None:
    origin = {"address": tx.origin.address, "request_id": tx.origin.request_id}
    tx.connection.execute(APPEND_FAILED_SIGN_IN, {"email": email, "slug": slug, **origin})


# Reading

ENTRY = select(
    *(audit_log.c[name] for name in ("id", "sequence", "action", "actor_type", "actor_id", "address")),
    *(audit_log.c[name] for name in ("request_id", "target_type", "target_id", "before", "after")),
    *(audit_log.c[name] for name in ("created_at", "hash", "salt")),
    func.coalesce(users.c.name, api_keys.c.name).label("actor_name"),
).select_from(
    audit_log.outerjoin(
        users,
        and_(users.c.workspace_id == audit_log.c.workspace_id, users.c.id == audit_log.c.actor_id),
    ).outerjoin(
        api_keys,
        and_(api_keys.c.workspace_id == audit_log.c.workspace_id, api_keys.c.id == audit_log.c.actor_id),
    )
)


def entries(
    tx: Transaction, workspace_id: UUID, wanted: Mapping[str, Any], page: Page, before: int | None
) -> Sequence[Row[Any]]:
    """One page and a row more, newest first. `wanted`: any of actor_id, target_id, actions (`user.*` for all
    that begin so), created_after, created_before."""
    conditions = [audit_log.c.workspace_id == workspace_id]
    conditions += [_condition(name, value) for name, value in wanted.items()]
    if before is not None:
        conditions.append(audit_log.c.sequence < before)
    statement = ENTRY.where(*conditions).order_by(audit_log.c.sequence.desc())
    found: Sequence[Any] = tx.connection.execute(statement.limit(page.take).offset(page.skip)).all()
    return found


def _condition(name: str, value: Any) -> Any:
    if name == "actions":
        begun = [action.removesuffix("*") for action in value if action.endswith("*")]
        whole = [action for action in value if not action.endswith("*")]
        action = audit_log.c.action
        return or_(action.in_(whole), *(action.startswith(part, autoescape=True) for part in begun))
    if name == "created_after":
        return audit_log.c.created_at > value
    if name == "created_before":
        return audit_log.c.created_at < value
    return audit_log.c[name] == value


# Verifying and anchoring


def verify(
    tx: Transaction, workspace_id: UUID, start: int, limit: int, anchor: tuple[int, bytes] | None
) -> Row[Any]:
    """What fn_audit_verify answers for at most `limit` entries from `start` on."""
    sequence, hash = anchor or (0, None)
    values = {
        "workspace_id": workspace_id,
        "from": start,
        "limit": limit,
        "anchor_sequence": sequence,
        "anchor_hash": hash,
    }
    return tx.connection.execute(VERIFY, values).one()


def unanchored(tx: Transaction, after: UUID | None, limit: int) -> Sequence[Row[Any]]:
    """`workspace_id sequence hash` of heads that moved since they were anchored, whichever workspace's."""
    return tx.connection.execute(UNANCHORED, {"after": after, "limit": limit}).all()


def anchored(tx: Transaction, sequence: int) -> None:
    tx.connection.execute(ANCHORED, {"sequence": sequence})


def hash_of(tx: Transaction, workspace_id: UUID, sequence: int) -> bytes | None:
    """The hash of one entry, None where it is not there."""
    found: bytes | None = tx.connection.scalar(HASH_OF, {"workspace_id": workspace_id, "sequence": sequence})
    return found
