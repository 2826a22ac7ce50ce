"""Setting up promises by several at once: limits hold exactly, and nobody promises by what is gone."""

from collections.abc import Callable
from itertools import count
from typing import Any
from uuid import UUID

import pytest

from chalicelib.accounts import principals
from chalicelib.accounts.jobs import take_up
from chalicelib.core.db import Transaction
from chalicelib.core.errors import Conflict, NotFound, ValidationFailed
from chalicelib.sla import calendar_setup, policy_setup, taking_holidays
from tests.support.cast import Cast
from tests.support.connections import Connections
from tests.support.database import Database

Unit = Callable[[Transaction], Any]
OFFICE = {"timezone": "UTC", "weekly": {"0": [["09:00", "17:00"]]}, "holidays": []}


class Admin:
    """Ada's calls of the rooms, each as a unit of work."""

    def __init__(self, cast: Cast) -> None:
        self.cast = cast
        self.numbers = count(1)

    def _as_ada(self, call: Callable[..., Any], *given: Any) -> Unit:
        return lambda tx: call(tx, principals.enter(tx, self.cast.acme, self.cast.ada.id), *given)

    def make_calendar(self) -> Unit:
        return self._as_ada(calendar_setup.make, {"name": f"Calendar {next(self.numbers)}", **OFFICE})

    def change_zone(self, calendar_id: UUID, zone: str) -> Unit:
        return self._as_ada(calendar_setup.change, calendar_id, {"timezone": zone})

    def begin(self, job_id: UUID) -> Unit:
        """Not Ada, but the consumer of the queue."""
        return lambda tx: take_up(tx, self.cast.acme, job_id)

    def delete_calendar(self, calendar_id: UUID) -> Unit:
        return self._as_ada(calendar_setup.delete, calendar_id)

    def take_holidays(self, calendar_id: UUID, country: str) -> Unit:
        return self._as_ada(taking_holidays.of_country, calendar_id, country, None, [2026])

    def make_policy(self, calendar_id: UUID, given: dict[str, Any]) -> Unit:
        facts = {"name": f"Policy {next(self.numbers)}", "position": None, "calendar_id": calendar_id}
        return self._as_ada(policy_setup.make, {**given, **facts})


@pytest.fixture
def admin(cast: Cast) -> Admin:
    return Admin(cast)


@pytest.fixture
def calendar_id(admin: Admin, connections: Connections) -> UUID:
    """One that no policy promises by."""
    made: UUID = connections.run(admin.make_calendar())["id"]
    return made


@pytest.fixture
def policy(database: Database, cast: Cast) -> dict[str, Any]:
    """All facts of a policy, as Acme's first one has them."""
    (row,) = database.rows("SELECT * FROM sla_policies WHERE workspace_id = :w", w=cast.acme)
    return {name: row[name] for name in policy_setup.FACTS}


def test_many_at_once_make_as_many_calendars_as_there_may_be(
    admin: Admin, connections: Connections, database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(calendar_setup, "MOST", 3)  # Acme has one

    results = connections.at_once([admin.make_calendar() for _ in range(6)])

    assert sum(isinstance(result, Conflict) for result in results) == 4
    assert (
        database.value(
            "SELECT count(*) FROM calendars c JOIN workspaces w ON w.id = c.workspace_id "
            "WHERE w.slug = 'acme'"
        )
        == 3
    )


def test_many_at_once_make_as_many_policies_as_there_may_be_one_after_the_other(
    admin: Admin,
    connections: Connections,
    policy: dict[str, Any],
    calendar_id: UUID,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(policy_setup, "MOST", 4)

    results = connections.at_once([admin.make_policy(calendar_id, policy) for _ in range(6)])

    made = [result for result in results if not isinstance(result, Exception)]
    assert sum(isinstance(result, Conflict) for result in results) == 3
    assert sorted(each["position"] for each in made) == [policy["position"] + n for n in (1, 2, 3)]


def test_holidays_taken_at_once_are_together_no_more_than_there_may_be(
    admin: Admin,
    connections: Connections,
    calendar_id: UUID,
    database: Database,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(calendar_setup, "MOST_HOLIDAYS", 15)

    results = connections.at_once([admin.take_holidays(calendar_id, each) for each in ("DE", "FR")])

    assert sum(isinstance(result, ValidationFailed) for result in results) == 1
    kept = database.value("SELECT jsonb_array_length(holidays) FROM calendars WHERE id = :id", id=calendar_id)
    assert 8 <= kept <= 15


def test_a_calendar_that_a_policy_is_just_taking_is_not_deleted(
    admin: Admin, connections: Connections, policy: dict[str, Any], calendar_id: UUID
) -> None:
    take, delete = admin.make_policy(calendar_id, policy), admin.delete_calendar(calendar_id)

    refused = connections.behind(take, delete)

    assert isinstance(refused, Conflict)
    assert "Policy" in refused.detail


def test_a_calendar_that_is_just_being_deleted_is_not_taken(
    admin: Admin, connections: Connections, policy: dict[str, Any], calendar_id: UUID
) -> None:
    take, delete = admin.make_policy(calendar_id, policy), admin.delete_calendar(calendar_id)

    assert isinstance(connections.behind(delete, take), NotFound)


def test_deleted_and_taken_at_once_a_calendar_is_one_of_both(
    admin: Admin, connections: Connections, policy: dict[str, Any], database: Database
) -> None:
    for _ in range(20):
        calendar_id = connections.run(admin.make_calendar())["id"]
        results = connections.at_once(
            [admin.make_policy(calendar_id, policy), admin.delete_calendar(calendar_id)]
        )

        assert sum(isinstance(result, Conflict | NotFound) for result in results) == 1
    by_what_is_gone = """
        SELECT count(*) FROM sla_policies p JOIN calendars c ON c.id = p.calendar_id
        WHERE c.deleted_at IS NOT NULL
    """
    assert database.value(by_what_is_gone) == 0


def test_changed_while_its_job_is_just_beginning_the_calendar_gets_another(
    admin: Admin, connections: Connections, calendar_id: UUID
) -> None:
    first = connections.run(admin.change_zone(calendar_id, "Asia/Tokyo"))["job_id"]

    again = connections.behind(admin.begin(first), admin.change_zone(calendar_id, "Asia/Seoul"))

    assert again["job_id"] not in (None, first)


def test_a_job_does_not_begin_before_a_change_that_puts_it_off_is_there(
    admin: Admin, connections: Connections, calendar_id: UUID, database: Database
) -> None:
    first = connections.run(admin.change_zone(calendar_id, "Asia/Tokyo"))["job_id"]

    begun = connections.behind(admin.change_zone(calendar_id, "America/Lima"), admin.begin(first))

    assert begun is None
    assert database.rows("SELECT status, leased_until > now() AS later FROM jobs") == [
        {"status": "queued", "later": True}
    ]
