"""Ratings as they come in and go out."""

from datetime import datetime
from typing import Annotated, Literal
from uuid import UUID

from pydantic import AfterValidator, Field, StringConstraints

from chalicelib.api.schemas.common import In, Out, TeamRef
from chalicelib.api.schemas.passwords import OneTimeToken
from chalicelib.api.schemas.workspace import BrandingOut

Score = Annotated[int, Field(ge=1, le=5)]
Words = Annotated[str, StringConstraints(max_length=2000), AfterValidator(lambda text: text or None)]


class RatingIn(In):
    """From 1, very bad, to 5, very good. Left out, a `comment` stays as it is; null takes it away."""

    score: Score
    comment: Words | None = None


class RatingLinkIn(In):
    """The token of a mailed link, which stands behind its `#`."""

    token: OneTimeToken


class RatingByLinkIn(RatingIn, RatingLinkIn):
    """The same by a mailed link."""


class WhoHadItOut(Out):
    id: UUID
    name: str


class RatingOut(Out):
    """`cycle`: which end of the ticket's work this is about, from 1; `assignee` and `team`: whose it was at
    that time."""

    cycle: int
    score: Score
    comment: str | None
    rated_at: datetime
    changed_at: datetime | None
    assignee: WhoHadItOut | None
    team: TeamRef


class QuestionOut(Out):
    """`asked_at`: when it was mailed, null where it was not; `open_until`: until then it can be rated."""

    asked_at: datetime | None
    open_until: datetime


class TicketRatingOut(Out):
    """`rating`: the latest, which counts; `former`: those of the ends before, the newest first. `question` is
    null where the requester cannot rate now."""

    rating: RatingOut | None
    former: list[RatingOut]
    question: QuestionOut | None


class AskingOut(Out):
    """The desk that asks, and its looks."""

    name: str
    language: Literal["en", "es"]
    branding: BrandingOut


class AskedOut(Out):
    """What a mailed link asks about, and what was answered by now."""

    workspace: AskingOut
    label: str
    subject: str
    score: Score | None
    comment: str | None
    rated_at: datetime | None
    open_until: datetime
