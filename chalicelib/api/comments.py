"""A ticket's comments and timeline."""

from typing import Any
from uuid import UUID

from chalicelib.accounts.permissions import Permission
from chalicelib.api.endpoint import Answer, Call
from chalicelib.api.resource import Routes
from chalicelib.api.schemas.common import Page as PageOut
from chalicelib.api.schemas.common import PageQuery
from chalicelib.api.schemas.tickets import CommentIn, CommentOut, TimelineEntryOut
from chalicelib.core import paging
from chalicelib.tickets import commenting, views
from chalicelib.tickets.timeline import as_customers_see

routes = Routes(__name__, tag="Comments and timeline")


@routes.post(
    "/v1/tickets/{ticket_id}/comments",
    summary="Reply, or note something internally",
    answer=CommentOut,
    status=201,
    examples={"body": {"body": "Restarted the gateway, please try again.", "visibility": "public"}},
)
def add_comment(call: Call, ticket_id: UUID, body: CommentIn) -> Answer:
    made = commenting.comment(call.tx, call.actor, ticket_id, body.body, body.visibility)
    if made.id is not None:
        return Answer({**views.comment(call.tx, call.actor, made.id), "follow_up": None})
    author = {"id": call.actor.id, "name": call.actor.name, "email": call.actor.email}
    return Answer(
        {
            "id": None,
            "ticket_id": made.ticket_id,
            "author": author,
            "visibility": made.visibility,
            "body": made.body,
            "source": "api",
            "created_at": made.created_at,
            "edited_at": None,
            "attachments": [],
            "follow_up": made.follow_up and {"id": made.follow_up.id, "label": made.follow_up.label},
        }
    )


@routes.get("/v1/tickets/{ticket_id}/comments", summary="List its comments", answer=PageOut[CommentOut])
def list_comments(call: Call, ticket_id: UUID, query: PageQuery) -> Answer:
    page = paging.Page(query.limit, query.cursor, query.offset)
    rows = views.comments(call.tx, call.actor, ticket_id, page)
    return Answer(paging.answer(rows, page, "created_at", lambda r: (r.created_at, r.id), lambda r: r.item))


@routes.get(
    "/v1/tickets/{ticket_id}/timeline", summary="List what happened", answer=PageOut[TimelineEntryOut]
)
def list_timeline(call: Call, ticket_id: UUID, query: PageQuery) -> Answer:
    page = paging.Page(query.limit, query.cursor, query.offset)

    def shape(row: Any) -> dict[str, Any]:
        item: dict[str, Any] = row.item
        return item if call.actor.may(Permission.TICKETS_READ_INTERNAL) else as_customers_see(item)

    rows = views.timeline(call.tx, call.actor, ticket_id, page)
    return Answer(paging.answer(rows, page, "sequence", lambda r: (r.sequence,), shape))
