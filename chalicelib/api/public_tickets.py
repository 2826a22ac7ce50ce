"""Opening a ticket without an account, as the API and the form do it alike."""

from typing import Any

from chalicelib.accounts.contacts import known_as
from chalicelib.accounts.emails import valid_address
from chalicelib.api.endpoint import Call, Limit
from chalicelib.api.schemas.tickets import PublicTicketIn
from chalicelib.models.words import Source
from chalicelib.sla.facts import resolution_facts
from chalicelib.tickets import views
from chalicelib.tickets.creating import NewTicket, create

# Whichever way somebody takes, the counts are the same.
LIMITS = (Limit("public-ticket", 20, 3600), Limit("public-ticket-email", 10, 3600, by="email"))
ANSWERED = ("id", "label", "number", "subject", "status", "type", "priority", "category", "created_at")


def open_ticket(call: Call, body: PublicTicketIn) -> dict[str, Any]:
    """What somebody without an account learns of the ticket. Raises as creating does, and ValidationFailed
    for no email address."""
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
    return answer | {
        "sla_minutes": minutes,
        "sla_hours": minutes / 60 if minutes else None,
        "due_at": facts["due_at"],
    }
