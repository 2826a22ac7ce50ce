"""API keys: signed tokens for programs, each with a role, scopes and an end, revoked at once.

The token is shown when it is made and kept nowhere: its row has the id of the one token that speaks for it.
"""

import time
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy import Row

from chalicelib.accounts import queries
from chalicelib.accounts.actor import Actor
from chalicelib.accounts.adding import no_such_team
from chalicelib.accounts.auditing import audit
from chalicelib.accounts.keyring import Keyring
from chalicelib.accounts.permissions import Permission, Role
from chalicelib.core import events
from chalicelib.core.db import Transaction
from chalicelib.core.errors import Forbidden, NotFound, ValidationFailed
from chalicelib.core.paging import Page, answer
from chalicelib.core.tokens import LONGEST_LIFE, Claims, TokenKind
from chalicelib.models.words import Scope

DAY = 24 * 60 * 60
DEFAULT_SECONDS = 365 * DAY
LONGEST_SECONDS = LONGEST_LIFE[TokenKind.API_KEY]
SORT_TYPES: dict[str, Any] = {"created_at": datetime, "name": str}


@dataclass(frozen=True)
class NewKey:
    """What an administrator says of a new key. Without `expires_at` it lives a year."""

    name: str
    role: Role
    scopes: frozenset[Scope]
    team_ids: frozenset[UUID] = frozenset()
    expires_at: datetime | None = None


def shape(row: Row[Any]) -> dict[str, Any]:
    """A key as answers show it; never the token."""
    return {
        "id": row.id,
        "name": row.name,
        "role": row.role,
        "scopes": row.scopes,
        "teams": row.teams,
        "created_by": {"id": row.creator_id, "name": row.creator_name, "email": row.creator_email},
        "created_at": row.created_at,
        "expires_at": row.expires_at,
        "last_used_at": row.last_used_at,
    }


def make(tx: Transaction, actor: Actor, keys: Keyring, new: NewKey) -> dict[str, Any]:
    """The new key with its token as `key`. Agents' keys without teams join the default one.

    Raises Forbidden, NotFound for a team, ValidationFailed for teams of another role or an end out of bounds.
    """
    actor.require(Permission.API_KEYS_MANAGE, "Only an administrator makes API keys.")
    if actor.user_id is None:
        raise Forbidden("An API key makes no API keys. Sign in as an administrator.")
    if new.team_ids and new.role is not Role.AGENT:
        raise ValidationFailed.of("team_ids", "Only the keys of agents are limited to teams.")
    issued_at = int(time.time())
    expires_at = _end(new.expires_at, issued_at)
    token_id = uuid4()
    facts = {
        "workspace_id": actor.workspace.id,
        "token_id": token_id,
        "name": new.name,
        "role": new.role,
        "scopes": sorted(new.scopes),
        "created_by": actor.user_id,
        "expires_at": datetime.fromtimestamp(expires_at, UTC),
    }
    row = queries.add_api_key(tx, facts, new.team_ids, new.role is Role.AGENT and not new.team_ids)
    if new.team_ids and len(row.teams) != len(new.team_ids):
        raise no_such_team()
    claims = Claims(
        subject=row.id,
        workspace_id=actor.workspace.id,
        role=new.role.value,
        kind=TokenKind.API_KEY,
        token_id=token_id,
        issued_at=issued_at,
        expires_at=expires_at,
    )
    _tell(tx, actor, "api_key.created", row)
    return {**shape(row), "key": keys.signer.sign(claims)}


def get(tx: Transaction, actor: Actor, key_id: UUID) -> dict[str, Any]:
    """One key of the actor's workspace. Raises Forbidden, NotFound."""
    actor.require(Permission.API_KEYS_MANAGE, "Only an administrator sees API keys.")
    row = queries.api_key(tx, actor.workspace.id, key_id)
    if row is None:
        raise _no_such_key()
    return shape(row)


def listing(tx: Transaction, actor: Actor, page: Page, sort: str) -> dict[str, Any]:
    """A page of the keys that are not revoked; `sort` of SORT_TYPES with or without `-`."""
    actor.require(Permission.API_KEYS_MANAGE, "Only an administrator sees API keys.")
    by = sort.removeprefix("-")
    after = page.after(sort, (SORT_TYPES[by], UUID))
    rows = queries.list_api_keys(tx, actor.workspace.id, page, sort, after)
    return answer(rows, page, sort, lambda row: (getattr(row, by), row.id), shape)


def revoke(tx: Transaction, actor: Actor, key_id: UUID) -> None:
    """Ends a key: its next call is refused. Raises Forbidden, NotFound for one that is not there any more."""
    actor.require(Permission.API_KEYS_MANAGE, "Only an administrator revokes API keys.")
    row = queries.revoke_api_key(tx, actor.workspace.id, key_id)
    if row is None:
        raise _no_such_key()
    _tell(tx, actor, "api_key.revoked", row)


def _end(wanted: datetime | None, issued_at: int) -> int:
    if wanted is None:
        return issued_at + DEFAULT_SECONDS
    expires_at = int(wanted.timestamp())
    if expires_at <= issued_at:
        raise ValidationFailed.of("expires_at", "This must be in the future.")
    if expires_at > issued_at + LONGEST_SECONDS:
        raise ValidationFailed.of("expires_at", "An API key lives two years at most.")
    return expires_at


def _tell(tx: Transaction, actor: Actor, type: str, row: Row[Any]) -> None:
    """Records what happened to a key, and who did it."""
    key = {name: getattr(row, name) for name in ("id", "name", "role", "scopes")}
    who = {"type": actor.type, "id": actor.id, "name": actor.name}
    events.record(tx, actor.workspace.id, type, {"api_key": key, "actor": who}, internal=True)
    kept = {name: getattr(row, name) for name in ("name", "role", "scopes")}
    audit(tx, actor, type, ("api_key", row.id), after=kept)


def _no_such_key() -> NotFound:
    return NotFound("There is no such API key.")
