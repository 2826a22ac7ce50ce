"""What happens at the same moment has one legal outcome: refreshes, registrations, admins undoing others."""

from functools import partial
from typing import Any
from uuid import UUID

import pytest

from chalicelib.accounts import principals, sessions
from chalicelib.accounts.changing import change
from chalicelib.accounts.deactivating import deactivate
from chalicelib.accounts.keyring import Keyring
from chalicelib.accounts.memberships import add as add_member
from chalicelib.accounts.registering import register
from chalicelib.core.db import Transaction
from chalicelib.core.errors import Conflict, Forbidden, Refusal, Unauthenticated, ValidationFailed
from tests.accounts.conftest import Connections, Unit
from tests.support.cast import Cast, Person, person
from tests.support.database import Database

LIVE = (
    "SELECT count(*) FROM refresh_tokens WHERE used_at IS NULL AND revoked_at IS NULL AND expires_at > now()"
)


@pytest.fixture
def bea(cast: Cast, database: Database) -> Person:
    """A second admin at Acme."""
    return person(database, cast.acme, "Bea", "admin", "acme.example")


def session_of(who: Person, connections: Connections, keys: Keyring) -> str:
    """The refresh token of a new session."""
    begun = connections.run(
        lambda tx: sessions.begin(tx, keys, principals.enter(tx, who.workspace_id, who.id))
    )
    return str(begun["refresh_token"])


def renewing(keys: Keyring, token: str) -> Unit:
    return lambda tx: sessions.renew(tx, keys, token)


def acting(who: Person, verb: Any, *arguments: Any) -> Unit:
    def unit(tx: Transaction) -> Any:
        return verb(tx, principals.enter(tx, who.workspace_id, who.id), *arguments)

    return unit


def test_12_of_fifty_parallel_refreshes_one_has_a_successor(
    cast: Cast, connections: Connections, keys: Keyring, database: Database
) -> None:
    token = session_of(cast.ada, connections, keys)

    answers = connections.at_once([renewing(keys, token)] * 50)

    assert sum(isinstance(answer, dict) for answer in answers) == 1
    assert sum(isinstance(answer, Refusal) for answer in answers) == 49
    assert database.value("SELECT count(*) FROM refresh_tokens") == 2


@pytest.mark.parametrize("attempt", range(5))
def test_12_no_successor_slips_past_a_replay(
    cast: Cast, connections: Connections, keys: Keyring, database: Database, attempt: int
) -> None:
    first = session_of(cast.ada, connections, keys)
    second = connections.run(renewing(keys, first))["refresh_token"]

    connections.at_once([renewing(keys, second), renewing(keys, first), renewing(keys, first)])

    assert database.value(LIVE) == 0


@pytest.mark.parametrize("attempt", range(5))
def test_no_session_outlives_a_deactivation_at_the_same_moment(
    cast: Cast, connections: Connections, keys: Keyring, database: Database, attempt: int
) -> None:
    token = session_of(cast.ana, connections, keys)

    connections.at_once(
        [
            renewing(keys, token),
            acting(cast.ada, deactivate, cast.ana.id),
            lambda tx: sessions.begin(tx, keys, principals.enter(tx, cast.acme, cast.ana.id)),
        ]
    )

    assert database.value(LIVE) == 0


def test_workspaces_of_one_name_get_slugs_of_their_own(
    connections: Connections, keys: Keyring, database: Database
) -> None:
    def registering(number: int, tx: Transaction) -> Any:
        return register(tx, keys, "Initech", f"bill{number}@initech.example", "violet staple horse", None)

    answers = connections.at_once([partial(registering, number) for number in range(8)])

    assert [answer for answer in answers if not isinstance(answer, dict)] == []
    slugs = {answer["workspace"]["slug"] for answer in answers}
    assert slugs == {"initech", *(f"initech-{number}" for number in range(2, 9))}


@pytest.mark.parametrize("attempt", range(5))
def test_two_admins_cannot_demote_each_other(
    cast: Cast, bea: Person, connections: Connections, keys: Keyring, database: Database, attempt: int
) -> None:
    demoted = {"role": "agent"}

    answers = connections.at_once(
        [acting(cast.ada, change, keys, bea.id, demoted), acting(bea, change, keys, cast.ada.id, demoted)]
    )

    assert sum(isinstance(answer, dict) for answer in answers) == 1
    assert sum(isinstance(answer, Forbidden | Conflict) for answer in answers) == 1
    assert active_admins(database, cast.acme) == 1


@pytest.mark.parametrize("attempt", range(5))
def test_two_admins_cannot_both_leave(
    cast: Cast, bea: Person, connections: Connections, keys: Keyring, database: Database, attempt: int
) -> None:
    answers = connections.at_once(
        [acting(cast.ada, deactivate, cast.ada.id), acting(bea, change, keys, bea.id, {"role": "agent"})]
    )

    assert sum(isinstance(answer, Conflict) for answer in answers) == 1
    assert active_admins(database, cast.acme) == 1


def test_of_fifty_admins_who_demote_each_other_at_once_one_is_left(
    cast: Cast, connections: Connections, keys: Keyring, database: Database
) -> None:
    admins = [person(database, cast.acme, f"Admin{number}", "admin", "acme.example") for number in range(49)]
    ring = [cast.ada, *admins]
    demoting = [
        acting(who, change, keys, other.id, {"role": "agent"})
        for who, other in zip(ring, [*ring[1:], ring[0]], strict=True)
    ]

    answers = connections.at_once(demoting)

    refused = [answer for answer in answers if not isinstance(answer, dict)]
    assert [answer for answer in refused if not isinstance(answer, Forbidden | Conflict)] == []
    assert active_admins(database, cast.acme) >= 1
    assert active_admins(database, cast.acme) == 50 - (len(answers) - len(refused))


@pytest.mark.parametrize("verb", [deactivate, "demote"])
def test_of_fifty_admins_who_all_leave_at_once_one_stays(
    cast: Cast, connections: Connections, keys: Keyring, database: Database, verb: Any
) -> None:
    admins = [person(database, cast.acme, f"Admin{number}", "admin", "acme.example") for number in range(49)]
    everybody = [cast.ada, *admins]
    leaving = [
        acting(who, deactivate, who.id)
        if verb is deactivate
        else acting(who, change, keys, who.id, {"role": "agent"})
        for who in everybody
    ]

    answers = connections.at_once(leaving)

    assert sum(isinstance(answer, dict) for answer in answers) == 49
    assert sum(isinstance(answer, Conflict) for answer in answers) == 1
    assert active_admins(database, cast.acme) == 1


@pytest.mark.parametrize("attempt", range(5))
def test_who_becomes_a_customer_is_left_in_no_team(
    cast: Cast, connections: Connections, keys: Keyring, database: Database, attempt: int
) -> None:
    answers = connections.at_once(
        [
            acting(cast.ada, add_member, cast.teams["Apps"], cast.ana.id),
            acting(cast.ada, change, keys, cast.ana.id, {"role": "customer"}),
        ]
    )

    assert not [a for a in answers if isinstance(a, Exception) and not isinstance(a, ValidationFailed)]
    assert database.value("SELECT count(*) FROM team_members WHERE user_id = :u", u=cast.ana.id) == 0


def test_parallel_deactivations_do_not_deadlock(
    cast: Cast, bea: Person, connections: Connections, database: Database
) -> None:
    people = [person(database, cast.acme, f"Temp{number}", "admin", "acme.example") for number in range(10)]

    answers = connections.at_once(
        [acting((cast.ada, bea)[number % 2], deactivate, someone.id) for number, someone in enumerate(people)]
    )

    assert [answer for answer in answers if not isinstance(answer, dict)] == []


def test_a_demoted_admin_finishes_nothing_begun_as_one(
    cast: Cast, bea: Person, connections: Connections, keys: Keyring, database: Database
) -> None:
    with connections.engine.connect() as hers, hers.begin():
        tx = Transaction(hers)
        actor = principals.enter(tx, cast.acme, bea.id)
        connections.run(acting(cast.ada, change, keys, bea.id, {"role": "agent"}))

        with pytest.raises(Forbidden):
            change(tx, actor, keys, cast.ben.id, {"role": "admin"})


def test_a_session_cannot_begin_for_who_was_deactivated_meanwhile(
    cast: Cast, connections: Connections, keys: Keyring
) -> None:
    with connections.engine.connect() as hers, hers.begin():
        tx = Transaction(hers)
        actor = principals.enter(tx, cast.acme, cast.ana.id)
        connections.run(acting(cast.ada, deactivate, cast.ana.id))

        with pytest.raises(Unauthenticated):
            sessions.begin(tx, keys, actor)


def test_a_session_waits_for_a_deactivation_that_is_being_committed(
    cast: Cast, connections: Connections, keys: Keyring, database: Database
) -> None:
    given = connections.behind(
        acting(cast.ada, deactivate, cast.ana.id),
        lambda tx: sessions.begin(tx, keys, principals.enter(tx, cast.acme, cast.ana.id)),
    )

    assert isinstance(given, Unauthenticated)
    assert database.value(LIVE) == 0


def active_admins(database: Database, workspace: UUID) -> int:
    return int(
        database.value(
            "SELECT count(*) FROM users WHERE workspace_id = :w AND role = 'admin' AND status = 'active'",
            w=workspace,
        )
    )
