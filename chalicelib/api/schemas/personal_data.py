"""Erasures of people as they come in and go out."""

from datetime import datetime
from typing import Literal
from uuid import UUID

from chalicelib.api.schemas.common import In, Out
from chalicelib.api.schemas.users import Email

Reason = Literal["requested", "consent_withdrawn", "objected", "no_longer_needed", "unlawful", "other"]


class ErasureIn(In):
    """`confirm` repeats the person's email, so that nobody is erased by a slip. `reason` has set words, for
    the receipt holds no word of the person."""

    confirm: Email
    reason: Reason = "requested"


class ErasureOut(Out):
    """The receipt of an erasure. `counts`: rows changed or deleted, by table. `audit_sequence`: its entry in
    the audit log, null in the answer to the request itself. `status` is `failed` where the search gave up:
    erase once more to go on with it."""

    id: UUID
    user_id: UUID
    job_id: UUID
    pseudonym: str
    reason: Reason
    status: Literal["running", "complete", "failed"]
    counts: dict[str, int]
    audit_sequence: int | None
    erased_at: datetime
    completed_at: datetime | None
