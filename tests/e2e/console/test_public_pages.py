"""The pages for people who do not sign in, as browsers show them: nothing bars anybody from them, and they do
what they are there for."""

import re
from dataclasses import dataclass
from uuid import uuid4

import pytest
from playwright.sync_api import Page, expect

from tests.e2e.conftest import Outbox
from tests.e2e.console.people import Look, People, bars
from tests.e2e.http import Http, awaited
from tests.support.mailbox import text_of

CAROL, CHRIS = "carol@walk-ins.example", "chris@walk-ins.example"
FIELDS = (
    {"key": "building", "name": "Building", "type": "select", "options": ["North", "South"]},
    {"key": "asset", "name": "Number on the device", "type": "text", "required_for": ["incident"]},
    {"key": "affected", "name": "What is down", "type": "multi_select", "options": ["Mail", "Phone"]},
    {"key": "since", "name": "Since when", "type": "date"},
)
SHOWN = {"visible_to_customers": True, "editable_by_customers": True}


@dataclass(frozen=True)
class Desk:
    """A desk with a form, a resolved ticket of Carol's, and the links that she and Chris were mailed."""

    slug: str
    label: str
    rating: str
    unsubscribing: str


@pytest.fixture(scope="module")
def desk(http: Http, outbox: Outbox) -> Desk:
    owner = {"admin_email": "ada@walk-in.example", "admin_password": "a fine long passphrase"}
    made = http.post("/v1/auth/register", {"workspace_name": "Walk-in Desk", **owner}).json
    ada = http.with_token(made["access_token"])
    branding = {"color": "#c2410c", "footer": "Walk-in Desk, 1 Example Street, Exampleton"}
    assert ada.patch("/v1/workspace", {"branding": branding}).status == 200
    assert ada.post("/v1/categories", {"name": "Hardware"}).status == 201
    for field in FIELDS:
        reply = ada.post("/v1/custom-fields", {**field, **SHOWN})
        assert reply.status == 201, reply.text
    carol, chris = (
        ada.post(
            "/v1/users", {"name": email.partition("@")[0].title(), "email": email, "role": "customer"}
        ).json
        for email in (CAROL, CHRIS)
    )
    request = {"subject": "The printer is out of toner", "description": "Since Monday."}
    ticket = ada.post("/v1/tickets", {**request, "requester_id": carol["id"]}).json
    path = f"/v1/tickets/{ticket['id']}"
    assert ada.post(f"{path}/watchers", {"user_id": chris["id"]}).status == 201
    assert ada.post(f"{path}/resolve", {"resolution": "There is a new one."}).status == 200

    def mailed(address: str, link: str) -> str | None:
        found = [
            re.search(link, text_of(mail) + str(mail["List-Unsubscribe"])) for mail in outbox.to(address)
        ]
        return next((match[0] for match in found if match), None)

    return Desk(
        made["workspace"]["slug"],
        ticket["label"],
        awaited("the question", lambda: mailed(CAROL, r"http\S+/rate#token=[\w-]+&score=4"), 60),
        awaited("the watcher's mail", lambda: mailed(CHRIS, r"http[^\s>]+/unsubscribe\?token=[\w-]+"), 60),
    )


def clean(page: Page, name: str) -> None:
    assert bars(page, name) == []


def test_the_form_is_filled_in_and_its_request_looked_up(people: People, desk: Desk) -> None:
    page = people.page("carol", Look.PHONE)
    page.goto(f"v1/public/{desk.slug}/form")
    clean(page, "form")

    page.get_by_label("Your name").fill("Carol Diaz")
    page.get_by_label("Your email").fill(CAROL)
    page.get_by_label("Subject").fill("No paper")
    page.get_by_label("What can we do for you?").fill("The tray is empty, and nobody has a key.")
    page.get_by_label("What is it?").select_option("question")
    page.get_by_role("button", name="Send").click()
    expect(page.get_by_role("heading", name="Thank you")).to_be_visible()
    clean(page, "form-sent")

    page.get_by_role("link", name="How far is it?").click()
    page.get_by_label("Your email").fill(CAROL)
    page.get_by_role("button").click()
    expect(page.get_by_role("status")).to_contain_text("No paper")
    clean(page, "status-told")


def test_what_is_wrong_is_said_beside_each_field(people: People, desk: Desk) -> None:
    page = people.page("carol", Look.PHONE)
    page.goto(f"v1/public/{desk.slug}/form")
    page.get_by_role("link", name="Español").click()
    expect(page.get_by_role("button", name="Enviar")).to_be_visible()
    page.evaluate("document.forms[0].noValidate = true")
    page.get_by_role("button", name="Enviar").click()

    expect(page.get_by_role("alert")).to_be_focused()
    assert page.locator("[aria-invalid=true]").count() >= 4
    clean(page, "form-refused")


def test_a_request_that_is_none_is_told_of(people: People, desk: Desk) -> None:
    page = people.page("mallory", Look.PHONE)
    page.goto(f"v1/public/{desk.slug}/status?label={desk.label}")
    clean(page, "status")

    page.get_by_label("Your email").fill("mallory@elsewhere.example")
    page.get_by_role("button").click()
    expect(page.get_by_role("alert")).to_contain_text("There is no request")
    clean(page, "status-unknown")


def test_the_help_is_rated_and_the_answer_changed(people: People, desk: Desk) -> None:
    page = people.page("carol", Look.PHONE)
    page.goto(desk.rating)
    comment = f"Quick: {uuid4()}"
    expect(page.get_by_role("radio", name="4")).to_be_checked()
    page.get_by_label("Do you want to add something?").fill(comment)
    clean(page, "rate")

    page.get_by_role("button", name="Send").click()
    expect(page.get_by_text(comment)).to_be_visible()
    clean(page, "rate-kept")

    page.get_by_role("button", name="Change").click()
    expect(page.get_by_label("Do you want to add something?")).to_have_value(comment)


def test_a_link_of_no_rating_is_told_of(people: People, desk: Desk) -> None:
    page = people.page("mallory", Look.PHONE)
    page.goto(f"rate#token={'x' * 43}")

    expect(page.get_by_role("status")).to_contain_text("This link is not complete")
    clean(page, "rate-unknown")


def test_mails_are_ended_by_their_link(people: People, desk: Desk) -> None:
    pages = [people.page("chris"), people.page("chris", Look.PHONE)]
    for page in pages:
        page.goto(desk.unsubscribing)
    clean(pages[0], "unsubscribe")

    for page, place, of in zip(pages, (0, -1), ("this", "all"), strict=True):
        page.get_by_role("button").nth(place).click()
        expect(page.get_by_role("button")).to_have_count(0)
        clean(page, f"unsubscribed-of-{of}")
    pages[0].reload()
    expect(pages[0].get_by_role("button")).to_have_count(0)
    clean(pages[0], "unsubscribed")


def test_the_reference_is_drawn(people: People) -> None:
    page = people.page()
    page.goto("docs")

    expect(page.get_by_text("End this session, or all of them").first).to_be_attached()
