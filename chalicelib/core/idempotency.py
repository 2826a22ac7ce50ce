"""The Idempotency-Key header: the same key and body get the stored answer, another body is refused.

The key's row is written in the transaction of the work itself, so there is never an answer without its work,
nor work without its answer. A second call with the key waits at the row of the first, up to the role's lock
time-out of 5 s. Source: the Idempotency-Key header field, draft-ietf-httpapi-idempotency-key-header.
"""

import hashlib
import hmac
import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from chalicelib.core.db import LOCK_NOT_AVAILABLE, Transaction, sqlstate
from chalicelib.core.errors import Conflict, KeyReused

LIFETIME_HOURS = 48

CLAIM = text(
    """
    INSERT INTO idempotency_keys AS k (workspace_id, principal, method, path, key, request_digest, expires_at)
    VALUES (:workspace_id, :principal, :method, :path, :key, :digest, now() + make_interval(hours => :hours))
    ON CONFLICT (workspace_id, principal, method, path, key) DO UPDATE
        SET request_digest = excluded.request_digest, expires_at = excluded.expires_at,
            status = NULL, headers = NULL, body = NULL
        WHERE k.expires_at <= now()
    RETURNING 1
    """
)
STORED = text(
    """
    SELECT request_digest, status, headers, body FROM idempotency_keys
    WHERE workspace_id = :workspace_id AND principal = :principal AND method = :method AND path = :path AND
        key = :key
    """
)
STORE = text(
    """
    UPDATE idempotency_keys SET status = :status, headers = CAST(:headers AS jsonb), body = :body
    WHERE workspace_id = :workspace_id AND principal = :principal AND method = :method AND path = :path AND
        key = :key
    """
)
# Past for whoever waits, too, although that transaction may have begun before this one.
RELEASE = text(
    """
    UPDATE idempotency_keys SET expires_at = now() - interval '1 day'
    WHERE workspace_id = :workspace_id AND principal = :principal AND method = :method AND path = :path AND
        key = :key
    """
)


@dataclass(frozen=True)
class Request:
    """What a key is good for: one workspace, principal, method and path; and the digest of the body it came
    with."""

    workspace_id: UUID
    principal: str
    method: str
    path: str
    key: str
    digest: str

    @property
    def scope(self) -> dict[str, Any]:
        return {
            "workspace_id": self.workspace_id,
            "principal": self.principal,
            "method": self.method,
            "path": self.path,
            "key": self.key,
        }


@dataclass(frozen=True)
class StoredAnswer:
    """The answer of the first call, to be given again."""

    status: int
    headers: Mapping[str, str]
    body: str | None


def digest(body: bytes, pepper: bytes = b"") -> str:
    """The body's fingerprint, byte for byte. A body that holds a password takes a pepper: nobody guesses it
    from here."""
    return hmac.digest(pepper, body, "sha256").hex() if pepper else hashlib.sha256(body).hexdigest()


def claim(tx: Transaction, request: Request) -> StoredAnswer | None:
    """Claims the key: None where the work is to be done now, the stored answer where it was done before.

    Raises KeyReused for another body, Conflict where the first call still runs after the lock time-out.
    """
    try:
        claimed = tx.connection.execute(
            CLAIM, {**request.scope, "digest": request.digest, "hours": LIFETIME_HOURS}
        ).first()
    except DBAPIError as error:
        if sqlstate(error) == LOCK_NOT_AVAILABLE:
            raise Conflict(
                "The first request with this Idempotency-Key is still running. Repeat it in a moment.",
                retry_after=1,
            ) from error
        raise
    if claimed:
        return None
    row = tx.connection.execute(STORED, request.scope).one()
    if row.request_digest != request.digest:
        raise KeyReused("This Idempotency-Key was used with another body. Use a new key for a new request.")
    return StoredAnswer(row.status, row.headers, row.body)


def store(tx: Transaction, request: Request, answer: StoredAnswer) -> None:
    """Keeps the answer beside the work, for the next call with the key."""
    tx.connection.execute(
        STORE,
        {
            **request.scope,
            "status": answer.status,
            "headers": json.dumps(dict(answer.headers)),
            "body": answer.body,
        },
    )


def release(tx: Transaction, request: Request) -> None:
    """Gives a claimed key back: what was refused may be asked for again, although its transaction commits."""
    tx.connection.execute(RELEASE, request.scope)
