"""The verbs of a ticket's life: each answers the whole ticket and its ETag; merge the target, split the new
ticket."""

from uuid import UUID

from chalicelib.api.endpoint import Answer, Call
from chalicelib.api.resource import Routes
from chalicelib.api.schemas.tickets import (
    AssignIn,
    MergeIn,
    OptionalReasonIn,
    PauseIn,
    ReasonIn,
    ReclassifyIn,
    ResolveIn,
    SplitIn,
    TicketOut,
    TransferIn,
)
from chalicelib.api.ticket_answer import ticket_answer
from chalicelib.core.errors import ValidationFailed
from chalicelib.tickets.archiving import archive, unarchive
from chalicelib.tickets.assigning import assign
from chalicelib.tickets.cancelling import cancel
from chalicelib.tickets.closing import close
from chalicelib.tickets.merging import merge
from chalicelib.tickets.pausing import pause, resume
from chalicelib.tickets.reclassifying import reclassify
from chalicelib.tickets.reopening import reopen
from chalicelib.tickets.resolving import resolve
from chalicelib.tickets.splitting import Piece, split
from chalicelib.tickets.transferring import transfer

routes = Routes(__name__, tag="Ticket verbs")
PATH = "/v1/tickets/{ticket_id}/"


@routes.post(
    PATH + "assign",
    summary="Give it to somebody, or to nobody",
    answer=TicketOut,
    examples={
        "body": {"assignee_id": "0190c0de-0000-7000-8000-000000000001", "reason": "Knows the VPN best."}
    },
)
def assign_ticket(call: Call, ticket_id: UUID, body: AssignIn) -> Answer:
    assign(call.tx, call.actor, ticket_id, body.assignee_id, body.team_id, body.reason, call.if_match)
    return ticket_answer(call.tx, call.actor, ticket_id)


@routes.post(
    PATH + "transfer",
    summary="Hand it to another team",
    answer=TicketOut,
    examples={
        "body": {"team_id": "0190c0de-0000-7000-8000-000000000002", "reason": "It is the application."}
    },
)
def transfer_ticket(call: Call, ticket_id: UUID, body: TransferIn) -> Answer:
    transfer(call.tx, call.actor, ticket_id, body.team_id, body.reason, body.assignee_id, call.if_match)
    return ticket_answer(call.tx, call.actor, ticket_id)


@routes.post(
    PATH + "reclassify",
    summary="Change type, priority or category",
    answer=TicketOut,
    examples={"body": {"type": "incident", "priority": "urgent"}},
)
def reclassify_ticket(call: Call, ticket_id: UUID, body: ReclassifyIn) -> Answer:
    changes = {name: getattr(body, name) for name in body.model_fields_set - {"reason"}}
    if not changes:
        raise ValidationFailed.of("priority", "Send at least one of type, priority, category, subcategory.")
    reclassify(call.tx, call.actor, ticket_id, changes, body.reason, call.if_match)
    return ticket_answer(call.tx, call.actor, ticket_id)


@routes.post(
    PATH + "pause",
    summary="Wait for the customer or for somebody else",
    answer=TicketOut,
    examples={"body": {"waiting_on": "customer", "reason": "Which version do you run?"}},
)
def pause_ticket(call: Call, ticket_id: UUID, body: PauseIn) -> Answer:
    pause(call.tx, call.actor, ticket_id, body.waiting_on, body.reason, call.if_match)
    return ticket_answer(call.tx, call.actor, ticket_id)


@routes.post(
    PATH + "resume",
    summary="Go on",
    answer=TicketOut,
    examples={"body": {"reason": "The part has come."}},
)
def resume_ticket(call: Call, ticket_id: UUID, body: OptionalReasonIn) -> Answer:
    resume(call.tx, call.actor, ticket_id, body.reason, call.if_match)
    return ticket_answer(call.tx, call.actor, ticket_id)


@routes.post(
    PATH + "resolve",
    summary="It is done: say how",
    answer=TicketOut,
    examples={"body": {"resolution": "The gateway has new firmware; the VPN holds."}},
)
def resolve_ticket(call: Call, ticket_id: UUID, body: ResolveIn) -> Answer:
    resolve(call.tx, call.actor, ticket_id, body.resolution, call.if_match)
    return ticket_answer(call.tx, call.actor, ticket_id)


@routes.post(
    PATH + "close", summary="End it", answer=TicketOut, examples={"body": {"reason": "Confirmed by phone."}}
)
def close_ticket(call: Call, ticket_id: UUID, body: OptionalReasonIn) -> Answer:
    close(call.tx, call.actor, ticket_id, body.reason, call.if_match)
    return ticket_answer(call.tx, call.actor, ticket_id)


@routes.post(
    PATH + "reopen",
    summary="It was not done",
    answer=TicketOut,
    examples={"body": {"reason": "It dropped again this morning."}},
)
def reopen_ticket(call: Call, ticket_id: UUID, body: ReasonIn) -> Answer:
    reopen(call.tx, call.actor, ticket_id, body.reason, call.if_match)
    return ticket_answer(call.tx, call.actor, ticket_id)


@routes.post(
    PATH + "cancel",
    summary="It is not needed",
    answer=TicketOut,
    examples={"body": {"reason": "Found it in the manual."}},
)
def cancel_ticket(call: Call, ticket_id: UUID, body: ReasonIn) -> Answer:
    cancel(call.tx, call.actor, ticket_id, body.reason, call.if_match)
    return ticket_answer(call.tx, call.actor, ticket_id)


@routes.post(
    PATH + "archive", summary="Put it away", answer=TicketOut, examples={"body": {"reason": "Of last year."}}
)
def archive_ticket(call: Call, ticket_id: UUID, body: OptionalReasonIn) -> Answer:
    archive(call.tx, call.actor, ticket_id, body.reason, call.if_match)
    return ticket_answer(call.tx, call.actor, ticket_id)


@routes.post(
    PATH + "unarchive",
    summary="Take it out of the archive",
    answer=TicketOut,
    examples={"body": {"reason": "Asked for by the auditors."}},
)
def unarchive_ticket(call: Call, ticket_id: UUID, body: OptionalReasonIn) -> Answer:
    unarchive(call.tx, call.actor, ticket_id, body.reason, call.if_match)
    return ticket_answer(call.tx, call.actor, ticket_id)


@routes.post(
    PATH + "merge",
    summary="Close it for another one, where work goes on: the answer is that one",
    answer=TicketOut,
    examples={"body": {"into_id": "0190c0de-0000-7000-8000-000000000003", "reason": "Asked twice."}},
)
def merge_ticket(call: Call, ticket_id: UUID, body: MergeIn) -> Answer:
    merge(call.tx, call.actor, ticket_id, body.into_id, body.reason, call.if_match)
    return ticket_answer(call.tx, call.actor, body.into_id)


@routes.post(
    PATH + "split",
    summary="Make comments a ticket of their own: the answer is the new one",
    answer=TicketOut,
    examples={
        "body": {"comment_ids": ["0190c0de-0000-7000-8000-000000000004"], "subject": "The printer, too"}
    },
)
def split_ticket(call: Call, ticket_id: UUID, body: SplitIn) -> Answer:
    piece = Piece(body.subject, body.description, body.type, body.priority, body.team_id)
    new = split(call.tx, call.actor, ticket_id, body.comment_ids, piece, call.if_match)
    return ticket_answer(call.tx, call.actor, new.id)
