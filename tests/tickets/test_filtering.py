"""Filters: each alone and several together, as a query string says them and as JSON does, and what they mean
to whom."""

from typing import Any
from urllib.parse import quote
from uuid import uuid4

import pytest
from pydantic import ValidationError

from chalicelib.accounts import principals
from chalicelib.api.schemas.filters import TicketFilter
from chalicelib.core.db import Transaction
from chalicelib.core.json_text import dumps
from chalicelib.tickets import filtering, listing
from tests.support.cast import Person
from tests.support.connections import Connections
from tests.support.database import Database
from tests.support.for_each import for_each
from tests.support.service_desk import ServiceDesk


def found(connections: Connections, who: Person, wanted: dict[str, Any], sort: str = "created_at") -> int:
    """How many tickets a filter as a JSON body finds, kept and read again as a view is."""
    kept = TicketFilter.model_validate_json(dumps(wanted), strict=True).plain()

    def count(tx: Transaction) -> int:
        actor = principals.enter(tx, who.workspace_id, who.id)
        conditions = filtering.conditions(tx, actor, kept)
        return len(listing.ids_of(tx, actor, listing.Filter(conditions, sort), 100))

    return int(connections.run(count))


def age(database: Database, ticket: dict[str, Any], column: str, days: float) -> None:
    database.run(
        f"UPDATE tickets SET {column} = now() - make_interval(secs => :s) WHERE id = :t",
        s=days * 86_400,
        t=ticket["id"],
    )


class TestInJson:
    def test_what_the_query_string_takes(self, desk: ServiceDesk, connections: Connections) -> None:
        desk.networks_ticket(priority="high", type="complaint", tags=["vip"], subject="The printer jams")
        desk.networks_ticket()
        wanted = {
            "query": "printer",
            "status": ["NUEVO", "open"],
            "priority": "alta,urgent",
            "type": ["queja"],
            "assignee": "none",
            "team": desk.cast.teams["Networks"],
            "requester": desk.cast.carol.id,
            "organisation": "none",
            "tag": "VIP",
            "breached": False,
            "archived": False,
            "created_after": "2020-01-01T00:00:00Z",
            "created_before": "2999-01-01T00:00:00+02:00",
            "updated_after": "2020-01-01T00:00:00.5-05:00",
            "created_within_days": 1,
            "updated_within_days": 1,
            "due_within_hours": 8760,
        }

        assert found(connections, desk.cast.dario, wanted) == 1
        assert found(connections, desk.cast.dario, {}) == 2
        assert found(connections, desk.cast.dario, {**wanted, "not_updated_for_days": 1}) == 0

    @for_each(
        "wanted",
        [
            {"status": []},
            {"status": [1]},
            {"status": ["asleep"]},
            {"status": {"new": True}},
            {"breached": "true"},
            {"archived": None},
            {"team": "none"},
            {"requester": "none"},
            {"created_after": 0},
            {"created_after": "2026-01-01"},
            {"created_after": "2026-02-30T00:00:00Z"},
            {"created_within_days": 0},
            {"created_within_days": 3651},
            {"created_within_days": 1.5},
            {"due_within_hours": 8761},
            {"custom_field": ["a:1"] * 6},
            {"custom_field": "a:1"},
            {"sort": "created_at"},
            {"limit": 5},
        ],
    )
    def test_nonsense_is_refused(self, wanted: dict[str, Any]) -> None:
        with pytest.raises(ValidationError):
            TicketFilter.model_validate_json(dumps(wanted), strict=True)

    def test_what_is_kept_is_plain_and_short(self) -> None:
        kept = TicketFilter.model_validate_json(
            dumps({"status": "pausado", "created_after": "2026-11-20T09:00:00+02:00", "team": None}),
            strict=True,
        ).plain()

        assert kept == {"status": ["on_hold", "pending"], "created_after": "2026-11-20T07:00:00Z"}


class TestRelative:
    def test_me_is_whoever_asks(self, desk: ServiceDesk, connections: Connections) -> None:
        desk.networks_ticket(assignee_id=desk.cast.ana.id)
        desk.ticket(desk.cast.dario)

        assert found(connections, desk.cast.ana, {"assignee": "me"}) == 1
        assert found(connections, desk.cast.dario, {"assignee": "me"}) == 0
        assert found(connections, desk.cast.dario, {"requester": "me"}) == 1

    def test_mine_are_the_own_teams(self, desk: ServiceDesk) -> None:
        networks = desk.networks_ticket()
        desk.networks_ticket(team_id=desk.cast.teams["Apps"], assignee_id=desk.cast.ana.id)

        assert desk.labels(desk.cast.ana, "team=mine") == [networks["label"]]
        assert desk.labels(desk.cast.carol, "team=mine") == []

    def test_days_are_counted_back_from_now(self, desk: ServiceDesk, database: Database) -> None:
        old, new = desk.ticket(), desk.ticket()
        age(database, old, "created_at", 7.1)
        age(database, new, "created_at", 6.9)
        age(database, old, "updated_at", 3.1)
        carol = desk.cast.carol

        assert desk.labels(carol, "created_within_days=7") == [new["label"]]
        assert desk.labels(carol, "updated_within_days=3") == [new["label"]]
        assert desk.labels(carol, "not_updated_for_days=3") == [old["label"]]
        assert len(desk.labels(carol, "created_within_days=8")) == 2

    def test_the_narrower_of_two_times_counts(self, desk: ServiceDesk, database: Database) -> None:
        ticket = desk.ticket()
        age(database, ticket, "created_at", 5)

        assert desk.labels(desk.cast.carol, "created_within_days=3&created_after=2020-01-01T00:00:00Z") == []
        assert desk.labels(desk.cast.carol, "created_within_days=9&created_after=2999-01-01T00:00:00Z") == []

    def test_due_within_hours_holds_what_is_late_too(self, desk: ServiceDesk, database: Database) -> None:
        late, soon, later = desk.ticket(), desk.ticket(), desk.ticket()
        for ticket, hours in ((late, -1), (soon, 3), (later, 5)):
            age(database, ticket, "due_at", -hours / 24)

        by_due = desk.labels(desk.cast.carol, "sort=due_at&due_within_hours=4")

        assert by_due == [late["label"], soon["label"]]

    def test_a_paused_ticket_is_not_due(self, desk: ServiceDesk) -> None:
        ticket = desk.in_status("pending")

        assert ticket["due_at"] is None
        assert desk.labels(desk.cast.dario, "due_within_hours=8760") == []


class TestTimes:
    @pytest.fixture
    def around_nine(self, desk: ServiceDesk, database: Database) -> tuple[str, str]:
        """The labels of a ticket of a second before and of one of a second after."""
        before, after = desk.ticket(), desk.ticket()
        for ticket, at in ((before, "2026-11-20T08:59:59Z"), (after, "2026-11-20T09:00:01Z")):
            database.run(
                "UPDATE tickets SET created_at = CAST(:at AS timestamptz), "
                "updated_at = CAST(:at AS timestamptz) WHERE id = :t",
                at=at,
                t=ticket["id"],
            )
        return before["label"], after["label"]

    @for_each(
        "moment",
        [
            "2026-11-20T09:00:00Z",
            "2026-11-20t09:00:00z",
            "2026-11-20T11:00:00+02:00",
            "2026-11-20T11:00:00%2B02:00",
            "2026-11-20T04:00:00-05:00",
            "2026-11-20T09:00:00.000000Z",
            "2026-11-20T14:30:00%2B05:30",
            "2026-11-20%2009:00Z",
        ],
    )
    def test_of_any_zone_are_one_moment(
        self, desk: ServiceDesk, around_nine: tuple[str, str], moment: str
    ) -> None:
        before, after = around_nine

        assert desk.labels(desk.cast.carol, f"created_after={moment}") == [after]
        assert desk.labels(desk.cast.carol, f"created_before={moment}") == [before]
        assert desk.labels(desk.cast.carol, f"updated_after={moment}") == [after]

    @for_each(
        "moment",
        ["2026-11-20", "2026-11-20T09:00:00", "2026-11-20T25:00:00Z", "1500-01-01T00:00:00Z", "1700000000"],
    )
    def test_that_are_none_are_refused(self, desk: ServiceDesk, moment: str) -> None:
        reply = desk.as_(desk.cast.carol).get(f"/v1/tickets?updated_after={moment}")

        assert reply.status == 422
        assert [each["field"] for each in reply.json["errors"]] == ["updated_after"]


class TestNobody:
    def test_an_unknown_team_or_person_has_no_tickets(self, desk: ServiceDesk) -> None:
        desk.networks_ticket()

        for name in ("team", "assignee", "requester", "organisation"):
            assert desk.labels(desk.cast.dario, f"{name}={uuid4()}") == []

    def test_an_unknown_field_is_named(self, desk: ServiceDesk) -> None:
        reply = desk.as_(desk.cast.dario).get(f"/v1/tickets?custom_field={quote('colour:red')}")

        assert (reply.status, reply.json["errors"][0]["field"]) == (422, "custom_field")
