"""What conditions look at: a ticket as it is now, and who did what to it. Pure, from the row of
rule_queries.look."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from chalicelib.accounts.permissions import Role
from chalicelib.models.words import ActorType
from chalicelib.sla import calendars
from chalicelib.sla.hours import within_hours
from chalicelib.tickets.rule_conditions import Facts
from chalicelib.tickets.rule_news import News


def is_open_to_rules(row: Any) -> bool:
    """Whether rules touch a ticket: not what is archived, deleted or merged into another."""
    return row.archived_at is None and row.deleted_at is None and row.merged_into is None


def kinds_of_actor(row: Any, news: News) -> frozenset[str]:
    """Who the event is of, in the words of rule_fields.ACTORS: all that hold."""
    match news.actor_type:
        case ActorType.SYSTEM:
            return frozenset({"system"})
        case ActorType.API_KEY:
            return frozenset({"api_key", "staff"})
        case ActorType.CONTACT:
            return frozenset({"requester", "customer"})
        case ActorType.USER:
            kinds = {row.actor_role} if row.actor_role else set()
            if row.actor_role and Role(row.actor_role).is_staff:
                kinds.add("staff")
            if news.actor_id == row.requester_id:
                kinds.add("requester")
            if news.actor_id == row.assignee_id:
                kinds.add("assignee")
            return frozenset(kinds)
    return frozenset()


def facts_of(row: Any, news: News, now: datetime) -> Facts:
    """The facts. Without a calendar the desk is always open."""
    calendar = calendars.read(row.calendar) if row.calendar else None
    return Facts(
        {
            **{name: getattr(row, name) for name in ("status", "priority", "type", "source", "subject")},
            **{name: getattr(row, name) for name in ("category", "subcategory", "description")},
            "team": str(row.team_id),
            "assignee": _text(row.assignee_id),
            "requester": str(row.requester_id),
            "requester_email": row.requester_email,
            "organisation": _text(row.living_organisation_id),
            "tags": list(row.tags),
            "custom_fields": row.custom_fields,
            "comment": row.comment,
            "comment_visibility": row.comment_visibility,
            "actor": kinds_of_actor(row, news),
            "breached": row.breached,
            "business_hours": calendar is None or within_hours(now, calendar),
        },
        _changes(news.changes),
    )


def _changes(changes: Mapping[str, Any]) -> dict[str, Mapping[str, Any]]:
    """Of each field both sides; what is none of these is no change of a field."""
    return {
        name: {side: sides.get(side) for side in ("from", "to")}
        for name, sides in changes.items()
        if isinstance(sides, Mapping)
    }


def _text(value: Any) -> str | None:
    return None if value is None else str(value)
