"""Files of tickets and comments: announce, list, show with a link, take off."""

from dataclasses import asdict
from uuid import UUID

from chalicelib.api.endpoint import Answer, Call
from chalicelib.api.resource import Routes
from chalicelib.api.schemas.attachments import AnnouncedOut, AttachmentDetail, AttachmentIn, AttachmentOut
from chalicelib.api.schemas.common import Page as PageOut
from chalicelib.api.schemas.common import PageQuery
from chalicelib.core import paging
from chalicelib.core.errors import NotFound
from chalicelib.models.words import Scan, Upload
from chalicelib.tickets import attaching, attachment_queries, file_links, views
from chalicelib.tickets.file_names import NewFile

routes = Routes(__name__, tag="Attachments")


@routes.post(
    "/v1/tickets/{ticket_id}/attachments",
    summary="Announce a file and learn where to send it",
    answer=AnnouncedOut,
    status=201,
    secret=True,
    examples={"body": {"file_name": "switch.png", "content_type": "image/png", "size": 48213}},
)
def announce_attachment(call: Call, ticket_id: UUID, body: AttachmentIn) -> Answer:
    file = NewFile(body.file_name, body.content_type, body.size)
    made = attaching.announce(call.tx, call.actor, ticket_id, file, body.comment_id)
    form = file_links.upload_form(
        call.settings.attachments_bucket,
        call.actor.workspace.id,
        made.id,
        file,
        call.actor.now,
    )
    location = {"Location": f"/v1/tickets/{ticket_id}/attachments/{made.id}"}
    return Answer({"attachment": made.item, "upload": asdict(form)}, headers=location)


@routes.get("/v1/tickets/{ticket_id}/attachments", summary="List its files", answer=PageOut[AttachmentOut])
def list_attachments(call: Call, ticket_id: UUID, query: PageQuery) -> Answer:
    page = paging.Page(query.limit, query.cursor, query.offset)
    views.show(call.tx, call.actor, ticket_id)
    rows = attachment_queries.page_of(call.tx, call.actor, ticket_id, page)
    return Answer(paging.answer(rows, page, "created_at", lambda r: (r.created_at, r.id), lambda r: r.item))


@routes.get(
    "/v1/tickets/{ticket_id}/attachments/{attachment_id}",
    summary="Show a file, with a link that fetches it for five minutes",
    answer=AttachmentDetail,
)
def show_attachment(call: Call, ticket_id: UUID, attachment_id: UUID) -> Answer:
    file = attachment_queries.one(call.tx, call.actor, ticket_id, attachment_id)
    if file is None:
        raise NotFound("There is no such attachment.")
    if file.state != Upload.UPLOADED or file.scan != Scan.CLEAN:
        return Answer({**file.item, "download": None})
    link = file_links.download_link(
        call.settings.attachments_bucket,
        call.actor.workspace.id,
        file.id,
        file.object_version,
        file.file_name,
        call.actor.now,
        through=call.settings.download_url,
    )
    return Answer({**file.item, "download": asdict(link)})


@routes.delete(
    "/v1/tickets/{ticket_id}/attachments/{attachment_id}",
    summary="Take a file off: an own one within 15 minutes, any as a dispatcher or an admin",
)
def delete_attachment(call: Call, ticket_id: UUID, attachment_id: UUID) -> Answer:
    attaching.detach(call.tx, call.actor, ticket_id, attachment_id)
    return Answer(None)
