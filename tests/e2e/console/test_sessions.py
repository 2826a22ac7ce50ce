"""A session in the browser: renewed silently and once, over in all tabs alike, and drafts outlive it."""

import json
import re
from typing import Any

import pytest
from playwright.sync_api import Page, Request, expect

from tests.e2e.console.accounts import House, build, fill_in
from tests.e2e.console.people import People
from tests.e2e.http import Http

KEY = "mesa.session"


@pytest.fixture(scope="module")
def house(http: Http) -> House:
    return build(http, "Session House")


def kept(page: Page) -> dict[str, Any]:
    held: dict[str, Any] = json.loads(page.evaluate(f"localStorage.getItem('{KEY}')"))
    return held


def spoil(page: Page, *tokens: str) -> None:
    """These tokens of the session are good for nothing, as those that are over, in all tabs."""
    spoilt = {**kept(page), **dict.fromkeys(tokens, "A" * 43)}
    page.evaluate("([key, session]) => localStorage.setItem(key, session)", [KEY, json.dumps(spoilt)])


def renewals(page: Page) -> list[Request]:
    """The calls that renew a session, from now on, in all tabs of who has this one."""
    found: list[Request] = []
    page.context.on("request", lambda asked: asked.url.endswith("/auth/refresh") and found.append(asked))
    return found


def test_a_spent_token_is_renewed_once_by_all_tabs_together(people: People, house: House) -> None:
    gil = house.add("agent")
    pages = [house.page(people, gil, "account"), *(people.page(gil.email) for _ in range(2))]
    for page in pages[1:]:
        page.goto("app/account")
        expect(page.get_by_label("Name", exact=True)).to_have_value(gil.name)
    spent = kept(pages[0])["refresh_token"]
    spoil(pages[0], "access_token")
    asked = renewals(pages[0])

    for page in pages:
        page.get_by_role("tab", name="Mails").click()
    for page in pages:
        expect(page.get_by_role("switch").first).to_be_visible()

    assert len(asked) == 1
    assert kept(pages[0])["refresh_token"] != spent


def test_a_dead_session_asks_to_sign_in_and_returns_with_the_draft(people: People, house: House) -> None:
    carla = house.add("customer", "Carla Vega")
    page = house.page(people, carla, "new-request")
    page.get_by_label("Subject").fill("The scanner beeps")
    page.get_by_label("Tell us more").fill("It beeps all day, and nobody knows why.")
    spoil(page, "access_token", "refresh_token")

    page.get_by_role("button", name="Send").click()
    expect(page.get_by_text("Your session has ended.")).to_be_visible()
    fill_in(page, carla)

    page.wait_for_url(re.compile(r"/app/new-request$"))
    expect(page.get_by_label("Subject")).to_have_value("The scanner beeps")
    page.get_by_role("button", name="Send").click()
    expect(page.get_by_text("The scanner beeps").first).to_be_visible()


def test_who_signs_out_by_hand_leaves_no_draft_behind(people: People, house: House) -> None:
    dora = house.add("customer", "Dora Leal")
    page = house.page(people, dora, "new-request")
    page.get_by_label("Tell us more").fill("My card is 4111.")
    page.wait_for_function("JSON.stringify({...localStorage}).includes('4111')")  # a moment after the key

    page.get_by_role("button", name=dora.name).click()
    page.get_by_role("menuitem", name="Sign out").click()

    expect(page.get_by_role("heading", name="Sign in")).to_be_visible()
    assert "4111" not in page.evaluate("JSON.stringify({...localStorage, ...sessionStorage})")


def test_what_is_lost_while_renewing_ends_no_session(people: People, house: House) -> None:
    people.expect("net::ERR_")
    gil = house.add("agent")
    page = house.page(people, gil, "account")
    expect(page.get_by_label("Name", exact=True)).to_have_value(gil.name)
    before = kept(page)
    spoil(page, "access_token")
    page.route("**/v1/auth/refresh", lambda route: route.abort())
    page.get_by_role("tab", name="Mails").click()
    expect(page.get_by_role("alert").first).to_contain_text("No connection.")
    assert kept(page)["refresh_token"] == before["refresh_token"]

    page.unroute("**/v1/auth/refresh")
    page.get_by_role("button", name="Try again").first.click()

    expect(page.get_by_role("switch").first).to_be_visible()


def test_signing_out_in_one_tab_signs_out_in_all(people: People, house: House, http: Http) -> None:
    gil = house.add("agent")
    first, second = house.page(people, gil, "account"), people.page(gil.email)
    second.goto("app/account?tab=mails")
    expect(second.get_by_role("switch").first).to_be_visible()
    token = kept(first)["access_token"]

    first.get_by_role("button", name=gil.name).click()
    first.get_by_role("menuitem", name="Sign out").click()

    for page in (first, second):
        expect(page.get_by_role("heading", name="Sign in", exact=True)).to_be_visible()
    assert http.with_token(token).get("/v1/auth/me").status == 401

    # Signed in again in one, the other goes on where it was.
    fill_in(first, gil)
    second.wait_for_url(re.compile(r"/app/account\?tab=mails$"))
    expect(second.get_by_role("switch").first).to_be_visible()


def test_who_signs_in_as_somebody_else_is_so_in_all_tabs(people: People, house: House, http: Http) -> None:
    gil, dana = house.add("agent"), house.add("dispatcher", "Dana Ortiz")
    first, second = house.page(people, gil, "account"), people.page(gil.email)
    second.goto("app/account")
    expect(second.get_by_label("Name", exact=True)).to_have_value(gil.name)
    of_gil = kept(first)["access_token"]

    first.goto("app/sign-in?workspace=another-desk")
    expect(first.get_by_text(f"You are signed in as {gil.name}")).to_be_visible()
    fill_in(first, dana)

    expect(second.get_by_label("Name", exact=True)).to_have_value(dana.name)
    expect(second.get_by_role("status").filter(has_text=f"signed in as {dana.name}")).to_be_visible()
    assert http.with_token(of_gil).get("/v1/auth/me").status == 401


def test_a_renewal_that_comes_late_brings_nobody_back(people: People, house: House) -> None:
    gil = house.add("agent")
    page = house.page(people, gil, "account")
    spoil(page, "access_token")

    def sign_out_meanwhile(route: Any) -> None:
        answer = route.fetch()
        page.evaluate(f"localStorage.removeItem('{KEY}')")
        route.fulfill(response=answer)

    page.route("**/v1/auth/refresh", sign_out_meanwhile)
    page.get_by_role("tab", name="Mails").click()

    expect(page.get_by_role("heading", name="Sign in", exact=True)).to_be_visible()
    assert page.evaluate(f"localStorage.getItem('{KEY}')") is None


def test_what_is_kept_but_no_session_is_none(people: People) -> None:
    page = people.page()
    page.goto("app/home")
    page.evaluate(f"localStorage.setItem('{KEY}', '{{\"access_token\": 5}}')")

    page.goto("app/queue")

    expect(page.get_by_role("heading", name="Sign in", exact=True)).to_be_visible()
