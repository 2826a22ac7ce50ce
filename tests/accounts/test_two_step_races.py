"""The second step under pressure: whatever happens at once, each code and each challenge is good once."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import pytest

from chalicelib.accounts import principals, second_step, sessions, two_step, two_step_reset
from chalicelib.accounts.changing import change
from chalicelib.accounts.deactivating import deactivate
from chalicelib.accounts.keyring import Keyring
from chalicelib.accounts.signing_in import sign_in
from chalicelib.core.db import Transaction
from chalicelib.core.errors import Refusal, Unauthenticated
from tests.accounts.conftest import Connections, Unit
from tests.support.authenticator import Device
from tests.support.cast import Cast, Person
from tests.support.database import Database

LIVE = "SELECT count(*) FROM refresh_tokens WHERE revoked_at IS NULL"
FACTOR = 1000


@dataclass
class Rooms:
    """The second step without HTTP, for one person."""

    connections: Connections
    keys: Keyring
    who: Person

    def acting(self, verb: Callable[..., Any], *arguments: Any, **more: Any) -> Unit:
        def unit(tx: Transaction) -> Any:
            actor = principals.enter(tx, self.who.workspace_id, self.who.id)
            return verb(tx, actor, self.keys, *arguments, **more)

        return unit

    def enrol(self, database: Database) -> Device:
        begun = self.connections.run(
            self.acting(two_step.begin, self.who.password, None, None, limit_factor=FACTOR)
        )
        device = Device(database, begun["secret"])
        done = self.connections.run(
            self.acting(two_step.confirm, device.code(), self.who.id, limit_factor=FACTOR)
        )
        device.recovery_codes = done["recovery_codes"]
        device.forget_use()
        return device

    def signing_in(self, factor: int = FACTOR, **code: str) -> Unit:
        return lambda tx: sign_in(
            tx, self.keys, self.who.email, self.who.password, None, limit_factor=factor, **code
        )

    def challenge(self) -> str:
        return str(self.connections.run(self.signing_in())["challenge_token"])

    def completing(
        self, token: str, code: str | None, recovery: str | None = None, factor: int = FACTOR
    ) -> Unit:
        return lambda tx: second_step.complete(tx, self.keys, token, code, recovery, limit_factor=factor)


@pytest.fixture
def rooms(cast: Cast, connections: Connections, keys: Keyring) -> Rooms:
    """Ana's."""
    return Rooms(connections, keys, cast.ana)


@pytest.fixture
def device(rooms: Rooms, database: Database) -> Device:
    return rooms.enrol(database)


def begun(answers: list[Any]) -> int:
    return sum(isinstance(answer, dict) and "access_token" in answer for answer in answers)


def test_of_fifty_parallel_uses_of_one_code_one_begins_a_session(
    rooms: Rooms, device: Device, database: Database
) -> None:
    code = device.code()

    answers = rooms.connections.at_once([rooms.signing_in(code=code)] * 50)

    assert begun(answers) == 1
    assert sum(isinstance(answer, Refusal) for answer in answers) == 49
    assert database.value(LIVE) == 1


def test_of_fifty_parallel_uses_of_one_recovery_code_one_begins_a_session(
    rooms: Rooms, device: Device, database: Database
) -> None:
    answers = rooms.connections.at_once([rooms.signing_in(recovery_code=device.recovery_codes[0])] * 50)

    assert begun(answers) == 1
    assert database.value(LIVE) == 1
    assert database.value("SELECT count(*) FROM recovery_codes WHERE used_at IS NOT NULL") == 1


def test_of_fifty_completions_of_one_challenge_one_wins_and_none_is_a_failure(
    rooms: Rooms, device: Device, database: Database
) -> None:
    """A form that was sent twice does not close the account."""
    token, code = rooms.challenge(), device.code()

    answers = rooms.connections.at_once([rooms.completing(token, code)] * 50)

    assert begun(answers) == 1
    assert sum(isinstance(answer, Unauthenticated) for answer in answers) == 49
    assert database.value("SELECT count(*) FROM rate_limits WHERE bucket LIKE 'second-step%'") == 0


def test_one_challenge_is_good_for_one_of_many_good_codes(
    rooms: Rooms, device: Device, database: Database
) -> None:
    token = rooms.challenge()
    units = [rooms.completing(token, device.code(step)) for step in (0, 1)]
    units += [rooms.completing(token, None, code) for code in device.recovery_codes]

    answers = rooms.connections.at_once(units)

    assert begun(answers) == 1
    assert database.value(LIVE) == 1


@pytest.mark.parametrize("in_one_call", [True, False])
def test_of_fifty_guesses_at_the_same_moment_five_are_looked_at(
    rooms: Rooms, device: Device, database: Database, in_one_call: bool
) -> None:
    near = {device.code(step) for step in range(-3, 4)}
    wrong = [code for code in map("{:06}".format, range(60)) if code not in near][:49]
    tokens = [rooms.challenge() for _ in range(5)]
    units = [rooms.completing(tokens[n % 5], code, factor=1) for n, code in enumerate(wrong)]
    if in_one_call:
        units = [rooms.signing_in(factor=1, code=code) for code in wrong]

    answers = rooms.connections.at_once(units)

    assert sum(isinstance(answer, Refusal) for answer in answers) == 5
    failures = "SELECT hits FROM rate_limits WHERE bucket LIKE 'second-step-failures:%'"
    assert database.value(failures) == 5


def test_of_many_confirmations_one_makes_the_recovery_codes(rooms: Rooms, database: Database) -> None:
    begun = rooms.connections.run(
        rooms.acting(two_step.begin, rooms.who.password, None, None, limit_factor=FACTOR)
    )
    code = Device(database, begun["secret"]).code()

    answers = rooms.connections.at_once(
        [rooms.acting(two_step.confirm, code, rooms.who.id, limit_factor=FACTOR)] * 10
    )

    assert sum(isinstance(answer, dict) for answer in answers) == 1
    assert database.value("SELECT count(*) FROM recovery_codes") == 10


@pytest.mark.parametrize("attempt", range(5))
def test_no_session_slips_past_a_reset_or_a_deactivation(
    rooms: Rooms, device: Device, database: Database, cast: Cast, attempt: int
) -> None:
    verb = (two_step_reset.reset, deactivate)[attempt % 2]
    tokens = [rooms.challenge() for _ in range(4)]
    codes = device.recovery_codes

    answers = rooms.connections.at_once(
        [
            *(rooms.completing(token, None, code) for token, code in zip(tokens, codes, strict=False)),
            lambda tx: verb(tx, principals.enter(tx, cast.acme, cast.ada.id), cast.ana.id),
        ]
    )

    assert isinstance(answers[-1], dict)
    assert database.value(LIVE) == 0
    assert database.value("SELECT count(*) FROM sign_in_challenges") == 0


def test_a_completion_behind_a_reset_is_too_late(
    rooms: Rooms, device: Device, cast: Cast, database: Database
) -> None:
    token, code = rooms.challenge(), device.code()

    given = rooms.connections.behind(
        lambda tx: two_step_reset.reset(tx, principals.enter(tx, cast.acme, cast.ada.id), cast.ana.id),
        rooms.completing(token, code),
    )

    assert isinstance(given, Unauthenticated)
    assert database.value(LIVE) == 0


def test_a_secret_moved_to_anothers_row_gives_no_codes(
    rooms: Rooms, device: Device, cast: Cast, connections: Connections, keys: Keyring, database: Database
) -> None:
    """Who can write the database, but has not the pepper, makes no device good for somebody else."""
    bens = Rooms(connections, keys, cast.ben)
    bens.enrol(database)
    database.run(
        "UPDATE totp_authenticators SET secret = (SELECT secret FROM totp_authenticators WHERE user_id = :a) "
        "WHERE user_id = :b",
        a=cast.ana.id,
        b=cast.ben.id,
    )

    (answer,) = connections.at_once([bens.signing_in(code=device.code())])

    assert not isinstance(answer, dict)
    assert database.value("SELECT count(*) FROM refresh_tokens WHERE user_id = :b", b=cast.ben.id) == 0


def test_an_identity_providers_session_and_its_successors_are_vouched_for(
    rooms: Rooms, database: Database, cast: Cast
) -> None:
    database.run("UPDATE workspaces SET two_step_required_of = 'staff'")

    first = rooms.connections.run(
        lambda tx: sessions.begin(tx, rooms.keys, principals.enter(tx, cast.acme, cast.ana.id), vouched=True)
    )
    second = rooms.connections.run(lambda tx: sessions.renew(tx, rooms.keys, first["refresh_token"]))

    assert "two_step_enrolment_required" not in {**first, **second}
    assert database.rows("SELECT vouched FROM refresh_tokens") == [{"vouched": True}] * 2


def test_a_sign_in_behind_the_set_up_of_a_second_step_begins_no_session(
    rooms: Rooms, database: Database
) -> None:
    """It has been asked for no code: the sessions that the set-up ended were all but this one."""
    pending = rooms.connections.run(
        rooms.acting(two_step.begin, rooms.who.password, None, None, limit_factor=FACTOR)
    )
    code = Device(database, pending["secret"]).code()

    given = rooms.connections.behind(
        rooms.acting(two_step.confirm, code, rooms.who.id, limit_factor=FACTOR), rooms.signing_in()
    )

    assert isinstance(given, Unauthenticated)
    assert database.value(LIVE) == 0


def test_a_sign_in_behind_a_change_of_the_password_begins_no_session(
    rooms: Rooms, database: Database, cast: Cast
) -> None:
    given = rooms.connections.behind(
        lambda tx: change(
            tx,
            principals.enter(tx, cast.acme, cast.ada.id),
            rooms.keys,
            cast.ana.id,
            {"password": "amber ladder cloud"},
        ),
        rooms.signing_in(),
    )

    assert isinstance(given, Unauthenticated)
    assert database.value(LIVE) == 0
