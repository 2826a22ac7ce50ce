"""What rules listen to: triggers against the news of an event. Pure.

A trigger is a document: `{"on": "created"}`, `{"on": "updated", "fields": […], "verbs": […]}`,
`{"on": "commented", "visibility": …, "by": …}`, or `{"on": "since", "since": …, "minutes": …}`, which is the
clock's.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any
from uuid import UUID

from chalicelib.core.event import Event
from chalicelib.models.words import Since

# Rules may set off rules, this many in a row; none of them twice.
MAX_DEPTH = 3
DUE = "rule.due"
# What is no change of the ticket, and may yet make it due earlier or a condition come true.
PROMISES = frozenset({"ticket.sla_breached", "ticket.sla_recounted", "ticket.sla_warned"})
# What changes a ticket: an `updated` trigger that names no verbs listens to all of these.
CHANGES = (
    *("updated", "assigned", "unassigned", "transferred", "reclassified", "opened", "paused", "resumed"),
    *("resolved", "closed", "reopened", "cancelled", "restored", "unarchived"),
)
# What it listens to where it is named alone.
BESIDE = ("sla_warned", "sla_breached", "escalated", "attached", "linked", "merged_from", "rated", "reminded")
VERBS = (*CHANGES, *BESIDE)
# Fields by what changes call them.
CHANGED = {"team": "team_id", "assignee": "assignee_id"}


class Occasion(StrEnum):
    """What a trigger listens to."""

    CREATED = "created"
    UPDATED = "updated"
    COMMENTED = "commented"
    SINCE = "since"


OCCASIONS: Mapping[str, Occasion] = {
    "ticket.created": Occasion.CREATED,
    "ticket.commented": Occasion.COMMENTED,
    DUE: Occasion.SINCE,
    **{f"ticket.{verb}": Occasion.UPDATED for verb in VERBS},
}


@dataclass(frozen=True)
class News:
    """An event as triggers see it. `chain`: the rules that led to it, the last of which did it; by the
    clock it is that of the instant, read under the ticket's lock. `due`: the rule whose time has come, and
    what it counted from."""

    occasion: Occasion
    action: str
    changes: Mapping[str, Any]
    meta: Mapping[str, Any]
    actor_type: str | None
    actor_id: UUID | None
    chain: Sequence[Mapping[str, Any]]
    due: tuple[UUID, str] | None = None

    @property
    def depth(self) -> int:
        return len(self.chain)

    @property
    def comment_id(self) -> UUID | None:
        told = self.meta.get("comment_id")
        return UUID(told) if told else None

    def is_too_deep(self) -> bool:
        """Whether as many rules as there may be in a row led to this."""
        return self.depth >= MAX_DEPTH

    def was_caused_by(self, rule_id: UUID) -> bool:
        """Whether the rule led to this, near or far: then it does not run again."""
        return any(each["id"] == str(rule_id) for each in self.chain)


def occasion_of(event: Event) -> Occasion | None:
    """What triggers this event may set off; None for what no rule hears of."""
    return OCCASIONS.get(event.type) if event.ticket_id is not None else None


def is_too_deep(payload: Mapping[str, Any] | None) -> bool:
    """Whether as many rules as there may be in a row led to this. False where the payload is not here."""
    try:
        return len((payload or {})["meta"]["rules"]) >= MAX_DEPTH
    except (KeyError, TypeError):
        return False


def read(event: Event, payload: Mapping[str, Any]) -> News:
    """The news of an event that has an occasion. ValueError for a payload that is not such an event's."""
    occasion = OCCASIONS[event.type]
    try:
        if occasion is Occasion.SINCE:
            due = (UUID(payload["rule_id"]), str(payload["counts_from"]))
            return News(occasion, "due", {}, {}, None, None, (), due)
        return told(event.type.removeprefix("ticket."), payload)
    except (KeyError, TypeError, AttributeError) as error:
        raise ValueError(f"This payload is not a ticket event's: {error!r}") from error


def told(action: str, payload: Mapping[str, Any]) -> News:
    """The news of a timeline entry, or of the event that tells of it: `actor changes meta`."""
    actor, meta = payload["actor"], payload["meta"]
    return News(
        OCCASIONS[f"ticket.{action}"],
        action,
        payload["changes"],
        meta,
        actor["type"],
        UUID(actor["id"]) if actor["id"] else None,
        tuple(meta.get("rules", ())),
    )


def due_at(instant: datetime, since: str, minutes: int) -> datetime:
    """When a rule by the clock is due that counts from this instant."""
    return instant + timedelta(minutes=-minutes if since == Since.DUE_IN else minutes)


def listens(triggers: Sequence[Mapping[str, Any]], news: News, kinds: frozenset[str]) -> bool:
    """Whether one of a rule's triggers is set off. `kinds`: who the event is of, as conditions call them."""
    return any(_listens(each, news, kinds) for each in triggers)


def _listens(trigger: Mapping[str, Any], news: News, kinds: frozenset[str]) -> bool:
    if trigger["on"] != news.occasion:
        return False
    match news.occasion:
        case Occasion.UPDATED:
            return _updated(trigger, news)
        case Occasion.COMMENTED:
            wanted = trigger.get("visibility")
            return wanted in (None, news.meta.get("visibility")) and _is_by(trigger.get("by"), kinds)
    return True


def _updated(trigger: Mapping[str, Any], news: News) -> bool:
    fields, verbs = trigger.get("fields"), trigger.get("verbs")
    if news.action not in (verbs or CHANGES):
        return False
    return not fields or any(CHANGED.get(name, name) in news.changes for name in fields)


def _is_by(who: str | None, kinds: frozenset[str]) -> bool:
    """Staff who write as the requester ask; they do not answer."""
    asks = bool(kinds & {"requester", "customer"})
    return who is None or (asks if who == "requester" else "staff" in kinds and not asks)
