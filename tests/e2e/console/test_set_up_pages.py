"""The pages on which a desk is set up: what is made there works, what is refused says where, and who may only
look cannot change."""

from dataclasses import dataclass
from typing import Any

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.e2e.console.accounts import House, alert, build, clean
from tests.e2e.console.people import People
from tests.e2e.http import Http, awaited

PAGES = ("policies", "calendars", "categories", "fields", "macros", "rules")


@dataclass(frozen=True)
class Desk:
    """A house with a customer's ticket, and one of each kind of thing that is set up."""

    house: House
    ticket: dict[str, Any]
    made: dict[str, str]


@pytest.fixture(scope="module")
def desk(http: Http) -> Desk:
    house = build(http, "Set-up House")
    ada = house.ada
    carol = ada.post("/v1/users", {"name": "Carol Diaz", "email": "carol@set-up.example", "role": "customer"})
    facts = {"subject": "The printer jams", "description": "Each page.", "requester_id": carol.json["id"]}
    ticket = ada.post("/v1/tickets", {**facts, "priority": "high", "tags": ["printing"]}).json
    calendar = ada.get("/v1/calendars").json["items"][0]["id"]
    escalation = {
        "metric": "resolution",
        "when": "after",
        "minutes": 30,
        "actions": [{"action": "notify", "to": [{"role": "dispatcher"}, {"to": "team"}]}],
    }
    week = {"0": [["09:00", "14:00"], ["16:00", "19:00"]], "4": [["22:00", "06:00"]]}
    holidays = [{"from": "2027-01-06", "name": "Epiphany"}, {"yearly_from": "12-24", "yearly_to": "12-26"}]
    bodies: dict[str, tuple[str, dict[str, Any]]] = {
        "policies": (
            "/v1/sla-policies",
            {
                "name": "Printers",
                "conditions": {"tag": ["printing"], "type": ["incident"]},
                "targets": {"first_response": 30, "resolution": {"high": 240}},
                "calendar_id": calendar,
                "escalations": [escalation],
            },
        ),
        "calendars": (
            "/v1/calendars",
            {"name": "Madrid", "timezone": "Europe/Madrid", "weekly": week, "holidays": holidays},
        ),
        "categories": ("/v1/categories", {"name": "Hardware", "subcategories": ["Printer", "Screen"]}),
        "fields": (
            "/v1/custom-fields",
            {"key": "floor", "name": "Floor", "type": "select", "options": ["First", "Second"]},
        ),
        "macros": (
            "/v1/macros",
            {
                "name": "Thanks",
                "shared": True,
                "actions": [
                    {"action": "comment", "body": "Hello {{requester.first_name}}", "visibility": "public"},
                    {"action": "add_tags", "tags": ["thanked"]},
                    {"action": "set_field", "key": "floor", "value": "First"},
                ],
            },
        ),
        "rules": (
            "/v1/rules",
            {
                "name": "Waits too long",
                "enabled": False,
                "when": [{"on": "since", "since": "requester_commented", "hours": 26}],
                "conditions": {
                    "all": [{"field": "status", "operator": "in", "value": ["new", "open"]}],
                    "any": [{"field": "assignee", "operator": "is", "value": "none"}],
                },
                "actions": [{"action": "set_priority", "priority": "urgent"}],
            },
        ),
    }
    made = {}
    for name, (path, body) in bodies.items():
        reply = ada.post(path, body)
        assert reply.status == 201, reply.text
        made[name] = reply.json["id"]
    return Desk(house, ticket, made)


@pytest.fixture
def ada(people: People, desk: Desk) -> Page:
    return desk.house.page(people, desk.house.admin)


def choose(within: Page | Locator, label: str, text: str, option: str | None = None) -> None:
    """Types into a combobox and takes what it offers."""
    field = within.get_by_role("combobox", name=label)
    field.fill(text)
    page = within if isinstance(within, Page) else within.page
    page.get_by_role("listbox").get_by_role("option", name=option or text).first.click()


def act(page: Page, name: str) -> Locator:
    """An action is added to a list of them; its part of the page."""
    page.get_by_role("button", name="Add action").click()
    page.get_by_role("menuitem", name=name, exact=True).click()
    return page.get_by_role("group", name=name, exact=True)


def save(page: Page) -> None:
    page.get_by_role("button", name="Save").click()


def said(page: Page, text: str) -> None:
    """What was done is told, by itself."""
    expect(page.locator(".toasts")).to_contain_text(text)


def names(page: Page) -> list[str]:
    """What the list has, from the top."""
    expect(page.get_by_role("table").first).to_be_visible()
    return page.locator("tbody .name").all_inner_texts()


class TestPolicies:
    def test_one_is_made_tested_and_put_first(self, ada: Page, desk: Desk) -> None:
        ada.goto("app/policies?new=1")
        ada.get_by_label("Name", exact=True).fill("High ones")
        ada.get_by_role("group", name="Priority").get_by_label("High").check()
        ada.get_by_label("Resolution, High, minutes", exact=True).fill("0")
        save(ada)
        cell = ada.get_by_label("Resolution, High, minutes", exact=True)
        expect(cell).to_have_attribute("aria-invalid", "true")
        expect(cell).to_be_focused()

        cell.fill("240")
        ada.get_by_label("First response, High, minutes").fill("60")
        save(ada)
        expect(ada.get_by_role("heading", name="High ones", exact=True)).to_be_visible()
        test = ada.get_by_role("region", name="Test")
        choose(test, "On ticket", "printer", desk.ticket["label"])
        expect(test.get_by_role("status").first).to_contain_text("It matches this ticket.")
        expect(test.get_by_role("listitem")).to_contain_text(["High"])
        expect(test).to_contain_text("4 h")

        ada.get_by_role("main").get_by_role("link", name="SLA policies").click()
        before = names(ada)
        assert before[-1] == "High ones"
        for _ in before[1:]:
            ada.get_by_role("button", name="Move High ones up").click()
        expect(ada.locator("tbody .name").first).to_have_text("High ones")
        told = desk.house.ada
        awaited(
            "the new order",
            lambda: told.get("/v1/sla-policies").json["items"][0]["name"] == "High ones" or None,
            20,
        )

    def test_escalations_stand_as_they_were_made(self, ada: Page, desk: Desk) -> None:
        ada.goto(f"app/policies?id={desk.made['policies']}")
        escalation = ada.get_by_role("group", name="Escalation 1")
        expect(escalation.get_by_label("Working minutes")).to_have_value("30")
        expect(escalation.get_by_label("Whom").first).to_have_value("dispatcher")
        escalation.get_by_role("button", name="Add action").click()
        escalation.get_by_label("What to do").last.select_option("transfer")
        save(ada)
        expect(escalation.locator(".error").last).to_be_visible()

        escalation.get_by_role("combobox", name="To team").click()
        ada.get_by_role("listbox").get_by_role("option").first.click()
        save(ada)
        said(ada, "Saved")
        kept = desk.house.ada.get(f"/v1/sla-policies/{desk.made['policies']}").json["escalations"][0]
        assert [action["action"] for action in kept["actions"]] == ["notify", "transfer"]


class TestCalendars:
    def test_one_without_working_time_is_refused_and_one_with_it_previewed(self, ada: Page) -> None:
        ada.goto("app/calendars?new=1")
        ada.get_by_label("Name", exact=True).fill("Office")
        choose(ada, "Time zone", "madrid", "Europe/Madrid")
        ada.get_by_role("button", name="Clear").click()
        save(ada)
        alert(ada, "no working time")

        ada.get_by_role("button", name="Add hours on Monday").click()
        ada.get_by_label("Monday, span 1, from").fill("22:00")
        ada.get_by_label("Monday, span 1, until").fill("06:00")
        expect(ada.get_by_role("group", name="Monday")).to_contain_text("next day")
        ada.get_by_role("button", name="Mon–Fri 9–17").click()
        ada.get_by_role("button", name="Add hours on Monday").click()
        ada.get_by_role("button", name="Remove span 2 of Monday").click()
        ada.get_by_role("button", name="Copy Friday").click()
        ada.get_by_role("menuitem", name="To every day").click()
        expect(ada.get_by_role("group", name="Weekly hours")).to_contain_text("56 h a week")
        ada.get_by_role("button", name="Mon–Fri 9–17").click()
        save(ada)

        preview = ada.get_by_role("region", name="Preview")
        preview.get_by_label("From").fill("2027-01-05T16:30")
        preview.get_by_label("Working minutes").fill("60")
        expect(preview.locator("strong")).to_contain_text("Wednesday")
        expect(preview.locator("strong")).to_contain_text("09:30")

        ada.get_by_role("button", name="Public holidays…").click()
        dialog = ada.get_by_role("dialog")
        dialog.get_by_label("Country", exact=True).select_option("ES")
        dialog.get_by_role("checkbox", name="2027").check()
        dialog.get_by_role("checkbox", name="2026").uncheck()
        expect(dialog.get_by_role("list", name="Holidays of 2027")).to_contain_text("Epiphany")
        dialog.get_by_role("button", name="Add these holidays").click()
        expect(ada.get_by_role("list", name="Holidays")).to_contain_text("Epiphany")
        expect(preview.locator("strong")).to_contain_text("Thursday")

    def test_one_that_policies_promise_by_stays(self, ada: Page) -> None:
        ada.goto("app/calendars")
        ada.get_by_role("button", name="Delete 24/7").click()
        dialog = ada.get_by_role("dialog")
        dialog.get_by_role("button", name="Delete").click()
        expect(dialog.get_by_role("alert")).to_contain_text("These policies promise by it")
        ada.keyboard.press("Escape")
        expect(dialog).to_be_hidden()
        assert "24/7" in names(ada)

    def test_a_holiday_by_hand_and_a_night_are_kept(self, ada: Page, desk: Desk) -> None:
        ada.goto(f"app/calendars?id={desk.made['calendars']}")
        expect(ada.get_by_role("group", name="Friday")).to_contain_text("next day")
        ada.get_by_role("button", name="Add holiday").click()
        dialog = ada.get_by_role("dialog")
        dialog.get_by_label("Name").fill("Works outing")
        dialog.get_by_label("From").fill("2027-06-04")
        dialog.get_by_label("Until").fill("2027-06-05")
        dialog.get_by_role("button", name="Add holiday").click()
        expect(ada.get_by_role("list", name="Holidays")).to_contain_text("Works outing")
        save(ada)
        said(ada, "Saved")
        kept = desk.house.ada.get(f"/v1/calendars/{desk.made['calendars']}").json
        assert {"from": "2027-06-04", "to": "2027-06-05", "name": "Works outing"} in kept["holidays"]
        assert kept["weekly"]["4"] == [["22:00", "06:00"]]


class TestCategories:
    def test_one_is_made_changed_dragged_and_deleted(self, ada: Page, desk: Desk) -> None:
        ada.goto("app/categories")
        ada.get_by_role("button", name="Add category").click()
        dialog = ada.get_by_role("dialog", name="Add category")
        dialog.get_by_label("Name", exact=True).fill("hardware")
        save(ada)
        expect(dialog.get_by_role("alert")).to_contain_text("There is already a category of this name.")
        dialog.get_by_label("Name", exact=True).fill("Network")
        subcategories = dialog.get_by_label("Subcategories (optional)", exact=True).first
        subcategories.fill("VPN")
        subcategories.press("Enter")
        subcategories.fill("Wi-Fi")
        save(ada)
        expect(dialog).to_be_hidden()
        expect(ada.get_by_role("row", name="Network")).to_contain_text("Wi-Fi")

        ada.get_by_role("row", name="Network").locator(".grip").drag_to(
            ada.get_by_role("row", name="Hardware")
        )
        expect(ada.locator("tbody .name").first).to_have_text("Network")
        awaited(
            "the new order",
            lambda: desk.house.ada.get("/v1/categories").json["items"][0]["name"] == "Network" or None,
            20,
        )

        ada.get_by_role("button", name="Delete Network").click()
        ada.get_by_role("dialog").get_by_role("button", name="Delete").click()
        expect(ada.get_by_role("row", name="Network")).to_have_count(0)


class TestFields:
    def test_one_has_a_key_of_its_name_and_options_that_it_needs(self, ada: Page, desk: Desk) -> None:
        ada.goto("app/fields?new=1")
        dialog = ada.get_by_role("dialog")
        dialog.get_by_label("Name", exact=True).fill("Número de serie")
        dialog.get_by_label("Kind").select_option("select")
        save(ada)
        expect(dialog.locator(".error").first).to_be_visible()
        options = dialog.get_by_role("textbox", name="Options")
        options.fill("A, B")
        options.press("Enter")
        dialog.get_by_role("group", name="Required for").get_by_label("Incident").check()
        dialog.get_by_label("Customers see it").check()
        save(ada)
        expect(dialog).to_be_hidden()
        kept = next(
            each for each in desk.house.ada.get("/v1/custom-fields").json["items"] if each["key"] != "floor"
        )
        assert kept["key"] == "numero_de_serie"
        assert kept["options"] == ["A", "B"]
        assert kept["required_for"] == ["incident"]
        assert kept["visible_to_customers"] is True


class TestMacros:
    def test_one_is_made_and_previewed(self, ada: Page, desk: Desk) -> None:
        ada.goto("app/macros?new=1")
        ada.get_by_label("Name", exact=True).fill("Ask for the model")
        comment = act(ada, "Write")
        comment.get_by_label("Text").fill("Dear {{requester.nickname}}")
        save(ada)
        expect(comment.get_by_label("Text")).to_be_focused()
        expect(comment).to_contain_text("is no placeholder")
        comment.get_by_label("Text").fill("Dear ")
        comment.get_by_role("button", name="Placeholder").click()
        ada.get_by_role("menuitem", name="Requester's first name").click()
        expect(comment.get_by_label("Text")).to_have_value("Dear {{requester.first_name}}")
        act(ada, "Set priority").get_by_label("Priority", exact=True).select_option("low")
        choose(act(ada, "Assign"), "To", "ada", "Ada Ruiz")
        choose(act(ada, "Add tags"), "Tags", "model-asked")
        save(ada)

        preview = ada.get_by_role("region", name="Preview")
        choose(preview, "On ticket", "printer", desk.ticket["label"])
        expect(preview).to_contain_text("Dear Carol")
        expect(preview).to_contain_text("High Low")
        expect(preview).to_contain_text("model-asked")
        expect(preview).to_contain_text("Ada Ruiz")

    def test_an_agent_has_own_ones_and_looks_at_the_shared(self, people: People, desk: Desk) -> None:
        gil = desk.house.add("agent")
        page = desk.house.page(people, gil, "macros")
        page.get_by_role("link", name="Thanks").click()
        expect(page.get_by_role("heading", name="Thanks")).to_be_visible()
        expect(page.get_by_label("Name", exact=True)).to_be_disabled()
        expect(page.get_by_role("button", name="Save")).to_have_count(0)

        page.get_by_role("main").get_by_role("link", name="Macros").click()
        page.get_by_role("tab", name="Your own").click()
        page.get_by_role("button", name="Add macro").click()
        page.get_by_label("Name", exact=True).fill("Mine")
        act(page, "Set status").get_by_label("Status", exact=True).select_option("pending")
        save(page)
        expect(page.get_by_role("heading", name="Mine", exact=True)).to_be_visible()
        assert desk.house.ada.get("/v1/macros?query=Mine").json["items"] == []


class TestRules:
    def test_one_is_made_tested_and_works(self, ada: Page, desk: Desk) -> None:
        ada.goto("app/rules")
        ada.get_by_role("button", name="Add rule").click()
        ada.get_by_label("Name", exact=True).fill("Toner goes urgent")
        ada.get_by_role("button", name="Add condition: All of these").click()
        condition = ada.get_by_role("group", name="All of these, condition 1")
        condition.get_by_label("Field").select_option("subject")
        condition.get_by_label("How").select_option("contains_any")
        urgent = act(ada, "Set priority")
        save(ada)
        expect(condition.get_by_role("alert")).to_contain_text("1 to 50 values")
        condition.get_by_label("Value").fill("toner")
        condition.get_by_label("Value").press("Enter")
        urgent.get_by_label("Priority", exact=True).select_option("urgent")
        choose(act(ada, "Add tags"), "Tags", "toner")

        panel = ada.get_by_role("tabpanel")
        choose(panel, "On ticket", "printer", desk.ticket["label"])
        panel.get_by_role("button", name="Test").click()
        expect(panel.get_by_role("status").last).to_contain_text("It would not fire.")
        expect(panel).to_contain_text("The printer jams")
        expect(panel).to_contain_text("High Urgent")

        save(ada)
        expect(ada.get_by_role("heading", name="Toner goes urgent", exact=True)).to_be_visible()
        facts = {"subject": "No toner left", "description": "None.", "type": "question"}
        ticket = desk.house.ada.post("/v1/tickets", facts).json

        def treated() -> dict[str, Any] | None:
            now: dict[str, Any] = desk.house.ada.get(f"/v1/tickets/{ticket['id']}").json
            return now if now["priority"] == "urgent" else None

        assert awaited("what the rule does", treated)["tags"] == ["toner"]
        ada.get_by_role("tab", name="What it did").click()
        expect(ada.get_by_role("link", name=ticket["label"])).to_be_visible()
        expect(ada.get_by_role("tabpanel")).to_contain_text("Changed something")


def test_the_staff_look_and_change_nothing(people: People, desk: Desk) -> None:
    page = desk.house.page(people, desk.house.add("dispatcher"))
    for name in ("policies", "calendars", "rules"):
        page.goto(f"app/{name}")
        expect(page.get_by_role("table")).to_be_visible()
        assert page.get_by_role("button", name="Add ").count() == 0
        assert page.get_by_role("button", name="Delete ").count() == 0
        page.goto(f"app/{name}?id={desk.made[name]}")
        expect(page.get_by_label("Name", exact=True)).to_be_disabled()
        assert page.get_by_role("button", name="Save").count() == 0


def test_they_speak_spanish(people: People, desk: Desk) -> None:
    page = people.page("ada", language="es")
    page.goto("app/sign-in?return=calendars&lang=es")
    page.get_by_label("Correo").fill(desk.house.admin.email)
    page.locator("input[type=password]").fill("violet staple horse")
    page.locator("button[type=submit]").click()
    expect(page.get_by_role("heading", name="Calendarios")).to_be_visible()
    page.goto(f"app/calendars?id={desk.made['calendars']}")
    expect(page.get_by_role("group", name="viernes")).to_contain_text("día siguiente")


def test_nothing_bars_anybody(people: People, desk: Desk) -> None:
    """Their lists are among the pages that test_every_page looks at."""
    page = desk.house.page(people, desk.house.admin)
    for name in PAGES:
        page.goto(f"app/{name}?id={desk.made[name]}")
        expect(page.get_by_role("button", name="Save")).to_be_visible()
        expect(page.locator(".waiting")).to_have_count(0)
        clean(page, f"{name}-one")
