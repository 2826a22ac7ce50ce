"""Of 500 texts that would run, were they taken for markup or code, none does, on any page that shows them."""

from typing import Any

import pytest
from playwright.sync_api import Dialog, Page, expect

from tests.e2e.console.desk import Desk, staffed
from tests.e2e.console.payloads import COUNT, payloads
from tests.e2e.console.people import People, drawn
from tests.e2e.http import Http

TEXTS = payloads()
# As many as a comment or a description holds of them is looked at together.
TOGETHER = 25
# What a page of ours never has: what people wrote would have made it.
FOREIGN = (
    "main :is(script, iframe, object, embed, img, video, marquee, math, base, meta, link, style, form form),"
    "main :is([onerror], [onload], [onclick], [onfocus], [ontoggle], [onmouseover], [srcdoc], [style*=url])"
)
SCHEMES = {"http:", "https:", "mailto:", "tel:"}


def fitting(most: int, place: int) -> str:
    """One of those that are short enough."""
    short = [text for text in TEXTS if len(text) <= most and "\n" not in text and text.isprintable()]
    return short[place % len(short)]


@pytest.fixture(scope="module")
def desk(http: Http) -> Desk:
    """One of their own: they would stand in everybody's way."""
    return staffed(http, "Payloads")


@pytest.fixture(scope="module")
def ticket(desk: Desk) -> dict[str, Any]:
    """One that is full of them, wherever people write."""
    ada = desk.calls("ada")
    desk.add("eve", "customer")
    for name, place in (("eve", 3), ("ben", 8)):
        assert ada.patch(f"/v1/users/{desk.ids[name]}", {"name": fitting(100, place)}).status == 200
    field = {"key": "payload", "name": fitting(60, 11), "type": "text", "visible_to_customers": True}
    assert ada.post("/v1/custom-fields", field).status == 201
    body = {"subject": fitting(200, 0), "description": "\n\n".join(TEXTS[:TOGETHER]), "type": "incident"}
    ticket = desk.calls("eve").post("/v1/tickets", body).json
    path = f"/v1/tickets/{ticket['id']}"
    for place in range(TOGETHER, COUNT, TOGETHER):
        visibility = "internal" if place % (2 * TOGETHER) else "public"
        words = {"body": "\n\n".join(TEXTS[place : place + TOGETHER]), "visibility": visibility}
        assert ada.post(f"{path}/comments", words).status == 201
    patch = {
        "custom_fields": {"payload": fitting(500, 21)},
        "tags": ["<svg/onload=canary(1)>", '"><script>canary(1)</script>'],
    }
    version = ada.get(path).json["version"]
    reply = ada.patch(path, patch, If_Match=f'"{version}"')
    assert reply.status == 200, reply.text
    assert ada.post(f"{path}/pause", {"waiting_on": "customer", "reason": fitting(500, 5)}).status == 200
    for place in range(6):
        more = {"subject": fitting(200, 30 + place), "description": TEXTS[place], "type": "question"}
        assert desk.calls("eve").post("/v1/tickets", more).status == 201
    return dict(ada.get(path).json)


class Trap:
    """Hears of whatever runs on a page, beside what `People` hears."""

    def __init__(self, page: Page) -> None:
        self.caught: list[str] = []
        page.on("dialog", self._asked)
        page.on("popup", lambda popup: self.caught.append(popup.url))
        page.expose_function("canary", lambda *said: self.caught.append(str(said)))

    def _asked(self, dialog: Dialog) -> None:
        self.caught.append(dialog.message)
        dialog.dismiss()

    def judge(self, page: Page) -> None:
        assert page.locator(FOREIGN).evaluate_all("(all) => all.map((one) => one.outerHTML)") == []
        schemes = page.locator("main a[href]").evaluate_all("(all) => all.map((one) => one.protocol)")
        assert set(schemes) <= SCHEMES
        assert self.caught == []


def test_on_the_ticket_s_page_none_runs(people: People, desk: Desk, ticket: dict[str, Any]) -> None:
    page = people.signed_in("ada", desk)
    trap = Trap(page)
    page.goto(f"app/ticket?id={ticket['id']}")
    drawn(page)
    expect(page.get_by_role("heading", level=1)).to_have_text(ticket["subject"])
    expect(page.get_by_role("article")).to_have_count(COUNT // TOGETHER)
    page.set_input_files(
        "input[type=file]",
        {"name": fitting(80, 1), "mimeType": "text/html", "buffer": b"<script>canary(1)</script>"},
    )
    page.get_by_role("textbox", name="Public reply").fill(TEXTS[0])
    page.get_by_role("button", name="Send reply").click()
    page.get_by_role("button", name="Download").first.wait_for()
    trap.judge(page)

    for part in ("Timeline", "SLA"):
        page.get_by_role("tab", name=part).click()
        page.get_by_role("region", name="Timeline" if part == "Timeline" else "Resolution").first.wait_for()
        trap.judge(page)


def test_in_the_queue_none_runs(people: People, desk: Desk, ticket: dict[str, Any]) -> None:
    page = people.signed_in("ada", desk)
    trap = Trap(page)
    page.goto(f"app/queue?requester={desk.ids['eve']}")
    drawn(page)
    page.get_by_title(ticket["subject"], exact=True).first.wait_for()
    trap.judge(page)
    page.goto("app/queue?query=script")
    drawn(page)
    trap.judge(page)


def test_for_the_customer_none_runs(people: People, desk: Desk, ticket: dict[str, Any]) -> None:
    page = people.signed_in("eve", desk)
    trap = Trap(page)
    for address in ("requests", f"request?id={ticket['id']}"):
        page.goto(f"app/{address}")
        drawn(page)
        page.get_by_text(ticket["subject"], exact=True).first.wait_for()
        trap.judge(page)


def test_on_the_public_status_page_none_runs(people: People, desk: Desk, ticket: dict[str, Any]) -> None:
    page = people.page("eve")
    trap = Trap(page)
    page.goto(f"app/status?workspace={desk.slug}&label={ticket['label']}")
    page.get_by_label("Your email").fill(desk.email("eve"))
    page.get_by_role("button", name="See how far it is").click()
    page.get_by_text(ticket["subject"], exact=True).first.wait_for()
    trap.judge(page)
