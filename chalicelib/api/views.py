"""Door: views, which are saved filters of tickets."""

from typing import Any
from uuid import UUID

from chalicelib.api.endpoint import Answer, Call
from chalicelib.api.resource import Routes
from chalicelib.api.schemas.common import Page, sent
from chalicelib.api.schemas.filters import TicketFilter
from chalicelib.api.schemas.tickets import TicketPage
from chalicelib.api.schemas.views import (
    CountOut,
    ReorderIn,
    ViewIn,
    ViewOut,
    ViewPatch,
    ViewQuery,
    ViewTicketsQuery,
)
from chalicelib.api.ticket_page import order, ticket_page
from chalicelib.core import paging
from chalicelib.tickets import counting, filtering, saved_views, saving_views
from chalicelib.tickets.listing import Filter

routes = Routes(__name__, tag="Views")

EXAMPLE = {
    "name": "Printers, urgent",
    "filter": {"status": ["new", "open"], "priority": ["urgent"], "tag": "printer", "team": "mine"},
    "sort": "due_at",
    "columns": ["label", "subject", "requester", "due_at"],
    "shared": True,
    "team_ids": ["0190c0de-0000-7000-8000-000000000002"],
}


@routes.get("/v1/views", summary="List the views that you see, the shared ones first", answer=Page[ViewOut])
def list_views(call: Call, query: ViewQuery) -> Answer:
    found = saved_views.listing(
        call.tx,
        call.actor,
        paging.Page(query.limit, query.cursor, query.offset),
        active=query.active,
        shared=query.shared,
        with_counts=query.with_counts,
    )
    return Answer(found)


@routes.post("/v1/views", summary="Save a view", answer=ViewOut, status=201, examples={"body": EXAMPLE})
def make_view(call: Call, body: ViewIn) -> Answer:
    made = saving_views.make(call.tx, call.actor, _facts(dict(body)))
    return Answer(made, headers={"Location": f"/v1/views/{made['id']}"})


@routes.post(
    "/v1/views/reorder",
    summary="Put views in order",
    answer=Page[ViewOut],
    examples={"body": {"ids": ["0190c0de-0000-7000-8000-000000000007"]}},
)
def reorder_views(call: Call, body: ReorderIn) -> Answer:
    return Answer(saving_views.reorder(call.tx, call.actor, list(dict.fromkeys(body.ids))))


@routes.get("/v1/views/{view_id}", summary="One view", answer=ViewOut)
def get_view(call: Call, view_id: UUID) -> Answer:
    return Answer(saved_views.get(call.tx, call.actor, view_id))


@routes.patch(
    "/v1/views/{view_id}",
    summary="Change a view",
    answer=ViewOut,
    examples={"body": {"filter": {"status": ["active"], "assignee": "none"}, "sort": "created_at"}},
)
def change_view(call: Call, view_id: UUID, body: ViewPatch) -> Answer:
    return Answer(saving_views.change(call.tx, call.actor, view_id, _facts(sent(body))))


@routes.delete("/v1/views/{view_id}", summary="Delete a view; its tickets stay as they are")
def delete_view(call: Call, view_id: UUID) -> Answer:
    saving_views.delete(call.tx, call.actor, view_id)
    return Answer(None)


@routes.get("/v1/views/{view_id}/tickets", summary="The tickets of a view", answer=TicketPage)
def list_tickets_of_view(call: Call, view_id: UUID, query: ViewTicketsQuery) -> Answer:
    view, conditions = saved_views.look(call.tx, call.actor, view_id)
    sort = order(query.sort or view["sort"], searched="query" in view["filter"])
    wanted = None if conditions is None else Filter(conditions, sort, filtering.mark(view["filter"]))
    page = paging.Page(query.limit, query.cursor, query.offset)
    return ticket_page(call, wanted, page, with_count=query.count)


@routes.get("/v1/views/{view_id}/count", summary="How many tickets a view holds for you", answer=CountOut)
def count_tickets_of_view(call: Call, view_id: UUID) -> Answer:
    _, conditions = saved_views.look(call.tx, call.actor, view_id)
    return Answer(counting.count(call.tx, call.actor, conditions))


def _facts(given: dict[str, Any]) -> dict[str, Any]:
    """What was sent, with the filter as it is kept."""
    return {
        name: value.plain() if isinstance(value, TicketFilter) else value for name, value in given.items()
    }
