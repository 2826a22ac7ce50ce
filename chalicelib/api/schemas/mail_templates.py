"""Texts of mails as they come in and go out."""

from datetime import datetime
from typing import Annotated, Literal
from uuid import UUID

from pydantic import StringConstraints

from chalicelib.api.schemas.common import ONE_LINE, In, LongText, Out, omitted

Subject = Annotated[str, StringConstraints(min_length=1, max_length=500), ONE_LINE]
Text = Annotated[str, StringConstraints(min_length=1, max_length=20_000)]


class MailTemplateIn(In):
    """A desk's own words: Jinja, of which there are `{{ variables }}`, `{% if %}`, a loop over `facts` and a
    few filters. `text` and `html` stand between the top of the mail and its foot; without `html` that is made
    of the text. The subject is one line, whatever is filled in."""

    subject: Subject
    text: Text
    html: LongText | None = None


class MailTemplatePreviewIn(In):
    """What to show: what is sent, else what is kept. With a `ticket_id` it is told of that ticket as it is
    now, else of one that is made up."""

    subject: Subject = omitted()
    text: Text = omitted()
    html: LongText | None = None
    ticket_id: UUID | None = None


class VariableOut(Out):
    """What a text may fill in; `facts` is a list, all others are texts."""

    name: str
    about: str


class MailTemplateLanguage(Out):
    """Whether a kind of mail has an own text in a language, at which version (0: the default). `failed_at`:
    when that could first not be filled in, so that a mail went out with the default text; `failure` says
    why."""

    language: Literal["en", "es"]
    overridden: bool
    version: int
    updated_at: datetime | None
    failed_at: datetime | None
    failure: str | None
    default_subject: str
    default_text: str


class MailTemplateKind(Out):
    """A kind of mail: what it tells, and to whom. `for_customers`: whether a customer may get it."""

    kind: str
    occasion: str
    recipient: str
    for_customers: bool
    variables: list[str]
    languages: list[MailTemplateLanguage]


class MailTemplateList(Out):
    """All kinds of mail, and what the variables are that they name."""

    items: list[MailTemplateKind]
    variables: list[VariableOut]


class MailTemplateOut(MailTemplateLanguage):
    """What mails of a kind say in a language: `subject`, `text` and `html` as they are sent now, and the
    default ones."""

    kind: str
    occasion: str
    recipient: str
    for_customers: bool
    subject: str
    text: str
    html: str | None
    default_html: str
    variables: list[VariableOut]


class MailPreview(Out):
    """A mail as it would go out."""

    subject: str
    text: str
    html: str
