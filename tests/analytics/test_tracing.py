"""`GET /v1/analytics/sla/targets`: what a figure counts, promise by promise."""

from datetime import date, datetime, timedelta
from random import Random
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from tests.analytics.history import History
from tests.support.api import Api
from tests.support.cast import Cast
from tests.support.database import Database
from tests.support.for_each import for_each
from tests.support.service_desk import ServiceDesk

PATH = "/v1/analytics/sla/targets"
FIRST, LAST = date(2025, 10, 20), date(2025, 11, 9)
DAYS = f"from={FIRST}&to={LAST}"
OUTCOMES = ("met", "breached", "running", "fulfilled")


@pytest.fixture
def history(database: Database, cast: Cast) -> History:
    database.run("UPDATE workspaces SET timezone = 'America/Havana'")
    history = History(database, cast)
    history.invent(Random(7), ZoneInfo("America/Havana"), FIRST - timedelta(5), LAST + timedelta(5), 300)
    history.write()
    return history


def walked(api: Api, query: str) -> list[dict[str, Any]]:
    """All pages, by cursor."""
    found: list[dict[str, Any]] = []
    cursor = ""
    while True:
        reply = api.get(f"{PATH}?{query}&limit=17{cursor}")
        assert reply.status == 200, reply.text
        found += reply.json["items"]
        if reply.json["next_cursor"] is None:
            return found
        cursor = f"&cursor={reply.json['next_cursor']}"


@pytest.mark.parametrize("filter", ["", "&metric=resolution&priority=urgent,high"])
def test_behind_each_figure_are_as_many_as_it_says(history: History, desk: ServiceDesk, filter: str) -> None:
    ada = desk.as_(desk.cast.ada)
    told = ada.get(f"/v1/analytics/sla?{DAYS}{filter}&group_by=metric").json
    figures = {name: told["total"][name] for name in ("met", "breached", "running")}
    figures["fulfilled"] = sum(group["calendar_minutes"]["count"] for group in told["groups"])

    behind = {outcome: walked(ada, f"{DAYS}{filter}&outcome={outcome}") for outcome in OUTCOMES}

    assert min(figures.values()) > 3
    assert {outcome: len(items) for outcome, items in behind.items()} == figures
    for items in behind.values():
        assert len({item["id"] for item in items}) == len(items)
        moments = [datetime.fromisoformat(item["at"]) for item in items]
        assert moments == sorted(moments, reverse=True)
    assert not {item["id"] for item in behind["met"]} & {item["id"] for item in behind["breached"]}


@for_each("sort", ["at", "used_minutes", "-used_minutes"])
def test_they_come_in_the_order_asked_for(history: History, desk: ServiceDesk, sort: str) -> None:
    items = walked(desk.as_(desk.cast.ada), f"{DAYS}&outcome=fulfilled&sort={sort}")

    keys = [item["used_minutes"] or 0 for item in items]
    if sort == "at":
        keys = [datetime.fromisoformat(item["at"]) for item in items]
    assert len(keys) > 17
    assert keys == sorted(keys, reverse=sort.startswith("-"))


def test_a_promise_is_told_with_its_ticket(desk: ServiceDesk) -> None:
    ticket = desk.networks_ticket(priority="high")
    assert desk.do(desk.cast.dario, ticket, "resolve", resolution="Done.").status == 200

    reply = desk.as_(desk.cast.ana).get(f"{PATH}?outcome=met&metric=resolution")

    (item,) = reply.json["items"]
    assert item["ticket"] == {
        **{name: ticket[name] for name in ("id", "number", "label", "subject")},
        "status": "resolved",
    }
    assert item["team"] == {"id": str(desk.cast.teams["Networks"]), "name": "Networks", "deleted": False}
    assert item["policy"] == {**ticket["sla"]["policy"], "deleted": False}
    assert (item["minutes"], item["priority"], item["cycle"]) == (480, "high", 1)
    assert item["at"] == item["fulfilled_at"]


def test_what_an_agent_may_no_longer_see_is_left_out(desk: ServiceDesk) -> None:
    """It was kept by Ana's team, and is another's now."""
    ticket = desk.networks_ticket()
    for verb, body in (
        ("resolve", {"resolution": "Done."}),
        ("reopen", {"reason": "still dark"}),
        ("transfer", {"team_id": desk.cast.teams["Apps"], "reason": "theirs"}),
    ):
        assert desk.do(desk.cast.dario, ticket, verb, **body).status == 200

    query = "outcome=met&metric=resolution"
    assert len(walked(desk.as_(desk.cast.dario), query)) == 1
    assert walked(desk.as_(desk.cast.ana), query) == []
    # Ben sees the ticket, but it was not his team that kept the promise.
    assert walked(desk.as_(desk.cast.ben), query) == []


def test_others_are_refused_as_with_the_figures(desk: ServiceDesk) -> None:
    apps = desk.cast.teams["Apps"]

    assert desk.as_(desk.cast.carol).get(PATH).status == 403
    assert desk.as_(desk.cast.ana).get(f"{PATH}?team={apps}").status == 403
    assert desk.as_(desk.cast.mallory).get(f"{PATH}?team={apps}").status == 404
    assert desk.as_(desk.cast.mallory).get(f"{PATH}?outcome=running").json["items"] == []


def test_a_cursor_belongs_to_its_question(history: History, desk: ServiceDesk) -> None:
    ada = desk.as_(desk.cast.ada)
    cursor = ada.get(f"{PATH}?{DAYS}&outcome=met&limit=1").json["next_cursor"]

    for query in (f"{DAYS}&outcome=breached", f"to={LAST}&outcome=met", f"{DAYS}&outcome=met&sort=at"):
        reply = ada.get(f"{PATH}?{query}&cursor={cursor}")
        assert (reply.status, [error["field"] for error in reply.json["errors"]]) == (422, ["cursor"])


@for_each(
    "query, field",
    [
        ("outcome=late", "outcome"),
        ("sort=label", "sort"),
        ("limit=101", "limit"),
        ("interval=day", "interval"),
        ("from=2026-03-02&to=2026-03-01", "to"),
        ("metric=response", "metric"),
    ],
)
def test_what_makes_no_sense_is_refused_at_its_field(desk: ServiceDesk, query: str, field: str) -> None:
    reply = desk.as_(desk.cast.ada).get(f"{PATH}?{query}")

    assert (reply.status, [error["field"] for error in reply.json["errors"]]) == (422, [field])
