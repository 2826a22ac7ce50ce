"""Passwords and mailboxes, changed and proved: the shapes of what mails carry back."""

from typing import Annotated

from pydantic import AfterValidator, Field, StringConstraints

from chalicelib.accounts.emails import normalised
from chalicelib.api.schemas.auth import EmailToLookUp
from chalicelib.api.schemas.common import In, Name, Out
from chalicelib.api.schemas.users import Email, NewPassword, Password

# Whatever was pasted: what is no token of ours is not found.
OneTimeToken = Annotated[str, StringConstraints(max_length=4096)]


class ForgotIn(In):
    """`workspace` is a slug; without one each account of the email gets its mail."""

    email: Annotated[EmailToLookUp, AfterValidator(normalised)]
    workspace: Annotated[str, StringConstraints(max_length=100)] | None = None


class ResetIn(In):
    token: OneTimeToken
    password: NewPassword


class ChangeIn(In):
    """Without the current password, or with a wrong one, the answer is 403."""

    current_password: Password | None = None
    new_password: NewPassword


class VerifyIn(In):
    token: OneTimeToken


class SignUpIn(In):
    """A customer who makes an account; one can sign in once the mail is answered."""

    name: Name
    email: Email
    password: NewPassword


class Promised(Out):
    """The same whoever asks: what there is to say is said by mail."""

    detail: Annotated[str, Field(examples=["If there is such an account, a mail is on its way to it."])]
