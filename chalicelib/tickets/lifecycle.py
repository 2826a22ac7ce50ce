"""The ticket's life: the one table of verbs and states. Pure; the database holds the same edges
(fn_guard_ticket_status.sql)."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

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


@dataclass(frozen=True)
class Rule:
    """From which states a verb may be called, by whom, and what becomes of the status (nothing: it stays)."""

    everyone: frozenset[Status]
    to: frozenset[Status] = frozenset()
    dispatchers: frozenset[Status] = frozenset()
    requester: frozenset[Status] | None = None

    def sources(self, *, dispatcher: bool, staff: bool) -> frozenset[Status]:
        """The states from which this caller may use the verb."""
        if not staff and self.requester is not None:
            return self.requester
        return self.everyone | self.dispatchers if dispatcher else self.everyone


TABLE: Mapping[Verb, Rule] = {
    Verb.ASSIGN: Rule(ACTIVE, frozenset({Status.OPEN})),
    Verb.TRANSFER: Rule(ACTIVE),
    Verb.RECLASSIFY: Rule(ACTIVE),
    Verb.PAUSE: Rule(ACTIVE, PAUSED),
    Verb.RESUME: Rule(PAUSED, frozenset({Status.OPEN})),
    Verb.RESOLVE: Rule(ACTIVE, frozenset({Status.RESOLVED})),
    Verb.CLOSE: Rule(frozenset({Status.RESOLVED}), frozenset({Status.CLOSED}), dispatchers=ACTIVE),
    Verb.REOPEN: Rule(
        frozenset({Status.RESOLVED, Status.CLOSED}),
        frozenset({Status.OPEN}),
        dispatchers=frozenset({Status.CANCELLED}),
    ),
    Verb.CANCEL: Rule(ACTIVE, frozenset({Status.CANCELLED}), requester=frozenset({Status.NEW})),
    Verb.ARCHIVE: Rule(FINISHED),
    Verb.UNARCHIVE: Rule(FINISHED),
}

# The verbs that a caller of each kind has at all, whatever the state.
STAFF_VERBS = frozenset(Verb) - {Verb.REOPEN, Verb.TRANSFER, Verb.UNARCHIVE}
DISPATCHER_VERBS = frozenset(Verb) - {Verb.UNARCHIVE}
REQUESTER_VERBS = frozenset({Verb.CLOSE, Verb.REOPEN, Verb.CANCEL})


def edges() -> frozenset[tuple[Status, Status]]:
    """Every change of status that some verb can make."""
    made = {
        (source, target)
        for rule in TABLE.values()
        for source in rule.sources(dispatcher=True, staff=True)
        for target in rule.to
    }
    # Assigning opens a new ticket only; elsewhere it leaves the status as it is.
    assigned = {(source, Status.OPEN) for source in ACTIVE - {Status.NEW}}
    resumed = {(source, Status.OPEN) for source in PAUSED}
    return frozenset(edge for edge in (made - assigned) | resumed if edge[0] is not edge[1])


def is_allowed(
    verb: Verb,
    status: Status,
    *,
    dispatcher: bool,
    staff: bool,
    archived: bool,
    merged: bool,
    to: Status | None = None,
) -> bool:
    """Whether the table lets this caller use the verb in this state. `to` is the pause's choice."""
    if archived != (verb is Verb.UNARCHIVE):
        return False
    if merged and verb is Verb.REOPEN:
        return False
    return status in TABLE[verb].sources(dispatcher=dispatcher, staff=staff) and status is not to


def allowed_now(
    status: Status, *, dispatcher: bool, staff: bool, admin: bool, archived: bool, merged: bool
) -> list[Verb]:
    """The verbs that this caller may use now: what a refusal names, and what a page offers."""
    own = (
        frozenset(Verb)
        if admin
        else DISPATCHER_VERBS
        if dispatcher
        else STAFF_VERBS
        if staff
        else REQUESTER_VERBS
    )
    return [
        verb
        for verb in Verb
        if verb in own
        and is_allowed(verb, status, dispatcher=dispatcher, staff=staff, archived=archived, merged=merged)
    ]


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
