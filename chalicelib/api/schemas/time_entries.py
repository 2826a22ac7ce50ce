"""Time entries as they come in and go out."""

from datetime import date, datetime
from typing import Annotated
from uuid import UUID

from pydantic import Field, StringConstraints

from chalicelib.api.schemas.common import In, Nexts, Out, omitted

SpentMinutes = Annotated[int, Field(ge=1, le=1440)]
Note = Annotated[str, StringConstraints(min_length=1, max_length=2000)]
Day = Annotated[date, Field(ge=date(2000, 1, 1), le=date(2999, 12, 31))]


class TimeEntryIn(In):
    """Minutes of one day; today, where `spent_on` is left out."""

    minutes: SpentMinutes
    note: Note | None = None
    spent_on: Day | None = None


class TimeEntryPatch(In):
    """What changes of it; only the fields that are sent."""

    minutes: SpentMinutes = omitted()
    note: Note | None = None
    spent_on: Day = omitted()


class SpenderOut(Out):
    """A person, or a program."""

    id: UUID
    name: str


class TimeEntryOut(Out):
    id: UUID
    person: SpenderOut
    minutes: int
    note: str | None
    spent_on: date
    created_at: datetime
    updated_at: datetime


class SpentOut(SpenderOut):
    minutes: int


class TimeEntriesOut(Nexts):
    """A page of entries, with what all of them come to."""

    items: list[TimeEntryOut]
    total_minutes: int
    by_person: list[SpentOut]
