"""Every figure of days that is answered, held to the same counted one by one from a random past."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime, timedelta
from random import Random
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from chalicelib.analytics.periods import Period
from chalicelib.analytics.series_question import TIMED
from tests.analytics.insight_history import Work, figures, grouped, invented, write
from tests.support.cast import Cast
from tests.support.database import Database
from tests.support.made_once import MadeOnce, emptied
from tests.support.service_desk import ServiceDesk

# The clocks change within these days at two, and at midnight; the last are furthest from UTC.
ZONES = ("Europe/Madrid", "America/Havana", "Pacific/Kiritimati", "Pacific/Pago_Pago")
BEGAN, ENDED = date(2025, 9, 25), date(2025, 11, 20)
FIRST, LAST = date(2025, 10, 20), date(2025, 11, 9)
ASKED = f"from={FIRST}&to={LAST}"
DIMENSIONS = {
    "priority": lambda work: work.priority,
    "type": lambda work: work.type,
    "source": lambda work: work.source,
    "status": lambda work: work.status,
    "category": lambda work: work.category,
    "team": lambda work: str(work.team),
    "agent": lambda work: str(work.agent) if work.agent else None,
}
MIDDLES = ("median", "p90")


def same(told: Mapping[str, Any], expected: Mapping[str, Any]) -> None:
    """To the digits that are told; middles within 2 %, or what whole seconds of few are apart."""
    for name, value in told.items():
        right = expected[name]
        if right is None or value is None:
            assert (name, value) == (name, right)
        elif name.endswith(MIDDLES):
            assert value == pytest.approx(right, rel=0.021, abs=0.03), name
        else:
            assert value == pytest.approx(right, abs=0.006), name


def asked(desk: ServiceDesk, path: str, who: str = "ada") -> dict[str, Any]:
    reply = desk.as_(getattr(desk.cast, who)).get(path)
    assert reply.status == 200, reply.text
    return dict(reply.json)


def moments(zone: ZoneInfo, first: date, last: date) -> tuple[datetime, datetime]:
    period = Period(first, last, zone)
    return period.since, period.until


def compared(
    told: Mapping[str, Any], works: Sequence[Work], now: tuple[Any, Any], before: tuple[Any, Any]
) -> None:
    told = {name: value for name, value in told.items() if name not in ("value", "name")}
    previous, change = told.pop("previous"), told.pop("change")
    same(told, figures(works, *now))
    same(previous, figures(works, *before))
    assert change.keys() == told.keys() == previous.keys()
    for name, value in change.items():
        if told[name] is None or previous[name] is None:
            assert value is None
        else:
            assert value == pytest.approx(told[name] - previous[name], abs=1e-3)


ALL = (
    "created,resolved,reopened,breached,backlog,ratings,rating_average,satisfaction,first_responses,resolutions",
    "first_response_average,first_response_median,first_response_p90,business_first_response_average,"
    "business_first_response_median,business_first_response_p90",
    "resolution_average,resolution_median,resolution_p90,business_resolution_average,"
    "business_resolution_median,business_resolution_p90,business_resolutions,business_first_responses",
)


class TestInEachZone(MadeOnce):
    """One past for all that is asked in a zone."""

    @pytest.fixture(scope="class", params=ZONES)
    @classmethod
    def zone(cls, request: pytest.FixtureRequest) -> ZoneInfo:
        return ZoneInfo(request.param)

    @pytest.fixture(scope="class")
    @classmethod
    def database(cls, superuser: Database, zone: ZoneInfo) -> Database:
        return emptied(superuser)

    @pytest.fixture(scope="class")
    @classmethod
    def works(cls, database: Database, cast: Cast, zone: ZoneInfo) -> list[Work]:
        database.run("UPDATE workspaces SET timezone = :z WHERE id = :w", z=zone.key, w=cast.acme)
        works = invented(Random(str(zone)), cast, zone, BEGAN, ENDED, 220)
        write(database, cast, works)
        return works

    def test_the_desk_and_all_of_its_groups(
        self, desk: ServiceDesk, zone: ZoneInfo, works: list[Work]
    ) -> None:
        told = asked(desk, f"/v1/analytics/dashboard?{ASKED}")
        days = (LAST - FIRST).days + 1
        now = moments(zone, FIRST, LAST)
        before = moments(zone, FIRST - timedelta(days=days), FIRST - timedelta(days=1))

        assert (told["timezone"], told["from"], told["to"]) == (zone.key, str(FIRST), str(LAST))
        compared(told["total"], works, now, before)
        assert told["total"]["created"] > 30
        for dimension, of in DIMENSIONS.items():
            expected = grouped(works, of)
            groups = {group["value"]: group for group in told[f"by_{dimension}"]}
            assert told[f"more_by_{dimension}"] == 0
            assert groups.keys() <= expected.keys()
            for value, theirs in expected.items():
                if value in groups:
                    compared(groups[value], theirs, now, before)
                else:
                    for since, until in (now, before):
                        nothing = figures(theirs, since, until)
                        assert (nothing["created"], nothing["resolved"], nothing["backlog"]) == (0, 0, 0)

    def test_agents_see_those_of_their_teams_and_of_each_other_nothing(
        self, desk: ServiceDesk, zone: ZoneInfo, works: list[Work]
    ) -> None:
        theirs = [work for work in works if work.team == desk.cast.teams["Networks"]]
        days = (LAST - FIRST).days + 1
        now = moments(zone, FIRST, LAST)
        before = moments(zone, FIRST - timedelta(days=days), FIRST - timedelta(days=1))

        told = asked(desk, f"/v1/analytics/dashboard?{ASKED}", "ana")

        compared(told["total"], theirs, now, before)
        assert [group["name"] for group in told["by_team"]] == ["Networks"]
        hers = {group["value"]: group for group in told["by_agent"]}
        assert hers.keys() == {str(desk.cast.ana.id), None}
        compared(
            hers[str(desk.cast.ana.id)],
            [work for work in theirs if work.agent == desk.cast.ana.id],
            now,
            before,
        )
        networks = asked(desk, f"/v1/analytics/dashboard?{ASKED}&team={desk.cast.teams['Networks']}")
        assert networks["total"] == told["total"]

    def test_an_agent(self, desk: ServiceDesk, database: Database, zone: ZoneInfo, works: list[Work]) -> None:
        hers = [work for work in works if work.agent == desk.cast.ana.id]
        for day, minutes in (
            (FIRST, 7),
            (LAST, 8),
            (LAST + timedelta(days=1), 100),
            (FIRST - timedelta(days=1), 30),
        ):
            database.run(
                "INSERT INTO time_entries (workspace_id, ticket_id, user_id, minutes, spent_on) "
                "SELECT :w, id, :u, :m, :d FROM tickets WHERE workspace_id = :w "
                "ORDER BY deleted_at IS NULL, id LIMIT 1 OFFSET 60",
                w=desk.cast.acme,
                u=desk.cast.ana.id,
                m=minutes,
                d=day,
            )
        days = (LAST - FIRST).days + 1
        now = moments(zone, FIRST, LAST)
        before = moments(zone, FIRST - timedelta(days=days), FIRST - timedelta(days=1))

        for who in ("ada", "dario", "ana"):
            told = asked(desk, f"/v1/analytics/agents/{desk.cast.ana.id}?{ASKED}", who)
            total = told["total"]
            assert (told["agent"], total["minutes_logged"]) == (desk.cast.ana.ref, 15)
            assert (total["previous"]["minutes_logged"], total["change"]["minutes_logged"]) == (30, -15)
            for part, (since, until) in ((total, now), (total["previous"], before)):
                decided = [
                    (work.broken_at, min(filter(None, (work.broken_at, work.resolved_at))))
                    for work in hers
                    if not work.deleted and (work.broken_at or work.resolved_at)
                ]
                decided += [
                    (None, work.answered_at) for work in hers if work.answered_at and not work.deleted
                ]
                met = [broken is None for broken, at in decided if since <= at < until]
                assert part.pop("attainment") == pytest.approx(sum(met) / len(met), abs=1e-5)
            for part in (total, total["previous"], total["change"]):
                part.pop("minutes_logged")
            total["change"].pop("attainment")
            compared(total, hers, now, before)
            active = [
                work
                for work in hers
                if work.status in ("new", "open", "pending", "on_hold") and not work.deleted
            ]
            assert told["assigned"]["active"] == len(active)
            assert sum(told["assigned"]["by_status"].values()) == len(active)

    def test_every_series_by_day_week_and_month(
        self, desk: ServiceDesk, zone: ZoneInfo, works: list[Work]
    ) -> None:
        for interval in ("day", "week", "month"):
            for metrics in ALL:
                told = asked(desk, f"/v1/analytics/series?{ASKED}&interval={interval}&metric={metrics}")

                (one,) = told["series"]
                buckets = list(Period(FIRST, LAST, zone).split(interval))  # type: ignore[arg-type]
                assert [(point["from"], point["to"]) for point in one["points"]] == [
                    (str(bucket.first), str(bucket.last)) for bucket in buckets
                ]
                for point, bucket in zip(one["points"], buckets, strict=True):
                    assert sorted(point["figures"]) == sorted(metrics.split(","))
                    same(point["figures"], figures(works, bucket.since, bucket.until))

    def test_a_series_of_each_group_and_of_some_values(
        self, desk: ServiceDesk, zone: ZoneInfo, works: list[Work]
    ) -> None:
        for dimension, of in DIMENSIONS.items():
            metrics = "created,backlog,resolution_average"
            metrics += ",first_response_p90" if dimension in TIMED else ""
            told = asked(
                desk, f"/v1/analytics/series?{ASKED}&interval=week&group_by={dimension}&metric={metrics}"
            )
            expected = grouped(works, of)
            for one in told["series"]:
                for point in one["points"]:
                    since, until = (datetime.fromisoformat(point[name]) for name in ("since", "until"))
                    same(point["figures"], figures(expected[one["value"]], since, until))
            assert len(told["series"]) >= 2

        metrics = "created,backlog,resolution_average,first_response_p90"
        told = asked(
            desk, f"/v1/analytics/series?{ASKED}&interval=week&priority=high,urgent&metric={metrics}"
        )
        urgent = [work for work in works if work.priority in ("high", "urgent")]
        for point in told["series"][0]["points"]:
            since, until = (datetime.fromisoformat(point[name]) for name in ("since", "until"))
            same(point["figures"], figures(urgent, since, until))

    def test_hours_and_the_hours_of_a_week(
        self, desk: ServiceDesk, zone: ZoneInfo, works: list[Work]
    ) -> None:
        """A day has 23, 24 or 25 hours."""
        asked_for = f"{ASKED}&metric=created,resolved,reopened"
        (hourly,) = asked(desk, f"/v1/analytics/series?{asked_for}&interval=hour")["series"]
        since, until = moments(zone, FIRST, LAST)
        assert len(hourly["points"]) == (until - since) / timedelta(hours=1)
        week: dict[tuple[int, int], dict[str, int]] = {}
        for number, point in enumerate(hourly["points"]):
            begin = datetime.fromisoformat(point["since"])
            assert begin == since + timedelta(hours=number)
            right = figures(works, begin, begin + timedelta(hours=1))
            assert point["figures"] == {name: right[name] for name in ("created", "resolved", "reopened")}
            shown = begin.astimezone(zone)
            assert (point["from"], point["to"]) == (str(shown.date()), str(shown.date()))
            sums = week.setdefault((shown.weekday(), shown.hour), dict.fromkeys(point["figures"], 0))
            for name, value in point["figures"].items():
                sums[name] += value

        (mapped,) = asked(desk, f"/v1/analytics/series?{asked_for}&interval=weekday_hour")["series"]
        assert len(mapped["points"]) == 168
        for point in mapped["points"]:
            assert point["figures"] == week[point["weekday"], point["hour"]]
