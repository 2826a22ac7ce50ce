"""Organisations as they come in and go out."""

from datetime import datetime
from typing import Annotated, Literal
from uuid import UUID

from pydantic import AfterValidator, Field, StringConstraints

from chalicelib.accounts.email_domains import domain
from chalicelib.api.schemas.common import In, Name, Out, PageQuery, ShortText, omitted

Domain = Annotated[str, StringConstraints(min_length=1, max_length=320), AfterValidator(domain)]
Domains = Annotated[list[Domain], Field(max_length=100)]


class OrganisationIn(In):
    """A new organisation. Customers with an email at one of its domains, and in no organisation, join.

    `shared_tickets`: whether its members see each other's tickets; null is as the workspace says.
    """

    name: Name
    domains: Domains = Field(default_factory=list)
    notes: ShortText | None = None
    shared_tickets: bool | None = None


class OrganisationPatch(In):
    """What changes of an organisation; only the fields that are sent. `domains` are all that it has then; who
    came by one that goes stays."""

    name: Name = omitted()
    domains: Domains = omitted()
    notes: ShortText | None = None
    shared_tickets: bool | None = None


class OrganisationQuery(PageQuery):
    """Search and sort of a list of organisations; `query` is looked for in name and domains."""

    query: Annotated[str, StringConstraints(min_length=1, max_length=200)] | None = None
    sort: Literal["created_at", "-created_at", "name", "-name"] = "name"


class OrganisationOut(Out):
    id: UUID
    name: str
    domains: list[str]
    notes: str | None
    shared_tickets: bool | None
    member_count: int
    created_at: datetime
    updated_at: datetime
