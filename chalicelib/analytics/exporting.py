"""Exports: the rows of a workspace as a file, for whoever sees them. What is asked for is checked here; the
job that makes the file is in export_jobs.py."""

from collections.abc import Mapping, Sequence
from typing import Any

from chalicelib.accounts import jobs as asked
from chalicelib.accounts.actor import Actor
from chalicelib.accounts.auditing import audit
from chalicelib.accounts.permissions import Permission
from chalicelib.accounts.taken_rows import KIND
from chalicelib.analytics import export_columns
from chalicelib.core import jobs
from chalicelib.core.db import Transaction
from chalicelib.core.errors import Conflict, ValidationFailed
from chalicelib.tickets import custom_field_queries, filtering
from chalicelib.tickets.visibility import reasons_of

MOST_UNDER_WAY = 5
OF_TICKETS = frozenset({"tickets", "comments", "timeline"})
# Rows that are written once, and so have a time of their own.
WITH_TIMES = frozenset({"comments", "timeline"})


def ask(tx: Transaction, actor: Actor, wanted: Mapping[str, Any]) -> dict[str, Any]:
    """The job that makes the file, as answers show it. `wanted`: `resource`, `format` (csv, jsonl),
    `compress` (gzip or None), `columns` (names, or None for all), `filter` as filtering.conditions takes it,
    of the tickets themselves or those of the comments and entries; `user_filter` as queries.list_users has
    it; `since` and `until`, when comments and entries were made.

    Raises Forbidden, ValidationFailed for what there is not and for what does not go together, Conflict for
    too many at a time.
    """
    resource = wanted["resource"]
    require_right(actor, resource)
    _require_sense(wanted)
    if resource in OF_TICKETS:
        filtering.conditions(tx, actor, wanted["filter"], where="filter.")
    declared = _declared(tx, actor) if resource == "tickets" else ()
    csv = wanted["format"] == "csv"
    columns = export_columns.chosen(resource, wanted["columns"], declared, csv=csv)
    if jobs.under_way(tx, actor.workspace.id, KIND, actor.id) >= MOST_UNDER_WAY:
        raise Conflict(f"You have {MOST_UNDER_WAY} exports under way. Wait until one has ended.")
    given = {name: value for name, value in wanted.items() if name != "columns" and value}
    who = {"type": actor.type, "id": actor.id}
    kept = {**given, "columns": columns, "actor": who}
    job = jobs.ask(tx, actor.workspace.id, KIND, None, actor.id, input=kept, cancellable=True)
    told = {**given, **({"columns": wanted["columns"]} if wanted["columns"] else {})}
    audit(tx, actor, "rows.exported", ("job", job.id), after=told)
    return asked.shape(job)


def require_right(actor: Actor, resource: str) -> None:
    """Raises Forbidden for whom may not take these rows out."""
    actor.require(Permission.EXPORTS_MAKE, "Only the staff takes rows out.")
    if resource == "users":
        actor.require(Permission.PERSONAL_DATA_MANAGE, "Only an administrator exports people.")


def sight(actor: Actor) -> list[str] | None:
    """The teams whose tickets the actor sees; None for whom sees all."""
    return sorted(map(str, actor.team_ids)) if reasons_of(actor)[0] else None


def may_fetch(actor: Actor, result: Mapping[str, Any]) -> bool:
    """Whether a file may still go to the actor: who sees less by now than is in it gets no link."""
    if not actor.may(Permission.EXPORTS_MAKE):
        return False
    if result["resource"] == "users" and not actor.may(Permission.PERSONAL_DATA_MANAGE):
        return False
    own = sight(actor)
    return own is None or (result["teams"] is not None and set(result["teams"]) <= set(own))


def _require_sense(wanted: Mapping[str, Any]) -> None:
    resource = wanted["resource"]
    if resource == "users" and wanted["filter"]:
        raise ValidationFailed.of("filter", "This filter is of tickets. Use `user_filter`.")
    if resource != "users" and wanted["user_filter"]:
        raise ValidationFailed.of("user_filter", "This filter is of users. Use `filter`.")
    for name in ("since", "until"):
        if wanted[name] and resource not in WITH_TIMES:
            sentence = "Only comments and timelines take this. Tickets have `created_after` in their filter."
            raise ValidationFailed.of(name, sentence)


def _declared(tx: Transaction, actor: Actor) -> Sequence[str]:
    """The keys of the custom fields, in the order of forms."""
    return [field["key"] for field in custom_field_queries.fields(tx, actor.workspace.id)]
