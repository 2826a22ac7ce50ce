"""The settings of a workspace as they come in and go out."""

import re
from datetime import datetime
from itertools import pairwise
from typing import Annotated, Literal
from urllib.parse import urlsplit
from uuid import UUID

from pydantic import AfterValidator, Field, StringConstraints

from chalicelib.api.schemas.common import ONE_LINE, In, Name, Out, Shown, omitted


def slug(text: str) -> str:
    """Lower-case letters, digits and inner dashes: what an address can carry."""
    if not re.fullmatch(r"[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?", text.lower()):
        raise ValueError("Use 1 to 63 letters, digits and dashes, no dash at either end.")
    return text.lower()


def label_prefix(text: str) -> str:
    """What stands before the year in a ticket's label."""
    if not re.fullmatch(r"[A-Z][A-Z0-9]{0,9}", text.upper()):
        raise ValueError("Use 1 to 10 letters and digits, a letter first.")
    return text.upper()


def color(text: str) -> str:
    """A colour of CSS in its long form."""
    if not re.fullmatch(r"#[0-9a-f]{6}", text.lower()):
        raise ValueError("Use # and six hexadecimal digits, such as #0d74ce.")
    return text.lower()


def https_url(text: str) -> str:
    """An absolute address that a browser loads without anything in it that could mislead."""
    refused = ValueError("Use an address such as https://example.com/logo.png.")
    if not re.fullmatch(r"https://[!-~]+", text) or re.search(r"""["'<>\\^`{|}]""", text):
        raise refused
    try:
        parts = urlsplit(text)
        named = parts.hostname and "." in parts.hostname and parts.port != 0
    except ValueError as error:
        raise refused from error
    if not named or parts.username is not None:
        raise refused
    return text


def site(text: str) -> str:
    """The origin of a site as a Content-Security-Policy names it (Level 3, host-source)."""
    found = re.fullmatch(r"https://(\*\.)?([a-z0-9-]+\.)+[a-z0-9-]+(:[0-9]{1,5})?", text.lower())
    local = re.fullmatch(r"https?://(localhost|127\.0\.0\.1)(:[0-9]{1,5})?", text.lower())
    if not (found or local):
        raise ValueError("Use the origin of a site such as https://www.example.com, without a path.")
    return text.lower()


# As `site` takes them.
ORIGIN = r"^(https://(\*\.)?([A-Za-z0-9-]+\.)+[A-Za-z0-9-]+|https?://(localhost|127\.0\.0\.1))(:[0-9]{1,5})?$"


def ascending(days: list[int]) -> list[int]:
    """Days one after another."""
    if any(later <= earlier for earlier, later in pairwise(days)):
        raise ValueError("Name each day once, the first one first.")
    return days


Slug = Annotated[
    str, StringConstraints(max_length=63), Shown(slug, r"^[A-Za-z0-9]([A-Za-z0-9-]*[A-Za-z0-9])?$")
]
LabelPrefix = Annotated[str, StringConstraints(max_length=10), Shown(label_prefix, r"^[A-Za-z][A-Za-z0-9]*$")]
Color = Annotated[str, StringConstraints(max_length=7), Shown(color, r"^#[0-9A-Fa-f]{6}$")]
HttpsUrl = Annotated[str, StringConstraints(max_length=500), Shown(https_url, r"^https://[!-~]+$")]
Footer = Annotated[str, StringConstraints(min_length=1, max_length=300), ONE_LINE]
Days = Annotated[int, Field(ge=1, le=365)]
ReminderDays = Annotated[list[Days], Field(max_length=5), AfterValidator(ascending)]
Site = Annotated[str, StringConstraints(max_length=255), Shown(site, ORIGIN)]
Sites = Annotated[list[Site], Field(max_length=20), AfterValidator(lambda sites: list(dict.fromkeys(sites)))]
ResolveText = Annotated[str, StringConstraints(min_length=1, max_length=2000)]
TimeZone = Annotated[str, StringConstraints(min_length=1, max_length=64)]


class BrandingPatch(In):
    """What changes of how the desk looks; null returns to the plain."""

    color: Color | None = omitted()
    logo_url: HttpsUrl | None = omitted()
    footer: Footer | None = omitted()


class BrandingOut(Out):
    """How the desk looks on its pages and in its mails: `color` as #rrggbb, a picture, a line under mails."""

    color: str | None
    logo_url: str | None
    footer: str | None


class WorkspacePatch(In):
    """What changes of the settings; only the fields that are sent."""

    name: Name = omitted()
    slug: Slug = omitted()
    timezone: TimeZone = omitted()
    language: Literal["en", "es"] = omitted()
    label_prefix: LabelPrefix = omitted()
    agent_visibility: Literal["teams", "all"] = omitted()
    reopen_window_days: Annotated[int, Field(ge=0, le=365)] = omitted()
    retention_days: Annotated[int, Field(ge=30, le=3650)] | None = None
    customer_signup: bool = omitted()
    customers_see_organisation: bool = omitted()
    categories_only: bool = omitted()
    ratings_enabled: bool = omitted()
    rating_delay_hours: Annotated[int, Field(ge=0, le=168)] = omitted()
    pending_reminder_days: ReminderDays = omitted()
    pending_resolve_days: Days | None = None
    pending_resolve_text: ResolveText | None = None
    add_cc_as_watchers: bool = omitted()
    form_sites: Sites = omitted()
    branding: BrandingPatch = omitted()
    two_step_required_of: Literal["nobody", "staff"] = omitted()


class WorkspaceOut(Out):
    """`reopen_window_days`: how long a requester may reopen what was resolved; then it closes by itself.
    `pending_reminder_days`: after how many days that a ticket is pending its requester is reminded, each
    once; `pending_resolve_days`: after how many it is resolved, with `pending_resolve_text` or else words in
    the workspace's language; null is never. `retention_days`: how long
    after its end a closed, cancelled or deleted ticket is deleted for good; null keeps it. `timezone` is an
    IANA name. `customers_see_organisation`: whether customers see the tickets of their organisation, where
    that does not say otherwise. `categories_only`: whether tickets take
    the declared categories and subcategories alone, where any are declared. `ratings_enabled`: whether
    requesters are asked how the help was; `rating_delay_hours`: how long after the end of the work, 0 for in
    the mail that tells of it. `add_cc_as_watchers`: whether those whom a customer's mail was sent to as well
    watch its ticket. `form_sites`: which sites may show the desk's form within their pages; none can where
    none is named. `oidc_enabled`: whether people can sign in with the workspace's own provider."""

    id: UUID
    slug: str
    name: str
    timezone: str
    language: str
    label_prefix: str
    agent_visibility: str
    reopen_window_days: int
    retention_days: int | None
    customer_signup: bool
    customers_see_organisation: bool
    categories_only: bool
    ratings_enabled: bool
    rating_delay_hours: int
    pending_reminder_days: list[int]
    pending_resolve_days: int | None
    pending_resolve_text: str | None
    add_cc_as_watchers: bool
    form_sites: list[str]
    oidc_enabled: bool
    branding: BrandingOut
    two_step_required_of: str
    created_at: datetime
    updated_at: datetime


class FacadeOut(Out):
    """A help desk as strangers see it. `customer_signup`: whether whoever has an address may make an account,
    `oidc_enabled`: whether people sign in with a provider of the desk's own, too."""

    slug: str
    name: str
    language: str
    timezone: str
    customer_signup: bool
    oidc_enabled: bool
    branding: BrandingOut
