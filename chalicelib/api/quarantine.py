"""Door: mails in quarantine."""

from uuid import UUID

from chalicelib.api.endpoint import Answer, Call
from chalicelib.api.resource import Routes
from chalicelib.api.schemas.common import Page
from chalicelib.api.schemas.quarantine import QuarantinedDetail, QuarantinedOut, QuarantineQuery
from chalicelib.channels import quarantining
from chalicelib.core import paging

routes = Routes(__name__, tag="Mail")


@routes.get("/v1/quarantine", summary="List mails in quarantine", answer=Page[QuarantinedOut])
def list_quarantined_mails(call: Call, query: QuarantineQuery) -> Answer:
    page = paging.Page(query.limit, query.cursor, query.offset)
    return Answer(quarantining.listing(call.tx, call.actor, query.reason, page, query.sort))


@routes.get("/v1/quarantine/{message_id}", summary="One mail of quarantine", answer=QuarantinedDetail)
def get_quarantined_mail(call: Call, message_id: UUID) -> Answer:
    return Answer(quarantining.get(call.tx, call.actor, message_id))


@routes.post(
    "/v1/quarantine/{message_id}/release",
    summary="Have a mail taken in after all, as a ticket or a comment",
    answer=QuarantinedDetail,
    status=202,
)
def release_quarantined_mail(call: Call, message_id: UUID) -> Answer:
    released = quarantining.release(call.tx, call.actor, message_id)
    return Answer(released, headers={"Location": f"/v1/quarantine/{message_id}"})


@routes.post(
    "/v1/quarantine/{message_id}/drop", summary="Take a mail out of quarantine", answer=QuarantinedDetail
)
def drop_quarantined_mail(call: Call, message_id: UUID) -> Answer:
    return Answer(quarantining.drop(call.tx, call.actor, message_id))
