"""Signing in with a provider at the same moment as others: one state one sign-in, one subject one user, no
session past a deactivation, never a workspace without an administrator."""

from typing import Any
from uuid import UUID, uuid4

import pytest

from chalicelib.accounts import oidc_sign_in, principals
from chalicelib.accounts.deactivating import deactivate
from chalicelib.accounts.keyring import Keyring
from chalicelib.accounts.oidc_redeeming import Claimed, Redeemed
from chalicelib.accounts.oidc_sign_in import Completed
from chalicelib.core.db import Transaction
from chalicelib.core.errors import Refusal
from tests.accounts.conftest import Connections, Unit
from tests.support.cast import Cast, person
from tests.support.database import Database

ISSUER = "https://login.acme.example"
PROVIDER = """
    INSERT INTO oidc_providers (workspace_id, issuer, client_id, scopes, redirect_uris, role_claim,
        role_mapping, create_users, default_role, authorization_endpoint, token_endpoint, jwks_uri,
        client_authentication)
    VALUES (:w, 'https://login.acme.example', 'mesa', '{openid}', '{https://desk.acme.example}', 'groups',
        '{"admins": "admin", "desk": "agent"}', true, 'agent', 'https://login.acme.example/a',
        'https://login.acme.example/t', 'https://login.acme.example/k', 'client_secret_basic')
"""


@pytest.fixture
def acme(cast: Cast, database: Database) -> UUID:
    """Acme, with a provider whose groups are roles."""
    database.run(PROVIDER, w=cast.acme)
    return cast.acme


def completing(keys: Keyring, workspace: UUID, **claims: Any) -> Unit:
    """The last step, for whom the provider says this of."""
    told = {"email_verified": True, **claims}
    claimed = Claimed(workspace, {"issuer": ISSUER}, "https://desk.acme.example", b"", "")
    return lambda tx: oidc_sign_in.complete(tx, keys, Redeemed(claimed, told))


def test_a_state_that_is_brought_twenty_times_at_once_is_taken_once(
    cast: Cast, acme: UUID, connections: Connections, keys: Keyring
) -> None:
    started = connections.run(
        lambda tx: oidc_sign_in.begin(tx, principals.enter_public(tx, "acme"), keys, None)
    )

    def claiming(tx: Transaction) -> Any:
        return oidc_sign_in.claim(tx, keys, started["state"], started["binding"], None)

    answers = connections.at_once([claiming] * 20)

    assert sum(isinstance(answer, Claimed) for answer in answers) == 1
    assert sum(isinstance(answer, Refusal) for answer in answers) == 19


def test_a_subject_that_comes_ten_times_at_once_is_one_user(
    acme: UUID, connections: Connections, keys: Keyring, database: Database
) -> None:
    unit = completing(keys, acme, sub="new", email="new@acme.example", name="New")

    answers = connections.at_once([unit] * 10)

    assert {answer.answer["user"]["email"] for answer in answers} == {"new@acme.example"}
    assert len({answer.answer["user"]["id"] for answer in answers}) == 1
    assert database.value("SELECT count(*) FROM users WHERE email = 'new@acme.example'") == 1


def test_of_ten_subjects_with_one_email_one_is_the_user(
    acme: UUID, cast: Cast, connections: Connections, keys: Keyring, database: Database
) -> None:
    units = [completing(keys, acme, sub=f"s{n}", email=cast.ana.email) for n in range(10)]

    answers = connections.at_once(units)

    assert sum(isinstance(answer, Completed) for answer in answers) == 1
    assert database.value("SELECT count(*) FROM oidc_identities") == 1


@pytest.mark.parametrize("attempt", range(5))
def test_no_session_outlives_a_deactivation_at_the_same_moment(
    acme: UUID, cast: Cast, connections: Connections, keys: Keyring, database: Database, attempt: int
) -> None:
    unit = completing(keys, acme, sub="ana", email=cast.ana.email, groups=["desk"])
    connections.run(unit)

    def deactivating(tx: Transaction) -> Any:
        return deactivate(tx, principals.enter(tx, acme, cast.ada.id), cast.ana.id)

    connections.at_once([unit, deactivating, unit])

    live = "SELECT count(*) FROM refresh_tokens WHERE revoked_at IS NULL AND used_at IS NULL"
    assert database.value(live) == 0


def test_who_is_deactivated_while_being_welcomed_stays_outside(
    acme: UUID, cast: Cast, connections: Connections, keys: Keyring, database: Database
) -> None:
    unit = completing(keys, acme, sub="ana", email=cast.ana.email, groups=["desk"])
    connections.run(unit)
    database.run("UPDATE users SET status = 'invited' WHERE id = :i", i=cast.ana.id)

    def deactivating(tx: Transaction) -> Any:
        return deactivate(tx, principals.enter(tx, acme, cast.ada.id), cast.ana.id)

    answer = connections.behind(deactivating, unit)

    assert isinstance(answer, Refusal)
    assert database.value("SELECT status FROM users WHERE id = :i", i=cast.ana.id) == "deactivated"


@pytest.mark.parametrize("attempt", range(5))
def test_two_administrators_whose_claims_demote_them_at_once_leave_one(
    acme: UUID, cast: Cast, connections: Connections, keys: Keyring, database: Database, attempt: int
) -> None:
    bea = person(database, acme, "Bea", "admin", "acme.example")
    units = [
        completing(keys, acme, sub=str(uuid4()), email=who.email, groups=["desk"]) for who in (cast.ada, bea)
    ]

    connections.at_once(units)

    assert (
        database.value(
            "SELECT count(*) FROM users WHERE workspace_id = :w AND role = 'admin' AND status = 'active'",
            w=acme,
        )
        == 1
    )
