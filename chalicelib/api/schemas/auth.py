"""Signing in, and one's own profile, as they come in and go out."""

from typing import Annotated, Literal, NotRequired
from uuid import UUID

from pydantic import Field, StringConstraints

from chalicelib.accounts.permissions import Role
from chalicelib.api.schemas.common import In, Name, Out, omitted
from chalicelib.api.schemas.two_step import RecoveryCode, TotpCode
from chalicelib.api.schemas.users import Company, DocumentId, Email, NewPassword, Password, Phone, UserOut
from chalicelib.api.schemas.workspace import WorkspaceOut

# To look an account up, any text will do: whether it could be one is nobody's business.
EmailToLookUp = Annotated[
    str, StringConstraints(max_length=320), Field(json_schema_extra={"format": "email"})
]
RefreshToken = Annotated[str, StringConstraints(max_length=4096)]


class RegisterIn(In):
    """A workspace and its first admin."""

    workspace_name: Name
    admin_email: Email
    admin_password: NewPassword
    admin_name: Name | None = None


class LoginIn(In):
    """`workspace` is a slug: needed only where email and password fit in several. Who signs in with two
    steps may send a code along; without one the answer is a challenge."""

    email: EmailToLookUp
    password: Password
    workspace: Annotated[str, StringConstraints(max_length=100)] | None = None
    totp_code: TotpCode | None = None
    recovery_code: RecoveryCode | None = None


class RefreshIn(In):
    refresh_token: RefreshToken


class LogoutIn(In):
    """Ends this session, that of `refresh_token` too, or with `everywhere` all of them."""

    refresh_token: RefreshToken | None = None
    everywhere: bool = False


class MePatch(In):
    """What everybody may change of oneself; only the fields that are sent. `away` is for staff."""

    name: Name = omitted()
    away: bool = omitted()
    document_id: DocumentId | None = None
    phone: Phone | None = None
    has_whatsapp: bool | None = None
    company: Company | None = None


class WorkspaceRef(Out):
    id: UUID
    slug: str
    name: str


class SignedInUser(Out):
    """Who has signed in, and where."""

    id: UUID
    name: str
    email: str
    role: Role
    workspace: WorkspaceRef


class Tokens(Out):
    """`token` repeats `access_token`: it lives `expires_in` seconds. A refresh token is good for one use.

    `two_step_enrolment_required`: until `POST /v1/auth/totp/confirm` nothing else can be done with it.
    """

    access_token: str
    token: str
    token_type: Literal["Bearer"]
    expires_in: int
    refresh_token: str
    user: SignedInUser
    two_step_enrolment_required: NotRequired[Literal[True]]


class Registered(Tokens):
    workspace: WorkspaceOut


class MeOut(UserOut):
    """Oneself. `permissions`: what the role lets one do at all, by the names of docs/permissions.md; what a
    ticket allows now it says itself, in `verbs`."""

    workspace: WorkspaceRef
    permissions: list[str]
