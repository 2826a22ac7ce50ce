"""The ticket's life: the one table of verbs and states. Pure; the database holds the same edges
(fn_guard_ticket_status.sql)."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from itertools import product

from chalicelib.accounts.permissions import Permission
from chalicelib.models.words import Status

ACTIVE = frozenset({Status.NEW, Status.OPEN, Status.PENDING, Status.ON_HOLD})
PAUSED = frozenset({Status.PENDING, Status.ON_HOLD})
FINISHED = frozenset({Status.CLOSED, Status.CANCELLED})


class Verb(StrEnum):
    ASSIGN = "assign"
    TRANSFER = "transfer"
    RECLASSIFY = "reclassify"
    PAUSE = "pause"
    RESUME = "resume"
    RESOLVE = "resolve"
    CLOSE = "close"
    REOPEN = "reopen"
    CANCEL = "cancel"
    ARCHIVE = "archive"
    UNARCHIVE = "unarchive"
    MERGE = "merge"
    SPLIT = "split"


class Deed(StrEnum):
    """What else is done to a ticket, and is no step of its life."""

    UPDATE = "update"
    COMMENT = "comment"
    COMMENT_INTERNAL = "comment_internal"
    DELETE = "delete"


@dataclass(frozen=True)
class Rule:
    """From which states each permission opens a verb, and what becomes of the status (nothing: it stays)."""

    sources: Mapping[Permission, frozenset[Status]]
    to: frozenset[Status] = frozenset()

    def states(self, held: frozenset[Permission]) -> frozenset[Status]:
        """The states from which who has these permissions may use the verb."""
        return frozenset().union(*(states for needed, states in self.sources.items() if needed in held))


RESOLVED = frozenset({Status.RESOLVED})
OVER = frozenset({Status.RESOLVED, Status.CLOSED})

TABLE: Mapping[Verb, Rule] = {
    Verb.ASSIGN: Rule(
        {Permission.TICKETS_ASSIGN: ACTIVE, Permission.TICKETS_CLAIM: ACTIVE}, frozenset({Status.OPEN})
    ),
    Verb.TRANSFER: Rule({Permission.TICKETS_TRANSFER: ACTIVE}),
    Verb.RECLASSIFY: Rule(
        {Permission.TICKETS_RECLASSIFY: ACTIVE, Permission.TICKETS_RECLASSIFY_ASSIGNED: ACTIVE}
    ),
    Verb.PAUSE: Rule({Permission.TICKETS_PAUSE: ACTIVE}, PAUSED),
    Verb.RESUME: Rule({Permission.TICKETS_PAUSE: PAUSED}, frozenset({Status.OPEN})),
    Verb.RESOLVE: Rule({Permission.TICKETS_RESOLVE: ACTIVE}, RESOLVED),
    Verb.CLOSE: Rule(
        {
            Permission.TICKETS_CLOSE: RESOLVED,
            Permission.TICKETS_CLOSE_ACTIVE: ACTIVE,
            Permission.TICKETS_CLOSE_OWN: RESOLVED,
        },
        frozenset({Status.CLOSED}),
    ),
    Verb.REOPEN: Rule(
        {
            Permission.TICKETS_REOPEN: OVER | {Status.CANCELLED},
            Permission.TICKETS_REOPEN_OWN: OVER,
        },
        frozenset({Status.OPEN}),
    ),
    Verb.CANCEL: Rule(
        {Permission.TICKETS_CANCEL: ACTIVE, Permission.TICKETS_CANCEL_OWN: frozenset({Status.NEW})},
        frozenset({Status.CANCELLED}),
    ),
    Verb.ARCHIVE: Rule({Permission.TICKETS_ARCHIVE: FINISHED}),
    Verb.UNARCHIVE: Rule({Permission.TICKETS_UNARCHIVE: FINISHED}),
    Verb.MERGE: Rule({Permission.TICKETS_MERGE: ACTIVE}, frozenset({Status.CLOSED})),
    Verb.SPLIT: Rule({Permission.TICKETS_SPLIT: ACTIVE}),
}

# What one may do with a ticket for having asked for it.
REQUESTERS = frozenset(
    {Permission.TICKETS_CANCEL_OWN, Permission.TICKETS_CLOSE_OWN, Permission.TICKETS_REOPEN_OWN}
)


def moves() -> Mapping[tuple[Status, Status], tuple[Verb, ...]]:
    """Every change of status, and the verbs that make it."""
    found: dict[tuple[Status, Status], tuple[Verb, ...]] = {}
    for verb, rule in TABLE.items():
        for source, target in product(rule.states(frozenset(Permission)), rule.to):
            # Assigning opens a new ticket only; elsewhere it leaves the status as it is.
            if source is not target and (verb is not Verb.ASSIGN or source is Status.NEW):
                found[source, target] = (*found.get((source, target), ()), verb)
    return found


def edges() -> frozenset[tuple[Status, Status]]:
    """Every change of status that some verb can make."""
    return frozenset(moves())


def is_allowed(
    verb: Verb,
    status: Status,
    held: frozenset[Permission],
    *,
    archived: bool,
    merged: bool,
    to: Status | None = None,
) -> bool:
    """Whether the table opens the verb in this state to who has these permissions. `to` is the pause's
    choice."""
    if archived != (verb is Verb.UNARCHIVE):
        return False
    if merged and verb is Verb.REOPEN:
        return False
    return status in TABLE[verb].states(held) and status is not to


def allowed_now(status: Status, held: frozenset[Permission], *, archived: bool, merged: bool) -> list[Verb]:
    """The verbs that who has these permissions may use now: what a refusal names, and what a page offers."""
    return [verb for verb in Verb if is_allowed(verb, status, held, archived=archived, merged=merged)]


def takes_changes(status: Status, held: frozenset[Permission], *, archived: bool) -> bool:
    """Whether text and fields may still change: by the staff until the ticket is archived, by the requester
    while it is active."""
    return not archived and (status in ACTIVE or Permission.TICKETS_CHANGE in held)


def takes_comments(status: Status, *, archived: bool, deleted: bool = False, unseen: bool = False) -> bool:
    """Whether a comment can land here. `unseen`: it comes by way of a merged ticket from who may not know of
    this one; then work must be going on."""
    return not deleted and (status in ACTIVE if unseen else not archived)


def verb_for_status(current: Status, wanted: Status) -> Verb:
    """The verb that a `PATCH` of the status means: the same table by another door."""
    if wanted in PAUSED:
        return Verb.PAUSE
    if wanted is Status.OPEN:
        if current is Status.NEW:
            return Verb.ASSIGN
        return Verb.RESUME if current in PAUSED else Verb.REOPEN
    return {Status.RESOLVED: Verb.RESOLVE, Status.CLOSED: Verb.CLOSE, Status.CANCELLED: Verb.CANCEL}.get(
        wanted, Verb.ASSIGN
    )
