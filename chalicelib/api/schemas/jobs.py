"""Jobs as they come in and go out."""

from datetime import datetime
from typing import Any, Literal, NotRequired
from uuid import UUID

from chalicelib.api.schemas.common import Out, PageQuery
from chalicelib.api.schemas.words import JobStatusList, OutcomeList

Kind = Literal[
    "bulk",
    "export",
    "import",
    "mail_release",
    "recount",
    "repromise",
    "search_refresh",
    "user_erasure",
    "user_export",
]
Came = Literal["changed", "unchanged", "failed", "skipped"]


class JobQuery(PageQuery):
    """Filters of jobs, the newest first. `created_by`: whose, `me` for one's own."""

    kind: Kind | None = None
    status: JobStatusList | None = None
    created_by: UUID | Literal["me"] | None = None


class ResultQuery(PageQuery):
    """Filter of a job's results, in the order in which it was asked."""

    status: OutcomeList | None = None


class JobFileOut(Out):
    """What a job made. Whoever has the address may fetch it until that ends; each answer has a new one."""

    name: str
    bytes: int
    url: str
    url_expires_at: datetime


class ItemErrorOut(Out):
    """Why a ticket was not changed: `code` and `detail` as a call for it alone would be refused. `field`:
    what of the request is at fault; `allowed`: the verbs that its `state` has; `current_version`: where
    another was expected."""

    code: str
    detail: str
    field: NotRequired[str | None]
    state: NotRequired[str | None]
    allowed: NotRequired[list[str] | None]
    current_version: NotRequired[int | None]


class ResultOut(Out):
    """What became of one ticket. `skipped` was not looked at, for the job ended before. `label` and `version`
    are null for what the caller does not see."""

    ticket_id: UUID
    label: str | None
    status: Came
    version: int | None
    error: ItemErrorOut | None


class JobOut(Out):
    """Work in the background. `subject_id`: whom or what it is about. `done` of `total` things, of an import
    bytes; without a total, rows so far. `counts`: how many came out how, `waiting` for those to be done; of
    work that is done in batches only what failed. `cancellable`: whether it can be called off now. `file` is
    null once it is deleted, and for who sees less by now than is in it."""

    id: UUID
    kind: Kind
    status: Literal["queued", "running", "done", "failed", "cancelled"]
    subject_id: UUID | None
    created_by: UUID | None
    total: int | None
    done: int
    counts: dict[str, int] | None
    cancellable: bool
    error: str | None
    file: JobFileOut | None
    created_at: datetime
    started_at: datetime | None
    finished_at: datetime | None
    expires_at: datetime


class JobDetail(JobOut):
    """`failures`: the first 50; all of them, with all else, are among the results."""

    failures: list[ResultOut]


EXAMPLE: dict[str, Any] = {
    "id": "019aa3f0-6f5c-7c3e-9a41-2f1d5b8e7a60",
    "kind": "bulk",
    "status": "running",
    "subject_id": None,
    "created_by": "019aa3f0-1b2c-7d3e-8f41-0f1d5b8e7a60",
    "total": 212,
    "done": 57,
    "counts": {"changed": 55, "failed": 2, "waiting": 155},
    "cancellable": True,
    "error": None,
    "file": None,
    "created_at": "2026-11-21T09:00:00Z",
    "started_at": "2026-11-21T09:00:01Z",
    "finished_at": None,
    "expires_at": "2026-12-21T09:00:00Z",
}
