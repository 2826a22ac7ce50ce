"""Teams and their members as they come in and go out."""

from datetime import datetime
from typing import Annotated, Literal
from uuid import UUID

from pydantic import Field, StringConstraints

from chalicelib.accounts.permissions import Role
from chalicelib.api.schemas.common import In, Name, Out, PageQuery, omitted
from chalicelib.api.schemas.words import AssignmentWord
from chalicelib.models.words import Assignment, UserStatus

Words = Annotated[str, StringConstraints(min_length=1, max_length=200)]
# New and open tickets of one person, whatever team they are with.
Cap = Annotated[int, Field(ge=1, le=10_000)]


class TeamIn(In):
    """A new team. `assignment`: who gets its new tickets, and those handed to it, where nobody is named.

    `manual`: nobody yet. `round_robin`: the members in turn. `least_loaded`: whoever has the fewest new and
    open tickets. Passed over is who is away or not active, or has `assignment_cap` new and open tickets.
    """

    name: Name
    assignment: AssignmentWord = Assignment.MANUAL
    assignment_cap: Cap | None = None


class TeamPatch(In):
    """What changes of a team; only the fields that are sent. Without a cap nobody is ever too busy."""

    name: Name = omitted()
    assignment: AssignmentWord = omitted()
    assignment_cap: Cap | None = None


class MemberIn(In):
    user_id: UUID


class TeamQuery(PageQuery):
    """Filter and sort of a list of teams or members; `query` is looked for in the name, or the email too."""

    query: Words | None = None
    sort: Literal["name", "-name"] = "name"


class TeamOut(Out):
    """The default team takes the tickets that nobody else does."""

    id: UUID
    name: str
    is_default: bool
    assignment: Assignment
    assignment_cap: int | None
    member_count: int
    created_at: datetime
    updated_at: datetime


class MemberOut(Out):
    id: UUID
    name: str
    email: str
    role: Role
    status: UserStatus
    away: bool | None
    away_since: datetime | None
