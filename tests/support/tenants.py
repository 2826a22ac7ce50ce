"""A workspace with one of everything in it, put there past the app: what another tenant must never reach."""

import re
from dataclasses import dataclass
from typing import Any
from uuid import UUID, uuid4

from tests.support.database import Database

TENANT_TABLES = """
    SELECT relname FROM pg_class
    WHERE relnamespace = 'public'::regnamespace AND relkind = 'r' AND relrowsecurity ORDER BY relname
"""
NAMED = re.compile(r"(?<![:\w]):([a-z_]+)\b")
ROWS = (
    "INSERT INTO api_keys (workspace_id, id, token_id, name, role, scopes, created_by, expires_at) "
    "VALUES (:w, :key, uuidv7(), 'a canary', 'agent', '{read}', :user, now() + interval '1 day')",
    "INSERT INTO api_key_teams (workspace_id, api_key_id, team_id) VALUES (:w, :key, :team)",
    "INSERT INTO organisations (workspace_id, id, name) VALUES (:w, :organisation, 'a canary')",
    "INSERT INTO organisation_domains (workspace_id, domain, organisation_id) "
    "VALUES (:w, 'canary.example', :organisation)",
    "INSERT INTO team_members (workspace_id, team_id, user_id) VALUES (:w, :team, :user)",
    "INSERT INTO refresh_tokens (workspace_id, user_id, family_id, digest, expires_at) "
    "VALUES (:w, :user, uuidv7(), sha256(uuid_send(:w)), now() + interval '1 day')",
    "INSERT INTO invitations (workspace_id, id, user_id, expires_at) "
    "VALUES (:w, :invitation, :user, now() + interval '1 day')",
    "INSERT INTO sign_ups (workspace_id, id, user_id, name, expires_at) "
    "VALUES (:w, :sign_up, :user, 'a canary', now() + interval '1 day')",
    "INSERT INTO one_time_tokens (workspace_id, user_id, purpose, event_id, sign_up_id, digest, expires_at) "
    "VALUES (:w, :user, 'email_verification', 1, :sign_up, sha256(uuid_send(:w)), now() + interval '1 day')",
    "INSERT INTO totp_authenticators (workspace_id, user_id, pending_secret, pending_at) "
    "VALUES (:w, :user, 'canary', now())",
    "INSERT INTO recovery_codes (workspace_id, user_id, digest) VALUES (:w, :user, sha256(uuid_send(:w)))",
    "INSERT INTO sign_in_challenges (workspace_id, user_id, digest, expires_at) "
    "VALUES (:w, :user, sha256(uuid_send(:w)), now() + interval '5 minutes')",
    "INSERT INTO oidc_providers (workspace_id, issuer, client_id, scopes, redirect_uris, "
    "authorization_endpoint, token_endpoint, jwks_uri, client_authentication) "
    "VALUES (:w, 'https://canary.example', 'a canary', '{openid}', '{https://desk.example}', "
    "'https://canary.example/a', 'https://canary.example/t', 'https://canary.example/k', "
    "'client_secret_basic')",
    "INSERT INTO oidc_identities (workspace_id, user_id, issuer, subject) "
    "VALUES (:w, :user, 'https://canary.example', 'a canary')",
    "INSERT INTO oidc_sign_ins (workspace_id, issuer, redirect_uri, state_digest, binding_digest, "
    "nonce_digest, verifier, expires_at) VALUES (:w, 'https://canary.example', 'https://desk.example', "
    "sha256(uuid_send(:w)), 'b', 'n', 'v', now() + interval '1 day')",
    "INSERT INTO categories (workspace_id, id, name, key, position) "
    "VALUES (:w, :category, 'a canary', 'a canary', 1)",
    "INSERT INTO custom_fields (workspace_id, id, key, name, type, position) "
    "VALUES (:w, :field, 'canary', 'a canary', 'text', 1)",
    "INSERT INTO views (workspace_id, id, name, key, filter, position) "
    "VALUES (:w, :view, 'a canary', 'a canary', '{\"tag\": \"canary\"}', 1)",
    "INSERT INTO macros (workspace_id, id, name, key, description, actions, position) "
    "VALUES (:w, :macro, 'a canary', 'a canary', 'sings', "
    '\'[{"action": "add_tags", "tags": ["canary"]}]\', 1)',
    "INSERT INTO macro_teams (workspace_id, macro_id, team_id) VALUES (:w, :macro, :team)",
    "UPDATE tickets SET tags = '{canary}', custom_fields = '{\"canary\": \"sings\"}' "
    "WHERE workspace_id = :w AND id = :ticket",
    "INSERT INTO ticket_watchers (workspace_id, ticket_id, user_id) VALUES (:w, :ticket, :user)",
    "INSERT INTO ticket_links (workspace_id, id, ticket_id, kind, other_id) "
    "VALUES (:w, :link, :ticket, 'blocks', :other)",
    "INSERT INTO comments (workspace_id, id, ticket_id, author_id, body) "
    "VALUES (:w, :comment, :ticket, :user, 'a canary sings')",
    "INSERT INTO attachments (workspace_id, id, ticket_id, uploaded_by, file_name, content_type, size, "
    "state, scan, object_version, uploaded_at) VALUES (:w, :attachment, :ticket, :user, 'canary.png', "
    "'image/png', 9, 'uploaded', 'clean', 'v1', now())",
    "INSERT INTO time_entries (workspace_id, id, ticket_id, user_id, minutes, note, spent_on) "
    "VALUES (:w, :entry, :ticket, :user, 5, 'a canary', '2026-11-20')",
    "INSERT INTO ratings (workspace_id, ticket_id, cycle, ended_at, user_id, team_id, score, comment, "
    "rated_at, digest) VALUES (:w, :ticket, 1, now(), :user, :team, 4, 'a canary', now(), "
    "sha256(uuid_send(:w)))",
    "INSERT INTO ticket_facts (workspace_id, generation, ticket_id, team_id, type, priority, status, source, "
    "category, facts) VALUES (:w, 1, :ticket, :team, 'question', 'low', 'open', 'api', 'a canary', "
    "'{{1,0,0,0},{6,0,0,9}}')",
    "INSERT INTO discarded_files (workspace_id, id) VALUES (:w, uuidv7())",
    "INSERT INTO timeline_entries (workspace_id, ticket_id, sequence, action, actor_type) "
    "VALUES (:w, :ticket, 1, 'created', 'user')",
    "INSERT INTO sla_targets (workspace_id, id, ticket_id, metric, calendar_id, minutes, started_at) "
    "VALUES (:w, :target, :ticket, 'resolution', :calendar, 60, now())",
    "INSERT INTO sla_steps (workspace_id, target_id, kind, step, ticket_id) "
    "VALUES (:w, :target, 'breach', 100, :ticket)",
    "INSERT INTO events (workspace_id, ticket_id, sequence, type, payload, sent_at) "
    "VALUES (:w, :ticket, 1, 'ticket.created', '{}', now())",
    "INSERT INTO idempotency_keys "
    "(workspace_id, principal, method, path, key, request_digest, expires_at) "
    "VALUES (:w, 'user', 'POST', '/v1/tickets', 'k', 'd', now() + interval '1 day')",
    "INSERT INTO audit_heads (workspace_id, hash) VALUES (:w, fn_audit_origin(:w))",
    "SELECT fn_audit_append(jsonb_populate_record(NULL::audit_log, jsonb_build_object("
    "'workspace_id', CAST(:w AS uuid), 'action', 'user.changed', 'actor_type', 'system', "
    "'target_type', 'user', 'target_id', CAST(:user AS uuid), 'after', '{\"name\": \"a canary\"}'::jsonb)))",
    "INSERT INTO jobs (workspace_id, id, kind, expires_at) "
    "VALUES (:w, :job, 'user_export', now() + interval '1 day')",
    "INSERT INTO job_items (workspace_id, job_id, place, subject_id, status, label, error) "
    'VALUES (:w, :job, 1, :ticket, \'failed\', \'a canary\', \'{"code": "CONFLICT", "detail": "a canary"}\')',
    "INSERT INTO imports (workspace_id, id, source, system, file_name, bytes, mapping, options, actor_type, "
    "expires_at) VALUES (:w, :import, 'csv', 'canary', 'canary.csv', 9, '{}', '{}', 'user', "
    "now() + interval '1 day')",
    'INSERT INTO import_remarks (workspace_id, import_id, place, kind, "row", line, code, detail) '
    "VALUES (:w, :import, 1, 'skipped', 1, 2, 'malformed', 'a canary')",
    "INSERT INTO external_ids (workspace_id, system, kind, external_id, ticket_id) "
    "VALUES (:w, 'canary', 'ticket', 'canary', :ticket)",
    "INSERT INTO rules (workspace_id, id, name, key, position, occasions, triggers, conditions, actions) "
    "VALUES (:w, :rule, 'a canary', 'a canary', 1, '{created}', '[{\"on\": \"created\"}]', "
    '\'{"all": [], "any": []}\', \'[{"action": "add_tags", "tags": ["canary"]}]\')',
    "INSERT INTO rule_dues (workspace_id, rule_id, ticket_id, generation, seen_sequence) "
    "VALUES (:w, :rule, :ticket, 1, 1)",
    "INSERT INTO ticket_waits (workspace_id, ticket_id, status, since) "
    "VALUES (:w, :ticket, 'pending', now())",
    "INSERT INTO rule_events (workspace_id, event_id) VALUES (:w, 1)",
    "INSERT INTO rule_firings (workspace_id, rule_id, ticket_id, event_id, depth, outcome, reason) "
    "VALUES (:w, :rule, :ticket, 1, 0, 'failed', 'a canary')",
    "INSERT INTO integrations (workspace_id, id, name, key, kind, mapping, requester_id, secret) "
    "VALUES (:w, :integration, 'a canary', 'a canary', 'generic', '{}', :user, 'canary')",
    "INSERT INTO integration_calls (workspace_id, integration_id, message_id) "
    "VALUES (:w, :integration, 'a canary')",
    "INSERT INTO integration_tickets (workspace_id, integration_id, external_key, ticket_id) "
    "VALUES (:w, :integration, 'a canary', :ticket)",
    "INSERT INTO webhooks (workspace_id, id, name, url, events, secret, enabled_at) "
    "VALUES (:w, :webhook, 'a canary', 'https://canary.example/hook', '{*}', 'canary', now())",
    "INSERT INTO webhook_deliveries (workspace_id, id, webhook_id, event_id, type, ticket_id, status, "
    "next_attempt_at, answer) SELECT :w, :delivery, :webhook, e.id, e.type, :ticket, 'failed', NULL, "
    "'a canary' FROM events e WHERE e.workspace_id = :w AND e.ticket_id = :ticket AND e.sequence = 1",
    "INSERT INTO mailboxes (workspace_id, id, address, name) "
    "VALUES (:w, :mailbox, 'desk@canary.example', 'a canary')",
    "INSERT INTO inbound_messages (workspace_id, id, mailbox_id, object_key, size, dedupe_key, from_address, "
    "subject, body, outcome, reason) VALUES (:w, :message, :mailbox, 'incoming/canary', "
    "9, 'k', 'canary@canary.example', 'a canary', 'sings', 'quarantined', 'spam')",
    "INSERT INTO inbound_messages (workspace_id, id, mailbox_id, object_key, size, dedupe_key, from_address, "
    "subject, outcome, ticket_id) VALUES (:w, :mail, :mailbox, 'incoming/opened', 9, 'o', "
    "'canary@canary.example', 'a canary', 'ticket', :ticket)",
    "INSERT INTO erasures (workspace_id, user_id, job_id, pseudonym, reason) "
    "VALUES (:w, :user, :job, 'a canary', 'requested')",
    "INSERT INTO notifications (workspace_id, event_id, user_id, ticket_id, kind, message_id) "
    "VALUES (:w, 1, :user, :ticket, 'assigned', '<1@mesa>')",
    "INSERT INTO mail_templates (workspace_id, kind, language, subject, body_text, body_html) "
    "VALUES (:w, 'closed.requester', 'en', 'a canary', 'sings', '<p>a canary</p>')",
    "INSERT INTO reporting_roles (workspace_id, role_name) VALUES (:w, 'mesa_report_canary')",
    "INSERT INTO muted_mails (workspace_id, user_id, kind) VALUES (:w, :user, 'bulk_changes')",
    "INSERT INTO mail_reports (workspace_id, user_id, message_id, kind, happened_at) "
    "VALUES (:w, :user, '<1@mesa>', 'bounced', now())",
)


@dataclass(frozen=True)
class Tenant:
    """A workspace and the ids in it, by the names that paths and bodies give them."""

    workspace_id: UUID
    slug: str
    ids: dict[str, UUID]

    @property
    def secrets(self) -> set[str]:
        """What tells a stranger that something of this workspace was shown."""
        return {str(self.workspace_id), *map(str, self.ids.values()), "canary"}


def furnish(
    database: Database,
    workspace: UUID,
    *,
    requester: UUID,
    colleague: UUID,
    team: UUID | None = None,
    assignee: UUID | None = None,
) -> Tenant:
    """Gives a workspace a ticket with all that hangs on it. Without a team it goes to the default one.

    `colleague` is the member of the staff that paths and bodies name.
    """
    slug = database.value("SELECT slug FROM workspaces WHERE id = :w", w=workspace)
    default = database.value("SELECT id FROM teams WHERE workspace_id = :w AND is_default", w=workspace)
    named: dict[str, Any] = {
        name: uuid4()
        for name in (
            *("entry", "link", "ticket", "other", "target", "comment", "attachment"),
            *("key", "invitation", "sign_up", "organisation"),
            "category",
            "field",
            "macro",
            "job",
            "view",
            "rule",
            "import",
            "integration",
            "webhook",
            "delivery",
            "mailbox",
            "message",
            "mail",
        )
    }
    named |= {"w": workspace, "user": colleague, "team": default}
    named["policy"] = database.value("SELECT id FROM sla_policies WHERE workspace_id = :w", w=workspace)
    named["calendar"] = database.value("SELECT id FROM calendars WHERE workspace_id = :w", w=workspace)
    for number, ticket in enumerate((named["ticket"], named["other"]), 901):
        database.run(
            "INSERT INTO tickets (workspace_id, id, number, label, subject, description, requester_id, "
            "team_id, assignee_id, status, last_sequence) "
            "VALUES (:w, :id, :n, :l, 'a canary', 'of this house', :r, :t, :a, 'open', 1)",
            w=workspace,
            id=ticket,
            n=number,
            l=f"TKT-2026-00{number}",
            r=requester,
            t=team or default,
            a=assignee,
        )
    # All at once: a call and a transaction for each of them took three times as long.
    database.run(NAMED.sub(lambda found: f"'{named[found[1]]}'::uuid", "; ".join(ROWS)))
    ids = {"ticket_id": named["ticket"], "team_id": team or default, "user_id": colleague}
    ids |= {"other_id": named["other"], "link_id": named["link"], "entry_id": named["entry"]}
    ids |= {"comment_id": named["comment"], "attachment_id": named["attachment"]}
    return Tenant(
        workspace,
        slug,
        {
            **ids,
            "requester_id": requester,
            "api_key_id": named["key"],
            "invitation_id": named["invitation"],
            "organisation_id": named["organisation"],
            "job_id": named["job"],
            "calendar_id": named["calendar"],
            "policy_id": named["policy"],
            "category_id": named["category"],
            "field_id": named["field"],
            "view_id": named["view"],
            "macro_id": named["macro"],
            "rule_id": named["rule"],
            "import_id": named["import"],
            "integration_id": named["integration"],
            "webhook_id": named["webhook"],
            "delivery_id": named["delivery"],
            "mailbox_id": named["mailbox"],
            "message_id": named["message"],
            "mail_id": named["mail"],
        },
    )


def key_of(table: str) -> str:
    """The column that names the workspace."""
    return "id" if table == "workspaces" else "workspace_id"


def tenant_tables(database: Database) -> list[str]:
    return [row["relname"] for row in database.rows_again(TENANT_TABLES)]


def fingerprint(database: Database, *workspaces: UUID) -> dict[str, str]:
    """All that workspaces hold, table by table: equal before and after is nothing changed."""
    each = (
        f"SELECT '{table}' AS name, "
        "md5(coalesce(string_agg(md5(t::text), '' ORDER BY md5(t::text)), '')) AS digest "
        f"FROM {table} t WHERE {key_of(table)} = ANY(:w)"
        for table in tenant_tables(database)
    )
    found = database.rows_again(" UNION ALL ".join(each), w=list(workspaces))
    return {row["name"]: row["digest"] for row in found}
