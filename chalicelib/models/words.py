"""The closed sets of values that columns hold, once, for the tables, the rooms and the API alike."""

from enum import StrEnum


class TicketType(StrEnum):
    SERVICE_REQUEST = "service_request"
    COMPLAINT = "complaint"
    CLAIM = "claim"
    SUGGESTION = "suggestion"
    INCIDENT = "incident"
    RESOURCE_REQUEST = "resource_request"
    QUESTION = "question"


class Priority(StrEnum):
    LOW = "low"
    MEDIUM = "medium"
    HIGH = "high"
    URGENT = "urgent"


class Status(StrEnum):
    NEW = "new"
    OPEN = "open"
    PENDING = "pending"
    ON_HOLD = "on_hold"
    RESOLVED = "resolved"
    CLOSED = "closed"
    CANCELLED = "cancelled"


class Visibility(StrEnum):
    PUBLIC = "public"
    INTERNAL = "internal"


class Source(StrEnum):
    API = "api"
    PUBLIC = "public"
    EMAIL = "email"
    WEBHOOK = "webhook"


class IntegrationKind(StrEnum):
    """Who sends to a webhook in: anything that speaks JSON, or alerts in a shape that we know."""

    GENERIC = "generic"
    ALERTMANAGER = "alertmanager"
    GRAFANA = "grafana"


class ImportSource(StrEnum):
    """Whose file an import reads."""

    ZENDESK = "zendesk"
    FRESHDESK = "freshdesk"
    CSV = "csv"


class Metric(StrEnum):
    FIRST_RESPONSE = "first_response"
    NEXT_RESPONSE = "next_response"
    RESOLUTION = "resolution"
    TEAM_RESOLUTION = "team_resolution"


class UserStatus(StrEnum):
    ACTIVE = "active"
    INVITED = "invited"
    CONTACT = "contact"
    DEACTIVATED = "deactivated"


class FieldType(StrEnum):
    """What the values of a custom field are."""

    TEXT = "text"
    NUMBER = "number"
    DATE = "date"
    BOOLEAN = "boolean"
    SELECT = "select"
    MULTI_SELECT = "multi_select"


class Assignment(StrEnum):
    """Who works on a team's new tickets: whom somebody names, or in turn, or who has the least to do."""

    MANUAL = "manual"
    ROUND_ROBIN = "round_robin"
    LEAST_LOADED = "least_loaded"


class Scope(StrEnum):
    """What an API key may do: call GET, or all the rest."""

    READ = "read"
    WRITE = "write"


class InvitationStatus(StrEnum):
    PENDING = "pending"
    ACCEPTED = "accepted"
    EXPIRED = "expired"
    REVOKED = "revoked"


class TokenPurpose(StrEnum):
    """What a mailed token is good for, once."""

    INVITATION = "invitation"
    PASSWORD_RESET = "password_reset"  # noqa: S105
    EMAIL_VERIFICATION = "email_verification"


class Upload(StrEnum):
    """Whether a file is there yet, or only announced."""

    AWAITING = "awaiting"
    UPLOADED = "uploaded"


class Scan(StrEnum):
    """What is known of a file's harm."""

    PENDING = "pending"
    CLEAN = "clean"
    INFECTED = "infected"


class JobStatus(StrEnum):
    QUEUED = "queued"
    RUNNING = "running"
    DONE = "done"
    FAILED = "failed"
    CANCELLED = "cancelled"


class Outcome(StrEnum):
    """What became of one of the things that a job, or a bulk change, does one by one."""

    CHANGED = "changed"
    UNCHANGED = "unchanged"
    FAILED = "failed"
    SKIPPED = "skipped"


class Since(StrEnum):
    """What a rule that runs by the clock counts from; `due_in` counts down to it."""

    CREATED = "created"
    UPDATED = "updated"
    REQUESTER_COMMENTED = "requester_commented"
    STAFF_COMMENTED = "staff_commented"
    STATUS_CHANGED = "status_changed"
    ASSIGNED = "assigned"
    PENDING = "pending"
    DUE = "due"
    DUE_IN = "due_in"


class WebhookTemplate(StrEnum):
    """What a webhook posts: events as Standard Webhooks has them, or a line for a channel of a chat."""

    STANDARD = "standard"
    SLACK = "slack"
    TEAMS = "teams"


class DisabledReason(StrEnum):
    """Why a webhook is off: somebody said so, its receiver answered 410, or nothing has come through for
    days."""

    BY_HAND = "by_hand"
    GONE = "gone"
    FAILING = "failing"


class DeliveryStatus(StrEnum):
    PENDING = "pending"
    SENDING = "sending"
    SUCCEEDED = "succeeded"
    FAILED = "failed"
    CANCELLED = "cancelled"


class FiringOutcome(StrEnum):
    """What became of a rule that fired: it changed something, there was nothing to change, or an action of it
    was refused and so none of it was done."""

    APPLIED = "applied"
    UNCHANGED = "unchanged"
    FAILED = "failed"


class Arrival(StrEnum):
    """What became of a mail that came in. `kept`: written down beside its ticket without any effect."""

    TICKET = "ticket"
    COMMENT = "comment"
    FOLLOW_UP = "follow_up"
    KEPT = "kept"
    QUARANTINED = "quarantined"
    DROPPED = "dropped"
    DUPLICATE = "duplicate"


class Doubt(StrEnum):
    """Why a mail is in quarantine."""

    SPAM = "spam"
    VIRUS = "virus"
    LOOP = "loop"
    NO_SENDER = "no_sender"
    UNKNOWN_SENDER = "unknown_sender"
    DEACTIVATED_SENDER = "deactivated_sender"
    UNPROVEN_STAFF = "unproven_staff"
    AUTOMATIC = "automatic"
    BOUNCE = "bounce"
    TOO_MANY = "too_many"
    MAILBOX_DISABLED = "mailbox_disabled"
    REFUSED = "refused"


class UnknownSenders(StrEnum):
    """What a mailbox does with mail from who is nobody in the workspace yet."""

    ACCEPT = "accept"
    QUARANTINE = "quarantine"


class MailTrouble(StrEnum):
    """What keeps mails from an address: it does not exist, it takes none again and again, or whoever reads it
    calls them spam."""

    BOUNCED = "bounced"
    FAILING = "failing"
    COMPLAINED = "complained"


class Preference(StrEnum):
    """What people can have mailed to them or not: occasions by what they are to the ticket."""

    ASSIGNED = "assigned"
    NEW_TICKETS = "new_tickets"
    REPLIES = "replies"
    NOTES = "notes"
    MENTIONS = "mentions"
    WATCHED = "watched"
    SLA_WARNINGS = "sla_warnings"
    SLA_BREACHES = "sla_breaches"
    ESCALATIONS = "escalations"
    RATINGS = "ratings"
    OWN_TICKETS = "own_tickets"
    BULK_CHANGES = "bulk_changes"


class MailStatus(StrEnum):
    """What became of a mail. `claimed`: it is being sent, or will be tried again."""

    CLAIMED = "claimed"
    GATHERED = "gathered"
    SENT = "sent"
    SUPERSEDED = "superseded"
    SUPPRESSED = "suppressed"
    FAILED = "failed"


class MailReason(StrEnum):
    """Why one did not go out: newer news, or nothing left to tell; too many in an hour; nobody takes it."""

    OVERTAKEN = "overtaken"
    TOO_MANY = "too_many"
    REFUSED = "refused"


class Cadence(StrEnum):
    """When mails of a kind come in one: where there are many, else as people choose."""

    WHEN_BUSY = "when_busy"
    HOURLY = "hourly"
    DAILY = "daily"


class ActorType(StrEnum):
    USER = "user"
    API_KEY = "api_key"
    CONTACT = "contact"
    SYSTEM = "system"


def values(words: type[StrEnum]) -> tuple[str, ...]:
    """The values of a set, in its order."""
    return tuple(word.value for word in words)
