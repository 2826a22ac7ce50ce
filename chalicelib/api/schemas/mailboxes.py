"""Mailboxes as they come in and go out."""

from datetime import datetime
from typing import Annotated, Literal
from uuid import UUID

from pydantic import AfterValidator, Field, StringConstraints

from chalicelib.accounts.emails import address
from chalicelib.api.schemas.common import In, Name, Out, PageQuery, TeamRef, omitted
from chalicelib.models.words import Priority, TicketType, UnknownSenders

Address = Annotated[
    str,
    StringConstraints(min_length=3, max_length=320),
    AfterValidator(address),
    Field(json_schema_extra={"format": "email"}),
]

Language = Literal["en", "es"]


class MailboxIn(In):
    """A new mailbox. What comes to its `address` becomes tickets of its team (else the default one), of this
    type and priority. `unknown_senders`: what becomes of mail from who is nobody in the workspace yet.
    `language`: of what customers of its tickets are written; the workspace's where null."""

    address: Address
    name: Name
    team_id: UUID | None = None
    type: TicketType = TicketType.QUESTION
    priority: Priority = Priority.MEDIUM
    enabled: bool = True
    unknown_senders: UnknownSenders = UnknownSenders.ACCEPT
    language: Language | None = None


class MailboxPatch(In):
    """What changes of a mailbox; only the fields that are sent."""

    address: Address = omitted()
    name: Name = omitted()
    team_id: UUID | None = None
    type: TicketType = omitted()
    priority: Priority = omitted()
    enabled: bool = omitted()
    unknown_senders: UnknownSenders = omitted()
    language: Language | None = None


class MailboxQuery(PageQuery):
    """Sort of a list of mailboxes."""

    sort: Literal["name", "-name", "created_at", "-created_at"] = "name"


class MailboxOut(Out):
    """A mailbox. `is_default`: the workspace's own, whose address is its slug; null where this deployment
    takes no mail at a domain of its own. What comes to one that is not `enabled` goes to quarantine."""

    id: UUID
    address: str | None
    name: str
    team: TeamRef | None
    type: TicketType
    priority: Priority
    enabled: bool
    unknown_senders: UnknownSenders
    language: Language | None
    is_default: bool
    created_at: datetime
    updated_at: datetime
