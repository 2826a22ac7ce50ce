"""Claiming one ticket, many at once, each with a connection of their own."""

from uuid import UUID

import pytest

from chalicelib.accounts.principals import enter
from chalicelib.core.db import Transaction
from chalicelib.core.errors import Forbidden, StaleVersion
from chalicelib.tickets.assigning import assign
from tests.support.cast import Person, person
from tests.support.connections import Connections, Unit
from tests.support.database import Database
from tests.support.service_desk import ServiceDesk

CLAIMERS = 50


@pytest.fixture
def agents(desk: ServiceDesk, database: Database) -> list[Person]:
    """Fifty agents of one team."""
    cast = desk.cast
    return [
        person(database, cast.acme, f"Agent{number}", "agent", "acme.example", cast.teams["Networks"])
        for number in range(CLAIMERS)
    ]


def claim(ticket_id: UUID, who: Person, versions: list[int] | None) -> Unit:
    def unit(tx: Transaction) -> UUID:
        assign(tx, enter(tx, who.workspace_id, who.id), ticket_id, who.id, version=versions)
        return who.id

    return unit


@pytest.mark.parametrize(("versions", "lost"), [(None, Forbidden), ([1], StaleVersion)])
def test_case_42_of_fifty_agents_who_claim_a_ticket_one_has_it(
    desk: ServiceDesk,
    database: Database,
    connections: Connections,
    agents: list[Person],
    versions: list[int] | None,
    lost: type[Exception],
) -> None:
    """Whether or not they say which version they saw."""
    ticket = desk.networks_ticket()

    given = connections.at_once([claim(UUID(ticket["id"]), who, versions) for who in agents])

    winners = [one for one in given if isinstance(one, UUID)]
    assert len(winners) == 1
    assert {type(one) for one in given if one not in winners} == {lost}
    row = database.rows("SELECT assignee_id, status, version FROM tickets")[0]
    assert (row["assignee_id"], row["status"], row["version"]) == (winners[0], "open", 2)
    assert desk.actions(ticket) == ["created", "assigned"]
    assert database.value("SELECT count(*) FROM events WHERE type = 'ticket.assigned'") == 1
