"""The columns of exports in SQL: what each resource has, as JSON Lines and as CSV show it.

A name with a dot is a part of an object of the API's (`requester.email`): a column of its own in CSV, within
its object in JSON Lines.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from chalicelib.sla.queries import promised_now
from chalicelib.tickets.conversation import CHANGES
from chalicelib.tickets.views import TIME

OF_FIELD = re.compile(r"custom_fields\.([a-z][a-z0-9_]{0,39})", re.ASCII)
FIELDS = "custom_fields"


@dataclass(frozen=True)
class Column:
    """`json` is SQL for its value in JSON Lines, `csv` for its finished cell. `there`: SQL for whether the
    object that it is a part of is there at all."""

    name: str
    json: str
    csv: str
    there: str | None = None

    @property
    def group(self) -> str:
        """The object that it is a part of; itself, where of none."""
        return self.name.partition(".")[0]

    @property
    def part(self) -> str:
        return self.name.partition(".")[2]


def _plain(name: str, sql: str) -> Column:
    """What needs no quotes: ids, numbers, words of ours."""
    return Column(name, sql, sql)


def _flag(name: str, sql: str) -> Column:
    return Column(name, sql, f"({sql})::text")


def _text(name: str, sql: str) -> Column:
    """What people fill."""
    return Column(name, sql, f"fn_csv_cell({sql})")


def _time(name: str, sql: str) -> Column:
    return Column(name, TIME.format(sql), TIME.format(sql))


def _listed(name: str, sql: str) -> Column:
    """An array of texts."""
    return Column(name, sql, f"fn_csv_cell(array_to_string({sql}, ', '))")


def _document(name: str, sql: str, csv: str | None = None) -> Column:
    """JSON; in CSV as its text, unless said otherwise."""
    return Column(name, sql, f"fn_csv_cell({csv or f'({sql})::text'})")


def _object(name: str, there: str, *columns: Column) -> tuple[Column, ...]:
    return tuple(Column(f"{name}.{each.name}", each.json, each.csv, there) for each in columns)


_GOAL = f"""round(CAST(CASE WHEN p.cycle = 1 THEN p.minutes
    WHEN p.minutes = 0 AND {promised_now("s")} IS NOT NULL THEN {promised_now("s")} ELSE (
    SELECT g.minutes + coalesce((SELECT sum(h.used_minutes) FROM sla_targets h
        WHERE h.workspace_id = g.workspace_id AND h.ticket_id = g.ticket_id AND h.metric = g.metric
          AND h.cycle < g.cycle), 0)
    FROM sla_targets g
    WHERE g.workspace_id = p.workspace_id AND g.ticket_id = p.ticket_id AND g.metric = p.metric
      AND (g.minutes > 0 OR g.cycle = 1)
    ORDER BY g.cycle DESC LIMIT 1) END AS numeric), 2)::double precision"""
# Of a target g. The same as sla/facts.py: late when it finished, or now where it has not; once, for ever.
_LATE = """({0}.breached_at IS NOT NULL
    OR coalesce({0}.due_at < coalesce({0}.fulfilled_at, {0}.ended_at, :began), false))"""
_PROMISED = "NOT (p.ended_at IS NOT NULL AND p.due_at IS NULL)"
_SLA_TARGETS = f"""(
    SELECT coalesce(json_agg(json_build_object(
        'metric', g.metric, 'cycle', g.cycle, 'started_at', {TIME.format("g.started_at")},
        'due_at', {TIME.format("g.due_at")}, 'fulfilled_at', {TIME.format("g.fulfilled_at")},
        'ended_at', {TIME.format("g.ended_at")}, 'breached_at', {TIME.format("g.breached_at")},
        'minutes', round(g.minutes::numeric, 2)::double precision,
        'used_minutes', round(g.used_minutes::numeric, 2)::double precision,
        'paused', g.paused_at IS NOT NULL, 'breached', {_LATE.format("g")},
        'status', CASE WHEN g.fulfilled_at IS NOT NULL THEN 'fulfilled'
            WHEN g.ended_at IS NOT NULL THEN 'ended'
            WHEN g.paused_at IS NOT NULL THEN 'paused' ELSE 'running' END) ORDER BY g.metric, g.cycle), '[]')
    FROM sla_targets g WHERE g.workspace_id = t.workspace_id AND g.ticket_id = t.id)"""

TICKETS = (
    _plain("id", "t.id"),
    _plain("number", "t.number"),
    _text("label", "t.label"),
    _text("subject", "t.subject"),
    _text("description", "t.description"),
    _plain("type", "t.type"),
    _plain("priority", "t.priority"),
    _plain("status", "t.status"),
    _text("category", "t.category"),
    _text("subcategory", "t.subcategory"),
    *_object(
        "requester",
        "true",
        _plain("id", "r.id"),
        _text("name", "r.name"),
        _text("email", "r.email"),
        _text("document_id", "r.document_id"),
        _text("phone", "r.phone"),
        _flag("has_whatsapp", "r.has_whatsapp"),
        _text("company", "r.company"),
    ),
    *_object("organisation", "o.id IS NOT NULL", _plain("id", "o.id"), _text("name", "o.name")),
    *_object(
        "assignee",
        "a.id IS NOT NULL",
        _plain("id", "a.id"),
        _text("name", "a.name"),
        _text("email", "a.email"),
    ),
    *_object("team", "true", _plain("id", "m.id"), _text("name", "m.name")),
    _listed("tags", "t.tags"),
    _document(FIELDS, "t.custom_fields"),
    _plain("source", "t.source"),
    _plain("source_ip", "host(t.source_ip)"),
    _plain("version", "t.version"),
    _time("created_at", "t.created_at"),
    _time("updated_at", "t.updated_at"),
    _time("resolved_at", "t.resolved_at"),
    _time("closed_at", "t.closed_at"),
    _time("archived_at", "t.archived_at"),
    _plain("merged_into", "t.merged_into"),
    _plain("sla_minutes", f"CASE WHEN {_PROMISED} THEN {_GOAL} END"),
    _time("due_at", "p.due_at"),
    _plain(
        "hours_remaining",
        "round(extract(epoch FROM p.due_at - coalesce(p.fulfilled_at, p.ended_at, :began)) / 3600, 4)"
        "::double precision",
    ),
    _flag(
        "breached",
        f"""coalesce({_LATE.format("p")}, false) OR (p.cycle > 1 AND EXISTS (
            SELECT FROM sla_targets g WHERE g.workspace_id = p.workspace_id AND g.ticket_id = p.ticket_id
              AND g.metric = p.metric AND {_LATE.format("g")}))""",
    ),
    *_object(
        "sla",
        "true",
        _document(
            "policy",
            "CASE WHEN s.id IS NOT NULL THEN json_build_object('id', s.id, 'name', s.name) END",
            "s.name",
        ),
        _document("targets", _SLA_TARGETS),
    ),
)
_OF_TICKET = (_plain("ticket_id", "x.ticket_id"), _text("ticket_label", "t.label"))
_KEY_NAME = "(SELECT k.name FROM api_keys k WHERE k.workspace_id = x.workspace_id AND k.id = x.{})"
COMMENTS = (
    _plain("id", "x.id"),
    *_OF_TICKET,
    _plain("visibility", "x.visibility"),
    *_object(
        "author",
        "coalesce(x.author_id, x.api_key_id) IS NOT NULL",
        _plain("id", "coalesce(x.author_id, x.api_key_id)"),
        _text("name", f"coalesce(u.name, {_KEY_NAME.format('api_key_id')})"),
        _text("email", "u.email"),
    ),
    _text("body", "CASE WHEN x.deleted_at IS NULL THEN x.body END"),
    _plain("source", "x.source"),
    _time("created_at", "x.created_at"),
    _time("edited_at", "x.edited_at"),
    _time("deleted_at", "x.deleted_at"),
    *_object(
        "deleted_by",
        "x.deleted_by IS NOT NULL",
        _plain("id", "x.deleted_by"),
        _text(
            "name",
            "(SELECT d.name FROM users d WHERE d.workspace_id = x.workspace_id AND d.id = x.deleted_by)",
        ),
    ),
    _document(
        "mentions",
        """CASE WHEN x.mentions = '{}' OR x.deleted_at IS NOT NULL THEN '[]'::json ELSE (
            SELECT coalesce(
                json_agg(json_build_object('id', n.id, 'name', n.name) ORDER BY n.name, n.id), '[]')
            FROM users n WHERE n.workspace_id = x.workspace_id AND n.id = ANY(x.mentions)) END""",
        """CASE WHEN x.mentions = '{}' OR x.deleted_at IS NOT NULL THEN '' ELSE (
            SELECT string_agg(n.name, ', ' ORDER BY n.name, n.id)
            FROM users n WHERE n.workspace_id = x.workspace_id AND n.id = ANY(x.mentions)) END""",
    ),
    _document(
        "attachments",
        """(SELECT coalesce(json_agg(json_build_object('id', f.id, 'file_name', f.file_name,
                'content_type', f.content_type, 'size', f.size) ORDER BY f.created_at, f.id), '[]')
            FROM attachments f WHERE f.workspace_id = x.workspace_id AND f.comment_id = x.id
              AND f.state = 'uploaded' AND x.deleted_at IS NULL)""",
        """(SELECT string_agg(f.file_name, ', ' ORDER BY f.created_at, f.id)
            FROM attachments f WHERE f.workspace_id = x.workspace_id AND f.comment_id = x.id
              AND f.state = 'uploaded' AND x.deleted_at IS NULL)""",
    ),
)
TIMELINE = (
    _plain("id", "x.id"),
    *_OF_TICKET,
    _plain("sequence", "x.sequence"),
    _plain("action", "x.action"),
    *_object(
        "actor",
        "true",
        _plain("type", "x.actor_type"),
        _plain("id", "x.actor_id"),
        _text(
            "name",
            f"CASE x.actor_type WHEN 'system' THEN 'Mesa' WHEN 'api_key' THEN {_KEY_NAME.format('actor_id')} "
            "ELSE u.name END",
        ),
    ),
    _document("changes", CHANGES.replace("e.changes", "x.changes")),
    _document("meta", "x.meta"),
    _time("created_at", "x.created_at"),
)
_TEAMS = """FROM team_members m JOIN teams g ON g.workspace_id = m.workspace_id AND g.id = m.team_id
    WHERE m.workspace_id = u.workspace_id AND m.user_id = u.id AND g.deleted_at IS NULL"""
USERS = (
    _plain("id", "u.id"),
    _text("name", "u.name"),
    _text("email", "u.email"),
    _plain("role", "u.role"),
    _plain("status", "u.status"),
    _document(
        "teams",
        "coalesce((SELECT json_agg(json_build_object('id', g.id, 'name', g.name) ORDER BY g.name, g.id) "
        f"{_TEAMS}), '[]')",
        f"(SELECT string_agg(g.name, ', ' ORDER BY g.name, g.id) {_TEAMS})",
    ),
    *_object("organisation", "o.id IS NOT NULL", _plain("id", "o.id"), _text("name", "o.name")),
    _text("document_id", "u.document_id"),
    _text("phone", "u.phone"),
    _flag("has_whatsapp", "u.has_whatsapp"),
    _text("company", "u.company"),
    _flag("away", "CASE WHEN u.role <> 'customer' THEN u.away_since IS NOT NULL END"),
    _time("away_since", "CASE WHEN u.role <> 'customer' THEN u.away_since END"),
    _time("email_verified_at", "u.email_verified_at"),
    *_object(
        "email_problem",
        "u.email_bad_at IS NOT NULL",
        _plain("reason", "u.email_bad_reason"),
        _time("since", "u.email_bad_at"),
        _text("detail", "u.email_bad_detail"),
    ),
    _flag("two_step_enabled", "u.two_step_enabled_at IS NOT NULL"),
    _time("created_at", "u.created_at"),
    _time("updated_at", "u.updated_at"),
    _time("deactivated_at", "u.deactivated_at"),
)
OF_RESOURCE: Mapping[str, tuple[Column, ...]] = {
    "tickets": TICKETS,
    "comments": COMMENTS,
    "timeline": TIMELINE,
    "users": USERS,
}


def columns(resource: str, names: Sequence[str]) -> list[Column]:
    """Those of these names, single ones."""
    known = {column.name: column for column in OF_RESOURCE[resource]}
    return [known[name] if name in known else _of_field(name) for name in names]


def _of_field(name: str) -> Column:
    """Of a custom field. Numbers stay numbers; of several texts one list is made."""
    found = OF_FIELD.fullmatch(name)
    if found is None:
        raise ValueError(f"{name} is no custom field")
    value = f"(t.custom_fields -> '{found[1]}')"
    cell = f"""CASE jsonb_typeof{value} WHEN 'number' THEN {value}::text WHEN 'null' THEN NULL
        WHEN 'array' THEN fn_csv_cell((SELECT string_agg(e, ', ') FROM jsonb_array_elements_text{value} AS e))
        ELSE fn_csv_cell({value} #>> '{{}}') END"""
    return Column(name, value, cell, "true")
