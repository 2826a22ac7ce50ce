"""`/v1/analytics/dashboard`, `/agents/{id}` and `/series`: who sees which figures, and what is refused."""

from datetime import datetime, timedelta
from typing import Any
from uuid import uuid4
from zoneinfo import ZoneInfo

import pytest

from chalicelib.analytics import person, series, series_queries
from tests.support.cast import Cast
from tests.support.database import Database
from tests.support.for_each import for_each
from tests.support.service_desk import ServiceDesk
from tests.support.statements import recorded

OVERVIEW, AGENTS, SERIES = "/v1/analytics/dashboard", "/v1/analytics/agents", "/v1/analytics/series"


@pytest.fixture
def busy(desk: ServiceDesk, database: Database) -> ServiceDesk:
    """A ticket of Ana's resolved, and one of nobody's in the other team."""
    hers = desk.networks_ticket(assignee_id=desk.cast.ana.id, priority="urgent", category="Hardware")
    assert desk.do(desk.cast.ana, hers, "resolve", resolution="Done.").status == 200
    desk.networks_ticket(team_id=desk.cast.teams["Apps"])
    count(database, desk.cast)
    return desk


def count(database: Database, cast: Cast) -> None:
    """As the queue does of itself, a moment later."""
    database.run("CALL sp_rollup_rebuild(:w)", w=cast.acme)


class TestWhoSeesWhat:
    def test_agents_see_their_own_teams(self, busy: ServiceDesk) -> None:
        for path in (OVERVIEW, SERIES):
            apps = f"{path}?team={busy.cast.teams['Apps']}"
            assert busy.as_(busy.cast.ben).get(apps).status == 200
            reply = busy.as_(busy.cast.ana).get(apps)
            assert (reply.status, reply.code) == (403, "FORBIDDEN")
        assert busy.as_(busy.cast.ana).get(OVERVIEW).json["total"]["created"] == 1
        (one,) = busy.as_(busy.cast.ana).get(f"{SERIES}?days=1").json["series"]
        assert one["points"][0]["figures"] == {"created": 1, "resolved": 1}

    def test_agents_see_the_desk_where_the_workspace_says_so_but_not_each_other(
        self, busy: ServiceDesk, database: Database
    ) -> None:
        database.run("UPDATE workspaces SET agent_visibility = 'all'")
        ben = busy.as_(busy.cast.ben)

        told = ben.get(OVERVIEW).json
        assert told["total"]["created"] == 2
        assert [group["name"] for group in told["by_agent"]] == [None]
        assert [one["name"] for one in ben.get(f"{SERIES}?group_by=agent").json["series"]] == [None]
        assert ben.get(f"{SERIES}?agent={busy.cast.ana.id}").status == 403
        assert busy.as_(busy.cast.ana).get(f"{SERIES}?agent={busy.cast.ana.id}").status == 200

    def test_an_agent_without_a_team_sees_nothing(self, busy: ServiceDesk, database: Database) -> None:
        database.run("DELETE FROM team_members WHERE user_id = :u", u=busy.cast.ana.id)

        told = busy.as_(busy.cast.ana).get(OVERVIEW).json

        assert (told["total"]["created"], told["by_team"], told["by_status"]) == (0, [], [])

    def test_customers_are_refused(self, busy: ServiceDesk) -> None:
        for path in (OVERVIEW, SERIES, f"{AGENTS}/{busy.cast.ana.id}"):
            assert busy.as_(busy.cast.carol).get(path).status == 403

    def test_another_workspace_sees_nothing_of_it(self, busy: ServiceDesk) -> None:
        mallory = busy.as_(busy.cast.mallory)

        told = mallory.get(OVERVIEW).json
        assert (told["total"]["created"], told["by_agent"], told["by_category"]) == (0, [], [])
        theirs = {
            "team": f"{OVERVIEW}?team={busy.cast.teams['Apps']}",
            "agent": f"{SERIES}?agent={busy.cast.ana.id}",
        }
        for field, path in theirs.items():
            reply = mallory.get(path)
            assert (reply.status, [error["field"] for error in reply.json["errors"]]) == (404, [field])

    def test_an_agents_figures_are_for_the_agent_and_who_leads(self, busy: ServiceDesk) -> None:
        path = f"{AGENTS}/{busy.cast.ana.id}"
        for who in (busy.cast.ada, busy.cast.dario, busy.cast.ana):
            told = busy.as_(who).get(path).json
            assert (told["agent"]["name"], told["total"]["resolved"]) == ("Ana", 1)
        assert busy.as_(busy.cast.ben).get(path).status == 403
        assert busy.as_(busy.cast.mallory).get(path).status == 404

    def test_who_is_not_of_the_staff_has_none(self, busy: ServiceDesk) -> None:
        for who in (busy.cast.ada, busy.cast.ana):
            for id in (busy.cast.carol.id, uuid4()):
                reply = busy.as_(who).get(f"{AGENTS}/{id}")
                assert (reply.status, reply.code) == (404, "NOT_FOUND")
        assert busy.as_(busy.cast.ada).get(f"{AGENTS}/me").status in (404, 422)

    def test_what_is_assigned_now_is_counted_by_status(self, busy: ServiceDesk) -> None:
        for _ in range(2):
            busy.networks_ticket(assignee_id=busy.cast.ana.id)
        paused = busy.networks_ticket(assignee_id=busy.cast.ana.id)
        busy.do(busy.cast.ana, paused, "pause", waiting_on="customer", reason="asked")

        told = busy.as_(busy.cast.ana).get(f"{AGENTS}/{busy.cast.ana.id}").json

        expected = {"active": 3, "by_status": {"new": 0, "open": 2, "pending": 1, "on_hold": 0}}
        assert told["assigned"] == expected

    def test_a_deleted_ticket_is_in_no_figure(self, busy: ServiceDesk, database: Database) -> None:
        ticket = busy.networks_ticket(assignee_id=busy.cast.ana.id)
        entry = {"minutes": 30, "spent_on": "2026-01-01"}
        assert busy.as_(busy.cast.ana).post(f"/v1/tickets/{ticket['id']}/time-entries", entry).status == 201
        path = f"{AGENTS}/{busy.cast.ana.id}?from=2026-01-01&to=2026-01-01"
        assert busy.as_(busy.cast.ada).get(path).json["total"]["minutes_logged"] == 30

        assert busy.as_(busy.cast.ada).delete(f"/v1/tickets/{ticket['id']}").status == 204
        count(database, busy.cast)

        told = busy.as_(busy.cast.ada).get(path).json
        assert (told["total"]["minutes_logged"], told["assigned"]["active"]) == (0, 0)
        assert busy.as_(busy.cast.ada).get(OVERVIEW).json["total"]["created"] == 2


class TestCounting:
    @pytest.fixture
    def paths(self, busy: ServiceDesk) -> list[str]:
        return [OVERVIEW, SERIES, f"{AGENTS}/{busy.cast.ana.id}"]

    def test_a_desk_that_is_counted_for_the_first_time_says_so(
        self, busy: ServiceDesk, database: Database, paths: list[str]
    ) -> None:
        database.run("DELETE FROM rollup_generations WHERE workspace_id = :w", w=busy.cast.acme)

        for path in paths:
            reply = busy.as_(busy.cast.ada).get(path)
            assert (reply.status, reply.code) == (503, "SERVICE_UNAVAILABLE")
            assert "counted for the first time" in reply.json["detail"]
            assert reply.headers["retry-after"] == "60"

    def test_days_are_of_the_clocks_by_which_they_were_counted(
        self, busy: ServiceDesk, database: Database, paths: list[str]
    ) -> None:
        zone = "Pacific/Kiritimati"
        database.run("UPDATE workspaces SET timezone = :z WHERE id = :w", z=zone, w=busy.cast.acme)

        for path in paths:
            told = busy.as_(busy.cast.ada).get(f"{path}?days=1").json
            assert (told["timezone"], told["recounting"]) == ("UTC", True)

        count(database, busy.cast)
        now: datetime = database.value("SELECT now()")
        today = now.astimezone(ZoneInfo(zone)).date()
        for path in paths:
            told = busy.as_(busy.cast.ada).get(f"{path}?days=1").json
            assert (told["timezone"], told["recounting"], told["to"]) == (zone, False, str(today))
            assert told["previous_days"]["to"] == str(today - timedelta(days=1))

    def test_an_agent_that_takes_too_long_to_count_is_told_so(
        self, busy: ServiceDesk, database: Database, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(person, "LONGEST", 50)
        with database.another() as other:
            other.run("BEGIN; LOCK TABLE time_entries")

            reply = busy.as_(busy.cast.ada).get(f"{AGENTS}/{busy.cast.ana.id}")

        assert (reply.status, reply.code) == (503, "SERVICE_UNAVAILABLE")
        assert "fewer days" in reply.json["detail"]


class TestSeries:
    def test_attainment_is_that_of_promises(self, busy: ServiceDesk) -> None:
        ada = busy.as_(busy.cast.ada)
        told = ada.get("/v1/analytics/sla?days=3&interval=day").json["total"]
        (one,) = ada.get(f"{SERIES}?days=3&metric=attainment").json["series"]
        assert [point["figures"] for point in one["points"]] == [
            {"attainment": bucket["attainment"]} for bucket in told["series"]
        ]
        assert one["points"][-1]["figures"]["attainment"] == 1
        teams = ada.get(f"{SERIES}?days=3&metric=attainment&group_by=team").json["series"]
        assert [each["name"] for each in teams] == ["Apps", "Networks"]
        urgent = ada.get(f"{SERIES}?days=3&metric=attainment&group_by=priority&priority=urgent").json[
            "series"
        ]
        assert [each["value"] for each in urgent] == ["urgent"]

    def test_what_nothing_is_of_has_no_group_but_a_point_for_each_step(self, busy: ServiceDesk) -> None:
        ada = busy.as_(busy.cast.ada)

        assert ada.get(f"{SERIES}?group_by=priority&from=2024-01-01&to=2024-01-31").json["series"] == []
        (one,) = ada.get(f"{SERIES}?from=2024-01-01&to=2024-01-31&metric=created,rating_average").json[
            "series"
        ]
        assert [point["figures"] for point in one["points"]] == [{"created": 0, "rating_average": None}] * 31

    def test_a_category_is_looked_for_by_its_name(self, busy: ServiceDesk) -> None:
        (one,) = busy.as_(busy.cast.ada).get(f"{SERIES}?days=1&category=Hardware").json["series"]

        assert one["points"][0]["figures"] == {"created": 1, "resolved": 1}

    def test_words_come_in_their_order_and_none_at_last(self, busy: ServiceDesk) -> None:
        ada = busy.as_(busy.cast.ada)

        told = ada.get(OVERVIEW).json
        assert [group["value"] for group in told["by_priority"]] == ["urgent", "medium"]
        assert [group["name"] for group in told["by_agent"]] == ["Ana", None]
        assert [group["name"] for group in told["by_team"]] == ["Apps", "Networks"]
        assert [one["name"] for one in ada.get(f"{SERIES}?group_by=category").json["series"]] == [
            "Hardware",
            None,
        ]

    def test_more_figures_than_an_answer_holds_are_refused(
        self, busy: ServiceDesk, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(series, "MOST_FIGURES", 20)
        monkeypatch.setattr(series, "MOST_PERCENTILES", 3)
        ada = busy.as_(busy.cast.ada)
        for fits, too_much, field in (
            ("days=10", "days=11", "interval"),
            ("days=5&group_by=team", "days=6&group_by=team", "group_by"),
            ("days=3&metric=resolution_p90", "days=4&metric=resolution_p90", "interval"),
        ):
            assert ada.get(f"{SERIES}?{fits}").status == 200
            reply = ada.get(f"{SERIES}?{too_much}")
            assert (reply.status, [error["field"] for error in reply.json["errors"]]) == (422, [field])

    def test_what_is_more_than_an_answer_holds_is_not_read(
        self, busy: ServiceDesk, database: Database, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        for category in ("Software", "Network", "Phones"):
            busy.networks_ticket(category=category)
        count(database, busy.cast)
        monkeypatch.setattr(series, "MOST_FIGURES", 2)
        read: list[int] = []

        def spied(*given: Any, **named: Any) -> Any:
            rows = sums(*given, **named)
            read.append(len(rows))
            return rows

        sums = series_queries.series
        monkeypatch.setattr(series_queries, "series", spied)

        reply = busy.as_(busy.cast.ada).get(f"{SERIES}?days=1&group_by=category")
        assert (reply.status, read) == (422, [2])

    def test_colleagues_figures_are_not_in_the_way_of_ones_own(
        self, busy: ServiceDesk, database: Database, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        database.run("UPDATE workspaces SET agent_visibility = 'all'")
        monkeypatch.setattr(series, "MOST_FIGURES", 2)

        own = busy.as_(busy.cast.ben).get(f"{SERIES}?days=1&group_by=agent")
        assert [one["name"] for one in own.json["series"]] == [None]
        assert busy.as_(busy.cast.ada).get(f"{SERIES}?days=1&group_by=agent").status == 422


@for_each(
    "query, field",
    [
        ("from=2026-03-02&to=2026-03-01", "to"),
        ("from=2024-03-01&to=2026-03-01", "from"),
        ("from=2026-03-01&days=3", "days"),
        ("days=0", "days"),
        ("days=367", "days"),
        ("from=2026-02-30", "from"),
        ("from=0001-01-01", "from"),
        ("first=2026-03-01", "first"),
        ("days=1&days=2", "days"),
    ],
)
def test_days_that_make_no_sense_are_refused_at_their_field(
    desk: ServiceDesk, query: str, field: str
) -> None:
    for path in (OVERVIEW, SERIES, f"{AGENTS}/{desk.cast.ana.id}"):
        reply = desk.as_(desk.cast.ada).get(f"{path}?{query}")
        assert (reply.status, reply.code) == (422, "VALIDATION_ERROR")
        assert [error["field"] for error in reply.json["errors"]] == [field]


@for_each(
    "query, field",
    [
        ("metric=response", "metric"),
        ("metric=", "metric"),
        ("metric=attainment,created", "metric"),
        ("metric=backlog&interval=hour", "metric"),
        ("metric=satisfaction&interval=weekday_hour", "metric"),
        ("metric=attainment&interval=hour", "metric"),
        ("metric=attainment&group_by=agent", "group_by"),
        ("metric=attainment&source=email", "source"),
        ("metric=resolution_median&group_by=category", "group_by"),
        ("metric=created,resolution_p90&source=email", "source"),
        (
            "metric=created,resolved,reopened,breached,backlog,ratings,rating_average,satisfaction,"
            "first_responses,resolutions,resolution_p90",
            "metric",
        ),
        ("interval=minute", "interval"),
        ("interval=hour&days=32", "days"),
        ("interval=hour&from=2026-01-01&to=2026-02-01", "from"),
        ("interval=hour&group_by=team", "group_by"),
        ("interval=weekday_hour&priority=urgent", "priority"),
        ("group_by=organisation", "group_by"),
        ("group_by=priority,team", "group_by"),
        ("group_by=type&priority=urgent", "group_by"),
        ("type=incident&priority=urgent", "type"),
        ("priority=asap", "priority"),
        ("source=fax", "source"),
        ("team=networks", "team"),
        ("agent=me", "agent"),
        ("category=", "category"),
        ("category=" + "x" * 101, "category"),
        ("category=%00", "category"),
        ("status=open", "status"),
    ],
)
def test_a_series_that_makes_no_sense_is_refused_at_its_field(
    desk: ServiceDesk, query: str, field: str
) -> None:
    reply = desk.as_(desk.cast.ada).get(f"{SERIES}?{query}")

    assert (reply.status, reply.code) == (422, "VALIDATION_ERROR")
    assert [error["field"] for error in reply.json["errors"]] == [field]


@pytest.mark.parametrize(
    ("path", "most"),
    [
        (f"{OVERVIEW}?days=90", 3),
        (f"{SERIES}?days=90&interval=week", 3),
        (f"{SERIES}?days=90&interval=week&metric=backlog", 4),
        (f"{SERIES}?days=90&interval=week&group_by=agent&metric=backlog,resolution_p90", 6),
    ],
)
def test_statements_whatever_is_asked(busy: ServiceDesk, path: str, most: int) -> None:
    with recorded() as sent:
        reply = busy.as_(busy.cast.ada).get(path)

    assert reply.status == 200, reply.text
    assert len(sent) <= most
