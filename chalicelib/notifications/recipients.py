"""Who hears of what: one table, and the rules that hold for all of it. Pure: it knows people, not rows.

Nobody hears of their own doing, but for the acknowledgement of a request. Internal news stays with the staff.
Who wants no mail of one thing that they are to a ticket may still have it for another.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, NamedTuple
from uuid import UUID

from chalicelib.accounts.permissions import Permission, Role
from chalicelib.models.words import Cadence, Preference


class Occasion(StrEnum):
    """What there is to tell. A comment is one of three: staff replied, the customer answered, staff noted.
    Who is mentioned hears of that with the comment, or by itself where an edit brought it."""

    CREATED = "created"
    ASSIGNED = "assigned"
    TRANSFERRED = "transferred"
    REPLIED = "replied"
    ANSWERED = "answered"
    NOTED = "noted"
    MENTIONED = "mentioned"
    RESOLVED = "resolved"
    CLOSED = "closed"
    REOPENED = "reopened"
    CANCELLED = "cancelled"
    MERGED = "merged"
    SLA_WARNED = "sla_warned"
    SLA_BREACHED = "sla_breached"
    ESCALATED = "escalated"
    ESCALATED_LATE = "escalated_late"
    RATING_DUE = "rating_due"
    RATED = "rated"
    RATED_LOW = "rated_low"
    REMINDED = "reminded"
    REMINDED_LAST = "reminded_last"


COMMENTED = "ticket.commented"
COMMENT_EDITED = "ticket.comment_edited"
RATED = "ticket.rated"
# Carried out: then it is known who is to be told.
ESCALATED = "ticket.escalation_done"
# No change of the ticket, so without a place in its timeline.
RATING_DUE = "rating.due"
# What is not an occasion for each event of the name: see claiming.
_OF_COMMENTS = (Occasion.REPLIED, Occasion.ANSWERED, Occasion.NOTED, Occasion.MENTIONED)
_OF_OTHERS = (
    *(Occasion.RATING_DUE, Occasion.RATED_LOW, Occasion.REMINDED_LAST),
    *(Occasion.ESCALATED, Occasion.ESCALATED_LATE),
)
OCCASIONS: Mapping[str, Occasion] = {
    f"ticket.{occasion}": occasion for occasion in Occasion if occasion not in (*_OF_COMMENTS, *_OF_OTHERS)
} | {RATING_DUE: Occasion.RATING_DUE, ESCALATED: Occasion.ESCALATED}
# Known, and nobody's mail. A type that is in neither is a newer one than this code: not told either.
SILENT = frozenset(
    f"ticket.{action}"
    for action in (
        *(
            "archived",
            "attached",
            "comment_deleted",
            "deleted",
            "detached",
            "escalated",
            "followed_up",
            "imported",
            "linked",
            "merged_from",
            "sla_recounted",
            "time_changed",
            "time_logged",
            "time_removed",
            "opened",
            "paused",
        ),
        *(
            "quarantined",
            "reclassified",
            "restored",
            "rule_fired",
            "resumed",
            "split",
            "unarchived",
            "unassigned",
            "unlinked",
            "updated",
        ),
        *("watcher_added", "watcher_removed"),
    )
)
INTERNAL = frozenset(
    {
        *(Occasion.NOTED, Occasion.RATED, Occasion.RATED_LOW),
        *(Occasion.SLA_WARNED, Occasion.SLA_BREACHED, Occasion.ESCALATED, Occasion.ESCALATED_LATE),
    }
)
# Together with one of these, in one change, a public comment travels in their mail.
CARRIERS = frozenset({Occasion.RESOLVED, Occasion.CLOSED, Occasion.REOPENED, Occasion.CANCELLED})


class Part(StrEnum):
    """What somebody is to a ticket."""

    REQUESTER = "requester"
    ASSIGNEE = "assignee"
    MENTIONED = "mentioned"
    NOTIFIED = "notified"
    TEAM = "team"
    WATCHER = "watcher"
    DISPATCHER = "dispatcher"
    ADMIN = "admin"


@dataclass(frozen=True)
class Person:
    """Somebody who could be told: neither deactivated nor deleted. `muted`: what they want no mail of."""

    id: UUID
    name: str
    email: str
    role: Role
    parts: frozenset[Part]
    muted: frozenset[Preference] = frozenset()
    watched_digest: str | None = None


@dataclass(frozen=True)
class News:
    """One occasion, whose doing it was, and everybody around the ticket.

    `new_assignee`: whom the change itself assigned. `carried_by`: occasions of the same change whose mail
    carries this comment along. `in_bulk`: many tickets were changed alike, of which the staff hears in one
    mail, at the end; see bulk_mails.py.
    """

    occasion: Occasion
    actor_id: UUID | None
    people: Sequence[Person]
    internal: bool = False
    new_assignee: UUID | None = None
    carried_by: tuple[Occasion, ...] = ()
    in_bulk: bool = False


class Recipient(NamedTuple):
    """Who hears, and as what: the first part that the table gives them."""

    person: Person
    audience: Part

    @property
    def cadence(self) -> str | None:
        """How often such mails go out in one; None where each goes out at once."""
        return (self.person.watched_digest or Cadence.WHEN_BUSY) if self.audience is Part.WATCHER else None


class Audience(NamedTuple):
    """Some of the people, under the part that the mail speaks to."""

    part: Part
    of: Callable[[News], Iterable[Person]]
    even_the_actor: bool = False


def _with(part: Part) -> Callable[[News], list[Person]]:
    return lambda news: [person for person in news.people if part in person.parts]


def _new_assignee(news: News) -> list[Person]:
    """Whom this very change assigned, if that has not changed again since."""
    return [person for person in _with(Part.ASSIGNEE)(news) if person.id == news.new_assignee]


def _team_of_the_unassigned(news: News) -> list[Person]:
    return [] if _with(Part.ASSIGNEE)(news) else _with(Part.TEAM)(news)


def _dispatchers(news: News) -> list[Person]:
    """The dispatchers; in a workspace without any its admins, lest nobody hear."""
    return _with(Part.DISPATCHER)(news) or _with(Part.ADMIN)(news)


requester = Audience(Part.REQUESTER, _with(Part.REQUESTER))
acknowledged = Audience(Part.REQUESTER, _with(Part.REQUESTER), even_the_actor=True)
assignee = Audience(Part.ASSIGNEE, _with(Part.ASSIGNEE))
new_assignee = Audience(Part.ASSIGNEE, _new_assignee)
team_of_the_unassigned = Audience(Part.TEAM, _team_of_the_unassigned)
mentioned = Audience(Part.MENTIONED, _with(Part.MENTIONED))
notified = Audience(Part.NOTIFIED, _with(Part.NOTIFIED))
watchers = Audience(Part.WATCHER, _with(Part.WATCHER))
dispatchers = Audience(Part.DISPATCHER, _dispatchers)

AUDIENCES: Mapping[Occasion, tuple[Audience, ...]] = {
    Occasion.CREATED: (acknowledged, assignee, dispatchers),
    Occasion.ASSIGNED: (new_assignee,),
    Occasion.TRANSFERRED: (new_assignee, team_of_the_unassigned),
    Occasion.REPLIED: (mentioned, requester, assignee, watchers),
    Occasion.ANSWERED: (mentioned, requester, assignee, team_of_the_unassigned, watchers),
    Occasion.NOTED: (mentioned, assignee, watchers),
    Occasion.MENTIONED: (mentioned,),
    Occasion.RESOLVED: (requester, watchers),
    Occasion.CLOSED: (requester, watchers),
    Occasion.REOPENED: (requester, assignee, watchers),
    Occasion.CANCELLED: (requester, watchers),
    Occasion.MERGED: (requester, assignee, watchers),
    Occasion.SLA_WARNED: (assignee, team_of_the_unassigned),
    Occasion.SLA_BREACHED: (assignee, team_of_the_unassigned, dispatchers),
    Occasion.ESCALATED: (notified,),
    Occasion.ESCALATED_LATE: (notified,),
    Occasion.RATING_DUE: (requester,),
    Occasion.RATED: (assignee,),
    Occasion.RATED_LOW: (assignee, dispatchers),
    Occasion.REMINDED: (requester,),
    Occasion.REMINDED_LAST: (requester,),
}
# What turns a mail off: by whom it speaks to, else by what it tells, else by whose ticket it is.
_OF_PARTS = {
    Part.MENTIONED: Preference.MENTIONS,
    Part.NOTIFIED: Preference.ESCALATIONS,
    Part.WATCHER: Preference.WATCHED,
}
_OF_NEWS = {
    Occasion.REPLIED: Preference.REPLIES,
    Occasion.ANSWERED: Preference.REPLIES,
    Occasion.NOTED: Preference.NOTES,
    Occasion.SLA_WARNED: Preference.SLA_WARNINGS,
    Occasion.SLA_BREACHED: Preference.SLA_BREACHES,
    Occasion.RATING_DUE: Preference.RATINGS,
    Occasion.RATED: Preference.RATINGS,
    Occasion.RATED_LOW: Preference.RATINGS,
}
_OF_TICKETS = {
    Part.REQUESTER: Preference.OWN_TICKETS,
    Part.ASSIGNEE: Preference.ASSIGNED,
    Part.TEAM: Preference.NEW_TICKETS,
    Part.DISPATCHER: Preference.NEW_TICKETS,
}
ASKS_DISPATCHERS = frozenset(
    occasion for occasion, audiences in AUDIENCES.items() if dispatchers in audiences
)


def preference_of(occasion: Occasion, part: Part) -> Preference:
    """What turns this mail off."""
    return _OF_PARTS.get(part) or _OF_NEWS.get(occasion) or _OF_TICKETS[part]


def recipients(news: News) -> list[Recipient]:
    """Everybody who hears of it, each once."""
    told_anyway = {
        recipient.person.id for carrier in news.carried_by for recipient in _addressed(news, carrier)
    }
    return [found for found in _addressed(news, news.occasion) if found.person.id not in told_anyway]


def _addressed(news: News, occasion: Occasion) -> list[Recipient]:
    internal = news.internal or occasion in INTERNAL
    found: dict[UUID, Recipient] = {}
    for audience in AUDIENCES[occasion]:
        preference = preference_of(occasion, audience.part)
        for person in audience.of(news):
            is_muted = preference in person.muted
            is_actor = person.id == news.actor_id and not audience.even_the_actor
            is_folded = news.in_bulk and person.role.is_staff
            is_kept_from = internal and not person.role.may(Permission.TICKETS_READ_INTERNAL)
            if not (is_muted or is_actor or is_folded or is_kept_from):
                found.setdefault(person.id, Recipient(person, audience.part))
    return list(found.values())


def escalated(meta: Mapping[str, Any]) -> Occasion:
    """What an escalation that was carried out tells of: a promise that is due, or that is late."""
    return Occasion.ESCALATED_LATE if meta.get("late") else Occasion.ESCALATED


def topic_of(occasion: Occasion, metric: str | None) -> str | None:
    """What newer news overrules, for an old state is not told after a newer one. None: always told."""
    match occasion:
        case Occasion.ASSIGNED | Occasion.TRANSFERRED:
            return "assignment"
        case Occasion.RESOLVED | Occasion.CLOSED | Occasion.REOPENED | Occasion.CANCELLED | Occasion.MERGED:
            return "status"
        case Occasion.SLA_WARNED | Occasion.SLA_BREACHED:
            return f"sla.{metric}"
        case _:
            return None
