"""Door: many tickets changed at once."""

from uuid import UUID

from chalicelib.api.endpoint import Ahead, Answer, Call
from chalicelib.api.job_answer import job_answer
from chalicelib.api.resource import Routes
from chalicelib.api.schemas.actions import documents
from chalicelib.api.schemas.bulk import BulkIn, BulkOut, TicketAt
from chalicelib.api.schemas.jobs import JobOut
from chalicelib.core.errors import ValidationFailed
from chalicelib.tickets import bulk
from chalicelib.tickets.bulk_acting import Chosen, deadline

routes = Routes(__name__, tag="Tickets")

EXAMPLE = {
    "body": {
        "ticket_ids": ["019aa3f0-6f5c-7c3e-9a41-2f1d5b8e7a60", "019aa3f0-7a11-7d4e-8c52-3a2e6c9f8b71"],
        "actions": [
            {"action": "add_tags", "tags": ["outage"]},
            {"action": "set_status", "status": "closed", "reason": "The line is up again."},
        ],
    },
    "answer": {
        "bulk_id": "3f0e5a52-0f3b-4a57-9a55-6f2b2b0c8d11",
        "dry_run": False,
        "results": [
            {
                "ticket_id": "019aa3f0-6f5c-7c3e-9a41-2f1d5b8e7a60",
                "status": "changed",
                "label": "TKT-2026-00042",
                "version": 8,
                "error": None,
            },
            {
                "ticket_id": "019aa3f0-7a11-7d4e-8c52-3a2e6c9f8b71",
                "status": "failed",
                "label": None,
                "version": None,
                "error": {"code": "NOT_FOUND", "detail": "There is no such ticket."},
            },
        ],
        "counts": {"changed": 1, "unchanged": 0, "failed": 1},
    },
}


def _until(_: Ahead) -> float:
    """One for all tries of the transaction."""
    return deadline()


@routes.post(
    "/v1/tickets/bulk",
    summary="Change up to 500 tickets: 50 at once, more by a job",
    answer=BulkOut,
    also={202: JobOut},
    examples=EXAMPLE,
    prepare=_until,
)
def change_tickets_in_bulk(call: Call, body: BulkIn) -> Answer:
    """Each ticket stands alone: what one is refused leaves the others be. Up to 50 are changed at once, and
    the answer tells what became of each. For more it is 202 with a job, to be followed with
    `GET /v1/jobs/{job_id}` and called off with `POST /v1/jobs/{job_id}/cancel`, which changes one after
    another with the rights that you have by then. A filter is read once, now. With `dry_run` nothing is
    done: the answer tells what would become of each of up to 50."""
    chosen, actions = _chosen(call, body), documents(body.actions)
    asked = bulk.act(call.tx, call.actor, chosen, actions, dry_run=body.dry_run, until=call.prepared)
    if "results" in asked:
        return Answer(asked)
    return Answer(job_answer(asked, call), 202, {"Location": f"/v1/jobs/{asked['id']}"})


def _chosen(call: Call, body: BulkIn) -> list[Chosen]:
    if (body.ticket_ids is None) is (body.filter is None):
        missing = body.ticket_ids is None
        sentence = "Say which tickets: by `ticket_ids` or by a `filter`, not by both."
        raise ValidationFailed.of("ticket_ids", sentence, "FIELD_REQUIRED" if missing else "VALIDATION_ERROR")
    if body.filter is not None:
        return bulk.choose(call.tx, call.actor, body.filter.plain())
    versions: dict[UUID, int | None] = {}
    for place, each in enumerate(body.ticket_ids or ()):
        ticket_id, version = (each.id, each.version) if isinstance(each, TicketAt) else (each, None)
        if None not in (known := versions.get(ticket_id), version) and known != version:
            raise ValidationFailed.of(
                f"ticket_ids.{place}", "This ticket is named before, at another version."
            )
        versions[ticket_id] = version or known
    return [Chosen(*each) for each in versions.items()]
