"""The staff's queue: what stands in it, how one finds and goes through it, and what one does to many."""

import re
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.e2e.console.accounts import House, Person, build, clean
from tests.e2e.console.people import People
from tests.e2e.http import Http
from tests.e2e.moved import moved
from tests.support.database import Database

# Due an hour ago, and due in ten minutes of three hundred.
LATE = """WITH target AS (UPDATE sla_targets SET due_at = now() + CAST(:shift AS interval)
    WHERE ticket_id = :ticket AND metric = 'resolution' RETURNING due_at)
    UPDATE tickets SET due_at = (SELECT due_at FROM target) WHERE id = :ticket"""
PAYLOAD = "<img src=x onerror=alert(1)><script>alert(1)</script>"


@dataclass
class Queue:
    """A desk with a dispatcher, who sees all of it, and tickets by their names."""

    house: House
    dario: Person
    tickets: dict[str, dict[str, Any]] = field(default_factory=dict)

    def open(self, name: str, **facts: Any) -> dict[str, Any]:
        body = {"subject": name, "description": f"About {name}. {PAYLOAD}", **facts}
        reply = self.house.ada.post("/v1/tickets", body)
        assert reply.status == 201, reply.text
        self.tickets[name] = reply.json
        return self.tickets[name]

    def several(self, count: int) -> str:
        """A tag that so many tickets have, and no other."""
        tag = f"t{uuid4().hex[:8]}"
        for place in range(count):
            self.open(f"{tag} {place}", tags=[tag])
        return tag


@pytest.fixture(scope="module")
def queue(http: Http, database: Database) -> Queue:
    house = build(http, "Queue Desk")
    queue = Queue(house, house.add("dispatcher", "Dario Diaz"))
    queue.open("VPN drops every hour", priority="high")
    queue.open(f"Toner {PAYLOAD}", priority="low", tags=["paper"])
    queue.open("Laptop for a colleague", priority="urgent")
    for name, shift in (("Late already", "-1 hour"), ("Due any minute", "10 minutes")):
        ticket = queue.open(name, sla_minutes=300)
        for value in ("first", "again"):
            comment = {"body": f"Seen, {value}.", "visibility": "public"}
            assert house.ada.post(f"/v1/tickets/{ticket['id']}/comments", comment).status == 201
        workspace = house.ada.get("/v1/workspace").json["id"]
        database.run("SELECT set_config('app.workspace_id', :w, false)", w=workspace)
        database.run(LATE, ticket=ticket["id"], shift=shift)
    waits = {"waiting_on": "customer", "reason": "We asked."}
    paused = queue.open("Waits for an answer", requester={"email": "zoe@people.example", "name": "Zoe Lara"})
    # Promised is the first answer too, which no pause stops; what requesters say themselves is none.
    asked = house.ada.post(f"/v1/tickets/{paused['id']}/comments", {"body": "Which floor is it?"})
    assert asked.status == 201
    assert house.ada.post(f"/v1/tickets/{paused['id']}/pause", waits).status == 200
    return queue


@pytest.fixture
def page(people: People, queue: Queue) -> Page:
    return queue.house.page(people, queue.dario)


def row(page: Page, subject: str) -> Locator:
    return page.locator("[data-ticket]").filter(has_text=subject)


def rows(page: Page) -> Locator:
    return page.locator("[data-ticket]")


def listed(page: Page, address: str) -> None:
    page.goto(f"app/{address}")
    expect(rows(page).first).to_be_visible()


def test_the_views_of_the_desk_stand_beside_the_list_with_their_counts(page: Page, queue: Queue) -> None:
    listed(page, "queue")
    views = page.get_by_role("navigation", name="Views")
    late = views.get_by_role("link", name="Past due")
    expect(late).to_contain_text("1 tickets")

    late.click()

    expect(page.get_by_role("heading", level=1)).to_have_text("Past due")
    expect(late).to_have_attribute("aria-current", "page")
    expect(rows(page)).to_have_count(1)
    expect(row(page, "Late already")).to_be_visible()


def test_the_filter_is_the_address(page: Page, queue: Queue) -> None:
    listed(page, "queue?box=all&priority=urgent,high")
    expect(rows(page)).to_have_count(2)
    expect(page.get_by_role("button", name="Change Priority")).to_contain_text("Urgent, High")

    page.get_by_role("button", name="Filter", exact=True).click()
    page.get_by_role("dialog").get_by_role("button", name="Assignee").click()
    page.get_by_role("dialog").get_by_role("button", name="Nobody").click()
    page.keyboard.press("Escape")
    expect(page).to_have_url(re.compile("assignee=none"))
    page.reload()
    expect(page.get_by_role("button", name="Change Assignee")).to_contain_text("Nobody")

    page.get_by_role("button", name="Remove Priority").click()
    expect(row(page, "Toner")).to_be_visible()
    page.get_by_role("button", name="Remove Assignee").click()
    expect(page).not_to_have_url(re.compile("assignee|priority"))
    page.go_back()
    expect(page.get_by_role("button", name="Change Assignee")).to_be_visible()


def test_what_is_searched_for_is_marked_and_no_markup(page: Page, queue: Queue) -> None:
    page.on("dialog", lambda dialog: pytest.fail(f"a script of a ticket ran: {dialog.message}"))
    listed(page, "queue?box=all")
    page.keyboard.press("/")
    expect(page.get_by_role("searchbox", name="Search tickets")).to_be_focused()

    page.keyboard.type("toner")

    expect(page).to_have_url(re.compile("query=toner"))
    expect(rows(page)).to_have_count(1)
    expect(page.locator("mark").first).to_have_text("Toner")
    expect(row(page, PAYLOAD)).to_be_visible()
    expect(page.get_by_label("Order")).to_have_value("relevance")
    assert page.locator("tbody img, tbody script").count() == 0

    page.keyboard.press("Escape")
    expect(rows(page)).not_to_have_count(1)


def test_keys_go_through_the_list_and_never_act_while_one_types(page: Page, queue: Queue) -> None:
    tag = queue.several(4)
    listed(page, f"queue?box=all&tag={tag}&sort=created_at")
    links = rows(page).locator("a.subject")

    for key in ("j", "j", "k", "ArrowDown"):
        page.keyboard.press(key)
    expect(links.nth(1)).to_be_focused()

    page.keyboard.press("x")
    page.keyboard.press("j")
    page.keyboard.press("j")
    page.keyboard.press("Shift+X")
    expect(page.get_by_text("3 selected")).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.get_by_text("3 selected")).to_have_count(0)

    page.keyboard.press("/")
    page.keyboard.type("xjra")
    expect(page.get_by_role("dialog")).to_have_count(0)
    page.keyboard.press("Escape")
    page.keyboard.press("Escape")
    expect(rows(page)).to_have_count(4)

    page.keyboard.press("?")
    expect(page.get_by_role("heading", name="Keys")).to_be_visible()
    page.keyboard.press("Escape")
    page.keyboard.press("j")
    page.keyboard.press("r")
    expect(page).to_have_url(re.compile("/ticket.*compose=reply"))
    page.go_back()
    expect(rows(page).locator("a:focus")).to_be_visible()
    page.keyboard.press("g")
    page.keyboard.press("d")
    expect(page).to_have_url(re.compile("/dashboard$"))


def test_one_ticket_is_assigned_by_two_keys(page: Page, queue: Queue) -> None:
    tag = queue.several(1)
    listed(page, f"queue?box=all&tag={tag}")
    page.keyboard.press("j")
    page.keyboard.press("m")
    expect(rows(page).first).to_contain_text("Dario Diaz")

    page.keyboard.press("a")
    page.get_by_role("combobox", name="Assignee").fill("Ada")
    page.get_by_role("option", name="Ada Ruiz").click()
    page.get_by_role("dialog").get_by_role("button", name="Assign", exact=True).click()

    expect(rows(page).first).to_contain_text("Ada Ruiz")
    expect(rows(page).first.locator("a.subject")).to_be_focused()


def test_many_are_changed_at_once_and_each_refusal_is_told(page: Page, queue: Queue) -> None:
    tag = queue.several(3)
    gone = queue.tickets[f"{tag} 0"]
    assert queue.house.ada.post(f"/v1/tickets/{gone['id']}/cancel", {"reason": "Twice."}).status == 200
    listed(page, f"queue?box=all&tag={tag}")

    page.get_by_role("checkbox", name="Select all shown").check()
    bar = page.get_by_role("region", name="Selected tickets")
    expect(bar).to_contain_text("3 selected")
    bar.get_by_role("button", name="Status").click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_label("Status").select_option("pending")
    dialog.get_by_label("Reason").fill("The provider is at work.")
    dialog.get_by_role("button", name="Apply").click()

    results = page.get_by_role("dialog", name="Status: Results")
    expect(results).to_contain_text("2 changed, 1 failed")
    expect(results.get_by_role("row").filter(has_text=gone["label"])).to_contain_text("cancelled")
    results.get_by_role("button", name="Close").click()
    expect(rows(page).filter(has_text="Pending")).to_have_count(2)
    expect(bar).to_contain_text("1 selected")  # what failed


def test_more_than_fifty_are_a_job_that_tells_how_far_it_is(page: Page, queue: Queue, tmp_path: Path) -> None:
    tag = f"t{uuid4().hex[:8]}"
    subjects = [f"{tag} {place}" for place in range(55)]
    moved(queue.house.ada, tmp_path, "zoe@people.example", subjects, tags=[tag])
    listed(page, f"queue?box=all&tag={tag}")
    page.get_by_role("checkbox", name="Select all shown").check()
    bar = page.get_by_role("region", name="Selected tickets")
    bar.get_by_role("button", name="Select all 55 that match").click()
    expect(bar).to_contain_text("All 55 that match")

    bar.get_by_role("button", name="Priority").click()
    page.get_by_role("dialog").get_by_label("Priority").select_option("urgent")
    page.get_by_role("dialog").get_by_role("button", name="Apply").click()

    expect(page.get_by_text("Priority: 55 changed")).to_be_visible()
    found = queue.house.ada.get(f"/v1/tickets?tag={tag}&priority=urgent&count=true&limit=1").json
    assert found["count"] == 55


def test_clocks_tick_and_say_what_is_late(page: Page, queue: Queue) -> None:
    listed(page, "queue?box=all&status=active&sort=due_at")

    late = row(page, "Late already").locator(".clock")
    expect(late).to_contain_text(re.compile("1 h.* past due"))
    expect(late).to_have_class(re.compile(r"\bbad\b"))
    soon = row(page, "Due any minute").locator(".clock")
    expect(soon).to_have_class(re.compile(r"\bwarn\b"))
    before = soon.inner_text()
    expect(soon).not_to_have_text(before)
    listed(page, "queue?box=all&status=pending")
    expect(row(page, "Waits for an answer").locator(".clock")).to_contain_text("paused")
    queue.open("Nothing hurries", priority="low")
    listed(page, "queue?box=all&query=hurries")
    expect(row(page, "Nothing hurries").locator(".clock")).not_to_have_class(re.compile(r"\b(bad|warn)\b"))


def test_what_happens_elsewhere_comes_in_place_and_keeps_the_selection(page: Page, queue: Queue) -> None:
    tag = queue.several(2)
    listed(page, f"queue?box=all&tag={tag}&status=active")
    row(page, f"{tag} 0").get_by_role("checkbox").check()

    queue.open(f"{tag} new", tags=[tag])
    other = queue.tickets[f"{tag} 1"]["id"]
    assert queue.house.ada.post(f"/v1/tickets/{other}/cancel", {"reason": "Twice."}).status == 200

    fresh = page.get_by_role("button", name="1 new ticket")
    expect(fresh).to_be_visible()
    expect(row(page, f"{tag} 1")).to_contain_text("Cancelled")
    expect(row(page, f"{tag} 1")).to_contain_text("No longer here")
    expect(rows(page)).to_have_count(2)

    fresh.click()
    expect(row(page, f"{tag} new")).to_be_visible()
    expect(row(page, f"{tag} 1")).to_have_count(0)
    expect(row(page, f"{tag} 0").get_by_role("checkbox")).to_be_checked()


def test_a_view_is_saved_changed_and_deleted(page: Page, queue: Queue) -> None:
    name = f"Urgent {uuid4().hex[:6]}"
    listed(page, "queue?box=all&priority=urgent,high&status=active")
    page.get_by_role("button", name="Save as a view").click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_label("Name").fill(name)
    dialog.get_by_label("Who sees it").select_option("staff")
    dialog.get_by_role("combobox", name="Columns").fill("type")
    dialog.get_by_role("option", name="Type").click()
    dialog.get_by_role("button", name="Save").click()

    expect(page.get_by_role("heading", level=1)).to_have_text(name)
    expect(page.get_by_role("columnheader", name="Type")).to_be_visible()
    page.get_by_role("button", name="Remove Priority").click()
    page.get_by_role("button", name="Save the view").click()
    expect(page.get_by_text(f"{name} is saved")).to_be_visible()
    saved = [view for view in queue.house.ada.get("/v1/views").json["items"] if view["name"] == name]
    assert [view["shared"] for view in saved] == [True]
    assert "priority" not in saved[0]["filter"]

    page.get_by_role("button", name="Manage views").click()
    page.get_by_role("button", name=f"Move {name} up").click()
    expect(page.get_by_role("status").filter(has_text=f"{name} is number")).to_be_visible()
    page.get_by_role("button", name=f"Delete {name}").click()
    page.get_by_role("button", name="Delete", exact=True).click()
    expect(page.get_by_role("button", name=f"Delete {name}")).to_have_count(0)


def test_the_list_is_drawn_at_once(page: Page, queue: Queue) -> None:
    """Within a second, once the console was loaded: it takes a third of one where nothing else runs. The best
    of some tries is told, with room for a machine that runs all the other tests."""
    drawn = []
    for _ in range(3):
        listed(page, "queue?box=active")
        drawn.append(page.evaluate("performance.getEntriesByName('queue-drawn')[0].startTime"))
    assert min(drawn) < 3_000

    calls = page.evaluate(
        """() => performance.getEntriesByType("resource").filter(({ name }) => name.includes("/v1/"))
             .slice(0, 4).map(({ name, startTime, responseEnd }) => [name, startTime, responseEnd])"""
    )
    assert {re.split(r"/v1/|\?", name)[1] for name, *_ in calls} >= {"tickets", "views"}
    # Beside each other: none waits for another's answer.
    assert max(start for _, start, _ in calls) < min(end for *_, end in calls)


def test_everybody_can_use_the_queue(people: People, queue: Queue) -> None:
    page = queue.house.page(people, queue.dario, f"queue?box=all&tag={queue.several(3)}")
    expect(rows(page)).to_have_count(3)
    expect(page.get_by_role("navigation", name="Views")).to_be_visible()
    clean(page, "queue")

    rows(page).first.get_by_role("checkbox").check()
    clean(page, "queue-selected")
    page.get_by_role("button", name="Filter", exact=True).click()
    page.get_by_role("dialog").get_by_role("button", name="Requester").click()
    clean(page, "queue-filter")
    page.keyboard.press("Escape")
    page.get_by_role("region", name="Selected tickets").get_by_role("button", name="Assign").click()
    page.get_by_role("combobox", name="Assignee").click()
    expect(page.get_by_role("option", name="Ada Ruiz")).to_be_visible()
    clean(page, "queue-assign")


def test_a_new_ticket_is_opened_for_somebody_who_called(people: People, queue: Queue) -> None:
    email = f"pia-{uuid4().hex[:6]}@callers.example"
    page = queue.house.page(people, queue.dario, "new-ticket")
    page.get_by_label("Subject").fill("VPN drops every day")
    expect(page.get_by_role("link", name="VPN drops every hour")).to_be_visible()
    page.get_by_role("combobox", name="Requester").fill(email)
    page.get_by_role("option", name=f"New contact: {email}").click()
    page.get_by_label("Their name").fill("Pia Public")
    clean(page, "new-ticket")

    page.reload()
    expect(page.get_by_label("Subject")).to_have_value("VPN drops every day")
    page.get_by_role("button", name="Open the ticket").click()
    expect(page.get_by_label("Description")).to_have_attribute("aria-invalid", "true")
    page.get_by_label("Description").fill("Every day at nine.")
    page.get_by_label("Priority").select_option("high")
    page.get_by_role("button", name="Open the ticket").click()

    expect(page).to_have_url(re.compile(r"/ticket\?id="))
    expect(page.get_by_role("heading", level=1)).to_contain_text("VPN drops every day")
    made = queue.house.ada.get(f"/v1/tickets?query={email}&limit=1").json["items"][0]
    assert (made["requester"]["name"], made["priority"]) == ("Pia Public", "high")
    page.goto("app/new-ticket")
    expect(page.get_by_label("Subject")).to_have_value("")
