"""Teams and their members as they come in and go out."""

from datetime import datetime
from typing import Literal
from uuid import UUID

from chalicelib.accounts.permissions import Role
from chalicelib.api.schemas.common import In, Name, Out, PageQuery
from chalicelib.models.words import UserStatus


class TeamIn(In):
    name: Name


class MemberIn(In):
    user_id: UUID


class TeamQuery(PageQuery):
    """Sort of a list of teams or members."""

    sort: Literal["name", "-name"] = "name"


class TeamOut(Out):
    """The default team takes the tickets that nobody else does."""

    id: UUID
    name: str
    is_default: bool
    member_count: int
    created_at: datetime
    updated_at: datetime


class MemberOut(Out):
    id: UUID
    name: str
    email: str
    role: Role
    status: UserStatus
