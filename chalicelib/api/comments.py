"""Door: a ticket's comments and timeline."""

from typing import Any
from uuid import UUID

from chalicelib.accounts.permissions import Permission
from chalicelib.api.endpoint import Answer, Call
from chalicelib.api.resource import Routes
from chalicelib.api.schemas.comments import CommentEditIn, CommentIn, CommentOut
from chalicelib.api.schemas.common import Page as PageOut
from chalicelib.api.schemas.common import PageQuery
from chalicelib.api.schemas.tickets import TimelineEntryOut
from chalicelib.core import paging
from chalicelib.tickets import commenting, conversation, markdown, revising
from chalicelib.tickets.timeline import as_customers_see

routes = Routes(__name__, tag="Comments and timeline")


@routes.post(
    "/v1/tickets/{ticket_id}/comments",
    summary="Reply, or note something internally",
    answer=CommentOut,
    status=201,
    examples={"body": {"body": "Restarted the **gateway**, please try again.", "visibility": "public"}},
)
def add_comment(call: Call, ticket_id: UUID, body: CommentIn) -> Answer:
    made = commenting.comment(call.tx, call.actor, ticket_id, body.body, body.visibility)
    if made.id is not None:
        return Answer({**conversation.comment(call.tx, call.actor, ticket_id, made.id), "follow_up": None})
    return Answer(_followed_up(call, made))


def _followed_up(call: Call, made: commenting.Comment) -> dict[str, Any]:
    """What would have been the comment, and the ticket that it opened."""
    return {
        "id": None,
        "ticket_id": made.ticket_id,
        "author": {"id": call.actor.id, "name": call.actor.name, "email": call.actor.email},
        "from_desk": call.actor.may(Permission.COMMENTS_ANSWER),
        "visibility": made.visibility,
        "body": made.body,
        "body_html": markdown.render(made.body).html,
        "source": "api",
        "created_at": made.created_at,
        "edited_at": None,
        "deleted_at": None,
        "attachments": [],
        "follow_up": made.follow_up and {"id": made.follow_up.id, "label": made.follow_up.label},
    }


@routes.get("/v1/tickets/{ticket_id}/comments", summary="List its comments", answer=PageOut[CommentOut])
def list_comments(call: Call, ticket_id: UUID, query: PageQuery) -> Answer:
    page = paging.Page(query.limit, query.cursor, query.offset)
    rows = conversation.comments(call.tx, call.actor, ticket_id, page)
    return Answer(paging.answer(rows, page, "created_at", lambda r: (r.created_at, r.id), lambda r: r.item))


@routes.patch(
    "/v1/tickets/{ticket_id}/comments/{comment_id}",
    summary="Edit your comment, for 15 minutes",
    answer=CommentOut,
    examples={"body": {"body": "Restarted the **gateway**, please try again. @ben watches it."}},
)
def edit_comment(call: Call, ticket_id: UUID, comment_id: UUID, body: CommentEditIn) -> Answer:
    revising.edit(call.tx, call.actor, ticket_id, comment_id, body.body)
    return Answer(conversation.comment(call.tx, call.actor, ticket_id, comment_id))


@routes.delete(
    "/v1/tickets/{ticket_id}/comments/{comment_id}",
    summary="Take a comment back: your own for 15 minutes, a dispatcher any at any time",
)
def delete_comment(call: Call, ticket_id: UUID, comment_id: UUID) -> Answer:
    revising.take_back(call.tx, call.actor, ticket_id, comment_id)
    return Answer(None)


@routes.get(
    "/v1/tickets/{ticket_id}/timeline", summary="List what happened", answer=PageOut[TimelineEntryOut]
)
def list_timeline(call: Call, ticket_id: UUID, query: PageQuery) -> Answer:
    page = paging.Page(query.limit, query.cursor, query.offset)

    def shape(row: Any) -> dict[str, Any]:
        item: dict[str, Any] = row.item
        return item if call.actor.may(Permission.TICKETS_READ_INTERNAL) else as_customers_see(item)

    rows = conversation.timeline(call.tx, call.actor, ticket_id, page)
    return Answer(paging.answer(rows, page, "sequence", lambda r: (r.sequence,), shape))
