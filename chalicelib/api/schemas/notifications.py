"""What was mailed, and what people want to have mailed, as it comes in and goes out."""

from datetime import datetime
from typing import ClassVar, Literal
from uuid import UUID

from chalicelib.api.schemas.common import In, Out, PageQuery, PersonRef, omitted
from chalicelib.api.schemas.filters import Instant
from chalicelib.models.words import Cadence, MailReason, MailStatus


class MailPatch(In):
    """What changes; only what is sent."""

    assigned: bool = omitted()
    new_tickets: bool = omitted()
    replies: bool = omitted()
    notes: bool = omitted()
    mentions: bool = omitted()
    watched: bool = omitted()
    sla_warnings: bool = omitted()
    sla_breaches: bool = omitted()
    escalations: bool = omitted()
    ratings: bool = omitted()
    own_tickets: bool = omitted()
    bulk_changes: bool = omitted()


class DigestsPatch(In):
    watched: Cadence = omitted()


class PreferencesPatch(In):
    mail: MailPatch = omitted()
    digests: DigestsPatch = omitted()


class MailOut(Out):
    """Whether there is a mail of it. `assigned`: tickets that one is given, and what becomes of them.
    `new_tickets`: those that come to the desk or to one's team. `replies`: public comments on one's request,
    one's ticket or one of one's team that nobody works on. `notes`: internal ones on one's ticket. `watched`:
    all news of tickets that one watches. `ratings`: being asked how the help was, and what was answered.
    `own_tickets`: what becomes of one's requests. `bulk_changes`: many tickets changed at once."""

    assigned: bool
    new_tickets: bool
    replies: bool
    notes: bool
    mentions: bool
    watched: bool
    sla_warnings: bool
    sla_breaches: bool
    escalations: bool
    ratings: bool
    own_tickets: bool
    bulk_changes: bool


class DigestsOut(Out):
    """When mails come in one. `watched`: those about watched tickets, `hourly`, `daily` at eight in the
    desk's zone, or `when_busy`: hourly once there are more than ten in an hour."""

    watched: Cadence


class PreferencesOut(Out):
    mail: MailOut
    digests: DigestsOut


class NotificationsQuery(PageQuery):
    """Filters and order of a list of mails. `user`, `ticket`: their ids."""

    FILTERS: ClassVar = ("user", "ticket", "status", "created_after", "created_before")

    user: UUID | None = None
    ticket: UUID | None = None
    status: MailStatus | None = None
    created_after: Instant | None = None
    created_before: Instant | None = None
    sort: Literal["created_at", "-created_at"] = "-created_at"


class MailedTicketOut(Out):
    id: UUID
    label: str


class NotificationOut(Out):
    """A mail that was decided on. `kind`: the event that it tells; `occasion`: what that was to its reader,
    and `part` what they are to the ticket, null for mails about no ticket. `reason`: why it did not go out;
    `in_digest`: whether it goes, or went, in one mail with others, at `due_at`. `provider_id`: what SES
    calls it."""

    id: UUID
    kind: str
    occasion: str | None
    part: str | None
    user: PersonRef
    ticket: MailedTicketOut | None
    status: MailStatus
    reason: MailReason | None
    in_digest: bool
    provider_id: str | None
    created_at: datetime
    due_at: datetime | None
    sent_at: datetime | None
