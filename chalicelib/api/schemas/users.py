"""Users as they come in and go out."""

from datetime import datetime
from typing import Annotated, Any, Literal
from uuid import UUID

from pydantic import AfterValidator, Field, StringConstraints

from chalicelib.accounts.emails import address
from chalicelib.accounts.passwords import MAX_LENGTH, MIN_LENGTH
from chalicelib.accounts.permissions import Role
from chalicelib.api.schemas.common import (
    ONE_LINE,
    In,
    Name,
    OrganisationRef,
    Out,
    PageQuery,
    TeamRef,
    omitted,
)
from chalicelib.api.schemas.words import RoleList, RoleWord, UserStatusList
from chalicelib.models.words import MailTrouble, UserStatus

DocumentId = Annotated[str, StringConstraints(min_length=1, max_length=50), ONE_LINE]
Phone = Annotated[str, StringConstraints(min_length=3, max_length=30, pattern=r"^[0-9+()./ -]+$")]
Company = Name
# Spaces at the ends belong to a password.
Password = Annotated[
    str,
    StringConstraints(strip_whitespace=False, max_length=2000),
    Field(json_schema_extra={"format": "password"}),
]
NewPassword = Annotated[
    Password,
    Field(json_schema_extra={"format": "password", "minLength": MIN_LENGTH, "maxLength": MAX_LENGTH}),
]
Email = Annotated[
    str,
    StringConstraints(min_length=3, max_length=320),
    AfterValidator(address),
    Field(json_schema_extra={"format": "email"}),
]
TeamIds = Annotated[list[UUID], Field(max_length=100)]


class UserIn(In):
    """A new user. Without a password an invitation is sent; staff without teams join the default one,
    customers without an organisation that of their email's domain."""

    name: Name
    email: Email
    role: RoleWord
    password: NewPassword | None = None
    team_ids: TeamIds = Field(default_factory=list)
    organisation_id: UUID | None = None
    document_id: DocumentId | None = None
    phone: Phone | None = None
    has_whatsapp: bool | None = None
    company: Company | None = None


class UserPatch(In):
    """What changes of a user; only the fields that are sent. `status: active` undoes a deactivation. Who is
    put in an organisation, or taken out by null, stays so whatever the email's domain. One's own email takes
    the `current_password`. `email_problem: null` has mails sent to the address again."""

    current_password: Password = omitted()
    name: Name = omitted()
    email: Email = omitted()
    role: RoleWord = omitted()
    status: Literal["active"] = omitted()
    password: NewPassword = omitted()
    team_ids: TeamIds = omitted()
    organisation_id: UUID | None = None
    away: bool = omitted()
    document_id: DocumentId | None = None
    phone: Phone | None = None
    has_whatsapp: bool | None = None
    company: Company | None = None
    email_problem: None = omitted()


class UserFilter(In):
    """Which users; what is left out is not asked for. `query` is looked for in name and email, `away` among
    staff; `two_step` is for administrators."""

    role: RoleList | None = None
    status: UserStatusList | None = None
    team: UUID | None = None
    two_step: bool | None = None
    organisation: UUID | Literal["none"] | None = None
    away: bool | None = None
    email_problem: bool | None = None
    query: Annotated[str, StringConstraints(min_length=1, max_length=200)] | None = None

    def wanted(self) -> dict[str, Any]:
        """The filter as accounts/queries.list_users takes it."""
        wanted = {"roles": self.role, "statuses": self.status, "team_id": self.team, "away": self.away}
        wanted |= {"words": self.query, "two_step": self.two_step, "unreached": self.email_problem}
        if self.organisation == "none":
            wanted["without_organisation"] = True
        else:
            wanted["organisation_id"] = self.organisation
        return {name: value for name, value in wanted.items() if value is not None}


class UserQuery(PageQuery, UserFilter):
    """Filters and sort of a list of users."""

    sort: Literal["created_at", "-created_at", "name", "-name"] = "name"


class EmailProblem(Out):
    """Why an address gets no mails but those about the account: it `bounced`, is `failing` on several days,
    or its reader `complained` of spam. `detail`: what the receiving server said, where it said anything."""

    reason: MailTrouble
    since: datetime
    detail: str | None


class UserOut(Out):
    """Who is `away` is given no tickets by teams that assign by themselves; null for customers.
    `two_step_enabled` is told to administrators, and of oneself; else null."""

    id: UUID
    name: str
    email: str
    role: Role
    status: UserStatus
    teams: list[TeamRef]
    organisation: OrganisationRef | None
    document_id: str | None
    phone: str | None
    has_whatsapp: bool | None
    company: str | None
    away: bool | None
    away_since: datetime | None
    email_verified_at: datetime | None
    email_problem: EmailProblem | None
    two_step_enabled: bool | None
    created_at: datetime
    updated_at: datetime
    deactivated_at: datetime | None
