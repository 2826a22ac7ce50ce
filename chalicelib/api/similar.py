"""Door: tickets that say the same as another."""

from uuid import UUID

from chalicelib.api.endpoint import Answer, Call
from chalicelib.api.resource import Routes
from chalicelib.api.schemas.similar import SimilarList, SimilarQuery
from chalicelib.tickets.similar import similar

routes = Routes(__name__, tag="Tickets")


@routes.get(
    "/v1/tickets/{ticket_id}/similar",
    summary="Tickets with the same rare words, solved ones too",
    answer=SimilarList,
)
def list_similar_tickets(call: Call, ticket_id: UUID, query: SimilarQuery) -> Answer:
    return Answer(similar(call.tx, call.actor, ticket_id, query.limit))
