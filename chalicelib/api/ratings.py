"""Door: how requesters found the help, signed in or by the link of a mail."""

from uuid import UUID

from chalicelib.api.endpoint import Answer, Call, Limit
from chalicelib.api.resource import Routes
from chalicelib.api.schemas.common import sent
from chalicelib.api.schemas.ratings import AskedOut, RatingByLinkIn, RatingIn, RatingLinkIn, TicketRatingOut
from chalicelib.tickets import rating

routes = Routes(__name__, tag="Ratings")

TOKEN = "Zk3uQ0c2b1m8xJ5yV7nW4tR6pL9sD0fG1hK2jA3qE4w"  # noqa: S105


@routes.get(
    "/v1/tickets/{ticket_id}/rating",
    summary="How the requester found the help, for them and the staff",
    answer=TicketRatingOut,
)
def show_rating(call: Call, ticket_id: UUID) -> Answer:
    return Answer(rating.show(call.tx, call.actor, ticket_id))


@routes.post(
    "/v1/tickets/{ticket_id}/rating",
    summary="Rate the help on your own ticket, or change what you said",
    answer=TicketRatingOut,
    status=201,
    examples={"body": {"score": 5, "comment": "Quick and friendly."}},
)
def rate_ticket(call: Call, ticket_id: UUID, body: RatingIn) -> Answer:
    answered, is_new = rating.rate(call.tx, call.actor, ticket_id, body.score, sent(body))
    return Answer(answered, status=201 if is_new else 200)


@routes.post(
    "/v1/ratings/look-up",
    summary="What a mailed link asks, and what was answered",
    answer=AskedOut,
    limits=(Limit("rating-look-up", 60, 60),),
    examples={"body": {"token": TOKEN}},
)
def look_up_rating(call: Call, body: RatingLinkIn) -> Answer:
    return Answer(rating.question(call.tx, body.token))


@routes.post(
    "/v1/ratings",
    summary="Rate the help by a mailed link, or change what you said",
    answer=AskedOut,
    status=201,
    limits=(Limit("rating", 30, 60), Limit("rating-link", 20, 3600, by="token")),
    examples={"body": {"token": TOKEN, "score": 5, "comment": "Quick and friendly."}},
)
def rate_by_link(call: Call, body: RatingByLinkIn) -> Answer:
    answered, is_new = rating.answer(call.tx, body.token, body.score, sent(body))
    return Answer(answered, status=201 if is_new else 200)
