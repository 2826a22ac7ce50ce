"""Mailed tokens under pressure: whatever happens at once, each is good for one thing, once."""

from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import pytest

from chalicelib.accounts import inviting, one_time_tokens, password_reset, principals
from chalicelib.accounts.deactivating import deactivate
from chalicelib.accounts.keyring import Keyring
from chalicelib.core.db import Transaction
from chalicelib.core.errors import Gone
from chalicelib.core.event import Event
from chalicelib.models.words import TokenPurpose
from chalicelib.notifications import account_mails
from tests.accounts.conftest import Connections
from tests.support.cast import Cast, Person
from tests.support.database import Database

PASSWORDS = [f"amber ladder cloud {number}" for number in range(6)]


def token_of(connections: Connections, person: Person, purpose: TokenPurpose, event_id: int = 1) -> str:
    """One that is good now."""

    def issue(tx: Transaction) -> str:
        principals.enter_system(tx, person.workspace_id)
        issued = one_time_tokens.issue(
            tx, person.workspace_id, person.id, purpose, event_id=event_id, asked_at=datetime.now(UTC)
        )
        assert issued is not None
        return issued.token

    return str(connections.run(issue))


@pytest.fixture
def reset(connections: Connections, cast: Cast) -> str:
    return token_of(connections, cast.ana, TokenPurpose.PASSWORD_RESET)


def kinds(results: list[Any]) -> list[str]:
    return sorted(type(result).__name__ for result in results)


def test_of_many_resets_with_one_token_one_wins(
    connections: Connections, keys: Keyring, reset: str, database: Database, cast: Cast
) -> None:
    results = connections.at_once(
        [lambda tx, p=password: password_reset.reset(tx, keys, reset, p) for password in PASSWORDS]
    )

    assert kinds(results) == ["Gone"] * 5 + ["NoneType"]
    changed = "SELECT count(*) AS n FROM events WHERE type = 'user.password_changed'"
    assert database.value(changed) == 1


def test_a_reset_behind_another_finds_the_token_used(
    connections: Connections, keys: Keyring, reset: str
) -> None:
    second = connections.behind(
        lambda tx: password_reset.reset(tx, keys, reset, PASSWORDS[0]),
        lambda tx: password_reset.reset(tx, keys, reset, PASSWORDS[1]),
    )

    assert isinstance(second, Gone)


def test_a_reset_behind_a_deactivation_is_too_late(
    connections: Connections, keys: Keyring, reset: str, cast: Cast
) -> None:
    second = connections.behind(
        lambda tx: deactivate(tx, principals.enter(tx, cast.acme, cast.ada.id), cast.ana.id),
        lambda tx: password_reset.reset(tx, keys, reset, PASSWORDS[0]),
    )

    assert isinstance(second, Gone)


def test_of_many_acceptances_of_one_invitation_one_wins(
    connections: Connections, keys: Keyring, database: Database, cast: Cast
) -> None:
    database.run("UPDATE users SET status = 'invited', password_hash = NULL WHERE id = :u", u=cast.ana.id)
    token = token_of(connections, cast.ana, TokenPurpose.INVITATION)

    results = connections.at_once(
        [lambda tx, p=password: inviting.accept(tx, keys, token, p, None) for password in PASSWORDS]
    )

    assert kinds(results) == ["Gone"] * 5 + ["dict"]
    assert database.value("SELECT count(*) AS n FROM refresh_tokens") == 1


def test_mails_that_are_claimed_at_once_leave_one_open_token(
    connections: Connections, database: Database, cast: Cast
) -> None:
    person = {"user": {"id": str(cast.ana.id)}, "actor": {"name": ""}}
    asked = [
        Event(number, password_reset.REQUESTED, cast.acme, None, None, True, datetime.now(UTC), person)
        for number in range(1, 9)
    ]

    connections.at_once([lambda tx, e=event: account_mails.claim(tx, e, "mesa.example") for event in asked])

    open_ones = database.rows("SELECT event_id FROM one_time_tokens WHERE revoked_at IS NULL")
    assert open_ones == [{"event_id": 8}]


@pytest.mark.parametrize("purpose", TokenPurpose)
def test_a_token_is_good_in_its_own_workspace_only(
    connections: Connections, cast: Cast, purpose: TokenPurpose
) -> None:
    token = token_of(connections, cast.ana, purpose)

    bearer = connections.run(lambda tx: one_time_tokens.bearer(tx, token, purpose))

    assert bearer.actor.workspace.id == cast.acme
    assert bearer.user.id == cast.ana.id
    assert isinstance(bearer.user.id, UUID)
    assert token not in repr(bearer)
