"""The settings of a workspace as they come in and go out."""

import re
from datetime import datetime
from typing import Annotated, Literal
from uuid import UUID

from pydantic import AfterValidator, Field, StringConstraints

from chalicelib.api.schemas.common import In, Name, Out, omitted


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


Slug = Annotated[str, StringConstraints(max_length=63), AfterValidator(slug)]
LabelPrefix = Annotated[str, StringConstraints(max_length=10), AfterValidator(label_prefix)]
TimeZone = Annotated[str, StringConstraints(min_length=1, max_length=64)]


class WorkspacePatch(In):
    """What changes of the settings; only the fields that are sent."""

    name: Name = omitted()
    slug: Slug = omitted()
    timezone: TimeZone = omitted()
    language: Literal["en", "es"] = omitted()
    label_prefix: LabelPrefix = omitted()
    agent_visibility: Literal["teams", "all"] = omitted()
    reopen_window_days: Annotated[int, Field(ge=0, le=365)] = omitted()
    customer_signup: bool = omitted()


class WorkspaceOut(Out):
    """`reopen_window_days`: how long a requester may reopen what was resolved. `timezone` is an IANA name."""

    id: UUID
    slug: str
    name: str
    timezone: str
    language: str
    label_prefix: str
    agent_visibility: str
    reopen_window_days: int
    customer_signup: bool
    created_at: datetime
    updated_at: datetime
