"""Requests of people without an account, at the console: on a phone, with files, in the desk's own looks."""

import pytest
from playwright.sync_api import FilePayload, Page, Route, expect

from tests.e2e.console.accounts import clean
from tests.e2e.console.desk import Desk, desk
from tests.e2e.console.people import Look, People, drawn
from tests.e2e.console.test_customer_pages import fetched
from tests.e2e.http import Http

SHOWN = {"visible_to_customers": True, "editable_by_customers": True}
FIELDS = (
    {"key": "building", "name": "Building", "type": "select", "options": ["North", "South"]},
    {"key": "asset", "name": "Number on the device", "type": "text", "required_for": ["incident"]},
    {"key": "affected", "name": "What is down", "type": "multi_select", "options": ["Mail", "Phone"]},
    {"key": "people", "name": "How many people", "type": "number"},
    {"key": "remote", "name": "At home", "type": "boolean"},
    {"key": "since", "name": "Since when", "type": "date"},
)
LOG: FilePayload = {"name": "log.txt", "mimeType": "text/plain", "buffer": b"E42\n" * 500}
EMAIL = "pia@outside.example"


@pytest.fixture(scope="module")
def counter(http: Http) -> Desk:
    """A desk with looks of its own, that asks for things."""
    made = desk(http, "Counter")
    made.add("dario", "dispatcher")
    ada = made.calls("ada")
    branding = {"color": "#c2410c", "footer": "Counter, 1 Example Street"}
    assert ada.patch("/v1/workspace", {"branding": branding}).status == 200
    assert ada.post("/v1/categories", {"name": "Hardware", "subcategories": ["Printer"]}).status == 201
    for field in FIELDS:
        assert ada.post("/v1/custom-fields", {**field, **SHOWN}).status == 201
    return made


def form(page: Page, counter: Desk) -> Page:
    page.goto(f"app/submit?workspace={counter.slug}")
    drawn(page)
    return page


def fill_in(page: Page, subject: str) -> None:
    page.get_by_label("Your name").fill("Pia Public")
    page.get_by_label("Your email").fill(EMAIL)
    page.get_by_label("Subject").fill(subject)
    page.get_by_label("Tell us more").fill("It blinks since Monday, and prints nothing.")


def sent(page: Page) -> str:
    """The number of what has been taken."""
    expect(page.get_by_role("heading", name="Thank you")).to_be_visible()
    return page.url.partition("sent=")[2]


def test_a_request_with_a_file_is_sent_and_looked_up(people: People, counter: Desk) -> None:
    page = form(people.page("pia", Look.PHONE), counter)
    expect(page.get_by_text("Counter, 1 Example Street")).to_be_visible()
    colour = page.get_by_role("button", name="Send").evaluate("(it) => getComputedStyle(it).backgroundColor")
    assert colour == "rgb(194, 65, 12)"
    fill_in(page, "No toner")
    page.get_by_label("What is it?").select_option("incident")
    page.get_by_label("What is it about?").select_option(label="Printer")
    page.get_by_label("Building").select_option("South")
    page.get_by_label("Number on the device").fill("P-17")
    page.get_by_role("checkbox", name="Mail").check()
    page.get_by_label("How many people").fill("2,5")
    page.get_by_label("At home").select_option("false")
    page.get_by_label("Since when").fill("2026-11-16")
    page.get_by_text("More about you").click()
    page.get_by_role("textbox", name="Phone").fill("+57 300 123 4567")
    page.get_by_label("This number has WhatsApp").check()
    page.locator("input[type=file]").set_input_files([LOG])
    clean(page, "submit")
    page.get_by_role("button", name="Send").click()

    label = sent(page)
    expect(page.get_by_text("Your files have arrived.")).to_be_visible()
    clean(page, "submitted")
    dario = counter.calls("dario")
    (found,) = dario.get(f"/v1/tickets?query={label}").json["items"]
    assert found["custom_fields"] == {
        **{"building": "South", "asset": "P-17", "affected": ["Mail"]},
        **{"people": 2.5, "remote": False, "since": "2026-11-16"},
    }
    assert (found["type"], found["category"], found["subcategory"]) == ("incident", "Hardware", "Printer")
    assert found["requester"]["has_whatsapp"] is True
    assert fetched(counter, found["id"], "log.txt") == LOG["buffer"]

    page.get_by_role("link", name="See how far it is").click()
    page.get_by_label("Your email").fill("mallory@elsewhere.example")
    page.get_by_role("button", name="See how far it is").click()
    expect(page.get_by_role("alert")).to_contain_text("There is no request")
    expect(page.get_by_text("No toner")).to_have_count(0)
    page.get_by_label("Your email").fill(EMAIL)
    page.get_by_role("button", name="See how far it is").click()
    expect(page.get_by_role("heading", name="No toner")).to_be_visible()
    expect(page.get_by_role("list", name="Progress").locator("[aria-current=step]")).to_have_text("Received")
    clean(page, "status-told")


def test_what_is_wrong_stands_at_its_field_in_the_readers_language(people: People, counter: Desk) -> None:
    page = form(people.page("pia", Look.PHONE, "es"), counter)
    page.get_by_label("Su nombre").fill("P")
    page.get_by_label("Su correo electrónico").fill(EMAIL)
    page.get_by_role("button", name="Enviar").click()

    name = page.get_by_label("Su nombre")
    expect(name).to_be_focused()
    expect(name).to_have_accessible_description("Escriba un nombre de 3 a 150 caracteres, en una línea.")
    expect(page.get_by_label("Asunto")).to_have_attribute("aria-invalid", "true")
    clean(page, "submit-refused")
    name.fill("Pía Pública")
    page.get_by_label("Asunto").fill("Sin tóner")
    page.get_by_label("Cuéntenos más").fill("Parpadea desde el lunes.")
    page.get_by_label("¿Qué es?").select_option("incident")
    page.get_by_role("button", name="Enviar").click()
    expect(page.get_by_label("Number on the device")).to_be_focused()
    page.get_by_label("Number on the device").fill("P-17")
    page.get_by_role("button", name="Enviar").click()
    expect(page.get_by_role("heading", name="Gracias. Recibimos su solicitud.")).to_be_visible()


def test_a_lost_answer_keeps_what_was_typed_and_one_request_is_made(people: People, counter: Desk) -> None:
    people.expect("ERR_FAILED|Failed to load")
    page = form(people.page("pia"), counter)
    keys: list[str] = []

    def lose_the_first_answer(route: Route) -> None:
        keys.append(route.request.headers["idempotency-key"])
        if len(keys) > 1:
            return route.continue_()
        assert route.fetch().status == 201
        return route.abort()

    page.route("**/tickets", lose_the_first_answer)
    fill_in(page, "Sent once, however often")
    page.get_by_role("button", name="Send").click()
    expect(page.get_by_role("alert")).to_contain_text("No connection")
    page.reload()
    drawn(page)
    expect(page.get_by_label("Subject")).to_have_value("Sent once, however often")
    page.get_by_role("button", name="Send").click()

    label = sent(page)
    assert len(keys) == 2
    assert len(set(keys)) == 1
    found = counter.calls("dario").get("/v1/tickets?query=however").json["items"]
    assert [each["label"] for each in found] == [label]
    form(page, counter)
    expect(page.get_by_label("Subject")).to_have_value("")


def test_a_file_that_did_not_arrive_is_sent_again(people: People, counter: Desk) -> None:
    people.expect("ERR_FAILED|Failed to load")
    page = form(people.page("pia"), counter)
    fill_in(page, "Twice the file")
    page.locator("input[type=file]").set_input_files([LOG])
    page.route("**/mesa-attachment*", lambda route: route.abort(), times=1)
    page.get_by_role("button", name="Send").click()

    label = sent(page)
    expect(page.get_by_text("Some files did not arrive.")).to_be_visible()
    clean(page, "submitted-without-files")
    page.get_by_role("button", name="Send them again").click()
    expect(page.get_by_text("Your files have arrived.")).to_be_visible()
    (found,) = counter.calls("dario").get(f"/v1/tickets?query={label}").json["items"]
    assert fetched(counter, found["id"], "log.txt") == LOG["buffer"]


def test_files_that_are_not_taken_are_refused_at_once(people: People, counter: Desk) -> None:
    page = form(people.page("pia"), counter)
    empty: FilePayload = {"name": "empty.txt", "mimeType": "text/plain", "buffer": b""}
    page.locator("input[type=file]").set_input_files([LOG, empty])
    expect(page.get_by_text("empty.txt is empty.")).to_be_visible()
    expect(page.get_by_role("list", name="Files").get_by_role("listitem")).to_have_count(1)
    page.get_by_role("button", name="Remove log.txt").click()
    program: FilePayload = {"name": "setup.exe", "mimeType": "application/x-msdownload", "buffer": b"MZ"}
    page.locator("input[type=file]").set_input_files([program])
    fill_in(page, "A program")
    page.get_by_role("button", name="Send").click()
    expect(page.get_by_text("Programs are not taken")).to_be_visible()


def test_an_address_without_a_desk_asks_for_it(people: People, counter: Desk) -> None:
    page = people.page("pia", Look.PHONE)
    for address in ("app/submit", "app/status?workspace=nowhere-at-all"):
        page.goto(address)
        expect(page.get_by_role("heading", name="Which help desk?")).to_be_visible()
        clean(page, "which-desk")
    page.get_by_label("Short name of the help desk").fill(counter.slug.upper())
    page.get_by_role("button", name="Continue").click()
    expect(page.get_by_role("heading", name="How far is my request?")).to_be_visible()
    expect(page.get_by_role("link", name="Counter")).to_be_visible()
