"""What a filter of tickets means to whom: from its plain form, as lists take it and views and jobs keep it,
to the conditions of listing.py."""

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime, timedelta
from hashlib import sha256
from typing import Any
from uuid import UUID

from chalicelib.accounts.actor import Actor
from chalicelib.accounts.permissions import Permission
from chalicelib.core.db import Transaction
from chalicelib.core.errors import ValidationFailed
from chalicelib.core.json_text import dumps
from chalicelib.tickets import custom_fields, searching
from chalicelib.tickets.field_values import CustomField

# Those that stand for a condition of the same name.
SAME = ("status", "priority", "type", "tag")
TIMES = ("created_after", "created_before", "updated_after")
# Counted back from now: the condition, what it counts in, and which of two times is the narrower.
WITHIN: Mapping[str, tuple[str, Callable[[int], timedelta], Callable[..., datetime]]] = {
    "created_within_days": ("created_after", lambda n: timedelta(days=-n), max),
    "updated_within_days": ("updated_after", lambda n: timedelta(days=-n), max),
    "not_updated_for_days": ("updated_before", lambda n: timedelta(days=-n), min),
    "due_within_hours": ("due_before", lambda n: timedelta(hours=n), min),
}


def conditions(
    tx: Transaction,
    actor: Actor,
    wanted: Mapping[str, Any],
    *,
    fields: Sequence[CustomField] | None = None,
    where: str = "",
) -> dict[str, Any]:
    """The names of listing.CONDITIONS with what each needs, as the actor means it: `me` is who acts, days
    count from now.

    `wanted`: a filter as JSON has it (api/schemas/filters.TicketFilter.plain), in which what is left out is
    not asked for. `fields`: the custom fields, where they are read already. `where` goes before the names of
    fields in problems, as in "filter.". Reads the custom fields at most; raises ValidationFailed for one that
    the actor may not know of, and for `me` of an API key, who is nobody; Forbidden for a customer's tag.
    """
    if "tag" in wanted:
        actor.require(Permission.TAGS_READ, "Tags are between colleagues.")
    found: dict[str, Any] = {name: wanted[name] for name in SAME if name in wanted}
    found |= {name: _time(wanted[name]) for name in TIMES if name in wanted}
    for name, (condition, distance, narrower) in WITHIN.items():
        if name in wanted:
            at = actor.now + distance(wanted[name])
            found[condition] = narrower(at, found.get(condition, at))
    found |= _people(actor, wanted, where)
    if wanted.get("team") == "mine":
        found["teams"] = sorted(actor.team_ids)
    elif "team" in wanted:
        found["team"] = UUID(wanted["team"])
    if wanted.get("organisation") == "none":
        found["without_organisation"] = None
    elif "organisation" in wanted:
        found["organisation"] = UUID(wanted["organisation"])
    if "breached" in wanted:
        found["breached" if wanted["breached"] else "not_breached"] = None
    found |= custom_fields.conditions(tx, actor, wanted.get("custom_field", ()), fields=fields, where=where)
    found["archived" if wanted.get("archived") else "not_archived"] = None
    if "query" in wanted:
        found["query"] = searching.asked(actor, wanted["query"], found)
    return found


def mark(wanted: Mapping[str, Any], place: str = "") -> str:
    """What tells the cursors of this filter from those of others; empty for none. `place`: of which list."""
    if not wanted and not place:
        return ""
    return f" {place}{sha256(dumps(dict(sorted(wanted.items()))).encode()).hexdigest()[:12]}"


def _people(actor: Actor, wanted: Mapping[str, Any], where: str) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for name in ("assignee", "requester"):
        who = wanted.get(name)
        if who == "none":
            found["unassigned"] = None
        elif who == "me":
            if actor.user_id is None:
                raise ValidationFailed.of(where + name, "An API key is no person: name one by its id.")
            found[name] = actor.user_id
        elif who is not None:
            found[name] = UUID(who)
    return found


def _time(text: str) -> datetime:
    return datetime.fromisoformat(text)
