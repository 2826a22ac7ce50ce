"""The kinds of mail whose texts a desk may write itself, and what each has to fill in. Pure.

A kind is an occasion and whom its mail speaks to, as `replied.requester`. What it offers is what the default
mail of the kind tells: whoever may be a customer gets nothing that customers do not see.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

from chalicelib.notifications.recipients import AUDIENCES, INTERNAL, Occasion, Part

# The acknowledgement of a request that anybody can have sent to anybody: it repeats nothing that was written.
ACKNOWLEDGED: Final = "acknowledged.requester"
FACTS: Final = "facts"
QUOTED_HTML: Final = "quoted.html"

# By name, what each is. A sentence each, as the list of kinds shows it.
VARIABLES: Final[Mapping[str, str]] = {
    "greeting": "The default greeting, with the name of whoever gets the mail.",
    "lead": "The default first sentence: what happened.",
    "workspace.name": "The help desk's name.",
    "workspace.color": "The colour of its branding, as #0d74ce; empty without one.",
    "workspace.logo_url": "The address of its logo; empty without one.",
    "workspace.footer": "The last line of its mails; empty without one.",
    "ticket.label": "The ticket's label, as TKT-2026-00042.",
    "ticket.subject": "The ticket's subject.",
    "ticket.status": "The ticket's status, in the language of the mail.",
    "ticket.priority": "The ticket's priority, in the language of the mail.",
    "ticket.type": "The ticket's type, in the language of the mail.",
    "ticket.due": "When the ticket is due, in the workspace's time zone; empty without a promise.",
    "team.name": "The team that has the ticket.",
    "requester.name": "Who asks.",
    "recipient.name": "Who gets the mail; may be empty.",
    "recipient.first_name": "The first word of that.",
    "recipient.reason": "Why they get it, as “you watch the ticket”.",
    "actor.name": "Who did it; the desk itself where nobody did.",
    "quoted.text": "The words that the mail repeats: the comment, or for the staff what a new ticket asks; "
    "empty without any.",
    "quoted.html": "The same as HTML that can do nothing. In the HTML body only, without a filter.",
    "quoted.author": "Who wrote them.",
    "quoted.by": "“Ana wrote:”, in the language of the mail.",
    "sla.metric": "What was promised, as “first response”.",
    "sla.due": "When that is due, in the workspace's time zone.",
    "sla.percent": "How much of the time is used, as 75.",
    "merged.into_label": "The label of the ticket that it was merged into.",
    "rating.score": "The number that the requester chose, 1 to 5.",
    "reminder.left_days": "How many days are left to answer.",
    "facts": "The ticket's facts as the default mail lists them: each has a `name` and a `value`.",
}
# Without anything that somebody could have written, the workspace's name apart.
_OF_ALL = ("greeting", "lead", "workspace.name", "workspace.color", "ticket.label", "ticket.status", FACTS)
_OF_THE_PROVEN = (
    *("workspace.logo_url", "workspace.footer", "ticket.subject", "requester.name"),
    *("recipient.name", "recipient.first_name", "recipient.reason"),
)
_OF_THE_STAFF = ("ticket.priority", "ticket.type", "ticket.due", "team.name")
_QUOTED = ("quoted.text", QUOTED_HTML, "quoted.author", "quoted.by")
_BY_TIME = frozenset(
    {
        *(Occasion.SLA_WARNED, Occasion.SLA_BREACHED, Occasion.ESCALATED, Occasion.ESCALATED_LATE),
        *(Occasion.RATING_DUE, Occasion.REMINDED, Occasion.REMINDED_LAST),
    }
)
_OF_OCCASIONS: Mapping[Occasion, tuple[str, ...]] = {
    Occasion.SLA_WARNED: ("sla.metric", "sla.due", "sla.percent"),
    Occasion.SLA_BREACHED: ("sla.metric", "sla.due"),
    Occasion.ESCALATED: ("sla.metric", "sla.due"),
    Occasion.ESCALATED_LATE: ("sla.metric", "sla.due"),
    Occasion.RATED: ("rating.score",),
    Occasion.RATED_LOW: ("rating.score",),
    Occasion.REMINDED_LAST: ("reminder.left_days",),
}


@dataclass(frozen=True, slots=True)
class Kind:
    """One kind of mail. `offers`: the names of VARIABLES that its texts may use."""

    name: str
    occasion: Occasion
    part: Part
    offers: tuple[str, ...]

    @property
    def is_for_staff(self) -> bool:
        """Whether nobody but the staff ever gets it."""
        return _is_for_staff(self.occasion, self.part)

    @property
    def repeats(self) -> bool:
        """Whether it may repeat what somebody wrote."""
        return self.name != ACKNOWLEDGED


@lru_cache(maxsize=1)
def kinds() -> Mapping[str, Kind]:
    """All of them by name, in the order of occasions."""
    found = {}
    for occasion, audiences in AUDIENCES.items():
        for audience in audiences:
            if occasion is Occasion.CREATED and audience.part is Part.REQUESTER:
                offers = tuple(name for name in VARIABLES if name in _OF_ALL)
                found[ACKNOWLEDGED] = Kind(ACKNOWLEDGED, occasion, audience.part, offers)
            name = f"{occasion}.{audience.part}"
            found[name] = Kind(name, occasion, audience.part, _offers(occasion, audience.part))
    return found


def name_of(occasion: Occasion, part: Part, *, is_unproven: bool) -> str:
    """The kind of a mail."""
    return ACKNOWLEDGED if is_unproven else f"{occasion}.{part}"


def _is_for_staff(occasion: Occasion, part: Part) -> bool:
    return occasion in INTERNAL or part not in (Part.REQUESTER, Part.WATCHER)


def _offers(occasion: Occasion, part: Part) -> tuple[str, ...]:
    wanted = {*_OF_ALL, *_OF_THE_PROVEN, *_OF_OCCASIONS.get(occasion, ())}
    if _is_for_staff(occasion, part):
        wanted |= {*_OF_THE_STAFF, *(["merged.into_label"] if occasion is Occasion.MERGED else [])}
    if occasion not in _BY_TIME:
        wanted |= {"actor.name"}
    if occasion not in _BY_TIME or occasion in (Occasion.REMINDED, Occasion.REMINDED_LAST):
        wanted |= set(_QUOTED)
    return tuple(name for name in VARIABLES if name in wanted)
