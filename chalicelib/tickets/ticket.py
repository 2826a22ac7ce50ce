"""A ticket as verbs see it: loaded, locked, decided on, changed, saved."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from chalicelib.models.words import Priority, Status, TicketType


@dataclass(frozen=True, slots=True)
class Ticket:
    """The row of `tickets`."""

    workspace_id: UUID
    id: UUID
    number: int
    label: str
    subject: str
    description: str
    type: TicketType
    priority: Priority
    status: Status
    category: str | None
    subcategory: str | None
    requester_id: UUID
    assignee_id: UUID | None
    team_id: UUID
    organisation_id: UUID | None
    tags: tuple[str, ...]
    custom_fields: dict[str, Any]
    version: int
    sla_policy_id: UUID | None
    sla_minutes: int | None
    due_at: datetime | None
    merged_into: UUID | None
    created_at: datetime
    resolved_at: datetime | None
    closed_at: datetime | None
    archived_at: datetime | None
    deleted_at: datetime | None

    @classmethod
    def of(cls, row: Any) -> "Ticket":
        """From a row that has a column for each field."""
        values = {name: getattr(row, name) for name in cls.__slots__}
        values["type"] = TicketType(values["type"])
        values["priority"] = Priority(values["priority"])
        values["status"] = Status(values["status"])
        values["tags"] = tuple(values["tags"])
        return cls(**values)

    @classmethod
    def new(cls, values: Mapping[str, Any], **made: Any) -> "Ticket":
        """One that was just made of `values`, which name columns, with what the database `made` of it."""
        given = {name: values.get(name) for name in cls.__slots__}
        return cls(**{**given, "tags": tuple(values["tags"]), "version": 1, **made})
