"""The public door: tickets from people without an account. Their status is public_status.py, a Lambda of its
own."""

from chalicelib.accounts.contacts import known_as
from chalicelib.accounts.emails import valid_address
from chalicelib.api.endpoint import Answer, Call, Limit
from chalicelib.api.resource import Routes
from chalicelib.api.schemas.tickets import PublicTicketIn, PublicTicketOut
from chalicelib.models.words import Source
from chalicelib.sla.facts import resolution_facts
from chalicelib.tickets import views
from chalicelib.tickets.creating import NewTicket, create

routes = Routes(__name__, tag="Public")

LIMITS = (Limit("public-ticket", 20, 3600), Limit("public-ticket-email", 10, 3600, by="email"))
ANSWERED = ("id", "label", "number", "subject", "status", "type", "priority", "category", "created_at")


@routes.post(
    "/v1/public/{workspace}/tickets",
    summary="Open a ticket without an account",
    answer=PublicTicketOut,
    status=201,
    limits=LIMITS,
    examples={
        "body": {
            "name": "Carol Diaz",
            "email": "carol@example.com",
            "subject": "The printer on floor 2 is out of toner",
            "description": "It blinks and prints nothing since Monday.",
            "type": "incident",
            "priority": "low",
        }
    },
)
def create_public_ticket(call: Call, workspace: str, body: PublicTicketIn) -> Answer:  # noqa: ARG001
    actor = known_as(
        call.tx,
        call.actor,
        {
            "email": valid_address(body.email),
            "name": body.name,
            "document_id": body.document_id,
            "phone": body.phone,
            "has_whatsapp": body.has_whatsapp,
            "company": body.company,
        },
    )
    new = NewTicket(
        body.subject,
        body.description,
        body.type,
        body.priority,
        body.category,
        body.subcategory,
        custom_fields=body.custom_fields,
    )
    ticket = create(
        call.tx, actor, new, team_id=body.team_id, source=Source.PUBLIC, source_ip=call.address or None
    )
    row = views.show_changed(call.tx, actor, ticket.id)
    facts = resolution_facts(row.targets, actor.now)
    minutes = facts["sla_minutes"]
    answer = {name: getattr(row, name) for name in ANSWERED}
    answer |= {
        "sla_minutes": minutes,
        "sla_hours": minutes / 60 if minutes else None,
        "due_at": facts["due_at"],
    }
    return Answer(answer)
