"""Door: the tags of tickets, and those in use."""

from uuid import UUID

from chalicelib.api.endpoint import Answer, Call
from chalicelib.api.resource import Routes
from chalicelib.api.schemas.common import Page
from chalicelib.api.schemas.tags import TagOut, TagQuery, TagsIn
from chalicelib.api.schemas.tickets import TicketOut
from chalicelib.api.ticket_answer import ticket_answer
from chalicelib.core import paging
from chalicelib.tickets import tagging

routes = Routes(__name__, tag="Tags")


@routes.get("/v1/tags", summary="List the tags in use, with counts", answer=Page[TagOut])
def list_tags(call: Call, query: TagQuery) -> Answer:
    page = paging.Page(query.limit, query.cursor, query.offset)
    return Answer(tagging.listing(call.tx, call.actor, query.query or "", page, query.sort))


@routes.post(
    "/v1/tickets/{ticket_id}/tags",
    summary="Add tags",
    answer=TicketOut,
    examples={"body": {"tags": ["vpn", "floor-3"]}},
)
def add_tags(call: Call, ticket_id: UUID, body: TagsIn) -> Answer:
    tagging.tag(call.tx, call.actor, ticket_id, body.tags, call.if_match)
    return ticket_answer(call.tx, call.actor, ticket_id)


@routes.delete("/v1/tickets/{ticket_id}/tags/{tag}", summary="Take a tag off")
def remove_tag(call: Call, ticket_id: UUID, tag: str) -> Answer:
    tagging.untag(call.tx, call.actor, ticket_id, tag, call.if_match)
    return Answer(None)
