"""Who may do what: the one matrix of roles and permissions. Standard library only: the authorizer loads this.

A permission says what a role may do at all. What also depends on the thing itself (one's own ticket, its
state, a window of days) is the verb's to decide. docs/permissions.md shows this table (`make docs`).
"""

from collections.abc import Mapping
from enum import StrEnum
from types import MappingProxyType
from typing import Final


class Role(StrEnum):
    """What a user is in the one workspace it belongs to."""

    ADMIN = "admin"
    DISPATCHER = "dispatcher"
    AGENT = "agent"
    CUSTOMER = "customer"

    @property
    def is_staff(self) -> bool:
        """Whether this is somebody of the desk: a word about people, not a right."""
        return self is not Role.CUSTOMER

    def may(self, permission: "Permission") -> bool:
        """Whether the matrix gives the role this permission."""
        return permission in MATRIX[self]


EVERYBODY = frozenset(Role)
ADMINS = frozenset({Role.ADMIN})
DISPATCHERS = frozenset({Role.ADMIN, Role.DISPATCHER})
STAFF = frozenset({Role.ADMIN, Role.DISPATCHER, Role.AGENT})


class Permission(StrEnum):
    """`resource.verb`, the roles that have it, and what it lets them do."""

    roles: frozenset[Role]
    sentence: str

    def __new__(cls, name: str, roles: frozenset[Role], sentence: str) -> "Permission":
        permission = str.__new__(cls, name)
        permission._value_ = name
        permission.roles = roles
        permission.sentence = sentence
        return permission

    ACCOUNT_BE_AWAY = (
        "account.be_away",
        STAFF,
        "Be away: get no tickets from teams that assign by themselves.",
    )
    ACCOUNT_USE = "account.use", EVERYBODY, "Use the own account: session, profile, password."
    ANALYTICS_READ = "analytics.read", STAFF, "See how promises were kept; agents, by their own teams."
    ANALYTICS_READ_PEOPLE = (
        "analytics.read_people",
        DISPATCHERS,
        "See the figures of each colleague; the own ones are for each who sees any.",
    )
    API_KEYS_MANAGE = "api_keys.manage", ADMINS, "Make, list and revoke API keys."
    ATTACHMENTS_DELETE = "attachments.delete", DISPATCHERS, "Take any file off a ticket."
    ATTACHMENTS_WRITE = (
        "attachments.write",
        EVERYBODY,
        "Attach files to a ticket that one sees, and to own comments; take an own one off within 15 minutes.",
    )
    AUDIT_LOG_READ = "audit_log.read", ADMINS, "Read the audit log and have it verified."
    CATEGORIES_READ = "categories.read", EVERYBODY, "See the categories that tickets are sorted by."
    COMMENTS_ANSWER = "comments.answer", STAFF, "Speak for the desk: a public comment answers the requester."
    COMMENTS_DELETE = "comments.delete", DISPATCHERS, "Take back any comment, at any time."
    COMMENTS_MENTION = "comments.mention", STAFF, "Mention colleagues, who are told."
    COMMENTS_REVISE_OWN = (
        "comments.revise_own",
        EVERYBODY,
        "Edit or take back the own comment, for a quarter of an hour.",
    )
    COMMENTS_WRITE = "comments.write", EVERYBODY, "Comment publicly on a ticket that one sees."
    COMMENTS_WRITE_INTERNAL = "comments.write_internal", STAFF, "Write internal notes."
    CUSTOM_FIELDS_READ = "custom_fields.read", EVERYBODY, "See the custom fields that concern one."
    DESK_MANAGE = (
        "desk.manage",
        ADMINS,
        "Set the desk up: its categories, custom fields, rules, integrations, mailboxes and texts of mails.",
    )
    EVENTS_READ = "events.read", STAFF, "Read the feed of what happened to the tickets that one sees."
    EVENTS_READ_ALL = (
        "events.read_all",
        ADMINS,
        "Read in the feed what is no ticket's: people, API keys, webhooks.",
    )
    EXPORTS_MAKE = "exports.make", STAFF, "Take rows out as files: those that one sees; users, as an admin."
    IMPORTS_RUN = "imports.run", ADMINS, "Take in tickets from another desk."
    INVITATIONS_MANAGE = "invitations.manage", ADMINS, "List, send, send again and revoke invitations."
    JOBS_CANCEL = "jobs.cancel", EVERYBODY, "Call off the own jobs; those of all, where one sees them."
    JOBS_READ = "jobs.read", EVERYBODY, "See how far the own jobs are, and get what they made."
    JOBS_READ_ALL = "jobs.read_all", ADMINS, "See every job of the workspace."
    MACROS_MANAGE_SHARED = "macros.manage_shared", DISPATCHERS, "Make, change and delete shared macros."
    MACROS_USE = "macros.use", STAFF, "Apply macros to tickets; keep own ones."
    MAILBOXES_READ = "mailboxes.read", STAFF, "See where the desk takes mail."
    NOTIFICATIONS_READ_ALL = (
        "notifications.read_all",
        ADMINS,
        "See which mails went to whom, and what became of them.",
    )
    ORGANISATIONS_MANAGE = (
        "organisations.manage",
        ADMINS,
        "Make, change and delete organisations; say whether members see each other's tickets.",
    )
    ORGANISATIONS_READ = "organisations.read", STAFF, "List organisations with their domains and notes."
    PEOPLE_MANAGE = "people.manage", ADMINS, "Add, change and deactivate users."
    PEOPLE_READ = "people.read", STAFF, "List users; see contact facts and addresses of requesters."
    PERSONAL_DATA_MANAGE = "personal_data.manage", ADMINS, "Export the data of people, and erase them."
    QUARANTINE_MANAGE = "quarantine.manage", DISPATCHERS, "See mails in quarantine, release and drop them."
    RATINGS_GIVE = "ratings.give", EVERYBODY, "Rate the help on the own ticket once the work on it has ended."
    RATINGS_READ = "ratings.read", STAFF, "See how requesters rated the help on tickets that one sees."
    RULES_READ = "rules.read", STAFF, "See the rules of the desk, and what they did."
    SLA_MANAGE = "sla.manage", ADMINS, "Say what is promised, and in which hours it is counted."
    SLA_READ = "sla.read", STAFF, "See calendars and policies."
    TAGS_READ = "tags.read", STAFF, "List the tags in use."
    TEAMS_MANAGE = "teams.manage", ADMINS, "Make and change teams, add and remove their members."
    TEAMS_READ = "teams.read", STAFF, "List teams and their members."
    TICKETS_ARCHIVE = "tickets.archive", STAFF, "Put a finished ticket away."
    TICKETS_ASSIGN = "tickets.assign", DISPATCHERS, "Assign any ticket to anybody of the staff, or to nobody."
    TICKETS_BULK = "tickets.bulk", STAFF, "Do to many tickets at once what one may do to each."
    TICKETS_CANCEL = "tickets.cancel", STAFF, "Cancel an active ticket."
    TICKETS_CANCEL_OWN = "tickets.cancel_own", EVERYBODY, "Cancel the own ticket while it is new."
    TICKETS_CHANGE = "tickets.change", STAFF, "Change fields of a ticket and do its verbs by `PATCH`."
    TICKETS_CHANGE_OWN = "tickets.change_own", EVERYBODY, "Change the text of the own active ticket."
    TICKETS_CLAIM = "tickets.claim", STAFF, "Claim an unassigned ticket of an own team; hand on an own one."
    TICKETS_CLOSE = "tickets.close", STAFF, "Close a resolved ticket."
    TICKETS_CLOSE_ACTIVE = "tickets.close_active", DISPATCHERS, "Close an active ticket, unresolved."
    TICKETS_CLOSE_OWN = "tickets.close_own", EVERYBODY, "Close the own ticket once it is resolved."
    TICKETS_CREATE = "tickets.create", EVERYBODY, "Open a ticket."
    TICKETS_CREATE_FOR_OTHERS = (
        "tickets.create_for_others",
        STAFF,
        "Name requester, team, assignee, tags or minutes of a new ticket.",
    )
    TICKETS_DELETE = "tickets.delete", ADMINS, "Delete a ticket, softly."
    TICKETS_LINK = "tickets.link", STAFF, "Say which tickets have to do with each other."
    TICKETS_MERGE = "tickets.merge", DISPATCHERS, "Merge an active ticket into another one."
    TICKETS_PAUSE = "tickets.pause", STAFF, "Pause a ticket and go on with it."
    TICKETS_READ = (
        "tickets.read",
        EVERYBODY,
        "See the own tickets, asked for or watched, and those that the own organisation shares.",
    )
    TICKETS_READ_INTERNAL = (
        "tickets.read_internal",
        STAFF,
        "See internal notes, entries and targets.",
    )
    TICKETS_RECLASSIFY = "tickets.reclassify", DISPATCHERS, "Reclassify any active ticket."
    TICKETS_RECLASSIFY_ASSIGNED = (
        "tickets.reclassify_assigned",
        STAFF,
        "Reclassify the tickets that are assigned to oneself.",
    )
    TICKETS_REOPEN = "tickets.reopen", DISPATCHERS, "Reopen any finished ticket, a cancelled one too."
    TICKETS_REOPEN_OWN = "tickets.reopen_own", EVERYBODY, "Reopen the own ticket within the window."
    TICKETS_RESOLVE = "tickets.resolve", STAFF, "Resolve an active ticket."
    TICKETS_RESTORE = "tickets.restore", ADMINS, "Undo the deletion of a ticket."
    TICKETS_SEE_ALL = "tickets.see_all", DISPATCHERS, "See every ticket of the workspace."
    TICKETS_SEE_TEAMS = (
        "tickets.see_teams",
        STAFF,
        "See the tickets of own teams and own assignments; all of them where the workspace says so.",
    )
    TICKETS_SPLIT = "tickets.split", DISPATCHERS, "Make comments of a ticket a ticket of their own."
    TICKETS_TRANSFER = "tickets.transfer", DISPATCHERS, "Hand a ticket to another team."
    TICKETS_UNARCHIVE = "tickets.unarchive", ADMINS, "Take a ticket out of the archive."
    TIME_ENTRIES_MANAGE = "time_entries.manage", DISPATCHERS, "Correct the time that others noted."
    TIME_ENTRIES_WRITE = "time_entries.write", STAFF, "See the time spent on a ticket, note and correct own."
    VIEWS_MANAGE_SHARED = (
        "views.manage_shared",
        DISPATCHERS,
        "Share views with the staff or with teams; change, order and delete shared ones.",
    )
    VIEWS_USE = "views.use", STAFF, "See the views shared with one, and keep own ones."
    WATCHERS_LEAVE = "watchers.leave", EVERYBODY, "Watch a ticket no longer."
    WATCHERS_MANAGE = "watchers.manage", STAFF, "Watch a ticket, and have others watch it."
    WEBHOOKS_MANAGE = (
        "webhooks.manage",
        ADMINS,
        "Say where events go, see what became of each call, and make it again.",
    )
    WORKSPACE_CHANGE = "workspace.change", ADMINS, "Change the settings of the workspace."
    WORKSPACE_READ = "workspace.read", STAFF, "See the settings of the workspace."


MATRIX: Final[Mapping[Role, frozenset[Permission]]] = MappingProxyType(
    {role: frozenset(permission for permission in Permission if role in permission.roles) for role in Role}
)
