"""The SQL of what mails make possible: one-time tokens, invitations, sign-ups, forgotten passwords."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Row, text

from chalicelib.core.db import Transaction
from chalicelib.core.paging import Page

# One-time tokens

# An event that comes again puts another token in the place of its first. An older event than the last one of
# its kind issues nothing, a newer one ends what the older ones issued.
ISSUE = text(
    """
    WITH former AS (
        UPDATE one_time_tokens SET revoked_at = now()
        WHERE workspace_id = :workspace_id AND user_id = :user_id AND purpose = :purpose
          AND sign_up_id IS NOT DISTINCT FROM CAST(:sign_up_id AS uuid)
          AND event_id < :event_id AND used_at IS NULL AND revoked_at IS NULL
    )
    INSERT INTO one_time_tokens AS t
        (workspace_id, user_id, purpose, event_id, sign_up_id, digest, expires_at)
    SELECT :workspace_id, :user_id, :purpose, :event_id, CAST(:sign_up_id AS uuid), :digest,
        CAST(:expires_at AS timestamptz)
    WHERE CAST(:expires_at AS timestamptz) > now() AND NOT EXISTS (
        SELECT FROM one_time_tokens newer
        WHERE newer.workspace_id = :workspace_id AND newer.user_id = :user_id AND newer.purpose = :purpose
          AND newer.sign_up_id IS NOT DISTINCT FROM CAST(:sign_up_id AS uuid) AND newer.event_id > :event_id)
    ON CONFLICT (workspace_id, event_id) DO UPDATE SET digest = excluded.digest
        WHERE t.used_at IS NULL AND t.revoked_at IS NULL
    RETURNING t.id
    """
)
OWNER = text("SELECT workspace_id, user_id, purpose FROM fn_one_time_token_owner(:digest)")
BEARER = text(
    """
    SELECT u.id, u.name, u.email, u.role, u.status, u.email_verified_at, t.sign_up_id,
        t.used_at IS NULL AND t.revoked_at IS NULL AND t.expires_at > now() AS is_open
    FROM one_time_tokens t JOIN users u ON u.workspace_id = t.workspace_id AND u.id = t.user_id
    WHERE t.workspace_id = :workspace_id AND t.digest = :digest AND u.deleted_at IS NULL
    """
)
# The user's row first, as whoever signs in or revokes does: who waits here finds the token as the other left
# it.
SPEND = text(
    """
    WITH person AS (
        SELECT id, status FROM users
        WHERE workspace_id = :workspace_id AND id = :user_id AND deleted_at IS NULL
        FOR NO KEY UPDATE
    )
    UPDATE one_time_tokens t SET used_at = now()
    FROM person
    WHERE t.workspace_id = :workspace_id AND t.digest = :digest AND t.user_id = person.id
      AND person.status = :status
      AND t.used_at IS NULL AND t.revoked_at IS NULL AND t.expires_at > now()
    """
)
# Sessions go too where `:sessions` is true.
REVOKE = text(
    """
    WITH forgotten AS (
        UPDATE sign_ups SET password_hash = NULL
        WHERE workspace_id = :workspace_id AND user_id = :user_id AND password_hash IS NOT NULL
    ), challenges AS (
        DELETE FROM sign_in_challenges WHERE workspace_id = :workspace_id AND user_id = :user_id
    ), ended AS (
        UPDATE refresh_tokens SET revoked_at = now()
        WHERE :sessions AND workspace_id = :workspace_id AND user_id = :user_id
          AND revoked_at IS NULL AND expires_at > now()
    )
    UPDATE one_time_tokens SET revoked_at = now()
    WHERE workspace_id = :workspace_id AND user_id = :user_id AND used_at IS NULL AND revoked_at IS NULL
    """
)


def issue(
    tx: Transaction,
    workspace_id: UUID,
    user_id: UUID,
    purpose: str,
    event_id: int,
    digest: bytes,
    expires_at: datetime,
    sign_up_id: UUID | None,
) -> bool:
    """Whether the token is good now: not where its time is over, it was used, or there is newer news."""
    keys = {"workspace_id": workspace_id, "user_id": user_id, "purpose": purpose, "event_id": event_id}
    values = {**keys, "digest": digest, "expires_at": expires_at, "sign_up_id": sign_up_id}
    return tx.connection.execute(ISSUE, values).first() is not None


def token_owner(tx: Transaction, digest: bytes) -> Row[Any] | None:
    """`workspace_id user_id purpose` of a token, whatever its state."""
    return tx.connection.execute(OWNER, {"digest": digest}).first()


def bearer(tx: Transaction, workspace_id: UUID, digest: bytes) -> Row[Any] | None:
    """The token's user: `id name email role status email_verified_at`; of the token `sign_up_id is_open`."""
    return tx.connection.execute(BEARER, {"workspace_id": workspace_id, "digest": digest}).first()


def spend(tx: Transaction, workspace_id: UUID, user_id: UUID, digest: bytes, status: str) -> bool:
    """Uses the token up and holds its user. False where it is over, or the user has no longer this status."""
    keys = {"workspace_id": workspace_id, "user_id": user_id, "digest": digest, "status": status}
    return tx.connection.execute(SPEND, keys).rowcount == 1


def revoke_tokens(tx: Transaction, workspace_id: UUID, user_id: UUID, *, sessions: bool = False) -> None:
    """Ends every open token and half-done sign-in of the user, forgets the passwords of sign-ups that wait,
    and ends sessions."""
    keys = {"workspace_id": workspace_id, "user_id": user_id, "sessions": sessions}
    tx.connection.execute(REVOKE, keys)


# Passwords

FORGOT = text("SELECT id, created_at, workspace_id, payload FROM fn_forgot_password(:email, :slug)")
PASSWORD = text(
    """
    SELECT password_hash FROM users
    WHERE workspace_id = :workspace_id AND id = :user_id AND deleted_at IS NULL
    """
)
REVOKE_OTHERS = text(
    """
    UPDATE refresh_tokens SET revoked_at = now()
    WHERE workspace_id = :workspace_id AND user_id = :user_id AND revoked_at IS NULL AND expires_at > now()
      AND family_id NOT IN (
        SELECT family_id FROM refresh_tokens
        WHERE workspace_id = :workspace_id AND user_id = :user_id AND id = :id)
    """
)


def forgot_password(tx: Transaction, email: str, slug: str | None) -> Sequence[Row[Any]]:
    """The events that ask for the mails: `id created_at workspace_id payload`. See fn_one_time_tokens.sql."""
    return tx.connection.execute(FORGOT, {"email": email, "slug": slug}).all()


def password_hash(tx: Transaction, workspace_id: UUID, user_id: UUID) -> str | None:
    keys = {"workspace_id": workspace_id, "user_id": user_id}
    stored: str | None = tx.connection.scalar(PASSWORD, keys)
    return stored


def revoke_other_families(tx: Transaction, workspace_id: UUID, user_id: UUID, token_id: UUID) -> None:
    """Ends all of the user's sessions but the one that the token's id belongs to."""
    keys = {"workspace_id": workspace_id, "user_id": user_id, "id": token_id}
    tx.connection.execute(REVOKE_OTHERS, keys)


# Invitations

PUT_INVITATION = text(
    """
    INSERT INTO invitations AS i (workspace_id, user_id, invited_by, expires_at)
    VALUES (:workspace_id, :user_id, :invited_by, now() + make_interval(days => :days))
    ON CONFLICT (workspace_id, user_id) DO UPDATE SET invited_by = excluded.invited_by, sent_at = now(),
        expires_at = excluded.expires_at, accepted_at = NULL, revoked_at = NULL
    RETURNING i.id
    """
)
ACCEPTED = text(
    "UPDATE invitations SET accepted_at = now() WHERE workspace_id = :workspace_id AND user_id = :user_id"
)
REVOKED = text(
    "UPDATE invitations SET revoked_at = now() WHERE workspace_id = :workspace_id AND user_id = :user_id"
)
# Who has come in by another way, a password that an admin set, has no use for the invitation either.
_INVITATIONS = """
    SELECT i.id, i.user_id, u.email, u.name, u.role, i.created_at, i.sent_at, i.expires_at, i.accepted_at,
        i.revoked_at, b.id AS inviter_id, b.name AS inviter_name, b.email AS inviter_email,
        CASE WHEN i.accepted_at IS NOT NULL OR u.status = 'active' THEN 'accepted'
             WHEN i.revoked_at IS NOT NULL OR u.status <> 'invited' THEN 'revoked'
             WHEN i.expires_at <= now() THEN 'expired'
             ELSE 'pending' END AS status,
        coalesce((SELECT json_agg(json_build_object('id', t.id, 'name', t.name) ORDER BY t.name, t.id)
                  FROM team_members m JOIN teams t ON t.workspace_id = m.workspace_id AND t.id = m.team_id
                  WHERE m.workspace_id = i.workspace_id AND m.user_id = i.user_id AND t.deleted_at IS NULL),
                 '[]') AS teams
    FROM invitations i
    JOIN users u ON u.workspace_id = i.workspace_id AND u.id = i.user_id AND u.deleted_at IS NULL
    LEFT JOIN users b ON b.workspace_id = i.workspace_id AND b.id = i.invited_by
    WHERE i.workspace_id = :workspace_id
"""
CONTACT = text(
    """
    SELECT id FROM users
    WHERE workspace_id = :workspace_id AND email = :email AND status = 'contact' AND deleted_at IS NULL
    """
)
INVITATION = text(f"{_INVITATIONS} AND (i.id = :id OR i.user_id = :id)")
LIST_INVITATIONS = text(
    f"""
    SELECT * FROM ({_INVITATIONS}) AS i
    WHERE (CAST(:statuses AS text[]) IS NULL OR status = ANY(CAST(:statuses AS text[])))
      AND (CAST(:after_key AS timestamptz) IS NULL
           OR (created_at, id) < (CAST(:after_key AS timestamptz), CAST(:after_id AS uuid)))
    ORDER BY created_at DESC, id DESC LIMIT :take OFFSET :skip
    """
)


def put_invitation(
    tx: Transaction, workspace_id: UUID, user_id: UUID, invited_by: UUID | None, days: int
) -> None:
    """A user's invitation, new or for as many days again."""
    keys = {"workspace_id": workspace_id, "user_id": user_id, "invited_by": invited_by, "days": days}
    tx.connection.execute(PUT_INVITATION, keys)


def contact_id(tx: Transaction, workspace_id: UUID, email: str) -> UUID | None:
    """Of who has written with this email, without an account."""
    return tx.connection.execute(CONTACT, {"workspace_id": workspace_id, "email": email}).scalar()


def invitation(tx: Transaction, workspace_id: UUID, id: UUID) -> Row[Any] | None:
    """An invitation by its own id, or by that of its user."""
    return tx.connection.execute(INVITATION, {"workspace_id": workspace_id, "id": id}).first()


def list_invitations(
    tx: Transaction,
    workspace_id: UUID,
    statuses: Sequence[str] | None,
    page: Page,
    after: Sequence[Any] | None,
) -> Sequence[Row[Any]]:
    """One page and a row more, the newest first."""
    key, id = after or (None, None)
    values = {
        "workspace_id": workspace_id,
        "statuses": None if statuses is None else list(statuses),
        "after_key": key,
        "after_id": id,
        "take": page.take,
        "skip": page.skip,
    }
    return tx.connection.execute(LIST_INVITATIONS, values).all()


def accept_invitation(tx: Transaction, workspace_id: UUID, user_id: UUID) -> None:
    tx.connection.execute(ACCEPTED, {"workspace_id": workspace_id, "user_id": user_id})


def revoke_invitation(tx: Transaction, workspace_id: UUID, user_id: UUID) -> None:
    tx.connection.execute(REVOKED, {"workspace_id": workspace_id, "user_id": user_id})


# Sign-ups

# The same statement whoever has the email: only a contact's sign-up is written down.
ADD_SIGN_UP = text(
    """
    WITH person AS (
        SELECT id, name, email, role, status FROM users
        WHERE workspace_id = :workspace_id AND id = :user_id AND deleted_at IS NULL
        FOR NO KEY UPDATE
    ), made AS (
        INSERT INTO sign_ups (workspace_id, user_id, name, password_hash, expires_at)
        SELECT :workspace_id, person.id, :name, :password_hash, now() + make_interval(hours => :hours)
        FROM person WHERE person.status = 'contact'
        RETURNING id
    )
    SELECT person.*, made.id AS sign_up_id FROM person LEFT JOIN made ON true
    """
)
SIGN_UP = text(
    """
    SELECT name, password_hash FROM sign_ups
    WHERE workspace_id = :workspace_id AND id = :id AND password_hash IS NOT NULL
    """
)


def add_sign_up(
    tx: Transaction, workspace_id: UUID, user_id: UUID, name: str, password_hash: str, hours: int
) -> Row[Any]:
    """`id name email role status` of the user, and `sign_up_id`: null unless the user is a contact."""
    keys = {"workspace_id": workspace_id, "user_id": user_id}
    values = {**keys, "name": name, "password_hash": password_hash, "hours": hours}
    return tx.connection.execute(ADD_SIGN_UP, values).one()


def sign_up(tx: Transaction, workspace_id: UUID, id: UUID) -> Row[Any] | None:
    """`name password_hash` of a sign-up that still waits."""
    return tx.connection.execute(SIGN_UP, {"workspace_id": workspace_id, "id": id}).first()
