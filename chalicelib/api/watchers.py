"""Door: who watches a ticket."""

from uuid import UUID

from chalicelib.api.endpoint import Answer, Call
from chalicelib.api.resource import Routes
from chalicelib.api.schemas.comments import WatcherIn, WatcherOut
from chalicelib.api.schemas.common import Page, PageQuery
from chalicelib.core import paging
from chalicelib.tickets import watching

routes = Routes(__name__, tag="Watchers")


@routes.get("/v1/tickets/{ticket_id}/watchers", summary="List who watches it", answer=Page[WatcherOut])
def list_watchers(call: Call, ticket_id: UUID, query: PageQuery) -> Answer:
    page = paging.Page(query.limit, query.cursor, query.offset)
    return Answer(watching.listing(call.tx, call.actor, ticket_id, page))


@routes.post(
    "/v1/tickets/{ticket_id}/watchers",
    summary="Have somebody watch it, or watch it yourself: 201, or 200 who did before",
    answer=WatcherOut,
    status=201,
    examples={"body": {"user_id": "0190c0de-0000-7000-8000-000000000001"}},
)
def add_watcher(call: Call, ticket_id: UUID, body: WatcherIn) -> Answer:
    watcher, is_new = watching.watch(call.tx, call.actor, ticket_id, body.user_id)
    return Answer(watcher, status=201 if is_new else 200)


@routes.delete("/v1/tickets/{ticket_id}/watchers/{user_id}", summary="Have somebody watch it no longer")
def remove_watcher(call: Call, ticket_id: UUID, user_id: UUID) -> Answer:
    watching.leave(call.tx, call.actor, ticket_id, user_id)
    return Answer(None)
