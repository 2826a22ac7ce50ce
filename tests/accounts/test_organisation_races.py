"""Organisations under many hands at once: a domain is of one, a customer in one, and a hand wins."""

from typing import Any
from uuid import UUID

import pytest

from chalicelib.accounts import organisations, principals
from chalicelib.accounts.changing import change
from chalicelib.accounts.contacts import known_as
from chalicelib.accounts.keyring import Keyring
from chalicelib.core.db import Transaction
from chalicelib.core.errors import Conflict, NotFound
from chalicelib.models.words import Source
from chalicelib.tickets.creating import NewTicket, create
from tests.accounts.conftest import Connections, Unit
from tests.accounts.test_races import acting
from tests.support.cast import Cast, Person, person
from tests.support.database import Database

DOMAIN = "northwind.example"
FACTS: dict[str, Any] = {"notes": None, "shared_tickets": None}
MEMBERSHIP = "SELECT organisation_id, organisation_by FROM users WHERE id = :u"


@pytest.fixture
def bea(cast: Cast, database: Database) -> Person:
    """A second admin at Acme."""
    return person(database, cast.acme, "Bea", "admin", "acme.example")


def making(who: Person, name: str, *domains: str) -> Unit:
    return acting(who, organisations.make, {"name": name, **FACTS}, domains)


def listing(who: Person, organisation: UUID, *domains: str) -> Unit:
    return acting(who, organisations.change, organisation, {"domains": list(domains)})


def writing(cast: Cast, email: str) -> Unit:
    """A first ticket at the public door."""

    def unit(tx: Transaction) -> Any:
        stranger = principals.enter_public(tx, "acme")
        contact = dict.fromkeys(("document_id", "phone", "has_whatsapp", "company"))
        actor = known_as(tx, stranger, {**contact, "email": email, "name": "Nadia"})
        return create(tx, actor, NewTicket("No paper", "The one on floor 2."), source=Source.PUBLIC)

    return unit


@pytest.mark.parametrize("attempt", range(5))
def test_a_domain_that_two_admins_list_at_once_is_of_one(
    cast: Cast, bea: Person, connections: Connections, database: Database, attempt: int
) -> None:
    answers = connections.at_once(
        [
            making(cast.ada, "Northwind", "b.example", "customers.example", "a.example"),
            making(bea, "Contoso", "a.example", "customers.example", "b.example"),
        ]
    )

    assert sum(isinstance(answer, dict) for answer in answers) == 1, answers
    assert sum(isinstance(answer, Conflict) for answer in answers) == 1
    assert database.value("SELECT count(DISTINCT organisation_id) FROM organisation_domains") == 1
    assert database.value("SELECT count(*) FROM organisations") == 1
    assert database.value("SELECT count(*) FROM users WHERE organisation_by = 'domain'") == 2


def test_a_name_that_two_admins_give_at_once_is_of_one(
    cast: Cast, bea: Person, connections: Connections, database: Database
) -> None:
    answers = connections.at_once([making(cast.ada, "Northwind"), making(bea, "Northwind")])

    assert sum(isinstance(answer, Conflict) for answer in answers) == 1
    assert database.value("SELECT count(*) FROM organisations") == 1


@pytest.mark.parametrize("attempt", range(5))
def test_a_hand_wins_over_a_domain_at_the_same_moment(
    cast: Cast, bea: Person, connections: Connections, keys: Keyring, database: Database, attempt: int
) -> None:
    northwind = connections.run(making(cast.ada, "Northwind"))["id"]
    contoso = connections.run(making(cast.ada, "Contoso"))["id"]

    answers = connections.at_once(
        [
            listing(cast.ada, northwind, "customers.example"),
            acting(bea, change, keys, cast.carol.id, {"organisation_id": contoso}),
        ]
    )

    assert [answer for answer in answers if not isinstance(answer, dict)] == []
    assert database.rows(MEMBERSHIP, u=cast.carol.id) == [
        {"organisation_id": contoso, "organisation_by": "hand"}
    ]
    assert database.rows(MEMBERSHIP, u=cast.chris.id) == [
        {"organisation_id": northwind, "organisation_by": "domain"}
    ]


@pytest.mark.parametrize("attempt", range(5))
def test_who_becomes_staff_while_a_domain_is_listed_is_in_none(
    cast: Cast, bea: Person, connections: Connections, keys: Keyring, database: Database, attempt: int
) -> None:
    northwind = connections.run(making(cast.ada, "Northwind"))["id"]

    answers = connections.at_once(
        [
            listing(cast.ada, northwind, "customers.example"),
            acting(bea, change, keys, cast.carol.id, {"role": "agent"}),
        ]
    )

    assert [answer for answer in answers if not isinstance(answer, dict)] == []
    assert database.rows(MEMBERSHIP, u=cast.carol.id) == [{"organisation_id": None, "organisation_by": None}]


def test_fifty_first_tickets_of_one_domain_at_once_are_all_the_organisations(
    cast: Cast, connections: Connections, database: Database
) -> None:
    northwind = connections.run(making(cast.ada, "Northwind", DOMAIN))["id"]
    emails = [f"nadia{number % 10}@{DOMAIN}" for number in range(50)]

    answers = connections.at_once([writing(cast, email) for email in emails])

    assert [answer for answer in answers if isinstance(answer, Exception)] == []
    assert {ticket.organisation_id for ticket in answers} == {northwind}
    members = database.rows("SELECT organisation_id, organisation_by FROM users WHERE status = 'contact'")
    assert members == [{"organisation_id": northwind, "organisation_by": "domain"}] * 10


@pytest.mark.parametrize("attempt", range(5))
def test_a_domain_listed_on_an_organisation_that_is_being_deleted_is_free_afterwards(
    cast: Cast, bea: Person, connections: Connections, database: Database, attempt: int
) -> None:
    northwind = connections.run(making(cast.ada, "Northwind"))["id"]

    listed, deleted = connections.at_once(
        [listing(cast.ada, northwind, DOMAIN), acting(bea, organisations.delete, northwind)]
    )

    assert deleted is None
    assert isinstance(listed, dict | NotFound)
    assert database.rows("SELECT FROM organisation_domains") == []


def test_who_joins_while_the_organisation_is_being_deleted_is_in_none(
    cast: Cast, bea: Person, connections: Connections, database: Database
) -> None:
    """Its id may stay with the contact, and means nothing: the next one brings the contact in."""
    northwind = connections.run(making(cast.ada, "Northwind", DOMAIN))["id"]

    ticket = connections.behind(acting(bea, organisations.delete, northwind), writing(cast, f"n@{DOMAIN}"))
    successor = connections.run(making(cast.ada, "Successor", DOMAIN))

    assert not isinstance(ticket, Exception)
    assert successor["member_count"] == 1


@pytest.mark.parametrize("attempt", range(3))
def test_who_writes_while_the_domain_is_being_listed_is_in_it_by_the_next_word(
    cast: Cast, connections: Connections, database: Database, attempt: int
) -> None:
    northwind = connections.run(making(cast.ada, "Northwind"))["id"]
    connections.run(writing(cast, f"nadia0@{DOMAIN}"))
    words = [writing(cast, f"nadia{number % 5}@{DOMAIN}") for number in range(15)]

    answers = connections.at_once([*words, listing(cast.ada, northwind, DOMAIN)])
    again = connections.at_once(words)

    assert [answer for answer in (*answers, *again) if isinstance(answer, Exception)] == []
    members = database.rows("SELECT organisation_id FROM users WHERE status = 'contact'")
    assert members == [{"organisation_id": northwind}] * 5
    assert {ticket.organisation_id for ticket in again} == {northwind}
