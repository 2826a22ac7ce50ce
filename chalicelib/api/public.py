"""The public door: tickets from people without an account. Their status is public_status.py, a Lambda of its
own; the page for people is form.py."""

from chalicelib.api.endpoint import Answer, Call
from chalicelib.api.public_tickets import LIMITS, open_ticket, with_uploads
from chalicelib.api.resource import Routes
from chalicelib.api.schemas.tickets import PublicTicketIn, PublicTicketOut

routes = Routes(__name__, tag="Public")


@routes.post(
    "/v1/public/{workspace}/tickets",
    summary="Open a ticket without an account",
    answer=PublicTicketOut,
    status=201,
    limits=LIMITS,
    renew=with_uploads,
    examples={
        "body": {
            "name": "Carol Diaz",
            "email": "carol@example.com",
            "subject": "The printer on floor 2 is out of toner",
            "description": "It blinks and prints nothing since Monday.",
            "type": "incident",
            "priority": "low",
            "attachments": [{"file_name": "printer.png", "content_type": "image/png", "size": 48213}],
        }
    },
)
def create_public_ticket(call: Call, workspace: str, body: PublicTicketIn) -> Answer:  # noqa: ARG001
    return Answer(open_ticket(call, body))
