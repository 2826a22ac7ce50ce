"""The manager's pages in a browser: what is at work, figures of days against what the API says, and rows
taken out as a file."""

import csv
import io
import re
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Locator, Page, Route, expect

from tests.e2e.console.accounts import House, Person, build, clean
from tests.e2e.console.people import People
from tests.e2e.http import Http, awaited

SUBJECTS = ("No paper", "=SUM(1;1)", "The lift is stuck", "A new chair")


@dataclass(frozen=True)
class Desk:
    """A desk with four tickets of today: one resolved, one urgent, all but the urgent one Gil's."""

    house: House
    gil: Person
    gil_id: str
    labels: dict[str, str]

    def figures(self, query: str = "days=30") -> dict[str, Any]:
        total: dict[str, Any] = self.house.ada.get(f"/v1/analytics/dashboard?{query}").json
        return total


@pytest.fixture(scope="module")
def desk(http: Http) -> Desk:
    house = build(http, "Insight House")
    gil = house.add("agent")
    ada = house.ada
    found = ada.get(f"/v1/users?query={gil.email}").json["items"][0]
    labels = {}
    for subject in SUBJECTS:
        priority = "urgent" if subject == "The lift is stuck" else "medium"
        body = {"subject": subject, "description": "Since Monday.", "priority": priority}
        ticket = ada.post("/v1/tickets", body).json
        labels[subject] = ticket["label"]
        if priority == "medium":
            path = f"/v1/tickets/{ticket['id']}"
            assert ada.post(f"{path}/assign", {"assignee_id": found["id"]}).status == 200
            if subject == "No paper":
                assert ada.post(f"{path}/resolve", {"resolution": "Filled up."}).status == 200
    desk = Desk(house, gil, found["id"], labels)

    def is_counted() -> bool:
        total = desk.figures()["total"]
        return (total["created"], total["resolved"], total["backlog"]) == (4, 1, 3)

    awaited("the figures", is_counted, 60)
    return desk


@pytest.fixture
def page(people: People, desk: Desk) -> Page:
    """Of the administrator, signed in."""
    return desk.house.page(people, desk.house.admin)


def key_figure(page: Page, name: str) -> Locator:
    figures = page.get_by_role("list", name="Key figures").get_by_role("listitem")
    return figures.filter(has_text=re.compile(f"^{name}")).locator(".value")


def tile(page: Page, name: str) -> Locator:
    return page.get_by_role("main").get_by_role("link", name=re.compile(f"^{name} "))


def test_counts_are_those_of_the_desk_lead_to_their_tickets_and_stay_fresh(page: Page, desk: Desk) -> None:
    page.goto("app/dashboard")
    now = desk.house.ada.get("/v1/dashboard").json
    for name, count in (("Active", now["active"]), ("Unassigned", now["unassigned"])):
        expect(tile(page, name).locator(".value")).to_have_text(str(count))
    expect(tile(page, "Unassigned")).to_have_attribute("href", "queue?status=active&assignee=none")
    by_priority = page.get_by_role("region", name="By priority")
    expect(by_priority.get_by_role("link", name="Urgent")).to_contain_text(str(now["by_priority"]["urgent"]))
    attention = page.get_by_role("region", name="To look at first").get_by_role("listitem")
    expect(attention).to_have_count(len(now["attention"]))
    expect(attention.first).to_contain_text("The lift is stuck")

    priority = {"subject": "Fire", "description": "In the kitchen.", "priority": "urgent"}
    extra = desk.house.ada.post("/v1/tickets", priority).json
    expect(tile(page, "Active").locator(".value")).to_have_text(str(now["active"] + 1))
    expect(page.get_by_role("link", name="Fire")).to_be_visible()
    assert desk.house.ada.delete(f"/v1/tickets/{extra['id']}").status in (200, 204)

    tile(page, "Unassigned").click()
    page.wait_for_url("**/app/queue?*assignee=none*")


def test_figures_are_those_of_the_api_for_the_days_that_are_chosen(page: Page, desk: Desk) -> None:
    page.goto("app/figures")
    expect(key_figure(page, "Created")).to_have_text("4")
    for name, value in (("Resolved", "1"), ("Backlog", "3")):
        expect(key_figure(page, name)).to_have_text(value)
    agents = page.get_by_role("region", name="Agents").get_by_role("row", name=desk.gil.name)
    by_agent = {each["value"]: each for each in desk.figures()["by_agent"]}
    expect(agents).to_contain_text(str(by_agent[desk.gil_id]["created"]))

    page.get_by_role("group", name="Period").get_by_role("button", name="7 days").click()
    page.wait_for_url("**/app/figures?*days=7*")
    expect(page.get_by_role("button", name="7 days")).to_have_attribute("aria-pressed", "true")
    expect(key_figure(page, "Created")).to_have_text("4")

    today = date.fromisoformat(desk.figures()["to"])
    yesterday = (today - timedelta(days=1)).isoformat()
    page.get_by_role("button", name="Other days").click()
    page.get_by_label("To", exact=True).fill(yesterday)
    page.wait_for_url(f"**/app/figures?*to={yesterday}*")
    expect(key_figure(page, "Created")).to_have_text("0")

    page.get_by_label("From", exact=True).fill((today + timedelta(days=1)).isoformat())
    expect(page.get_by_text("The first day comes after the last.")).to_be_visible()


def test_a_chart_is_read_by_keys_and_taken_as_a_table_and_as_a_file(page: Page, tmp_path: Path) -> None:
    page.goto("app/figures?days=7")
    chart = page.get_by_role("region", name="Created against resolved")
    points = chart.get_by_role("slider")
    points.focus()
    page.keyboard.press("End")
    expect(points).to_have_attribute("aria-valuetext", re.compile(r": Created 4, Resolved 1$"))
    page.keyboard.press("ArrowLeft")
    expect(points).to_have_attribute("aria-valuetext", re.compile(r": Created 0, Resolved 0$"))

    chart.get_by_role("button", name="as a table").click()
    expect(chart.get_by_role("row")).to_have_count(8)
    expect(chart.get_by_role("row").last).to_contain_text("4")
    with page.expect_download() as download:
        chart.get_by_role("button", name="download as CSV").click()
    kept = tmp_path / "chart.csv"
    download.value.save_as(kept)
    rows = list(csv.reader(io.StringIO(kept.read_text("utf-8-sig"))))
    assert rows[0] == ["Period", "Created", "Resolved"]
    assert rows[-1][1:] == ["4", "1"]
    assert len(rows) == 8


def test_rows_are_taken_out_from_the_form_to_the_file(page: Page, desk: Desk, tmp_path: Path) -> None:
    page.goto("app/exports?resource=tickets&status=active")
    expect(page.get_by_text("You have not exported anything yet.")).to_be_visible()
    page.get_by_text("Choose columns").click()
    for column in ("label", "subject"):
        page.get_by_label(column, exact=True).check()
    page.get_by_role("button", name="Export", exact=True).click()

    row = page.get_by_role("region", name="Your exports").get_by_role("row").last
    expect(row).to_contain_text("Ready")
    with page.expect_download() as download:
        row.get_by_role("button", name="Download").click()
    kept = tmp_path / "tickets.csv"
    download.value.save_as(kept)
    rows = list(csv.DictReader(io.StringIO(kept.read_text("utf-8-sig"))))
    assert [row["label"] for row in rows] == [desk.labels[subject] for subject in SUBJECTS[1:]]
    assert rows[0]["subject"] == "'=SUM(1;1)"


def test_figures_that_are_being_counted_come_by_themselves(page: Page, people: People) -> None:
    people.expect("503")
    problem = {"type": "about:blank", "status": 503, "code": "SERVICE_UNAVAILABLE", "detail": "Counting."}

    def count(route: Route) -> None:
        route.fulfill(
            status=503, json=problem, content_type="application/problem+json", headers={"Retry-After": "1"}
        )

    page.route("**/v1/analytics/dashboard?*", count, times=1)
    page.goto("app/figures")
    expect(page.get_by_text("The figures are being counted just now.")).to_be_visible()
    expect(key_figure(page, "Created")).to_have_text("4")
    expect(page.get_by_text("The figures are being counted just now.")).to_have_count(0)


def test_agents_see_their_own_figures_and_nobody_elses(people: People, desk: Desk) -> None:
    page = desk.house.page(people, desk.gil, "agent")
    expect(page.get_by_role("heading", name=desk.gil.name, level=1)).to_be_visible()
    expect(key_figure(page, "Created")).to_have_text("3")
    expect(
        page.get_by_role("region", name="At work now").get_by_role("link", name="2 active")
    ).to_be_visible()

    ada = desk.house.ada.get("/v1/auth/me").json["id"]
    page.goto(f"app/agent?id={ada}")
    expect(page.get_by_role("alert")).to_be_visible()


def test_nothing_bars_anybody(people: People, desk: Desk) -> None:
    page = desk.house.page(people, desk.house.admin, "dashboard")
    expect(tile(page, "Active")).to_be_visible()
    clean(page, "dashboard")
    for name in ("figures", f"agent?id={desk.gil_id}"):
        page.goto(f"app/{name}")
        expect(key_figure(page, "Created")).to_be_visible()
        clean(page, name.partition("?")[0])
    page.goto("app/exports?resource=comments&priority=urgent")
    expect(page.get_by_role("region", name="Your exports")).to_be_visible()
    page.get_by_text("Choose columns").click()
    clean(page, "exports")
