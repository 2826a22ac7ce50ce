"""What an actor may: what the matrix gives its role."""

from dataclasses import replace
from datetime import UTC, datetime
from uuid import UUID

import pytest

from chalicelib.accounts.actor import Actor, Workspace
from chalicelib.accounts.permissions import MATRIX, Permission, Role
from chalicelib.core.errors import Forbidden
from chalicelib.models.words import ActorType

SOMEWHERE = Workspace(UUID(int=1), "acme", "Acme", "UTC", "en", "teams", 7)
ANA = Actor(
    ActorType.USER,
    UUID(int=2),
    "Ana",
    "ana@acme.example",
    Role.AGENT,
    frozenset(),
    SOMEWHERE,
    datetime(2026, 11, 20, tzinfo=UTC),
)


@pytest.mark.parametrize("role", Role)
@pytest.mark.parametrize("type", [ActorType.USER, ActorType.API_KEY])
def test_a_person_or_key_may_what_its_role_may(role: Role, type: ActorType) -> None:
    assert replace(ANA, role=role, type=type).permissions == MATRIX[role]


def test_the_desks_automation_may_what_a_dispatcher_may() -> None:
    system = replace(ANA, type=ActorType.SYSTEM, id=None, role=None)

    assert system.permissions == MATRIX[Role.DISPATCHER]


@pytest.mark.parametrize("type", [type for type in ActorType if type is not ActorType.SYSTEM])
def test_who_has_no_role_may_nothing(type: ActorType) -> None:
    assert replace(ANA, type=type, role=None).permissions == frozenset()


def test_what_is_lacking_is_refused_with_the_verbs_own_sentence() -> None:
    ANA.require(Permission.TICKETS_CLAIM, "never said")

    with pytest.raises(Forbidden, match="Only an administrator makes teams"):
        ANA.require(Permission.TEAMS_MANAGE, "Only an administrator makes teams.")
