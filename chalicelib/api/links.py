"""Door: which tickets a ticket has to do with."""

from uuid import UUID

from chalicelib.api.endpoint import Answer, Call
from chalicelib.api.resource import Routes
from chalicelib.api.schemas.common import Page, PageQuery
from chalicelib.api.schemas.links import LinkIn, LinkOut
from chalicelib.core import paging
from chalicelib.tickets import linking

routes = Routes(__name__, tag="Links")


@routes.get(
    "/v1/tickets/{ticket_id}/links",
    summary="List which tickets it has to do with, its children among them",
    answer=Page[LinkOut],
)
def list_links(call: Call, ticket_id: UUID, query: PageQuery) -> Answer:
    page = paging.Page(query.limit, query.cursor, query.offset)
    return Answer(linking.listing(call.tx, call.actor, ticket_id, page))


@routes.post(
    "/v1/tickets/{ticket_id}/links",
    summary="Link it to another one: 201, or 200 if it was",
    answer=LinkOut,
    status=201,
    examples={"body": {"type": "blocks", "ticket_id": "0190c0de-0000-7000-8000-000000000003"}},
)
def add_link(call: Call, ticket_id: UUID, body: LinkIn) -> Answer:
    link, is_new = linking.link(call.tx, call.actor, ticket_id, body.type, body.ticket_id)
    return Answer(link, status=201 if is_new else 200)


@routes.delete("/v1/tickets/{ticket_id}/links/{link_id}", summary="Take a link away")
def remove_link(call: Call, ticket_id: UUID, link_id: UUID) -> Answer:
    linking.unlink(call.tx, call.actor, ticket_id, link_id)
    return Answer(None)
