"""Rules 2 and 3: where SQL may stand, and who may begin or end a transaction."""

import ast
import re

import pytest

from tests.architecture.source import ROOMS, below, imports, layer, modules, nodes, own_imports, texts

# The modules of each room that hold its SQL beside `queries.py`, and why they are not part of it.
READING = {
    "accounts.preference_queries": "what people want no mail of, which their own two routes ask",
    "notifications.template_queries": "texts of a desk's own, apart from what they are filled in with",
    "notifications.webhook_queries": "whom a webhook concerns, apart from whom a ticket does",
    "webhooks.feed_queries": "the change feed, which knows no webhook",
    "webhooks.delivery_queries": "deliveries, apart from who wants them",
    "analytics.dashboard_queries": "what is at work now, which no figure of the past asks",
    "analytics.report_queries": "sessions of logins for reports, which only the clock asks about",
    "analytics.rollup_queries": "what keeps the roll-ups, apart from who reads them",
    "analytics.column_queries": "the columns of exports, an expression a line",
    "analytics.export_queries": "lines of files, which only the job that makes them asks",
    "analytics.insight_queries": "what the roll-ups say of days, apart from promises",
    "analytics.series_queries": "what the roll-ups say step by step",
    "analytics.target_queries": "what is behind a figure, apart from what counts",
    "tickets.rule_event_queries": "what rules at work look at and write down, which only they ask",
    "tickets.rule_queries": "rules as a desk declares them, which only their own verbs ask",
    "accounts.job_queries": "jobs as answers show them; what works them off is in core",
    "accounts.reachability_queries": "what is reported of mails, which only who judges addresses by it asks",
    "notifications.feedback_queries": "whom an event of SES is about, which only who hears it asks",
    "tickets.mail_log_queries": "which mails went to whom, which only their list asks",
    "accounts.mail_queries": "one-time tokens, invitations and sign-ups, which only their own verbs ask",
    "accounts.organisation_queries": "organisations and their domains; who is in them is in queries.py",
    "accounts.two_step_queries": "authenticators, recovery codes and challenges, which only their verbs ask",
    "accounts.oidc_queries": "providers, identities and sign-ins under way, which only their own verbs ask",
    "notifications.asking_queries": "who is asked how the help was, apart from who is told what",
    "accounts.audit_queries": "the audit log's own, which no other query of the room touches",
    "channels.integration_queries": "integrations and what their ids stand for, which only they ask",
    "tickets.acting_queries": "what actions look up, of many tables a line each",
    "tickets.attachment_queries": "files and their objects, which only their own verbs ask",
    "sla.calendar_queries": "calendars as a desk keeps them, which only their own verbs ask",
    "sla.policy_queries": "policies as a desk keeps them, which only their own verbs ask",
    "tickets.escalation_queries": "escalations, which only who carries them out asks",
    "tickets.category_queries": "categories, which their own verbs and categorising ask",
    "tickets.comment_queries": "comments and those whom they mention, which only their own verbs ask",
    "tickets.look_up_queries": "what strangers learn of a ticket, which only their page asks",
    "tickets.link_queries": "links, which only their own verbs ask",
    "tickets.macro_queries": "macros, which only their own verbs ask",
    "tickets.time_queries": "time entries, which only their own verbs ask",
    "tickets.rating_queries": "ratings and their links, which only their own verbs ask",
    "tickets.relation_queries": "merges and splits, each a few statements over several tables of its own",
    "tickets.custom_field_queries": "custom fields as declared, which their own verbs and tickets ask",
    "tickets.conversation": "reads of comments and timelines for answers",
    "tickets.search_queries": "documents for search, which their own verbs and erasing ask",
    "notifications.digest_queries": "what is gathered, which only the sweep and digests ask",
    "notifications.bulk_queries": "one read over many tickets and their timelines, for one kind of mail",
    "privacy.export_queries": "one statement a file of an export; queries.py is what erasing writes with",
    "tickets.saved_view_queries": "views, which only their own verbs ask",
    "sla.move_queries": "due times of many targets at once, which only counting anew writes",
    "tickets.recount_queries": "many tickets at once, which the jobs of changed calendars and policies ask",
    "channels.quarantine_queries": "mails in quarantine, which only who looks after them asks",
    "channels.ticket_mail_queries": "mails as the staff reads them, apart from what takes them in",
    "channels.mailbox_queries": "mailboxes as a desk keeps them, which only their own verbs ask",
    "tickets.tag_queries": "the tags in use, which only their list asks",
    "tickets.views": "reads for answers; queries.py is what verbs load and write",
    "tickets.waiting_queries": "what is due by the clock, which only the sweep and its consumer ask",
    "tickets.unsubscribe_queries": "what a link that ends mails may show, which only it asks",
    "tickets.watcher_queries": "watchers, which only their own verbs ask",
    "tickets.listing": "the list of tickets, composed of a fixed set of conditions and sorts",
    "tickets.visibility": "the condition that every read of tickets carries",
}
# Doors that ask the database without a room, and why.
ASKING = {
    "api.public_status": "its Lambda asks one function through pg8000 and imports no room",
}
STATEMENT = re.compile(
    r"\b(SELECT\s+[\w*(:{]|INSERT\s+INTO|UPDATE\s+\w+\s+(AS\s+\w+\s+|\w+\s+)?SET\b|DELETE\s+FROM|CALL\s+\w+\s*\(|"
    r"WITH\s+\w+\s+AS\s*\(|EXISTS\s*\(|(LEFT\s+)?JOIN\s+\w+\s+\w+\s+ON\b|ORDER\s+BY)"
)
BUILDERS = {"text", "select", "insert", "update", "delete", "literal_column", "func", "bindparam"}
STEPS = {"begin", "begin_nested", "commit", "rollback", "in_transaction"}

# Who opens a transaction: doors, and what works after a commit.
OPENING = {
    "core.db": "the one place",
    "api.resource": "one transaction a request, and one of its own for the count of a rate limit",
    "core.events": "relay: lease, commit, send, mark; never sends inside a transaction",
    "queues": "one transaction a record",
    "schedules": "one transaction a sweep",
}


def holds_sql(name: str) -> bool:
    return layer(name) == "core" or name.endswith(".queries") or name in READING or name in ASKING


def builders(name: str) -> set[str]:
    """What a module imports of SQLAlchemy to make statements with."""
    found = {
        other
        for other in imports(modules()[name])
        if below(other, "sqlalchemy") and other.rpartition(".")[2] in BUILDERS
    }
    # Tables say their conditions and defaults in SQL: that is the schema, not a query.
    return found - {"sqlalchemy.text"} if layer(name) == "models" else found


def test_sql_stands_in_query_modules_only() -> None:
    others = [name for name in modules() if not holds_sql(name)]
    statements = {
        (name, line): text
        for name in others
        for line, text in texts(modules()[name])
        if STATEMENT.search(text)
    }
    assert (statements, {name: builders(name) for name in others if builders(name)}) == ({}, {})


def test_the_modules_declared_for_sql_hold_some() -> None:
    """One that no longer does has no business on the list."""
    declared = {*READING, *ASKING}
    assert {
        name for name in declared if not any(STATEMENT.search(text) for _, text in texts(modules()[name]))
    } == set()


def steps(module: ast.Module) -> set[str]:
    """Those of a transaction that a module takes."""
    ours = {other.rpartition(".")[2] for other in own_imports(module)}  # `sessions.begin` is no transaction's
    taken = {
        node.attr
        for node in nodes(module)
        if isinstance(node, ast.Attribute)
        and not (isinstance(node.value, ast.Name) and node.value.id in ours)
    } | {node.id for node in nodes(module) if isinstance(node, ast.Name)}
    return taken & STEPS


def test_a_transaction_begins_and_ends_in_one_place() -> None:
    assert {name for name, module in modules().items() if steps(module)} <= OPENING.keys()


def test_whoever_may_open_a_transaction_does() -> None:
    named = {
        name: {getattr(node, "attr", getattr(node, "id", "")) for node in nodes(modules()[name])}
        for name in OPENING
    }
    assert {name for name, words in named.items() if not words & STEPS} == set()


@pytest.mark.parametrize("room", ROOMS)
def test_no_room_connects_by_itself(room: str) -> None:
    names = [name for name in modules() if below(name, room)]
    wanted = {other for name in names for other in imports(modules()[name])}
    assert not wanted & {
        "chalicelib.core.connection",
        "chalicelib.core.kept_connection",
        "pg8000",
        "pg8000.dbapi",
    }
