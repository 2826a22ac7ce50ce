"""API keys as they come in and go out."""

from datetime import datetime
from typing import Annotated, Literal
from uuid import UUID

from pydantic import AfterValidator, AwareDatetime, BeforeValidator, Field, WithJsonSchema

from chalicelib.accounts.permissions import Role
from chalicelib.api.schemas.common import In, Name, Out, PageQuery, PersonRef, TeamRef
from chalicelib.api.schemas.users import TeamIds
from chalicelib.api.schemas.words import ROLES, reader
from chalicelib.models.words import Scope


def _of_staff(role: Role) -> Role:
    if not role.is_staff:
        raise ValueError("An API key works for the staff: agent, dispatcher or admin.")
    return role


KeyRole = Annotated[
    Role,
    BeforeValidator(reader(Role, ROLES)),
    AfterValidator(_of_staff),
    WithJsonSchema({"type": "string", "enum": ["agent", "dispatcher", "admin"]}),
]


class ApiKeyIn(In):
    """A new key. `read` lets it call GET, `write` the rest. `team_ids` are for agents' keys: without them it
    joins the default team. Without `expires_at` it lives a year; two at most."""

    name: Name
    role: KeyRole
    scopes: Annotated[list[Scope], Field(min_length=1, max_length=10)]
    team_ids: TeamIds = Field(default_factory=list)
    expires_at: AwareDatetime | None = None


class ApiKeyQuery(PageQuery):
    """Sort of a list of keys."""

    sort: Literal["created_at", "-created_at", "name", "-name"] = "-created_at"


class ApiKeyOut(Out):
    """`last_used_at` is right to the hour."""

    id: UUID
    name: str
    role: Literal["agent", "dispatcher", "admin"]
    scopes: list[Scope]
    teams: list[TeamRef]
    created_by: PersonRef
    created_at: datetime
    expires_at: datetime
    last_used_at: datetime | None


class ApiKeyMade(ApiKeyOut):
    """The new key with its token, which is never shown again."""

    key: str
