"""The dashboard as it goes out."""

from datetime import date, datetime
from typing import Annotated, Literal

from pydantic import Field

from chalicelib.api.schemas.common import In, Out, TeamRef
from chalicelib.api.schemas.tickets import TicketListed

Count = Annotated[int, Field(ge=0)]


class DashboardQuery(In):
    """How many tickets that need attention are shown, at the most."""

    limit: Annotated[int, Field(ge=1, le=25)] = 25


class AtWorkOut(Out):
    """Of active tickets: `due_today` those due at any time of today, late already or not; `breached` those
    whose promise of resolution ran late, whatever became of it since."""

    active: Count
    unassigned: Count
    due_today: Count
    breached: Count


class ByStatusOut(Out):
    new: Count
    open: Count
    pending: Count
    on_hold: Count


class ByPriorityOut(Out):
    urgent: Count
    high: Count
    medium: Count
    low: Count


class TeamAtWorkOut(AtWorkOut):
    team: TeamRef


class AttentionOut(TicketListed):
    """A ticket as lists have it, and why it is shown."""

    reason: Literal["breached", "due_today", "urgent_unassigned", "due_later", "not_due"]


class DashboardOut(AtWorkOut):
    """Active tickets that the caller sees; teams that have any, by name. Today is one of the workspace's time
    zone. Where more than 50,000 are active, counts are not exact: there are at least as many."""

    timezone: str
    today: date
    since: datetime
    until: datetime
    counts_are_exact: bool
    by_status: ByStatusOut
    by_priority: ByPriorityOut
    by_team: list[TeamAtWorkOut]
    attention: list[AttentionOut]
