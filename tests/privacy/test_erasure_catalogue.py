"""Whatever a table holds, now or later, erasing knows of it: the schema itself is walked."""

from chalicelib.models.accounts import users
from chalicelib.privacy import queries
from tests.support.database import Database

# Columns that hold texts, documents or addresses.
OPEN_COLUMNS = """
    SELECT c.relname AS table, a.attname AS column FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid
    WHERE c.relnamespace = 'public'::regnamespace AND c.relkind IN ('r', 'p') AND a.attnum > 0
      AND NOT a.attisdropped AND a.atttypid = ANY(
          ARRAY['text', 'text[]', 'varchar', 'json', 'jsonb', 'inet', 'cidr', 'bytea', 'tsvector'
          ]::regtype[]::oid[])
"""
# Rows that go with their user.
OWNED = """
    SELECT conrelid::regclass::text AS table, confdeltype::text AS rule FROM pg_constraint
    WHERE contype = 'f' AND confrelid = 'users'::regclass
"""
PLACES = "SELECT place, unnest(columns) AS column FROM fn_erasure_places()"
# What holds no word of a person, or loses it otherwise: a table or a column, and why.
EXEMPT = {
    "alembic_version": "the schema's own revision",
    "api_keys.role": "one of set words",
    "api_keys.scopes": "set words",
    "attachments.content_type": "a type, said by programs",
    "attachments.object_version": "S3's own",
    "attachments.scan": "one of set words",
    "attachments.state": "one of set words",
    "audit_heads": "hashes",
    "audit_log": "fn_audit_forget destroys what is erased; the rest is ids, set words and hashes",
    "calendars": "the desk's opening hours",
    "categories": "the desk's own words",
    "comments.body_html": "made of the body, and emptied with each change of it",
    "comments.source": "one of set words",
    "comments.visibility": "one of set words",
    "custom_fields": "the desk's own words",
    "discarded_files.object_key": "S3's own",
    "external_ids": "numbers that tickets had at another desk",
    "import_remarks.code": "set words",
    "import_remarks.kind": "one of set words",
    "imports.actor_type": "one of set words",
    "imports.counts": "set words and numbers",
    "imports.source": "one of set words",
    "imports.system": "the name of a desk",
    "inbound_messages.dedupe_key": "a digest",
    "inbound_messages.message_id": "made by programs",
    "inbound_messages.object_key": "S3's own",
    "inbound_messages.outcome": "one of set words",
    "inbound_messages.reason": "one of set words",
    "mail_templates.failure": "set sentences, and what a text of the desk's is made of",
    "mail_templates.kind": "set words",
    "mail_templates.language": "one of set words",
    "mailboxes.address": "the desk's own",
    "mailboxes.language": "one of set words",
    "mailboxes.priority": "one of set words",
    "mailboxes.type": "one of set words",
    "mailboxes.unknown_senders": "one of set words",
    "erasures": "the receipt: set words, a pseudonym; `patterns` are emptied at the end",
    "events.type": "set words",
    "idempotency_keys.headers": "addresses of things",
    "idempotency_keys.key": "chosen by programs, gone after 48 hours",
    "idempotency_keys.method": "set words",
    "idempotency_keys.path": "ids",
    "idempotency_keys.principal": "ids, or the digest of an address",
    "idempotency_keys.request_digest": "a digest",
    "integration_calls": "ids that programs choose, gone within days",
    "integration_tickets": "digests, and the fingerprints of alerts",
    "integrations": "the desk's own words, and where those of others stand",
    "job_items.label": "a number",
    "job_items.status": "one of set words",
    "jobs.error": "set sentences",
    "jobs.kind": "one of set words",
    "jobs.result": "ids and counts; what leads to a file is emptied at the end",
    "jobs.state": "ids, counts and places",
    "jobs.status": "one of set words",
    "muted_mails": "set words",
    "oidc_providers": "the company's provider",
    "oidc_sign_ins": "digests and addresses of programs, gone within a day",
    "organisation_domains": "companies' domains",
    "organisations.name": "a company's",
    "rate_limits": "digests, gone within the hour",
    "ratings.digest": "a digest",
    "ratings.mailbox": "a digest, emptied with the words of who was asked",
    "reporting_roles": "a name made at random",
    "rollup_generations": "the name of a time zone",
    "rollup_histograms": "kept by fn_keep_rollups of what ticket_facts hold and nothing else",
    "rule_firings.outcome": "one of set words",
    "rules.key": "of the name",
    "rules.name": "the desk's own words",
    "rules.occasions": "set words",
    "rules.since": "one of set words",
    "rules.triggers": "set words and numbers",
    "search_documents": "kept by fn_keep_search of what is searched; sweeping writes anew who asked",
    "sla_policies": "the desk's promises",
    "sla_steps": "set words",
    "sla_targets": "set words and times",
    "teams": "the desk's own groups",
    "ticket_facts.priority": "one of set words",
    "ticket_facts.source": "one of set words",
    "ticket_facts.status": "one of set words",
    "ticket_facts.type": "one of set words",
    "ticket_links": "set words",
    "ticket_field_values": "digests, kept by fn_keep_field_values of what tickets.custom_fields hold",
    "ticket_rollups": "kept by fn_keep_rollups of what ticket_facts hold and nothing else",
    "ticket_stocks": "kept by fn_keep_rollups likewise",
    "ticket_tags": "kept by fn_keep_ticket_tags: what tickets.tags hold and nothing else",
    "tickets.label": "a number",
    "tickets.priority": "one of set words",
    "tickets.source": "one of set words",
    "tickets.source_ip": "emptied by queries.erase_addresses",
    "tickets.status": "one of set words",
    "tickets.type": "one of set words",
    "timeline_entries.action": "set words",
    "timeline_entries.actor_type": "one of set words",
    "timeline_entries.status_from": "one of set words",
    "timeline_entries.status_to": "one of set words",
    "users": "see below: what can be empty is emptied, name and email are replaced",
    "ticket_waits.status": "one of set words",
    "webhook_deliveries.error": "set words",
    "webhook_deliveries.status": "one of set words",
    "webhook_deliveries.type": "set words",
    "webhooks": "the desk's own programs and their addresses; secrets are sealed",
    "workspaces": "the tenant",
}


def test_75_every_column_that_can_hold_a_word_is_searched_deleted_or_exempt(database: Database) -> None:
    owned = {row["table"] for row in database.rows(OWNED) if row["rule"] == "c"}
    searched = {f"{row['place']}.{row['column']}" for row in database.rows(PLACES)}
    open_columns = {(row["table"], f"{row['table']}.{row['column']}") for row in database.rows(OPEN_COLUMNS)}

    unknown = {
        column
        for table, column in open_columns
        if table not in owned and column not in searched and not {table, column} & EXEMPT.keys()
    }
    assert unknown == set()
    assert searched <= {column for _, column in open_columns}
    # What is exempt is there still.
    assert EXEMPT.keys() <= {name for pair in open_columns for name in pair} | {"rate_limits"}


def test_75_rows_about_a_user_go_with_it_or_outlive_it_on_purpose(database: Database) -> None:
    """ON DELETE CASCADE says that a row is the person's: erasing deletes it."""
    outlive = {row["table"] for row in database.rows(OWNED) if row["rule"] != "c"}

    assert outlive == {
        "api_keys",
        "attachments",
        "comments",
        "erasures",
        "integrations",
        "invitations",
        "ratings",
        "ticket_links",
        "tickets",
        "time_entries",
    }


def test_75_of_the_user_itself_nothing_is_kept_but_when_and_in_what_role() -> None:
    replaced = {"name", "email", "status", "deactivated_at", "deleted_at", "updated_at"}

    assert {column.name for column in users.c} - queries.cleared().keys() - replaced == {
        "workspace_id",
        "id",
        "role",
        "created_at",
    }


def test_75_the_definer_may_delete_what_goes_with_a_user(database: Database) -> None:
    for table in {row["table"] for row in database.rows(OWNED) if row["rule"] == "c"}:
        assert database.value("SELECT has_table_privilege('mesa_definer', :t, 'DELETE')", t=table), table
