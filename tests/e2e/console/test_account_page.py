"""One's own account in the console: profile, ways to sign in, mails, data."""

import io
import urllib.request
import zipfile

import pytest
from playwright.sync_api import expect

from tests.e2e.console.accounts import PASSWORD, House, build, clean, enrol, fill_in
from tests.e2e.console.people import Look, People
from tests.e2e.http import Http


@pytest.fixture(scope="module")
def house(http: Http) -> House:
    return build(http, "Account House")


def test_the_profile_is_changed_and_being_away_said(people: People, house: House) -> None:
    gil = house.add("agent")
    page = house.page(people, gil, "account")
    expect(page.get_by_label("Name", exact=True)).to_have_value(gil.name)
    clean(page, "account")

    page.get_by_label("Phone").fill("call me")
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_label("Phone")).to_have_attribute("aria-invalid", "true")
    page.get_by_label("Phone").fill("+34 600 000 000")
    page.get_by_label("This number has WhatsApp").check()
    page.get_by_label("Name", exact=True).fill("Gil Moreno Paz")
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_role("status").filter(has_text="Saved")).to_be_visible()
    page.get_by_role("switch", name="Away").check()
    expect(page.get_by_text("Away since")).to_be_visible()

    page.reload()
    expect(page.get_by_label("Phone")).to_have_value("+34 600 000 000")
    expect(page.get_by_label("This number has WhatsApp")).to_be_checked()
    expect(page.get_by_role("switch", name="Away")).to_be_checked()


def test_another_password_ends_the_other_sessions(people: People, house: House, http: Http) -> None:
    gil = house.add("agent")
    elsewhere = http.sign_in(gil.email, PASSWORD)["access_token"]
    page = house.page(people, gil, "account?tab=safety")
    form = page.get_by_role("region", name="Password")
    form.get_by_label("Current password").fill("not the password")
    form.get_by_label("New password").fill("amber ladder cloud")
    form.get_by_role("button", name="Change the password").click()
    expect(form.get_by_text("The current password is wrong.")).to_be_visible()
    form.get_by_label("Current password").fill(PASSWORD)
    form.get_by_label("New password").fill("gil moreno")
    form.get_by_role("button", name="Change the password").click()
    expect(form.get_by_text("Choose one that nobody can look up.")).to_be_visible()

    form.get_by_label("New password").fill("amber ladder cloud")
    form.get_by_role("button", name="Change the password").click()

    expect(page.get_by_text("Your password is changed.")).to_be_visible()
    assert http.with_token(elsewhere).get("/v1/auth/me").status == 401
    page.reload()
    expect(page.get_by_role("heading", name="Two-step sign-in")).to_be_visible()


def test_the_second_step_has_new_codes_and_is_turned_off(people: People, house: House) -> None:
    gil = house.add("agent")
    page = house.page(people, gil, "account?tab=safety")
    page.get_by_role("link", name="Turn on").click()
    _, codes = enrol(page)
    expect(page.get_by_text("10 recovery codes left")).to_be_visible()
    clean(page, "account-safety")

    page.get_by_role("button", name="New recovery codes").click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_label("Password", exact=True).fill(PASSWORD)
    dialog.get_by_label("Code", exact=True).fill("000000")
    dialog.get_by_role("button", name="Make new codes").click()
    expect(dialog.get_by_text("This code is wrong")).to_be_visible()
    dialog.get_by_role("button", name="I cannot use the app").click()
    dialog.get_by_label("Recovery code").fill(codes[0])
    dialog.get_by_role("button", name="Make new codes").click()
    fresh = dialog.get_by_role("list", name="Recovery codes").get_by_role("listitem")
    expect(fresh).to_have_count(10)
    clean(page, "account-codes")
    used = fresh.first.inner_text()
    dialog.get_by_label("I have kept these codes").check()
    dialog.get_by_role("button", name="Done").click()

    page.get_by_role("button", name="Turn off").click()
    dialog.get_by_label("Password", exact=True).fill(PASSWORD)
    dialog.get_by_role("button", name="I cannot use the app").click()
    dialog.get_by_label("Recovery code").fill(used)
    dialog.get_by_role("button", name="Turn off").click()

    expect(page.get_by_role("link", name="Turn on")).to_be_visible()


def test_mails_are_turned_off_and_gathered(people: People, house: House) -> None:
    gil = house.add("agent")
    page = house.page(people, gil, "account?tab=mails")
    page.get_by_role("switch", name="Internal notes").uncheck()
    page.get_by_label("Mails about what you watch come").select_option("daily")
    expect(page.get_by_text("No mails yet.")).to_be_visible()
    clean(page, "account-mails")
    page.wait_for_load_state("networkidle")

    page.reload()
    expect(page.get_by_role("switch", name="Internal notes")).not_to_be_checked()
    expect(page.get_by_label("Mails about what you watch come")).to_have_value("daily")
    page.get_by_role("switch", name="Tickets that you watch").uncheck()
    expect(page.get_by_label("Mails about what you watch come")).to_have_count(0)


def test_customers_choose_among_what_concerns_them(people: People, house: House) -> None:
    page = house.page(people, house.add("customer", "Carla Vega"), "account?tab=mails", Look.PHONE)

    expect(page.get_by_role("switch", name="What becomes of your requests")).to_be_visible()
    expect(page.get_by_role("switch")).to_have_count(4)
    page.get_by_role("tab", name="Profile").click()
    expect(page.get_by_label("Name", exact=True)).to_be_visible()
    expect(page.get_by_role("switch", name="Away")).to_have_count(0)


def test_all_that_is_held_about_one_is_made_a_file(people: People, house: House) -> None:
    gil = house.add("agent")
    page = house.page(people, gil, "account?tab=data")
    page.get_by_role("button", name="Make the file").click()
    link = page.get_by_role("link", name="Download")
    expect(link).to_be_visible()
    clean(page, "account-data")

    with urllib.request.urlopen(str(link.get_attribute("href")), timeout=30) as file:
        assert gil.email in zipfile.ZipFile(io.BytesIO(file.read())).read("profile.jsonl").decode()
    page.reload()
    expect(page.get_by_role("link", name="Download")).to_be_visible()


def test_colours_and_language_are_chosen(people: People, house: House) -> None:
    page = house.page(people, house.add("agent"), "account?tab=data")
    page.get_by_label("Colours").select_option("dark")
    page.get_by_label("Language").select_option("es")

    expect(page.get_by_role("heading", name="Su cuenta")).to_be_visible()
    page.reload()
    expect(page.locator("html")).to_have_attribute("lang", "es")
    assert page.evaluate("getComputedStyle(document.documentElement).colorScheme") == "dark"


def test_one_signs_out_everywhere(people: People, house: House, http: Http) -> None:
    gil = house.add("agent")
    elsewhere = http.sign_in(gil.email, PASSWORD)["access_token"]
    page = house.page(people, gil, "account?tab=safety")
    page.get_by_role("button", name="Sign out everywhere").click()
    page.get_by_role("dialog").get_by_role("button", name="Sign out everywhere").click()

    expect(page.get_by_role("heading", name="Sign in", exact=True)).to_be_visible()
    assert http.with_token(elsewhere).get("/v1/auth/me").status == 401
    fill_in(page, gil)
    expect(page.get_by_role("navigation", name="Main")).to_be_attached()
