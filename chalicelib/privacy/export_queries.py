"""The SQL of exports: what a workspace holds about one person, part by part, as JSON made by the database.

Nothing of it is read at once: a cursor of the server gives a part in small pieces of one snapshot.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import text

from chalicelib.core.db import Transaction
from chalicelib.tickets.timeline import INTERNAL_META

FETCHED = 200


@dataclass(frozen=True)
class Part:
    """A file of the export: its name, what it is to the person, and the statement that gives its rows."""

    name: str
    sentence: str
    sql: str


_OF_USER = "x.workspace_id = :workspace_id AND x.user_id = :user_id"
_TICKET = """
    x.id, x.label, x.subject, x.description, x.type, x.priority, x.status, x.category, x.subcategory,
    (SELECT g.name FROM teams g WHERE g.workspace_id = x.workspace_id AND g.id = x.team_id) AS team,
    (SELECT coalesce(jsonb_object_agg(v.key, v.value), '{}') FROM jsonb_each(x.custom_fields) v
     WHERE NOT EXISTS (SELECT FROM custom_fields f WHERE f.workspace_id = x.workspace_id)
        OR EXISTS (SELECT FROM custom_fields f WHERE f.workspace_id = x.workspace_id AND f.key = v.key
                   AND f.visible_to_customers)) AS custom_fields,
    x.source, x.source_ip, x.created_at, x.updated_at, x.resolved_at, x.closed_at
"""
_THE_STAFFS = f"'{{{','.join(sorted({'reason', *INTERNAL_META}))}}}'"
_COMMENT = "x.id, x.ticket_id, x.visibility, x.body, x.source, x.created_at, x.edited_at"

PARTS = (
    Part(
        "profile",
        "Who you are to this desk.",
        """
        SELECT x.id, x.name, x.email, x.role, x.status, x.document_id, x.phone, x.has_whatsapp, x.company,
            x.password_hash IS NOT NULL AS has_password, x.email_verified_at, x.created_at, x.updated_at,
            x.deactivated_at, x.email_bad_at, x.email_bad_reason, x.email_bad_detail, x.email_good_at,
            (SELECT w.name FROM workspaces w WHERE w.id = x.workspace_id) AS workspace,
            (SELECT o.name FROM organisations o
             WHERE o.workspace_id = x.workspace_id AND o.id = x.organisation_id) AS organisation
        FROM users x WHERE x.workspace_id = :workspace_id AND x.id = :user_id
        """,
    ),
    Part(
        "teams",
        "The teams that you are in.",
        f"""
        SELECT g.id, g.name, x.created_at AS joined_at FROM team_members x
        JOIN teams g ON g.workspace_id = x.workspace_id AND g.id = x.team_id WHERE {_OF_USER}
        """,
    ),
    Part(
        "two_step",
        "Your second step of signing in: since when, and how many recovery codes are left.",
        f"""
        SELECT u.two_step_enabled_at AS enabled_at,
            (SELECT count(*) FROM recovery_codes c WHERE c.workspace_id = x.workspace_id
             AND c.user_id = x.user_id AND c.used_at IS NULL) AS recovery_codes_left
        FROM totp_authenticators x JOIN users u ON u.workspace_id = x.workspace_id AND u.id = x.user_id
        WHERE {_OF_USER}
        """,
    ),
    Part(
        "identities",
        "Who you are to the providers that you sign in with.",
        f"SELECT x.issuer, x.subject, x.created_at, x.last_used_at FROM oidc_identities x WHERE {_OF_USER}",
    ),
    Part(
        "sessions",
        "Your sessions: when each began, was used and ended. Their tokens are kept nowhere.",
        f"""
        SELECT x.id, x.family_id, x.created_at, x.used_at, x.revoked_at, x.expires_at FROM refresh_tokens x
        WHERE {_OF_USER} ORDER BY x.id
        """,
    ),
    Part(
        "invitations",
        "Your invitation to this desk.",
        f"""
        SELECT x.id, x.created_at, x.sent_at, x.expires_at, x.accepted_at, x.revoked_at FROM invitations x
        WHERE {_OF_USER}
        """,
    ),
    Part(
        "sign_ups",
        "Sign-ups with your address, proved or not.",
        f"SELECT x.id, x.name, x.created_at, x.expires_at FROM sign_ups x WHERE {_OF_USER} ORDER BY x.id",
    ),
    Part(
        "mailed_links",
        "Links that were mailed to you, to prove an address or to choose a password.",
        f"SELECT x.id, x.purpose, x.created_at, x.expires_at, x.used_at, x.revoked_at FROM one_time_tokens x "
        f"WHERE {_OF_USER} ORDER BY x.id",
    ),
    Part(
        "api_keys",
        "API keys that you made.",
        "SELECT x.id, x.name, x.role, x.scopes, x.created_at, x.expires_at, x.last_used_at, x.revoked_at "
        "FROM api_keys x WHERE x.workspace_id = :workspace_id AND x.created_by = :user_id ORDER BY x.id",
    ),
    Part(
        "macros",
        "Macros that are your own.",
        "SELECT x.id, x.name, x.description, x.actions, x.active, x.created_at, x.updated_at FROM macros x "
        "WHERE x.workspace_id = :workspace_id AND x.owner_id = :user_id ORDER BY x.id",
    ),
    Part(
        "tickets",
        "Tickets that you asked for, with the address that they came from.",
        f"SELECT {_TICKET} FROM tickets x WHERE x.workspace_id = :workspace_id AND x.requester_id = :user_id "
        f"ORDER BY x.created_at, x.id",
    ),
    Part(
        "comments",
        "What you wrote on tickets.",
        f"SELECT {_COMMENT} FROM comments x WHERE x.workspace_id = :workspace_id AND x.author_id = :user_id "
        f"ORDER BY x.id",
    ),
    Part(
        "answers",
        "What others wrote publicly on tickets that you asked for.",
        f"""
        SELECT {_COMMENT}, coalesce(u.name, k.name) AS author FROM tickets t
        JOIN comments x ON x.workspace_id = t.workspace_id AND x.ticket_id = t.id
        LEFT JOIN users u ON u.workspace_id = x.workspace_id AND u.id = x.author_id
        LEFT JOIN api_keys k ON k.workspace_id = x.workspace_id AND k.id = x.api_key_id
        WHERE t.workspace_id = :workspace_id AND t.requester_id = :user_id AND x.visibility = 'public'
          AND x.deleted_at IS NULL AND x.author_id IS DISTINCT FROM :user_id
        """,
    ),
    Part(
        "files",
        "Files that you sent; open their tickets to fetch them.",
        """
        SELECT x.id, x.ticket_id, x.file_name, x.content_type, x.size, x.uploaded_at FROM attachments x
        WHERE x.workspace_id = :workspace_id AND x.uploaded_by = :user_id AND x.state = 'uploaded'
        ORDER BY x.id
        """,
    ),
    Part(
        "time_entries",
        "Time that you spent on tickets.",
        f"""
        SELECT x.ticket_id, x.minutes, x.note, x.spent_on, x.created_at FROM time_entries x WHERE {_OF_USER}
        ORDER BY x.id
        """,
    ),
    Part(
        "ratings",
        "How you found the help on your tickets, and when you were asked.",
        f"""
        SELECT x.ticket_id, x.cycle, x.asked_at, x.score, x.comment, x.rated_at, x.changed_at FROM ratings x
        WHERE {_OF_USER} ORDER BY x.id
        """,
    ),
    Part(
        "watched",
        "Tickets that you watch.",
        f"""
        SELECT x.ticket_id, t.label, x.created_at FROM ticket_watchers x
        JOIN tickets t ON t.workspace_id = x.workspace_id AND t.id = x.ticket_id WHERE {_OF_USER}
        """,
    ),
    Part(
        "views",
        "Views that you saved for yourself.",
        """
        SELECT x.id, x.name, x.description, x.filter, x.sort, x.columns, x.created_at FROM views x
        WHERE x.workspace_id = :workspace_id AND x.owner_id = :user_id ORDER BY x.id
        """,
    ),
    Part(
        "jobs",
        "Work in the background that you asked for; what it was to do is kept until its end.",
        """
        SELECT x.id, x.kind, x.status, x.input, x.total, x.done, x.created_at, x.started_at, x.finished_at
        FROM jobs x WHERE x.workspace_id = :workspace_id AND x.created_by = :user_id ORDER BY x.id
        """,
    ),
    Part(
        "mails",
        "Mails that you sent to this desk; those that it keeps as they came, it keeps for 90 days.",
        f"""
        SELECT x.id, x.received_at, x.from_address, x.from_name, x.recipients, x.subject, x.body, x.outcome,
            x.ticket_id, x.comment_id
        FROM inbound_messages x WHERE {_OF_USER} ORDER BY x.received_at, x.id
        """,
    ),
    Part(
        "notifications",
        "Mails that this desk sent to you.",
        f"""
        SELECT x.id, x.kind, x.occasion, x.part, x.ticket_id, x.status, x.message_id, x.created_at, x.sent_at
        FROM notifications x WHERE {_OF_USER} ORDER BY x.id
        """,
    ),
    Part(
        "mail_reports",
        "What was reported of mails to you: that they did not arrive, or that you called them spam.",
        f"SELECT x.kind, x.message_id, x.happened_at FROM mail_reports x WHERE {_OF_USER} ORDER BY 3",
    ),
    Part(
        "preferences",
        "What you want no mail of, and which mails in one, how often.",
        f"""
        SELECT x.kind, 'never' AS mailed, x.created_at FROM muted_mails x WHERE {_OF_USER}
        UNION ALL
        SELECT 'watched', x.watched_digest, NULL FROM users x
        WHERE x.workspace_id = :workspace_id AND x.id = :user_id AND x.watched_digest IS NOT NULL
        """,
    ),
    Part(
        "timeline",
        "What you did on tickets, and what happened publicly to those that you asked for.",
        f"""
        SELECT x.ticket_id, x.sequence, x.action,
            x.changes - '{{custom_fields,tags,sla_minutes}}'::text[] AS changes,
            x.meta - CASE WHEN x.actor_id = :user_id THEN '{{}}' ELSE {_THE_STAFFS} END::text[] AS meta,
            x.created_at
        FROM timeline_entries x
        JOIN tickets t ON t.workspace_id = x.workspace_id AND t.id = x.ticket_id
        WHERE x.workspace_id = :workspace_id
          AND (x.actor_id = :user_id OR (t.requester_id = :user_id AND NOT x.internal))
        """,
    ),
    Part(
        "audit_log",
        "What the audit log knows about you, and what you did, with the address that it came from.",
        """
        SELECT x.sequence, x.action, x.actor_id = :user_id AS by_you, x.target_type, x.target_id,
            CASE WHEN x.actor_id = :user_id THEN x.address END AS address,
            CASE WHEN x.target_id = :user_id THEN x.before END AS before,
            CASE WHEN x.target_id = :user_id THEN x.after END AS after, x.created_at
        FROM audit_log x
        WHERE x.workspace_id = :workspace_id AND (x.actor_id = :user_id OR x.target_id = :user_id)
        ORDER BY x.sequence
        """,
    ),
)
INTERNAL_NOTES = text(
    """
    SELECT count(*) FROM tickets t JOIN comments c ON c.workspace_id = t.workspace_id AND c.ticket_id = t.id
    WHERE t.workspace_id = :workspace_id AND t.requester_id = :user_id AND c.visibility = 'internal'
      AND c.author_id IS DISTINCT FROM :user_id
    """
)
FETCH = text(f"FETCH {FETCHED} FROM part")
CLOSE = text("CLOSE part")


def lines(tx: Transaction, part: Part, keys: Mapping[str, UUID]) -> Iterator[list[str]]:
    """The part's rows as JSON texts, some at a time. `keys`: workspace_id, user_id."""
    declare = text(
        f"DECLARE part NO SCROLL CURSOR FOR SELECT row_to_json(one)::text FROM ({part.sql}) AS one"
    )
    tx.connection.execute(declare, keys)
    while rows := list(tx.connection.scalars(FETCH)):
        yield rows
    tx.connection.execute(CLOSE)


def internal_notes(tx: Transaction, keys: Mapping[str, Any]) -> int:
    """How many notes the staff wrote for itself on tickets that the person asked for."""
    found: int = tx.connection.execute(INTERNAL_NOTES, keys).scalar_one()
    return found
