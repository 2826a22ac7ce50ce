"""Reading the audit log, and proving that it is whole. Admins only."""

from collections.abc import Mapping
from typing import Any

from sqlalchemy import Row

from chalicelib.accounts import audit_queries
from chalicelib.accounts.actor import Actor
from chalicelib.accounts.anchoring import Anchor
from chalicelib.accounts.permissions import Permission
from chalicelib.core.db import Transaction
from chalicelib.core.paging import Int8, Page, answer

# What one statement verifies, and what one call does: some 60,000 entries a second, and a caller waits.
BATCH = 50_000
LONGEST = 300_000

SORT = "-sequence"


def shape(row: Row[Any]) -> dict[str, Any]:
    """An entry as answers show it."""
    return {
        "id": row.id,
        "sequence": row.sequence,
        "action": row.action,
        "actor": {"type": row.actor_type, "id": row.actor_id, "name": row.actor_name},
        "address": row.address,
        "request_id": row.request_id,
        "target": {"type": row.target_type, "id": row.target_id},
        "before": row.before,
        "after": row.after,
        "erased": row.salt is None,
        "created_at": row.created_at,
        "hash": row.hash.hex(),
    }


def listing(tx: Transaction, actor: Actor, wanted: Mapping[str, Any], page: Page) -> dict[str, Any]:
    """A page of entries, newest first; `wanted` as audit_queries.entries has it."""
    _require_admin(actor)
    after = page.after(SORT, (Int8,))
    rows = audit_queries.entries(tx, actor.workspace.id, wanted, page, after[0] if after else None)
    return answer(rows, page, SORT, lambda row: (row.sequence,), shape)


def verify(tx: Transaction, actor: Actor, anchor: Anchor | None, start: int = 1) -> dict[str, Any]:
    """Whether the chain is whole from the entry `start` on, as far as one call goes: `next_sequence` is where
    another goes on, null at the end. `first_broken` is `{sequence, id, reason}`; see fn_audit_verify.sql."""
    _require_admin(actor)
    known = (anchor.sequence, anchor.hash) if anchor else None
    checked, place = 0, start
    while True:
        part = audit_queries.verify(tx, actor.workspace.id, place, min(BATCH, LONGEST - checked), known)
        checked += part.checked
        if part.reason or part.next_sequence is None or checked >= LONGEST:
            break
        place = part.next_sequence
    broken = {"sequence": part.broken_sequence, "id": part.broken_id, "reason": part.reason}
    return {
        "ok": part.reason is None,
        "checked": checked,
        "next_sequence": None if part.reason else part.next_sequence,
        "first_broken": broken if part.reason else None,
        "head": {"sequence": part.head_sequence, "hash": part.head_hash.hex()} if part.head_hash else None,
        "anchored": anchor.shape() if anchor else None,
    }


def _require_admin(actor: Actor) -> None:
    actor.require(Permission.AUDIT_LOG_READ, "Only an administrator reads the audit log.")
