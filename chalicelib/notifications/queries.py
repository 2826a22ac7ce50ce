"""The SQL of notifications: what a mail tells, who is around a ticket, which mails are claimed and sent."""

from collections.abc import Sequence
from dataclasses import dataclass, fields, replace
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Row, text

from chalicelib.accounts.permissions import Role
from chalicelib.core.db import Transaction
from chalicelib.core.event import Event
from chalicelib.models.words import Preference
from chalicelib.notifications.facts import Brand, Facts
from chalicelib.notifications.recipients import Part, Person, Recipient
from chalicelib.tickets import markdown
from chalicelib.tickets.visibility import staff_who_see

# A claim outlives the function that made it, so that nobody else sends while it may still be sending.
LEASE_SECONDS = 60
# For one address within an hour. Of watched tickets the rest is gathered into one mail.
MOST_ACKNOWLEDGEMENTS, MOST_WATCHED = 10, 10
# When those who want them once a day get them, in the workspace's zone.
DIGEST_HOUR = 8

FACTS = text(
    f"""
    SELECT t.label, t.subject, t.description, t.status, t.priority, t.type, t.source, t.requester_id,
        r.name AS requester, g.name AS team,
        coalesce(a.name, k.name) AS actor, coalesce(a.role, k.role) AS actor_role,
        c.body AS comment, c.visibility, coalesce(u.name, p.name) AS author,
        coalesce(c.mentions, '{{}}') AS mentions,
        CASE WHEN c.html_version = {markdown.VERSION} THEN c.body_html END AS comment_html,
        to_char(coalesce(CAST(:due_at AS timestamptz), t.due_at) AT TIME ZONE w.timezone,
                'YYYY-MM-DD HH24:MI') || ' (' || w.timezone || ')' AS due,
        ARRAY(
            SELECT l.action FROM timeline_entries l
            WHERE l.workspace_id = t.workspace_id AND l.ticket_id = t.id AND l.created_at = :created_at
              AND l.sequence BETWEEN :sequence + 1 AND :sequence + 20
            ORDER BY l.sequence) AS later_actions,
        box.address AS mailbox, box.language, box.message_id AS opened_by,
        w.mail_key, w.brand_color, w.brand_logo_url, w.brand_footer
    FROM tickets t
    JOIN workspaces w ON w.id = t.workspace_id
    JOIN users r ON r.workspace_id = t.workspace_id AND r.id = t.requester_id
    JOIN teams g ON g.workspace_id = t.workspace_id AND g.id = t.team_id
    LEFT JOIN LATERAL (
        SELECT b.address, b.language, i.message_id FROM inbound_messages i
        JOIN mailboxes b ON b.workspace_id = i.workspace_id AND b.id = i.mailbox_id AND b.enabled
        WHERE i.workspace_id = t.workspace_id AND i.ticket_id = t.id AND i.outcome IN ('ticket', 'follow_up')
        ORDER BY i.received_at LIMIT 1) AS box ON true
    LEFT JOIN users a ON a.workspace_id = t.workspace_id AND a.id = :actor_id
    LEFT JOIN api_keys k ON k.workspace_id = t.workspace_id AND k.id = :actor_id
    LEFT JOIN comments c ON c.workspace_id = t.workspace_id AND c.deleted_at IS NULL
        AND (c.ticket_id = t.id OR EXISTS (SELECT FROM tickets m
            WHERE m.workspace_id = t.workspace_id AND m.id = c.ticket_id AND m.merged_into = t.id))
        AND c.id = coalesce(CAST(:comment_id AS uuid), (
            SELECT CAST(l.meta ->> 'comment_id' AS uuid) FROM timeline_entries l
            WHERE l.workspace_id = t.workspace_id AND l.ticket_id = t.id AND l.created_at = :created_at
              AND l.sequence BETWEEN :sequence - 20 AND :sequence - 1
              AND l.action = 'commented' AND NOT l.internal
            ORDER BY l.sequence DESC LIMIT 1))
    LEFT JOIN users u ON u.workspace_id = c.workspace_id AND u.id = c.author_id
    LEFT JOIN api_keys p ON p.workspace_id = c.workspace_id AND p.id = c.api_key_id
    WHERE t.workspace_id = :workspace_id AND t.id = :ticket_id AND t.deleted_at IS NULL
    """
)
# Staff hear of what they see: who is mentioned, watches or is to be told of an escalation may have lost sight
# of the ticket. Of one comment
# nobody hears twice, though an edit tells of it anew.
SEES = staff_who_see(
    everybody="(SELECT w.agent_visibility = 'all' FROM workspaces w WHERE w.id = :workspace_id)",
    team="(SELECT team_id FROM ticket)",
    own="u.id IN (SELECT unnest(ARRAY[requester_id, assignee_id]) FROM ticket)",
)
PEOPLE = text(
    f"""
    WITH ticket AS (
        SELECT workspace_id, id, requester_id, assignee_id, team_id FROM tickets
        WHERE workspace_id = :workspace_id AND id = :ticket_id
    ), involved AS (
        SELECT requester_id AS user_id, 'requester' AS part FROM ticket
        UNION ALL SELECT assignee_id, 'assignee' FROM ticket
        UNION ALL SELECT m.user_id, 'team' FROM ticket t
            JOIN team_members m ON m.workspace_id = t.workspace_id AND m.team_id = t.team_id
        UNION ALL SELECT unnest(CAST(:mentioned AS uuid[])), 'mentioned'
        UNION ALL SELECT unnest(CAST(:notified AS uuid[])), 'notified'
        UNION ALL SELECT w.user_id, 'watcher' FROM ticket t
            JOIN ticket_watchers w ON w.workspace_id = t.workspace_id AND w.ticket_id = t.id
        UNION ALL SELECT d.id, d.role FROM users d
            WHERE :dispatchers AND d.workspace_id = :workspace_id AND d.role IN ('admin', 'dispatcher')
              AND d.deleted_at IS NULL
    )
    SELECT u.id, u.name, u.email, u.role, u.watched_digest, array_agg(DISTINCT i.part) AS parts,
        ARRAY(SELECT k.kind FROM muted_mails k
              WHERE k.workspace_id = :workspace_id AND k.user_id = u.id) AS muted
    FROM involved i JOIN users u ON u.workspace_id = :workspace_id AND u.id = i.user_id
    WHERE u.deleted_at IS NULL AND u.status <> 'deactivated' AND (u.role = 'customer' OR u.status = 'active')
      AND u.email_bad_at IS NULL
      AND (i.part NOT IN ('mentioned', 'notified', 'watcher') OR (i.part = 'watcher' AND u.role = 'customer')
           OR (u.role <> 'customer' AND {SEES}))
      AND (CAST(:comment_id AS text) IS NULL OR NOT EXISTS (
          SELECT FROM notifications n JOIN events e ON e.workspace_id = n.workspace_id AND e.id = n.event_id
          WHERE n.workspace_id = :workspace_id AND n.ticket_id = :ticket_id AND n.user_id = u.id
            AND n.event_id <> :event_id AND n.status IN ('claimed', 'gathered', 'sent')
            AND n.kind IN ('ticket.commented', 'ticket.comment_edited')
            AND e.payload #>> '{{meta,comment_id}}' = :comment_id))
    GROUP BY u.id, u.name, u.email, u.role, u.watched_digest
    ORDER BY u.id
    """
)
CLAIM = text(
    """
    WITH given AS (
        SELECT * FROM unnest(CAST(:user_ids AS uuid[]), CAST(:message_ids AS text[]), CAST(:parts AS text[]),
                             CAST(:cadences AS text[])) AS g(user_id, message_id, part, cadence)
    ), decided AS (
        SELECT g.*, CASE WHEN EXISTS (
            SELECT FROM notifications newer
            WHERE newer.workspace_id = :workspace_id AND newer.ticket_id = :ticket_id
              AND newer.user_id = g.user_id AND newer.topic = :topic AND newer.sequence > :sequence
              AND newer.status IN ('claimed', 'gathered', 'sent')
        ) THEN 'superseded' WHEN g.user_id = CAST(:acknowledged AS uuid) AND (
            SELECT count(*) FROM notifications earlier
            WHERE earlier.workspace_id = :workspace_id AND earlier.user_id = g.user_id
              AND earlier.kind = :kind AND earlier.status IN ('claimed', 'sent')
              AND earlier.created_at > now() - interval '1 hour') >= :most
        THEN 'suppressed' WHEN g.cadence IN ('hourly', 'daily') OR g.cadence = 'when_busy' AND (EXISTS (
            SELECT FROM notifications waiting
            WHERE waiting.workspace_id = :workspace_id AND waiting.user_id = g.user_id
              AND waiting.due_at IS NOT NULL
        ) OR (
            SELECT count(*) FROM notifications earlier
            WHERE earlier.workspace_id = :workspace_id AND earlier.user_id = g.user_id
              AND earlier.part = g.part AND earlier.digest_id IS NULL AND earlier.event_id <> :event_id
              AND earlier.status IN ('claimed', 'sent')
              AND earlier.created_at > now() - interval '1 hour') >= :most_watched)
        THEN 'gathered' ELSE 'claimed' END AS status
        FROM given g
    )
    INSERT INTO notifications AS n (workspace_id, event_id, user_id, ticket_id, sequence, kind, occasion,
        part, topic, message_id, status, due_at)
    SELECT :workspace_id, :event_id, d.user_id, CAST(:ticket_id AS uuid), CAST(:sequence AS integer),
        :kind, CAST(:occasion AS text), d.part, CAST(:topic AS text), d.message_id, d.status,
        CASE WHEN d.status <> 'gathered' THEN NULL
             WHEN d.cadence = 'daily' THEN
                (date_trunc('day', now() AT TIME ZONE w.timezone - make_interval(hours => :digest_hour))
                 + make_interval(days => 1, hours => :digest_hour)) AT TIME ZONE w.timezone
             ELSE date_trunc('hour', now(), w.timezone) + interval '1 hour' END
    FROM decided d JOIN workspaces w ON w.id = :workspace_id
    ORDER BY d.user_id
    ON CONFLICT (workspace_id, event_id, user_id) DO UPDATE
        SET status = excluded.status, due_at = excluded.due_at, claimed_at = now()
        WHERE n.status = 'claimed' AND n.claimed_at <= now() - make_interval(secs => :lease)
    RETURNING n.user_id, n.status
    """
)
# What this transaction has claimed was claimed now().
LET_GO = text(
    """
    WITH left_over AS (
        UPDATE notifications SET status = 'superseded'
        WHERE workspace_id = :workspace_id AND event_id = :event_id AND status = 'claimed'
          AND claimed_at <= now() - make_interval(secs => :lease)
    )
    SELECT count(*) FROM notifications
    WHERE workspace_id = :workspace_id AND event_id = :event_id AND status = 'claimed'
      AND claimed_at > now() - make_interval(secs => :lease) AND claimed_at <> now()
    """
)
SETTLE = text(
    """
    UPDATE notifications n SET status = given.status, provider_id = given.provider_id,
        sent_at = CASE WHEN given.status = 'sent' THEN clock_timestamp() END
    FROM unnest(CAST(:user_ids AS uuid[]), CAST(:statuses AS text[]), CAST(:provider_ids AS text[]))
        AS given(user_id, status, provider_id)
    WHERE n.workspace_id = :workspace_id AND n.event_id = :event_id AND n.user_id = given.user_id
      AND n.status = 'claimed'
    """
)


ACCOUNT = text(
    """
    SELECT u.name, u.email, u.status, u.email_verified_at, w.brand_color, w.brand_logo_url, w.brand_footer
    FROM users u JOIN workspaces w ON w.id = u.workspace_id
    WHERE u.workspace_id = :workspace_id AND u.id = :user_id AND u.deleted_at IS NULL
    """
)


@dataclass(frozen=True)
class Account:
    """Whom a mail about an account speaks to, as the account is now."""

    name: str
    email: str
    status: str
    email_verified_at: datetime | None
    brand: Brand


@dataclass(frozen=True)
class Settlement:
    """What became of one claimed mail: `sent`, with the provider's id, or `failed` for good."""

    user_id: UUID
    status: str
    provider_id: str | None = None


def facts(
    tx: Transaction,
    event: Event,
    *,
    actor_id: UUID | None,
    comment_id: UUID | None,
    due_at: datetime | None,
) -> Facts | None:
    """What there is to tell; None where the ticket is gone."""
    row = tx.connection.execute(
        FACTS,
        {
            "workspace_id": event.workspace_id,
            "ticket_id": event.ticket_id,
            "sequence": event.sequence,
            "created_at": event.created_at,
            "actor_id": actor_id,
            "comment_id": comment_id,
            "due_at": due_at,
        },
    ).first()
    return _readable(Facts(**_branded(row))) if row else None


def _readable(facts: Facts) -> Facts:
    """HTML of another version does not count, and is made anew."""
    if facts.comment is None or facts.comment_html is not None:
        return facts
    return replace(facts, comment_html=next(markdown.rendered_late([facts.comment])))


def people(
    tx: Transaction,
    event: Event,
    *,
    dispatchers: bool = False,
    mentioned: Sequence[UUID] = (),
    notified: Sequence[UUID] = (),
    comment_id: UUID | None = None,
) -> list[Person]:
    """Everybody around the ticket who may get mail; `dispatchers` adds the workspace's, and its admins,
    `notified` whom an escalation names; `comment_id` leaves out who has heard of this comment by another
    event."""
    rows = tx.connection.execute(
        PEOPLE,
        {
            "workspace_id": event.workspace_id,
            "ticket_id": event.ticket_id,
            "event_id": event.id,
            "dispatchers": dispatchers,
            "mentioned": list(mentioned),
            "notified": list(notified),
            "comment_id": str(comment_id) if comment_id else None,
        },
    )
    return [
        Person(
            row.id,
            row.name,
            row.email,
            Role(row.role),
            frozenset(map(Part, row.parts)),
            frozenset(map(Preference, row.muted)),
            row.watched_digest,
        )
        for row in rows
    ]


def account(tx: Transaction, workspace_id: UUID, user_id: UUID) -> Account | None:
    row = tx.connection.execute(ACCOUNT, {"workspace_id": workspace_id, "user_id": user_id}).first()
    return Account(**_branded(row)) if row else None


def _branded(row: Row[Any]) -> dict[str, Any]:
    """The columns by name, those of the workspace's looks as one."""
    found = dict(row._mapping)
    return {"brand": Brand(*(found.pop(f"brand_{part.name}") for part in fields(Brand))), **found}


def claim(
    tx: Transaction,
    event: Event,
    topic: str | None,
    message_ids: dict[UUID, str],
    acknowledged: UUID | None = None,
    recipients: Sequence[Recipient] = (),
    occasion: str | None = None,
) -> set[UUID]:
    """Claims what is neither sent nor being sent by another: the users to be mailed now. `recipients`, in the
    order of the ids, say what they are to the ticket.

    What newer news of the topic overrules is written down as superseded; as suppressed what would be one too
    many acknowledgements for `acknowledged`, who may be a machine that answers each; as gathered what goes
    into a digest: see digest_mails.py.
    """
    unsaid: list[str | None] = [None] * len(message_ids)
    rows = tx.connection.execute(
        CLAIM,
        {
            "workspace_id": event.workspace_id,
            "event_id": event.id,
            "ticket_id": event.ticket_id,
            "sequence": event.sequence,
            "kind": event.type,
            "topic": topic,
            "acknowledged": acknowledged,
            "most": MOST_ACKNOWLEDGEMENTS,
            "most_watched": MOST_WATCHED,
            "digest_hour": DIGEST_HOUR,
            "occasion": occasion,
            "parts": [*(each.audience.value for each in recipients)] or unsaid,
            "cadences": [each.cadence for each in recipients] or unsaid,
            "user_ids": list(message_ids),
            "message_ids": list(message_ids.values()),
            "lease": LEASE_SECONDS,
        },
    )
    return {row.user_id for row in rows if row.status == "claimed"}


def let_go(tx: Transaction, event: Event) -> int:
    """After an event's mails were claimed: whatever an earlier delivery claimed, did not send, and nobody is
    to be told any more. Answers how many another delivery has claimed and may still be sending."""
    found: int = tx.connection.execute(
        LET_GO, {"workspace_id": event.workspace_id, "event_id": event.id, "lease": LEASE_SECONDS}
    ).scalar_one()
    return found


def settle(tx: Transaction, event: Event, settlements: Sequence[Settlement]) -> None:
    """Writes down what became of claimed mails, in one statement."""
    tx.connection.execute(
        SETTLE,
        {
            "workspace_id": event.workspace_id,
            "event_id": event.id,
            "user_ids": [settlement.user_id for settlement in settlements],
            "statuses": [settlement.status for settlement in settlements],
            "provider_ids": [settlement.provider_id for settlement in settlements],
        },
    )
