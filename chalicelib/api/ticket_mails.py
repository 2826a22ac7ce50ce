"""Door: the mails behind a ticket, as they came."""

from dataclasses import asdict
from uuid import UUID

from chalicelib.api.endpoint import Answer, Call
from chalicelib.api.resource import Routes
from chalicelib.api.schemas.common import Page
from chalicelib.api.schemas.ticket_mails import TicketMailDetail, TicketMailOut, TicketMailQuery
from chalicelib.channels import ticket_mails
from chalicelib.core import paging

routes = Routes(__name__, tag="Mail")


@routes.get(
    "/v1/tickets/{ticket_id}/mails",
    summary="List the mails behind it, for the staff",
    answer=Page[TicketMailOut],
)
def list_ticket_mails(call: Call, ticket_id: UUID, query: TicketMailQuery) -> Answer:
    page = paging.Page(query.limit, query.cursor, query.offset)
    return Answer(ticket_mails.listing(call.tx, call.actor, ticket_id, page, query.sort))


@routes.get(
    "/v1/tickets/{ticket_id}/mails/{mail_id}",
    summary="One mail with all of its text, and a link that fetches it as it came for five minutes",
    answer=TicketMailDetail,
)
def get_ticket_mail(call: Call, ticket_id: UUID, mail_id: UUID) -> Answer:
    bucket = call.settings.mail_bucket
    mail, link = ticket_mails.get(call.tx, call.actor, ticket_id, mail_id, bucket)
    return Answer({**mail, "raw": asdict(link) if link else None})
