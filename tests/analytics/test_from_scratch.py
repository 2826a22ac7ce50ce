"""Every figure of attainment, held to the same counted one by one from a random history."""

from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from itertools import groupby
from random import Random
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from tests.analytics.history import DIMENSIONS, History, Promise, counted, grouped
from tests.support.cast import Cast
from tests.support.database import Database
from tests.support.service_desk import ServiceDesk

# The clocks change in all but one of them: at two, at one in UTC, at midnight.
ZONES = ("America/Los_Angeles", "Europe/Madrid", "Africa/Cairo", "Asia/Kolkata", "America/Havana")
FIRST, LAST = date(2025, 10, 20), date(2025, 11, 9)
ASKED = (
    "",
    "group_by=metric,priority&interval=day",
    "group_by=team&metric=resolution&interval=week",
    "group_by=policy,metric&interval=month",
    "group_by=policy,team,priority&metric=first_response,team_resolution&priority=urgent,low",
    "group_by=priority&metric=first_response",
)


@pytest.fixture(params=ZONES)
def zone(request: pytest.FixtureRequest, database: Database, cast: Cast) -> ZoneInfo:
    database.run("UPDATE workspaces SET timezone = :z WHERE id = :w", z=request.param, w=cast.acme)
    return ZoneInfo(request.param)


@pytest.fixture
def history(database: Database, cast: Cast, zone: ZoneInfo) -> History:
    history = History(database, cast)
    random = Random(str(zone))
    history.invent(random, zone, FIRST - timedelta(days=25), LAST + timedelta(days=5), 700)
    history.write()
    return history


def test_figures_are_those_counted_one_by_one(history: History, desk: ServiceDesk, zone: ZoneInfo) -> None:
    for query in ASKED:
        reply = desk.as_(desk.cast.ada).get(f"/v1/analytics/sla?from={FIRST}&to={LAST}&{query}")

        assert reply.status == 200, reply.text
        wanted = {
            name: values.split(",") for name, values in (part.split("=") for part in query.split("&") if part)
        }
        promises = [promise for promise in history.promises if is_among(promise, wanted)]
        of_one_metric = len(wanted.get("metric", ())) == 1
        interval = reply.json["interval"]
        groups = {key_of(group, reply.json["group_by"]): group for group in reply.json["groups"]}
        assert len(groups) == len(reply.json["groups"]) > 1
        times = of_one_metric or "metric" in reply.json["group_by"]
        for key, those in grouped(promises, reply.json["group_by"]).items():
            meant = expected(those, zone, interval, times=times)
            if key in groups or any(number for number in meant.values() if not isinstance(number, str)):
                assert figures(groups.pop(key)) == pytest.approx(meant, abs=0.011)
        assert groups == {}
        assert figures(reply.json["total"]) == pytest.approx(
            expected(promises, zone, interval, times=of_one_metric), abs=0.011
        )


def expected(
    promises: Sequence[Promise], zone: ZoneInfo, interval: str | None, *, times: bool
) -> dict[str, Any]:
    """What a group is told as, in one level."""

    def of(first: date, last: date) -> dict[str, Any]:
        return without_times(counted(promises, zone, first, last), times=times)

    length = LAST - FIRST + timedelta(days=1)
    told = {**of(FIRST, LAST), "previous": of(FIRST - length, LAST - length)}
    told["series"] = None
    told["running"] = len([promise for promise in promises if promise.is_open and not promise.on_deleted])
    if interval:
        days = (FIRST + timedelta(days=n) for n in range(length.days))
        label = {"day": "%d %b", "week": "%G %V", "month": "%b"}[interval]
        spans = [list(span) for _, span in groupby(days, key=lambda day: day.strftime(label))]
        told["series"] = [{"from": str(s[0]), "to": str(s[-1]), **of(s[0], s[-1])} for s in spans]
    return flat(told)


def without_times(figures: dict[str, Any], *, times: bool) -> dict[str, Any]:
    return figures if times else {**figures, "business_minutes": None, "calendar_minutes": None}


def figures(group: Mapping[str, Any]) -> dict[str, Any]:
    """The numbers of a group in an answer, in one level."""
    numbers = {name: value for name, value in group.items() if name not in (*DIMENSIONS, "attainment_change")}
    return {name: value for name, value in flat(numbers).items() if not name.endswith(("since", "until"))}


def flat(told: Any, name: str = "") -> dict[str, Any]:
    parts = told.items() if isinstance(told, Mapping) else enumerate(told) if isinstance(told, list) else None
    if parts is None:
        return {name: told}
    found: dict[str, Any] = {}
    for part, value in parts:
        found |= flat(value, f"{name}.{part}".strip("."))
    return found


def is_among(promise: Promise, wanted: Mapping[str, Sequence[str]]) -> bool:
    return all(str(getattr(promise, name)) in wanted[name] for name in DIMENSIONS if name in wanted)


def key_of(group: Mapping[str, Any], group_by: Sequence[str]) -> tuple[str, ...]:
    values = (group[name] for name in group_by)
    return tuple(str(value["id"] if isinstance(value, dict) else value) for value in values)
