"""A verb that comes after the promised time but before the sweep: the breach is told first, by the desk."""

from tests.support.database import Database
from tests.support.service_desk import ServiceDesk
from tests.tickets.test_listing import make_late


def test_the_breach_that_a_verb_finds_is_the_desks_to_tell(desk: ServiceDesk, database: Database) -> None:
    ticket = desk.networks_ticket(assignee_id=desk.cast.ana.id)
    make_late(database, ticket["id"])

    desk.do(desk.cast.ana, ticket, "resolve", resolution="Done.")

    timeline = desk.detail(desk.cast.dario, ticket)["timeline"]
    told = [(entry["action"], entry["actor"]["name"]) for entry in timeline]
    assert told == [("created", "Dario"), ("sla_breached", "Mesa"), ("commented", "Ana"), ("resolved", "Ana")]
    (event,) = database.rows("SELECT payload FROM events WHERE type = 'ticket.sla_breached'")
    assert event["payload"]["actor"] == {"type": "system", "id": None}
