"""Door: rows as files."""

from chalicelib.analytics import exporting
from chalicelib.api.endpoint import Answer, Call
from chalicelib.api.job_answer import job_answer
from chalicelib.api.resource import Routes
from chalicelib.api.schemas.exports import ExportIn
from chalicelib.api.schemas.jobs import EXAMPLE, JobOut

routes = Routes(__name__, tag="Exports")


@routes.post(
    "/v1/exports",
    summary="Take rows out as a file: tickets, comments, timelines or users",
    answer=JobOut,
    status=202,
    examples={
        "body": {
            "resource": "tickets",
            "format": "csv",
            "compress": "gzip",
            "filter": {"status": ["resolved", "closed"], "created_after": "2026-10-01T00:00:00Z"},
            "columns": ["label", "subject", "requester.email", "team.name", "resolved_at"],
        },
        "answer": {**EXAMPLE, "kind": "export", "total": None, "counts": None, "status": "queued", "done": 0},
    },
)
def make_export(call: Call, body: ExportIn) -> Answer:
    """What you see by the time the file is made, and no more: customers may not ask, agents get the tickets
    that they see, users are for administrators. The job is followed with `GET /v1/jobs/{job_id}`: `done`
    counts rows, and once it is done each answer has a new link to the file, which lives five minutes; the
    file is there for a week. CSV is UTF-8 with a byte order mark; cells that a spreadsheet would take for
    formulas have an apostrophe before them. JSON Lines has an object a line, as answers show it."""
    job = exporting.ask(call.tx, call.actor, body.wanted())
    return Answer(job_answer(job, call), headers={"Location": f"/v1/jobs/{job['id']}"})
