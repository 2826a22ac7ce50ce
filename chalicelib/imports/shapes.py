"""What a file says, before anybody has looked whom and what it means here. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from chalicelib.models.words import Priority, Source, Status, TicketType, Visibility


class Unfit(Exception):
    """A row that is not taken, and why: a code for programs, a sentence for people."""

    def __init__(self, code: str, detail: str, external_id: str | None = None) -> None:
        super().__init__(detail)
        self.code = code
        self.detail = detail
        self.external_id = external_id


class Unsound(Exception):
    """A file that cannot be read on. The text is a sentence for people."""


@dataclass(frozen=True, slots=True)
class Record:
    """A row as it stands in the file. `number` counts them from 1, `line` is where it begins, `end` the byte
    after it, without packing. `value`: what it says, or why it says nothing."""

    number: int
    line: int
    end: int
    value: Mapping[str, Any] | Unfit


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody of the other desk. Without an address only a name is known. `staff`: one of its agents."""

    email: str | None
    name: str
    staff: bool = False


@dataclass(frozen=True, slots=True)
class Comment:
    external_id: str
    author: Person | None
    visibility: Visibility
    body: str
    created_at: datetime
    source: Source = Source.API


@dataclass(frozen=True, slots=True)
class Rating:
    score: int
    comment: str | None
    rated_at: datetime | None


@dataclass(slots=True)
class Ticket:
    """A ticket in our words. `changed`: what was not taken as it stood, as code and sentence."""

    external_id: str
    subject: str
    description: str
    requester: Person | None
    created_at: datetime
    updated_at: datetime
    status: Status = Status.NEW
    priority: Priority = Priority.MEDIUM
    type: TicketType = TicketType.QUESTION
    source: Source = Source.API
    resolved_at: datetime | None = None
    closed_at: datetime | None = None
    assignee: Person | None = None
    team: str | None = None
    category: str | None = None
    subcategory: str | None = None
    tags: tuple[str, ...] = ()
    custom_fields: Mapping[str, Any] = field(default_factory=dict)
    comments: list[Comment] = field(default_factory=list)
    watchers: tuple[Person, ...] = ()
    rating: Rating | None = None
    changed: list[tuple[str, str]] = field(default_factory=list)

    @property
    def is_answered(self) -> bool:
        """Whether an agent of the other desk has written to the requester."""
        return any(
            each.author is not None and each.author.staff and each.visibility is Visibility.PUBLIC
            for each in self.comments
        )

    @property
    def waits_for_us(self) -> bool:
        """Whether the last public word is the requester's."""
        public = [each for each in self.comments if each.visibility is Visibility.PUBLIC]
        return bool(public) and not (public[-1].author is not None and public[-1].author.staff)
