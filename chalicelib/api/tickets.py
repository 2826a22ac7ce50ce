"""Tickets: open, list, show, change, delete."""

from uuid import UUID

from chalicelib.accounts.permissions import Permission
from chalicelib.api.endpoint import Answer, Call
from chalicelib.api.resource import Routes
from chalicelib.api.schemas.filters import TicketQuery
from chalicelib.api.schemas.tickets import (
    TicketDetail,
    TicketIn,
    TicketOut,
    TicketPage,
    TicketPatch,
    whole,
)
from chalicelib.api.ticket_answer import ticket_answer
from chalicelib.api.ticket_page import order, ticket_page
from chalicelib.core import paging
from chalicelib.tickets import conversation, deleting, filtering, views
from chalicelib.tickets.creating import Contact, NewTicket, open_ticket
from chalicelib.tickets.listing import Filter
from chalicelib.tickets.timeline import as_customers_see
from chalicelib.tickets.updating import update

routes = Routes(__name__, tag="Tickets")

EXAMPLE = {
    "body": {
        "subject": "VPN drops every hour",
        "description": "Since the update this morning.",
        "priority": "high",
    }
}


@routes.post("/v1/tickets", summary="Open a ticket", answer=TicketOut, status=201, examples=EXAMPLE)
def create_ticket(call: Call, body: TicketIn) -> Answer:
    values = {**dict(body), "tags": tuple(dict.fromkeys(body.tags))}
    asks = values.pop("requester")
    requester = Contact(asks.email, asks.name) if asks else None
    given = frozenset(body.model_fields_set)
    ticket = open_ticket(call.tx, call.actor, NewTicket(**values), given, requester=requester)
    answer = ticket_answer(call.tx, call.actor, ticket.id)
    return Answer(answer.body, 201, {**answer.headers, "Location": f"/v1/tickets/{ticket.id}"})


@routes.get("/v1/tickets", summary="List the tickets that you may see", answer=TicketPage)
def list_tickets(call: Call, query: TicketQuery) -> Answer:
    return _listed(call, query)


@routes.get("/v1/tickets/breached", summary="Tickets that are not finished and past due", answer=TicketPage)
def list_breached_tickets(call: Call, query: TicketQuery) -> Answer:
    return _listed(call, query, place="breached", active=None, breached=None)


@routes.get("/v1/tickets/{ticket_id}", summary="Show a ticket with its conversation", answer=TicketDetail)
def show_ticket(call: Call, ticket_id: UUID) -> Answer:
    row = views.show(call.tx, call.actor, ticket_id)
    comments, timeline = conversation.conversation(call.tx, call.actor, ticket_id)
    if not call.actor.may(Permission.TICKETS_READ_INTERNAL):
        timeline = [as_customers_see(entry) for entry in timeline]
    body = {**whole(row, call.actor), "comments": comments, "timeline": timeline}
    return Answer(body, headers={"ETag": f'"{row.version}"'})


@routes.patch(
    "/v1/tickets/{ticket_id}",
    summary="Change a ticket; needs If-Match",
    answer=TicketOut,
    needs_if_match=True,
    examples={"body": {"status": "open", "priority": "urgent", "comment": "We are on it."}},
)
def update_ticket(call: Call, ticket_id: UUID, body: TicketPatch) -> Answer:
    changes = {name: getattr(body, name) for name in body.model_fields_set}
    if "tags" in changes:
        changes["tags"] = tuple(dict.fromkeys(changes["tags"]))
    update(call.tx, call.actor, ticket_id, changes, call.if_match)
    return ticket_answer(call.tx, call.actor, ticket_id)


@routes.delete("/v1/tickets/{ticket_id}", summary="Delete a ticket; an admin can restore it")
def delete_ticket(call: Call, ticket_id: UUID) -> Answer:
    deleting.delete(call.tx, call.actor, ticket_id, call.if_match)
    return Answer(None)


@routes.post("/v1/tickets/{ticket_id}/restore", summary="Undo the deletion of a ticket", answer=TicketOut)
def restore_ticket(call: Call, ticket_id: UUID) -> Answer:
    deleting.restore(call.tx, call.actor, ticket_id, call.if_match)
    return ticket_answer(call.tx, call.actor, ticket_id)


def _listed(call: Call, query: TicketQuery, *, place: str = "", **always: None) -> Answer:
    """`place`: which list it is, `always`: what holds of its tickets whatever the query asks."""
    plain = query.plain()
    conditions = {**filtering.conditions(call.tx, call.actor, plain), **always}
    sort = order(query.sort, searched=query.query is not None)
    page = paging.Page(query.limit, query.cursor, query.offset)
    wanted = Filter(conditions, sort, filtering.mark(plain, place))
    return ticket_page(call, wanted, page, with_count=query.count)
