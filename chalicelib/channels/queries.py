"""The SQL of mail that comes in: whose it is, what it may belong to, what became of it."""

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import Row, text

from chalicelib.core.db import Transaction
from chalicelib.tickets.attachment_queries import MAX_A_TICKET

FIND = text(
    "SELECT address, workspace_id, mailbox_id, enabled "
    "FROM fn_find_mailboxes(CAST(:addresses AS text[]), :domain)"
)


def find_mailboxes(tx: Transaction, addresses: Sequence[str], domain: str) -> Sequence[Row[Any]]:
    """The mailboxes of these addresses: `address workspace_id mailbox_id enabled`. No workspace need be
    entered."""
    return tx.connection.execute(FIND, {"addresses": list(addresses), "domain": domain}).all()


# Copies of a mail that come at the same time come one after the other, to whichever mailboxes.
HOLD = text("SELECT pg_advisory_xact_lock(hashtextextended(:workspace_id || ' ' || :dedupe_key, 0))")
# What another mailbox has taken in is a copy; what waits there in quarantine may be taken in by this one.
CLAIM = text(
    """
    INSERT INTO inbound_messages (workspace_id, mailbox_id, object_key, size, dedupe_key, message_id,
        from_address, from_name, subject, body, recipients, automatic, authenticated, files,
        holds_links, outcome)
    SELECT m.workspace_id, m.id, :object_key, :size, :dedupe_key, :message_id, :from_address, :from_name,
        :subject, :body, CAST(:recipients AS text[]), :automatic, :authenticated, :files,
        :holds_links, :outcome
    FROM mailboxes m
    WHERE m.workspace_id = :workspace_id AND m.id = :mailbox_id
      AND (:outcome = 'duplicate' OR NOT EXISTS (
          SELECT FROM inbound_messages i
          WHERE i.workspace_id = :workspace_id AND i.message_id = :message_id
            AND i.dedupe_key = :dedupe_key AND i.outcome IN ('ticket', 'comment', 'follow_up', 'kept')))
    ON CONFLICT DO NOTHING
    RETURNING id
    """
)
KNOWN = text(
    """
    SELECT id, object_key, outcome, ticket_id, comment_id FROM inbound_messages
    WHERE workspace_id = :workspace_id AND message_id = :message_id AND dedupe_key = :dedupe_key
      AND outcome <> 'duplicate'
    ORDER BY mailbox_id IS DISTINCT FROM :mailbox_id, outcome IN ('quarantined', 'dropped'), id LIMIT 1
    """
)
SETTLE = text(
    """
    UPDATE inbound_messages SET outcome = :outcome, reason = :reason, user_id = :user_id,
        ticket_id = :ticket_id, comment_id = :comment_id, body = CASE WHEN :keeps_body THEN body END
    WHERE workspace_id = :workspace_id AND id = :id
    """
)


def hold(tx: Transaction, workspace_id: UUID, dedupe_key: str) -> None:
    """Waits for other copies of a mail, and has others wait."""
    tx.connection.execute(HOLD, {"workspace_id": str(workspace_id), "dedupe_key": dedupe_key})


def claim(
    tx: Transaction, workspace_id: UUID, mailbox_id: UUID, facts: Mapping[str, Any], outcome: str
) -> UUID | None:
    """Writes a message down, once; its id, None where it is known (or its mailbox gone)."""
    found: UUID | None = tx.connection.scalar(
        CLAIM, {"workspace_id": workspace_id, "mailbox_id": mailbox_id, "outcome": outcome, **facts}
    )
    return found


def known(tx: Transaction, workspace_id: UUID, mailbox_id: UUID, facts: Mapping[str, Any]) -> Row[Any] | None:
    """What became of the same message, at this mailbox or another: `id object_key outcome ticket_id
    comment_id`."""
    keys = {"workspace_id": workspace_id, "mailbox_id": mailbox_id}
    named = {name: facts[name] for name in ("message_id", "dedupe_key")}
    return tx.connection.execute(KNOWN, {**keys, **named}).first()


def settle(tx: Transaction, workspace_id: UUID, message_id: UUID, facts: Mapping[str, Any]) -> None:
    """`facts`: outcome, reason, user_id, ticket_id, comment_id, keeps_body."""
    tx.connection.execute(SETTLE, {"workspace_id": workspace_id, "id": message_id, **facts})


SITUATION = text(
    """
    SELECT m.id AS mailbox_id, m.type, m.priority, m.enabled, m.unknown_senders, m.language,
        g.id AS team_id, w.mail_key, w.add_cc_as_watchers, w.label_prefix,
        u.id AS user_id, u.status, u.role <> 'customer' AS is_staff, u.email_bad_reason
    FROM mailboxes m
    JOIN workspaces w ON w.id = m.workspace_id
    LEFT JOIN teams g ON g.workspace_id = m.workspace_id AND g.id = m.team_id AND g.deleted_at IS NULL
    LEFT JOIN users u ON u.workspace_id = m.workspace_id AND u.email = :sender AND u.deleted_at IS NULL
    WHERE m.workspace_id = :workspace_id AND m.id = :mailbox_id
    """
)


def situation(tx: Transaction, workspace_id: UUID, mailbox_id: UUID, sender: str | None) -> Row[Any]:
    """The mailbox with its settings, and who of the workspace the sender is: `user_id status is_staff`, null
    for nobody."""
    keys = {"workspace_id": workspace_id, "mailbox_id": mailbox_id, "sender": sender}
    return tx.connection.execute(SITUATION, keys).one()


# Ids first, a label last; of several the newest ticket. What came to another mailbox names nothing here.
# Whom a mail was sent to counts where it said something: what is only kept, anybody can write (bounces).
CANDIDATES = text(
    """
    WITH named AS (
        SELECT t.id AS ticket_id, false AS by_label FROM tickets t
        WHERE t.workspace_id = :workspace_id AND t.id = ANY(CAST(:ticket_ids AS uuid[]))
        UNION ALL
        SELECT n.ticket_id, false FROM notifications n
        WHERE n.workspace_id = :workspace_id AND n.message_id = ANY(CAST(:ids AS text[]))
        UNION ALL
        SELECT n.ticket_id, false FROM notifications n
        WHERE n.workspace_id = :workspace_id AND n.provider_id = ANY(CAST(:provider_ids AS text[]))
        UNION ALL
        SELECT i.ticket_id, false FROM inbound_messages i
        WHERE i.workspace_id = :workspace_id AND i.message_id = ANY(CAST(:ids AS text[]))
          AND i.mailbox_id = :mailbox_id
        UNION ALL
        SELECT t.id, true FROM tickets t
        WHERE t.workspace_id = :workspace_id AND t.label = ANY(CAST(:labels AS text[]))
    ), best AS (
        SELECT ticket_id, bool_and(by_label) AS by_label FROM named WHERE ticket_id IS NOT NULL
        GROUP BY ticket_id
    )
    SELECT t.id, t.label, t.archived_at IS NOT NULL AS archived, t.merged_into, b.by_label,
        t.requester_id IS NOT DISTINCT FROM :user_id AS asks,
        EXISTS (SELECT FROM ticket_watchers w WHERE w.workspace_id = t.workspace_id AND w.ticket_id = t.id
                AND w.user_id = :user_id) AS watches,
        EXISTS (SELECT FROM inbound_messages i WHERE i.workspace_id = t.workspace_id AND i.ticket_id = t.id
                AND :sender = ANY(i.recipients)
                AND i.outcome IN ('ticket', 'comment', 'follow_up')) AS was_copied,
        EXISTS (SELECT FROM inbound_messages i WHERE i.workspace_id = t.workspace_id AND i.ticket_id = t.id
                AND :sender = ANY(i.recipients)
                AND (i.outcome IN ('ticket', 'follow_up') OR (i.outcome = 'comment' AND i.authenticated)))
            AS was_copied_for_sure,
        (SELECT bool_or(coalesce(e.internal, true)) FROM notifications n
         LEFT JOIN events e ON e.workspace_id = n.workspace_id AND e.id = n.event_id
         WHERE n.workspace_id = t.workspace_id AND n.message_id = ANY(CAST(:proofs AS text[]))
           AND n.ticket_id = t.id AND n.user_id = :user_id) AS answers_internal
    FROM best b JOIN tickets t ON t.workspace_id = :workspace_id AND t.id = b.ticket_id
    WHERE t.deleted_at IS NULL AND coalesce(:mailbox_id = (
        SELECT i.mailbox_id FROM inbound_messages i
        WHERE i.workspace_id = t.workspace_id AND i.ticket_id = t.id AND i.outcome IN ('ticket', 'follow_up')
        ORDER BY i.received_at LIMIT 1), true)
    ORDER BY b.by_label, t.created_at DESC
    LIMIT 10
    """
)


def candidates(tx: Transaction, values: Mapping[str, Any]) -> Sequence[Row[Any]]:
    """The tickets that a mail names, and what its sender is to each. `was_copied_for_sure`: by the mail that
    opened it, or by one that is proven. `answers_internal`: whether the mails of
    ours that it proves to answer told of something internal, null where it proves none. `values`:
    workspace_id, mailbox_id, user_id, sender, ticket_ids, ids, provider_ids, proofs, labels."""
    return tx.connection.execute(CANDIDATES, values).all()


# What bounces name.
SENT = text(
    """
    SELECT n.ticket_id, n.user_id, u.email, n.message_id,
        EXISTS (SELECT FROM inbound_messages i
                WHERE i.workspace_id = n.workspace_id AND i.user_id = n.user_id
                  AND i.received_at > n.created_at
                  AND i.outcome IN ('ticket', 'comment', 'follow_up')) AS has_written_since
    FROM notifications n
    JOIN users u ON u.workspace_id = n.workspace_id AND u.id = n.user_id AND u.deleted_at IS NULL
    JOIN tickets t ON t.workspace_id = n.workspace_id AND t.id = n.ticket_id AND t.deleted_at IS NULL
    WHERE n.workspace_id = :workspace_id
      AND (n.message_id = ANY(CAST(:ids AS text[])) OR n.provider_id = ANY(CAST(:provider_ids AS text[])))
    ORDER BY n.user_id
    LIMIT 100
    """
)


def sent(
    tx: Transaction, workspace_id: UUID, ids: Sequence[str], provider_ids: Sequence[str]
) -> Sequence[Row[Any]]:
    """The mails of ours with these ids: `ticket_id user_id email message_id has_written_since`, the address
    as it is now."""
    values = {"workspace_id": workspace_id, "ids": list(ids), "provider_ids": list(provider_ids)}
    return tx.connection.execute(SENT, values).all()


RELATE = text(
    """
    INSERT INTO ticket_links (workspace_id, ticket_id, kind, other_id)
    SELECT :workspace_id, least(given.id, given.other), 'relates', greatest(given.id, given.other)
    FROM (VALUES (CAST(:ticket_id AS uuid), CAST(:other_id AS uuid))) AS given(id, other)
    WHERE (SELECT count(*) FROM ticket_links l WHERE l.workspace_id = :workspace_id
           AND (l.ticket_id = :other_id OR l.other_id = :other_id)) < :most
    ON CONFLICT DO NOTHING
    """
)


def relate(tx: Transaction, workspace_id: UUID, ticket_id: UUID, other_id: UUID, most: int) -> None:
    """Links two tickets, unless the other has as many links as it can have."""
    keys = {"workspace_id": workspace_id, "ticket_id": ticket_id, "other_id": other_id, "most": most}
    tx.connection.execute(RELATE, keys)


# The ticket is locked, or new.
ATTACH = text(
    f"""
    INSERT INTO attachments
        (workspace_id, id, ticket_id, comment_id, uploaded_by, file_name, content_type, size)
    SELECT :workspace_id, f.id, :ticket_id, CAST(:comment_id AS uuid), CAST(:user_id AS uuid), f.file_name,
        f.content_type, f.size
    FROM unnest(CAST(:ids AS uuid[]), CAST(:names AS text[]), CAST(:types AS text[]),
                CAST(:sizes AS bigint[]))
        WITH ORDINALITY AS f(id, file_name, content_type, size, place)
    WHERE f.place <= {MAX_A_TICKET} - (SELECT count(*) FROM attachments a
        WHERE a.workspace_id = :workspace_id AND a.ticket_id = :ticket_id)
    ON CONFLICT DO NOTHING
    RETURNING id
    """
)
AWAITED = text(
    "SELECT id FROM attachments WHERE workspace_id = :workspace_id AND id = ANY(CAST(:ids AS uuid[])) "
    "AND state = 'awaiting'"
)


def attach(
    tx: Transaction,
    workspace_id: UUID,
    ticket_id: UUID,
    comment_id: UUID | None,
    user_id: UUID | None,
    files: Sequence[tuple[UUID, str, str, int]],
) -> set[UUID]:
    """Announces files, `(id, file_name, content_type, size)`; the ids of those that the ticket has room
    for."""
    ids, names, types, sizes = zip(*files, strict=True)
    values = {"ids": list(ids), "names": list(names), "types": list(types), "sizes": list(sizes)}
    whose = {"ticket_id": ticket_id, "comment_id": comment_id, "user_id": user_id}
    return set(tx.connection.scalars(ATTACH, {"workspace_id": workspace_id, **whose, **values}))


def awaited(tx: Transaction, workspace_id: UUID, ids: Sequence[UUID]) -> set[UUID]:
    """Which of these files are announced and not there yet."""
    return set(tx.connection.scalars(AWAITED, {"workspace_id": workspace_id, "ids": list(ids)}))
