"""The SQL of the second step: authenticators, recovery codes, and sign-ins that wait for one."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import Row, text

from chalicelib.core.db import Transaction

# Authenticators

AUTHENTICATOR = text(
    """
    SELECT a.secret, u.two_step_enabled_at AS enabled_at, a.last_step,
        CASE WHEN a.pending_at > now() - make_interval(mins => :minutes) THEN a.pending_secret END
            AS pending_secret,
        (SELECT count(*) FROM recovery_codes c
         WHERE c.workspace_id = a.workspace_id AND c.user_id = a.user_id AND c.used_at IS NULL) AS codes_left
    FROM totp_authenticators a JOIN users u ON u.workspace_id = a.workspace_id AND u.id = a.user_id
    WHERE a.workspace_id = :workspace_id AND a.user_id = :user_id
    """
)
PUT_PENDING = text(
    """
    INSERT INTO totp_authenticators (workspace_id, user_id, pending_secret, pending_at)
    VALUES (:workspace_id, :user_id, :secret, now())
    ON CONFLICT (workspace_id, user_id) DO UPDATE
        SET pending_secret = excluded.pending_secret, pending_at = excluded.pending_at
    """
)
ENABLE = text(
    """
    WITH person AS (
        UPDATE users SET two_step_enabled_at = now() WHERE workspace_id = :workspace_id AND id = :user_id
    )
    UPDATE totp_authenticators
    SET secret = pending_secret, last_step = :step, pending_secret = NULL, pending_at = NULL
    WHERE workspace_id = :workspace_id AND user_id = :user_id AND pending_secret IS NOT NULL
    """
)
USE_STEP = text(
    """
    UPDATE totp_authenticators SET last_step = :step
    WHERE workspace_id = :workspace_id AND user_id = :user_id AND secret IS NOT NULL AND last_step < :step
    """
)
# All there is of a person's second step: when it is turned off or reset, and when the person is erased.
FORGET = text(
    """
    WITH authenticators AS (
        DELETE FROM totp_authenticators WHERE workspace_id = :workspace_id AND user_id = :user_id
    ), codes AS (
        DELETE FROM recovery_codes WHERE workspace_id = :workspace_id AND user_id = :user_id
    ), person AS (
        UPDATE users SET two_step_enabled_at = NULL
        WHERE workspace_id = :workspace_id AND id = :user_id AND two_step_enabled_at IS NOT NULL
    )
    DELETE FROM sign_in_challenges WHERE workspace_id = :workspace_id AND user_id = :user_id
    """
)


def authenticator(tx: Transaction, workspace_id: UUID, user_id: UUID, minutes: int) -> Row[Any] | None:
    """`secret enabled_at last_step pending_secret codes_left`; a secret is pending for so many minutes."""
    keys = {"workspace_id": workspace_id, "user_id": user_id, "minutes": minutes}
    return tx.connection.execute(AUTHENTICATOR, keys).first()


def put_pending(tx: Transaction, workspace_id: UUID, user_id: UUID, secret: bytes) -> None:
    keys = {"workspace_id": workspace_id, "user_id": user_id, "secret": secret}
    tx.connection.execute(PUT_PENDING, keys)


def enable(tx: Transaction, workspace_id: UUID, user_id: UUID, step: int) -> None:
    """The pending secret is the secret from now on; the code of `step` is used."""
    tx.connection.execute(ENABLE, {"workspace_id": workspace_id, "user_id": user_id, "step": step})


def use_step(tx: Transaction, workspace_id: UUID, user_id: UUID, step: int) -> bool:
    """False where the code of this step, or of a later one, was used before."""
    keys = {"workspace_id": workspace_id, "user_id": user_id, "step": step}
    return tx.connection.execute(USE_STEP, keys).rowcount == 1


def forget(tx: Transaction, workspace_id: UUID, user_id: UUID) -> None:
    """Deletes authenticator, recovery codes and challenges of a person, who signs in with one step again."""
    tx.connection.execute(FORGET, {"workspace_id": workspace_id, "user_id": user_id})


# Recovery codes

PUT_CODES = text(
    """
    WITH former AS (
        DELETE FROM recovery_codes WHERE workspace_id = :workspace_id AND user_id = :user_id
    )
    INSERT INTO recovery_codes (workspace_id, user_id, digest)
    SELECT :workspace_id, :user_id, decode(each, 'hex') FROM unnest(CAST(:digests AS text[])) AS each
    """
)
USE_CODE = text(
    """
    UPDATE recovery_codes SET used_at = now()
    WHERE workspace_id = :workspace_id AND user_id = :user_id AND digest = :digest AND used_at IS NULL
    """
)


def put_codes(tx: Transaction, workspace_id: UUID, user_id: UUID, digests: Sequence[bytes]) -> None:
    """In the place of all former ones."""
    listed = "{" + ",".join(digest.hex() for digest in digests) + "}"
    tx.connection.execute(PUT_CODES, {"workspace_id": workspace_id, "user_id": user_id, "digests": listed})


def use_code(tx: Transaction, workspace_id: UUID, user_id: UUID, digest: bytes) -> bool:
    """False where there is no such code, or it was used before."""
    keys = {"workspace_id": workspace_id, "user_id": user_id, "digest": digest}
    return tx.connection.execute(USE_CODE, keys).rowcount == 1


# Challenges

CHALLENGE_OWNER = text("SELECT workspace_id, user_id FROM fn_sign_in_challenge_owner(:digest)")
ADD_CHALLENGE = text(
    """
    INSERT INTO sign_in_challenges (workspace_id, user_id, digest, expires_at)
    VALUES (:workspace_id, :user_id, :digest, now() + make_interval(secs => :seconds))
    """
)
_CHALLENGE = "workspace_id = :workspace_id AND user_id = :user_id AND digest = :digest AND expires_at > now()"
IS_OPEN = text(f"SELECT EXISTS (SELECT FROM sign_in_challenges WHERE {_CHALLENGE})")
SPEND = text(f"DELETE FROM sign_in_challenges WHERE {_CHALLENGE}")


def challenge_owner(tx: Transaction, digest: bytes) -> Row[Any] | None:
    """`workspace_id user_id` of a challenge, whether or not it is over: `is_open` says."""
    return tx.connection.execute(CHALLENGE_OWNER, {"digest": digest}).first()


def add_challenge(tx: Transaction, workspace_id: UUID, user_id: UUID, digest: bytes, seconds: int) -> None:
    keys = {"workspace_id": workspace_id, "user_id": user_id, "digest": digest, "seconds": seconds}
    tx.connection.execute(ADD_CHALLENGE, keys)


def is_open(tx: Transaction, workspace_id: UUID, user_id: UUID, digest: bytes) -> bool:
    keys = {"workspace_id": workspace_id, "user_id": user_id, "digest": digest}
    return bool(tx.connection.scalar(IS_OPEN, keys))


def spend_challenge(tx: Transaction, workspace_id: UUID, user_id: UUID, digest: bytes) -> bool:
    """False where it was spent before."""
    keys = {"workspace_id": workspace_id, "user_id": user_id, "digest": digest}
    return tx.connection.execute(SPEND, keys).rowcount == 1
