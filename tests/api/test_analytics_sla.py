"""`GET /v1/analytics/sla`: who sees which figures, for which days, and what is refused."""

from datetime import datetime, timedelta
from typing import Any
from uuid import uuid4
from zoneinfo import ZoneInfo

import pytest

from chalicelib.analytics import attainment
from tests.support.api import Api
from tests.support.cast import Person
from tests.support.database import Database
from tests.support.for_each import for_each
from tests.support.service_desk import ServiceDesk
from tests.support.statements import recorded

PATH = "/v1/analytics/sla"


@pytest.fixture
def busy(desk: ServiceDesk) -> ServiceDesk:
    """A ticket resolved in each of the two teams."""
    for team in ("Networks", "Apps"):
        ticket = desk.networks_ticket(team_id=desk.cast.teams[team])
        assert desk.do(desk.cast.dario, ticket, "resolve", resolution="Done.").status == 200
    return desk


def teams(desk: ServiceDesk, who: Person, query: str = "") -> dict[str, int]:
    """How many promises of resolution were kept, by team."""
    reply = desk.as_(who).get(f"{PATH}?group_by=team&metric=resolution&{query}")
    assert reply.status == 200, reply.text
    assert reply.json["total"]["met"] == sum(group["met"] for group in reply.json["groups"])
    return {group["team"]["name"]: group["met"] for group in reply.json["groups"]}


class TestWhoSeesWhat:
    def test_admins_and_dispatchers_see_the_desk(self, busy: ServiceDesk) -> None:
        for who in (busy.cast.ada, busy.cast.dario):
            assert teams(busy, who) == {"Apps": 1, "Networks": 1}

    def test_agents_see_their_own_teams(self, busy: ServiceDesk) -> None:
        assert teams(busy, busy.cast.ana) == {"Networks": 1}
        assert teams(busy, busy.cast.ana, f"team={busy.cast.teams['Networks']}") == {"Networks": 1}

    def test_agents_see_all_where_the_workspace_says_so(self, busy: ServiceDesk, database: Database) -> None:
        database.run("UPDATE workspaces SET agent_visibility = 'all'")

        assert teams(busy, busy.cast.ana) == {"Apps": 1, "Networks": 1}

    def test_an_agent_without_a_team_sees_nothing(self, busy: ServiceDesk, database: Database) -> None:
        database.run("DELETE FROM team_members WHERE user_id = :u", u=busy.cast.ana.id)

        assert teams(busy, busy.cast.ana) == {}

    def test_another_team_is_refused_to_an_agent(self, busy: ServiceDesk) -> None:
        both = f"{busy.cast.teams['Apps']},{busy.cast.teams['Networks']}"

        reply = busy.as_(busy.cast.ana).get(f"{PATH}?team={both}")

        assert (reply.status, reply.code) == (403, "FORBIDDEN")

    def test_customers_are_refused(self, busy: ServiceDesk) -> None:
        assert busy.as_(busy.cast.carol).get(PATH).status == 403

    def test_another_workspace_sees_nothing_of_it(self, busy: ServiceDesk, database: Database) -> None:
        mallory = busy.as_(busy.cast.mallory)

        assert mallory.get(PATH).json["groups"] == []
        for name, table in (("team", "teams"), ("policy", "sla_policies")):
            theirs = database.value(
                f"SELECT id FROM {table} WHERE workspace_id = :w LIMIT 1", w=busy.cast.acme
            )
            reply = mallory.get(f"{PATH}?{name}={theirs}")
            assert (reply.status, [error["field"] for error in reply.json["errors"]]) == (404, [name])
            assert busy.as_(busy.cast.ada).get(f"{PATH}?{name}={theirs}").status == 200


class TestFilters:
    def test_each_leaves_the_rest_out(self, busy: ServiceDesk) -> None:
        urgent = busy.networks_ticket(priority="urgent")
        busy.do(busy.cast.dario, urgent, "resolve", resolution="Done.")
        networks = busy.cast.teams["Networks"]

        assert teams(busy, busy.cast.ada, f"team={networks}") == {"Networks": 2}
        assert teams(busy, busy.cast.ada, "priority=URGENTE") == {"Networks": 1}
        assert teams(busy, busy.cast.ada, "priority=low,medium") == {"Apps": 1, "Networks": 1}

    def test_several_groupings_make_a_group_of_each_combination(self, busy: ServiceDesk) -> None:
        groups = busy.as_(busy.cast.ada).get(f"{PATH}?group_by=team,metric").json["groups"]

        assert [(group["metric"], group["team"]["name"]) for group in groups] == [
            ("first_response", "Apps"),
            ("first_response", "Networks"),
            ("resolution", "Apps"),
            ("resolution", "Networks"),
        ]
        assert {group["policy"] for group in groups} == {group["priority"] for group in groups} == {None}

    def test_metrics_that_are_mixed_have_no_minutes(self, busy: ServiceDesk) -> None:
        ada = busy.as_(busy.cast.ada)

        (mixed, *_) = ada.get(f"{PATH}?group_by=team").json["groups"]
        assert (mixed["met"], mixed["business_minutes"], mixed["calendar_minutes"]) == (2, None, None)

        apart = ada.get(PATH).json
        assert apart["total"]["business_minutes"] is None
        assert {group["business_minutes"]["count"] for group in apart["groups"]} == {2}


class TestDays:
    def test_they_are_the_workspaces_own(self, busy: ServiceDesk, database: Database) -> None:
        """Kiritimati is a day ahead of Pago Pago at almost any moment."""
        for zone in ("Pacific/Kiritimati", "Pacific/Pago_Pago"):
            database.run("UPDATE workspaces SET timezone = :z", z=zone)
            now: datetime = database.value("SELECT now()")
            today = now.astimezone(ZoneInfo(zone)).date()

            told = busy.as_(busy.cast.ada).get(f"{PATH}?days=1").json

            assert (told["timezone"], told["from"], told["to"]) == (zone, str(today), str(today))
            tomorrow = busy.as_(busy.cast.ada).get(f"{PATH}?from={today + timedelta(days=1)}").json
            assert tomorrow["total"]["met"] == 0
            assert tomorrow["previous"]["to"] == str(today)
            assert tomorrow["total"]["previous"]["met"] == 4

    def test_a_moment_counts_on_the_day_that_the_clock_there_shows(
        self, busy: ServiceDesk, database: Database
    ) -> None:
        """A microsecond before midnight on the long day, and on its last and first moment."""
        database.run("UPDATE workspaces SET timezone = 'Europe/Madrid'")
        database.run("DELETE FROM sla_targets WHERE metric = 'first_response'")
        moments = ("2026-10-25 22:59:59.999999Z", "2026-10-24 22:00Z")
        for ticket, at in zip(database.rows("SELECT id FROM sla_targets"), moments, strict=True):
            database.run(
                "UPDATE sla_targets SET fulfilled_at = CAST(:at AS timestamptz) WHERE id = :t",
                at=at,
                t=ticket["id"],
            )

        told = busy.as_(busy.cast.dario).get(f"{PATH}?from=2026-10-24&to=2026-10-26&interval=day").json

        assert [bucket["met"] for bucket in told["total"]["series"]] == [0, 2, 0]
        day = told["total"]["series"][1]
        assert (day["since"], day["until"]) == ("2026-10-24T22:00:00Z", "2026-10-25T23:00:00Z")

    def test_a_series_tells_of_every_bucket_what_there_was_even_nothing(self, busy: ServiceDesk) -> None:
        told = busy.as_(busy.cast.ada).get(f"{PATH}?days=14&interval=day").json

        for group in (told["total"], *told["groups"]):
            assert len(group["series"]) == 14
            assert sum(bucket["met"] for bucket in group["series"]) == group["met"]
        assert told["total"]["series"][0]["attainment"] is None
        assert told["total"]["series"][-1]["attainment"] == 1

    def test_one_bucket_is_the_period(self, busy: ServiceDesk) -> None:
        told = busy.as_(busy.cast.ada).get(f"{PATH}?days=1&interval=day").json

        (bucket,) = told["total"]["series"]
        assert (bucket["from"], bucket["met"]) == (told["from"], 4)

    def test_what_changed_is_told_against_as_many_days_before(
        self, busy: ServiceDesk, database: Database
    ) -> None:
        """One of two kept then, both now."""
        database.run(
            "UPDATE sla_targets SET started_at = started_at - interval '2 days', "
            "fulfilled_at = fulfilled_at - interval '2 days', breached_at = CASE WHEN team_id = :t "
            "THEN fulfilled_at - interval '49 hours' END WHERE metric = 'resolution'",
            t=busy.cast.teams["Apps"],
        )
        for _ in range(2):
            busy.do(busy.cast.dario, busy.networks_ticket(), "resolve", resolution="Done.")

        total = busy.as_(busy.cast.ada).get(f"{PATH}?days=2&metric=resolution").json["total"]

        assert (total["met"], total["breached"], total["attainment"]) == (2, 0, 1)
        assert (total["previous"]["met"], total["previous"]["breached"]) == (1, 1)
        assert total["attainment_change"] == 0.5


@for_each(
    "query, field",
    [
        ("from=2026-03-02&to=2026-03-01", "to"),
        ("from=2024-03-01&to=2026-03-01", "from"),
        ("from=2026-03-01&days=3", "days"),
        ("to=2026-03-01&days=3", "days"),
        ("days=0", "days"),
        ("days=367", "days"),
        ("days=1.5", "days"),
        ("from=2026-02-30", "from"),
        ("from=2026-3-1", "from"),
        ("from=1772323200", "from"),
        ("from=2026-03-01T00:00:00Z", "from"),
        ("from=0001-01-01", "from"),
        ("to=9999-12-31", "to"),
        ("from=", "from"),
        ("first=2026-03-01", "first"),
        ("interval=hour", "interval"),
        ("interval=", "interval"),
        ("group_by=agent", "group_by"),
        ("group_by=", "group_by"),
        ("metric=response", "metric"),
        ("priority=asap", "priority"),
        ("team=networks", "team"),
        ("team=,", "team"),
        ("team=" + ",".join(str(uuid4()) for _ in range(51)), "team"),
        ("policy=1", "policy"),
        ("status=open", "status"),
        ("team=%00", "team"),
    ],
)
def test_what_makes_no_sense_is_refused_at_its_field(desk: ServiceDesk, query: str, field: str) -> None:
    reply = desk.as_(desk.cast.ada).get(f"{PATH}?{query}")

    assert (reply.status, reply.code) == (422, "VALIDATION_ERROR")
    assert [error["field"] for error in reply.json["errors"]] == [field]


@for_each("name", ["days", "from", "team", "interval"])
def test_what_is_given_twice_is_refused(desk: ServiceDesk, name: str) -> None:
    reply = desk.as_(desk.cast.ada).get(f"{PATH}?{name}=1&{name}=2")

    assert (reply.status, [error["field"] for error in reply.json["errors"]]) == (422, [name])


@pytest.mark.parametrize("name", ["team", "policy"])
def test_what_is_not_there_is_not_found_at_its_field(desk: ServiceDesk, name: str) -> None:
    for who in (desk.cast.ada, desk.cast.ana):
        reply = desk.as_(who).get(f"{PATH}?{name}={uuid4()}")

        assert (reply.status, reply.code) == (404, "NOT_FOUND")
        assert [error["field"] for error in reply.json["errors"]] == [name]


def test_more_figures_than_an_answer_holds_are_refused(
    busy: ServiceDesk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(attainment, "MOST_FIGURES", 20)
    ada = busy.as_(busy.cast.ada)

    assert ada.get(f"{PATH}?days=6&interval=day").status == 200
    reply = ada.get(f"{PATH}?days=7&interval=day")

    assert (reply.status, [error["field"] for error in reply.json["errors"]]) == (422, ["group_by"])


def test_what_takes_too_long_to_count_is_told_so(
    busy: ServiceDesk, database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Somebody else has the table, for longer than is waited."""
    monkeypatch.setattr(attainment, "LONGEST", 50)
    with database.another() as other:
        other.run("BEGIN; LOCK TABLE sla_targets")

        reply = busy.as_(busy.cast.ada).get(PATH)

    assert (reply.status, reply.code) == (503, "SERVICE_UNAVAILABLE")
    assert "fewer days" in reply.json["detail"]
    assert busy.as_(busy.cast.ada).get(PATH).status == 200


def test_three_statements_and_the_end_that_counting_has(busy: ServiceDesk, api: Api) -> None:
    """Whatever is asked: the budget of tests/architecture is for the plain question."""
    query = "days=90&interval=week&group_by=metric,policy,team,priority&metric=resolution"
    with recorded() as sent:
        reply: Any = api.with_token(busy.cast.ada.token).get(f"{PATH}?{query}")

    assert reply.status == 200
    assert len(sent) == 5
