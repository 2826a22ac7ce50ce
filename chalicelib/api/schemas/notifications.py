"""What people want to have mailed, as it comes in and goes out."""

from chalicelib.api.schemas.common import In, Out, omitted
from chalicelib.models.words import Cadence


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
