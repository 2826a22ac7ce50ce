"""Filling in: what the placeholders of a text mean on a ticket that is being changed."""

from collections.abc import Mapping
from typing import Any

from chalicelib.models.words import ActorType, Status
from chalicelib.tickets import acting_queries
from chalicelib.tickets.draft import Draft
from chalicelib.tickets.ticket_words import in_language


def values(draft: Draft, names: frozenset[str], status: Status | None = None) -> Mapping[str, str | None]:
    """Of each name (placeholders.KNOWN) what the ticket has, as it will be; None for what it has not.
    `status`: the one that it will have, where it does not have that yet."""
    if not names:
        return {}
    workspace = draft.actor.workspace
    keys = ("requester_id", "assignee_id", "team_id")
    found = acting_queries.names(
        draft.tx,
        {
            **{key: draft.get(key) for key in keys},
            "organisation_id": draft.ticket.organisation_id,
            "workspace_id": workspace.id,
            "created_at": draft.ticket.created_at,
            "timezone": workspace.timezone,
        },
    )
    language = workspace.language
    # What the desk does by itself is its workspace's doing, to whoever reads it.
    by_itself = draft.actor.type is ActorType.SYSTEM
    people = {"requester": found.requester, "assignee": found.assignee, "actor": draft.actor.name}
    people |= {"actor": workspace.name} if by_itself else {}
    return {
        "ticket.label": draft.ticket.label,
        "ticket.number": str(draft.ticket.number),
        "ticket.subject": draft.get("subject"),
        "ticket.status": in_language(status or draft.get("status"), language),
        "ticket.priority": in_language(draft.get("priority"), language),
        "ticket.type": in_language(draft.get("type"), language),
        "ticket.category": draft.get("category"),
        "ticket.created_on": found.created_on,
        **{f"{part}.name": name for part, name in people.items()},
        **{f"{part}.first_name": _first(name) for part, name in people.items()},
        **({"actor.first_name": workspace.name} if by_itself else {}),
        "requester.email": found.email,
        "team.name": found.team,
        "organisation.name": found.organisation,
        "workspace.name": workspace.name,
    }


def _first(name: Any) -> str | None:
    words = str(name or "").split()
    return words[0].rstrip(",") if words else None
