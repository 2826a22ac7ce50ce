"""The audit log as it goes out."""

import re
from datetime import datetime
from typing import Annotated, Any, Literal
from uuid import UUID

from pydantic import BeforeValidator, Field, WithJsonSchema

from chalicelib.api.schemas.common import In, Out, PageQuery
from chalicelib.api.schemas.filters import Instant

ACTION = re.compile(r"[a-z][a-z_]{0,40}(\.[a-z][a-z_]{0,40})?(\.?\*)?|\*")


def actions(value: Any) -> list[str]:
    """A comma list of actions; `user.*` is all that begin with `user.`."""
    found = [part.strip().lower() for part in str(value).split(",")]
    if len(found) > 20 or not all(ACTION.fullmatch(part) for part in found):
        raise ValueError("This must be actions such as user.changed or team.*, at most 20, with commas")
    return found


ActionList = Annotated[
    list[str],
    BeforeValidator(actions),
    WithJsonSchema({"type": "string", "description": "Comma list of actions; user.* for all of users"}),
]


class AuditQuery(PageQuery):
    """Filters of the audit log; the newest entry comes first."""

    actor: UUID | None = None
    action: ActionList | None = None
    target: UUID | None = None
    created_after: Instant | None = None
    created_before: Instant | None = None


class VerifyQuery(In):
    """`from_sequence`: where to begin, as `next_sequence` of a call before says."""

    from_sequence: Annotated[int, Field(ge=1, le=2_000_000_000)] = 1


class AuditActorOut(Out):
    """`id` and `name` are null for who has not shown who they are, and for the desk itself."""

    type: Literal["user", "api_key", "contact", "system", "anonymous"]
    id: UUID | None
    name: str | None


class AuditTargetOut(Out):
    type: str
    id: UUID


class AuditEntryOut(Out):
    """One thing that happened. `before` and `after` hold the values that changed; where a person was erased
    (`erased`), they and the address are gone."""

    id: UUID
    sequence: int
    action: str
    actor: AuditActorOut
    address: str | None
    request_id: str | None
    target: AuditTargetOut
    before: dict[str, Any] | None
    after: dict[str, Any] | None
    erased: bool
    created_at: datetime
    hash: str


class BrokenOut(Out):
    """The first entry that is wrong; `id` is null where it is not there any more."""

    sequence: int
    id: UUID | None
    reason: Literal["deleted", "moved", "edited", "added", "cut", "rewritten"]


class HeadOut(Out):
    """The last entry of the chain."""

    sequence: int
    hash: str


class AnchorOut(HeadOut):
    """The furthest entry that is anchored outside the database."""

    anchored_at: datetime


class VerifiedOut(Out):
    """`next_sequence` is where another call goes on, null at the end of the log or at a broken entry."""

    ok: bool
    checked: int
    next_sequence: int | None
    first_broken: BrokenOut | None
    head: HeadOut | None
    anchored: AnchorOut | None
