"""Automatic assignment at the same moment as itself and as people coming and going: even, and one legal
history."""

from collections import Counter
from typing import Any
from uuid import UUID

import pytest

from chalicelib.accounts import memberships, principals, profile, teams, users
from chalicelib.accounts.changing import change
from chalicelib.accounts.deactivating import deactivate
from chalicelib.accounts.keyring import Keyring
from chalicelib.core.db import Transaction, sqlstate
from chalicelib.models.words import Source
from chalicelib.tickets.assigning import assign
from chalicelib.tickets.creating import NewTicket, create
from chalicelib.tickets.releasing import release_all
from chalicelib.tickets.ticket import Ticket
from chalicelib.tickets.transferring import transfer
from tests.support.cast import Cast, Person, signer, signing_secret
from tests.support.connections import Connections, Unit
from tests.support.crew import Crew, crew
from tests.support.database import Database
from tests.support.processes import in_processes
from tests.support.service_desk import ServiceDesk

ROUNDS = range(5)
AUTOMATIC = ["round_robin", "least_loaded"]


def acting(who: Person, verb: Any, *arguments: Any) -> Unit:
    def unit(tx: Transaction) -> Any:
        return verb(tx, principals.enter(tx, who.workspace_id, who.id), *arguments)

    return unit


def opening(cast: Cast, team: UUID) -> Unit:
    """Carol opens a ticket for the team, as at the public door."""

    def unit(tx: Transaction) -> Ticket:
        actor = principals.enter(tx, cast.acme, cast.carol.id)
        return create(tx, actor, NewTicket("No link", "None."), team_id=team, source=Source.PUBLIC)

    return unit


def leaving(cast: Cast, who: Person) -> Unit:
    """What the door of deactivation does."""

    def unit(tx: Transaction) -> None:
        actor = principals.enter(tx, cast.acme, cast.ada.id)
        deactivate(tx, actor, who.id)
        release_all(tx, actor, who.id, "left")

    return unit


def loads(database: Database, team: Crew) -> Counter[UUID | None]:
    """Active tickets by assignee, with everybody of the team in it."""
    found = Counter({member.id: 0 for member in team.members})
    rows = database.rows(
        "SELECT assignee_id, count(*) AS held FROM tickets "
        "WHERE status IN ('new', 'open') AND workspace_id = :w GROUP BY 1",
        w=team[0].workspace_id,
    )
    return found + Counter() | Counter({row["assignee_id"]: row["held"] for row in rows})


def spread(counts: Counter[Any]) -> int:
    return max(counts.values()) - min(counts.values())


def nothing_failed(answers: list[Any]) -> None:
    assert [answer for answer in answers if isinstance(answer, Exception)] == []


def test_200_parallel_creates_spread_within_one(desk: ServiceDesk, database: Database) -> None:
    """Eight processes, each with its own app and connection, as sandboxes are."""
    team = crew(database, desk.cast.acme, "round_robin", 7)
    body = {"subject": "No link", "description": "None.", "team_id": str(team.team)}

    replies = in_processes(8, 25, desk.cast.dario.token, "POST", "/v1/tickets", body, {})

    assert {reply.status for reply in replies} == {201}
    counts = Counter(reply.json["assignee"]["id"] for reply in replies)
    assert (len(counts), sum(counts.values())) == (7, 200)
    assert spread(counts) <= 1


@pytest.mark.parametrize("assignment", AUTOMATIC)
def test_forty_connections_at_once_spread_within_one(
    cast: Cast, connections: Connections, database: Database, assignment: str
) -> None:
    team = crew(database, cast.acme, assignment, 7)

    nothing_failed(connections.at_once([opening(cast, team.team)] * 40))

    assert spread(loads(database, team)) <= 1


def test_creates_and_transfers_at_once_spread_within_one(
    cast: Cast, connections: Connections, database: Database
) -> None:
    team = crew(database, cast.acme, "least_loaded", 4)
    waiting = [connections.run(opening(cast, cast.teams["Networks"])) for _ in range(12)]
    moving = [acting(cast.dario, transfer, ticket.id, team.team, "theirs") for ticket in waiting]

    nothing_failed(connections.at_once([*moving, *[opening(cast, team.team)] * 12]))

    counts = loads(database, team)
    assert (sum(counts.values()), spread(counts)) == (24, 0)


def test_teams_that_share_people_load_them_evenly_at_once(
    cast: Cast, connections: Connections, database: Database
) -> None:
    one = crew(database, cast.acme, "least_loaded", 3)
    other = crew(database, cast.acme, "least_loaded", 0, name="Other", members=one.members)

    nothing_failed(connections.at_once([opening(cast, one.team), opening(cast, other.team)] * 12))

    counts = loads(database, one)
    assert (sum(counts.values()), spread(counts)) == (24, 0)


def test_nobody_is_given_more_than_the_cap_whoever_gives(
    cast: Cast, connections: Connections, database: Database
) -> None:
    one = crew(database, cast.acme, "round_robin", 3, cap=2)
    other = crew(database, cast.acme, "least_loaded", 0, cap=2, name="Other", members=one.members)

    nothing_failed(connections.at_once([opening(cast, one.team), opening(cast, other.team)] * 10))

    counts = loads(database, one)
    assert counts.pop(None) == 14
    assert set(counts.values()) == {2}


@pytest.mark.parametrize("attempt", ROUNDS)
def test_what_is_given_while_somebody_leaves_is_given_back(
    cast: Cast, connections: Connections, database: Database, attempt: int
) -> None:
    team = crew(database, cast.acme, ("round_robin", "least_loaded")[attempt % 2], 2)

    nothing_failed(
        connections.at_once(
            [*[opening(cast, team.team)] * 6, leaving(cast, team[0]), *[opening(cast, team.team)] * 6]
        )
    )

    counts = loads(database, team)
    assert counts[team[0].id] == 0
    assert sum(counts.values()) == 12


def test_who_is_leaving_is_given_nothing(cast: Cast, connections: Connections, database: Database) -> None:
    team = crew(database, cast.acme, "round_robin", 2)

    given = connections.behind(leaving(cast, team[0]), opening(cast, team.team))

    assert given.assignee_id == team[1].id


def test_a_leaver_waits_for_what_is_being_given_and_gives_it_back(
    cast: Cast, connections: Connections, database: Database
) -> None:
    team = crew(database, cast.acme, "round_robin", 2)

    failed = connections.behind(opening(cast, team.team), leaving(cast, team[0]))

    assert failed is None
    assert loads(database, team)[team[0].id] == 0
    assert database.value("SELECT count(*) FROM timeline_entries WHERE action = 'unassigned'") == 1


def going_away(cast: Cast, team: Crew) -> Unit:
    return acting(team[0], profile.change, {"away": True})


def sent_away(cast: Cast, team: Crew) -> Unit:
    keys = Keyring(signer(), signing_secret().pepper, 4)
    return acting(cast.ada, change, keys, team[0].id, {"away": True})


def leaving_the_team(cast: Cast, team: Crew) -> Unit:
    return acting(cast.ada, memberships.remove, team.team, team[0].id)


def becoming_a_customer(cast: Cast, team: Crew) -> Unit:
    keys = Keyring(signer(), signing_secret().pepper, 4)
    return acting(cast.ada, change, keys, team[0].id, {"role": "customer"})


@pytest.mark.parametrize("going", [going_away, sent_away, leaving_the_team, becoming_a_customer])
@pytest.mark.parametrize("assignment", AUTOMATIC)
class TestGoing:
    def test_who_is_just_going_is_given_nothing(
        self, cast: Cast, connections: Connections, database: Database, assignment: str, going: Any
    ) -> None:
        team = crew(database, cast.acme, assignment, 2)

        given = connections.behind(going(cast, team), opening(cast, team.team))

        assert given.assignee_id == team[1].id

    def test_who_goes_waits_for_what_is_being_given(
        self, cast: Cast, connections: Connections, database: Database, assignment: str, going: Any
    ) -> None:
        """So nobody who was told to be away finds a new ticket afterwards."""
        team = crew(database, cast.acme, assignment, 2)
        seen: list[int] = []

        def gone(tx: Transaction) -> None:
            going(cast, team)(tx)
            seen.append(tx.connection.exec_driver_sql("SELECT count(*) FROM tickets").scalar_one())

        failed = connections.behind(opening(cast, team.team), gone)

        assert (failed, seen) == (None, [1])


def test_what_does_not_take_anybody_out_of_work_costs_no_turn(
    cast: Cast, connections: Connections, database: Database
) -> None:
    """Somebody who changes the own name, or refreshes a session, is no leaver."""
    team = crew(database, cast.acme, "round_robin", 2)
    renaming = acting(team[0], profile.change, {"name": "Inés"})

    given = connections.behind(renaming, opening(cast, team.team))

    assert given.assignee_id == team[0].id


@pytest.mark.parametrize("attempt", ROUNDS)
def test_creates_transfers_assignments_and_leavers_at_once_never_deadlock(
    cast: Cast, connections: Connections, database: Database, attempt: int
) -> None:
    team = crew(database, cast.acme, "least_loaded", 3, cap=50)
    other = crew(database, cast.acme, "round_robin", 0, name="Other", members=team.members)
    tickets = [connections.run(opening(cast, team.team)) for _ in range(8)]
    units = [
        *(acting(cast.dario, transfer, ticket.id, other.team, "theirs") for ticket in tickets),
        *(acting(cast.ada, assign, ticket.id, team[0].id) for ticket in tickets),
        *(acting(cast.dario, transfer, t.id, other.team, "hers", team[attempt % 3].id) for t in tickets),
        *[opening(cast, (team, other)[number % 2].team) for number in range(6)],
        leaving(cast, team[0]),
        acting(team[1], profile.change, {"away": True}),
        acting(cast.ada, teams.change, team.team, {"assignment": "round_robin"}),
        acting(cast.ada, memberships.remove, other.team, team[2].id),
    ]

    answers = connections.at_once(units)

    assert [answer for answer in answers if sqlstate(answer) is not None] == []
    assert loads(database, team)[team[0].id] == 0


def test_a_turned_off_team_gives_nothing_more(
    cast: Cast, connections: Connections, database: Database
) -> None:
    team = crew(database, cast.acme, "round_robin", 2)
    connections.run(acting(cast.ada, teams.change, team.team, {"assignment": "manual"}))

    assert connections.run(opening(cast, team.team)).assignee_id is None
    assert connections.run(acting(cast.ada, users.get, team[0].id))["away"] is False
