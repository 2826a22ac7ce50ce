"""Imports as they come in and go out."""

from datetime import datetime
from typing import Annotated, Any, Literal
from uuid import UUID
from zoneinfo import available_timezones

from pydantic import AfterValidator, Field, StringConstraints

from chalicelib.accounts.emails import address
from chalicelib.api.schemas.attachments import UploadOut
from chalicelib.api.schemas.common import In, Line, Out, PageQuery
from chalicelib.api.schemas.import_mapping import MappingIn
from chalicelib.api.schemas.jobs import JobFileOut
from chalicelib.models.words import ImportSource

MAX_BYTES = 2_000_000_000
System = Annotated[str, StringConstraints(pattern=r"^[a-z0-9][a-z0-9-]{0,39}$")]


def time_zone(name: str) -> str:
    if name not in available_timezones():
        raise ValueError("This is no time zone such as Europe/Madrid")
    return name


class OptionsIn(In):
    """`team_id`: whose tickets are that name none; else the default team's. `timezone`: of times that name
    none; else the workspace's. `requester_email`: whose tickets are that name nobody with an address; else
    they are skipped. `dry_run`: say what would be taken, and take nothing."""

    team_id: UUID | None = None
    timezone: Annotated[str, AfterValidator(time_zone)] | None = None
    requester_email: Annotated[str, StringConstraints(max_length=254), AfterValidator(address)] | None = None
    dry_run: bool = False


class ImportIn(In):
    """A file that is to come. `bytes`: its exact size, at most 2 GB. `system`: where its ids come from; two
    desks of one vendor have two names."""

    source: ImportSource
    file_name: Line
    bytes: Annotated[int, Field(ge=1, le=MAX_BYTES)]
    system: System | None = None
    mapping: MappingIn = Field(default_factory=MappingIn)
    options: OptionsIn = Field(default_factory=OptionsIn)


class ImportStartIn(In):
    """`dry_run` is in the place of what the import said."""

    dry_run: bool | None = None


class ImportQuery(PageQuery):
    """Filters of imports, the newest first."""

    source: ImportSource | None = None
    system: System | None = None


class ImportCountsOut(Out):
    """`rows` that were read: `taken` as new tickets, `updated` with new comments, `unchanged` since an import
    before, or `skipped`. `comments` and `people` that were made."""

    rows: int
    taken: int
    updated: int
    unchanged: int
    skipped: int
    comments: int
    people: int


class ReasonsOut(Out):
    """How often, by code: why rows were skipped, and what of those that were taken is not as it stood."""

    skipped: dict[str, int]
    changed: dict[str, int]


class ImportOut(Out):
    """An import. It is `awaiting` until it is started; `bytes_read` of `bytes` is how far it is. `report`
    has all remarks, as CSV, for a week after its end."""

    id: UUID
    source: ImportSource
    system: str
    file_name: str
    bytes: int
    bytes_read: int
    mapping: dict[str, Any]
    options: dict[str, Any]
    status: Literal["awaiting", "queued", "running", "done", "failed", "cancelled"]
    error: str | None
    counts: ImportCountsOut
    reasons: ReasonsOut
    remark_count: int
    report: JobFileOut | None
    created_by: UUID | None
    job_id: UUID | None
    created_at: datetime
    started_at: datetime | None
    finished_at: datetime | None
    expires_at: datetime


class RemarkOut(Out):
    """Of a row: that it was `skipped`, or what of it was `changed` when it was taken, and why. `row` counts
    them from 1, `line` is where it begins."""

    kind: Literal["skipped", "changed"]
    row: int
    line: int
    external_id: str | None
    code: str
    detail: str


class ImportDetail(ImportOut):
    """`remarks`: the first 1,000."""

    remarks: list[RemarkOut]


class NewImportOut(ImportOut):
    """Send the file as `upload` says, within an hour, and then start the import."""

    upload: UploadOut


EXAMPLE: dict[str, Any] = {
    "id": "019aa3f0-6f5c-7c3e-9a41-2f1d5b8e7a60",
    "source": "zendesk",
    "system": "zendesk",
    "file_name": "tickets.json",
    "bytes": 48213000,
    "bytes_read": 12582912,
    "mapping": {"values": {"team": {"Support L1": "Service desk"}}},
    "options": {"dry_run": False},
    "status": "running",
    "error": None,
    "counts": {
        **{"rows": 4100, "taken": 4012, "updated": 0, "unchanged": 0, "skipped": 88},
        **{"comments": 16230, "people": 911},
    },
    "reasons": {"skipped": {"deleted": 88}, "changed": {"files_left": 640}},
    "remark_count": 728,
    "report": None,
    "created_by": "019aa3f0-1b2c-7d3e-8f41-0f1d5b8e7a60",
    "job_id": "019aa3f0-7a11-7d4e-8c52-3a2e6c9f8b71",
    "created_at": "2026-11-21T09:00:00Z",
    "started_at": "2026-11-21T09:02:00Z",
    "finished_at": None,
    "expires_at": "2026-12-21T09:00:00Z",
}
