"""Invitations as they come in and go out."""

from datetime import datetime
from uuid import UUID

from pydantic import Field

from chalicelib.accounts.permissions import Role
from chalicelib.api.schemas.common import In, Name, Out, PageQuery, PersonRef, TeamRef
from chalicelib.api.schemas.passwords import OneTimeToken
from chalicelib.api.schemas.users import Email, NewPassword, TeamIds
from chalicelib.api.schemas.words import InvitationStatusList, RoleWord
from chalicelib.models.words import InvitationStatus


class InvitationIn(In):
    """Whom to invite; without a name the person is called by the email, until they say otherwise. A contact,
    who has written without an account, may be invited too, and keeps the own name where none is given."""

    email: Email
    name: Name | None = None
    role: RoleWord
    team_ids: TeamIds = Field(default_factory=list)


class AcceptIn(In):
    """The token of the mail, and the password to come in with from now on."""

    token: OneTimeToken
    password: NewPassword
    name: Name | None = None


class InvitationQuery(PageQuery):
    """`status`: any of pending, accepted, expired, revoked."""

    status: InvitationStatusList | None = None


class InvitationOut(Out):
    """`created_at` is that of the first mail, `sent_at` of the last. `invited_by` is null for an API key."""

    id: UUID
    user_id: UUID
    email: str
    name: str
    role: Role
    status: InvitationStatus
    teams: list[TeamRef]
    invited_by: PersonRef | None
    created_at: datetime
    sent_at: datetime
    expires_at: datetime
    accepted_at: datetime | None
    revoked_at: datetime | None
