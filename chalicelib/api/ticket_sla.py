"""Door: the promises on a ticket, each explained."""

from uuid import UUID

from chalicelib.api.endpoint import Answer, Call
from chalicelib.api.resource import Routes
from chalicelib.api.schemas.ticket_sla import TicketSlaOut
from chalicelib.tickets.promising import explained

routes = Routes(__name__, tag="SLA")


@routes.get(
    "/v1/tickets/{ticket_id}/sla",
    summary="Explain its promises: every interval counted, paused or closed, adding up to the due time",
    answer=TicketSlaOut,
)
def explain_ticket_sla(call: Call, ticket_id: UUID) -> Answer:
    return Answer(explained(call.tx, call.actor, ticket_id))
