"""Door: the time that the staff spent on a ticket."""

from uuid import UUID

from chalicelib.api.endpoint import Answer, Call
from chalicelib.api.resource import Routes
from chalicelib.api.schemas.common import PageQuery, sent
from chalicelib.api.schemas.time_entries import TimeEntriesOut, TimeEntryIn, TimeEntryOut, TimeEntryPatch
from chalicelib.core import paging
from chalicelib.tickets import timing

routes = Routes(__name__, tag="Time entries")


@routes.get(
    "/v1/tickets/{ticket_id}/time-entries",
    summary="List the time spent on it, for the staff",
    answer=TimeEntriesOut,
)
def list_time_entries(call: Call, ticket_id: UUID, query: PageQuery) -> Answer:
    page = paging.Page(query.limit, query.cursor, query.offset)
    return Answer(timing.listing(call.tx, call.actor, ticket_id, page))


@routes.post(
    "/v1/tickets/{ticket_id}/time-entries",
    summary="Note time that you spent on it",
    answer=TimeEntryOut,
    status=201,
    examples={"body": {"minutes": 25, "note": "On the phone.", "spent_on": "2026-11-20"}},
)
def add_time_entry(call: Call, ticket_id: UUID, body: TimeEntryIn) -> Answer:
    return Answer(timing.log(call.tx, call.actor, ticket_id, body.minutes, body.note, body.spent_on))


@routes.patch(
    "/v1/tickets/{ticket_id}/time-entries/{entry_id}",
    summary="Correct time of yours; a dispatcher anybody's",
    answer=TimeEntryOut,
    examples={"body": {"minutes": 35}},
)
def change_time_entry(call: Call, ticket_id: UUID, entry_id: UUID, body: TimeEntryPatch) -> Answer:
    return Answer(timing.correct(call.tx, call.actor, ticket_id, entry_id, sent(body)))


@routes.delete(
    "/v1/tickets/{ticket_id}/time-entries/{entry_id}",
    summary="Take time of yours away; a dispatcher anybody's",
)
def delete_time_entry(call: Call, ticket_id: UUID, entry_id: UUID) -> Answer:
    timing.remove(call.tx, call.actor, ticket_id, entry_id)
    return Answer(None)
