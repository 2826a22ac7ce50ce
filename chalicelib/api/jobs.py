"""Door: work in the background, and the files that come of it."""

from uuid import UUID

from chalicelib.accounts import jobs
from chalicelib.api.endpoint import Answer, Call
from chalicelib.api.job_answer import job_answer
from chalicelib.api.resource import Routes
from chalicelib.api.schemas.personal_data import JobOut

routes = Routes(__name__, tag="Jobs")


@routes.get("/v1/jobs/{job_id}", summary="How far a job is, and what it made", answer=JobOut)
def get_job(call: Call, job_id: UUID) -> Answer:
    return Answer(job_answer(jobs.get(call.tx, call.actor, job_id), call))
