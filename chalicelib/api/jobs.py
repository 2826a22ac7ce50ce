"""Door: work in the background, what became of it, and the files that come of it."""

from typing import Any
from uuid import UUID

from chalicelib.accounts import jobs
from chalicelib.api.endpoint import Answer, Call
from chalicelib.api.job_answer import job_answer
from chalicelib.api.resource import Routes
from chalicelib.api.schemas.common import Page
from chalicelib.api.schemas.jobs import EXAMPLE, JobDetail, JobOut, JobQuery, ResultOut, ResultQuery
from chalicelib.core import paging
from chalicelib.imports import asking
from chalicelib.privacy import erasing
from chalicelib.tickets import bulk, bulk_jobs
from chalicelib.tickets.visibility import sight_of

routes = Routes(__name__, tag="Jobs")

# Kinds that must be brought to their end, and why.
RUNS_ON = {erasing.KIND: erasing.RUNS_ON}
# What their end means beyond themselves.
ENDS = {bulk.KIND: bulk_jobs.tell, asking.KIND: asking.tell}


@routes.get("/v1/jobs", summary="List your jobs; an administrator's list has all", answer=Page[JobOut])
def list_jobs(call: Call, query: JobQuery) -> Answer:
    wanted: dict[str, Any] = {"kind": query.kind, "statuses": query.status, "created_by": query.created_by}
    if query.created_by == "me":
        wanted["created_by"] = call.actor.id
    filters = {name: value for name, value in wanted.items() if value is not None}
    page = paging.Page(query.limit, query.cursor, query.offset)
    found = jobs.listing(call.tx, call.actor, filters, page)
    return Answer({**found, "items": [job_answer(job, call) for job in found["items"]]})


@routes.get(
    "/v1/jobs/{job_id}",
    summary="How far a job is, and what it made",
    answer=JobDetail,
    examples={"answer": {**EXAMPLE, "failures": []}},
)
def get_job(call: Call, job_id: UUID) -> Answer:
    return Answer(job_answer(jobs.get(call.tx, call.actor, job_id, sight_of(call.actor)), call))


@routes.get(
    "/v1/jobs/{job_id}/results",
    summary="What became of each of the things that a job does",
    answer=Page[ResultOut],
)
def list_job_results(call: Call, job_id: UUID, query: ResultQuery) -> Answer:
    page = paging.Page(query.limit, query.cursor, query.offset)
    sight = sight_of(call.actor)
    return Answer(jobs.results(call.tx, call.actor, job_id, query.status, page, sight))


@routes.post(
    "/v1/jobs/{job_id}/cancel",
    summary="Call a job off: what it has done stays, what it has not is skipped",
    answer=JobOut,
    examples={"answer": {**EXAMPLE, "status": "cancelled", "cancellable": False}},
)
def cancel_job(call: Call, job_id: UUID) -> Answer:
    return Answer(job_answer(jobs.cancel(call.tx, call.actor, job_id, RUNS_ON, ENDS), call))
